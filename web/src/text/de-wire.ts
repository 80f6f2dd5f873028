import type { WireWords } from './en-wire'
import { count, rate as rateWords, span } from './clock'

const PARTS: WireWords['parts'] = {
  preamble: ['Präambel, 7 Byte', 'Präambel', 'Prä.'],
  sfd: ['Start Frame Delimiter', 'SFD'],
  frame: ['Rahmen, ab der Zieladresse', 'Rahmen'],
  fcs: ['Frame Check Sequence', 'FCS'],
  gap: ['Stille: 12 Byte-Zeiten', 'Stille', '–'],
}

/** German. */
export const wire: WireWords = {
  title: 'Auf dem Kabel',
  label: 'Bits auf dem Kabel',
  closer: 'Weniger sehen, dafür größer',
  farther: 'Mehr auf einmal sehen',
  fields: 'Felder',
  open: 'Bits',
  scrambler: 'Scrambler',
  scramblerHint: '100BASE-TX addiert die Bits einer Chiffre, damit kein Muster abstrahlt. Ihr Anfang ist frei: hier elf Einsen, wenn der Rahmen beginnt.',
  hint: 'Zoomen mit + und −, dem Rad oder einem Klick, bis zu einzelnen Bits.',
  parts: PARTS,
  part: (bits, time) => `${count(bits / 8)} B, ${span(time)}`,
  times: (bytes, rate, time) => `${span(time(bytes * 8, rate))} für ${count(bytes)} Byte mit ${rateWords(rate)}, ${span(time(64, rate))} davor und ${span(time(96, rate))} Stille danach`,
  coding: (coding, scrambled) => {
    switch (coding) {
      case 'manchester': return '10BASE-T: Manchester, eine 1 steigt in ihrer Mitte, eine 0 fällt'
      case 'mlt3': return `100BASE-TX: 4B/5B-Gruppen als MLT-3${scrambled ? ', mit Scrambler' : ', ohne Scrambler gezeichnet'}`
      case 'pam5': return '1000BASE-T sendet PAM-5 auf vier Adernpaaren: hier nicht gezeichnet, die Bits sind wahr'
      case null: return 'kein Ethernet hat diese Bitrate, darum ist kein Leitungscode gezeichnet: die Bits sind wahr'
    }
  },
  spoken: (part, octet, bit, value, scale, hex, field) => {
    const where = PARTS[part][0] ?? part
    if (part === 'gap' || scale === 'frame') return where
    const place = octet < 0 ? where : `Byte ${octet}, hex ${hex}`
    const name = field === '' ? '' : `, ${field}`
    return scale === 'octet' ? `${place}${name}` : `${place}, Bit ${bit + 1} von 8 gesendeten: ${value}${name}`
  },
}
