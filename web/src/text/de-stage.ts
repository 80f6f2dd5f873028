import type { Check } from '../scene'
import type { TermKind } from '../scene/terms'
import type { StageWords } from './en-stage'
import { count } from './clock'

const spaced = (hex: string): string => hex.replace(/(..)(?=.)/g, '$1 ')

function check(c: Check): string[] {
  const whole = c.kind === 'sequence' || c.done === c.count
  switch (c.kind) {
    case 'fcs':
      return [
        whole ? `CRC-32 über ${count(c.count)} Byte` : `CRC-32, Byte ${count(c.done)} von ${count(c.count)}: ${spaced(c.running)}`,
        ...(whole ? [`berechnet ${spaced(c.computed)} ${c.ok ? '=' : '≠'} empfangen ${spaced(c.received)}`] : []),
      ]
    case 'sum': {
      const sum = `${c.sum}${c.sum.length > 4 ? ` → ${c.folded}` : ''}`
      const first = c.words.length > 0 ? [`${c.words.slice(0, Math.max(1, c.done)).join(' + ')}`] : []
      const what = c.words.length > 0 ? 'Summe' : `${whole ? '' : `Wort ${count(c.done)} von `}${count(c.count)}${whole ? ' Wörter mit den Adressen' : ''}:`
      return [...first, `${what} ${sum}${whole ? `, invertiert ${c.computed}` : ''}`, ...(whole ? [`berechnet ${c.computed} ${c.ok ? '=' : '≠'} empfangen ${c.received}`] : [])]
    }
    case 'sequence': {
      const expected = c.of === 'tcp' ? `${count(c.before)} + ${count(c.plus)}` : `${c.before} + 1`
      return [`Nummer ${c.of === 'tcp' ? count(c.number) : c.number} ${c.ok ? '=' : '≠'} ${expected}${c.ok ? ', nichts dazwischen' : ''}`]
    }
  }
}

const ARRANGED: Record<TermKind, string> = {
  clientPort: 'der UDP-Port des Clients in jedem Medienpaket', serverPort: 'der UDP-Port des Servers in jedem Medienpaket', ssrc: 'die Quelle, die jedes RTP-Paket nennt', payloadType: 'wie RTP-Pakete diese Codierung nennen',
  channel: 'die Nummer hinter $ vor jedem Paket', sequence: 'die Nummer des ersten RTP-Pakets', timestamp: 'die Zeit des ersten Bildes',
}

/** German. */
export const stage: StageWords = {
  check,
  loss: (sequence, where, n) => {
    const what = sequence === null ? 'Ein Paket' : `RTP-Paket ${sequence}`
    const place = where === null ? 'auf dem Kabel verloren' : `von ${where} verworfen`
    return `${what}, ${place}${n > 1 ? ` (${count(n)} Pakete hier)` : ''}: zeigen, warum`
  },
  arranged: (kind, written) => `${written}: ${ARRANGED[kind]}`,
  arrangedAll: (written) => `${written.join(', ')}: in den Medienpaketen`,
  carried: (where, written) => `vereinbart in ${where}: ${written}`,
  ports: (numbers) => numbers.length > 1 ? `UDP ${numbers[0]}–${String(numbers.at(-1)).slice(-2)}` : `UDP ${numbers[0]}`,
  moreCables: (count) => `+${count}`,
  answerTo: (method) => `der Antwort auf ${method}`,
  showMedia: 'Ein Paket damit zeigen',
  showSignalling: (where) => `Zeigen: ${where}`,
  showHole: 'Das Loch zeigen',
  lens: {
    title: 'Lupe',
    off: 'Alle Schichten',
    on: (layer, name) => `Schicht ${layer}, ${name}`,
    choose: (layer, name) => `Schicht ${layer} betrachten, ${name}`,
  },
}
