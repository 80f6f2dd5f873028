import type { Id, PictureMessage } from '../wire'

/** How many JPEGs are kept; at 25 a second these are the last 12 seconds. */
export const KEPT_PICTURES = 300

/** The JPEGs that came, the latest used ones kept. */
export class Pictures {
  #jpegs = new Map<Id, PictureMessage>()

  add(picture: PictureMessage): void {
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

  clear(): void {
    this.#jpegs.clear()
  }
}
