// What a card makes of a frame's octets on copper: bits in the order in which they are sent, and
// the levels of two line codes. Pure.

/** Octets before a frame: seven of preamble and the start frame delimiter (IEEE 802.3 clause 3.1). */
export const PREAMBLE = 7
export const SFD = 1
/** Silence behind a frame, octet times: 96 bits (IEEE 802.3 clause 4.4.2). */
export const GAP = 12

/** Octets as bits in the order of sending: the least significant first (IEEE 802.3 clause 3.3). */
export function sentBits(octets: readonly number[]): Uint8Array {
  const bits = new Uint8Array(octets.length * 8)
  octets.forEach((octet, i) => {
    for (let bit = 0; bit < 8; bit += 1) bits[i * 8 + bit] = (octet >> bit) & 1
  })
  return bits
}

/** All octets that a card sends for a frame: preamble, delimiter, the frame with its FCS. */
export function sentOctets(frame: readonly number[]): number[] {
  return [...new Array<number>(PREAMBLE).fill(0x55), 0xd5, ...frame]
}

/** Manchester (IEEE 802.3 clause 7.3.1.1): two halves a bit; a 1 rises in its middle, a 0 falls. */
export function manchester(bits: Uint8Array): Int8Array {
  const levels = new Int8Array(bits.length * 2)
  bits.forEach((bit, i) => {
    levels[i * 2] = bit === 1 ? -1 : 1
    levels[i * 2 + 1] = bit === 1 ? 1 : -1
  })
  return levels
}

/** A code group of 100BASE-X: its name in the standard's table, and its five bits, the first sent highest. */
export interface CodeGroup {
  name: string
  code: number
}

/** The data groups of 4B/5B by their nibble (IEEE 802.3 table 24-1). */
const DATA: readonly number[] = [
  0b11110, 0b01001, 0b10100, 0b10101, 0b01010, 0b01011, 0b01110, 0b01111,
  0b10010, 0b10011, 0b10110, 0b10111, 0b11010, 0b11011, 0b11100, 0b11101,
]
const J: CodeGroup = { name: 'J', code: 0b11000 }
const K: CodeGroup = { name: 'K', code: 0b10001 }
const T: CodeGroup = { name: 'T', code: 0b01101 }
const R: CodeGroup = { name: 'R', code: 0b00111 }
const IDLE: CodeGroup = { name: 'I', code: 0b11111 }

const nibble = (value: number): CodeGroup => ({ name: value.toString(16).toUpperCase(), code: DATA[value] ?? 0 })

/**
 * The code groups of a frame in 100BASE-X (IEEE 802.3 clause 24.2.2): J and K in the place of the
 * first octet of the preamble, two groups an octet, the lower nibble first, T and R behind the
 * frame, and idle through the rest of the gap.
 */
export function codeGroups(frame: readonly number[]): CodeGroup[] {
  const data = sentOctets(frame).slice(1).flatMap((octet) => [nibble(octet & 15), nibble(octet >> 4)])
  return [J, K, ...data, T, R, ...new Array<CodeGroup>(GAP * 2 - 2).fill(IDLE)]
}

/** The bits of code groups in the order of sending. */
export function groupBits(groups: readonly CodeGroup[]): Uint8Array {
  const bits = new Uint8Array(groups.length * 5)
  groups.forEach(({ code }, i) => {
    for (let bit = 0; bit < 5; bit += 1) bits[i * 5 + bit] = (code >> (4 - bit)) & 1
  })
  return bits
}

/** The scrambler's register when nothing else is known: the standard leaves it free, but for all zeros. */
export const ALL_ONES = 0x7ff

/**
 * The stream cipher of 100BASE-TX (ANSI X3.263 clause 7.2): each bit is added to a key bit, the sum
 * of the key bits nine and eleven places before. `state`: the last eleven key bits, the latest
 * lowest.
 */
export function scramble(bits: Uint8Array, state: number = ALL_ONES): Uint8Array {
  let register = state & 0x7ff
  return bits.map((bit) => {
    const key = ((register >> 8) ^ (register >> 10)) & 1
    register = ((register << 1) | key) & 0x7ff
    return bit ^ key
  })
}

/** MLT-3 (ANSI X3.263 clause 7.1): a 1 goes on to the next of 0, +1, 0, -1; a 0 stays. */
export function mlt3(bits: Uint8Array): Int8Array {
  const cycle = [0, 1, 0, -1] as const
  const levels = new Int8Array(bits.length)
  let place = 0
  bits.forEach((bit, i) => {
    if (bit === 1) place = (place + 1) % 4
    levels[i] = cycle[place] ?? 0
  })
  return levels
}

/** The coding on copper that belongs to a rate. */
export type Coding = 'manchester' | 'mlt3' | 'pam5' | null

/** The Ethernet of a rate: 10BASE-T, 100BASE-TX and 1000BASE-T; `null` where no Ethernet has this rate. */
export function codingOf(rate: number): Coding {
  return rate === 10e6 ? 'manchester' : rate === 100e6 ? 'mlt3' : rate === 1e9 ? 'pam5' : null
}
