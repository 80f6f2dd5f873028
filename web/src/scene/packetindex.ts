import type { Trace } from '../trace'
import type { FrameRow, MessageRow, Nanos } from '../wire'

/** What can be listed: it happened at a moment. */
interface Timed {
  at: Nanos
}

/** Seconds in [from, to) of which not all lines are here; it stands where they end. */
export interface Gap extends Timed {
  gap: { from: Nanos; to: Nanos }
}

/** A place of the list that stands for what is not here. */
export function isGap(line: Timed): line is Gap {
  return 'gap' in line
}

/** Makes lines from rows; `null` leaves a row out. */
export interface Lines<L extends Timed> {
  message(row: MessageRow): L
  frame(row: FrameRow): L | null
}

interface Second<L> {
  second: number
  whole: boolean
  messages: number
  frames: number
  /** All lines, by time. */
  lines: L[]
  /** Those that the filter lets through. */
  shown: (L | Gap)[]
}

/**
 * The lines of all seconds that the page holds, in the order of time, filtered, and a gap
 * wherever seconds are on the tape but not here. It keeps what it has made and looks at new rows
 * only, so that a list of tens of thousands costs nothing while it grows.
 */
export class PacketIndex<L extends Timed> {
  #lines: Lines<L>
  #filter: ((line: L) => boolean) | null = null
  #seconds: Second<L>[] = []
  /** Number of lines before each second. */
  #before: number[] = []
  #length = 0
  #gaps: Gap[] = []

  constructor(lines: Lines<L>) {
    this.#lines = lines
  }

  /** How many lines there are, gaps among them. */
  get length(): number {
    return this.#length
  }

  /** Where lines are missing, by time. */
  get gaps(): readonly Gap[] {
    return this.#gaps
  }

  /** Lets through only some lines; `null` lets through all. */
  setFilter(filter: ((line: L) => boolean) | null): void {
    this.#filter = filter
    for (const second of this.#seconds) {
      if (second.lines.length === 0) continue
      second.shown = filter ? second.lines.filter(filter) : second.lines
    }
    this.#count()
  }

  /** Forgets all lines; the next `update` makes them anew, with other words. */
  reset(): void {
    this.#seconds = []
    this.#count()
  }

  /** Takes over what came to the trace and went from it. */
  update(trace: Trace): void {
    const known = new Map(this.#seconds.map((second) => [second.second, second]))
    const seconds = trace.allSegments().map((segment) => {
      const { second, whole, messages, frames } = segment
      let mine = known.get(second)
      // A second that was filled up has been sorted anew: begin again.
      if (!mine || mine.whole !== whole || mine.messages > messages.length || mine.frames > frames.length) {
        mine = { second, whole, messages: 0, frames: 0, lines: [], shown: [] }
      }
      this.#extend(mine, messages, frames)
      return mine
    })
    this.#gaps = gapsOf(trace.missing(trace.oldest, trace.live))
    // A gap stands behind what is known of its last second.
    const places = this.#gaps.map((gap): Second<L> => ({
      second: Math.floor(gap.at / 1e9) + 0.5, whole: true, messages: 0, frames: 0, lines: [], shown: [gap],
    }))
    this.#seconds = [...seconds, ...places].sort((a, b) => a.second - b.second)
    this.#count()
  }

  /** The line at a place, from 0. */
  get(place: number): L | Gap | undefined {
    const second = this.#secondAt(place)
    return second < 0 ? undefined : this.#seconds[second]?.shown[place - (this.#before[second] ?? 0)]
  }

  /** Lines `from` to before `to`. */
  slice(from: number, to: number): (L | Gap)[] {
    const out: (L | Gap)[] = []
    for (let place = Math.max(0, from); place < Math.min(to, this.#length); place += 1) {
      const line = this.get(place)
      if (line) out.push(line)
    }
    return out
  }

  /** The place of the first line for which `same` holds, near a moment; -1 when there is none. */
  place(at: Nanos, same: (line: L) => boolean): number {
    const wanted = Math.floor(at / 1e9)
    const index = this.#seconds.findIndex((second) => second.second === wanted)
    const inside = this.#seconds[index]?.shown.findIndex((line) => !isGap(line) && same(line)) ?? -1
    return inside < 0 ? -1 : (this.#before[index] ?? 0) + inside
  }

  /** The place of the last line at or before a moment; -1 when all are later. */
  lastAt(at: Nanos): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.get(middle)?.at ?? Infinity) <= at) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** The next place after `from` (before it, with `step` -1) for which `wanted` holds, going
   *  round; -1 when there is none. */
  search(from: number, step: 1 | -1, wanted: (line: L) => boolean): number {
    for (let i = 1; i <= this.#length; i += 1) {
      const place = (((from + i * step) % this.#length) + this.#length) % this.#length
      const line = this.get(place)
      if (line && !isGap(line) && wanted(line)) return place
    }
    return -1
  }

  #extend(mine: Second<L>, messages: readonly MessageRow[], frames: readonly FrameRow[]): void {
    if (mine.messages === messages.length && mine.frames === frames.length) return
    const fresh: L[] = []
    for (const row of messages.slice(mine.messages)) fresh.push(this.#lines.message(row))
    for (const row of frames.slice(mine.frames)) {
      const line = this.#lines.frame(row)
      if (line) fresh.push(line)
    }
    mine.messages = messages.length
    mine.frames = frames.length
    fresh.sort((a, b) => a.at - b.at)
    const last = mine.lines.at(-1)
    mine.lines.push(...fresh)
    if (last && fresh[0] && fresh[0].at < last.at) mine.lines.sort((a, b) => a.at - b.at)
    mine.shown = this.#filter ? mine.lines.filter(this.#filter) : mine.lines
  }

  #count(): void {
    let total = 0
    this.#before = this.#seconds.map((second) => {
      const before = total
      total += second.shown.length
      return before
    })
    this.#length = total
  }

  #secondAt(place: number): number {
    if (place < 0 || place >= this.#length) return -1
    let low = 0
    let high = this.#seconds.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#before[middle] ?? 0) <= place) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** Runs of seconds as gaps. */
function gapsOf(missing: readonly number[]): Gap[] {
  const out: Gap[] = []
  for (const second of missing) {
    const last = out.at(-1)
    const to = (second + 1) * 1e9
    if (last && last.gap.to === second * 1e9) {
      last.gap.to = to
      last.at = to - 1
    } else out.push({ at: to - 1, gap: { from: second * 1e9, to } })
  }
  return out
}
