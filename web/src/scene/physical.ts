// A frame on a cable, from the whole of it to a single bit. Pure.

import type { Detail } from '../wire'
import {
  codeGroups, type CodeGroup, type Coding, codingOf, GAP, groupBits, manchester, mlt3, PREAMBLE, scramble, sentBits, sentOctets, SFD,
} from './linecode'

/** A stretch of what is sent. */
export interface WirePart {
  kind: 'preamble' | 'sfd' | 'frame' | 'fcs' | 'gap'
  /** First bit and number of bits, as sent. */
  start: number
  length: number
}

/** A frame as a card sends it, gap included. */
export interface Signal {
  rate: number
  coding: Coding
  octets: readonly number[]
  bits: Uint8Array
  parts: readonly WirePart[]
  /** Bits in all, those of the silent gap included. */
  length: number
  /** 100BASE-TX: its code groups, five line bits each, which take as long as four bits. */
  groups: readonly CodeGroup[]
  /** The levels of the line: two a bit, or five for four bits; empty where no line code is drawn. */
  levels: Int8Array
}

/** Octets of the FCS. */
const FCS = 4

/** What a card sends for a frame at a rate; `scrambled`: with 100BASE-TX's stream cipher. */
export function signalOf(detail: Detail, rate: number, scrambled: boolean): Signal {
  const hex = detail.sources[0] ?? ''
  const frame = Array.from({ length: hex.length >> 1 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16))
  const octets = sentOctets(frame)
  const bits = sentBits(octets)
  const coding = codingOf(rate)
  const groups = coding === 'mlt3' ? codeGroups(frame) : []
  const line = groupBits(groups)
  const levels = coding === 'manchester' ? manchester(bits) : coding === 'mlt3' ? mlt3(scrambled ? scramble(line) : line) : new Int8Array(0)
  const payload = Math.max(0, frame.length - FCS)
  const sizes = [['preamble', PREAMBLE], ['sfd', SFD], ['frame', payload], ['fcs', frame.length - payload], ['gap', GAP]] as const
  let start = 0
  const parts = sizes.map(([kind, size]): WirePart => {
    const part = { kind, start, length: size * 8 }
    start += size * 8
    return part
  })
  return { rate, coding, octets, bits, parts, length: start, groups, levels }
}

/** How long so many bits take, nanoseconds. */
export function wireTime(bits: number, rate: number): number {
  return (bits * 1e9) / rate
}

/** The rate at which so many bits took so long, nanoseconds: a whole megabit where it is one but for rounding. */
export function rateOf(bits: number, time: number): number {
  const rate = (bits * 1e9) / time
  const near = [10e6, 100e6, 1e9].find((one) => Math.abs(rate - one) * time < 2 * one)
  return near ?? Math.round(rate / 1000) * 1000
}

/** The stretch that is looked at, bits. */
export interface Window {
  from: number
  length: number
}

/** The closest that one comes: two octets. */
export const CLOSEST = 16

/** All of a signal. */
export function whole(signal: Signal): Window {
  return { from: 0, length: signal.length }
}

/** A window within the signal. */
export function held(signal: Signal, window: Window): Window {
  const length = Math.min(signal.length, Math.max(CLOSEST, window.length))
  return { length, from: Math.max(0, Math.min(signal.length - length, window.from)) }
}

/** The window `factor` times as long, the bit at `place` (0 to 1 of it) staying where it is. */
export function zoomed(signal: Signal, window: Window, factor: number, place: number): Window {
  const length = Math.min(signal.length, Math.max(CLOSEST, window.length * factor))
  return held(signal, { length, from: window.from + (window.length - length) * place })
}

/** A window moved by a part of its length, at least one bit. */
export function moved(signal: Signal, window: Window, part: number): Window {
  const by = Math.sign(part) * Math.max(1, Math.abs(window.length * part))
  return held(signal, { ...window, from: window.from + by })
}

/** A window that shows some bits of the frame (as details count them), with an octet on each side. */
export function around(signal: Signal, start: number, length: number): Window {
  const first = (PREAMBLE + SFD) * 8 + Math.floor(start / 8) * 8
  const octets = Math.ceil((start + length) / 8) - Math.floor(start / 8)
  return held(signal, { from: first - 8, length: (octets + 2) * 8 })
}

/** The bit of a detail (its octets' highest bit first) that is sent as bit `sent` (each octet's lowest first); `null` outside the frame. */
export function frameBit(signal: Signal, sent: number): number | null {
  const octet = Math.floor(sent / 8) - PREAMBLE - SFD
  return octet < 0 || octet >= signal.octets.length - PREAMBLE - SFD ? null : octet * 8 + 7 - (Math.floor(sent) % 8)
}

/** The part that a bit as sent lies in. */
export function partAt(signal: Signal, sent: number): WirePart {
  return signal.parts.find((part) => sent < part.start + part.length) ?? (signal.parts.at(-1) as WirePart)
}

/** How much is told of what is seen: parts only, octets, or bits. */
export type Scale = 'frame' | 'octet' | 'bit'

/** What can be read at so many pixels a bit. */
export function scaleOf(perBit: number): Scale {
  return perBit >= 9 ? 'bit' : perBit >= 3.2 ? 'octet' : 'frame'
}

/** The line's levels in a window as an SVG path; x in pixels from the window's beginning, `y(level)` its height. */
export function wave(signal: Signal, window: Window, perBit: number, y: (level: number) => number): string {
  const { levels } = signal
  if (levels.length === 0) return ''
  const perLevel = signal.coding === 'manchester' ? 0.5 : 0.8
  const first = Math.max(0, Math.floor(window.from / perLevel))
  const last = Math.min(levels.length, Math.ceil((window.from + window.length) / perLevel))
  let path = ''
  let before: number | null = null
  for (let i = first; i < last; i += 1) {
    const level = levels[i] ?? 0
    const x = (i * perLevel - window.from) * perBit
    if (before === null) path = `M${round(x)},${y(level)}`
    else if (level !== before) path += ` H${round(x)} V${y(level)}`
    before = level
  }
  return before === null ? '' : `${path} H${round((last * perLevel - window.from) * perBit)}`
}

const round = (x: number): number => Math.round(x * 10) / 10
