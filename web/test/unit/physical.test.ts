import { describe, expect, it } from 'vitest'
import { codeGroups, groupBits, manchester, mlt3, scramble, sentBits, sentOctets } from '../../src/scene/linecode'
import { around, frameBit, held, moved, partAt, scaleOf, signalOf, wave, whole, wireTime, zoomed } from '../../src/scene/physical'
import type { Detail } from '../../src/wire'

const detailOf = (hex: string): Detail => ({ frame: 1, at: 0, sources: [hex], layers: [], checker: '', notes: [] })
const text = (bits: Uint8Array): string => [...bits].join('')
const levels = (values: Int8Array): string => [...values].map((v) => (v > 0 ? '+' : v < 0 ? '-' : '0')).join('')

describe('bits in the order of sending', () => {
  it('begin with each octet’s least significant one', () => {
    expect(text(sentBits([0xd5]))).toBe('10101011')
    expect(text(sentBits([0x01, 0x80]))).toBe('1000000000000001')
  })
  it('have seven octets of preamble and the delimiter in front', () => {
    const bits = text(sentBits(sentOctets([])))
    expect(bits).toBe(`${'10'.repeat(31)}11`)
  })
})

describe('Manchester', () => {
  it('rises in the middle of a 1 and falls in that of a 0', () => {
    expect(levels(manchester(sentBits([0xd5])))).toBe('-++--++--++--+-+')
    expect(levels(manchester(Uint8Array.of(0, 0, 1)))).toBe('+-+--+')
  })
})

describe('4B/5B', () => {
  it('sends J K, the lower nibble of each octet first, T R, and idle', () => {
    const groups = codeGroups([0x5d])
    expect(groups.map((group) => group.name).join('')).toBe(`JK${'55'.repeat(6)}5DD5TR${'I'.repeat(22)}`)
    // J 11000, K 10001, then 5 is 01011.
    expect(text(groupBits(groups)).slice(0, 15)).toBe('110001000101011')
    expect(text(groupBits(groups.slice(14, 20)))).toBe(['01011', '11011', '11011', '01011', '01101', '00111'].join(''))
  })
  it('takes as long as the bits it stands for, preamble to gap', () => {
    const frame = new Array<number>(64).fill(0)
    expect(codeGroups(frame).length * 4).toBe(signalOf(detailOf('00'.repeat(64)), 100e6, true).length)
  })
})

describe('MLT-3', () => {
  it('goes on with a 1 and stays with a 0', () => {
    expect(levels(mlt3(Uint8Array.of(1, 1, 0, 1, 1, 1, 0)))).toBe('+00-0++')
    expect(levels(mlt3(Uint8Array.of(0, 0, 1, 0, 1, 1, 1)))).toBe('00++0-0')
  })
})

describe('the stream cipher of 100BASE-TX', () => {
  it('adds the key bits that x^11 + x^9 + 1 makes', () => {
    // From a register of ones, by hand: nine zeros, two ones, seven zeros, then 1 1 1 1.
    expect(text(scramble(new Uint8Array(22)))).toBe('0000000001100000001111')
  })
  it('undoes itself, and repeats after 2,047 bits', () => {
    const plain = sentBits([1, 2, 3, 250])
    expect(scramble(scramble(plain))).toEqual(plain)
    const key = text(scramble(new Uint8Array(4094)))
    expect(key.slice(2047)).toBe(key.slice(0, 2047))
    expect(new Set(Array.from({ length: 2047 }, (_, i) => (key + key).slice(i, i + 11))).size).toBe(2047)
  })
})

describe('a frame on a cable', () => {
  const signal = signalOf(detailOf('ff'.repeat(60) + '01020304'), 10e6, false)

  it('is preamble, delimiter, frame, FCS and gap, each with its time', () => {
    expect(signal.parts.map((part) => [part.kind, part.length])).toEqual([['preamble', 56], ['sfd', 8], ['frame', 480], ['fcs', 32], ['gap', 96]])
    expect(signal.length).toBe(672)
    expect(wireTime(672, 10e6)).toBe(67_200)
    expect(wireTime(8, 1e9)).toBe(8)
    expect(partAt(signal, 63).kind).toBe('sfd')
    expect(partAt(signal, 64).kind).toBe('frame')
    expect(partAt(signal, 671).kind).toBe('gap')
  })

  it('knows which bit of the frame each sent bit is', () => {
    expect([frameBit(signal, 63), frameBit(signal, 64), frameBit(signal, 71), frameBit(signal, 72), frameBit(signal, 576)]).toEqual([null, 7, 0, 15, null])
  })

  it('has a line code only where its rate has one that is drawn', () => {
    expect(signal.levels.length).toBe((8 + 64) * 16)
    expect(signalOf(detailOf('00'), 100e6, true).coding).toBe('mlt3')
    for (const [rate, coding] of [[1e9, 'pam5'], [5e6, null]] as const) {
      const other = signalOf(detailOf('00'), rate, true)
      expect([other.coding, other.levels.length, wave(other, whole(other), 1, () => 0)]).toEqual([coding, 0, ''])
    }
  })

  it('can be looked at from the whole to two octets, and never beyond its ends', () => {
    let window = whole(signal)
    for (let i = 0; i < 12; i += 1) window = zoomed(signal, window, 0.5, 0.5)
    expect(window.length).toBe(16)
    expect(zoomed(signal, { from: 100, length: 100 }, 0.5, 0)).toEqual({ from: 100, length: 50 })
    expect(moved(signal, { from: 0, length: 100 }, -0.1)).toEqual({ from: 0, length: 100 })
    expect(moved(signal, { from: 100, length: 100 }, 0.1).from).toBe(110)
    expect(held(signal, { from: 5000, length: 32 }).from).toBe(640)
    expect(around(signal, 12 * 8, 16)).toEqual({ from: 64 + 88, length: 32 })
    expect([scaleOf(1), scaleOf(4), scaleOf(12)]).toEqual(['frame', 'octet', 'bit'])
  })

  it('is drawn as the levels of its line', () => {
    const y = (level: number): number => -level
    // The first two bits of the preamble, 1 and 0: down, up, down.
    expect(wave(signal, { from: 0, length: 2 }, 10, y)).toBe('M0,1 H5 V-1 H15 V1 H20')
    expect(wave(signal, { from: 0, length: 1 }, 10, y)).toBe('M0,1 H5 V-1 H10')
  })
})
