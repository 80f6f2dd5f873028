// Numbers over time, for charts: pieces as the server counts them, put together for a stretch. Pure.

import type { Nanos, Series, SeriesTcp } from '../wire'
import { SECOND } from '../trace'
import type { View } from './lanes'

/** How finely time is counted. A piece is what is asked for at once. */
export interface Grain {
  cell: Nanos
  /** Cells of a piece. */
  cells: number
}

/** From coarse to fine. */
export const GRAINS: readonly Grain[] = [
  { cell: SECOND / 10, cells: 200 },
  { cell: SECOND / 100, cells: 1000 },
  { cell: SECOND / 1000, cells: 1000 },
]

/** The finest grain that needs only a few pieces for a stretch. */
export function grainFor(length: Nanos): Grain {
  const [coarse, middle, fine] = GRAINS as [Grain, Grain, Grain]
  return length <= 1.5 * SECOND ? fine : length <= 15 * SECOND ? middle : coarse
}

/** The numbers of the pieces that a stretch touches; nothing behind `live` is asked for. */
export function piecesOf(view: View, { cell, cells }: Grain, oldest: Nanos, live: Nanos): number[] {
  const length = cell * cells
  const out: number[] = []
  const last = Math.min(view.to, live)
  for (let piece = Math.floor(Math.max(view.from, oldest) / length); piece * length < last; piece += 1) out.push(piece)
  return out
}

/** The columns of a stretch: each list has an entry for each cell that is here. `null`: not known. */
export interface Columns {
  cell: Nanos
  /** When each cell begins. */
  at: Nanos[]
  rtp: number[]
  rtcp: number[]
  rtsp: number[]
  tcp: number[]
  other: number[]
  application: number[]
  transport: number[]
  network: number[]
  link: number[]
  lost: number[]
  again: number[]
  jitter: (number | null)[]
  expected: (number | null)[]
  missing: (number | null)[]
  late: (number | null)[]
  buffered: (number | null)[]
  playoutDelay: (number | null)[]
  /** The end of a connection that has sent most. */
  end: { node: number; connection: number } | null
  cwnd: (number | null)[]
  ssthresh: (number | null)[]
  inFlight: (number | null)[]
  srtt: (number | null)[]
  rto: (number | null)[]
}

const COUNTS = ['rtp', 'rtcp', 'rtsp', 'tcp', 'other', 'application', 'transport', 'network', 'link', 'lost', 'again'] as const
const VALUES = ['jitter', 'expected', 'missing', 'late', 'buffered', 'playoutDelay'] as const
const VARIABLES = ['cwnd', 'ssthresh', 'inFlight', 'srtt', 'rto'] as const

/** No columns at all. */
export function empty(cell: Nanos): Columns {
  const out: Partial<Record<string, unknown>> = { cell, at: [], end: null }
  for (const name of [...COUNTS, ...VALUES, ...VARIABLES]) out[name] = []
  return out as unknown as Columns
}

/** Puts pieces together, in their order; cells that begin outside of (`from`, `to`) are left out. */
export function joined(pieces: readonly Series[], cell: Nanos, from: Nanos, to: Nanos): Columns {
  const out = empty(cell)
  out.end = chosenEnd(pieces)
  for (const piece of pieces) {
    const first = Math.max(0, Math.ceil((from - piece.from) / cell))
    const end = Math.min(piece.cells, Math.ceil((to - piece.from) / cell))
    const variables = piece.tcp.find((one) => one.node === out.end?.node && one.connection === out.end.connection)
    for (let i = first; i < end; i += 1) {
      out.at.push(piece.from + i * cell)
      for (const name of ['rtp', 'rtcp', 'rtsp', 'tcp', 'other'] as const) out[name].push(piece.what[name][i] ?? 0)
      for (const name of ['application', 'transport', 'network', 'link'] as const) out[name].push(piece.layers[name][i] ?? 0)
      out.lost.push(piece.lost[i] ?? 0)
      out.again.push(piece.again[i] ?? 0)
      const receiver = piece.receiver
      out.jitter.push(receiver.jitter[i] ?? null)
      out.expected.push(receiver.expected[i] ?? null)
      out.missing.push(receiver.lost[i] ?? null)
      out.late.push(receiver.late[i] ?? null)
      out.buffered.push(receiver.buffered[i] ?? null)
      out.playoutDelay.push(receiver.playoutDelay[i] ?? null)
      for (const name of VARIABLES) out[name].push(variables?.[name][i] ?? null)
    }
  }
  return out
}

/** Of all ends the one whose window matters: the one that had most octets on their way. */
function chosenEnd(pieces: readonly Series[]): Columns['end'] {
  const weights = new Map<string, { end: SeriesTcp; weight: number }>()
  for (const end of pieces.flatMap((piece) => piece.tcp)) {
    const key = `${end.node} ${end.connection}`
    const known = weights.get(key) ?? { end, weight: 0 }
    known.weight += end.inFlight.reduce<number>((sum, octets) => sum + (octets ?? 0), 0)
    weights.set(key, known)
  }
  const [most] = [...weights.values()].sort((a, b) => b.weight - a.weight)
  return most ? { node: most.end.node, connection: most.end.connection } : null
}

/** The place of the cell that a moment lies in; -1 where it is not here. */
export function cellAt(columns: Columns, t: Nanos): number {
  let low = 0
  let high = columns.at.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((columns.at[middle] ?? 0) <= t) low = middle + 1
    else high = middle
  }
  const at = columns.at[low - 1]
  return at !== undefined && t < at + columns.cell ? low - 1 : -1
}

/** What all charts show at a moment: rates over the second before it, counts and variables as they stand. */
export interface Figures {
  /** Bits per second; of all, by what, and by layer. `null` where nothing is here. */
  rate: number | null
  rtp: number
  headers: number
  /** Frames lost and segments sent again in the last second. */
  lost: number
  again: number
  jitter: number | null
  playoutDelay: number | null
  expected: number | null
  missing: number | null
  late: number | null
  buffered: number | null
  cwnd: number | null
  ssthresh: number | null
  inFlight: number | null
  srtt: number | null
  rto: number | null
}

/** The page is told of the last moments a little later: until then the last that is known stands for them. */
const BEHIND: Nanos = 2 * SECOND

/** What octets are counted by: kinds of traffic, and layers. */
export type Share = Exclude<(typeof COUNTS)[number], 'lost' | 'again'>

/** The second before a moment: its last cell (-1 where nothing is here), and sums over its cells. */
function secondBefore(columns: Columns, t: Nanos) {
  const end = (columns.at.at(-1) ?? -BEHIND) + columns.cell
  const here = cellAt(columns, t >= end && t < end + BEHIND ? end - 1 : t)
  const from = here < 0 ? 0 : Math.max(0, here + 1 - Math.max(1, Math.round(SECOND / columns.cell)))
  const over = here < 0 ? 0 : (here + 1 - from) * columns.cell
  const sum = (name: (typeof COUNTS)[number]): number => columns[name].slice(from, here + 1).reduce((all, one) => all + one, 0)
  const bits = (octets: number): number => (over > 0 ? (octets * 8 * SECOND) / over : 0)
  return { here, sum, bits }
}

/** Bits per second of one share over the second before a moment; `null` where nothing is here. */
export function shareAt(columns: Columns, share: Share, t: Nanos): number | null {
  const { here, sum, bits } = secondBefore(columns, t)
  return here < 0 ? null : bits(sum(share))
}

/** The figures at a moment. */
export function figuresAt(columns: Columns, t: Nanos): Figures {
  const { here, sum, bits } = secondBefore(columns, t)
  // A receiver counts when it shows a picture: what it counted last holds.
  const last = (name: (typeof VALUES)[number] | (typeof VARIABLES)[number]): number | null => {
    for (let i = here; i >= 0 && i >= here - (2 * SECOND) / columns.cell; i -= 1) {
      const value = columns[name][i]
      if (value !== null && value !== undefined) return value
    }
    return null
  }
  const now = (name: (typeof VARIABLES)[number]): number | null => (here < 0 ? null : (columns[name][here] ?? null))
  const headers = sum('transport') + sum('network') + sum('link')
  return {
    rate: here < 0 ? null : bits(headers + sum('application')), rtp: bits(sum('rtp')), headers: bits(headers),
    lost: sum('lost'), again: sum('again'),
    jitter: last('jitter'), playoutDelay: last('playoutDelay'), expected: last('expected'), missing: last('missing'),
    late: last('late'), buffered: last('buffered'),
    cwnd: now('cwnd'), ssthresh: now('ssthresh'), inFlight: now('inFlight'), srtt: now('srtt'), rto: now('rto'),
  }
}

/** A value that was counted at some cells only holds until the next; before the first it is not known. */
export function held(values: readonly (number | null)[], most: number): (number | null)[] {
  let last: number | null = null
  let since = 0
  return values.map((value) => {
    since = value === null ? since + 1 : 0
    if (value !== null) last = value
    // A stream that has ended counts no more.
    return since <= most ? last : null
  })
}

/** The average of each cell and the `over - 1` before it. */
export function averaged(values: readonly number[], over: number): number[] {
  let sum = 0
  return values.map((value, i) => {
    sum += value - (i >= over ? (values[i - over] ?? 0) : 0)
    return sum / Math.min(over, i + 1)
  })
}

/** Each column above the ones before it, so that they can be drawn on top of one another. */
export function stacked(columns: readonly (readonly number[])[]): number[][] {
  const out: number[][] = []
  for (const column of columns) {
    const below = out.at(-1)
    out.push(column.map((value, i) => value + (below?.[i] ?? 0)))
  }
  return out
}
