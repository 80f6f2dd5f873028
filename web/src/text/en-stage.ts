import type { Check } from '../scene'
import type { TermKind } from '../scene/terms'
import { count, plural } from './clock'

/** The words of what the stage shows besides captions. */
export interface StageWords {
  /** A check being computed, line by line; the last line is its result. */
  check(check: Check): string[]
  /** A cross in the valley: what was lost there, and that it can be looked at. */
  loss(sequence: number | null, where: string | null, count: number): string
  /** What something named in signalling is in the media; `written` as RTSP writes it. */
  arranged(kind: TermKind, written: string): string
  /** Several things that one header names. */
  arrangedAll(written: readonly string[]): string
  /** Where a field of the media was arranged. */
  carried(where: string, written: string): string
  /** A host's UDP ports. */
  ports(numbers: readonly number[]): string
  /** How many more cables a switch has than are drawn. */
  moreCables(count: number): string
  /** The response to a request, in the middle of a sentence. */
  answerTo(method: string): string
  showMedia: string
  showSignalling(where: string): string
  /** Beside the header of a lost packet: back to the hole in the picture. */
  showHole: string
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

const ARRANGED: Record<TermKind, string> = {
  clientPort: 'the client’s UDP port in each media packet', serverPort: 'the server’s UDP port in each media packet', ssrc: 'the source that each RTP packet names', payloadType: 'what RTP packets call this coding',
  channel: 'the number behind $ before each packet', sequence: 'the number of the first RTP packet', timestamp: 'the time of the first picture',
}

/** English. */
export const stage: StageWords = {
  check,
  loss: (sequence, where, n) => {
    const what = sequence === null ? 'A packet' : `RTP packet ${sequence}`
    const place = where === null ? 'lost on the cable' : `dropped by ${where}`
    return `${what}, ${place}${n > 1 ? ` (${plural(n, 'packet')} here)` : ''}: show why`
  },
  arranged: (kind, written) => `${written}: ${ARRANGED[kind]}`,
  arrangedAll: (written) => `${written.join(', ')}: in the media packets`,
  carried: (where, written) => `arranged in ${where}: ${written}`,
  ports: (numbers) => numbers.length > 1 ? `UDP ${numbers[0]}–${String(numbers.at(-1)).slice(-2)}` : `UDP ${numbers[0]}`,
  moreCables: (count) => `+${count}`,
  answerTo: (method) => `the answer to ${method}`,
  showMedia: 'Show a packet with it',
  showSignalling: (where) => `Show ${where}`,
  showHole: 'Show the hole',
  lens: {
    title: 'Lens',
    off: 'All layers',
    on: (layer, name) => `Layer ${layer}, ${name}`,
    choose: (layer, name) => `Look at layer ${layer}, ${name}`,
  },
}
