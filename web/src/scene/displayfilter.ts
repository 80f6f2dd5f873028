// A field as Wireshark's display filters write it. Pure.

import type { Detail } from '../wire'
import { at } from './fields'

/**
 * The display filter that finds frames with the same value in a field, as the server writes it, or,
 * for a layer, frames with that protocol. `null` where Wireshark has no name for it.
 */
export function displayFilter(detail: Detail, path: string | null): string | null {
  const found = at(detail, path)
  return found === null ? null : found.field ? found.field.filter : found.layer.name
}
