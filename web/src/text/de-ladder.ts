import type { FrameRow, MessageRow } from '../wire'
import type { LadderRow } from '../scene/ladder'
import type { Label, LadderWords } from './en-ladder'
import { clock, count, moment, span } from './clock'

const packets = (n: number): string => (n === 1 ? '1 Paket' : `${count(n)} Pakete`)

/** Why a segment goes again, as its sender knows. */
function why({ cause }: FrameRow): string {
  switch (cause.kind) {
    case 'timeout': return `keine Antwort binnen ${span(cause.rto)} (RTO)${cause.attempt > 1 ? `, Versuch ${cause.attempt}` : ''}`
    case 'afterTimeout': return 'es kam nach dem, das ausblieb'
    case 'fastRetransmit': return 'drei ACKs hintereinander verlangten es'
    case 'partialAck': return 'das ACK deckt nur einen Teil'
    case 'lostBySack':
    case 'sackHole': return 'SACK zeigt hier eine Lücke'
    case 'rescue': return 'das Ende noch einmal'
    case 'pathMtu': return 'in kleineren Stücken, der Weg ist enger'
    default: return 'seine Byte waren schon zu sehen'
  }
}

function segment(row: LadderRow & { kind: 'segment' }): Label {
  switch (row.what) {
    case 'open': return { main: 'SYN', sub: 'TCP bittet um eine Verbindung' }
    case 'accept': return { main: 'SYN ACK', sub: 'TCP nimmt sie an' }
    case 'close': return { main: 'FIN', sub: 'TCP: von hier kommt nichts mehr' }
    case 'reset': return { main: 'RST', sub: 'TCP gibt die Verbindung auf' }
    case 'again': return { main: 'TCP wiederholt', sub: why(row.frame) }
    case 'probe': return { main: 'TCP-Probe', sub: 'ist wieder Platz?' }
    case 'ack': return { main: 'ACK', sub: 'TCP hat alles davor' }
  }
}

function rtsp({ what }: MessageRow): Label {
  if (what.kind === 'request') return { main: what.method, sub: what.cseq === null ? '' : `CSeq ${what.cseq}` }
  if (what.kind !== 'response') return { main: '?', sub: '' }
  const parts = [what.cseq === null ? '' : `CSeq ${what.cseq}`, what.method === null ? '' : `Antwort auf ${what.method}`]
  return { main: `${what.status} ${what.reason}`, sub: parts.filter((part) => part !== '').join(', ') }
}

const number = (message: MessageRow | undefined): number | null => (message?.what.kind === 'rtp' ? message.what.picture : null)

function label(row: LadderRow, lost: number): Label {
  switch (row.kind) {
    case 'rtsp': return rtsp(row.message)
    case 'report': return { main: 'RTCP', sub: row.message.what.kind === 'rtcp' ? row.message.what.types.join(', ') : '' }
    case 'media': {
      const picture = number(row.packets[0])
      return { main: picture === null ? 'Medien' : `Bild ${picture}`, sub: `${packets(row.packets.length)}${lost > 0 ? `, ${count(lost)} verloren` : ''}` }
    }
    case 'run': {
      const [first, last] = [number(row.pictures[0]?.packets[0]), number(row.pictures.at(-1)?.packets[0])]
      const all = row.pictures.reduce((sum, picture) => sum + picture.packets.length, 0)
      return {
        main: first === null || last === null || last < first ? (row.pictures.length === 1 ? '1 Bild' : `${count(row.pictures.length)} Bilder`) : `Bilder ${first} bis ${last}`,
        sub: `${packets(all)}, keines verloren`,
      }
    }
    case 'segment': return segment(row)
    case 'address': {
      const { carried } = row.frame
      const asks = carried.kind === 'arp' ? carried.request : carried.kind === 'discovery' && carried.icmpType === 135
      const target = carried.kind === 'arp' || carried.kind === 'discovery' ? (carried.target ?? '') : ''
      return { main: asks ? `Wer hat ${target}?` : `${target} ist hier`, sub: carried.kind === 'arp' ? 'ARP' : 'Neighbor Discovery' }
    }
    case 'gap': return {
      main: `${clock(row.from)} bis ${clock(row.to)}`,
      sub: `hier nicht geladen. Insgesamt ${row.packets === 1 ? '1 RTP-Paket' : `${count(row.packets)} RTP-Pakete`}${row.drops > 0 ? `, ${count(row.drops)} Rahmen verloren` : ''}.`,
    }
  }
}

/** German. */
export const ladder: LadderWords = {
  views: 'Ansicht',
  view: { valley: 'Tal', ladder: 'Leiter', charts: 'Kurven' },
  title: 'Leiter',
  list: (client) => `Nachrichten von ${client}, nach der Zeit`,
  together: 'Bilder zusammen',
  shows: 'Zeigen',
  show: { acks: 'ACKs', arp: 'ARP', rtcp: 'RTCP' },
  follow: 'Dem Cursor folgen',
  load: 'Laden',
  unfold: 'Einzeln zeigen',
  nothing: 'Noch wurde nichts gesagt. Der erste Pfeil kommt, wenn der Client eine Verbindung öffnet.',
  state: (name) => name,
  parting: 'Ab hier unterscheiden sich die beiden Zukünfte',
  stateNow: (name) => `Zustand ${name}`,
  label,
  spoken: (at, from, to, { main, sub }, fate) => `${moment(at)}. ${from} an ${to}: ${main}${sub === '' ? '' : `, ${sub}`}. ${fate}`,
  arrived: (after) => `Nach ${span(after)} angekommen.`,
  lost: (where) => `Verloren bei ${where}.`,
  underway: 'Unterwegs.',
}
