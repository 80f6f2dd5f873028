// What loss did to a client in the stretch before a moment: damaged pictures, and waits. Pure.

import { SECOND, type Trace } from '../trace'
import type { Nanos } from '../wire'

/** How far back is counted. */
export const HARM_REACH: Nanos = 5 * SECOND

/** Why a client's run cannot be shown over the other transport: no key, a program outside, or SETUP is still to come. */
export type NoTwin = 'key' | 'real' | 'unset'

/** Counts over a stretch of time. */
export interface Harm {
  /** Pictures shown, and those of them that lacked packets. */
  pictures: number
  damaged: number
  /** How often, and how long in all, TCP had data in hand that it could not hand up (head of line). */
  waits: number
  waited: Nanos
}

/** The harm between `from` and `to`; `null` while rows of that stretch are not here. */
export function harmOf(trace: Trace, client: number, from: Nanos, to: Nanos): Harm | null {
  const begin = Math.max(from, 0)
  if (trace.missing(begin, to).length > 0) return null
  const harm: Harm = { pictures: 0, damaged: 0, waits: 0, waited: 0 }
  for (const segment of trace.segments(begin, to + 1)) {
    for (const picture of segment.pictures) {
      if (picture.client !== client || picture.at <= begin || picture.at > to) continue
      harm.pictures += 1
      if (!picture.complete) harm.damaged += 1
    }
  }
  const open = new Map<number, Nanos>()
  const count = (since: Nanos, until: Nanos): void => {
    harm.waits += 1
    harm.waited += until - Math.max(since, begin)
  }
  for (const { at, node, change } of trace.states) {
    if (at > to) break
    if (node !== client) continue
    if (change.kind === 'stall') open.set(change.connection, at)
    else if (change.kind === 'stallOver') {
      open.delete(change.connection)
      if (at > begin) count(change.since, at)
    }
  }
  for (const since of open.values()) count(since, to)
  return harm
}
