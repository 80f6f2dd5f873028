import { lostOnCable } from '../trace/fate'
import { lowerBound, type Trace } from '../trace'
import type { FrameRow, Nanos } from '../wire'
import type { Entry, Layout } from './layout'

const MS: Nanos = 1_000_000

/** Up to so many packets a second (as seen) each is drawn where it is. */
export const SINGLE_UP_TO = 12
/** From so many packets a second (as seen) a river is drawn. The demo's 275 are still a train. */
export const RIVER_FROM = 400
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
  mode: 'empty' | 'single' | 'train' | 'river'
  /** +1 from the client to the server. */
  direction: 1 | -1
  wagons: Wagon[]
  /** Packets a second of simulated time. */
  rate: number
}

/** How many media packets were sent in the half second before `t`, per second, and from where. */
function mediaRate(trace: Trace, t: Nanos, layout: Layout): { rate: number; direction: 1 | -1; flowing: boolean } {
  const window = 400 * MS
  let count = 0
  let last = 0
  let direction: 1 | -1 = -1
  for (const segment of trace.segments(t - window, t + 1)) {
    const rows = segment.messages
    for (let i = lowerBound(rows, (m) => m.at, t - window); i < rows.length; i += 1) {
      const m = rows[i]
      if (!m || m.at > t) break
      const index = layout.indexOf(m.from)
      if (m.what.kind !== 'rtp' || index < 0 || (m.to !== null && layout.indexOf(m.to) < 0)) continue
      count += 1
      last = m.at
      direction = index === 0 ? 1 : -1
    }
  }
  return { rate: (count * 1000 * MS) / window, direction, flowing: count > 0 && t - last < 120 * MS }
}

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
function singles(trace: Trace, layout: Layout, t: Nanos, except: ReadonlySet<number>): Wagon[] {
  const out: Wagon[] = []
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
      out.push(wagon(layout, s, what === 'rtp' ? 'media' : what === null || what === undefined ? 'control' : 'signalling'))
    }
  }
  return out
}

/**
 * What flows at `t` when time passes at `speed` (0 when it stands still: then everything is
 * where it is). `except`: the frames that the stage draws large.
 */
export function film(trace: Trace, layout: Layout, t: Nanos, speed: number, except: ReadonlySet<number>): Film {
  const { rate, direction, flowing } = mediaRate(trace, t, layout)
  const seen = rate * speed
  if (seen <= SINGLE_UP_TO) {
    const wagons = singles(trace, layout, t, except)
    return { mode: wagons.length > 0 ? 'single' : 'empty', direction, wagons, rate }
  }
  if (!flowing) return { mode: 'empty', direction, wagons: [], rate }
  const shift = ((t / (1000 * MS)) * TRAIN) % SPACING
  const wagons: Wagon[] = []
  for (let s = direction === 1 ? shift : SPACING - shift; s < layout.length; s += SPACING) wagons.push(wagon(layout, s, 'media'))
  return { mode: seen < RIVER_FROM ? 'train' : 'river', direction, wagons, rate }
}
