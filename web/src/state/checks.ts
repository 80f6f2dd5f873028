import type { CheckAnswer } from '../wire'

/** How many answers are kept. */
export const KEPT_CHECKS = 100

/** What is known of tshark's reading of a frame. */
export type CheckState = { kind: 'asked' } | { kind: 'here'; answer: CheckAnswer } | { kind: 'refused'; reason: string }

/** What an installed tshark said of frames, by what was asked for; the latest are kept. */
export class Checks {
  #known = new Map<string, CheckState>()

  get(key: string): CheckState | null {
    return this.#known.get(key) ?? null
  }

  /** True when it is not asked for already; a refused one may be asked for again. */
  ask(key: string): boolean {
    const known = this.#known.get(key)
    if (known && known.kind !== 'refused') return false
    this.#put(key, { kind: 'asked' })
    return true
  }

  answered(key: string, answer: CheckAnswer): void { this.#put(key, { kind: 'here', answer }) }
  refused(key: string, reason: string): void { this.#put(key, { kind: 'refused', reason }) }

  /** Forgets what is on its way: its answer was lost with the connection. */
  forgetWaiting(): void {
    for (const [key, state] of this.#known) if (state.kind === 'asked') this.#known.delete(key)
  }

  clear(): void { this.#known.clear() }

  #put(key: string, state: CheckState): void {
    this.#known.delete(key)
    this.#known.set(key, state)
    for (const old of this.#known.keys()) {
      if (this.#known.size <= KEPT_CHECKS) break
      this.#known.delete(old)
    }
  }
}
