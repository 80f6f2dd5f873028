import type { BlockKind, Fill } from '../scene'

/** The colour of a fill, as CSS. */
export const fillOf = (fill: Fill): string => (fill === 'media' ? 'var(--media)' : `var(--l${fill})`)

/** The paler colour of what is not in view now; a label upon it is secondary ink. */
export const dimOf = (fill: Fill): string => (fill === 'media' ? 'var(--dim-media)' : `var(--dim-${fill})`)

/** The colour of a label upon it. */
export const labelOn = (fill: Fill): string => (fill === 3 || fill === 1 ? 'var(--label-inv)' : 'var(--label)')

/** Blocks whose name is written small letters: what they are is no protocol. */
export const PAYLOADS: readonly BlockKind[] = ['picture', 'data', 'padding']
