// Why a picture was shown without some of its packets: lost on the way, or late for its time. Pure.

import { lostOnCable } from '../trace/fate'
import { SECOND, type Trace } from '../trace'
import type { MessageRow, Nanos, PictureRow } from '../wire'
import { type Fate, fateOf } from './ladder'

/** Where a packet was lost: on a cable, or dropped by a device. */
export type LostAt = { kind: 'link' | 'node'; id: number }

/** What became of the packets that a picture lacked. */
export interface Shortfall {
  /** Where each of those was lost that never came. */
  lost: readonly LostAt[]
  /** When each of those came that came after the picture was shown. */
  came: readonly Nanos[]
  /** How many are neither known to be lost nor here: on their way, as far as these rows go. */
  open: number
}

/** How long before a picture is shown its packets may have been sent: TCP may hold them back. */
const SENT_BEFORE: Nanos = 10 * SECOND

const settled = new WeakMap<PictureRow, Shortfall>()

/**
 * What became of the packets that `picture` lacked. The receiver does not know of those behind
 * the last one that came; who sent them does, so it is asked what was sent.
 */
export function shortfallOf(trace: Trace, picture: PictureRow): Shortfall {
  const known = settled.get(picture)
  if (known) return known
  const there = new Set(picture.slots.map((slot) => slot.message))
  const lost: LostAt[] = []
  const came: Nanos[] = []
  let open = 0
  for (const message of sentFor(trace, picture)) {
    if (there.has(message.id)) continue
    const fate = fateOf(trace, message, picture.client)
    if (fate.kind === 'delivered') came.push(fate.at)
    else if (fate.kind === 'lost') lost.push(placeOf(trace, fate))
    else open += 1
  }
  const found = { lost, came, open }
  // What is known of all of them stays so.
  if (open === 0 && lost.length + came.length > 0) settled.set(picture, found)
  return found
}

function sentFor(trace: Trace, picture: PictureRow): MessageRow[] {
  return trace.segments(Math.max(0, picture.first - SENT_BEFORE), picture.at).flatMap((segment) =>
    segment.messages.filter(({ at, client, what }) => what.kind === 'rtp' && what.timestamp === picture.timestamp && at < picture.at && (client === null || client === picture.client)))
}

function placeOf(trace: Trace, { frame, node }: Fate & { kind: 'lost' }): LostAt {
  const hop = trace.hops(frame).find((one) => one.fate)
  return hop && lostOnCable(hop.fate) ? { kind: 'link', id: hop.link } : { kind: 'node', id: node }
}

/** The place that is named most often. */
export function mostly(places: readonly LostAt[]): LostAt | null {
  const counts = new Map<string, number>()
  let most: LostAt | null = null
  let best = 0
  for (const place of places) {
    const key = `${place.kind} ${place.id}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count > best) [most, best] = [place, count]
  }
  return most
}
