import type {
  DeliveryRow, FrameRow, HopRow, Id, MessageRow, Nanos, PictureRow, ReceiptRow, Rows, StateRow,
} from '../wire'

import { Variables } from './variables'

/** One second of nanoseconds. */
export const SECOND: Nanos = 1_000_000_000

/** How many seconds of rows are kept in memory; older ones are fetched again when needed. */
export const KEPT_SECONDS = 90

/** How many state rows are kept; the oldest go first. */
export const KEPT_STATES = 20_000

/** How many RTSP messages are kept apart from their seconds, for the lanes and the list. */
export const KEPT_SIGNALLING = 5_000

/** The rows whose own moment lies in one second of simulated time. */
export interface Segment {
  /** Its first second. */
  second: number
  messages: MessageRow[]
  frames: FrameRow[]
  hops: HopRow[]
  receipts: ReceiptRow[]
  deliveries: DeliveryRow[]
  pictures: PictureRow[]
  /** True when nothing of this second is missing here. */
  whole: boolean
}

const secondOf = (at: Nanos): number => Math.floor(at / SECOND)

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** The first place in `rows` (sorted by `at`) whose moment is not before `t`. */
export function lowerBound<T>(rows: readonly T[], at: (row: T) => Nanos, t: Nanos): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (at(rows[middle] as T) < t) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The part of the tape that the page holds: rows in segments of one second, with indices by
 * id. Plain data, never reactive; whoever draws it looks at `version`.
 */
export class Trace {
  /** Grows by one whenever rows came or went. */
  version = 0
  /** Nothing before this moment is kept by the server. */
  oldest: Nanos = 0
  /** The latest moment that is known. */
  live: Nanos = 0
  /** From here to `live` all rows came by themselves; seconds before must be asked for. */
  coveredFrom: Nanos = 0

  /** All state rows known, by time. */
  states: StateRow[] = []
  /** The variables of TCP connections. */
  readonly variables = new Variables()
  /** All RTSP messages known, by time, even where their second is not in memory. */
  signalling: MessageRow[] = []

  #segments = new Map<number, Segment>()
  #messages = new Map<Id, MessageRow>()
  #frames = new Map<Id, FrameRow>()
  #framesOf = new Map<Id, FrameRow[]>()
  #children = new Map<Id, FrameRow[]>()
  #hops = new Map<Id, HopRow[]>()
  #receipts = new Map<Id, ReceiptRow[]>()
  /** One for each host that it reached: a message to a group has several. */
  #deliveries = new Map<Id, DeliveryRow[]>()
  #answers = new Map<Id, MessageRow[]>()
  #pictures = new Map<Id, PictureRow>()
  #pictureOf = new Map<Id, PictureRow[]>()

  message(id: Id): MessageRow | undefined { return this.#messages.get(id) }
  frame(id: Id): FrameRow | undefined { return this.#frames.get(id) }
  picture(id: Id): PictureRow | undefined { return this.#pictures.get(id) }
  /** The frames that carry octets of a message, as hosts made them (not those that routers rewrote). */
  framesOf(message: Id): readonly FrameRow[] { return this.#framesOf.get(message) ?? [] }
  /** The frames that routers made from this one. */
  children(frame: Id): readonly FrameRow[] { return this.#children.get(frame) ?? [] }
  hops(frame: Id): readonly HopRow[] { return this.#hops.get(frame) ?? [] }
  receipts(frame: Id): readonly ReceiptRow[] { return this.#receipts.get(frame) ?? [] }
  /** The delivery of a message: to `node`, where it is one of several, or else the first. */
  delivery(message: Id, node: number | null = null): DeliveryRow | undefined {
    const all = this.#deliveries.get(message)
    return all?.find((row) => row.node === node) ?? all?.[0]
  }
  /** The messages that this one caused. */
  answers(message: Id): readonly MessageRow[] { return this.#answers.get(message) ?? [] }
  /** The picture that a message was part of, once it was shown: by `client`, where several show it, or else the first. */
  pictureOf(message: Id, client: number | null = null): PictureRow | undefined {
    const all = this.#pictureOf.get(message)
    return all?.find((row) => row.client === client) ?? all?.[0]
  }

  /** The segments that touch [from, to), by time; missing seconds are left out. */
  segments(from: Nanos, to: Nanos): Segment[] {
    const out: Segment[] = []
    for (let second = secondOf(from); second * SECOND < to; second += 1) {
      const segment = this.#segments.get(second)
      if (segment) out.push(segment)
    }
    return out
  }

  /** All segments in memory, by time. */
  allSegments(): Segment[] {
    return [...this.#segments.values()].sort((a, b) => a.second - b.second)
  }

  /** The seconds in [from, to) that are on the tape but not (wholly) in memory. */
  missing(from: Nanos, to: Nanos): number[] {
    const out: number[] = []
    const first = Math.max(secondOf(from), secondOf(this.oldest))
    for (let second = first; second * SECOND < Math.min(to, this.live); second += 1) {
      const segment = this.#segments.get(second)
      const coming = segment && second * SECOND >= this.coveredFrom
      const over = (second + 1) * SECOND <= this.live
      if (!segment?.whole && !coming && over) out.push(second)
    }
    return out
  }

  /** Forgets everything: another run, or a new snapshot. */
  clear(): void {
    for (const map of [
      this.#segments, this.#messages, this.#frames, this.#framesOf, this.#children, this.#hops,
      this.#receipts, this.#deliveries, this.#answers, this.#pictures, this.#pictureOf,
    ]) map.clear()
    this.states = []
    this.signalling = []
    this.variables.clear()
    this.oldest = 0
    this.live = 0
    this.coveredFrom = 0
    this.version += 1
  }

  /** Adds rows; those that are there already are left as they are. */
  add(rows: Rows): void {
    for (const row of rows.messages) {
      if (this.#messages.has(row.id)) continue
      this.#messages.set(row.id, row)
      this.#segment(row.at).messages.push(row)
      if (row.cause !== null) push(this.#answers, row.cause, row)
      if (row.what.kind === 'request' || row.what.kind === 'response') this.#signal(row)
    }
    for (const row of rows.frames) {
      if (this.#frames.has(row.id)) continue
      this.#frames.set(row.id, row)
      this.#segment(row.at).frames.push(row)
      if (row.parent !== null) push(this.#children, row.parent, row)
      else for (const message of messagesIn(row)) push(this.#framesOf, message, row)
    }
    for (const row of rows.hops) {
      if (this.#hops.get(row.frame)?.some((h) => h.link === row.link && h.from === row.from)) continue
      push(this.#hops, row.frame, row)
      this.#segment(row.queued).hops.push(row)
    }
    for (const row of rows.receipts) {
      if (this.#receipts.get(row.frame)?.some((r) => r.node === row.node && r.arrive === row.arrive)) continue
      push(this.#receipts, row.frame, row)
      this.#segment(row.at).receipts.push(row)
    }
    for (const row of rows.deliveries) {
      if (this.#deliveries.get(row.message)?.some((d) => d.node === row.node)) continue
      push(this.#deliveries, row.message, row)
      this.#segment(row.at).deliveries.push(row)
    }
    for (const row of rows.pictures) {
      if (this.#pictures.has(row.id)) continue
      this.#pictures.set(row.id, row)
      this.#segment(row.at).pictures.push(row)
      for (const slot of row.slots) if (slot.message !== null) push(this.#pictureOf, slot.message, row)
    }
    for (const row of rows.states) this.#state(row)
    for (const row of rows.tcp) this.variables.add(row)
    this.version += 1
  }

  /** Marks the seconds in [from, to) as whole: all of their rows have been added. */
  fill(from: Nanos, to: Nanos): void {
    for (let second = Math.ceil(from / SECOND); (second + 1) * SECOND <= to; second += 1) {
      const segment = this.#segment(second * SECOND)
      if (!segment.whole) {
        segment.whole = true
        for (const list of [segment.messages, segment.frames]) list.sort((a, b) => a.at - b.at || a.id - b.id)
        segment.hops.sort((a, b) => a.queued - b.queued)
        segment.receipts.sort((a, b) => a.at - b.at)
        segment.deliveries.sort((a, b) => a.at - b.at)
        segment.pictures.sort((a, b) => a.at - b.at)
      }
    }
  }

  /**
   * Forgets what the server has forgotten, and then the seconds farthest from `centre` (and from
   * `reading`, another place that is looked at) until at most `KEPT_SECONDS` are in memory.
   */
  trim(centre: Nanos, reading: Nanos | null = null): void {
    const gone = [...this.#segments.keys()].filter((second) => (second + 1) * SECOND <= this.oldest)
    for (const second of gone) this.#drop(second)
    if (gone.length > 0) this.version += 1
    if (this.#segments.size <= KEPT_SECONDS) return
    const here = secondOf(centre)
    const edge = secondOf(this.live)
    // The last seconds before the live edge stay, so that "Go live" finds its film.
    const read = reading === null ? here : secondOf(reading)
    const distance = (s: number): number => Math.min(Math.abs(s - here), Math.abs(s - read), Math.max(0, edge - s) * 2)
    const order = [...this.#segments.keys()].sort((a, b) => distance(b) - distance(a))
    for (const second of order.slice(0, this.#segments.size - KEPT_SECONDS)) this.#drop(second)
    this.version += 1
  }

  /** How many seconds are in memory. */
  get size(): number { return this.#segments.size }

  #segment(at: Nanos): Segment {
    const second = secondOf(at)
    let segment = this.#segments.get(second)
    if (!segment) {
      segment = {
        second, messages: [], frames: [], hops: [], receipts: [], deliveries: [], pictures: [], whole: false,
      }
      this.#segments.set(second, segment)
    }
    return segment
  }

  #signal(row: MessageRow): void {
    const place = lowerBound(this.signalling, (m) => m.at, row.at + 1)
    if (this.signalling.slice(Math.max(0, place - 8), place).some((m) => m.id === row.id)) return
    this.signalling.splice(place, 0, row)
    if (this.signalling.length > KEPT_SIGNALLING) this.signalling.shift()
  }

  #state(row: StateRow): void {
    const place = lowerBound(this.states, (s) => s.at, row.at + 1)
    const same = JSON.stringify(row)
    for (let i = place - 1; i >= 0 && this.states[i]?.at === row.at; i -= 1) {
      if (JSON.stringify(this.states[i]) === same) return
    }
    this.states.splice(place, 0, row)
    if (this.states.length > KEPT_STATES) this.states.shift()
  }

  #drop(second: number): void {
    const segment = this.#segments.get(second)
    if (!segment) return
    this.#segments.delete(second)
    for (const row of segment.messages) {
      this.#messages.delete(row.id)
      if (row.cause !== null) this.#answers.delete(row.cause)
    }
    for (const row of segment.frames) {
      this.#frames.delete(row.id)
      if (row.parent !== null) this.#children.delete(row.parent)
      else for (const message of messagesIn(row)) this.#framesOf.delete(message)
    }
    for (const row of segment.hops) this.#hops.delete(row.frame)
    for (const row of segment.receipts) this.#receipts.delete(row.frame)
    for (const row of segment.deliveries) this.#deliveries.delete(row.message)
    for (const row of segment.pictures) {
      this.#pictures.delete(row.id)
      for (const slot of row.slots) if (slot.message !== null) this.#pictureOf.delete(slot.message)
    }
  }
}

/** The messages that have octets in a frame. */
export function messagesIn(frame: FrameRow): readonly Id[] {
  if (frame.carried.kind === 'udp') return frame.carried.message === null ? [] : [frame.carried.message]
  return frame.carried.kind === 'tcp' ? frame.carried.messages : []
}
