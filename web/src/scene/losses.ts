// Where packets were lost a moment ago: the crosses that stay in the valley. Pure.

import { lostOnCable } from '../trace/fate'
import { lowerBound, messagesIn, rootFrame, SECOND, type Journey, type Layer, type Subject, type Trace } from '../trace'
import { dropLayer } from '../trace/journey'
import type { FrameRow, Nanos } from '../wire'
import type { Layout } from './layout'

/** How long a cross stays. */
export const STAYS: Nanos = 2 * SECOND

/** A place at which packets were lost. */
export interface Loss {
  x: number
  y: number
  /** How many of them there. */
  count: number
  /** The last one: it is what a click leads to. */
  subject: Subject
  /** Its RTP sequence number, where it is such a packet. */
  sequence: number | null
  at: Nanos
  /** The device that dropped it; `null`: the cable. */
  node: number | null
}

interface Found { key: string; s: number; at: Nanos; frame: FrameRow; node: number | null }

/** What is lost in (from, t], with its place along the path. */
function found(trace: Trace, layout: Layout, from: Nanos, t: Nanos): Found[] {
  const out: Found[] = []
  for (const segment of trace.segments(Math.max(0, from - SECOND), t + 1)) {
    for (let i = lowerBound(segment.hops, (hop) => hop.queued, from - SECOND); i < segment.hops.length; i += 1) {
      const hop = segment.hops[i]
      if (!hop || hop.queued > t) break
      if (!hop.fate) continue
      const cable = layout.cables.findIndex((c) => c.link === hop.link)
      const frame = trace.frame(hop.frame)
      const place = layout.indexOf(hop.from)
      if (cable < 0 || !frame || place < 0) continue
      const lost = lostOnCable(hop.fate)
      const at = lost ? hop.arrive : hop.queued
      if (at <= from || at > t) continue
      const exit = layout.cables[cable]?.from === place ? 'right' : 'left'
      out.push({ key: `c${cable}${lost}${exit}`, s: lost ? layout.middle(cable) : layout.place(place, 1, exit), at, frame, node: lost ? null : hop.from })
    }
    for (let i = lowerBound(segment.receipts, (receipt) => receipt.at, from); i < segment.receipts.length; i += 1) {
      const receipt = segment.receipts[i]
      if (!receipt || receipt.at > t) break
      if (receipt.outcome.kind !== 'dropped' || receipt.at <= from) continue
      const place = layout.indexOf(receipt.node)
      const frame = trace.frame(receipt.frame)
      if (place < 0 || !frame) continue
      const layer: Layer = dropLayer(receipt.outcome.reason)
      const entry = layout.indexOf(frame.node) < place ? 'left' : 'right'
      out.push({ key: `n${receipt.node}${layer}`, s: layout.place(place, layer, entry), at: receipt.at, frame, node: receipt.node })
    }
  }
  return out
}

/** The crosses at `t`: all that was lost on the way of one client, at most `STAYS` ago; one for each place. */
export function lossesAt(trace: Trace, layout: Layout, t: Nanos, client: number | null): Loss[] {
  const places = new Map<string, Loss>()
  for (const { key, s, at, frame, node } of found(trace, layout, t - STAYS, t)) {
    const root = rootFrame(trace, frame)
    const id = messagesIn(root)[0]
    const message = id === undefined ? undefined : trace.message(id)
    if (client !== null && message && message.client !== null && message.client !== client) continue
    const before = places.get(key)
    if (before && before.at > at) {
      before.count += 1
      continue
    }
    const [x, y] = layout.point(s)
    places.set(key, {
      x, y, at, node, count: (before?.count ?? 0) + 1, sequence: message?.what.kind === 'rtp' ? message.what.sequence : null,
      subject: id === undefined ? { kind: 'frame', id: root.id } : { kind: 'message', id },
    })
  }
  return atPlaces([...places.values()])
}

/** One cross for each place: what was lost there in both directions, or twice, is one with its count. */
function atPlaces(losses: readonly Loss[]): Loss[] {
  const places = new Map<string, Loss>()
  for (const loss of losses) {
    const before = places.get(`${loss.x} ${loss.y}`)
    const last = before && before.at > loss.at ? before : loss
    places.set(`${loss.x} ${loss.y}`, { ...last, count: (before?.count ?? 0) + loss.count })
  }
  return [...places.values()]
}

/** Where what is followed has been lost by `t`. */
export function lossesOf(journey: Journey, placeOf: (step: Journey['steps'][number]) => readonly [number, number] | null, t: Nanos): Loss[] {
  return atPlaces(journey.steps.flatMap((step): Loss[] => {
    const point = step.kind === 'drop' && step.at <= t ? placeOf(step) : null
    if (!point) return []
    const what = step.message?.what
    return [{ x: point[0], y: point[1], count: 1, subject: journey.subject, sequence: what?.kind === 'rtp' ? what.sequence : null, at: step.at, node: lostOnCable(step.hop?.fate) ? null : step.node }]
  }))
}
