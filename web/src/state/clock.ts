import type { Nanos, Pace } from '../wire'

/** How far the cursor stays behind the last batch, in real milliseconds, so that it never waits for one. */
export const LAG_MS = 100

/** A difference of more than this (real milliseconds) is jumped over instead of caught up with. */
const JUMP_MS = 600

const MS = 1_000_000

/** The simulated nanoseconds that pass in one real millisecond. */
export function perMillisecond(pace: Pace): number {
  return pace.kind === 'rate' ? pace.rate * MS : 0
}

/**
 * Keeps the cursor a little behind the last batch and moves it evenly although batches come
 * unevenly.
 */
export class LiveClock {
  #now: Nanos = 0
  #wall = 0

  /** A batch told that the world is at `now`; `wall` is when it came (milliseconds). */
  told(now: Nanos, wall: number): void {
    this.#now = now
    this.#wall = wall
  }

  /** Where the cursor shall be at `wall`, having been at `t` a frame of `passed` ms ago. */
  move(t: Nanos, passed: number, wall: number, speed: number): Nanos {
    const guess = this.#now + Math.min(wall - this.#wall, LAG_MS) * speed
    const target = guess - LAG_MS * speed
    const behind = target - t
    if (speed === 0) return Math.max(t, Math.min(this.#now, t))
    if (Math.abs(behind) > JUMP_MS * speed) return Math.min(target, this.#now)
    // Catch up with a tenth of the difference per 100 ms: no jump that could be seen.
    const step = passed * speed + behind * Math.min(1, passed / 1000)
    return Math.min(this.#now, t + Math.max(0, step))
  }
}
