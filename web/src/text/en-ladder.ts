import type { FrameRow, MessageRow, Nanos } from '../wire'
import type { LadderRow } from '../scene/ladder'
import { clock, count, moment, plural, span } from './clock'

/** What stands on an arrow: the first word is read from afar. */
export interface Label {
  main: string
  sub: string
}

/** The words of the sequence diagram, and of the choice between it and the other views. */
export interface LadderWords {
  views: string
  view: Record<'valley' | 'ladder' | 'charts', string>
  title: string
  /** The list for a screen reader. */
  list(client: string): string
  together: string
  shows: string
  show: Record<'acks' | 'arp' | 'rtcp', string>
  follow: string
  load: string
  unfold: string
  nothing: string
  state(name: string): string
  /** From where two futures differ. */
  parting: string
  stateNow(name: string): string
  /** `lost`: packets of it that were lost. */
  label(row: LadderRow, lost: number): Label
  /** For a screen reader; `fate`: what became of it. */
  spoken(at: Nanos, from: string, to: string, label: Label, fate: string): string
  arrived(after: Nanos): string
  lost(where: string): string
  underway: string
}

/** Why a segment goes again, as its sender knows. */
function why({ cause }: FrameRow): string {
  switch (cause.kind) {
    case 'timeout': return `no answer within ${span(cause.rto)} (RTO)${cause.attempt > 1 ? `, try ${cause.attempt}` : ''}`
    case 'afterTimeout': return 'it was behind the one that timed out'
    case 'fastRetransmit': return 'three ACKs in a row asked for it'
    case 'partialAck': return 'the ACK covers only a part'
    case 'lostBySack':
    case 'sackHole': return 'SACK shows a gap here'
    case 'rescue': return 'the end of the flight once more'
    case 'pathMtu': return 'in smaller pieces, the way is narrower'
    default: return 'its bytes were seen before'
  }
}

function segment(row: LadderRow & { kind: 'segment' }): Label {
  switch (row.what) {
    case 'open': return { main: 'SYN', sub: 'TCP asks for a connection' }
    case 'accept': return { main: 'SYN ACK', sub: 'TCP accepts it' }
    case 'close': return { main: 'FIN', sub: 'TCP: nothing more comes from here' }
    case 'reset': return { main: 'RST', sub: 'TCP gives the connection up' }
    case 'again': return { main: 'TCP sends again', sub: why(row.frame) }
    case 'probe': return { main: 'TCP probe', sub: 'is there room again?' }
    case 'ack': return { main: 'ACK', sub: 'TCP has got all before' }
  }
}

function rtsp({ what }: MessageRow): Label {
  if (what.kind === 'request') return { main: what.method, sub: what.cseq === null ? '' : `CSeq ${what.cseq}` }
  if (what.kind !== 'response') return { main: '?', sub: '' }
  const parts = [what.cseq === null ? '' : `CSeq ${what.cseq}`, what.method === null ? '' : `answers ${what.method}`]
  return { main: `${what.status} ${what.reason}`, sub: parts.filter((part) => part !== '').join(', ') }
}

const number = (message: MessageRow | undefined): number | null => (message?.what.kind === 'rtp' ? message.what.picture : null)

function label(row: LadderRow, lost: number): Label {
  switch (row.kind) {
    case 'rtsp': return rtsp(row.message)
    case 'report': return { main: 'RTCP', sub: row.message.what.kind === 'rtcp' ? row.message.what.types.join(', ') : '' }
    case 'media': {
      const picture = number(row.packets[0])
      return { main: picture === null ? 'Media' : `Picture ${picture}`, sub: `${plural(row.packets.length, 'packet')}${lost > 0 ? `, ${count(lost)} lost` : ''}` }
    }
    case 'run': {
      const [first, last] = [number(row.pictures[0]?.packets[0]), number(row.pictures.at(-1)?.packets[0])]
      const packets = row.pictures.reduce((sum, picture) => sum + picture.packets.length, 0)
      return {
        main: first === null || last === null || last < first ? plural(row.pictures.length, 'picture') : `Pictures ${first} to ${last}`,
        sub: `${plural(packets, 'packet')}, none lost`,
      }
    }
    case 'segment': return segment(row)
    case 'address': {
      const { carried } = row.frame
      const asks = carried.kind === 'arp' ? carried.request : carried.kind === 'discovery' && carried.icmpType === 135
      const target = carried.kind === 'arp' || carried.kind === 'discovery' ? (carried.target ?? '') : ''
      return { main: asks ? `Who has ${target}?` : `${target} is here`, sub: carried.kind === 'arp' ? 'ARP' : 'neighbour discovery' }
    }
    case 'gap': return {
      main: `${clock(row.from)} to ${clock(row.to)}`,
      sub: `not loaded here. In all ${plural(row.packets, 'RTP packet')}${row.drops > 0 ? `, ${plural(row.drops, 'frame')} lost` : ''}.`,
    }
  }
}

/** English. */
export const ladder: LadderWords = {
  views: 'View',
  view: { valley: 'Valley', ladder: 'Ladder', charts: 'Charts' },
  title: 'Ladder',
  list: (client) => `Messages of ${client}, by time`,
  together: 'pictures together',
  shows: 'Show',
  show: { acks: 'ACKs', arp: 'ARP', rtcp: 'RTCP' },
  follow: 'Follow the cursor',
  load: 'Load',
  unfold: 'Show each',
  nothing: 'Nothing has been said yet. The first arrow comes when the client opens a connection.',
  state: (name) => name,
  parting: 'From here on the two futures differ',
  stateNow: (name) => `state ${name}`,
  label,
  spoken: (at, from, to, { main, sub }, fate) => `${moment(at)}. ${from} to ${to}: ${main}${sub === '' ? '' : `, ${sub}`}. ${fate}`,
  arrived: (after) => `Arrived after ${span(after)}.`,
  lost: (where) => `Lost at ${where}.`,
  underway: 'On its way.',
}
