import type { Rect } from '../wire'

/** Stripe and gap of the hazard pattern, and its border, in pixels of the page. */
const STRIPE = 4
const GAP = 5
const BORDER = 3
const LOST = '#8e0f20'

/** Draws what never came: hazard stripes in the hole's true shape. `scale`: canvas pixels for one of the page. */
export function hatch(context: CanvasRenderingContext2D, holes: readonly Rect[], scale: number): void {
  context.save()
  // Borders first: where rectangles touch, the fill of both covers the line between them.
  context.strokeStyle = LOST
  context.lineWidth = BORDER * scale
  for (const { left, top, width, height } of holes) context.strokeRect(left, top, width, height)
  context.beginPath()
  for (const { left, top, width, height } of holes) context.rect(left, top, width, height)
  context.clip()
  context.fillStyle = '#fff'
  context.fillRect(0, 0, context.canvas.width, context.canvas.height)
  context.fillStyle = LOST
  const { width, height } = context.canvas
  const period = (STRIPE + GAP) * scale * Math.SQRT2
  const thick = STRIPE * scale * Math.SQRT2
  for (let x = -height; x < width; x += period) {
    context.beginPath()
    context.moveTo(x, height)
    context.lineTo(x + thick, height)
    context.lineTo(x + thick + height, 0)
    context.lineTo(x + height, 0)
    context.fill()
  }
  context.restore()
}
