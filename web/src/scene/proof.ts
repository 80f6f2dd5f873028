// Which fields of a dissected layer the tests compare with another program's, and what that program
// says of one very frame. Pure.

import type { CheckAnswer, Detail, DetailField, DetailLayer, FieldDifference } from '../wire'

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

/** What tshark says of a layer, or of a field in it, of one very frame. */
export type Verdict =
  /** There is no such program on the server's machine. */
  | { kind: 'missing'; program: string }
  /** Both name so many fields there, and read them alike; `all`: in so many layers of the frame, and nothing differs anywhere. */
  | { kind: 'agrees'; checker: string; fields: number; layers: number | null; given: number }
  /** They read these in different ways. */
  | { kind: 'differs'; checker: string; differences: readonly FieldDifference[]; given: number }
  /** It has no name for what is there, so that there is nothing to compare. */
  | { kind: 'unread'; checker: string; given: number }

/** The names of a field and its parts. */
function names(field: DetailField): readonly string[] {
  return [...(field.name === null ? [] : [field.name]), ...field.children.flatMap(names)]
}

/** What an answer says of a layer, or of one of its fields. */
export function verdictOf(answer: CheckAnswer, layer: number, field: DetailField | null): Verdict {
  if (answer.kind === 'missing') return answer
  const { checker, given } = answer
  const own = answer.layers[layer]
  if (!own) return { kind: 'unread', checker, given }
  const within = field === null ? null : names(field)
  const differences = own.differences.filter((one) => within === null || within.includes(one.name))
  if (differences.length > 0) return { kind: 'differs', checker, differences, given }
  const fields = within === null ? own.compared : within.filter((name) => !own.unread.includes(name)).length
  if (fields === 0) return { kind: 'unread', checker, given }
  const read = answer.layers.filter((one) => one.compared > 0)
  const layers = read.some((one) => one.differences.length > 0) ? null : read.length
  return { kind: 'agrees', checker, fields, layers, given }
}
