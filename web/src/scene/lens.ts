// Looking at one layer: what belongs to it, and what is shown paler. Pure.

import type { Layer } from '../trace'
import type { BlockKind, Fill } from './bench'

/** The layer that is looked at; 0: all of them. */
export type Lens = 0 | Layer

/** The lens of a number that was pressed: TCP/IP's fifth layer stands for OSI's 5 to 7. */
export function lensOf(number: number, five: boolean): Lens {
  if (!Number.isInteger(number) || number < 1 || number > 7) return 0
  return five && number >= 5 ? 7 : (number as Layer)
}

/** The number by which a lens is called in the chosen model. */
export const lensNumber = (lens: Lens, five: boolean): number => (five && lens >= 5 ? 5 : lens)

/** Whether something of an OSI layer is in view. */
export function inLens(lens: Lens, layer: number, five: boolean): boolean {
  return lens === 0 || layer === lens || (five && lens >= 5 && layer >= 5)
}

/** The OSI layer of a block: the picture and its headers are format, `$` is the session's. */
export function layerOfBlock(kind: BlockKind, fill: Fill): Layer {
  return fill === 'media' ? 6 : kind === 'framing' ? 5 : fill
}

/** The first layer of a detail (its place) that a lens shows; `null` where it has none. */
export function lensLayer(layers: readonly { osi: number }[], lens: Lens, five: boolean): number | null {
  if (lens === 0) return null
  const found = layers.findIndex((layer) => inLens(lens, layer.osi, five))
  return found < 0 ? null : found
}

/** Whether a packet whose highest layer is `highest` has anything of the layer that is looked at: what is below is always there. */
export function hasLayer(highest: number, lens: Lens, five: boolean): boolean {
  return lens === 0 || lens <= highest || inLens(lens, highest, five)
}
