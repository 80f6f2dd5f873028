// Where a stop's place is among the steps of what it follows.

import type { Step, Subject } from '../../trace'
import type { StopPlace } from '../../wire'

/** A step that lies further from the stop's moment than this is another one, nanoseconds. */
const NEAR = 50_000

/** What a stop follows; `null`: nothing, it is only a moment. */
export function subjectOf(place: StopPlace): Subject | null {
  if (place.message !== undefined) return { kind: 'message', id: place.message }
  return place.frame === undefined ? null : { kind: 'frame', id: place.frame }
}

/** Whether a step is at a layer: 6 and 5 have one step together. */
const isAt = (step: Step, layer: number): boolean => step.layer === layer || (step.kind === 'format' && (layer === 5 || layer === 6))

/** A step that goes up through a device's layers. */
const UPWARD: readonly Step['kind'][] = ['hostLink', 'hostNetwork', 'hostTransport', 'deinterleave', 'deliver', 'shown', 'routerIn']

/** The step that a stop means: at its moment, at its device, layer and direction as far as it names them. */
export function stepAt(steps: readonly Step[], place: StopPlace): number | null {
  const fits = (step: Step): number => {
    let points = 0
    if (place.node !== undefined && step.node === place.node) points += 4
    if (place.layer !== undefined && isAt(step, place.layer)) points += 2
    if (place.direction !== undefined && UPWARD.includes(step.kind) === (place.direction === 'up')) points += 1
    if (place.link !== undefined && step.hop?.link === place.link) points += 2
    if (place.frame !== undefined && (step.frame?.id === place.frame || step.next?.id === place.frame)) points += 1
    return points
  }
  let best: { index: number; points: number; off: number } | null = null
  steps.forEach((step, index) => {
    const off = Math.abs(step.at - place.t)
    if (off > NEAR) return
    const points = fits(step)
    if (!best || points > best.points || (points === best.points && off < best.off)) best = { index, points, off }
  })
  if (best !== null) return (best as { index: number }).index
  // Nothing happens at that very moment: what happened last before it.
  const before = steps.findLastIndex((step) => step.at <= place.t)
  return before >= 0 ? before : steps.length > 0 ? 0 : null
}
