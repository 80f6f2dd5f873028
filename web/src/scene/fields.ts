// A dissected frame as the tree, the hex dump and the bit ruler need it. Pure.

import type { Detail, DetailField, DetailLayer } from '../wire'
import { isChecked, isLayerChecked } from './proof'

/** A row of the tree that is open now. */
export interface TreeRow {
  /** Place in the tree: layer, field, part, ... */
  path: string
  /** Depth, 1 for a layer, as `aria-level` counts. */
  level: number
  /** Number among its siblings, from 1, and how many these are. */
  position: number
  siblings: number
  label: string
  value: string
  /** OSI layer, for the number and the colour. */
  osi: number
  /** True and false: can be opened; undefined: has no parts. */
  open: boolean | undefined
  range: BitSpan
  /** The tests compare every kind of field here with another program. */
  checked: boolean
}

/** Bits in one of the sources of a detail. */
export interface BitSpan {
  source: number
  start: number
  length: number
}

/** One octet of the hex dump. */
export interface HexCell {
  offset: number
  hex: string
  ascii: string
}

/** One row of the hex dump. */
export interface HexRow {
  offset: number
  cells: HexCell[]
}

/** One bit of the ruler. */
export interface RulerBit {
  value: 0 | 1
  /** The path of the smallest field that owns it. */
  path: string | null
  mine: boolean
}

/** The rows of the tree, of which the open ones (by path) show their parts. */
export function treeRows(detail: Detail, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  detail.layers.forEach((layer, index) => {
    const path = String(index)
    rows.push({
      path,
      level: 1,
      position: index + 1,
      siblings: detail.layers.length,
      label: layer.title,
      value: layer.summary || octets(layer.length),
      osi: layer.osi,
      open: layer.fields.length > 0 ? open.has(path) : undefined,
      range: { source: layer.source, start: layer.start, length: layer.length },
      checked: isLayerChecked(layer),
    })
    if (open.has(path)) push(rows, layer.fields, layer, path, 2, open)
  })
  return rows
}

/** The first field of a Wireshark name, or the first layer that is called so: its layer's place, and the places within. */
export function pathOfField(detail: Detail, name: string): { layer: number; field: number[] | null } | null {
  const within = (fields: readonly DetailField[]): number[] | null => {
    for (const [i, field] of fields.entries()) {
      if (field.name === name) return [i]
      const inner = within(field.children)
      if (inner) return [i, ...inner]
    }
    return null
  }
  for (const [layer, one] of detail.layers.entries()) {
    const field = within(one.fields)
    if (field) return { layer, field }
  }
  const layer = detail.layers.findIndex((one) => one.name === name)
  return layer < 0 ? null : { layer, field: null }
}

function push(
  rows: TreeRow[],
  fields: readonly DetailField[],
  layer: DetailLayer,
  parent: string,
  level: number,
  open: ReadonlySet<string>,
): void {
  fields.forEach((field, index) => {
    const path = `${parent}.${index}`
    rows.push({
      path,
      level,
      position: index + 1,
      siblings: fields.length,
      label: field.label,
      value: field.value,
      osi: layer.osi,
      open: field.children.length > 0 ? open.has(path) : undefined,
      range: { source: layer.source, start: field.start, length: field.length },
      checked: isChecked(field),
    })
    if (open.has(path)) push(rows, field.children, layer, path, level + 1, open)
  })
}

/** The layer of a path, and the field when the path names one. */
export function at(detail: Detail, path: string | null): { layer: DetailLayer; field: DetailField | null } | null {
  if (path === null) return null
  const [first, ...rest] = path.split('.').map(Number)
  const layer = first === undefined ? undefined : detail.layers[first]
  if (!layer) return null
  let fields = layer.fields
  let field: DetailField | null = null
  for (const index of rest) {
    const next: DetailField | undefined = fields[index]
    if (!next) return null
    field = next
    fields = next.children
  }
  return { layer, field }
}

/** The bits of a path. */
export function spanOf(detail: Detail, path: string | null): BitSpan | null {
  const found = at(detail, path)
  if (!found) return null
  const { layer, field } = found
  const bits = field ?? layer
  return { source: layer.source, start: bits.start, length: bits.length }
}

/** The path of a field by its display-filter name, or of a layer by its protocol; the first. */
export function find(detail: Detail, name: string): string | null {
  for (const [index, layer] of detail.layers.entries()) {
    if (layer.name === name) return String(index)
    const inside = search(layer.fields, name, String(index))
    if (inside) return inside
  }
  return null
}

function search(fields: readonly DetailField[], name: string, parent: string): string | null {
  for (const [index, field] of fields.entries()) {
    const path = `${parent}.${index}`
    if (field.name === name) return path
    const inside = search(field.children, name, path)
    if (inside) return inside
  }
  return null
}

/** The path of the smallest thing that owns this octet (bit `bit` of it, when given). */
export function owner(detail: Detail, source: number, octet: number, bit = 0): string | null {
  const place = octet * 8 + bit
  let best: string | null = null
  detail.layers.forEach((layer, index) => {
    if (layer.source !== source || !covers(layer, place)) return
    best = String(index)
    let fields = layer.fields
    for (;;) {
      const next = fields.findIndex((field) => covers(field, place))
      const field = fields[next]
      if (!field) break
      best = `${best}.${next}`
      fields = field.children
    }
  })
  return best
}

/** All paths above one: what must be open for it to be seen. */
export function ancestors(path: string): string[] {
  const parts = path.split('.')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'))
}

/** A source as rows of octets. */
export function hexRows(source: string, perRow: number): HexRow[] {
  const rows: HexRow[] = []
  const total = source.length >> 1
  for (let offset = 0; offset < total; offset += perRow) {
    const cells: HexCell[] = []
    for (let i = offset; i < Math.min(total, offset + perRow); i++) {
      const hex = source.slice(i * 2, i * 2 + 2)
      const code = Number.parseInt(hex, 16)
      cells.push({ offset: i, hex, ascii: code >= 32 && code < 127 ? String.fromCharCode(code) : '·' })
    }
    rows.push({ offset, cells })
  }
  return rows
}

/** Whether an octet lies in a span, wholly or in part. */
export function touches(span: BitSpan | null, source: number, octet: number): boolean {
  if (!span || span.source !== source || span.length === 0) return false
  return span.start < (octet + 1) * 8 && octet * 8 < span.start + span.length
}

/** True when a field, or a part of it, does not begin and end at octets, so that its bits should be shown. */
export function needsRuler(span: BitSpan | null, parts: readonly DetailField[] = []): boolean {
  if (span === null || span.length === 0) return false
  const broken = (bits: { start: number; length: number }): boolean => bits.start % 8 !== 0 || bits.length % 8 !== 0
  return broken(span) || (span.length <= 32 && parts.some(broken))
}

/** The bits of all octets that a span touches; at most four octets. */
export function ruler(detail: Detail, span: BitSpan): RulerBit[] {
  const source = detail.sources[span.source] ?? ''
  const first = Math.floor(span.start / 8)
  const last = Math.min(Math.ceil((span.start + span.length) / 8), first + 4)
  const bits: RulerBit[] = []
  for (let octet = first; octet < last; octet++) {
    const value = Number.parseInt(source.slice(octet * 2, octet * 2 + 2), 16)
    if (Number.isNaN(value)) break
    for (let bit = 0; bit < 8; bit++) {
      const place = octet * 8 + bit
      bits.push({
        value: ((value >> (7 - bit)) & 1) as 0 | 1,
        path: owner(detail, span.source, octet, bit),
        mine: place >= span.start && place < span.start + span.length,
      })
    }
  }
  return bits
}

function covers(bits: { start: number; length: number }, place: number): boolean {
  return place >= bits.start && place < bits.start + bits.length
}

function octets(bits: number): string {
  const bytes = bits / 8
  return bytes === 1 ? '1 byte' : `${bytes.toLocaleString('en-US')} bytes`
}
