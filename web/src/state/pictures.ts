import type { Id, PictureMessage, Rect } from '../wire'

/** How many JPEGs are kept; at 25 a second these are the last 12 seconds. */
export const KEPT_PICTURES = 300

/** The JPEGs that came, the latest used ones kept. */
export class Pictures {
  #jpegs = new Map<Id, PictureMessage>()
  #waiting = new Set<Id>()
  #refused = new Set<Id>()

  /** The picture that came last, of any client. */
  latest: Id | null = null

  add(picture: PictureMessage): void {
    this.latest = picture.picture
    this.#waiting.delete(picture.picture)
    this.#jpegs.delete(picture.picture)
    this.#jpegs.set(picture.picture, picture)
    for (const id of this.#jpegs.keys()) {
      if (this.#jpegs.size <= KEPT_PICTURES) break
      this.#jpegs.delete(id)
    }
  }

  /** The JPEG of a picture, if it is here. */
  get(id: Id): Uint8Array | undefined {
    return this.#jpegs.get(id)?.jpeg
  }

  /** What of a picture never came, as rectangles in its pixels. */
  missing(id: Id): readonly Rect[] {
    return this.#jpegs.get(id)?.missing ?? []
  }

  /** True when it is neither here nor asked for; it counts as asked for from now on. */
  ask(id: Id): boolean {
    if (this.#jpegs.has(id) || this.#waiting.has(id)) return false
    this.#waiting.add(id)
    return true
  }

  /** It is not kept any more. It stays asked for, so that nobody asks again. */
  refused(id: Id): void {
    this.#waiting.add(id)
    this.#refused.add(id)
  }

  /** True when it is known not to be kept any more. */
  isRefused(id: Id): boolean {
    return this.#refused.has(id)
  }

  clear(): void {
    this.latest = null
    this.#jpegs.clear()
    this.#waiting.clear()
    this.#refused.clear()
  }
}
