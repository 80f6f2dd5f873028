// What loss did to a client in the stretch before a moment: damaged pictures, and waits. Pure.

import { SECOND, type Trace } from '../trace'
import type { Nanos } from '../wire'
import { mostly, shortfallOf, type LostAt } from './shortfall'

/** How far back is counted. */
export const HARM_REACH: Nanos = 5 * SECOND

/** Why a client's run cannot be shown over the other transport: no key, a program outside, or SETUP is still to come. */
export type NoTwin = 'key' | 'real' | 'unset'

/** Counts over a stretch of time. */
export interface Harm {
  /** Pictures shown, and those of them that lacked packets. */
  pictures: number
  damaged: number
  /** Damaged pictures of which packets were lost on the way, and where most of these were. */
  lost: number
  lostAt: LostAt | null
  /** Damaged pictures of which all packets came, or are still coming: too late to be shown. */
  late: number
  /** How late the last of these packets came, after its picture was shown; 0 while none is here. */
  lateBy: Nanos
  /** How long the jitter buffer made the last late picture wait for its packets. */
  depth: Nanos | null
  /** How often, and how long in all, TCP had data in hand that it could not hand up (head of line). */
  waits: number
  waited: Nanos
}

/** The harm between `from` and `to`; `null` while rows of that stretch are not here. */
export function harmOf(trace: Trace, client: number, from: Nanos, to: Nanos): Harm | null {
  const begin = Math.max(from, 0)
  if (trace.missing(begin, to).length > 0) return null
  const harm: Harm = { pictures: 0, damaged: 0, lost: 0, lostAt: null, late: 0, lateBy: 0, depth: null, waits: 0, waited: 0 }
  const places: LostAt[] = []
  for (const segment of trace.segments(begin, to + 1)) {
    for (const picture of segment.pictures) {
      if (picture.client !== client || picture.at <= begin || picture.at > to) continue
      harm.pictures += 1
      if (picture.complete) continue
      harm.damaged += 1
      const { lost, came, open } = shortfallOf(trace, picture)
      places.push(...lost)
      if (lost.length > 0) harm.lost += 1
      else if (came.length + open > 0) {
        harm.late += 1
        harm.depth = picture.stats.playoutDelay
        for (const at of came) if (at <= to) harm.lateBy = Math.max(harm.lateBy, at - picture.at)
      }
    }
  }
  harm.lostAt = mostly(places)
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
