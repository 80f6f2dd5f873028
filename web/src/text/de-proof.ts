import type { FieldDifference } from '../wire'
import type { ProofWords } from './en-proof'

/** How many labels a sentence names. */
const NAMED = 3

const unlike = ({ name, what, ours, theirs }: FieldDifference): string =>
  what === 'value' ? `${name} ist dort ${theirs} und hier ${ours}`
  : what === 'place' ? `${name} steht dort an anderer Stelle (${theirs}) als hier (${ours})`
  : `${name} kommt dort ${theirs}-mal vor und hier ${ours}-mal`
const after = (given: number): string =>
  given === 0 ? '' : given === 1 ? ' Es bekam auch ein früheres Paket, das dieses hier braucht.' : ` Es bekam auch ${given} frühere Pakete, die dieses hier braucht.`

/** German. */
export const proof: ProofWords = {
  tick: ({ checker }) => checker,
  none: 'nicht ganz geprüft',
  sentence: ({ checked, checker, open }, field) => {
    if (checked) return field ? `Die Tests vergleichen Felder dieses Namens mit ${checker}.` : `Die Tests vergleichen jede Art von Feld hier mit ${checker}.`
    if (open.length === 0) return 'Kein Haken: Hier gibt es kein Feld zu vergleichen.'
    if (field) return `Kein Haken: Die Tests vergleichen kein Feld dieser Art mit ${checker}.`
    const more = open.length - NAMED
    return `Kein Haken: Die Tests vergleichen ${open.slice(0, NAMED).join(', ')}${more > 0 ? ` und ${more} weitere` : ''} nicht mit ${checker}.`
  },
  ask: 'Genau dieses Paket prüfen',
  asked: 'tshark liest dieses Paket …',
  verdict: (verdict, field) => {
    switch (verdict.kind) {
      case 'missing': return `Auf dem Rechner des Servers gibt es kein Programm „${verdict.program}“. Installieren Sie Wireshark mit seiner Kommandozeile oder nennen Sie es mit --tshark.`
      case 'unread': return `${verdict.checker} hat genau dieses Paket gelesen und benennt ${field ? 'bei diesem Feld' : 'in dieser Schicht'} nichts.${after(verdict.given)}`
      case 'differs': {
        const more = verdict.differences.length - NAMED
        return `${verdict.checker} liest genau dieses Paket anders: ${verdict.differences.slice(0, NAMED).map(unlike).join('; ')}${more > 0 ? `; und ${more} weitere` : ''}.${after(verdict.given)}`
      }
      case 'agrees': {
        const what = field ? (verdict.fields === 1 ? 'dieses Feld stimmt' : 'dieses Feld und seine Teile stimmen')
          : verdict.fields === 1 ? 'das eine Feld, das beide hier benennen, stimmt' : `alle ${verdict.fields} Felder, die beide hier benennen, stimmen`
        const whole = verdict.layers === null || verdict.layers === 1 ? '' : ` Dasselbe gilt für ${verdict.layers === 2 ? 'beide' : `alle ${verdict.layers}`} Schichten, die es liest.`
        return `${verdict.checker} hat genau dieses Paket gelesen: ${what} überein.${whole}${after(verdict.given)}`
      }
    }
  },
}
