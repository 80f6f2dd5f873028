import type { SheetWords } from './en-sheets'
import { clock, count } from './clock'

const bild = (picture: number | null): string => (picture === null ? 'Dieses Bild' : `Bild ${picture}`)
const pakete = (n: number): string => (n === 1 ? '1 Paket' : `${count(n)} Pakete`)

/** Deutsch. */
export const sheets: SheetWords = {
  titles: { train: 'Zug von Rahmen', family: 'Stammbaum eines Bildes', bytes: 'Jedes Byte des Rahmens', octets: 'Was die Header kosten', difference: 'Zwei Pakete im Vergleich' },
  close: 'Zurück ins Tal',
  noPicture: 'Gerade ist kein Bild unterwegs. Lass die Zeit ein wenig laufen und halte sie dann an.',
  noPacket: 'Kein Paket ist geöffnet. Folge zuerst einem.',
  rows: { picture: 'Bild', piece: 'Stücke', rtp: 'RTP', ip: 'IP', ethernet: 'Ethernet' },
  fates: { ahead: 'noch nicht gesendet', underway: 'unterwegs', arrived: 'angekommen', lost: 'verloren', repeated: 'verloren und noch einmal gesendet' },
  familyOf: (picture) => `Stammbaum von ${picture === null ? 'diesem Bild' : `Bild ${picture}`}`,
  picture: bild,
  pictureSays: (picture, packets, lost) => `${bild(picture)}: ${pakete(packets)}${lost === 0 ? '' : `, ${lost} verloren`}`,
  piece: (number, of) => `Stück ${number} von ${of}`,
  rtp: (sequence) => `RTP-Paket ${sequence}`,
  transport: (kind, sequence) => `${kind === 'udp' ? 'UDP-Datagramm' : 'TCP-Segment'} von RTP-Paket ${sequence}`,
  ip: (sequence) => `IP-Paket von RTP-Paket ${sequence}`,
  frame: (sequence, number, of) => `Ethernet-Rahmen ${number} von ${of} von RTP-Paket ${sequence}`,
  trainOf: (picture) => `Rahmen von ${picture === null ? 'diesem Bild' : `Bild ${picture}`} auf den Kabeln`,
  trainSays: (picture, frames, time) => `${bild(picture)}: ${count(frames)} Rahmen auf dem ersten Kabel, alle nach ${time} durch.`,
  car: (sequence, cable, at, time, lost) => `RTP-Paket ${sequence} auf ${cable}, ${at}, ${time} lang${lost ? ', verloren' : ''}`,
  bytesSays: 'Das erste Byte auf dem Kabel zuerst. Der Strich unter einem Byte hat die Farbe seiner Schicht; wähle eines, um sein Feld zu sehen.',
  octetsSay: 'Jede Schicht setzt ihren Header vor jedes Paket. Jeder Rahmen zählt einmal, wie sein Host ihn gesendet hat. JPEGs eigene Header zählen als Bild, außer beim geöffneten Paket.',
  thisPacket: 'Dieses Paket',
  thisPicture: bild,
  inPackets: (packets) => `in ${packets === 1 ? 'einem Paket' : `${count(packets)} Paketen`}`,
  inSum: 'Zusammen bis zum Cursor',
  since: (from) => (from === 0 ? '' : `seit ${clock(from)}, soweit es hier geladen ist`),
  ofTotal: (bytes, headers) => `${bytes} Byte, davon ${headers.toFixed(1).replace('.', ',')} % Header`,
  parts: { link: 'Ethernet', network: 'IP', transport: 'UDP, TCP', application: 'RTP, RTSP', media: 'Bild' },
  pinTwo: 'Hefte zwei Pakete an: drücke P bei einem, geh zu einem anderen, drücke wieder P.',
  pinned: (kind, node, at) => `${kind}, gesendet von ${node}, ${at}`,
  frameNumber: (id) => `Rahmen ${id}`,
  bars: 'Beide Pakete; was sich unterscheidet, ist markiert',
  table: 'Felder beider Pakete',
  field: 'Feld',
  differing: (different, all) => `${different} von ${all} Feldern unterscheiden sich`,
  showSame: 'Auch gleiche Felder zeigen',
  absent: 'nicht vorhanden',
  unpin: 'Beide Nadeln lösen',
  buffer: {
    depth: 'Tiefe des Jitterpuffers',
    hint: 'Tiefer: auch späte Pakete zählen noch, und das Bild kommt später. Flacher: umgekehrt.',
  },
  openFamily: 'Stammbaum',
  openOctets: 'Header-Kosten',
  pin: 'Anheften',
  pinnedOne: 'Angeheftet: drücke P bei einem anderen Paket',
  zoom: { label: 'Zoom', nearer: 'Näher', farther: 'Weiter weg', levels: { flow: 'Fluss', train: 'Zug', packet: 'Paket', byte: 'Byte', bit: 'Bit' } },
}
