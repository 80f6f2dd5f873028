import { isInterleaved, type Layer, type Step } from '../trace'
import type { Detail, DetailField, DetailLayer, FrameRow, MessageRow } from '../wire'
import type { Check } from './checks'

/** What a block of the bar is. */
export type BlockKind =
  | 'eth' | 'vlan' | 'arp' | 'ip' | 'ipv6' | 'icmp' | 'icmpv6' | 'igmp' | 'udp' | 'tcp' | 'framing' | 'rtsp' | 'sdp' | 'rtp' | 'rtcp' | 'jpeg' | 'picture' | 'data' | 'padding' | 'fcs'

/** Which colour fills it. */
export type Fill = 'media' | Layer

/** A header or a piece of payload on the bench. */
export interface Block {
  kind: BlockKind
  fill: Fill
  bytes: number
  x: number
  width: number
  /** It is there; otherwise only its slot. */
  filled: boolean
  /** The step works on it. */
  active: boolean
  /** Drawn shorter than to scale: it bears the break mark. */
  broken: boolean
  /** Its layer's place in `detail.layers`, for selection; `null` without a detail. */
  layer: number | null
  /** The FCS and padding lie in the Ethernet layer's fields: the field's place. */
  field: number | null
  /** While a step is made: how much of it has spread in its slot, 0 to 1. */
  amount: number
  /** While a step is made: how far below its slot it is, pixels, and how much of it is seen. */
  rise: number
  opacity: number
}

/** What the bar is called at a step. */
export type Pdu = 'icmpv6' | 'message' | 'rtp' | 'rtcp' | 'interleaved' | 'picture' | 'segment' | 'datagram' | 'packet' | 'icmp' | 'arp' | 'frame' | 'bits'

/** A value that changes before one's eyes. */
export type Change =
  | { kind: 'ttl'; from: string; to: string; checksumFrom: string; checksumTo: string }
  | { kind: 'mac'; from: string; to: string }
  /** Address translation: what an address and port become. */
  | { kind: 'nat'; from: string; to: string; source: boolean; hops: string }
  | { kind: 'fcs'; received: string; computed: string }

/** The bar on its bench. */
export interface Bench {
  blocks: Block[]
  pdu: Pdu
  /** Octets of the PDU that the step is about. */
  bytes: number
  /** From where to where the upper brace goes. */
  span: readonly [number, number] | null
  /** The lower brace: what the active header carries, or what a router leaves alone. */
  below: { from: number; to: number; what: 'data' | 'untouched'; header: BlockKind } | null
  change: Change | null
  lost: boolean
  /** The checks that the step makes, with their numbers. */
  checks: readonly Check[]
  /** How far what changes or is checked has come to be seen, 0 to 1. */
  revealed: number
}

/** The bench's measures on the stage. */
export const BENCH = { left: 188, right: 708, top: 100, height: 58 } as const
/** The same for all headers wherever it fits. */
const SCALE = 5.8
const NARROWEST = 47
const PAYLOAD = 88
/** Longer than this, a block is drawn shorter than to scale. */
const LONG = 40

const FILLS: Record<BlockKind, Fill> = {
  eth: 2, vlan: 2, fcs: 2, padding: 2, arp: 2, ip: 3, ipv6: 3, icmp: 3, icmpv6: 3, igmp: 3, udp: 4, tcp: 4, framing: 7, rtsp: 7, sdp: 7, rtp: 7, rtcp: 7,
  jpeg: 'media', picture: 'media', data: 7,
}

/** Octets of `$`, channel and length. */
export const FRAMING = 4

/** Which blocks stand around at a step: the highest header still there, and the frame's own. */
const OUTER: readonly BlockKind[] = ['eth', 'vlan', 'padding', 'fcs']
const NETWORK: readonly BlockKind[] = ['ip', 'ipv6', 'icmp', 'icmpv6', 'igmp']
const TRANSPORT: readonly BlockKind[] = ['udp', 'tcp']

/** The kinds of block that a step has not (down) or no more (up). */
function absent(step: Step): readonly BlockKind[] {
  switch (step.kind) {
    case 'compose':
    case 'format':
    case 'deliver': return [...OUTER, ...NETWORK, ...TRANSPORT, 'framing']
    case 'interleave':
    case 'deinterleave': return [...OUTER, ...NETWORK, ...TRANSPORT]
    case 'segment': return [...OUTER, ...NETWORK]
    case 'hostTransport': return [...OUTER, ...NETWORK]
    case 'packet':
    case 'route':
    case 'hostNetwork': return OUTER
    case 'resolve': return OUTER
    case 'shown': return [...OUTER, ...NETWORK, ...TRANSPORT, 'framing', 'rtp', 'jpeg']
    case 'drop': return step.layer >= 4 ? [...OUTER, ...NETWORK] : step.layer === 3 ? OUTER : []
    default: return []
  }
}

/** The block that a step works on. */
export function activeBlock(step: Step): readonly BlockKind[] {
  switch (step.kind) {
    case 'compose': return step.message?.what.kind === 'rtp' ? ['rtp'] : ['rtsp', 'rtcp']
    case 'format': return step.message?.what.kind === 'rtp' ? ['jpeg'] : []
    case 'interleave':
    case 'deinterleave': return ['framing']
    case 'segment':
    case 'hostTransport': return TRANSPORT
    case 'packet':
    case 'route':
    case 'hostNetwork': return NETWORK
    case 'frame': return step.frame?.cause.kind === 'tagged' ? ['vlan', 'fcs'] : step.frame?.carried.kind === 'arp' ? ['arp'] : ['eth', 'fcs']
    case 'switch': return ['eth', 'vlan']
    case 'routerOut': return ['eth']
    case 'routerIn':
    case 'hostLink': return step.frame?.carried.kind === 'arp' ? ['arp'] : ['eth', 'fcs']
    case 'deliver': return step.message?.what.kind === 'rtp' ? ['rtp'] : ['rtsp', 'rtcp']
    case 'shown': return ['picture']
    case 'drop': {
      const reason = step.receipt?.outcome.kind === 'dropped' ? step.receipt.outcome.reason : ''
      if (reason === 'badFcs') return ['fcs']
      return step.receipt ? (step.layer === 3 ? NETWORK : step.layer === 4 ? TRANSPORT : ['eth']) : []
    }
    default: return []
  }
}

function pduOf(step: Step): Pdu {
  const what = step.message?.what.kind
  const frame = step.frame
  switch (step.kind) {
    case 'compose':
    case 'format':
    case 'deliver': return what === 'rtp' ? 'rtp' : what === 'rtcp' ? 'rtcp' : 'message'
    case 'shown': return 'picture'
    case 'interleave':
    case 'deinterleave': return 'interleaved'
    case 'segment':
    case 'hostTransport': return frame?.carried.kind === 'udp' ? 'datagram' : 'segment'
    case 'packet':
    case 'route':
    case 'hostNetwork':
    case 'resolve': return 'packet'
    case 'bits':
    case 'queue': return 'frame'
    default: return 'frame'
  }
}

interface Part {
  kind: BlockKind
  bytes: number
  layer: number | null
  field: number | null
  /** The first octet in the frame, where the dissector has told. */
  start: number | null
}

/** The octets of a frame, from and to before, that a message has in it; `null` where that is not known. */
export function octetsOf(message: MessageRow | null, frame: FrameRow | null, parts: readonly Part[]): readonly [number, number] | null {
  const carried = frame?.carried
  const tcp = parts.find((p) => p.kind === 'tcp')
  if (message?.transport.kind !== 'tcp' || carried?.kind !== 'tcp' || !tcp || tcp.start === null) return null
  const first = tcp.start + tcp.bytes - carried.start
  return [first + message.transport.start, first + message.transport.end]
}

/** A header is of the message in question, not of another one that shares its TCP segment. */
export function isOf(part: Part, octets: readonly [number, number] | null): boolean {
  const above = !OUTER.includes(part.kind) && !NETWORK.includes(part.kind) && !TRANSPORT.includes(part.kind)
  return octets === null || !above || part.start === null || (part.start >= octets[0] && part.start < octets[1])
}

/** The parts of a frame in the order of its octets, as the dissector found them. */
export function partsOf(detail: Detail): Part[] {
  const parts: (Part & { start: number })[] = []
  const eth = detail.layers.findIndex((l) => l.name === 'eth')
  detail.layers.forEach((layer, i) => {
    if (layer.source !== 0) return
    parts.push({ kind: kindOf(layer), bytes: layer.length / 8, start: layer.start / 8, layer: i, field: null })
  })
  detail.layers[eth]?.fields.forEach((field, i) => {
    const kind = field.name === 'eth.fcs' ? 'fcs' : field.name === 'eth.padding' || field.name === 'eth.trailer' ? 'padding' : null
    if (kind) parts.push({ kind, bytes: field.length / 8, start: field.start / 8, layer: eth, field: i })
  })
  parts.sort((a, b) => a.start - b.start)
  // Octets that no layer of the frame claims belong to a message put together from several.
  const out: Part[] = []
  let at = 0
  for (const part of parts) {
    if (part.start > at) out.push({ kind: 'data', bytes: part.start - at, layer: null, field: null, start: at })
    out.push(part)
    at = Math.max(at, part.start + part.bytes)
  }
  return out
}

function kindOf(layer: DetailLayer): BlockKind {
  const name = layer.name
  if (name === 'rtsp' && layer.length === 32) return 'framing'
  if (name === 'data') return layer.fields[0]?.name === 'jpeg.payload' || layer.title.startsWith('Picture') ? 'picture' : 'data'
  return name in FILLS ? (name as BlockKind) : 'data'
}

/** What is known of a frame before its detail is here: the headers that it surely has. */
function partsFromRows(frame: FrameRow | null, message: MessageRow | null): Part[] {
  const part = (kind: BlockKind, bytes: number): Part => ({ kind, bytes, layer: null, field: null, start: null })
  const carried = frame?.carried
  if (carried?.kind === 'arp') return [part('eth', 14), part('arp', 28), part('padding', 18), part('fcs', 4)]
  if (carried?.kind === 'discovery' || carried?.kind === 'icmpv6') return [part('eth', 14), part('ipv6', 40), part('icmpv6', 32), part('fcs', 4)]
  if (carried?.kind === 'igmp') return [part('eth', 14), part('ip', 24), part('igmp', 8), part('padding', 14), part('fcs', 4)]
  const tcp = carried ? carried.kind === 'tcp' : message?.transport.kind === 'tcp'
  const inner: Part[] = []
  const length = message ? message.length - (isInterleaved(message) ? FRAMING : 0) : 0
  if (message && isInterleaved(message)) inner.push(part('framing', FRAMING))
  if (message?.what.kind === 'rtp') inner.push(part('rtp', 12), part('picture', Math.max(1, length - 12)))
  else if (message) inner.push(part(message.what.kind === 'rtcp' ? 'rtcp' : message.what.kind === 'unknown' ? 'data' : 'rtsp', length))
  return [part('eth', 14), part('ip', 20), part(tcp ? 'tcp' : 'udp', tcp ? 20 : 8), ...inner, part('fcs', 4)]
}

/** Whether the octets of a frame are only a piece of what a step above the network layer is about: IP has cut it. */
export function isPieceOf(step: Step, parts: readonly Part[]): boolean {
  const above = ['compose', 'format', 'segment', 'hostTransport', 'deliver'].includes(step.kind)
  return above && step.message?.transport.kind === 'udp' && parts.length > 0 && !parts.some((p) => p.kind === 'udp')
}

/** Widths that fill the bench: headers to one scale, long payload cut short. */
function widths(parts: readonly Part[]): number[] {
  const total = BENCH.right - BENCH.left
  const long = parts.filter((p) => p.bytes > LONG).length
  const fixed = (scale: number): number =>
    parts.reduce((sum, p) => sum + (p.bytes > LONG ? 0 : Math.max(NARROWEST, p.bytes * scale)), 0)
  let scale = SCALE
  if (long === 0) while (fixed(scale + 0.05) <= total && scale < 40) scale += 0.05
  while (scale > 0.05 && fixed(scale) > total - long * PAYLOAD) scale -= 0.05
  const rest = long === 0 ? 0 : Math.max(NARROWEST, (total - fixed(scale)) / long)
  const wide = parts.map((p) => (p.bytes > LONG ? rest : Math.max(NARROWEST, p.bytes * scale)))
  // So many parts that even the narrowest are too wide together: all give way alike.
  const sum = wide.reduce((a, b) => a + b, 0)
  return sum > total ? wide.map((width) => (width * total) / sum) : wide
}

const hex = (detail: Detail, field: DetailField): string =>
  (detail.sources[0] ?? '').slice(field.start / 4, (field.start + field.length) / 4)

const spaced = (digits: string): string => digits.replace(/(..)(?=.)/g, '$1 ')

function find(detail: Detail | null, name: string): DetailField | undefined {
  return detail?.layers.flatMap((l) => l.fields).find((f) => f.name === name)
}

/** What a router's address translation has made of a packet's source or destination; `null` where it left both. */
export function translated(before: Detail, after: Detail): Change | null {
  const hops = (find(before, 'ip.ttl')?.value ?? '') + ' → ' + (find(after, 'ip.ttl')?.value ?? '')
  for (const source of [true, false]) {
    const port = (detail: Detail): string => {
      const found = find(detail, source ? 'udp.srcport' : 'udp.dstport') ?? find(detail, source ? 'tcp.srcport' : 'tcp.dstport')
      return found ? `:${found.value}` : ''
    }
    const [a, b] = [find(before, source ? 'ip.src' : 'ip.dst'), find(after, source ? 'ip.src' : 'ip.dst')]
    if (a && b && a.value !== b.value) return { kind: 'nat', from: a.value + port(before), to: b.value + port(after), source, hops }
  }
  return null
}

function changeOf(step: Step, before: Detail | null, after: Detail | null): Change | null {
  if (step.kind === 'route' && before && after) {
    const nat = translated(before, after)
    if (nat) return nat
    const [h, i] = [find(before, 'ipv6.hlim'), find(after, 'ipv6.hlim')]
    if (h && i) return { kind: 'ttl', from: h.value, to: i.value, checksumFrom: '', checksumTo: '' }
    const [a, b] = [find(before, 'ip.ttl'), find(after, 'ip.ttl')]
    const [c, d] = [find(before, 'ip.checksum'), find(after, 'ip.checksum')]
    if (a && b && c && d) return { kind: 'ttl', from: a.value, to: b.value, checksumFrom: hex(before, c), checksumTo: hex(after, d) }
  }
  if (step.kind === 'drop' && before) {
    const fcs = find(before, 'eth.fcs')
    const should = fcs && /should be (?:0x)?([0-9a-f ]+)/.exec(fcs.value)?.[1]
    if (fcs && should) return { kind: 'fcs', received: spaced(hex(before, fcs)), computed: spaced(should.replaceAll(' ', '')) }
  }
  return null
}

/** The bar at a step. `detailOf` gives the details that are in memory. */
export function bench(step: Step, detailOf: (frame: number) => Detail | null, sending: FrameRow | null): Bench {
  const frame = (step.kind === 'route' ? step.next : step.frame) ?? sending
  const detail = frame ? detailOf(frame.id) : null
  const found = detail ? partsOf(detail) : []
  const parts = found.length > 0 && !isPieceOf(step, found) ? found : partsFromRows(frame, step.message)
  const gone = absent(step)
  const active = activeBlock(step)
  const own = octetsOf(step.message, frame, parts)
  const sizes = widths(parts)
  let x: number = BENCH.left
  const blocks = parts.map((part, i): Block => {
    const width = sizes[i] ?? 0
    const filled = !gone.includes(part.kind)
    const block: Block = {
      ...part, fill: FILLS[part.kind], x, width, filled, active: filled && active.includes(part.kind) && isOf(part, own), broken: part.bytes > LONG,
      amount: 1, rise: 0, opacity: 1,
    }
    x += width
    return block
  })
  const there = blocks.filter((b) => b.filled)
  const [first, last] = [there[0], there.at(-1)]
  const span: readonly [number, number] | null = first && last ? [first.x, last.x + last.width] : null
  const bytes = there.reduce((sum, b) => sum + b.bytes, 0)

  const header = blocks.find((b) => b.active)
  const inner = header ? there.filter((b) => b.x > header.x && b.kind !== 'fcs' && b.kind !== 'padding') : []
  const [from, to] = [inner[0], inner.at(-1)]
  const carries = header && ['ip', 'ipv6', 'tcp', 'udp', 'eth'].includes(header.kind) && !['drop', 'routerOut', 'switch'].includes(step.kind)
  const below = header && from && to && carries
    ? { from: from.x, to: to.x + to.width, what: step.kind === 'route' && changeOf(step, step.frame ? detailOf(step.frame.id) : null, step.next ? detailOf(step.next.id) : null)?.kind !== 'nat' ? 'untouched' as const : 'data' as const, header: header.kind }
    : null
  const before = step.frame ? detailOf(step.frame.id) : null
  const after = step.next ? detailOf(step.next.id) : null
  return { blocks, pdu: pduOf(step), bytes, span, below, change: changeOf(step, before, after), lost: step.kind === 'drop', checks: [], revealed: 1 }
}
