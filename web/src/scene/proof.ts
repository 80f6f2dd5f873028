// Which fields of a dissected layer the tests compare with another program's. Pure.

import type { Detail, DetailField, DetailLayer } from '../wire'

/** The tick of a layer or field. */
export interface Proof {
  /** The program and version that the tests compare with: `TShark 4.0.17`. */
  checker: string
  /** Every field here is of a kind that is compared. */
  checked: boolean
  /** The labels of those that are not, each once. */
  open: readonly string[]
}

/** The fields without parts; a group's tick is that of its parts, where it has no name of its own. */
function uncovered(field: DetailField): readonly DetailField[] {
  if (field.checked) return []
  if (field.name === null && field.children.length > 0) return field.children.flatMap(uncovered)
  return [field]
}

/** Whether a field is of a kind that the tests compare. */
export const isChecked = (field: DetailField): boolean => uncovered(field).length === 0

/** Whether all fields of a layer are; a layer without fields has nothing to be compared. */
export const isLayerChecked = (layer: DetailLayer): boolean => layer.fields.length > 0 && layer.fields.every(isChecked)

/** The tick of a layer, or of one of its fields. */
export function proofOf(detail: Detail, layer: DetailLayer, field: DetailField | null): Proof {
  const fields = field ? [field] : layer.fields
  return {
    checker: detail.checker,
    checked: field ? isChecked(field) : isLayerChecked(layer),
    open: [...new Set(fields.flatMap(uncovered).map((one) => one.label))],
  }
}
