// A step as it is made: hold, fill, move. Pure.

import type { Step } from '../trace'
import type { Bench, Block } from './bench'

/** How far each part of a step's motion has come, 0 to 1. */
export interface Phases { hold: number; fill: number; move: number }

/** Where hold and fill end, as parts of a step's motion; see `MOTION` in the session. */
export const PHASES = { hold: 300 / 1350, fill: 650 / 1350 } as const

export const AT_REST: Phases = { hold: 1, fill: 1, move: 1 }

const part = (x: number, from: number, to: number): number => Math.max(0, Math.min(1, (x - from) / (to - from)))

/** The parts of a motion that has come so far, 0 to 1. `faded`: everything at once, as a cross-fade. */
export function phasesOf(progress: number, faded = false): Phases {
  if (faded) return { hold: 1, fill: 1, move: part(progress, 0, 1) }
  return { hold: part(progress, 0, PHASES.hold), fill: part(progress, PHASES.hold, PHASES.fill), move: part(progress, PHASES.fill, 1) }
}

export const ease = (x: number): number => (x < 0.5 ? 4 * x * x * x : 1 - (-2 * x + 2) ** 3 / 2)

/** From how far above its slot a router's new header comes, and how far its old one falls. */
const DROP = 46

/**
 * The bar between two steps. Going down a header spreads in its slot; going up it drains. At a
 * router the old frame falls away, and the new one docks from above.
 */
export function benchBetween(from: Bench, to: Bench, step: Step, phases: Phases, faded: boolean): Bench {
  const seen = new Map<string, number>()
  const blocks = to.blocks.map((block): Block => {
    const nth = (seen.get(block.kind) ?? 0) + 1
    seen.set(block.kind, nth)
    const before = from.blocks.filter((b) => b.kind === block.kind)[nth - 1]
    const was = before?.filled ?? false
    if (block.filled === was) return block
    if (faded) return block.filled ? { ...block, opacity: phases.move } : { ...block, filled: phases.move < 1, opacity: 1 - phases.move }
    if (block.filled) {
      if (step.kind !== 'routerOut') return { ...block, filled: phases.fill > 0, amount: phases.fill }
      return { ...block, filled: phases.fill > 0, opacity: phases.fill, rise: -DROP * (1 - ease(phases.fill)) }
    }
    if (step.kind !== 'route') return { ...block, filled: phases.move < 1, amount: 1 - phases.move }
    return { ...block, filled: phases.fill < 1, opacity: 1 - phases.fill, rise: DROP * phases.fill * phases.fill }
  })
  return { ...to, blocks, revealed: faded ? phases.move : phases.fill }
}
