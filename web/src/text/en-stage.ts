import type { Check } from '../scene'
import { count, plural } from './clock'

/** The words of what the stage shows besides captions. */
export interface StageWords {
  /** A check being computed, line by line; the last line is its result. */
  check(check: Check): string[]
  /** A cross in the valley: what was lost there, and that it can be looked at. */
  loss(sequence: number | null, where: string | null, count: number): string
  lens: { title: string; off: string; on(layer: number, name: string): string; choose(layer: number, name: string): string }
}

const spaced = (hex: string): string => hex.replace(/(..)(?=.)/g, '$1 ')

function check(c: Check): string[] {
  const whole = c.kind === 'sequence' || c.done === c.count
  switch (c.kind) {
    case 'fcs':
      return [
        whole ? `CRC-32 over ${count(c.count)} bytes` : `CRC-32, byte ${count(c.done)} of ${count(c.count)}: ${spaced(c.running)}`,
        ...(whole ? [`computed ${spaced(c.computed)} ${c.ok ? '=' : '≠'} received ${spaced(c.received)}`] : []),
      ]
    case 'sum': {
      const sum = `${c.sum}${c.sum.length > 4 ? ` → ${c.folded}` : ''}`
      const first = c.words.length > 0
        ? [`${c.words.slice(0, Math.max(1, c.done)).join(' + ')}`]
        : []
      const what = c.words.length > 0 ? 'sum' : `${whole ? '' : `word ${count(c.done)} of `}${count(c.count)}${whole ? ' words with the addresses' : ''}:`
      return [...first, `${what} ${sum}${whole ? `, inverted ${c.computed}` : ''}`, ...(whole ? [`computed ${c.computed} ${c.ok ? '=' : '≠'} received ${c.received}`] : [])]
    }
    case 'sequence': {
      const expected = c.of === 'tcp' ? `${count(c.before)} + ${count(c.plus)}` : `${c.before} + 1`
      return [`number ${c.of === 'tcp' ? count(c.number) : c.number} ${c.ok ? '=' : '≠'} ${expected}${c.ok ? ', nothing between' : ''}`]
    }
  }
}

/** English. */
export const stage: StageWords = {
  check,
  loss: (sequence, where, n) => {
    const what = sequence === null ? 'A packet' : `RTP packet ${sequence}`
    const place = where === null ? 'lost on the cable' : `dropped by ${where}`
    return `${what}, ${place}${n > 1 ? ` (${plural(n, 'packet')} here)` : ''}: show why`
  },
  lens: {
    title: 'Lens',
    off: 'All layers',
    on: (layer, name) => `Layer ${layer}, ${name}`,
    choose: (layer, name) => `Look at layer ${layer}, ${name}`,
  },
}
