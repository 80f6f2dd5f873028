// The timeline: which stretch of the run it shows, and where things lie on it. Pure.

import type { Nanos, OverviewCell } from '../wire'

/** The stretch of the run that is shown. */
export interface View {
  from: Nanos
  to: Nanos
}

/** The three lanes. */
export type Lane = 'rtsp' | 'rtp' | 'rtcp'

/** Everything from the oldest moment kept to now, rounded up so that the playhead travels. */
export function whole(oldest: Nanos, now: Nanos): View {
  const from = Math.max(0, oldest)
  return { from, to: from + roundUp(Math.max(now - from, 1e6)) }
}

/** The next round length, so that the end of the lanes does not creep. */
function roundUp(length: Nanos): Nanos {
  const steps = [1, 1.5, 2, 3, 4, 6, 8, 10]
  const unit = 10 ** Math.floor(Math.log10(length))
  for (const step of steps) {
    if (length * 1.03 <= step * unit) return step * unit
  }
  return 15 * unit
}

/** A stretch of `length` around a moment, which lies a little right of the middle. */
export function around(at: Nanos, length: Nanos, oldest: Nanos): View {
  const from = Math.max(oldest, 0, at - length * 0.56)
  return { from, to: from + length }
}

/** The view moved only when the moment would leave its middle part. */
export function follow(view: View, at: Nanos, oldest: Nanos): View {
  const length = view.to - view.from
  const place = (at - view.from) / length
  if (place >= 0.04 && place <= 0.94 && view.from >= oldest) return view
  return around(at, length, oldest)
}

/** The view made `factor` times as long, the moment staying where it is. */
export function zoomed(view: View, factor: number, at: Nanos, oldest: Nanos, now: Nanos): View {
  const all = whole(oldest, now)
  const length = Math.min(all.to - all.from, Math.max(SHORTEST, (view.to - view.from) * factor))
  if (length >= all.to - all.from) return all
  const place = (at - view.from) / (view.to - view.from)
  const from = Math.max(all.from, at - length * Math.min(0.95, Math.max(0.05, place)))
  return { from, to: from + length }
}

/** The shortest stretch shown: a packet's bits on a cable can still be told apart. */
export const SHORTEST: Nanos = 100e3

/** Where a moment lies, 0 to 1; outside when it is not shown. */
export function place(view: View, at: Nanos): number {
  return (at - view.from) / (view.to - view.from)
}

/** The moment at a place, 0 to 1. */
export function momentAt(view: View, where: number): Nanos {
  return Math.round(view.from + where * (view.to - view.from))
}

/** How long one cell of the overview is. */
export const CELL: Nanos = 1e8

/** The cells of the overview (the first begins at `start`) that a view touches, each with its
 *  beginning. */
export function* cellsIn(
  overview: readonly OverviewCell[],
  start: Nanos,
  view: View,
): Generator<{ at: Nanos; cell: OverviewCell }> {
  const origin = Math.floor(start / CELL)
  const first = Math.max(0, Math.floor(view.from / CELL) - origin)
  const last = Math.min(overview.length - 1, Math.floor(view.to / CELL) - origin)
  for (let i = first; i <= last; i++) {
    const cell = overview[i]
    if (cell) yield { at: (origin + i) * CELL, cell }
  }
}
