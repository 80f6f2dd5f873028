// Conditions that are often run to, as events are described (docs/lessons.md). Pure.

import type { Topology } from '../wire'

/** What stands on the button: a kind, and the device that it is about, where there is one. */
export interface Condition {
  id: 'marker' | 'drop' | 'again' | 'hole' | 'request' | 'state'
  /** The device's name. */
  at: string | null
  query: string
}

/** A name as it stands in a description: in quotes where it has other signs than letters and digits. */
const quoted = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : `"${name.replaceAll('"', '')}"`)

/** The conditions that make sense in a network, as its client `client` (a node) sees it. */
export function conditionsOf(topology: Topology, client: number | null): Condition[] {
  const name = (kinds: readonly string[]): string | null => topology.nodes.find((node) => kinds.includes(node.kind))?.name ?? null
  const watched = topology.nodes.find((node) => node.id === client)?.name ?? null
  const router = name(['router']) ?? name(['server'])
  return [
    ...(router === null ? [] : [{ id: 'marker' as const, at: router, query: `arrives ${quoted(router)} with the marker bit` }]),
    { id: 'drop', at: null, query: 'drop' },
    { id: 'again', at: null, query: 'frame where frame.again == true' },
    { id: 'hole', at: null, query: 'picture with missing parts' },
    { id: 'request', at: null, query: 'message where message.kind == "request"' },
    ...(watched === null ? [] : [{ id: 'state' as const, at: watched, query: `state ${quoted(watched)} where state.kind == "rtsp"` }]),
  ]
}
