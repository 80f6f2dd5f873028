import type { Subject } from '../trace'
import type { Nanos } from '../wire'
import type { Selection } from './types'

/** How many steps can be taken back exactly. */
export const TRAIL = 500

/** Where the page was before a step. */
export interface Mark {
  subject: Subject | null
  index: number | null
  t: Nanos
  hidden: number
  selection: Selection | null
  client: number | null
}

/** The way that was stepped, the latest last; the oldest marks go first. */
export class Trail {
  #marks: Mark[] = []

  push(mark: Mark): void {
    this.#marks.push(mark)
    if (this.#marks.length > TRAIL) this.#marks.shift()
  }

  pop(): Mark | undefined {
    return this.#marks.pop()
  }

  clear(): void {
    this.#marks = []
  }
}
