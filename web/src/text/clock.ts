// Times and counts in words. The page says simulated time; a moment counts from the run's start.

import type { Nanos } from '../wire'

/** How numbers are written: `1,460` and `33.6` in English, `1.460` and `33,6` in German. */
let locale = 'en-US'
let point = '.'

/** Numbers are written from now on as in this language. */
export function writeNumbers(language: string): void {
  locale = language
  point = (0.5).toLocaleString(language).charAt(1)
}

/** The digits of a number with the language's decimal sign, as many as it has. */
export function decimal(value: number | string): string {
  return String(value).replace('.', point)
}

const MICRO = 1e3
const MILLI = 1e6
const SECOND = 1e9
const MINUTE = 60 * SECOND

/** A moment as exact as it matters beside a packet: `33.6 ms`, `5.734 s`, `1:05.734`. */
export function moment(at: Nanos): string {
  if (at < SECOND) return `${decimal(trim((at / MILLI).toFixed(at < 100 * MILLI ? 2 : 1)))} ms`
  if (at < MINUTE) return `${decimal((Math.floor(at / MILLI) / 1000).toFixed(3))} s`
  const minutes = Math.floor(at / MINUTE)
  const seconds = Math.floor((at - minutes * MINUTE) / MILLI) / 1000
  return `${minutes}:${decimal(seconds.toFixed(3).padStart(6, '0'))}`
}

/** A moment as exact as a conversation needs: `0:41`, `12:05`. */
export function clock(at: Nanos): string {
  const seconds = Math.floor(at / SECOND)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** A moment with one decimal, for sentences: `12.4 s`. */
export function tenths(at: Nanos): string {
  return at < MINUTE ? `${decimal((Math.floor(at / 1e8) / 10).toFixed(1))} s` : clock(at)
}

/** A moment for a column of a table, seconds with four decimals: `5.7340`. */
export function column(at: Nanos): string {
  return decimal((Math.floor(at / 1e5) / 1e4).toFixed(4))
}

/** How long something lasts: `250 µs`, `8 ms`, `1.2 s`, `41 s`. */
export function span(length: Nanos): string {
  const size = Math.abs(length)
  if (size < MICRO) return `${Math.round(length)} ns`
  if (size < MILLI) return `${three(length / MICRO)} µs`
  if (size < SECOND) return `${three(length / MILLI)} ms`
  if (size < MINUTE) return `${three(length / SECOND)} s`
  return `${Math.floor(length / MINUTE)} min ${Math.round((length % MINUTE) / SECOND)} s`
}

/** How far behind live, coarse on purpose so that it does not flicker: `0.4 s`, `12 s`, `3 min`. */
export function behind(length: Nanos): string {
  if (length < SECOND) return `${decimal(Math.max(1, Math.round(length / 1e8)) / 10)} s`
  if (length < 2 * MINUTE) return `${Math.floor(length / SECOND)} s`
  return `${Math.floor(length / MINUTE)} min`
}

/** A count with thousands separators: `1,460`. */
export function count(value: number): string {
  return value.toLocaleString(locale)
}

/** In English: `1 packet`, `11 packets`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

function three(value: number): string {
  const size = Math.abs(value)
  return decimal(trim(value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)))
}

function trim(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
}

/** A bit rate in words: `100 Mbit/s`. */
export function rate(bitsPerSecond: number): string {
  if (bitsPerSecond >= 1e9) return `${decimal(bitsPerSecond / 1e9)} Gbit/s`
  if (bitsPerSecond >= 1e6) return `${decimal(bitsPerSecond / 1e6)} Mbit/s`
  return `${count(bitsPerSecond / 1e3)} kbit/s`
}

/** A bit rate as exact as a sentence needs: `2.61 Mbit/s`. */
export function bits(perSecond: number): string {
  const digits = (value: number): string => decimal(Number(value.toPrecision(3)))
  return perSecond >= 999_500 ? `${digits(perSecond / 1e6)} Mbit/s` : perSecond >= 999.5 ? `${digits(perSecond / 1e3)} kbit/s` : `${Math.round(perSecond)} bit/s`
}
