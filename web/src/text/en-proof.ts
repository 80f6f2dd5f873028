import type { Proof, Verdict } from '../scene/proof'
import type { FieldDifference } from '../wire'

/** The words of the tick: what another program checks. */
export interface ProofWords {
  /** The tick's name: `✓ TShark 4.0.17`, without the sign. */
  tick(proof: Proof): string
  /** Where there is none. */
  none: string
  /** One sentence on a layer or field. */
  sentence(proof: Proof, field: boolean): string
  /** The button that asks an installed tshark. */
  ask: string
  /** It has been asked. */
  asked: string
  /** What it said of this very frame. */
  verdict(verdict: Verdict, field: boolean): string
}

/** How many labels a sentence names. */
const NAMED = 3

const unlike = ({ name, what, ours, theirs }: FieldDifference): string =>
  what === 'value' ? `${name} is ${theirs} there, and ${ours} here`
  : what === 'place' ? `${name} is at ${theirs} there, and at ${ours} here`
  : `${name} is there ${theirs} times, and here ${ours} times`
const after = (given: number): string => (given === 0 ? '' : given === 1 ? ' It was given one earlier packet, too, which this one needs.' : ` It was given ${given} earlier packets, too, which this one needs.`)

/** English. */
export const proof: ProofWords = {
  tick: ({ checker }) => checker,
  none: 'not fully checked',
  sentence: ({ checked, checker, open }, field) => {
    if (checked) return field ? `The tests compare fields of this name with ${checker}.` : `The tests compare every kind of field here with ${checker}.`
    if (open.length === 0) return 'No tick: there is no field here to compare.'
    if (field) return `No tick: the tests compare no field of this kind with ${checker}.`
    const more = open.length - NAMED
    return `No tick: the tests do not compare ${open.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''} with ${checker}.`
  },
  ask: 'Check this very packet',
  asked: 'tshark reads this packet …',
  verdict: (verdict, field) => {
    switch (verdict.kind) {
      case 'missing': return `No program “${verdict.program}” is on the server's machine. Install Wireshark with its command line, or name it with --tshark.`
      case 'unread': return `${verdict.checker} read this very packet, and names nothing ${field ? 'at this field' : 'in this layer'}.${after(verdict.given)}`
      case 'differs': {
        const more = verdict.differences.length - NAMED
        return `${verdict.checker} reads this very packet in another way: ${verdict.differences.slice(0, NAMED).map(unlike).join('; ')}${more > 0 ? `; and ${more} more` : ''}.${after(verdict.given)}`
      }
      case 'agrees': {
        const what = field ? (verdict.fields === 1 ? 'this field' : 'this field and its parts') : verdict.fields === 1 ? 'the one field that both name here' : `all ${verdict.fields} fields that both name here`
        const whole = verdict.layers === null || verdict.layers === 1 ? '' : ` The same holds for ${verdict.layers === 2 ? 'both' : `all ${verdict.layers}`} layers that it reads.`
        return `${verdict.checker} read this very packet: ${what} agree${what.startsWith('all') ? '' : 's'}.${whole}${after(verdict.given)}`
      }
    }
  },
}
