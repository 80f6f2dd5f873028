import { averaged, held, stacked, type Columns } from '../../scene/series'
import type { ChartId, LineId } from '../../text/en-charts'

/** How one line is drawn; colours are tokens of the theme. */
export interface Line {
  id: LineId
  ink: string
  dash?: number[]
  fill?: string
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
}

/** How the rate is divided. */
export type RateBy = 'layers' | 'what'

const LAYERS: readonly Line[] = [
  { id: 'application', ink: '--line', fill: '--l7' },
  { id: 'transport', ink: '--line', fill: '--l4' },
  { id: 'network', ink: '--line', fill: '--l3' },
  { id: 'link', ink: '--line', fill: '--l2' },
]

const WHAT: readonly Line[] = [
  { id: 'rtp', ink: '--line', fill: '--l7' },
  { id: 'rtcp', ink: '--line', fill: '--edge' },
  { id: 'rtsp', ink: '--line', fill: '--ink' },
  { id: 'tcp', ink: '--line', fill: '--l4' },
  { id: 'other', ink: '--line', fill: '--l2' },
]

/** A receiver counts at each picture: between two of them its counts hold, for so many seconds. */
const HOLD = 2

/** All charts of a stretch. */
export function specsOf(columns: Columns, by: RateBy): Spec[] {
  const x = columns.at.map((at) => at / 1e9)
  const hold = (values: readonly (number | null)[]): (number | null)[] => held(values, (HOLD * 1e9) / columns.cell)
  const spec = (id: ChartId, lines: Line[], values: (number | null)[][], sizes = false): Spec => ({ id, lines, x, values, sizes })
  const parts = by === 'layers' ? LAYERS : WHAT
  const perSecond = (8 * 1e9) / columns.cell
  // Pictures come in bursts, and a cell has now two, now three of them: seen from afar the last second counts.
  const over = columns.cell >= 1e8 ? Math.round(1e9 / columns.cell) : 1
  const rates = stacked(parts.map((line) => averaged(columns[line.id as 'rtp'], over).map((octets) => octets * perSecond)))
  const again: Line[] = columns.again.some((count) => count > 0) ? [{ id: 'again', ink: '--ink', dash: [6, 4], step: true }] : []
  return [
    // The highest first: each covers what is below it.
    spec('rate', [...parts].reverse().map((line) => ({ ...line, width: 1, step: true })), rates.reverse()),
    spec('loss', [{ id: 'lost', ink: '--lost', fill: '--lost', step: true }, ...again], [columns.lost, columns.again].slice(0, 1 + again.length)),
    spec('jitter', [{ id: 'jitter', ink: '--ink' }], [hold(columns.jitter)]),
    spec('buffer', [{ id: 'buffered', ink: '--ink', fill: '--media', step: true }], [hold(columns.buffered)]),
    spec(
      'window',
      [{ id: 'inFlight', ink: '--edge', fill: '--slot', width: 1, step: true }, { id: 'cwnd', ink: '--l4', width: 3, step: true }, { id: 'ssthresh', ink: '--ink', dash: [8, 5], step: true }],
      [columns.inFlight, columns.cwnd, columns.ssthresh],
    ),
    spec('timers', [{ id: 'srtt', ink: '--l4', width: 3, step: true }, { id: 'rto', ink: '--ink', dash: [8, 5], step: true }], [columns.srtt, columns.rto], true),
  ]
}
