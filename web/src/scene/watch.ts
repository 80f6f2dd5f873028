import { SECOND, type Trace } from '../trace'
import type { Id, MessageRow, Nanos, PictureRow } from '../wire'
import type { Arrival } from './receiver'

/** How far back packets belong to pictures that may still wait in the buffer. */
const REACH: Nanos = 2 * SECOND

/**
 * The last picture of a client that was due by a moment, of those that are left: without those of
 * which nothing can be shown it is the one on the screen, since the one before stays.
 */
export function pictureAt(trace: Trace, client: number, t: Nanos, left: (picture: PictureRow) => boolean = () => true): PictureRow | null {
  for (const segment of trace.segments(t - 2 * SECOND, t + 1).reverse()) {
    const row = segment.pictures.findLast((one) => one.at <= t && one.client === client && left(one))
    if (row) return row
  }
  return null
}

/** The RTP packets sent to a client in the moments before `t`, in the order of sending. */
export function arrivalsOf(trace: Trace, client: number, t: Nanos): Arrival[] {
  const out: Arrival[] = []
  for (const segment of trace.segments(Math.max(0, t - REACH), t + 1)) {
    for (const message of segment.messages) {
      if (message.at < t - REACH || message.at > t) continue
      const arrival = arrivalOf(trace, message, client)
      if (arrival) out.push(arrival)
    }
  }
  return out
}

function arrivalOf(trace: Trace, message: MessageRow, client: number): Arrival | null {
  const what = message.what
  if (what.kind !== 'rtp' || (message.to !== null && message.to !== client)) return null
  const delivery = trace.delivery(message.id, client)
  // What goes to a group that only others are in is not this client's.
  if (message.to === null && delivery && delivery.node !== client) return null
  return {
    message: message.id,
    sent: message.at,
    delivered: delivery?.at ?? null,
    sequence: what.sequence,
    timestamp: what.timestamp,
    marker: what.marker,
    picture: what.picture,
    index: what.index,
    of: what.of,
  }
}

/** The pictures that a client showed between `t - reach` and `t + reach`, in order. */
export function picturesOf(trace: Trace, client: number, t: Nanos, reach: Nanos = REACH): PictureRow[] {
  const out: PictureRow[] = []
  for (const segment of trace.segments(Math.max(0, t - reach), t + reach)) {
    for (const picture of segment.pictures) if (picture.client === client) out.push(picture)
  }
  return out
}

/**
 * When PLAY was accepted, if that was at least `patience` before `t` and no RTP packet has reached
 * the client since: something between is wrong, and the page should say so. `null` otherwise.
 */
export function playedInVain(trace: Trace, client: number, t: Nanos, patience: Nanos): Nanos | null {
  let accepted: Nanos | null = null
  for (const message of trace.signalling) {
    if (message.at > t) break
    const what = message.what
    if (message.client !== client || what.kind !== 'response') continue
    if (what.method === 'PLAY' && what.status < 300) accepted = trace.delivery(message.id)?.at ?? message.at
    else if (what.method === 'PAUSE' || what.method === 'TEARDOWN') accepted = null
  }
  if (accepted === null || t - accepted < patience) return null
  for (const state of trace.states) {
    if (state.at > t || state.at < accepted) continue
    const change = state.change
    if (change.kind === 'media' && change.client === client && change.state !== 'playing') return null
  }
  // Only seconds that are here can say that there was nothing.
  if (trace.missing(accepted, t).some((second) => second < Math.floor(t / SECOND))) return null
  for (const segment of trace.segments(Math.max(0, accepted - SECOND), t + 1)) {
    for (const message of segment.messages) {
      if (message.what.kind !== 'rtp' || (message.to !== null && message.to !== client)) continue
      const delivery = trace.delivery(message.id, client)
      if (delivery && delivery.node === client && delivery.at <= t) return null
    }
  }
  return accepted
}

/**
 * When the next picture for a client sets out: as the rows tell, or else as the pace of the last
 * ones lets one expect; `null` when neither says so.
 */
export function nextPicture(trace: Trace, client: number, t: Nanos): Nanos | null {
  const begun: Nanos[] = []
  let last: number | null = null
  for (const segment of trace.segments(Math.max(0, t - REACH), t + SECOND)) {
    for (const { at, to, what } of segment.messages) {
      if (what.kind !== 'rtp' || (to !== null && to !== client) || at < t - REACH || what.timestamp === last) continue
      if (at > t) return at
      last = what.timestamp
      begun.push(at)
    }
  }
  const [before, latest] = begun.slice(-2)
  if (before === undefined || latest === undefined) return null
  const due = latest + (latest - before)
  return due > t ? due : null
}

/** The messages that should have filled the empty places of a picture, where they are known, by their sequence numbers. */
export function lostMessages(trace: Trace, picture: PictureRow): Map<number, Id> {
  const wanted = new Set(picture.slots.filter((slot) => slot.message === null).map((slot) => slot.sequence))
  const out = new Map<number, Id>()
  for (const segment of trace.segments(Math.max(0, picture.at - REACH), picture.at + 1)) {
    for (const { id, to, what } of segment.messages) {
      if (what.kind !== 'rtp' || (to !== null && to !== picture.client) || what.timestamp !== picture.timestamp) continue
      if (wanted.has(what.sequence) && !out.has(what.sequence)) out.set(what.sequence, id)
    }
  }
  return out
}
