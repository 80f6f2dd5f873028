import type { ProofWords } from './en-proof'

/** How many labels a sentence names. */
const NAMED = 3

/** German. */
export const proof: ProofWords = {
  tick: ({ checker }) => checker,
  none: 'kein Haken',
  sentence: ({ checked, checker, open }, field) => {
    if (checked) return field ? `Die Tests vergleichen Felder dieses Namens mit ${checker}.` : `Die Tests vergleichen jede Art von Feld hier mit ${checker}.`
    if (open.length === 0) return 'Kein Haken: Hier gibt es kein Feld zu vergleichen.'
    if (field) return `Kein Haken: Die Tests vergleichen kein Feld dieser Art mit ${checker}.`
    const more = open.length - NAMED
    return `Kein Haken: Die Tests vergleichen ${open.slice(0, NAMED).join(', ')}${more > 0 ? ` und ${more} weitere` : ''} nicht mit ${checker}.`
  },
}
