// A picture's family: the pieces it was cut into, and what each travelled in. Pure.

import { lostOnCable } from '../trace/fate'
import { SECOND, type Trace } from '../trace'
import type { FrameRow, Id, MessageRow, Nanos, PictureRow } from '../wire'

/** How things stand with a member at a moment: not made yet, on its way, arrived, lost; or lost and sent again. */
export type Fate = 'ahead' | 'underway' | 'arrived' | 'lost' | 'repeated'

/** An Ethernet frame: as its host sent it, or as a router made it anew. */
export interface FrameLeaf { frame: Id; length: number; fate: Fate; node: number }

/** An IP packet, with the frames that carry it from network to network. */
export interface PacketMember { root: Id; length: number; fate: Fate; frames: FrameLeaf[] }

/** A piece of the picture: an RTP packet in a datagram, or in segments of a connection. */
export interface PieceMember {
  /** From 1. */
  number: number
  sequence: number
  message: Id
  length: number
  transport: 'udp' | 'tcp'
  fate: Fate
  packets: PacketMember[]
}

/** The whole family, as far as it is known. */
export interface Family {
  timestamp: number
  /** Number in its clip, where known. */
  picture: number | null
  pieces: PieceMember[]
  fate: Fate
  /** When it was shown. */
  shown: PictureRow | null
}

/** The packets of a picture lie at most so far around the moment that is looked at. */
const REACH: Nanos = 2 * SECOND

function fateOf(trace: Trace, frame: FrameRow, t: Nanos): Fate {
  if (frame.at > t) return 'ahead'
  const hops = trace.hops(frame.id)
  const last = hops.at(-1)
  const lost = hops.some((hop) => hop.fate && (lostOnCable(hop.fate) ? hop.arrive : hop.queued) <= t)
  const receipts = trace.receipts(frame.id)
  // Where several copies went out, one that arrived is enough.
  if (receipts.some((one) => one.at <= t && (one.outcome.kind === 'accepted' || one.outcome.kind === 'routed'))) return 'arrived'
  if (lost || receipts.some((one) => one.at <= t && one.outcome.kind === 'dropped')) return 'lost'
  return last && last.arrive <= t && trace.children(frame.id).some((child) => child.at <= t) ? 'arrived' : 'underway'
}

/** All frames that a host's frame became on its way. */
function leaves(trace: Trace, root: FrameRow, t: Nanos): FrameLeaf[] {
  const out: FrameLeaf[] = []
  const walk = (frame: FrameRow, guard: number): void => {
    out.push({ frame: frame.id, length: frame.length, fate: fateOf(trace, frame, t), node: frame.node })
    if (guard > 0) for (const child of trace.children(frame.id)) walk(child, guard - 1)
  }
  walk(root, 8)
  return out
}

/** What carries something has the fate of its worst part. */
function worst(fates: readonly Fate[]): Fate {
  for (const fate of ['lost', 'underway', 'ahead'] as const) if (fates.includes(fate)) return fate === 'ahead' && fates.some((one) => one !== 'ahead') ? 'underway' : fate
  return fates.length === 0 ? 'ahead' : 'arrived'
}

function pieceOf(trace: Trace, message: MessageRow, client: number, t: Nanos, number: number): PieceMember {
  const what = message.what
  const packets = trace.framesOf(message.id).map((root): PacketMember => {
    const frames = leaves(trace, root, t)
    return { root: root.id, length: root.length, frames, fate: worst(frames.map((one) => one.fate)) }
  })
  const delivery = trace.delivery(message.id, client)
  const delivered = delivery !== undefined && delivery.node === client && delivery.at <= t
  const tcp = message.transport.kind === 'tcp'
  for (const packet of packets) {
    // TCP sends again what was lost: the packet is gone, what it carried is not.
    if (tcp && packet.fate === 'lost' && (delivered || packets.some((one) => one !== packet && one.fate !== 'lost'))) packet.fate = 'repeated'
  }
  const below = worst(packets.map((one) => (one.fate === 'repeated' ? 'arrived' : one.fate)))
  return {
    number, sequence: what.kind === 'rtp' ? what.sequence : 0, message: message.id, length: message.length, transport: tcp ? 'tcp' : 'udp',
    fate: message.at > t ? 'ahead' : delivered ? 'arrived' : below === 'arrived' ? 'underway' : below, packets,
  }
}

/** The family of the picture with a timestamp that was sent to a client around `t`. */
export function familyOf(trace: Trace, client: number, timestamp: number, t: Nanos): Family {
  const messages: MessageRow[] = []
  let shown: PictureRow | null = null
  for (const segment of trace.segments(Math.max(0, t - REACH), t + REACH)) {
    for (const message of segment.messages) {
      if (message.what.kind !== 'rtp' || message.what.timestamp !== timestamp) continue
      if (message.client === client || message.to === client || trace.delivery(message.id, client)?.node === client) messages.push(message)
    }
    shown ??= segment.pictures.find((one) => one.client === client && one.timestamp === timestamp) ?? null
  }
  const pieces = messages.map((message, i) => pieceOf(trace, message, client, t, (message.what.kind === 'rtp' ? (message.what.index ?? i) : i) + 1))
  const first = messages[0]?.what
  return { timestamp, picture: shown?.number ?? (first?.kind === 'rtp' ? first.picture : null), pieces, fate: worst(pieces.map((one) => one.fate)), shown }
}

/** Whose family is looked at: the followed packet's picture, or else the one on the screen or on its way. */
export function pictureInView(trace: Trace, followed: Id | null, screen: PictureRow | null, client: number | null, t: Nanos): number | null {
  const what = followed === null ? undefined : trace.message(followed)?.what
  if (what?.kind === 'rtp') return what.timestamp
  if (screen) return screen.timestamp
  for (const segment of trace.segments(Math.max(0, t - SECOND), t + 1).reverse()) {
    const found = segment.messages.findLast((one) => one.at <= t && one.what.kind === 'rtp' && (client === null || one.client === client))
    if (found?.what.kind === 'rtp') return found.what.timestamp
  }
  return null
}
