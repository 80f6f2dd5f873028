import type { DropMark, Mark } from '../scene/lanerows'
import { CELL, place, type Lane, type View } from '../scene/lanes'
import type { Nanos, OverviewCell } from '../wire'

/** Colours of the lanes, read from the page's tokens. */
export interface Inks {
  ink: string
  ink2: string
  rule: string
  lost: string
}

/** Middle of each lane, pixels from the top. */
export const LANES: Readonly<Record<Lane, number>> = { rtsp: 11, rtp: 30, rtcp: 49 }

/** Reads the tokens that the canvas needs. */
export function inksOf(element: Element): Inks {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim() || 'CanvasText'
  return { ink: token('--ink'), ink2: token('--ink2'), rule: token('--rule'), lost: token('--lost') }
}

/** The lanes' lines. */
export function paintLanes(context: CanvasRenderingContext2D, width: number, inks: Inks): void {
  context.fillStyle = inks.rule
  for (const y of Object.values(LANES)) context.fillRect(0, y - 0.5, width, 1)
}

/** Counts of tenths of a second: bars for RTP, ticks for the rare kinds. `lanes`: those in which something was lost in a cell. */
export function paintCells(
  context: CanvasRenderingContext2D,
  cells: Iterable<{ at: Nanos; cell: OverviewCell }>,
  view: View,
  width: number,
  inks: Inks,
  lanes: (at: Nanos, cell: OverviewCell) => readonly Lane[],
): void {
  const step = Math.max(1, (CELL / (view.to - view.from)) * width)
  const drops: { x: number; y: number }[] = []
  let bar: { from: number; to: number } | null = null
  const close = (): void => {
    if (!bar) return
    context.globalAlpha = 0.55
    context.fillStyle = inks.ink2
    context.fillRect(bar.from, LANES.rtp - 5.5, Math.max(2, bar.to - bar.from), 11)
    context.globalAlpha = 1
    bar = null
  }
  for (const { at, cell } of cells) {
    const x = place(view, at) * width
    if (cell.rtp > 0) {
      if (bar && x - bar.to < 1.5) bar.to = x + step
      else {
        close()
        bar = { from: x, to: x + step }
      }
    }
    context.fillStyle = inks.ink
    if (cell.rtsp > 0) context.fillRect(x + step / 2 - 1.5, LANES.rtsp - 6.5, 3, 13)
    if (cell.rtcp > 0) context.fillRect(x + step / 2 - 1.5, LANES.rtcp - 6.5, 3, 13)
    if (cell.drops > 0) for (const lane of lanes(at, cell)) drops.push({ x: x + step / 2, y: LANES[lane] })
  }
  close()
  for (const y of Object.values(LANES)) paintDrops(context, drops.filter((drop) => drop.y === y), inks)
}

/** Single messages: RTSP from sending to delivery, RTP and RTCP as ticks. */
export function paintMarks(
  context: CanvasRenderingContext2D,
  marks: readonly Mark[],
  drops: readonly DropMark[],
  view: View,
  width: number,
  inks: Inks,
): void {
  context.fillStyle = inks.ink
  for (const mark of marks) {
    const x = place(view, mark.at) * width
    const y = LANES[mark.lane]
    if (mark.lane === 'rtp') context.fillRect(x - 1, y - 6.5, 2, 13)
    else {
      const end = place(view, mark.until) * width
      context.fillRect(x - 1.5, y - 6.5, 3, 13)
      context.fillRect(x, y - 1, Math.max(0, end - x), 2)
      if (end > x + 4) context.fillRect(end - 1.5, y - 6.5, 3, 13)
    }
  }
  paintDrops(
    context,
    drops.map((drop) => ({ x: place(view, drop.at) * width, y: LANES[drop.lane] })),
    inks,
  )
}

/** X discs; where they would cover one another, strokes. */
function paintDrops(context: CanvasRenderingContext2D, drops: readonly { x: number; y: number }[], inks: Inks): void {
  let last = -Infinity
  for (const { x, y } of [...drops].sort((a, b) => a.x - b.x)) {
    if (x - last < 12) {
      context.fillStyle = inks.lost
      context.fillRect(x - 1, y - 8, 2, 16)
      continue
    }
    last = x
    context.beginPath()
    context.arc(x, y, 8, 0, 2 * Math.PI)
    context.fillStyle = inks.lost
    context.fill()
    context.lineWidth = 1.5
    context.strokeStyle = '#fff'
    context.stroke()
    context.beginPath()
    context.moveTo(x - 3.2, y - 3.2)
    context.lineTo(x + 3.2, y + 3.2)
    context.moveTo(x - 3.2, y + 3.2)
    context.lineTo(x + 3.2, y - 3.2)
    context.lineWidth = 2
    context.lineCap = 'round'
    context.stroke()
  }
}
