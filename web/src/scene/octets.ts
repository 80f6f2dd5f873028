// Header and payload octets by layer: of a packet, of a picture, and in sum. Pure.

import { isInterleaved, lowerBound, messagesIn, type Trace } from '../trace'
import type { FrameRow, Nanos } from '../wire'
import type { Bench } from './bench'
import type { Family } from './family'

/** Octets by what they are for. The media are what is left when all headers are taken off. */
export interface Octets { link: number; network: number; transport: number; application: number; media: number }
export const PARTS = ['link', 'network', 'transport', 'application', 'media'] as const
export type OctetPart = (typeof PARTS)[number]

export const NONE: Octets = { link: 0, network: 0, transport: 0, application: 0, media: 0 }
export const totalOf = (octets: Octets): number => PARTS.reduce((sum, part) => sum + octets[part], 0)

/** Adds two. */
function plus(a: Octets, b: Octets): Octets {
  return { link: a.link + b.link, network: a.network + b.network, transport: a.transport + b.transport, application: a.application + b.application, media: a.media + b.media }
}

/** Ethernet header and FCS. */
const ETHERNET = 18
/** The header of RTP without sources and extensions, and the main header of RTP/JPEG: what surely is no picture. */
const RTP = 12
const FRAMING = 4

/** Of an opened packet, as the bar shows it with all of its parts. */
export function octetsOfBench(bench: Bench): Octets {
  const out = { ...NONE }
  for (const { kind, bytes } of bench.blocks) {
    if (['eth', 'vlan', 'padding', 'fcs', 'arp'].includes(kind)) out.link += bytes
    else if (['ip', 'ipv6', 'icmp', 'icmpv6', 'igmp'].includes(kind)) out.network += bytes
    else if (kind === 'udp' || kind === 'tcp') out.transport += bytes
    else if (kind === 'picture' || kind === 'data') out.media += bytes
    else out.application += bytes
  }
  return out
}

/**
 * Of a frame by its row, as its host sent it; `null` where the row does not tell. RTP's own header
 * of 12 octets and `$` framing count as application; what RTP/JPEG puts before the picture is
 * known only where the packet is opened, and counts as media here.
 */
export function octetsOfRow(trace: Trace, frame: FrameRow): Octets | null {
  const { carried, length, headers } = frame
  if (frame.parent !== null) return null
  if (carried.kind === 'arp' || carried.kind === 'discovery') return { ...NONE, link: length }
  if (!headers) return carried.kind === 'udp' || carried.kind === 'tcp' || carried.kind === 'other' ? null : { ...NONE, link: ETHERNET, network: length - ETHERNET }
  const [network, transport] = headers
  const messages = messagesIn(frame).flatMap((id) => trace.message(id) ?? [])
  const rest = length - ETHERNET - network - transport
  let inside = carried.kind === 'tcp' ? carried.end - carried.start : rest
  // A frame of 64 octets may be filled up: what is no datagram's is Ethernet's.
  if (carried.kind === 'udp' && length === 64) inside = Math.min(rest, messages[0]?.length ?? rest)
  const media = messages.filter((one) => one.what.kind === 'rtp')
  if (media.length === 0 || transport === 0) {
    const isMedia = media.length > 0
    return { link: ETHERNET + rest - inside, network, transport, application: isMedia ? 0 : inside, media: isMedia ? inside : 0 }
  }
  // Of RTP in a connection only what begins in this segment has its header here.
  const begins = carried.kind === 'tcp'
    ? media.filter((one) => one.transport.kind === 'tcp' && one.transport.start >= carried.start && one.transport.start < carried.end)
    : media
  const other = carried.kind === 'tcp' ? messages.filter((one) => one.what.kind !== 'rtp').reduce((sum, one) => {
    const transportOf = one.transport
    return transportOf.kind === 'tcp' ? sum + Math.max(0, Math.min(transportOf.end, carried.end) - Math.max(transportOf.start, carried.start)) : sum
  }, 0) : 0
  const application = Math.min(inside, other + begins.reduce((sum, one) => sum + RTP + (isInterleaved(one) ? FRAMING : 0), 0))
  return { link: ETHERNET + rest - inside, network, transport, application, media: inside - application }
}

/** Of a picture: all frames that were sent for it, those that were sent again among them. */
export function octetsOfFamily(trace: Trace, family: Family): Octets {
  const seen = new Set<number>()
  let out = NONE
  for (const piece of family.pieces) {
    for (const { root } of piece.packets) {
      const frame = trace.frame(root)
      if (!frame || seen.has(root)) continue
      seen.add(root)
      out = plus(out, octetsOfRow(trace, frame) ?? NONE)
    }
  }
  return out
}

/** A second's sum, kept while its rows stay the same. */
const sums = new WeakMap<object, { frames: number; octets: Octets }>()

/** Of all that hosts sent up to `t`, as far as its rows are here; `from`: where they begin. */
export function octetsUntil(trace: Trace, t: Nanos): { octets: Octets; from: Nanos | null } {
  let out = NONE
  let from: Nanos | null = null
  for (const segment of trace.allSegments()) {
    const start = segment.second * 1e9
    if (start > t) break
    from ??= start
    const whole = start + 1e9 <= t
    const known = whole ? sums.get(segment) : undefined
    if (known?.frames === segment.frames.length) {
      out = plus(out, known.octets)
      continue
    }
    let sum = NONE
    const end = whole ? segment.frames.length : lowerBound(segment.frames, (frame) => frame.at, t + 1)
    for (let i = 0; i < end; i += 1) {
      const frame = segment.frames[i]
      const octets = frame ? octetsOfRow(trace, frame) : null
      if (octets) sum = plus(sum, octets)
    }
    if (whole) sums.set(segment, { frames: segment.frames.length, octets: sum })
    out = plus(out, sum)
  }
  return { octets: out, from }
}
