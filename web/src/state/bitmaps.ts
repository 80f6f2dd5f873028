import type { Id } from '../wire'

/** How many decoded pictures are kept: at 640x360 they take 30 MB. */
export const KEPT_BITMAPS = 32

/** How many are decoded at once; more wait for nothing, since only the last one is wanted. */
export const DECODING = 3

/** JPEGs decoded for the screen, the latest used ones kept. */
export class Bitmaps {
  #bitmaps = new Map<Id, ImageBitmap>()
  #working = new Set<Id>()
  #broken = new Set<Id>()
  #changed: () => void

  /** `changed` is called whenever one has become ready or was found to be broken. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** The decoded picture, if it is ready. */
  get(id: Id): ImageBitmap | undefined {
    const bitmap = this.#bitmaps.get(id)
    if (bitmap) {
      this.#bitmaps.delete(id)
      this.#bitmaps.set(id, bitmap)
    }
    return bitmap
  }

  /** True when the browser could not decode it. */
  isBroken(id: Id): boolean {
    return this.#broken.has(id)
  }

  /** Begins to decode a picture, unless it is ready, being decoded or broken. */
  decode(id: Id, jpeg: Uint8Array): void {
    if (this.#bitmaps.has(id) || this.#working.has(id) || this.#broken.has(id)) return
    if (this.#working.size >= DECODING) return
    this.#working.add(id)
    createImageBitmap(new Blob([jpeg.slice()], { type: 'image/jpeg' })).then(
      (bitmap) => this.#ready(id, bitmap),
      () => this.#failed(id),
    )
  }

  /** Forgets everything. */
  clear(): void {
    for (const bitmap of this.#bitmaps.values()) bitmap.close()
    this.#bitmaps.clear()
    this.#broken.clear()
  }

  #ready(id: Id, bitmap: ImageBitmap): void {
    this.#working.delete(id)
    this.#bitmaps.set(id, bitmap)
    for (const [old, gone] of this.#bitmaps) {
      if (this.#bitmaps.size <= KEPT_BITMAPS) break
      gone.close()
      this.#bitmaps.delete(old)
    }
    this.#changed()
  }

  #failed(id: Id): void {
    this.#working.delete(id)
    if (this.#broken.size >= KEPT_BITMAPS) this.#broken.clear()
    this.#broken.add(id)
    this.#changed()
  }
}
