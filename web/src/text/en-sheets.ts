import type { Fate } from '../scene/family'
import type { OctetPart } from '../scene/octets'
import type { Nanos } from '../wire'
import { clock, plural } from './clock'

/** The words of what lies over the valley: frame train, family tree, bytes, sums, differences. */
export interface SheetWords {
  titles: Record<'train' | 'family' | 'bytes' | 'octets' | 'difference', string>
  close: string
  noPicture: string
  noPacket: string
  rows: Record<'picture' | 'piece' | 'rtp' | 'ip' | 'ethernet', string>
  fates: Record<Fate, string>
  familyOf(picture: number | null): string
  picture(picture: number | null): string
  pictureSays(picture: number | null, packets: number, lost: number): string
  piece(number: number, of: number): string
  rtp(sequence: number): string
  transport(kind: 'udp' | 'tcp', sequence: number): string
  ip(sequence: number): string
  frame(sequence: number, number: number, of: number): string
  trainOf(picture: number | null): string
  trainSays(picture: number | null, frames: number, time: string): string
  car(sequence: number, cable: string, at: string, time: string, lost: boolean): string
  bytesSays: string
  octetsSay: string
  thisPacket: string
  thisPicture(picture: number | null): string
  inPackets(packets: number): string
  inSum: string
  since(from: Nanos): string
  ofTotal(bytes: string, headers: number): string
  parts: Record<OctetPart, string>
  pinTwo: string
  pinned(kind: string, node: string, at: string): string
  frameNumber(id: number): string
  bars: string
  table: string
  field: string
  differing(different: number, all: number): string
  showSame: string
  absent: string
  unpin: string
  /** The jitter buffer and its depth. */
  buffer: { depth: string; hint: string }
  /** The buttons that open them. */
  openFamily: string
  /** The same in little room. */
  tree: string
  openOctets: string
  pin: string
  pinnedOne: string
  zoom: { label: string; nearer: string; farther: string; levels: Record<'flow' | 'train' | 'packet' | 'byte' | 'bit', string> }
}

const name = (picture: number | null): string => (picture === null ? 'This picture' : `Picture ${picture}`)

/** English. */
export const sheets: SheetWords = {
  titles: { train: 'Frame train', family: 'Family tree of a picture', bytes: 'Every byte of the frame', octets: 'What the headers cost', difference: 'Two packets compared' },
  close: 'Back to the valley',
  noPicture: 'No picture is under way at this moment. Play a little, then stop.',
  noPacket: 'No packet is open. Follow one first.',
  rows: { picture: 'Picture', piece: 'Pieces', rtp: 'RTP', ip: 'IP', ethernet: 'Ethernet' },
  fates: { ahead: 'not sent yet', underway: 'on its way', arrived: 'arrived', lost: 'lost', repeated: 'lost, and sent again' },
  familyOf: (picture) => `Family tree of ${picture === null ? 'this picture' : `picture ${picture}`}`,
  picture: (picture) => name(picture),
  pictureSays: (picture, packets, lost) => `${name(picture)}: ${plural(packets, 'packet')}${lost === 0 ? '' : `, ${lost} lost`}`,
  piece: (number, of) => `Piece ${number} of ${of}`,
  rtp: (sequence) => `RTP packet ${sequence}`,
  transport: (kind, sequence) => `${kind === 'udp' ? 'UDP datagram' : 'TCP segment'} of RTP packet ${sequence}`,
  ip: (sequence) => `IP packet of RTP packet ${sequence}`,
  frame: (sequence, number, of) => `Ethernet frame ${number} of ${of} of RTP packet ${sequence}`,
  trainOf: (picture) => `Frames of ${picture === null ? 'this picture' : `picture ${picture}`} on the cables`,
  trainSays: (picture, frames, time) => `${name(picture)}: ${plural(frames, 'frame')} on the first cable, all of them through in ${time}.`,
  car: (sequence, cable, at, time, lost) => `RTP packet ${sequence} on ${cable}, ${at}, ${time} long${lost ? ', lost' : ''}`,
  bytesSays: 'First byte on the wire first. The line under a byte has its layer’s colour; pick one to see its field.',
  octetsSay: 'Every layer adds its header to every packet. Each frame counts once, as its host sent it. JPEG’s own headers count as picture, but for an open packet.',
  thisPacket: 'This packet',
  thisPicture: (picture) => name(picture),
  inPackets: (packets) => `in ${plural(packets, 'packet')}`,
  inSum: 'In sum up to the cursor',
  since: (from) => (from === 0 ? '' : `since ${clock(from)}, as far as it is loaded here`),
  ofTotal: (bytes, headers) => `${bytes} bytes, ${headers.toFixed(1)} % of them headers`,
  parts: { link: 'Ethernet', network: 'IP', transport: 'UDP, TCP', application: 'RTP, RTSP', media: 'picture' },
  pinTwo: 'Pin two packets: press P on one, go to another, press P again.',
  pinned: (kind, node, at) => `${kind}, sent by ${node}, ${at}`,
  frameNumber: (id) => `Frame ${id}`,
  bars: 'Both packets, what differs is marked',
  table: 'Fields of both packets',
  field: 'Field',
  differing: (different, all) => `${different} of ${all} fields differ`,
  showSame: 'Show equal fields, too',
  absent: 'not there',
  unpin: 'Take both pins away',
  buffer: {
    depth: 'Depth of the jitter buffer',
    hint: 'Deeper: late packets still count, and the picture comes later. Shallower: the other way round.',
  },
  openFamily: 'Family tree',
  tree: 'Tree',
  openOctets: 'Header cost',
  pin: 'Pin',
  pinnedOne: 'Pinned: press P on another packet',
  zoom: { label: 'Zoom', nearer: 'Nearer', farther: 'Farther away', levels: { flow: 'flow', train: 'frame train', packet: 'packet', byte: 'bytes', bit: 'bits' } },
}
