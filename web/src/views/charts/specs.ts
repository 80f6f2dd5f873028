import { averaged, held, stacked, type Columns, type Share } from '../../scene/series'
import type { ChartId, LineId } from '../../text/en-charts'
import type { Nanos } from '../../wire'

/** How one line is drawn; colours are tokens of the theme. */
export interface Line {
  id: LineId
  ink: string
  dash?: number[]
  fill?: string
  /** A band's dashes where the system's colours leave it no colour. */
  plain?: number[]
  width?: number
  /** It holds until the next value, instead of going there straight. */
  step?: boolean
}

/** One chart: its lines, and their values at each cell. */
export interface Spec {
  id: ChartId
  lines: Line[]
  /** Seconds. */
  x: number[]
  values: (number | null)[][]
  /** Values far apart are drawn by their size (logarithms). */
  sizes: boolean
  /** Each value is the average of so much time before it; 0 where it is what was counted. */
  over: Nanos
}

/** How the rate is divided. */
export type RateBy = 'layers' | 'what'

/** A band of the rate. Its edge is its own colour: headers are a few pixels high, and an outline would be all that is seen of them. */
const band = (id: Share, fill: string, plain: number[]): Line & { id: Share } => ({ id, ink: fill, fill, plain, width: 1, step: true })

const LAYERS = [band('application', '--l7', []), band('transport', '--l4', [2, 3]), band('network', '--l3', [8, 4]), band('link', '--l2', [14, 3])]

const WHAT = [band('rtp', '--l7', []), band('rtcp', '--edge', [2, 3]), band('rtsp', '--ink', [5, 3]), band('tcp', '--l4', [8, 4]), band('other', '--l2', [14, 3])]

/** The bands of the rate, from the lowest up. */
export const bandsOf = (by: RateBy) => (by === 'layers' ? LAYERS : WHAT)

/** The one outline: around all bands together; paler where each burst has its own. */
const total = (bursts: boolean): Line => ({ id: 'total', ink: bursts ? '--edge' : '--line', width: 1, step: true })

/** A receiver counts at each picture: between two of them its counts hold, for so many seconds. */
const HOLD = 2

/** How many cells a rate is averaged over. */
const averagedCells = (cell: Nanos): number => (cell >= 1e8 ? Math.round(1e9 / cell) : cell >= 1e7 ? Math.round(2e8 / cell) : 1)

/** All charts of a stretch. */
export function specsOf(columns: Columns, by: RateBy): Spec[] {
  const x = columns.at.map((at) => at / 1e9)
  const hold = (values: readonly (number | null)[]): (number | null)[] => held(values, (HOLD * 1e9) / columns.cell)
  const spec = (id: ChartId, lines: Line[], values: (number | null)[][], sizes = false, over = 0): Spec => ({ id, lines, x, values, sizes, over })
  const parts = bandsOf(by)
  const perSecond = (8 * 1e9) / columns.cell
  // Pictures come in bursts, several of them to a pixel: seen from afar an average tells more. From near, each burst is seen.
  const cells = averagedCells(columns.cell)
  const rates = stacked(parts.map((line) => averaged(columns[line.id], cells).map((octets) => octets * perSecond)))
  const again: Line[] = columns.again.some((count) => count > 0) ? [{ id: 'again', ink: '--ink', dash: [6, 4], step: true }] : []
  return [
    // The highest first: each covers what is below it. The outline last.
    spec('rate', [...[...parts].reverse(), total(cells === 1)], [...[...rates].reverse(), rates.at(-1) ?? []], false, cells > 1 ? cells * columns.cell : 0),
    spec('loss', [{ id: 'lost', ink: '--curve-lost', fill: '--lost', step: true }, ...again], [columns.lost, columns.again].slice(0, 1 + again.length)),
    spec('jitter', [{ id: 'jitter', ink: '--ink' }], [hold(columns.jitter)]),
    spec('buffer', [{ id: 'buffered', ink: '--ink', fill: '--media', step: true }], [hold(columns.buffered)]),
    spec(
      'window',
      [{ id: 'inFlight', ink: '--edge', fill: '--slot', width: 1, step: true }, { id: 'cwnd', ink: '--curve', width: 3, step: true }, { id: 'ssthresh', ink: '--ink', dash: [8, 5], step: true }],
      [columns.inFlight, columns.cwnd, columns.ssthresh],
    ),
    spec('timers', [{ id: 'srtt', ink: '--curve', width: 3, step: true }, { id: 'rto', ink: '--ink', dash: [8, 5], step: true }], [columns.srtt, columns.rto], true),
  ]
}
