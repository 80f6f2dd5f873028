import type { Step } from '../trace'
import type { Detail, DetailField, DetailLayer } from '../wire'
import { findField, readFields } from './reading'
import { fit, textWidth } from './text-width'

/** One field of the opened header. */
export interface Cell {
  /** Its place in `layer.fields`. */
  field: number
  name: string
  hex: string
  value: string
  /** The whole value, for the tip. */
  whole: string
  x: number
  width: number
  /** The step reads or writes it. */
  read: boolean
  start: number
  length: number
}

/** The strip's room, pixels. */
export const STRIP = { left: 24, width: 1232 } as const
/** At most so wide a byte. */
const PER_BYTE = 66
const NARROWEST = 61.6
const SIZE = 18
/** The advance of the monospaced type at that size. */
const MONO = 10.8

const hexOf = (detail: Detail, layer: DetailLayer, field: DetailField): string => {
  const source = detail.sources[layer.source] ?? ''
  const first = Math.floor(field.start / 8) * 2
  const last = Math.ceil((field.start + field.length) / 8) * 2
  return source.slice(first, last).replace(/(..)(?=.)/g, '$1 ')
}

/** Shortens to whole octets. */
function fitHex(hex: string, width: number): string {
  const room = Math.floor((width - 6) / MONO)
  if (hex.length <= room) return hex
  const octets = Math.max(1, Math.floor((room - 1) / 3))
  return `${hex.slice(0, octets * 3 - 1)} …`
}

/** Shortens to what fits; what is cut is marked. */
export function shorten(text: string, width: number, size = SIZE): string {
  if (textWidth(text, size) <= width) return text
  let end = text.length
  while (end > 1 && textWidth(`${text.slice(0, end)}…`, size) > width) end -= 1
  return `${text.slice(0, end).trimEnd()}…`
}

/** A value shortened to something that is still true: units as letters, then without its remark. */
function fitValue(text: string, width: number): string {
  const units = text.replace(/\bbytes?\b/, 'B')
  const bare = units.replace(/ \([^)]*\)$/, '')
  return [text, units, bare].find((t) => textWidth(t, SIZE) <= width) ?? shorten(bare, width)
}

/** How much larger big type is. */
const BIG = 1.25

/** A field's names and value in the page's language. */
export interface Told {
  label(english: string): string
  value(english: string): string
}
const AS_IS: Told = { label: (text) => text, value: (text) => text }

/** The fields of a header as cells that fill the strip; `before` is the frame that a router changed. */
export function strip(detail: Detail, layerAt: number, step: Step | null, before: Detail | null, big = false, told: Told = AS_IS): Cell[] {
  const layer = detail.layers[layerAt]
  if (!layer) return []
  const wanted = step ? readFields(step, detail) : []
  const all = layer.fields.map((field, i) => ({ field, i })).filter(({ field }) => field.length > 0)
  // In big type only what is read now has room; where nothing is, all stay.
  const read = ({ field }: { field: DetailField }): boolean => wanted.some((name) => field.name === name || field.children.some((c) => c.name === name))
  const fields = big && all.some(read) ? all.filter(read) : all
  const room = (width: number): number => (big ? width / BIG : width)
  const bytes = fields.map(({ field }) => field.length / 8)
  const widths = big ? spread(bytes.map((b) => b * BIG)) : spread(bytes)
  let x: number = STRIP.left
  return fields.map(({ field, i }, n): Cell => {
    const width = widths[n] ?? 0
    const hex = hexOf(detail, layer, field)
    let value = told.value(field.value)
    const old = before && field.name ? findField(before, field.name) : undefined
    if (step?.kind === 'route' && before && old && /^correct/.test(field.value)) {
      const was = (before.sources[0] ?? '').slice(old.start / 4, (old.start + old.length) / 4)
      if (was !== hex.replaceAll(' ', '')) value = `was ${was}`
    }
    const cell: Cell = {
      field: i, name: fit([told.label(field.label), told.label(field.short)], room(width - 6), SIZE), hex: fitHex(hex, room(width)), value: fitValue(value, room(width - 3)), whole: told.value(field.value), x, width,
      read: read({ field }), start: field.start, length: field.length,
    }
    if (textWidth(cell.name, SIZE) > room(width - 4)) cell.name = shorten(told.label(field.short), room(width - 4))
    x += width
    return cell
  })
}

/** Widths by octets, none too narrow to read, all together at most the strip. */
function spread(bytes: readonly number[]): number[] {
  const least = Math.min(NARROWEST, STRIP.width / Math.max(1, bytes.length))
  const at = (scale: number): number[] => bytes.map((b) => Math.max(least, b * scale))
  const sum = (scale: number): number => at(scale).reduce((a, b) => a + b, 0)
  let [low, high] = [0, PER_BYTE]
  if (sum(high) <= STRIP.width) return at(high)
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2
    if (sum(middle) > STRIP.width) high = middle
    else low = middle
  }
  return at(low)
}
