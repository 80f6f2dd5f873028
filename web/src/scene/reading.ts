import type { Step } from '../trace'
import type { Detail, DetailField } from '../wire'
import { activeBlock, isOf, octetsOf, partsOf, isPieceOf } from './bench'

/** The fields that a step reads or writes, by their Wireshark names; the strip fills them. */
export function readFields(step: Step, detail: Detail | null = null): readonly string[] {
  if ((step.kind === 'packet' || step.kind === 'hostNetwork') && detail && isFragment(detail)) return FRAGMENT
  const udp = step.frame?.carried.kind === 'udp'
  switch (step.kind) {
    case 'compose': return [step.message?.what.kind === 'rtp' && step.message.what.marker ? 'rtp.marker' : 'rtp.seq', 'rtsp.request', 'rtsp.response']
    case 'format': return ['jpeg.main_hdr.offset']
    case 'interleave':
    case 'deinterleave': return ['rtsp.channel', 'rtsp.length']
    case 'segment': {
      if (udp) return ['udp.dstport']
      const carried = step.frame?.carried
      if (carried?.kind === 'tcp' && carried.start === carried.end) return carried.flags.includes('SYN') ? ['tcp.seq_raw', 'tcp.flags'] : ['tcp.ack_raw', 'tcp.flags']
      return ['tcp.dstport', 'tcp.seq_raw']
    }
    case 'packet': return ['ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'icmpv6.type']
    case 'frame': return step.frame?.carried.kind === 'arp' ? ['arp.dst.proto_ipv4', 'arp.src.hw_mac'] : ['eth.dst', 'eth.src', 'vlan.id']
    case 'switch': return ['eth.dst', 'vlan.id']
    case 'routerIn': return ['eth.dst', 'eth.fcs']
    case 'route': return ['ip.ttl', 'ip.checksum', 'ipv6.hlim']
    case 'routerOut': return ['eth.dst', 'eth.src']
    case 'hostLink': return step.frame?.carried.kind === 'arp' ? ['arp.src.hw_mac', 'arp.src.proto_ipv4'] : ['eth.dst', 'eth.fcs']
    case 'hostNetwork': return ['ip.dst', 'ip.checksum', 'ipv6.dst', 'icmpv6.type']
    case 'hostTransport': return udp ? ['udp.dstport', 'udp.checksum'] : ['tcp.dstport', 'tcp.seq_raw', 'tcp.checksum']
    case 'deliver': return ['rtp.seq', 'rtp.timestamp']
    case 'drop': return ['rtp.seq']
    default: return []
  }
}

/** What tells a fragment's datagram and its place in it (RFC 791 section 2.3). */
const FRAGMENT = ['ip.id', 'ip.flags', 'ip.flags.mf', 'ip.frag_offset'] as const

/** The frame's packet is a piece of a datagram that IP has cut. */
export function isFragment(detail: Detail): boolean {
  const more = findField(detail, 'ip.flags.mf')
  return (more !== undefined && bitsOf(detail, more) === 1) || !/^0\b/.test(findField(detail, 'ip.frag_offset')?.value ?? '0')
}

/** A field's bits as a number; at most 32 of them, in the frame itself. */
export function bitsOf(detail: Detail, field: DetailField): number {
  const source = detail.sources[0] ?? ''
  let value = 0
  for (let bit = field.start; bit < field.start + Math.min(32, field.length); bit += 1) {
    const octet = Number.parseInt(source.slice((bit >> 3) * 2, (bit >> 3) * 2 + 2), 16)
    value = value * 2 + ((octet >> (7 - (bit & 7))) & 1)
  }
  return value
}

/** The layer (its place in the detail) that a step is about; a lost packet's own header where there is one. */
export function stepLayer(step: Step, detail: Detail): number | null {
  const place = (name: string): number | null => {
    const found = detail.layers.findIndex((l) => l.name === name)
    return found < 0 ? null : found
  }
  if (step.kind === 'drop' && step.message?.what.kind === 'rtp') {
    const rtp = place('rtp')
    if (rtp !== null) return rtp
  }
  const wanted = activeBlock(step)
  const parts = partsOf(detail)
  const own = octetsOf(step.message, step.frame, parts)
  const part = parts.find((p) => wanted.includes(p.kind) && p.layer !== null && isOf(p, own))
  if (part) return part.layer
  // A fragment has no header of what is cut into fragments.
  if (isPieceOf(step, parts)) return null
  if (step.kind === 'shown') return place('jpeg') ?? place('rtp')
  if (step.kind === 'resolve') return place('ip') ?? place('ipv6')
  if (step.kind === 'format' || step.kind === 'compose' || step.kind === 'deliver') return place('rtsp') ?? place('rtp') ?? place('rtcp')
  return place('eth')
}

/** A field by its Wireshark name, anywhere in a detail. */
export function findField(detail: Detail, name: string): DetailField | undefined {
  const search = (fields: readonly DetailField[]): DetailField | undefined => {
    for (const field of fields) {
      if (field.name === name) return field
      const inner = search(field.children)
      if (inner) return inner
    }
    return undefined
  }
  for (const layer of detail.layers) {
    const found = search(layer.fields)
    if (found) return found
  }
  return undefined
}
