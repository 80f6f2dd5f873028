// Where the arrows of the sequence diagram begin and end. Pure.

import type { Trace } from '../trace'
import type { FrameRow, MessageRow, Nanos, Topology } from '../wire'
import { arrivedAt, fateOf, inside, lossOf, lostIn, type LadderRow } from './ladder'
import { chain } from './layout'
import type { Lifeline } from './lifelines'

/** One arrow: from the lifeline of one node to that of another. */
export interface Arrow {
  from: number
  to: number
  /** When its last octet arrived; `null`: not yet, or never. */
  arrived: Nanos | null
  /** Where it was lost, and how far along its way that is, 0 to 1. */
  lost: { node: number; part: number } | null
  /** How many of a picture's packets were lost. */
  missing: number
  /** Media is drawn thicker: it stands for several packets. */
  thick: boolean
  /** It travels inside the RTSP connection. */
  inside: boolean
}

/** The arrow of a row; `null` for one that is none. */
export function arrowOf(trace: Trace, topology: Topology, row: LadderRow, lines: readonly Lifeline[]): Arrow | null {
  const client = lines.find((line) => line.kind === 'client')?.node.id
  const peers = lines.filter((line) => line.kind === 'peer').map((line) => line.node.id)
  const [peer] = peers
  if (client === undefined || peer === undefined || row.kind === 'gap') return null
  const other = (node: number): number => (node === client ? peer : client)
  const base = { arrived: null, lost: null, missing: 0, thick: false, inside: false }
  if (row.kind === 'segment') {
    const { node, carried } = row.frame
    const connection = carried.kind === 'tcp' ? carried.connection : null
    const to = node === client ? (peerOf(trace, connection, client) ?? peer) : client
    return { ...base, from: node, to, ...fateOfFrame(trace, topology, row.frame, to) }
  }
  if (row.kind === 'address') return { ...base, from: row.frame.node, to: row.frame.node }
  if (row.kind === 'rtsp' || row.kind === 'report') {
    const { from, to } = ends(row.message, client, other)
    return { ...base, from, to, ...fateOfMessage(trace, topology, row.message, client, from, to) }
  }
  const [first] = row.kind === 'run' ? (row.pictures[0]?.packets ?? []) : row.packets
  if (!first) return null
  const { from, to } = ends(first, client, other)
  if (row.kind === 'run') {
    const last = row.pictures.at(-1)
    return { ...base, from, to, arrived: last ? arrivedAt(trace, last, client) : null, thick: true, inside: inside(row.pictures[0] ?? { kind: 'media', at: row.at, packets: [] }) }
  }
  const missing = lostIn(trace, row, client)
  const all = missing.length === row.packets.length && missing[0] !== undefined
  const fate = missing[0] ? fateOf(trace, missing[0], client) : null
  const lost = fate?.kind === 'lost' ? { node: fate.node, part: part(trace, topology, fate.frame, fate.node, from, to) } : null
  return { from, to, arrived: all ? null : arrivedAt(trace, row, client), lost, missing: missing.length, thick: true, inside: inside(row) }
}

/** Sender and receiver as lifelines: what goes to a group goes to the client that is watched. */
function ends(message: MessageRow, client: number, other: (node: number) => number): { from: number; to: number } {
  return { from: message.from, to: message.to ?? (message.from === client ? other(client) : client) }
}

/** With whom a client has a connection. */
function peerOf(trace: Trace, connection: number | null, client: number): number | null {
  const row = trace.signalling.find(({ transport }) => transport.kind === 'tcp' && transport.connection === connection)
  return row ? (row.from === client ? row.to : row.from) : null
}

type Ending = Pick<Arrow, 'arrived' | 'lost'>

function fateOfMessage(trace: Trace, topology: Topology, message: MessageRow, client: number, from: number, to: number): Ending {
  const fate = fateOf(trace, message, client)
  if (fate.kind === 'delivered') return { arrived: fate.at, lost: null }
  if (fate.kind === 'underway') return { arrived: null, lost: null }
  return { arrived: null, lost: { node: fate.node, part: part(trace, topology, fate.frame, fate.node, from, to) } }
}

function fateOfFrame(trace: Trace, topology: Topology, frame: FrameRow, to: number): Ending {
  const queue: FrameRow[] = [frame]
  for (let guard = 0; guard < 32; guard += 1) {
    const here = queue.shift()
    if (!here) break
    const receipt = trace.receipts(here.id).find((one) => one.node === to && one.outcome.kind === 'accepted')
    if (receipt) return { arrived: receipt.at, lost: null }
    queue.push(...trace.children(here.id))
  }
  const loss = lossOf(trace, frame)
  return { arrived: null, lost: loss && { node: loss.node, part: part(trace, topology, loss.frame, loss.node, frame.node, to) } }
}

/** How far along the way between two hosts a device is; a cable lies between its devices. */
function part(trace: Trace, topology: Topology, frame: number, node: number, from: number, to: number): number {
  const way = chain(topology, from, to)
  const place = way.indexOf(node)
  if (place < 0 || way.length < 2) return 0.5
  const onCable = trace.hops(frame).some((hop) => hop.fate && hop.from === node)
  return Math.min(0.94, Math.max(0.06, (place + (onCable ? 0.5 : 0)) / (way.length - 1)))
}
