import { describe, expect, it } from 'vitest'
import { behind, clock, column, count, moment, plural, span, tenths } from '../../src/text/clock'

describe('moments', () => {
  it('are given as exactly as the size allows', () => {
    expect(moment(33_600_000)).toBe('33.6 ms')
    expect(moment(330_640_000)).toBe('330.6 ms')
    expect(moment(5_734_000_000)).toBe('5.734 s')
    expect(moment(65_734_999_999)).toBe('1:05.734')
    expect(moment(0)).toBe('0 ms')
  })
  it('never show a moment that has not come', () => {
    expect(moment(5_999_999_999)).toBe('5.999 s')
    expect(tenths(12_499_999_999)).toBe('12.4 s')
    expect(column(5_734_099_999)).toBe('5.7340')
  })
  it('are minutes and seconds in sentences', () => {
    expect(clock(41_900_000_000)).toBe('0:41')
    expect(clock(725_000_000_000)).toBe('12:05')
  })
})

describe('lengths', () => {
  it('keep three digits at most', () => {
    expect(span(250_000)).toBe('250 µs')
    expect(span(1_230_000)).toBe('1.23 ms')
    expect(span(60_000_000)).toBe('60 ms')
    expect(span(1_000_000_000)).toBe('1 s')
    expect(span(12)).toBe('12 ns')
    expect(span(61_000_000_000)).toBe('1 min 1 s')
  })
  it('behind live is coarse', () => {
    expect(behind(430_000_000)).toBe('0.4 s')
    expect(behind(20_000_000)).toBe('0.1 s')
    expect(behind(12_900_000_000)).toBe('12 s')
    expect(behind(200_000_000_000)).toBe('3 min')
  })
})

describe('counts', () => {
  it('are grouped, with the right word', () => {
    expect(count(1460)).toBe('1,460')
    expect(plural(1, 'packet')).toBe('1 packet')
    expect(plural(1460, 'packet')).toBe('1,460 packets')
  })
})
