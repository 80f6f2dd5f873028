// The checks that a receiver makes, computed from the frame's own octets. Pure.

import type { Step, Trace } from '../trace'
import { lowerBound, SECOND } from '../trace'
import type { Detail, DetailField, DetailLayer } from '../wire'
import { findField, isFragment } from './reading'

/** Octets of one source of a detail, for linked hover. */
export interface Octets { source: number; start: number; length: number }

/** One check, as far as it has been computed. */
export type Check =
  /** CRC-32 over the frame (IEEE 802.3 section 3.2.9). */
  | { kind: 'fcs'; count: number; done: number; running: string; computed: string; received: string; ok: boolean; at: Octets }
  /** The ones' complement sum of words of 16 bits (RFC 1071). `words`: all of them, where they are few. */
  | { kind: 'sum'; of: 'ip' | 'udp' | 'tcp'; words: readonly string[]; count: number; done: number; sum: string; folded: string; computed: string; received: string; ok: boolean; at: Octets }
  /** Numbers that go on where the last ones ended: `before` + `plus` is expected. */
  | { kind: 'sequence'; of: 'tcp' | 'rtp'; number: number; before: number; plus: number; ok: boolean }

/** So many words of a sum are shown one by one. */
const SHOWN = 10

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  return c >>> 0
})

/** The CRC-32 of the first octets of a text in hexadecimal digits, as it goes over the cable. */
export function crc32(hex: string, octets: number): string {
  let c = 0xffffffff
  for (let i = 0; i < octets; i += 1) c = (CRC[(c ^ Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)) & 255] ?? 0) ^ (c >>> 8)
  c = ~c >>> 0
  return [c & 255, (c >>> 8) & 255, (c >>> 16) & 255, c >>> 24].map((octet) => octet.toString(16).padStart(2, '0')).join('')
}

const word = (value: number): string => value.toString(16).padStart(4, '0')

/** Words of 16 bits; an odd octet at the end is followed by a zero. */
function wordsOf(hex: string): string[] {
  return (hex.length % 4 === 0 ? hex : `${hex}00`).match(/..../g) ?? []
}

/** Adds the first `done` of the words, without the one that is being checked. */
export function sumOf(words: readonly string[], done: number): { sum: number; folded: number } {
  let sum = 0
  for (let i = 0; i < done; i += 1) sum += Number.parseInt(words[i] ?? '0', 16)
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
  return { sum, folded }
}

const hexOf = (detail: Detail, source: number, start: number, length: number): string => (detail.sources[source] ?? '').slice(start / 4, (start + length) / 4)

function sumCheck(of: 'ip' | 'udp' | 'tcp', words: readonly string[], received: string, part: number, at: Octets): Check {
  const done = Math.round(words.length * part)
  const { sum, folded } = sumOf(words, done)
  const inverted = ~folded & 0xffff
  // UDP writes a result of zero as all ones (RFC 768): zero would say that there is no checksum.
  const computed = word(of === 'udp' && inverted === 0 && done === words.length ? 0xffff : inverted)
  return {
    kind: 'sum', of, words: words.length <= SHOWN ? words : [], count: words.length, done, sum: sum.toString(16).padStart(4, '0'), folded: word(folded),
    computed, received, ok: computed === received, at,
  }
}

const layerOf = (detail: Detail, name: string): DetailLayer | undefined => detail.layers.find((layer) => layer.name === name)

function fcsCheck(detail: Detail, part: number): Check | null {
  const field = findField(detail, 'eth.fcs')
  if (!field) return null
  const count = field.start / 8
  const source = detail.sources[0] ?? ''
  const done = Math.round(count * part)
  const received = hexOf(detail, 0, field.start, field.length)
  const running = crc32(source, done)
  return { kind: 'fcs', count, done, running, computed: running, received, ok: running === received, at: { source: 0, start: field.start, length: field.length } }
}

function ipCheck(detail: Detail, part: number): Check | null {
  const [layer, field] = [layerOf(detail, 'ip'), findField(detail, 'ip.checksum')]
  if (!layer || !field) return null
  const words = wordsOf(hexOf(detail, layer.source, layer.start, layer.length))
  const place = (field.start - layer.start) / 16
  return sumCheck('ip', words.filter((_, i) => i !== place), words[place] ?? '', part, { source: layer.source, start: field.start, length: field.length })
}

/** The octets of the addresses, for the pseudo header (RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1). */
function addresses(detail: Detail): { hex: string; v6: boolean } | null {
  const octets = (field: DetailField | undefined): string => (field ? hexOf(detail, 0, field.start, field.length) : '')
  const v6 = layerOf(detail, 'ipv6') !== undefined
  const hex = v6 ? octets(findField(detail, 'ipv6.src')) + octets(findField(detail, 'ipv6.dst')) : octets(findField(detail, 'ip.src')) + octets(findField(detail, 'ip.dst'))
  return hex === '' ? null : { hex, v6 }
}

function transportCheck(detail: Detail, of: 'udp' | 'tcp', part: number): Check | null {
  const layer = layerOf(detail, of)
  const field = findField(detail, `${of}.checksum`)
  const ends = addresses(detail)
  if (!layer || !field || !ends) return null
  // A piece of a datagram cannot be checked by itself: what it was put together to can.
  if (layer.source === 0 && isFragment(detail)) return null
  const length = octetsOf(detail, layer, of)
  const data = hexOf(detail, layer.source, layer.start, length * 8)
  // A capture may have cut it.
  if (length === 0 || data.length < length * 2) return null
  const received = hexOf(detail, layer.source, field.start, field.length)
  // Zero: the sender has left it out (RFC 768).
  if (of === 'udp' && received === '0000') return null
  const protocol = of === 'udp' ? 17 : 6
  const pseudo = wordsOf(ends.hex + (ends.v6 ? length.toString(16).padStart(8, '0') + protocol.toString(16).padStart(8, '0') : word(protocol) + word(length)))
  const words = wordsOf(data)
  const place = (field.start - layer.start) / 16
  return sumCheck(of, [...pseudo, ...words.filter((_, i) => i !== place)], received, part, { source: layer.source, start: field.start, length: field.length })
}

/** How many octets transport header and data have. */
function octetsOf(detail: Detail, layer: DetailLayer, of: 'udp' | 'tcp'): number {
  const number = (name: string, source: number): number => {
    const field = findField(detail, name)
    return field ? Number.parseInt(hexOf(detail, source, field.start, field.length), 16) : 0
  }
  if (of === 'udp') return number('udp.length', layer.source)
  const ip = layerOf(detail, 'ip')
  if (ip) return number('ip.len', 0) - (layer.start - ip.start) / 8
  const v6 = layerOf(detail, 'ipv6')
  return v6 ? number('ipv6.plen', 0) - (layer.start - v6.start) / 8 + 40 : 0
}

/** The segment before this one in the same half of the connection: where its data ended. */
function tcpSequence(trace: Trace, step: Step, detail: Detail): Check | null {
  const frame = step.frame
  const field = findField(detail, 'tcp.seq_raw')
  if (!frame || frame.carried.kind !== 'tcp' || !field || frame.carried.end === frame.carried.start) return null
  const { connection, start, src } = frame.carried
  let before: { start: number; end: number } | null = null
  for (const segment of trace.segments(Math.max(0, frame.at - 10 * SECOND), frame.at + 1)) {
    for (const other of segment.frames) {
      if (other.at >= frame.at || other.carried.kind !== 'tcp' || other.carried.connection !== connection || other.carried.src !== src) continue
      if (other.carried.end > other.carried.start && other.carried.end <= start && (!before || other.carried.end > before.end)) before = other.carried
    }
  }
  if (!before) return null
  const number = Number.parseInt(hexOf(detail, 0, field.start, field.length), 16)
  const back = (octets: number): number => (number - octets + 2 ** 32) % 2 ** 32
  return { kind: 'sequence', of: 'tcp', number, before: back(start - before.start), plus: before.end - before.start, ok: before.end === start }
}

/** The packet of the same source that the client got before this one. */
function rtpSequence(trace: Trace, step: Step): Check | null {
  const what = step.message?.what
  if (what?.kind !== 'rtp') return null
  let latest: { at: number; sequence: number } | null = null
  for (const segment of trace.segments(Math.max(0, step.at - SECOND), step.at + 1)) {
    for (let i = lowerBound(segment.deliveries, (d) => d.at, step.at - SECOND); i < segment.deliveries.length; i += 1) {
      const delivery = segment.deliveries[i]
      if (!delivery || delivery.at > step.at) break
      if (delivery.node !== step.node || delivery.message === step.message?.id) continue
      const other = trace.message(delivery.message)?.what
      if (other?.kind === 'rtp' && other.ssrc === what.ssrc && (!latest || delivery.at >= latest.at)) latest = { at: delivery.at, sequence: other.sequence }
    }
  }
  if (!latest) return null
  return { kind: 'sequence', of: 'rtp', number: what.sequence, before: latest.sequence, plus: 1, ok: ((latest.sequence + 1) & 0xffff) === what.sequence }
}

/**
 * The checks of a step, `part` of them done (0 to 1). Captures of other networks are left alone:
 * where a card computes checksums, what was captured at the sender has none.
 */
export function checksOf(trace: Trace, step: Step, detail: Detail | null, part: number): readonly Check[] {
  if (!detail || step.frame?.cause.kind === 'captured') return []
  const known = made.get(step)
  if (known?.detail === detail && known.part === part) return known.checks
  const checks = make(trace, step, detail, part)
  made.set(step, { detail, part, checks })
  return checks
}

/** What was computed last for a step: while it stands, every frame asks for the same again. */
const made = new WeakMap<Step, { detail: Detail; part: number; checks: readonly Check[] }>()

function make(trace: Trace, step: Step, detail: Detail, part: number): Check[] {
  const reason = step.receipt?.outcome.kind === 'dropped' ? step.receipt.outcome.reason : null
  const carried = step.frame?.carried.kind
  const found = ((): (Check | null)[] => {
    if (step.kind === 'drop') {
      if (reason === 'badFcs') return [fcsCheck(detail, part)]
      if (reason === 'badIpChecksum') return [ipCheck(detail, part)]
      return reason === 'badTransportChecksum' ? [transportCheck(detail, carried === 'tcp' ? 'tcp' : 'udp', part)] : []
    }
    switch (step.kind) {
      case 'switch':
      case 'hostLink': return [fcsCheck(detail, part)]
      case 'routerIn': return step.layer === 2 ? [fcsCheck(detail, part)] : []
      case 'hostNetwork': return [ipCheck(detail, part)]
      case 'hostTransport': return carried === 'tcp' ? [transportCheck(detail, 'tcp', part), tcpSequence(trace, step, detail)] : [transportCheck(detail, 'udp', part)]
      case 'deliver': return [rtpSequence(trace, step)]
      default: return []
    }
  })()
  return found.filter((check) => check !== null)
}

