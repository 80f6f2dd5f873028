// Which part of a picture a packet carries. Pure.

import type { Detail, Rect } from '../wire'
import { findField } from './reading'

/** A part of a picture, in its pixels. */
export interface Region { rects: Rect[]; width: number; height: number }

const bitsAt = (source: string, start: number, length: number): number => {
  let value = 0
  for (let bit = start; bit < start + length; bit += 1) value = value * 2 + ((Number.parseInt(source[bit >> 2] ?? '0', 16) >> (3 - (bit & 3))) & 1)
  return value
}

/** How many restart intervals some scan data has: markers RST0 to RST7 end all but the last. */
function intervalsIn(hex: string): number {
  let markers = 0
  let ended = false
  for (let i = 0; i + 4 <= hex.length; i += 2) {
    if (hex[i] !== 'f' || hex[i + 1] !== 'f' || hex[i + 2] !== 'd' || !/[0-7]/.test(hex[i + 3] ?? '')) continue
    markers += 1
    ended = i + 4 === hex.length
  }
  return ended ? markers : markers + 1
}

/** Blocks in the order of the picture's lines, from and to before, as rectangles: a part of a row, whole rows, a part of a row. */
function rectsOf(first: number, end: number, perRow: number, [wide, high]: readonly [number, number], width: number, height: number): Rect[] {
  const out: Rect[] = []
  const push = (row: number, rows: number, from: number, to: number): void => {
    const top = row * high
    if (to > from && rows > 0 && top < height) out.push({ left: from * wide, top, width: Math.min(width, to * wide) - from * wide, height: Math.min(height, (row + rows) * high) - top })
  }
  let row = Math.floor(first / perRow)
  const lastRow = Math.floor(end / perRow)
  if (row === lastRow) {
    push(row, 1, first % perRow, end % perRow)
    return out
  }
  if (first % perRow > 0) {
    push(row, 1, first % perRow, perRow)
    row += 1
  }
  push(row, lastRow - row, 0, perRow)
  push(lastRow, 1, 0, end % perRow)
  return out
}

/**
 * The macroblocks that a packet of RTP/JPEG carries, as its restart header tells (RFC 2435
 * section 3.1.7); `null` where it has none, or where only the whole picture could tell.
 */
export function regionOf(detail: Detail): Region | null {
  const [interval, width, height, type] = ['jpeg.restart_hdr.interval', 'jpeg.main_hdr.width', 'jpeg.main_hdr.height', 'jpeg.main_hdr.type'].map((name) => findField(detail, name))
  const scan = detail.layers.findLast((layer) => layer.name === 'data' && layer.source === 0)
  const source = detail.sources[0] ?? ''
  if (!interval || !width || !height || !type || !scan) return null
  const every = bitsAt(source, interval.start, 16)
  // Behind the interval: first, last, and the count (14 bits, all ones: not told).
  const count = bitsAt(source, interval.start + 18, 14)
  if (every === 0 || count === 0x3fff) return null
  const size = [bitsAt(source, width.start, width.length) * 8, bitsAt(source, height.start, height.length) * 8] as const
  // Even types are 4:2:2 with blocks of 16 x 8 pixels, odd ones 4:2:0 with 16 x 16 (section 4.1).
  const block = [16, bitsAt(source, type.start, type.length) % 2 === 0 ? 8 : 16] as const
  const perRow = Math.ceil(size[0] / block[0])
  const total = perRow * Math.ceil(size[1] / block[1])
  const first = Math.min(total, count * every)
  const intervals = intervalsIn(source.slice(scan.start / 4, (scan.start + scan.length) / 4))
  const end = Math.min(total, first + intervals * every)
  const rects = rectsOf(first, end, perRow, block, size[0], size[1])
  return rects.length === 0 ? null : { rects, width: size[0], height: size[1] }
}

/** Whether a point (parts of the picture's sides) lies in a region. */
export function covers(region: Region, x: number, y: number): boolean {
  const [px, py] = [x * region.width, y * region.height]
  return region.rects.some((r) => px >= r.left && px < r.left + r.width && py >= r.top && py < r.top + r.height)
}
