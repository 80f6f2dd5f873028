import type { Detail, Id } from '../wire'

/** How many details are kept. */
export const KEPT_DETAILS = 300

/** The details that came, the latest used ones kept, and those on their way. */
export class Details {
  #here = new Map<Id, Detail>()
  #waiting = new Set<Id>()

  get(frame: Id): Detail | undefined {
    return this.#here.get(frame)
  }

  add(detail: Detail): void {
    this.#waiting.delete(detail.frame)
    this.#here.delete(detail.frame)
    this.#here.set(detail.frame, detail)
    for (const id of this.#here.keys()) {
      if (this.#here.size <= KEPT_DETAILS) break
      this.#here.delete(id)
    }
  }

  /** True when it is neither here nor asked for; it counts as asked for from now on. */
  ask(frame: Id): boolean {
    if (this.#here.has(frame) || this.#waiting.has(frame)) return false
    this.#waiting.add(frame)
    return true
  }

  refused(frame: Id): void {
    this.#waiting.delete(frame)
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
