import type { Coding } from '../scene/linecode'
import type { Scale, WirePart } from '../scene/physical'
import { count, rate as rateWords, span } from './clock'

/** The words of a frame as bits on a cable. */
export interface WireWords {
  title: string
  label: string
  closer: string
  farther: string
  /** Back to the fields of the headers. */
  fields: string
  /** From the fields to the bits. */
  open: string
  scrambler: string
  scramblerHint: string
  hint: string
  /** The names of the parts, each shorter than the one before. */
  parts: Record<WirePart['kind'], readonly string[]>
  part(bits: number, time: number): string
  times(bytes: number, rate: number, time: (bits: number, rate: number) => number): string
  coding(coding: Coding, scrambled: boolean): string
  spoken(part: WirePart['kind'], octet: number, bit: number, value: number | null, scale: Scale, hex: string, field: string): string
}

const PARTS: WireWords['parts'] = {
  preamble: ['preamble, 7 bytes', 'preamble', 'pre.'],
  sfd: ['start frame delimiter', 'SFD'],
  frame: ['frame, from the destination address on', 'frame'],
  fcs: ['frame check sequence', 'FCS'],
  gap: ['silence: 12 byte times', 'silence', 'gap'],
}

/** English. */
export const wire: WireWords = {
  title: 'On the cable',
  label: 'Bits on the cable',
  closer: 'See less, but larger',
  farther: 'See more at once',
  fields: 'Fields',
  open: 'Bits',
  scrambler: 'Scrambler',
  scramblerHint: '100BASE-TX adds the bits of a cipher, so that no pattern radiates. Its start is free: here eleven ones when the frame begins.',
  hint: 'Zoom with + and −, the wheel or a click, down to single bits.',
  parts: PARTS,
  part: (bits, time) => `${count(bits / 8)} B, ${span(time)}`,
  times: (bytes, rate, time) => `${span(time(bytes * 8, rate))} for ${count(bytes)} bytes at ${rateWords(rate)}, ${span(time(64, rate))} before and ${span(time(96, rate))} of silence behind`,
  coding: (coding, scrambled) => {
    switch (coding) {
      case 'manchester': return '10BASE-T: Manchester, a 1 rises in its middle, a 0 falls'
      case 'mlt3': return `100BASE-TX: 4B/5B groups as MLT-3${scrambled ? ', scrambled' : ', scrambler left out'}`
      case 'pam5': return '1000BASE-T sends PAM-5 on four pairs: not drawn here, the bits are true'
      case null: return 'no Ethernet has this rate, so no line code is drawn: the bits are true'
    }
  },
  spoken: (part, octet, bit, value, scale, hex, field) => {
    const where = PARTS[part][0] ?? part
    if (part === 'gap' || scale === 'frame') return where
    const place = octet < 0 ? where : `byte ${octet}, hex ${hex}`
    const name = field === '' ? '' : `, ${field}`
    return scale === 'octet' ? `${place}${name}` : `${place}, bit ${bit + 1} sent of 8: ${value}${name}`
  },
}
