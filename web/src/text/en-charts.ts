import type { Figures } from '../scene/series'
import type { Nanos } from '../wire'
import { bits, count, decimal, moment, plural, span } from './clock'

/** The charts, in their order. */
export type ChartId = 'rate' | 'loss' | 'jitter' | 'buffer' | 'window' | 'timers'

/** What a line of a chart is. */
export type LineId =
  | 'total' | 'application' | 'transport' | 'network' | 'link' | 'rtp' | 'rtcp' | 'rtsp' | 'tcp' | 'other'
  | 'lost' | 'again' | 'jitter' | 'buffered' | 'cwnd' | 'ssthresh' | 'inFlight' | 'srtt' | 'rto'

/** The words of the charts. */
export interface ChartWords {
  title: string
  chart: Record<ChartId, string>
  line: Record<LineId, string>
  /** What a chart shows at a moment; `null` figures are not known. `host`: the end whose window it is. */
  says(id: ChartId, figures: Figures, context: ChartContext): string
  /** What a line stands at, beside its name. */
  stands(line: string, bits: number | null): string
  /** Each value is the average of so much time before it. */
  over(length: Nanos): string
  span: string
  spans: { whole: string; of(seconds: number): string }
  by: string
  layers: string
  what: string
  table: string
  back: string
  enlarge(title: string): string
  loading: string
  /** The table's caption, and its columns. */
  caption(client: string): string
  time: string
  columns: Record<'rate' | 'rtp' | 'lost' | 'again' | 'jitter' | 'buffered' | 'cwnd' | 'srtt' | 'rto', string>
  unknown: string
  axis: Record<ChartId, (value: number) => string>
}

/** What a sentence must know besides the figures. */
export interface ChartContext {
  at: Nanos
  /** The page itself shows this client's pictures. */
  shown: boolean
  /** The host whose variables of TCP are drawn. */
  host: string | null
  /** Media travels inside the RTSP connection. */
  overTcp: boolean
}

/** A part of a whole; `100 %` only where it is all of it. */
function percent(part: number, all: number): string {
  const share = (100 * part) / Math.max(1, all)
  return share > 99.5 && part < all ? 'over 99 %' : share < 0.5 && part > 0 ? 'under 1 %' : `${Math.round(share)} %`
}

function says(id: ChartId, f: Figures, { at, shown, host, overTcp }: ChartContext): string {
  if (f.rate === null) return 'Nothing is loaded of this moment yet.'
  switch (id) {
    case 'rate':
      if (f.rate === 0) return 'In the second before, nothing was sent between client and server.'
      return `In the second before, ${bits(f.rate)}: ${percent(f.rtp, f.rate)} of it in frames with RTP. Headers and trailers below the application are ${percent(f.headers, f.rate)}.`
    case 'loss': {
      const again = f.again > 0 ? ` TCP sent ${plural(f.again, 'segment')} again.` : ''
      const seen = f.expected === null || f.missing === null || f.expected === 0 ? ''
        : ` Since PLAY the receiver missed ${count(Math.max(0, f.missing))} of ${plural(f.expected, 'packet')}${f.late ? `, and ${count(f.late)} came late` : ''}.`
      return `In the second before, ${f.lost === 0 ? 'no frame was lost' : `${plural(f.lost, 'frame')} ${f.lost === 1 ? 'was' : 'were'} lost`}.${again}${seen}`
    }
    case 'jitter':
      if (f.jitter === null) return silent(shown)
      return `Packets come ${span(round(f.jitter))} earlier or later than evenly (RFC 3550).${f.playoutDelay ? ` ${f.jitter * 4 < f.playoutDelay ? 'That is little' : 'That is much'} beside the ${span(f.playoutDelay)} that each picture waits.` : ''}`
    case 'buffer':
      if (f.buffered === null) return silent(shown)
      return f.buffered === 0
        ? 'No picture waits to be shown: one that comes late now leaves the screen without a new picture.'
        : `${plural(f.buffered, 'picture')} ${f.buffered === 1 ? 'waits' : 'wait'} to be shown${f.playoutDelay ? `; each waits ${span(f.playoutDelay)}, so that late packets still find their place` : ''}.`
    case 'window':
      if (f.cwnd === null || host === null) return 'No TCP connection of this client is open at this moment.'
      return `${host} may have ${plural(f.cwnd, 'byte')} on their way (cwnd) and has ${count(f.inFlight ?? 0)}${overTcp ? '' : ', none of them media'}. ${f.ssthresh === null ? 'No loss yet: no threshold.' : `Above ${count(f.ssthresh)} (ssthresh) it grows slowly.`}`
    case 'timers':
      if (f.rto === null || host === null) return 'No TCP connection of this client is open at this moment.'
      return `${f.srtt === null ? `At ${moment(at)} no round trip has been measured` : `A round trip takes ${span(round(f.srtt))} (srtt)`}. Without an answer, ${host} sends again after ${span(round(f.rto))} (RTO).`
  }
}

/** Three digits say it all. */
const round = (length: Nanos): Nanos => Number(length.toPrecision(3))

const silent = (shown: boolean): string =>
  shown ? 'Nothing yet: the receiver begins to count with the first picture.' : 'Only a receiver that Layercast sees into tells this. This client has shown no picture here.'

/** English. */
export const charts: ChartWords = {
  title: 'Charts',
  chart: { rate: 'Rate', loss: 'Loss', jitter: 'Jitter', buffer: 'Buffer', window: 'TCP window', timers: 'TCP timers' },
  line: {
    total: 'together', application: 'application (7)', transport: 'TCP, UDP headers (4)', network: 'IP headers (3)', link: 'Ethernet (2)',
    rtp: 'RTP', rtcp: 'RTCP', rtsp: 'RTSP', tcp: 'TCP without data', other: 'other',
    lost: 'frames lost', again: 'TCP segments sent again', jitter: 'jitter', buffered: 'pictures that wait',
    cwnd: 'congestion window (cwnd)', ssthresh: 'threshold (ssthresh)', inFlight: 'on their way', srtt: 'round trip (srtt)', rto: 'timeout (RTO)',
  },
  says,
  stands: (line, rate) => (rate === null ? line : `${line}: ${bits(rate)}`),
  over: (length) => `each point: average of ${span(length)}`,
  span: 'Time shown',
  spans: { whole: 'whole run', of: (seconds) => (seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`) },
  by: 'Rate by',
  layers: 'layer',
  what: 'kind',
  table: 'As a table',
  back: 'All charts',
  enlarge: (title) => `${title}: enlarge`,
  loading: 'Loading …',
  caption: (client) => `What ${client} and the server sent, second by second around the cursor`,
  time: 'Until',
  columns: { rate: 'Rate', rtp: 'with RTP', lost: 'Lost', again: 'Again', jitter: 'Jitter', buffered: 'Waiting', cwnd: 'cwnd', srtt: 'srtt', rto: 'RTO' },
  unknown: '–',
  axis: {
    rate: (value) => (value === 0 ? '0' : bits(value)),
    loss: (value) => (Number.isInteger(value) ? String(value) : ''),
    jitter: (value) => (value === 0 ? '0' : span(value)),
    buffer: (value) => (Number.isInteger(value) ? String(value) : ''),
    window: (value) => (value >= 1000 ? `${decimal(Math.round(value / 100) / 10)} k` : String(value)),
    timers: (value) => span(value),
  },
}
