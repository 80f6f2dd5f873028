import type { Proof } from '../scene/proof'

/** The words of the tick: what another program checks. */
export interface ProofWords {
  /** The tick's name: `✓ TShark 4.0.17`, without the sign. */
  tick(proof: Proof): string
  /** Where there is none. */
  none: string
  /** One sentence on a layer or field. */
  sentence(proof: Proof, field: boolean): string
}

/** How many labels a sentence names. */
const NAMED = 3

/** English. */
export const proof: ProofWords = {
  tick: ({ checker }) => checker,
  none: 'no tick',
  sentence: ({ checked, checker, open }, field) => {
    if (checked) return field ? `The tests compare fields of this name with ${checker}.` : `The tests compare every kind of field here with ${checker}.`
    if (open.length === 0) return 'No tick: there is no field here to compare.'
    if (field) return `No tick: the tests compare no field of this kind with ${checker}.`
    const more = open.length - NAMED
    return `No tick: the tests do not compare ${open.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''} with ${checker}.`
  },
}
