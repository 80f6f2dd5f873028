// Who stands at the top of the sequence diagram, and in which state the client is. Pure.

import type { Trace } from '../trace'
import type { Nanos, Node, Topology } from '../wire'
import { chain } from './layout'
import { rtspStateAt } from './session'

/** One vertical line: a host that speaks, or a router that changes addresses. */
export interface Lifeline {
  node: Node
  kind: 'client' | 'translator' | 'peer'
}

/** The client left, whoever it speaks with right, in the order in which they came; between them routers that translate. */
export function lifelines(trace: Trace, topology: Topology, client: number): Lifeline[] {
  const nodeOf = (id: number): Node | undefined => topology.nodes.find((node) => node.id === id)
  const peers: number[] = []
  for (const row of trace.signalling) {
    if (row.client !== client) continue
    const other = row.from === client ? row.to : row.from
    if (other !== null && other !== client && !peers.includes(other)) peers.push(other)
  }
  const server = topology.nodes.find((node) => node.kind === 'server')
  if (peers.length === 0 && server) peers.push(server.id)
  const translators = new Set(trace.states.filter((row) => row.change.kind === 'nat').map((row) => row.node))
  const between = translators.size === 0 ? [] : peers.flatMap((peer) => chain(topology, client, peer).filter((id) => translators.has(id)))
  const line = (id: number, kind: Lifeline['kind']): Lifeline[] => {
    const node = nodeOf(id)
    return node ? [{ node, kind }] : []
  }
  return [...line(client, 'client'), ...[...new Set(between)].flatMap((id) => line(id, 'translator')), ...peers.flatMap((id) => line(id, 'peer'))]
}

/** A stretch of time in which a client is in one state. */
export interface Stretch {
  state: string
  from: Nanos
  /** `null` while it lasts. */
  to: Nanos | null
}

/** The states of a client that touch [from, to]; `first` is the one before the first change that is kept. */
export function stretchesOf(trace: Trace, client: number, first: string, from: Nanos, to: Nanos): Stretch[] {
  const out: Stretch[] = [{ state: rtspStateAt(trace.states, client, from) ?? first, from, to: null }]
  for (const { at, change } of trace.states) {
    if (at > to) break
    if (at <= from || change.kind !== 'rtsp' || change.client !== client) continue
    const last = out.at(-1)
    if (last) last.to = at
    out.push({ state: change.state, from: at, to: null })
  }
  return out
}
