// How the window of a lesson and its presenter's window hear of each other.

import type { Lesson, LessonAnswer } from '../../wire'
import type { Act, Progress } from './progress'

/** What the lesson's window tells. */
export interface Told {
  kind: 'told'
  lesson: Lesson
  answers: readonly (LessonAnswer | null)[]
  progress: Progress
  /** The class looks at something else than the stop. */
  away: boolean
  /** When the first stop was reached, milliseconds since 1970. */
  begun: number | null
}

/** What goes from one window to the other. */
export type Word =
  | Told
  /** The lesson's window is closed, or its lesson left. */
  | { kind: 'gone' }
  /** The presenter's window is there, and wants to know how things stand. */
  | { kind: 'here' }
  /** The presenter's window presses a button of the lesson. */
  | { kind: 'next' | 'back' | 'return' }
  | { kind: 'act'; act: Act }

const KEY = 'layercast.presenter'

/** The name of this window's channel; reloading keeps it. */
export function channelId(): string {
  try {
    const known = sessionStorage.getItem(KEY)
    if (known !== null && /^[0-9a-z]{8,}$/.test(known)) return known
    const made = crypto.getRandomValues(new Uint32Array(2)).reduce((text, part) => text + part.toString(36).padStart(7, '0'), '')
    sessionStorage.setItem(KEY, made)
    return made
  } catch {
    return 'layercast'
  }
}

/** Opens a channel between the windows of one browser. */
export const channelOf = (id: string): BroadcastChannel => new BroadcastChannel(`layercast-${id}`)

/** What a lesson's window needs to be driven from another one. */
export interface Driven {
  readonly told: Told | null
  next(): void
  back(): void
  returnToStop(): void
  act(what: Act): void
}

/** The lesson's window: tells the presenter's how things stand, and does what is pressed there. */
export class Presenting {
  #channel: BroadcastChannel
  #lesson: Driven

  constructor(lesson: Driven, id: string = channelId()) {
    this.#lesson = lesson
    this.#channel = channelOf(id)
    this.#channel.onmessage = ({ data }: MessageEvent<Word>) => {
      switch (data.kind) {
        case 'here': this.tell(); break
        case 'next': lesson.next(); break
        case 'back': lesson.back(); break
        case 'return': lesson.returnToStop(); break
        case 'act': lesson.act(data.act); break
      }
    }
  }

  /** Tells how things stand now. */
  tell(): void { this.#channel.postMessage(this.#lesson.told ?? ({ kind: 'gone' } satisfies Word)) }
  close(): void {
    this.#channel.postMessage({ kind: 'gone' } satisfies Word)
    this.#channel.close()
  }
}
