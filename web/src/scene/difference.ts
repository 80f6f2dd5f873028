// Two packets beside each other. Pure.

import type { Detail, DetailField, DetailLayer } from '../wire'

/** A row of the table: a field of one or both. */
export interface DifferenceRow {
  /** Layer's place in the first packet, or in the second where only that has it. */
  osi: number
  layer: string
  label: string
  /** `null`: this packet has no such field. */
  a: string | null
  b: string | null
  /** The octets, as hexadecimal digits. */
  hexA: string
  hexB: string
  same: boolean
}

/** What differs of one layer, for the two bars. */
export interface LayerDifference { name: string; title: string; osi: number; inA: boolean; inB: boolean; bytesA: number; bytesB: number; fields: number; different: number }

export interface Difference { layers: LayerDifference[]; rows: DifferenceRow[] }

const hexOf = (detail: Detail, layer: DetailLayer, field: DetailField): string =>
  (detail.sources[layer.source] ?? '').slice(Math.floor(field.start / 8) * 2, Math.ceil((field.start + field.length) / 8) * 2)

/** Pairs things by a key, in the order of the first and then of the second. */
function pairs<T>(a: readonly T[], b: readonly T[], keyOf: (one: T) => string): [T | null, T | null][] {
  const left = new Map<string, T[]>()
  for (const one of b) left.set(keyOf(one), [...(left.get(keyOf(one)) ?? []), one])
  const out: [T | null, T | null][] = a.map((one) => [one, left.get(keyOf(one))?.shift() ?? null])
  for (const rest of left.values()) for (const one of rest) out.push([null, one])
  return out
}

/** The fields of two packets, those that differ marked. */
export function differenceOf(a: Detail, b: Detail): Difference {
  const layers: LayerDifference[] = []
  const rows: DifferenceRow[] = []
  // From the outside in: a layer that only the second packet has goes where it lies in that one.
  const place = ([first, second]: [DetailLayer | null, DetailLayer | null]): number => (first ? a.layers.indexOf(first) : second ? b.layers.indexOf(second) + 0.5 : 0)
  for (const [first, second] of pairs(a.layers, b.layers, (layer) => layer.name).sort((x, y) => place(x) - place(y))) {
    const layer = first ?? second
    if (!layer) continue
    const found = pairs(first?.fields ?? [], second?.fields ?? [], (field) => field.name ?? field.label).map(([x, y]): DifferenceRow => {
      const hexA = first && x ? hexOf(a, first, x) : ''
      const hexB = second && y ? hexOf(b, second, y) : ''
      return { osi: layer.osi, layer: layer.name, label: (x ?? y)?.label ?? '', a: x?.value ?? null, b: y?.value ?? null, hexA, hexB, same: x !== null && y !== null && hexA === hexB && x.value === y.value }
    })
    rows.push(...found)
    layers.push({
      name: layer.name, title: (layer.title.split(':')[0] ?? '').replace(/ header$/, ''), osi: layer.osi, inA: first !== null, inB: second !== null,
      bytesA: (first?.length ?? 0) / 8, bytesB: (second?.length ?? 0) / 8, fields: found.length, different: found.filter((row) => !row.same).length,
    })
  }
  return { layers, rows }
}
