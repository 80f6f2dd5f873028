import type { Id } from '../wire'

/** What a screen shall show: a picture, or none; after the end of the session it is faded. */
export interface Wish {
  id: Id | null
  faded: boolean
}

/** One picture on the page. */
export interface Screen {
  /** What belongs to the page's cursor now. */
  wish(): Wish
  /** It can be drawn, or never will be (it is broken or no longer kept). */
  ready(wish: Wish): boolean
  /** Begins to get and decode it. */
  prepare(wish: Wish): void
  draw(wish: Wish): void
}

/** How many moments may wait to be drawn while time runs; fewer than bitmaps are kept. */
export const WAITING_MOMENTS = 24

const same = (a: readonly Wish[], b: readonly Wish[]): boolean => a.length === b.length && a.every((one, i) => one.id === b[i]?.id && one.faded === b[i]?.faded)

/**
 * One or two pictures that always show the same moment: they are drawn together, the newest moment
 * for which all are ready. A film may show an earlier moment than the cursor's, a still never does.
 */
export class Screens {
  #screens: Screen[] = []
  #playing: () => boolean
  /** Moments not drawn yet, the latest last. */
  #waiting: Wish[][] = []
  #shown: Wish[] | null = null
  #due = false

  constructor(playing: () => boolean) {
    this.#playing = playing
  }

  /** Another picture; answers how it leaves. */
  join(screen: Screen): () => void {
    this.#screens = [...this.#screens, screen]
    this.#forget()
    return () => {
      this.#screens = this.#screens.filter((one) => one !== screen)
      this.#forget()
    }
  }

  /** A wish has changed, or something has become ready: all draw, once all have said so. */
  changed(): void {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      this.paint()
    })
  }

  paint(): void {
    const now = this.#screens.map((screen) => screen.wish())
    if (this.#shown !== null && same(this.#shown, now)) {
      this.#waiting = []
      return
    }
    if (!same(this.#waiting.at(-1) ?? [], now)) this.#waiting = [...this.#waiting.slice(1 - WAITING_MOMENTS), now]
    this.#screens.forEach((screen, i) => screen.prepare(now[i] ?? { id: null, faded: false }))
    const ready = (moment: readonly Wish[]): boolean => this.#screens.every((screen, i) => moment[i] !== undefined && screen.ready(moment[i]))
    const at = this.#playing() ? this.#waiting.findLastIndex(ready) : ready(now) ? this.#waiting.length - 1 : -1
    const moment = this.#waiting[at]
    if (!moment) return
    this.#waiting = this.#waiting.slice(at + 1)
    this.#shown = moment
    this.#screens.forEach((screen, i) => moment[i] && screen.draw(moment[i]))
  }

  #forget(): void {
    this.#waiting = []
    this.#shown = null
    this.changed()
  }
}
