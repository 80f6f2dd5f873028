// Words of a caption that name something of the packet. Pure.

import type { Detail, DetailField } from '../wire'
import { findField } from './reading'

/** A piece of a caption; with bits it names these. */
export interface Piece { text: string; bits: { source: number; start: number; length: number } | null }

/** Words that are the same in every language, and the field that each names, the first that is there. */
const WORDS: readonly (readonly [string, readonly string[]])[] = [
  ['TTL', ['ip.ttl', 'ipv6.hlim']], ['FCS', ['eth.fcs']], ['SSRC', ['rtp.ssrc']], ['SYN', ['tcp.flags']], ['MAC', ['eth.dst']],
]

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)

/** The ways in which a caption may write a field's value. */
function forms(field: DetailField): string[] {
  const value = field.value
  const out = [value, value.replaceAll(',', '')]
  // Hardware addresses are shortened to their end.
  if (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(value)) out.push(`…:${value.slice(-5)}`, `…:${value.slice(-2)}`)
  return out.filter((form) => form.length > 1)
}

/** A caption in pieces: `read` are the fields that the step reads, whose values it may name. */
export function mentions(text: string, detail: Detail | null, read: readonly string[]): Piece[] {
  if (!detail) return [{ text, bits: null }]
  const found: { from: number; to: number; bits: NonNullable<Piece['bits']> }[] = []
  const mark = (needle: string, source: number, field: DetailField): void => {
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
      const [from, to] = [at, at + needle.length]
      if (isWord(text[from - 1]) || isWord(text[to]) || found.some((f) => from < f.to && f.from < to)) continue
      found.push({ from, to, bits: { source, start: field.start, length: field.length } })
      return
    }
  }
  const sourceOf = (name: string): number => detail.layers.find((layer) => JSON.stringify(layer.fields).includes(`"${name}"`))?.source ?? 0
  // Longer values first: a short one may be part of them.
  const fields = read.flatMap((name) => { const field = findField(detail, name); return field ? [{ name, field }] : [] })
  const wanted = fields.flatMap(({ name, field }) => forms(field).map((form) => ({ form, name, field }))).sort((a, b) => b.form.length - a.form.length)
  for (const { form, name, field } of wanted) mark(form, sourceOf(name), field)
  for (const [word, names] of WORDS) {
    const name = names.find((one) => findField(detail, one))
    const field = name === undefined ? undefined : findField(detail, name)
    if (field && name) mark(word, sourceOf(name), field)
  }
  found.sort((a, b) => a.from - b.from)
  const out: Piece[] = []
  let at = 0
  for (const { from, to, bits } of found) {
    if (from > at) out.push({ text: text.slice(at, from), bits: null })
    out.push({ text: text.slice(from, to), bits })
    at = to
  }
  if (at < text.length) out.push({ text: text.slice(at), bits: null })
  return out
}
