import { lostOnCable } from '../trace/fate'
import { lowerBound, type Trace } from '../trace'
import type { FrameRow, Nanos } from '../wire'
import type { Entry, Layout } from './layout'

const MS: Nanos = 1_000_000

/** Up to so many packets a second on a cable (as seen) each is drawn where it is. */
export const SINGLE_UP_TO = 12
/** From so many packets a second on a cable (as seen) a river is drawn. One client's film of 275 is still a train. */
export const RIVER_FROM = 300
/** Between two wagons, pixels. */
const SPACING = 32.2
/** How fast the train goes, pixels in a simulated second. */
const TRAIN = 48
/** Nothing takes longer from one end to the other, while the network is not jammed. */
const IN_FLIGHT: Nanos = 120 * MS

/** A small packet on the path. */
export interface Wagon {
  x: number
  y: number
  angle: number
  kind: 'media' | 'signalling' | 'control'
}

/** What flows, when nothing is followed. */
export interface Film {
  /** The busiest cable's. */
  mode: 'empty' | 'single' | 'train' | 'river'
  /** +1 from the client to the server. */
  direction: 1 | -1
  wagons: Wagon[]
  /** Packets a second of simulated time, on the busiest cable. */
  rate: number
  /** Each cable where more flows than single packets. */
  flows: Flow[]
  /** How far what flows has gone, pixels; it begins anew after each wagon. */
  shift: number
}

/** What flows over a cable and through half of the devices at its ends. */
export interface Flow {
  cable: number
  mode: 'train' | 'river'
  /** +1 from the client to the server. */
  direction: 1 | -1
  rate: number
  /** A river's width, pixels. */
  width: number
}

/** The time over which packets are counted, and how often they are counted anew. */
const WINDOW: Nanos = 400 * MS
const TICK: Nanos = 50 * MS
/** After so long without a packet a cable is quiet. */
const QUIET: Nanos = 120 * MS

interface Counted { rate: number; direction: 1 | -1 }

/** Packets a second on each cable in the busier direction, counted up to the last tick. */
function rates(trace: Trace, layout: Layout, t: Nanos): Counted[] {
  const end = Math.floor(t / TICK) * TICK
  const counts = layout.cables.map(() => ({ up: 0, down: 0, last: -Infinity }))
  for (const segment of trace.segments(Math.max(0, end - WINDOW), end + 1)) {
    const { hops } = segment
    for (let i = lowerBound(hops, (hop) => hop.queued, end - WINDOW); i < hops.length; i += 1) {
      const hop = hops[i]
      if (!hop || hop.queued > end) break
      const cable = layout.cables.findIndex((line) => line.link === hop.link)
      const count = counts[cable]
      if (!count || (hop.fate && !lostOnCable(hop.fate))) continue
      if (layout.indexOf(hop.from) === layout.cables[cable]?.from) count.up += 1
      else count.down += 1
      count.last = hop.queued
    }
  }
  return counts.map(({ up, down, last }) => ({ rate: end - last > QUIET ? 0 : (Math.max(up, down) * 1000 * MS) / WINDOW, direction: up > down ? 1 : -1 }))
}

/** A river is as wide as what flows in it: each doubling adds the same. */
const riverWidth = (rate: number): number => Math.min(18, 8 + 2.5 * Math.log2(Math.max(1, rate / RIVER_FROM)))

/** A frame's way as moments and places; for the part that is known. */
export function track(trace: Trace, layout: Layout, frame: FrameRow): { at: Nanos; s: number }[] {
  const out: { at: Nanos; s: number }[] = []
  const origin = layout.indexOf(frame.node)
  if (origin < 0) return out
  const host = layout.columns[origin]?.side !== 'middle'
  const carried = frame.carried.kind
  const made = carried === 'arp' ? 2 : host ? 4 : 3
  out.push({ at: frame.at, s: layout.place(origin, made) })
  for (const hop of trace.hops(frame.id)) {
    const cable = layout.cables.find((c) => c.link === hop.link)
    const from = layout.indexOf(hop.from)
    if (!cable || from < 0) continue
    const to = cable.from === from ? cable.to : cable.from
    const [exit, entry]: [Entry, Entry] = to > from ? ['right', 'left'] : ['left', 'right']
    out.push({ at: hop.queued, s: layout.place(from, 1, exit) }, { at: hop.start, s: layout.place(from, 1, exit) })
    if (hop.fate) {
      if (lostOnCable(hop.fate)) out.push({ at: hop.arrive, s: layout.middle(cable.from) })
      continue
    }
    out.push({ at: hop.arrive, s: layout.place(to, 1, entry) })
    const receipt = trace.receipts(frame.id).find((r) => r.arrive === hop.arrive)
    if (!receipt) continue
    const column = layout.columns[to]
    const top = receipt.outcome.kind === 'accepted' ? receipt.outcome.layer : 2
    const layer = column?.side === 'middle' ? (column.layers[0] ?? 2) : top >= 4 ? 4 : top >= 3 ? 3 : 2
    out.push({ at: receipt.at, s: layout.place(to, layer) })
  }
  return out.sort((a, b) => a.at - b.at)
}

/** The place on a track at a moment; `null` before its beginning and behind its end. */
export function along(points: readonly { at: Nanos; s: number }[], t: Nanos): number | null {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last || t < first.at || t > last.at) return null
  const i = Math.max(1, lowerBound(points, (p) => p.at, t))
  const [a, b] = [points[i - 1], points[i]]
  if (!a || !b) return first.s
  return b.at === a.at ? b.s : a.s + ((b.s - a.s) * (t - a.at)) / (b.at - a.at)
}

const wagon = (layout: Layout, s: number, kind: Wagon['kind']): Wagon => {
  const [x, y] = layout.point(s)
  return { x, y, angle: layout.angle(s), kind }
}

/** A frame is in a host's stack for at most so long before it reaches its port, or behind it. */
const IN_STACK: Nanos = MS

/** Whether any frame is on its way at `t`: at a port, on a cable, or in the stack beside. */
export function underWay(trace: Trace, t: Nanos): boolean {
  return trace.segments(Math.max(0, t - IN_FLIGHT), t + IN_STACK).some((segment) =>
    segment.hops.some((hop) => hop.queued - IN_STACK <= t && t <= hop.arrive + IN_STACK))
}

/** Frames on their way at `t`, each where it is. */
function singles(trace: Trace, layout: Layout, t: Nanos, except: ReadonlySet<number>): { s: number; kind: Wagon['kind'] }[] {
  const out: { s: number; kind: Wagon['kind'] }[] = []
  for (const segment of trace.segments(t - IN_FLIGHT, t + 1)) {
    const rows = segment.frames
    for (let i = lowerBound(rows, (f) => f.at, t - IN_FLIGHT); i < rows.length; i += 1) {
      const frame = rows[i]
      if (!frame || frame.at > t) break
      if (except.has(frame.id)) continue
      const s = along(track(trace, layout, frame), t)
      if (s === null) continue
      const carried = frame.carried
      const message = carried.kind === 'udp' ? carried.message : carried.kind === 'tcp' ? (carried.messages[0] ?? null) : null
      const what = message === null ? null : trace.message(message)?.what.kind
      out.push({ s, kind: what === 'rtp' ? 'media' : what === null || what === undefined ? 'control' : 'signalling' })
    }
  }
  return out
}

/**
 * What flows at `t` when time passes at `speed` (0 when it stands still: then everything is
 * where it is). `except`: the frames that the stage draws large.
 */
export function film(trace: Trace, layout: Layout, t: Nanos, speed: number, except: ReadonlySet<number>): Film {
  const counted = rates(trace, layout, t)
  const busiest = counted.reduce((most, one) => (one.rate > most.rate ? one : most), { rate: 0, direction: -1 } as Counted)
  const shift = ((t / (1000 * MS)) * TRAIN) % SPACING
  const flows = counted.flatMap(({ rate, direction }, cable): Flow[] => {
    const seen = rate * speed
    return seen <= SINGLE_UP_TO ? [] : [{ cable, mode: seen < RIVER_FROM ? 'train' : 'river', direction, rate, width: riverWidth(seen) }]
  })
  const base = { direction: busiest.direction, rate: busiest.rate, flows, shift }
  // At a walking pace every packet can be seen; where much flows, what is sparse beside it is left out only on that cable.
  const sparse = flows.length < layout.cables.length ? singles(trace, layout, t, except) : []
  const flowing = (s: number): boolean => flows.some(({ cable }) => { const [from, to] = layout.section(cable); return s >= from && s <= to })
  const wagons = sparse.filter(({ s }) => !flowing(s)).map(({ s, kind }) => wagon(layout, s, kind))
  for (const { cable, mode, direction } of flows) {
    if (mode !== 'train') continue
    const [from, to] = layout.section(cable)
    const first = direction === 1 ? shift : SPACING - shift
    for (let s = first + Math.ceil((from - first) / SPACING) * SPACING; s < to; s += SPACING) wagons.push(wagon(layout, s, 'media'))
  }
  const mode = flows.some((flow) => flow.mode === 'river') ? 'river' : flows.length > 0 ? 'train' : wagons.length > 0 ? 'single' : 'empty'
  return { mode, wagons, ...base }
}
