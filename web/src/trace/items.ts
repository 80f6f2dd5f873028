import { lostOnCable } from './fate'
import type { FrameRow, Id, MessageRow, Nanos, Topology } from '../wire'
import type { Subject } from './journey'
import { rootFrame } from './journey'
import { messagesIn, SECOND, type Trace } from './trace'

/** Which events are left out of steps and of what is followed next. */
export interface ItemFilters {
  acks: boolean
  arp: boolean
  rtcp: boolean
}

/** Something that can be followed: a message, or a frame that carries none. */
export interface Item {
  at: Nanos
  subject: Subject
  message: MessageRow | null
  frame: FrameRow | null
  /** The filter that leaves it out by itself. */
  filter: keyof ItemFilters | null
}

function filterOf(message: MessageRow | null, frame: FrameRow | null): Item['filter'] {
  if (message) return message.what.kind === 'rtcp' ? 'rtcp' : null
  if (frame?.carried.kind === 'arp') return 'arp'
  return frame?.cause.kind === 'ack' ? 'acks' : null
}

/** Whether a message belongs to the conversation of a client. */
const concerns = (message: MessageRow, client: number | null): boolean =>
  client === null || message.client === null || message.client === client

/**
 * The client (one of `clients`) whose conversation something is part of; null where that is not
 * known, or where it is nobody's (routers asking for addresses).
 */
export function clientOf(trace: Trace, subject: Subject, clients: readonly number[], topology: Topology): number | null {
  if (subject.kind === 'message') return trace.message(subject.id)?.client ?? null
  const row = trace.frame(subject.id)
  if (!row) return null
  const frame = rootFrame(trace, row)
  for (const id of messagesIn(frame)) {
    const client = trace.message(id)?.client
    if (client !== null && client !== undefined) return client
  }
  if (clients.includes(frame.node)) return frame.node
  const link = trace.hops(frame.id)[0]?.link
  const ends = topology.links.find((one) => one.id === link)
  const end = clients.find((client) => client === ends?.a || client === ends?.b)
  if (end !== undefined) return end
  const carried = frame.carried
  if (carried.kind !== 'tcp') return null
  // The server's half of a connection: the other half comes from the client.
  const known = trace.signalling.find(({ transport }) => transport.kind === 'tcp' && transport.connection === carried.connection)
  if (known && known.client !== null) return known.client
  for (const segment of trace.segments(Math.max(0, frame.at - SECOND), frame.at + 1)) {
    for (const other of segment.frames) {
      if (other.carried.kind !== 'tcp' || other.carried.connection !== carried.connection) continue
      if (clients.includes(other.node)) return other.node
    }
  }
  return null
}

/** What can be followed in [from, to), by time: messages of a client, and frames that carry none. */
export function items(trace: Trace, from: Nanos, to: Nanos, client: number | null): Item[] {
  const out: Item[] = []
  for (const segment of trace.segments(from, to)) {
    for (const message of segment.messages) {
      if (message.at < from || message.at >= to || !concerns(message, client)) continue
      out.push({ at: message.at, subject: { kind: 'message', id: message.id }, message, frame: null, filter: filterOf(message, null) })
    }
    for (const frame of segment.frames) {
      if (frame.at < from || frame.at >= to || frame.parent !== null || messagesIn(frame).length > 0) continue
      out.push({ at: frame.at, subject: { kind: 'frame', id: frame.id }, message: null, frame, filter: filterOf(null, frame) })
    }
  }
  return out.sort((a, b) => a.at - b.at)
}

/** A loss or drop: when, and the frame (as its host made it). */
export interface Problem {
  at: Nanos
  frame: Id
  message: Id | null
}

/** The first loss or drop in memory after a moment. */
export function nextProblem(trace: Trace, after: Nanos, client: number | null): Problem | null {
  let best: Problem | null = null
  const consider = (at: Nanos, frameId: Id): void => {
    if (at <= after || (best && best.at <= at)) return
    const frame = trace.frame(frameId)
    if (!frame) return
    const root = rootFrame(trace, frame)
    const message = messagesIn(root)[0] ?? null
    const row = message === null ? undefined : trace.message(message)
    if (row && !concerns(row, client)) return
    best = { at, frame: root.id, message }
  }
  for (const segment of trace.allSegments()) {
    if (best && segment.second * 1e9 > (best as Problem).at) break
    for (const hop of segment.hops) if (hop.fate) consider(lostOnCable(hop.fate) ? hop.arrive : hop.queued, hop.frame)
    for (const receipt of segment.receipts) if (receipt.outcome.kind === 'dropped') consider(receipt.at, receipt.frame)
  }
  return best
}
