import type { Step } from '../trace'
import type { Detail, FateRow, Link, Nanos, Node, PictureRow, Topology } from '../wire'
import { FRAMING, translated } from './bench'
import { mishapOf } from './weather'
import { bitsOf, findField, isFragment, stepLayer } from './reading'

/** Who does something, for a sentence: a role, or a name. */
export type Who = { kind: 'client' | 'server' | 'members' } | { kind: 'name'; name: string }

/**
 * What a step is about, in numbers and names, without a word of any language: the catalogue of
 * a language makes the sentence.
 */
export type Fact =
  | { kind: 'request'; who: Who; method: string; bytes: number; ports: readonly [string, string] | null; channels: readonly [string, string] | null; auth: string | null; body: readonly string[] }
  | { kind: 'response'; who: Who; to: Who; status: number; reason: string; method: string | null; channels: readonly [string, string] | null; auth: string | null }
  | { kind: 'rtp'; who: Who; to: Who; sequence: number; marker: boolean; picture: number | null; index: number | null; of: number | null; tcp: boolean }
  | { kind: 'rtcp'; who: Who; types: readonly string[] }
  | { kind: 'unknownMessage'; who: Who; bytes: number }
  | { kind: 'interleave'; who: Who; to: Who; media: boolean; channel: string | null; bytes: number }
  | { kind: 'deinterleave'; who: Who; media: boolean; channel: string | null; bytes: number }
  | { kind: 'formatText'; request: boolean }
  | { kind: 'formatOther'; coding: string }
  | { kind: 'formatJpeg'; bytes: number; tables: boolean }
  /** A whole file is the payload, in so large a packet that IP has to cut it. */
  | { kind: 'formatFile'; bytes: number }
  | { kind: 'tcpData'; who: Who; to: Who; header: number; bytes: number; port: number }
  | { kind: 'tcpPart'; who: Who; bytes: number }
  | { kind: 'tcpOpen' | 'tcpAccept' | 'tcpConfirm' | 'tcpClose' | 'tcpAbort' | 'tcpProbe'; who: Who; to: Who }
  | { kind: 'tcpRefused'; who: Who; port: number }
  | { kind: 'tcpAck'; who: Who; to: Who; because: string; number: string | null }
  | { kind: 'tcpTimeout'; rto: Nanos; bytes: number; attempt: number }
  | { kind: 'tcpFast' | 'tcpAfterTimeout' | 'tcpPartial' | 'tcpBySack' | 'tcpHole' | 'tcpRescue' | 'tcpPathMtu'; bytes: number }
  /** New data, and what let it go: an acknowledgement, the peer's window, a duplicate ACK. */
  | { kind: 'tcpLetGo'; who: Who; to: Who; bytes: number; because: string }
  | { kind: 'fate'; who: Who; fate: FateRow; tcp: boolean }
  | { kind: 'udp'; header: number }
  | { kind: 'ip'; destination: string; group: boolean; v6: boolean }
  | { kind: 'icmp'; who: Who }
  /** `type`: as in RFC 2236; `group`: absent when all groups are asked about. */
  | { kind: 'igmp'; who: Who; type: number; group: string | null }
  /** One of the pieces into which IP cuts a datagram; `offset`: its first octet. */
  | { kind: 'fragment'; who: Who; offset: string; last: boolean }
  | { kind: 'waitForMac'; who: Who; ip: string | null }
  | { kind: 'ethernet'; from: string; to: string; next: Who }
  | { kind: 'arpQuestion'; who: Who; target: string }
  | { kind: 'arpAnswer'; who: Who; ip: string | null; mac: string | null }
  | { kind: 'queue'; who: Who; wait: Nanos }
  | { kind: 'bits'; bytes: number; rate: number; time: Nanos; delay: Nanos }
  /** What a cable does to a frame that it does not lose. */
  | { kind: 'bitsHeld'; late: Nanos; ordered: boolean }
  | { kind: 'bitsCopied' }
  | { kind: 'switched'; who: Who; mac: string | null; port: number; learned: boolean; source: string | null; changed: boolean }
  | { kind: 'flooded'; who: Who; broadcast: boolean; group: boolean; mac: string | null }
  | { kind: 'routerIn'; who: Who; group: boolean }
  | { kind: 'route'; who: Who; from: string; to: string; v6: boolean }
  /** The router writes another address and port; `source`: of the sender. */
  | { kind: 'nat'; who: Who; from: string; to: string; source: boolean }
  /** A switch puts a VLAN's tag into a frame, or takes it out. */
  | { kind: 'tag'; who: Who; vlan: number; removed: boolean }
  | { kind: 'icmpv6'; who: Who; type: number; target: string | null }
  | { kind: 'routerOut'; who: Who; from: string | null; to: string | null }
  | { kind: 'hostLink'; who: Who; mac: string | null; group: boolean }
  | { kind: 'arpRead'; who: Who; question: boolean; ip: string | null; mac: string | null }
  | { kind: 'notForMe'; who: Who }
  | { kind: 'hostNetwork'; who: Who; ip: string | null; v6: boolean; next: 'TCP' | 'UDP' | 'ICMP' | 'IGMP'; group: boolean; cut: boolean }
  | { kind: 'hostUdp'; port: number; who: Who }
  | { kind: 'hostTcp'; port: number; who: Who; bytes: number; flags: string; opening: boolean }
  | { kind: 'deliverRequest'; who: Who; from: Who; method: string }
  | { kind: 'deliverResponse'; who: Who; from: Who; status: number; reason: string; method: string | null }
  | { kind: 'deliverRtp'; who: Who; sequence: number; real: boolean }
  | { kind: 'deliverOther'; who: Who }
  | { kind: 'shown'; who: Who; picture: number | null; packets: number; missing: number; nothing: boolean }
  | { kind: 'dropFcs'; who: Who; packet: { index: number; of: number } | null; udp: boolean }
  | { kind: 'dropQueue'; who: Who; limit: number; tcp: boolean }
  | { kind: 'lost'; tcp: boolean }
  | { kind: 'drop'; who: Who; reason: string }

/** What facts are drawn from besides the step. */
export interface Surroundings {
  topology: Topology
  /** What a real client calls itself; `null` for every other device. */
  clientName: (node: number) => string | null
  detailOf: (frame: number) => Detail | null
  /** The first frame of a message, for the steps before it is made. */
  sending: (message: number) => number | null
  /** Something of a picture can be shown; absent: any. */
  shows?: (picture: PictureRow) => boolean
}

const nodeOf = (s: Surroundings, id: number): Node | undefined => s.topology.nodes.find((n) => n.id === id)
const linkOf = (s: Surroundings, id: number | undefined): Link | undefined => s.topology.links.find((l) => l.id === id)

/** Who a node is in a sentence. */
export function who(s: Surroundings, id: number | null | undefined): Who {
  const node = id == null ? undefined : nodeOf(s, id)
  // A message without one receiver is for a group.
  if (!node) return { kind: 'members' }
  // Of several clients in a scenario only the first is just "the client".
  const first = s.topology.nodes.find((n) => n.kind === node.kind)?.id === node.id
  if ((node.kind === 'client' || node.kind === 'server') && first) return { kind: node.kind }
  return { kind: 'name', name: s.clientName(node.id) ?? node.name }
}

/** Who owns a hardware address. */
function ownerOf(s: Surroundings, mac: string | null): Who {
  const node = s.topology.nodes.find((n) => n.interfaces.some((i) => i.mac === mac))
  return who(s, node?.id)
}

/** The text of a message in a frame, as far as the frame has it. */
function textOf(detail: Detail | null): string {
  const source = detail?.sources[0] ?? ''
  let out = ''
  for (let i = 0; i < source.length; i += 2) out += String.fromCharCode(parseInt(source.slice(i, i + 2), 16))
  return out
}

/** What a step is about. */
export function factOf(step: Step, s: Surroundings): Fact {
  const me = who(s, step.node)
  const detail = step.frame ? s.detailOf(step.frame.id) : null
  const value = (name: string, from: Detail | null = detail): string | null => (from ? (findField(from, name)?.value ?? null) : null)
  const message = step.message
  const carried = step.frame?.carried
  switch (step.kind) {
    case 'compose': return composed(step, s)
    case 'format': {
      if (message?.what.kind === 'rtp') {
        if (message.what.of === 1 && fragmentOf(detail)) return { kind: 'formatFile', bytes: message.length }
        const coming = comingDetail(step, s)
        const coding = coming?.layers.find((l) => l.name === 'rtp')?.summary.split(',')[0] ?? null
        if (coming && coding !== null && !coming.layers.some((l) => l.name === 'jpeg')) return { kind: 'formatOther', coding }
        return { kind: 'formatJpeg', bytes: jpegBytes(step, s), tables: message.what.index === 0 }
      }
      return { kind: 'formatText', request: message?.what.kind === 'request' }
    }
    case 'interleave': return { kind: 'interleave', who: me, to: who(s, message?.to), ...interleaved(step, s) }
    case 'deinterleave': return { kind: 'deinterleave', who: me, ...interleaved(step, s) }
    case 'segment': return transport(step, s, detail)
    case 'packet':
      if (carried?.kind === 'icmp') return { kind: 'icmp', who: me }
      if (carried?.kind === 'discovery') return { kind: 'icmpv6', who: me, type: carried.icmpType, target: carried.target }
      if (carried?.kind === 'icmpv6') return { kind: 'icmpv6', who: me, type: carried.icmpType, target: null }
      if (carried?.kind === 'igmp') return { kind: 'igmp', who: me, type: carried.igmpType, group: carried.group }
      if (fragmentOf(detail)) return { kind: 'fragment', who: me, ...fragmentOf(detail)! }
      return { kind: 'ip', destination: value('ip.dst') ?? value('ipv6.dst') ?? addressOf(s, message?.to), group: isGroup(value('ip.dst')), v6: value('ipv6.dst') !== null }
    case 'resolve': return { kind: 'waitForMac', who: me, ip: nextHop(step, s) }
    case 'frame': {
      if (carried?.kind === 'arp') {
        return carried.request
          ? { kind: 'arpQuestion', who: me, target: carried.target }
          : { kind: 'arpAnswer', who: me, ip: value('arp.src.proto_ipv4'), mac: value('arp.src.hw_mac') }
      }
      const cause = step.frame?.cause
      if (cause?.kind === 'tagged' || cause?.kind === 'untagged') return { kind: 'tag', who: me, vlan: cause.vlan, removed: cause.kind === 'untagged' }
      const to = value('eth.dst')
      return { kind: 'ethernet', from: value('eth.src') ?? '', to: to ?? '', next: ownerOf(s, to) }
    }
    case 'queue': return { kind: 'queue', who: me, wait: step.hop ? step.hop.start - step.hop.queued : 0 }
    case 'bits': {
      const mishap = mishapOf(step.hop)
      if (mishap?.copy) return { kind: 'bitsCopied' }
      if (mishap?.late) return { kind: 'bitsHeld', late: mishap.late, ordered: mishap.ordered !== null }
      const link = linkOf(s, step.hop?.link)
      const weather = link && link.a === step.hop?.from ? link.forward : link?.backward
      return { kind: 'bits', bytes: step.frame?.length ?? 0, rate: weather?.rate ?? 0, time: step.hop ? step.hop.end - step.hop.start : 0, delay: weather?.delay ?? 0 }
    }
    case 'switch': {
      const mac = value('eth.dst')
      const outcome = step.receipt?.outcome
      if (outcome?.kind === 'switched') {
        const port = portOf(s, step.node, outcome.link)
        return { kind: 'switched', who: me, mac, port, learned: outcome.learned, source: value('eth.src'), changed: step.next !== null }
      }
      return { kind: 'flooded', who: me, broadcast: mac === 'ff:ff:ff:ff:ff:ff', group: mac?.startsWith('01:00:5e') ?? false, mac }
    }
    case 'routerIn':
      if (step.receipt?.outcome.kind === 'notForMe') return { kind: 'notForMe', who: me }
      return carried?.kind === 'arp' ? arpRead(step, s, detail) : { kind: 'routerIn', who: me, group: isGroup(value('ip.dst')) }
    case 'route': {
      const outcome = step.receipt?.outcome
      const after = step.next ? s.detailOf(step.next.id) : null
      const nat = detail && after ? translated(detail, after) : null
      if (nat?.kind === 'nat') return { kind: 'nat', who: me, from: nat.from, to: nat.to, source: nat.source }
      const v6 = value('ipv6.dst') !== null
      const before = outcome?.kind === 'routed' ? outcome.ttl : Number(value('ip.ttl') ?? 64)
      return { kind: 'route', who: me, from: String(before), to: String(before - 1), v6 }
    }
    case 'routerOut': return { kind: 'routerOut', who: me, from: value('eth.src'), to: value('eth.dst') }
    case 'hostLink':
      if (step.receipt?.outcome.kind === 'notForMe') return { kind: 'notForMe', who: me }
      return carried?.kind === 'arp' ? arpRead(step, s, detail) : { kind: 'hostLink', who: me, mac: value('eth.dst'), group: value('eth.dst')?.startsWith('01:00:5e') ?? false }
    case 'hostNetwork':
      return { kind: 'hostNetwork', who: me, ip: value('ip.dst') ?? value('ipv6.dst'), v6: value('ipv6.dst') !== null, next: carried?.kind === 'tcp' ? 'TCP' : carried?.kind === 'udp' ? 'UDP' : carried?.kind === 'igmp' ? 'IGMP' : 'ICMP', group: isGroup(value('ip.dst')), cut: fragmentOf(detail) !== null }
    case 'hostTransport':
      if (carried?.kind === 'tcp') return { kind: 'hostTcp', port: carried.dst, who: me, bytes: carried.end - carried.start, flags: carried.flags, opening: step.frame?.cause.kind === 'handshakeAck' }
      return { kind: 'hostUdp', port: carried?.kind === 'udp' ? carried.dst : 0, who: me }
    case 'deliver': return delivered(step, s)
    case 'shown': {
      const slots = step.picture?.slots ?? []
      return { kind: 'shown', who: me, picture: step.picture?.number ?? null, packets: slots.length, missing: slots.filter((x) => x.message === null).length, nothing: step.picture !== null && !(s.shows?.(step.picture) ?? true) }
    }
    case 'drop': return dropped(step, s)
  }
}

function addressOf(s: Surroundings, id: number | null | undefined): string {
  return (id == null ? undefined : nodeOf(s, id)?.interfaces[0]?.ip) ?? ''
}

/** The number of a device's port, from 1; cables of real clients come behind its own. */
function portOf(s: Surroundings, id: number, link: number): number {
  const own = nodeOf(s, id)?.interfaces.map((i) => i.link) ?? []
  const added = s.topology.links.filter((l) => (l.a === id || l.b === id) && !own.includes(l.id)).map((l) => l.id)
  return [...own, ...added].indexOf(link) + 1
}

/** The address that a device must find the hardware address of: the other end's, or the router's. */
function nextHop(step: Step, s: Surroundings): string | null {
  const node = nodeOf(s, step.node)
  if (!node) return null
  if (node.kind === 'router') {
    const detail = step.frame ? s.detailOf(step.frame.id) : null
    return detail ? (findField(detail, 'ip.dst')?.value ?? null) : null
  }
  const own = node.interfaces[0]
  const network = (ip: string, prefix: number): number =>
    prefix === 0 ? 0 : (ip.split('.').reduce((n, part) => n * 256 + Number(part), 0) >>> (32 - prefix))
  if (!own?.ip || own.prefix === null) return null
  const router = s.topology.nodes.filter((n) => n.kind === 'router').flatMap((n) => n.interfaces)
    .find((i) => i.ip !== null && network(i.ip, own.prefix ?? 0) === network(own.ip ?? '', own.prefix ?? 0))
  return router?.ip ?? null
}

/** The detail of the frame that a message is about to become. */
function comingDetail(step: Step, s: Surroundings): Detail | null {
  const frame = step.frame?.id ?? (step.message ? s.sending(step.message.id) : null)
  return frame === null ? null : s.detailOf(frame)
}

function composed(step: Step, s: Surroundings): Fact {
  const message = step.message
  const me = who(s, step.node)
  const what = message?.what
  switch (what?.kind) {
    case 'request': {
      const text = textOf(comingDetail(step, s))
      return {
        kind: 'request', who: me, method: what.method, bytes: message?.length ?? 0, ports: pairOf(text, 'client_port'),
        channels: pairOf(text, 'interleaved'), auth: headerWord(text, 'Authorization'), body: bodyLines(text),
      }
    }
    case 'response': {
      const text = textOf(comingDetail(step, s))
      return {
        kind: 'response', who: me, to: who(s, message?.to), status: what.status, reason: what.reason, method: what.method,
        channels: pairOf(text, 'interleaved'), auth: headerWord(text, 'WWW-Authenticate'),
      }
    }
    case 'rtp': return { kind: 'rtp', tcp: message?.transport.kind === 'tcp', who: me, to: who(s, message?.to), sequence: what.sequence, marker: what.marker, picture: what.picture, index: what.index, of: what.of }
    case 'rtcp': return { kind: 'rtcp', who: me, types: what.types }
    default: return { kind: 'unknownMessage', who: me, bytes: message?.length ?? 0 }
  }
}

/** The place of a fragment in its datagram; `null` for a packet that is whole. */
function fragmentOf(detail: Detail | null): { offset: string; last: boolean } | null {
  if (!detail || !isFragment(detail)) return null
  const offset = findField(detail, 'ip.frag_offset')?.value ?? '0'
  const more = findField(detail, 'ip.flags.mf')
  return { offset: /^[\d,]+/.exec(offset)?.[0] ?? offset, last: !more || bitsOf(detail, more) === 0 }
}

/** An IPv4 address is a multicast group's: 224.0.0.0 to 239.255.255.255. */
function isGroup(ip: string | null): boolean {
  const first = Number(ip?.split('.')[0] ?? 0)
  return first >= 224 && first < 240
}

/** Two numbers of a Transport header: `client_port=49154-49155`. */
function pairOf(text: string, name: string): readonly [string, string] | null {
  const found = new RegExp(`${name}=(\\d+)-(\\d+)`).exec(text)
  return found?.[1] && found[2] ? [found[1], found[2]] : null
}

/** The first word of a header of a message's text: `Digest` of `WWW-Authenticate: Digest realm=...`. */
function headerWord(text: string, name: string): string | null {
  return new RegExp(`^${name}: *(\\w+)`, 'im').exec(text)?.[1] ?? null
}

/** The lines of a message's body, where it is parameters. */
function bodyLines(text: string): string[] {
  const length = Number(/^Content-Length: *(\d+)/im.exec(text)?.[1] ?? 0)
  const start = text.indexOf('\r\n\r\n')
  if (length === 0 || start < 0 || !/^Content-Type: *text\/parameters/im.test(text)) return []
  return text.slice(start + 4, start + 4 + length).split(/\r?\n/).filter((line) => line.trim() !== '')
}

/** What stands between `$` and the packet of an interleaved message. */
function interleaved(step: Step, s: Surroundings): { media: boolean; channel: string | null; bytes: number } {
  const detail = comingDetail(step, s)
  const layer = detail ? stepLayer(step, detail) : null
  const channel = layer === null ? undefined : detail?.layers[layer]?.fields.find((f) => f.name === 'rtsp.channel')
  return { media: step.message?.what.kind === 'rtp', channel: channel?.value ?? null, bytes: (step.message?.length ?? FRAMING) - FRAMING }
}

function jpegBytes(step: Step, s: Surroundings): number {
  return (comingDetail(step, s)?.layers.find((l) => l.name === 'jpeg')?.length ?? 64) / 8
}

function transport(step: Step, s: Surroundings, detail: Detail | null): Fact {
  const me = who(s, step.node)
  const frame = step.frame
  if (frame?.carried.kind !== 'tcp') return { kind: 'udp', header: 8 }
  const { carried, cause } = frame
  const bytes = carried.end - carried.start
  const to = who(s, step.message?.to ?? s.topology.nodes.find((n) => n.id !== step.node && (n.kind === 'server' || nodeOf(s, step.node)?.kind === 'server' && n.kind === 'client'))?.id)
  switch (cause.kind) {
    case 'connect': return { kind: 'tcpOpen', who: me, to }
    case 'acceptSyn': return { kind: 'tcpAccept', who: me, to }
    case 'handshakeAck': return bytes > 0 ? { kind: 'tcpData', who: me, to, header: headerOf(detail), bytes, port: carried.dst } : { kind: 'tcpConfirm', who: me, to }
    case 'close': return { kind: 'tcpClose', who: me, to }
    case 'abort': return { kind: 'tcpAbort', who: me, to }
    case 'refusedPort': return { kind: 'tcpRefused', who: me, port: carried.src }
    case 'ack': return { kind: 'tcpAck', who: me, to, because: cause.because, number: detail ? (findField(detail, 'tcp.ack_raw')?.value ?? null) : null }
    case 'timeout': return { kind: 'tcpTimeout', rto: cause.rto, bytes, attempt: cause.attempt }
    case 'fastRetransmit': return { kind: 'tcpFast', bytes }
    case 'afterTimeout': return { kind: 'tcpAfterTimeout', bytes }
    case 'partialAck': return { kind: 'tcpPartial', bytes }
    case 'lostBySack': return { kind: 'tcpBySack', bytes }
    case 'sackHole': return { kind: 'tcpHole', bytes }
    case 'rescue': return { kind: 'tcpRescue', bytes }
    case 'pathMtu': return { kind: 'tcpPathMtu', bytes }
    case 'zeroWindowProbe': return { kind: 'tcpProbe', who: me, to }
    default: {
      const t = step.message?.transport
      if (cause.kind === 'data' && cause.because !== 'written') return { kind: 'tcpLetGo', who: me, to, bytes, because: cause.because }
      const part = t?.kind === 'tcp' && (carried.end < t.end || carried.start > t.start)
      return part ? { kind: 'tcpPart', who: me, bytes } : { kind: 'tcpData', who: me, to, header: headerOf(detail), bytes, port: carried.dst }
    }
  }
}

function headerOf(detail: Detail | null): number {
  return (detail?.layers.find((l) => l.name === 'tcp')?.length ?? 160) / 8
}

function arpRead(step: Step, s: Surroundings, detail: Detail | null): Fact {
  const carried = step.frame?.carried
  const question = carried?.kind === 'arp' && carried.request
  const value = (name: string): string | null => (detail ? (findField(detail, name)?.value ?? null) : null)
  return {
    kind: 'arpRead', who: who(s, step.node), question,
    ip: question ? (carried.kind === 'arp' ? carried.target : null) : value('arp.src.proto_ipv4'), mac: value('arp.src.hw_mac'),
  }
}

function delivered(step: Step, s: Surroundings): Fact {
  const me = who(s, step.node)
  const from = who(s, step.message?.from)
  const what = step.message?.what
  switch (what?.kind) {
    case 'request': return { kind: 'deliverRequest', who: me, from, method: what.method }
    case 'response': return { kind: 'deliverResponse', who: me, from, status: what.status, reason: what.reason, method: what.method }
    case 'rtp': return { kind: 'deliverRtp', who: me, sequence: what.sequence, real: nodeOf(s, step.node)?.kind === 'gateway' }
    default: return { kind: 'deliverOther', who: me }
  }
}

function dropped(step: Step, s: Surroundings): Fact {
  const me = who(s, step.node)
  const tcp = step.frame?.carried.kind === 'tcp'
  const what = step.message?.what
  if (step.receipt?.outcome.kind === 'dropped') {
    const { reason } = step.receipt.outcome
    if (reason !== 'badFcs') return { kind: 'drop', who: me, reason }
    const packet = what?.kind === 'rtp' && what.index !== null && what.of !== null ? { index: what.index + 1, of: what.of } : null
    return { kind: 'dropFcs', who: me, packet, udp: step.message?.transport.kind === 'udp' }
  }
  const fate = step.hop?.fate
  if (fate && fate.kind !== 'queueFull' && fate.kind !== 'lost') return { kind: 'fate', who: me, fate, tcp }
  return step.hop?.fate?.kind === 'queueFull' ? { kind: 'dropQueue', who: me, limit: step.hop.fate.limit, tcp } : { kind: 'lost', tcp }
}
