import type { Loss } from '../trace/fate'
import type { Trace } from '../trace'
import { messagesIn, type Subject } from '../trace'
import type { FrameRow, Id, MessageRow, Nanos, OverviewCell } from '../wire'
import type { Lane, View } from './lanes'

/** One mark on a lane: a message, from its sending to its delivery. */
export interface Mark {
  lane: Lane
  at: Nanos
  /** Delivery, or the sending itself when it has not been delivered. */
  until: Nanos
}

/** Something lost or thrown away. */
export interface DropMark {
  lane: Lane
  /** The frame, as it was where it was lost. */
  frame: Id
  /** Where its message stands on the lane. */
  at: Nanos
  /** When it was lost. */
  when: Nanos
  subject: Subject
}

/** The lane of a message. */
export function laneOf(message: MessageRow): Lane {
  const kind = message.what.kind
  return kind === 'rtp' || kind === 'rtcp' ? kind : 'rtsp'
}

/** The messages of a client that a view shows, and what was dropped among them. */
export function marksIn(trace: Trace, client: number | null, view: View): { marks: Mark[]; drops: DropMark[] } {
  const marks: Mark[] = []
  const drops = new Map<string, DropMark>()
  const mine = (message: MessageRow): boolean =>
    client === null || message.client === null || message.client === client
  for (const segment of trace.segments(Math.max(0, view.from), view.to)) {
    for (const message of segment.messages) {
      if (message.at > view.to || message.at < view.from || !mine(message)) continue
      marks.push({ lane: laneOf(message), at: message.at, until: trace.delivery(message.id)?.at ?? message.at })
    }
    const lost = (frame: FrameRow | undefined, when: Nanos): void => {
      const mark = frame && dropMark(trace, frame, when, mine)
      if (mark) drops.set(`${mark.subject.kind}${mark.subject.id}`, mark)
    }
    for (const hop of segment.hops) if (hop.fate) lost(trace.frame(hop.frame), hop.end)
    for (const receipt of segment.receipts) {
      if (receipt.outcome.kind === 'dropped') lost(trace.frame(receipt.frame), receipt.at)
    }
  }
  return { marks, drops: [...drops.values()] }
}

function dropMark(
  trace: Trace,
  frame: FrameRow,
  when: Nanos,
  mine: (message: MessageRow) => boolean,
): DropMark | null {
  let origin = frame
  // A router's frame stands for the one that it was made from; a network has few routers.
  for (let i = 0; i < 16 && origin.parent !== null; i += 1) {
    const parent = trace.frame(origin.parent)
    if (!parent) break
    origin = parent
  }
  for (const id of messagesIn(origin)) {
    const message = trace.message(id)
    if (!message) continue
    return mine(message) ? { frame: frame.id, lane: laneOf(message), at: message.at, when, subject: { kind: 'message', id } } : null
  }
  const lane: Lane = origin.carried.kind === 'udp' ? 'rtp' : 'rtsp'
  return { frame: frame.id, lane, at: origin.at, when, subject: { kind: 'frame', id: origin.id } }
}

/** The last loss or refusal between two moments: where, and what happened there. */
export function lastDrop(
  trace: Trace,
  from: Nanos,
  to: Nanos,
): { at: Nanos; node: number; loss: Loss; subject: Subject } | null {
  let last: { at: Nanos; node: number; loss: Loss; subject: Subject } | null = null
  const take = (at: Nanos, node: number, loss: Loss, frame: number): void => {
    if (at < from || at > to || (last && last.at > at)) return
    last = { at, node, loss, subject: { kind: 'frame', id: frame } }
  }
  for (const segment of trace.segments(from, to + 1)) {
    for (const hop of segment.hops) {
      if (hop.fate) take(hop.end, hop.from, { kind: 'fate', fate: hop.fate }, hop.frame)
    }
    for (const receipt of segment.receipts) {
      if (receipt.outcome.kind !== 'dropped') continue
      take(receipt.at, receipt.node, { kind: 'dropped', reason: receipt.outcome.reason }, receipt.frame)
    }
  }
  return last
}

/** What happened to one lost frame; `null` when that is not known here. */
export function lossOf(trace: Trace, frame: Id): { node: number; loss: Loss } | null {
  for (const hop of trace.hops(frame)) {
    if (hop.fate) return { node: hop.from, loss: { kind: 'fate', fate: hop.fate } }
  }
  for (const { node, outcome } of trace.receipts(frame)) {
    if (outcome.kind === 'dropped') return { node, loss: { kind: 'dropped', reason: outcome.reason } }
  }
  return null
}

/** The lane for what was lost in a cell of the overview whose rows are not here: what can have been lost in it. */
export function laneOfCell(cell: OverviewCell): Lane {
  return cell.rtp > 0 ? 'rtp' : 'rtsp'
}
