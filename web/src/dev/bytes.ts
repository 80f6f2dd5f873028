/** What a frame of the fixture world is made of; `frameBytes` makes true octets of it. */
export interface Spec {
  dst: string
  src: string
  arp?: { request: boolean; senderMac: string; senderIp: string; targetMac: string; targetIp: string }
  ip?: { src: string; dst: string; ttl: number; id: number }
  udp?: { src: number; dst: number }
  tcp?: { src: number; dst: number; seq: number; ack: number; flags: number; window: number; mss?: number }
  payload: Payload
  /** A bit that was flipped on the cable makes the FCS wrong. */
  damaged?: boolean
}

export type Payload =
  | { kind: 'none' }
  | { kind: 'text'; text: string }
  | { kind: 'octets'; octets: Uint8Array; what: 'rtcp' }
  | {
      kind: 'rtp'
      sequence: number; timestamp: number; ssrc: number; marker: boolean; offset: number
      width: number; height: number; length: number
      /** The first row of macroblocks in it, and how many. */
      row: number; rows: number
    }

const mac = (text: string): number[] => text.split(':').map((x) => parseInt(x, 16))
const ip = (text: string): number[] => text.split('.').map(Number)
const u16 = (n: number): number[] => [(n >> 8) & 255, n & 255]
const u32 = (n: number): number[] => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]

/** RFC 1071: the ones' complement of the ones' complement sum. */
export function checksum(octets: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < octets.length; i += 2) sum += ((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  return c >>> 0
})

/** The frame check sequence, least significant octet first. */
export function fcs(octets: readonly number[]): number[] {
  let c = 0xffffffff
  for (const o of octets) c = (CRC[(c ^ o) & 255] ?? 0) ^ (c >>> 8)
  c = (c ^ 0xffffffff) >>> 0
  return [c & 255, (c >>> 8) & 255, (c >>> 16) & 255, c >>> 24]
}

/** Octets that stand for picture data: always the same for the same packet. */
function noise(seed: number, length: number): number[] {
  let x = (seed * 2654435761 + 12345) >>> 0
  return Array.from({ length }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return x >>> 24
  })
}

/** Scan data of so many restart intervals, each but the last with its marker. */
function scan(seed: number, length: number, intervals: number): number[] {
  const out = noise(seed, length).map((octet) => (octet === 0xff ? 0xfe : octet))
  for (let i = 1; i < intervals; i += 1) out.splice(Math.floor((i * length) / intervals), 2, 0xff, 0xd0 + ((i - 1) % 8))
  return out
}

export function payloadBytes(p: Payload): number[] {
  if (p.kind === 'none') return []
  if (p.kind === 'text') return [...new TextEncoder().encode(p.text)]
  if (p.kind === 'octets') return [...p.octets]
  return [
    0x80, (p.marker ? 0x80 : 0) | 26, ...u16(p.sequence), ...u32(p.timestamp), ...u32(p.ssrc),
    0, ...u32(p.offset).slice(1), 65, 255, p.width / 8, p.height / 8, ...u16(p.width / 16), ...u16(0xc000 | p.row),
    ...scan(p.sequence, p.length, p.rows),
  ]
}

/** How many octets the frame has, FCS included. */
export function frameLength(s: Spec): number {
  if (s.arp) return 64
  const inner = s.payload.kind === 'rtp' ? 24 + s.payload.length : payloadBytes(s.payload).length
  const transport = s.udp ? 8 : s.tcp?.mss ? 24 : 20
  return Math.max(64, 14 + 20 + transport + inner + 4)
}

/** The frame, FCS included. */
export function frameBytes(s: Spec): number[] {
  const out = [...mac(s.dst), ...mac(s.src), ...u16(s.arp ? 0x0806 : 0x0800)]
  if (s.arp) {
    const a = s.arp
    out.push(0, 1, 8, 0, 6, 4, 0, a.request ? 1 : 2, ...mac(a.senderMac), ...ip(a.senderIp), ...mac(a.targetMac), ...ip(a.targetIp))
  } else if (s.ip) {
    const data = payloadBytes(s.payload)
    const protocol = s.udp ? 17 : 6
    let header: number[] = []
    if (s.udp) header = [...u16(s.udp.src), ...u16(s.udp.dst), ...u16(8 + data.length), 0, 0]
    else if (s.tcp) {
      const options = s.tcp.mss ? [2, 4, ...u16(s.tcp.mss)] : []
      header = [
        ...u16(s.tcp.src), ...u16(s.tcp.dst), ...u32(s.tcp.seq), ...u32(s.tcp.ack),
        (5 + options.length / 4) << 4, s.tcp.flags, ...u16(s.tcp.window), 0, 0, 0, 0, ...options,
      ]
    }
    const pseudo = [...ip(s.ip.src), ...ip(s.ip.dst), 0, protocol, ...u16(header.length + data.length)]
    const sum = checksum([...pseudo, ...header, ...data, ...(data.length % 2 ? [0] : [])])
    const place = s.udp ? 6 : 16
    header.splice(place, 2, ...u16(sum))
    const network = [
      0x45, 0, ...u16(20 + header.length + data.length), ...u16(s.ip.id), 0x40, 0, s.ip.ttl, protocol, 0, 0,
      ...ip(s.ip.src), ...ip(s.ip.dst),
    ]
    network.splice(10, 2, ...u16(checksum(network)))
    out.push(...network, ...header, ...data)
  }
  while (out.length < 60) out.push(0)
  const check = fcs(out)
  if (s.damaged) out[80] = (out[80] ?? 0) ^ 4
  return [...out, ...check]
}
