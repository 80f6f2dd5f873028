// The holes of a picture, and whose they are. Pure.

import { SECOND, type Trace } from '../trace'
import type { MessageRow, PictureRow, Rect } from '../wire'

/** What never came of a picture, in one piece. */
export interface Hole {
  /** Where its sign stands, as parts of the picture's sides. */
  x: number
  y: number
  /** The sequence number of the first packet that should have filled it. */
  sequence: number
}

interface Size {
  width: number
  height: number
}

/** Whether a rectangle goes on where another ends, in the order of the picture's lines. */
const goesOn = (a: Rect, b: Rect, width: number): boolean => a.left + a.width >= width && b.left === 0 && b.top === a.top + a.height

/** Rectangles that follow each other without a gap, together: what one or several packets in a row left out. */
function pieces(holes: readonly Rect[], { width }: Size): Rect[][] {
  const out: Rect[][] = []
  for (const hole of holes) {
    const last = out.at(-1)
    const before = last?.at(-1)
    if (last && before && goesOn(before, hole, width)) last.push(hole)
    else out.push([hole])
  }
  return out
}

/** The empty places in a row: the index of the first of each row. */
function gaps(picture: PictureRow): number[] {
  return picture.slots.flatMap((slot, i) => (slot.message === null && picture.slots[i - 1]?.message !== null ? [i] : []))
}

/**
 * The holes of a picture, from the top, each with the packet that misses there. Packets carry a
 * picture from the top down, so that the first hole is the first gap's. Where these are not as many
 * (a packet carried nothing that is seen, or one hole is too small to be told), a hole is that of
 * the gap that is nearest in the order.
 */
export function holesOf(picture: PictureRow, rects: readonly Rect[], size: Size): Hole[] {
  const found = gaps(picture)
  const all = pieces(rects, size)
  const slots = picture.slots.length
  return all.flatMap((piece, n): Hole[] => {
    const widest = [...piece].sort((a, b) => b.width * b.height - a.width * a.height)[0]
    const first = piece[0]
    if (!widest || !first || found.length === 0) return []
    const part = (first.top + first.left / size.width) / size.height
    const nearest = [...found].sort((a, b) => Math.abs(a / slots - part) - Math.abs(b / slots - part))[0]
    const slot = picture.slots[(all.length === found.length ? found[n] : nearest) ?? 0]
    if (!slot) return []
    return [{ x: (widest.left + widest.width / 2) / size.width, y: (widest.top + widest.height / 2) / size.height, sequence: slot.sequence }]
  })
}

/** The picture that a client showed without a packet that was sent for it; `null` while it is not known. */
export function pictureLacking(trace: Trace, message: MessageRow, client: number | null): PictureRow | null {
  const { what } = message
  if (what.kind !== 'rtp') return null
  for (const segment of trace.segments(message.at, message.at + 5 * SECOND)) {
    const found = segment.pictures.find((one) =>
      one.timestamp === what.timestamp && (client === null || one.client === client) && one.slots.some((slot) => slot.sequence === what.sequence && slot.message === null))
    if (found) return found
  }
  return null
}
