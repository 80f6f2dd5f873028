// What signalling arranges and media then carries: ports, source, payload type, channel, first numbers. Pure.

import { lowerBound, SECOND, type Trace } from '../trace'
import type { Detail, DetailField, DetailLayer, Id, MessageRow, Nanos } from '../wire'

/** Something that RTSP or SDP names and that a field of the media carries. */
export type TermKind = 'clientPort' | 'serverPort' | 'ssrc' | 'payloadType' | 'channel' | 'sequence' | 'timestamp'

/** One of them, with the values that it stands for. */
export interface Term {
  kind: TermKind
  values: readonly number[]
  /** As RTSP writes it; empty for a field of the media. */
  written: string
}

/** Where in a detail a term stands. */
export interface TermPlace { term: Term; layer: number; field: readonly number[]; source: number; start: number; length: number }

/** A range of two numbers, or one; at most this wide. */
const WIDEST = 16

const range = (from: string, to: string | undefined): number[] => {
  const [first, last] = [Number(from), Number(to ?? from)]
  return Array.from({ length: Math.max(1, Math.min(WIDEST, last - first + 1)) }, (_, i) => first + i)
}

/** What RTSP and SDP write, and what it stands for. */
const WRITTEN: readonly { kind: TermKind; pattern: RegExp; values: (match: RegExpExecArray) => number[] }[] = [
  { kind: 'clientPort', pattern: /client_port=(\d+)(?:-(\d+))?/gi, values: (m) => range(m[1] ?? '', m[2]) },
  { kind: 'serverPort', pattern: /server_port=(\d+)(?:-(\d+))?/gi, values: (m) => range(m[1] ?? '', m[2]) },
  { kind: 'ssrc', pattern: /ssrc=([0-9a-f]{8})/gi, values: (m) => [Number.parseInt(m[1] ?? '', 16)] },
  { kind: 'channel', pattern: /interleaved=(\d+)(?:-(\d+))?/gi, values: (m) => range(m[1] ?? '', m[2]) },
  { kind: 'payloadType', pattern: /rtpmap:(\d+)/gi, values: (m) => [Number(m[1])] },
  { kind: 'payloadType', pattern: /m=\w+ \d+(?:\/\d+)? RTP\/\S+ (\d+)/gi, values: (m) => [Number(m[1])] },
  { kind: 'sequence', pattern: /;seq=(\d+)/gi, values: (m) => [Number(m[1])] },
  { kind: 'timestamp', pattern: /;rtptime=(\d+)/gi, values: (m) => [Number(m[1])] },
]

/** Fields of the media, by their Wireshark names. */
const CARRIED: Readonly<Record<string, readonly TermKind[]>> = {
  'udp.srcport': ['clientPort', 'serverPort'], 'udp.dstport': ['clientPort', 'serverPort'], 'rtp.ssrc': ['ssrc'], 'rtcp.senderssrc': ['ssrc'], 'rtcp.ssrc.identifier': ['ssrc'],
  'rtp.p_type': ['payloadType'], 'rtsp.channel': ['channel'], 'rtp.seq': ['sequence'], 'rtp.timestamp': ['timestamp'],
}

const TEXTS: readonly string[] = ['rtsp', 'sdp']

/** The octets of some bits as text. */
function textOf(detail: Detail, source: number, start: number, length: number): string {
  const hex = (detail.sources[source] ?? '').slice(start / 4, (start + length) / 4)
  let out = ''
  for (let i = 0; i < hex.length; i += 2) out += String.fromCharCode(Number.parseInt(hex.slice(i, i + 2), 16))
  return out
}

/** A field of at most 32 bits as a number. */
function numberOf(detail: Detail, source: number, field: DetailField): number {
  const octets = detail.sources[source] ?? ''
  let value = 0
  for (let bit = field.start; bit < field.start + Math.min(32, field.length); bit += 1) {
    const octet = Number.parseInt(octets.slice((bit >> 3) * 2, (bit >> 3) * 2 + 2), 16)
    value = value * 2 + ((octet >> (7 - (bit & 7))) & 1)
  }
  return value
}

/** What one field names or carries by itself; for text, each thing with its own octets. */
function ofField(detail: Detail, layer: DetailLayer, at: number, field: DetailField, path: readonly number[]): TermPlace[] {
  const place = (term: Term, start: number, length: number): TermPlace => ({ term, layer: at, field: path, source: layer.source, start, length })
  const kinds = field.name === null ? undefined : CARRIED[field.name]
  if (kinds) {
    const number = numberOf(detail, layer.source, field)
    // Some dissectors count the marker to the payload type.
    const value = field.name === 'rtp.p_type' ? number & 0x7f : number
    return kinds.map((kind) => place({ kind, values: [value], written: '' }, field.start, field.length))
  }
  if (!TEXTS.includes(layer.name) || field.start % 8 !== 0) return []
  const text = textOf(detail, layer.source, field.start, field.length)
  return WRITTEN.flatMap(({ kind, pattern, values }) =>
    [...text.matchAll(pattern)].map((match) =>
      place({ kind, values: values(match as RegExpExecArray), written: match[0].replace(/^;/, '') }, field.start + match.index * 8, match[0].length * 8)))
}

/** All that a detail names or carries; of the same octets each thing once, in the smallest field. */
export function termsIn(detail: Detail): TermPlace[] {
  const out: TermPlace[] = []
  const walk = (layer: DetailLayer, at: number, fields: readonly DetailField[], path: readonly number[]): TermPlace[] =>
    fields.flatMap((field, i) => {
      const here = [...path, i]
      const inner = walk(layer, at, field.children, here)
      const own = ofField(detail, layer, at, field, here)
      const known = (one: TermPlace): boolean => inner.some((other) => other.term.kind === one.term.kind && other.term.written === one.term.written)
      return [...own.filter((one) => !known(one)), ...inner]
    })
  detail.layers.forEach((layer, at) => out.push(...walk(layer, at, layer.fields, [])))
  return out
}

/** Those that lie in some bits of a source, or of which the bits are a part. */
export function termsAt(places: readonly TermPlace[], source: number, start: number, length: number): TermPlace[] {
  return places.filter((one) => one.source === source && one.start < start + length && start < one.start + one.length)
}

/** What a row of the tape carries, without its octets. `client`: the host of the client. */
export function termsOfRow(message: MessageRow, client: number | null): Term[] {
  const { what, transport } = message
  const out: Term[] = []
  const carry = (kind: TermKind, value: number): void => { out.push({ kind, values: [value], written: '' }) }
  if (what.kind !== 'rtp' && what.kind !== 'rtcp') return out
  if (transport.kind === 'udp') {
    const fromClient = message.from === client
    carry('clientPort', fromClient ? transport.src : transport.dst)
    carry('serverPort', fromClient ? transport.dst : transport.src)
  }
  if (what.kind === 'rtp') {
    carry('ssrc', what.ssrc)
    carry('payloadType', what.payloadType)
    carry('sequence', what.sequence)
    carry('timestamp', what.timestamp)
  }
  return out
}

/** Two of them are about the same thing. */
export const sameTerm = (a: Term, b: Term): boolean => a.kind === b.kind && a.values.some((value) => b.values.includes(value))
/** Any of some is about the same as any of others. */
export const meet = (some: readonly Term[], others: readonly Term[]): boolean => some.some((a) => others.some((b) => sameTerm(a, b)))

/** Signalling is written as text. */
export const isWritten = (term: Term): boolean => term.written !== ''

/** How far around the cursor media is looked for. */
const REACH: Nanos = 10 * SECOND

/** The media packet of a client that carries what signalling named: the first one behind it, or else the last before it. */
export function mediaWith(trace: Trace, terms: readonly Term[], client: number | null, from: Nanos): MessageRow | null {
  let last: MessageRow | null = null
  for (const segment of trace.segments(Math.max(0, from - REACH), from + REACH)) {
    for (let i = lowerBound(segment.messages, (m) => m.at, from - REACH); i < segment.messages.length; i += 1) {
      const message = segment.messages[i]
      if (!message || (client !== null && message.client !== null && message.client !== client)) continue
      if (message.what.kind !== 'rtp' && message.what.kind !== 'rtcp') continue
      // Which channel a packet has only its octets tell.
      const fits = terms.some((term) => term.kind === 'channel') ? message.transport.kind === 'tcp' : meet(termsOfRow(message, client), terms)
      if (!fits) continue
      if (message.at >= from) return message
      last = message
    }
  }
  return last
}

/** Which requests and answers name things of a kind. */
const NAMED_BY: Readonly<Record<TermKind, readonly string[]>> = {
  clientPort: ['SETUP'], serverPort: ['SETUP'], ssrc: ['SETUP'], channel: ['SETUP'], payloadType: ['DESCRIBE', 'ANNOUNCE'], sequence: ['PLAY'], timestamp: ['PLAY'],
}

/** The messages of a client that may name something of these kinds, the latest first. */
export function signallingOf(trace: Trace, kinds: readonly TermKind[], client: number | null, t: Nanos): MessageRow[] {
  const methods = new Set(kinds.flatMap((kind) => NAMED_BY[kind]))
  return trace.signalling
    .filter(({ at, client: whose, what }) => at <= t && (client === null || whose === null || whose === client) && (what.kind === 'request' || what.kind === 'response') && methods.has(what.method ?? ''))
    .reverse().slice(0, 8)
}

/** The frame in which a message is complete, so that its detail has all of its text. */
export function lastFrame(trace: Trace, message: Id): Id | null {
  const delivery = trace.delivery(message)
  const frames = trace.framesOf(message)
  return frames.at(-1)?.id ?? delivery?.frame ?? null
}
