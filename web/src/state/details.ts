import type { Detail } from '../wire'

/** How many details are kept. */
export const KEPT_DETAILS = 300

/** The details that came, by what was asked for, the latest used ones kept, and those on their way. */
export class Details {
  #here = new Map<string, Detail>()
  #waiting = new Set<string>()

  get(key: string): Detail | undefined {
    return this.#here.get(key)
  }

  add(key: string, detail: Detail): void {
    this.#waiting.delete(key)
    this.#here.delete(key)
    this.#here.set(key, detail)
    for (const old of this.#here.keys()) {
      if (this.#here.size <= KEPT_DETAILS) break
      this.#here.delete(old)
    }
  }

  /** True when it is neither here nor asked for; it counts as asked for from now on. */
  ask(key: string): boolean {
    if (this.#here.has(key) || this.#waiting.has(key)) return false
    this.#waiting.add(key)
    return true
  }

  refused(key: string): void {
    this.#waiting.delete(key)
  }

  /** Forgets what is on its way: its answer was lost with the connection. */
  forgetWaiting(): void {
    this.#waiting.clear()
  }

  clear(): void {
    this.#here.clear()
    this.#waiting.clear()
  }
}
