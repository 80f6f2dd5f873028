import type { Detail, DetailField, DetailLayer, FrameRow } from '../wire'
import { fcs, frameBytes, payloadBytes, type Spec } from './bytes'

const group = (n: number): string => n.toLocaleString('en-US')

/** Whom the pretended tests compare with. */
const CHECKER = 'TShark 4.0.17'

const hexOf = (bytes: readonly number[]): string => bytes.map((b) => b.toString(16).padStart(2, '0')).join('')

/** The filter of a field with a name, simpler than the server's, and its tick; RTCP is left without. */
function proven(name: string | null, hex: string): Pick<DetailField, 'filter' | 'checked'> {
  if (name === null) return { filter: null, checked: false }
  const octets = hex.match(/../g) ?? []
  const dotted = /^ip\.(src|dst)$/.test(name) ? octets.map((octet) => Number.parseInt(octet, 16)).join('.') : null
  return { filter: `${name} == ${dotted ?? (octets.length > 4 ? octets.join(':') : Number.parseInt(hex, 16))}`, checked: !name.startsWith('rtcp.') }
}

/** Reads the fixture's own frames, whose layout is known; a stand-in for the real dissector. */
class Reader {
  layers: DetailLayer[] = []
  #bytes: number[]
  #layer: DetailLayer | null = null
  at = 0

  constructor(bytes: number[]) {
    this.#bytes = bytes
  }

  layer(name: string, title: string, osi: number, rfc: string, length: number): void {
    this.#layer = { name, title, summary: `${length} bytes`, osi, source: 0, start: this.at * 8, length: length * 8, rfc, fields: [] }
    this.layers.push(this.#layer)
  }

  number(length: number): number {
    return this.#bytes.slice(this.at, this.at + length).reduce((n, b) => n * 256 + b, 0)
  }

  field(length: number, label: string, short: string, value: string, meaning: string, name: string | null = null, children: DetailField[] = []): void {
    this.#layer?.fields.push({
      name, label, short, start: this.at * 8, length: length * 8, value, meaning, rfc: this.#layer.rfc,
      ...proven(name, hexOf(this.#bytes.slice(this.at, this.at + length))), children,
    })
    this.at += length
  }

  bit(offset: number, length: number, label: string, value: string, name: string): DetailField {
    return {
      name, label, short: label, start: this.at * 8 + offset, length, value, meaning: `${label}: ${value}.`,
      rfc: this.#layer?.rfc ?? '', filter: `${name} == ${value === 'set' ? 1 : 0}`, checked: true, children: [],
    }
  }

  mac(): string {
    return this.#bytes.slice(this.at, this.at + 6).map((b) => b.toString(16).padStart(2, '0')).join(':')
  }

  ip(): string {
    return this.#bytes.slice(this.at, this.at + 4).join('.')
  }
}

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']

export function dissect(row: FrameRow, spec: Spec): Detail {
  const bytes = frameBytes(spec)
  const r = new Reader(bytes)
  r.layer('eth', 'Ethernet header', 2, 'IEEE 802.3', 14)
  const eth = r.layers[0]
  r.field(6, 'Destination address', 'Destination', r.mac(), 'The card that shall take this frame.', 'eth.dst')
  r.field(6, 'Source address', 'Source', r.mac(), 'The card that sent this frame.', 'eth.src')
  r.field(2, 'Type', 'Type', spec.arp ? 'ARP' : 'IPv4', 'Which protocol the frame carries.', 'eth.type')
  if (spec.arp) {
    r.layer('arp', spec.arp.request ? 'ARP request' : 'ARP reply', 2, 'RFC 826', 28)
    r.field(2, 'Hardware type', 'Hardware', 'Ethernet', 'The kind of network.', 'arp.hw.type')
    r.field(2, 'Protocol type', 'Protocol', 'IPv4', 'The kind of address that is looked for.', 'arp.proto.type')
    r.field(1, 'Hardware size', 'HW size', '6', 'Octets of a hardware address.', 'arp.hw.size')
    r.field(1, 'Protocol size', 'IP size', '4', 'Octets of a protocol address.', 'arp.proto.size')
    r.field(2, 'Operation', 'Operation', spec.arp.request ? 'request' : 'reply', 'Question or answer.', 'arp.opcode')
    r.field(6, 'Sender MAC address', 'Sender MAC', r.mac(), 'Who asks or answers.', 'arp.src.hw_mac')
    r.field(4, 'Sender IP address', 'Sender IP', r.ip(), 'Its address.', 'arp.src.proto_ipv4')
    r.field(6, 'Target MAC address', 'Target MAC', r.mac(), 'What is asked for: still empty in a question.', 'arp.dst.hw_mac')
    r.field(4, 'Target IP address', 'Target IP', r.ip(), 'The address that is looked for.', 'arp.dst.proto_ipv4')
  } else if (spec.ip) {
    r.layer('ip', 'IP header', 3, 'RFC 791', 20)
    r.field(1, 'Version, header length', 'Vers.', '4, 20 B', 'Version 4; the header has 20 octets.', 'ip.version')
    r.field(1, 'Differentiated services', 'DSCP', '0', 'No special treatment is asked for.', 'ip.dsfield')
    r.field(2, 'Total length', 'Length', group(r.number(2)), 'Octets of this packet, header included.', 'ip.len')
    r.field(2, 'Identification', 'Identity', group(r.number(2)), 'Tells the fragments of different packets apart.', 'ip.id')
    r.field(2, 'Flags, fragment offset', 'Fragment', "don't", 'Routers must not cut this packet.', 'ip.flags')
    r.field(1, 'Time to live', 'TTL', String(r.number(1)), 'Each router takes one off; at 0 the packet is dropped.', 'ip.ttl')
    r.field(1, 'Protocol', 'Proto.', spec.udp ? 'UDP' : 'TCP', 'Who gets the data.', 'ip.proto')
    r.field(2, 'Header checksum', 'Checksum', 'correct', 'Protects the header only.', 'ip.checksum')
    r.field(4, 'Source address', 'Source', r.ip(), 'Who sent the packet.', 'ip.src')
    r.field(4, 'Destination address', 'Destination', r.ip(), 'Who shall get the packet.', 'ip.dst')
    const data = payloadBytes(spec.payload).length
    if (spec.udp) {
      r.layer('udp', 'UDP header', 4, 'RFC 768', 8)
      r.field(2, 'Source port', 'Source', String(r.number(2)), 'The sending program.', 'udp.srcport')
      r.field(2, 'Destination port', 'Destin.', String(r.number(2)), 'The program that shall get the data.', 'udp.dstport')
      r.field(2, 'Length', 'Length', group(r.number(2)), 'Octets of header and data.', 'udp.length')
      r.field(2, 'Checksum', 'Checksum', 'correct', 'Over header, data and addresses.', 'udp.checksum')
    } else if (spec.tcp) {
      r.layer('tcp', 'TCP header', 4, 'RFC 9293', spec.tcp.mss ? 24 : 20)
      r.field(2, 'Source port', 'Source', String(r.number(2)), 'The sending program.', 'tcp.srcport')
      r.field(2, 'Destination port', 'Destin.', String(r.number(2)), 'The program that shall get the data.', 'tcp.dstport')
      r.field(4, 'Sequence number', 'Sequence', group(r.number(4)), 'The place of the first octet in the stream.', 'tcp.seq_raw')
      r.field(4, 'Acknowledgement number', 'Acknowledges', group(r.number(4)), 'The next octet that is expected.', 'tcp.ack_raw')
      r.field(1, 'Data offset', 'Offset', spec.tcp.mss ? '24 B' : '20 B', 'Where the data begins.', 'tcp.hdr_len')
      const set = FLAGS.filter((_, i) => (spec.tcp?.flags ?? 0) & (1 << i))
      r.field(1, 'Flags', 'Flags', `${set.length} set`, `Set: ${set.join(', ')}.`, 'tcp.flags',
        FLAGS.map((f, i) => r.bit(7 - i, 1, f, (spec.tcp?.flags ?? 0) & (1 << i) ? 'set' : 'not set', `tcp.flags.${f.toLowerCase()}`)).reverse())
      r.field(2, 'Window', 'Window', group(r.number(2)), 'How much more the receiver can take.', 'tcp.window_size_value')
      r.field(2, 'Checksum', 'Checksum', 'correct', 'Over header, data and addresses.', 'tcp.checksum')
      r.field(2, 'Urgent pointer', 'Urgent', '0', 'Not used.', 'tcp.urgent_pointer')
      if (spec.tcp.mss) r.field(4, 'Maximum segment size', 'MSS', group(spec.tcp.mss), 'The largest segment that this end takes.', 'tcp.options.mss_val')
    }
    const p = spec.payload
    if (p.kind === 'rtp') {
      r.layer('rtp', 'RTP header', 7, 'RFC 3550', 12)
      r.field(1, 'Version, padding, extension, sources', 'Version', '2', 'Version 2.', 'rtp.version')
      r.field(1, 'Marker, payload type', 'Type', p.marker ? 'JPEG, last' : 'JPEG', 'Payload type 26: JPEG.', 'rtp.p_type')
      r.field(2, 'Sequence number', 'Sequence', String(p.sequence), 'Grows by one with each packet, so that loss shows.', 'rtp.seq')
      r.field(4, 'Timestamp', 'Timestamp', group(p.timestamp), 'When the picture was taken, in ticks of 1/90000 s.', 'rtp.timestamp')
      r.field(4, 'Synchronisation source', 'SSRC', `0x${p.ssrc.toString(16)}`, 'The source of this stream.', 'rtp.ssrc')
      r.layer('jpeg', 'RTP/JPEG header', 6, 'RFC 2435', 12)
      r.field(1, 'Type-specific', 'Specific', '0', 'Progressive picture.', 'jpeg.main_hdr.ts')
      r.field(3, 'Fragment offset', 'Offset', group(p.offset), 'Where this piece belongs in the picture.', 'jpeg.main_hdr.offset')
      r.field(1, 'Type', 'Type', '65', '4:2:0 with restart markers.', 'jpeg.main_hdr.type')
      r.field(1, 'Q', 'Q', '255', 'The tables travel in the first packet.', 'jpeg.main_hdr.q')
      r.field(1, 'Width', 'Width', `${p.width} px`, 'In blocks of 8 pixels.', 'jpeg.main_hdr.width')
      r.field(1, 'Height', 'Height', `${p.height} px`, 'In blocks of 8 pixels.', 'jpeg.main_hdr.height')
      r.field(2, 'Restart interval', 'Restart', String(p.width / 16), 'Macroblocks between restart markers.', 'jpeg.restart_hdr.interval')
      r.field(2, 'Restart count', 'Count', String(p.row), 'The packet holds whole intervals.', 'jpeg.restart_hdr.count')
      r.layer('data', 'Picture data', 6, 'RFC 2435', p.length)
      r.field(p.length, 'Entropy-coded data', 'Data', `${group(p.length)} B`, 'A piece of the picture.')
    } else if (p.kind === 'text') {
      r.layer('rtsp', 'RTSP message', 7, 'RFC 2326', data)
      for (const line of p.text.split(/(?<=\r\n)/)) {
        const [left, ...right] = line.trim().split(': ')
        r.field(line.length, right.length ? (left ?? '') : line.trim() === '' ? 'Empty line' : 'First line', (left ?? '').slice(0, 12), right.length ? right.join(': ') : line.trim(), 'A line of the message.')
      }
    } else if (p.kind === 'octets') {
      r.layer('rtcp', 'RTCP packets', 7, 'RFC 3550', data)
      r.field(1, 'Version, padding, count', 'Version', '2', 'Version 2.', 'rtcp.version')
      r.field(1, 'Packet type', 'Type', p.octets[1] === 200 ? 'SR' : 'RR', 'A report.', 'rtcp.pt')
      r.field(2, 'Length', 'Length', String(r.number(2)), 'In words of 32 bits, less one.', 'rtcp.length')
      r.field(4, 'Sender SSRC', 'SSRC', `0x${r.number(4).toString(16)}`, 'Who reports.', 'rtcp.senderssrc')
      r.field(data - 8, 'Report', 'Report', `${data - 8} B`, 'The report.')
    }
  }
  const padding = bytes.length - 4 - r.at
  if (eth) {
    if (padding > 0) {
      eth.fields.push({ name: 'eth.padding', label: 'Padding', short: 'Padding', start: r.at * 8, length: padding * 8, value: `${padding} B`, meaning: 'Zeros: an Ethernet frame has at least 64 octets.', rfc: 'IEEE 802.3', ...proven('eth.padding', '00'.repeat(padding)), children: [] })
      r.at += padding
    }
    const good = fcs(bytes.slice(0, -4))
    const hex = good.map((b) => b.toString(16).padStart(2, '0')).join(' ')
    const correct = good.every((b, i) => b === bytes[bytes.length - 4 + i])
    eth.fields.push({ name: 'eth.fcs', label: 'Frame check sequence', short: 'FCS', start: r.at * 8, length: 32, value: correct ? 'correct' : `wrong, should be ${hex}`, meaning: 'A check sum over the frame: it finds bits that flipped on the cable.', rfc: 'IEEE 802.3', ...proven('eth.fcs', hexOf(bytes.slice(-4))), children: [] })
  }
  return {
    frame: row.id, at: row.at, sources: [hexOf(bytes)],
    layers: r.layers, checker: CHECKER, notes: [],
  }
}
