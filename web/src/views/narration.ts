import { lostOnCable } from '../trace/fate'
import { factOf, underWay, type Bench } from '../scene'
import { publishes } from '../scene/session'
import { linkName, stallsAt } from '../scene/tables'
import { nextPicture } from '../scene/watch'
import type { Session } from '../state/session.svelte'
import { words, type FilmFact } from '../text'
import { SECOND, type Step } from '../trace'

/** The sentence of a step. */
export function stepCaption(session: Session, step: Step): string {
  const clientName = (node: number): string | null =>
    shortName(session.room?.clients.find((c) => c.real && c.node === node)?.name) ?? session.room?.sources.find((s) => s.node === node)?.name.slice(0, 20) ?? null
  void session.memory.picturesVersion
  return words.caption(factOf(step, { shows: (picture) => session.memory.shows(picture), topology: session.topology, clientName, detailOf: (frame) => session.detailOf(frame), sending: (message) => session.trace.framesOf(message)[0]?.id ?? null }))
}

/** A program's name without its version and remarks: `Lavf59.27.100` is long enough. */
export function shortName(name: string | undefined): string | null {
  return name === undefined ? null : (name.split(/[\s/(]/)[0] ?? name).slice(0, 20)
}

/** A server's name, short enough to stand over its stack. */
export function hostOf(name: string): string {
  return name.length <= 16 ? name : `${name.slice(0, 15)}…`
}

/** A device's name; a host that stands for a program or a server outside has that one's. */
export function nodeName(session: Session, node: number): string {
  const found = session.topology.nodes.find((one) => one.id === node)
  if (found?.kind === 'source') return hostOf(session.room?.sources.find((one) => one.node === node)?.name ?? found.name)
  if (found?.kind === 'gateway') return shortName(session.room?.clients.find((one) => one.node === node)?.name) ?? found.name
  return found?.name ?? ''
}

/** What stands over the bar: what the PDU is called and how long it is. */
export function stepTitle(session: Session, step: Step, bench: Bench): string {
  const pdu = words.pdu(bench.pdu, bench.bytes)
  if (!bench.lost) return pdu
  const what = step.message?.what
  const node = session.topology.nodes.find((n) => n.id === step.node)?.name ?? ''
  return words.lostTitle(what?.kind === 'rtp' ? what.sequence : null, lostOnCable(step.hop?.fate) ? null : node)
}

/** What the page shows while nothing is followed. */
export function filmFact(session: Session): FilmFact {
  void session.rowsVersion
  const { trace, t } = session
  if (session.status.kind !== 'open' && session.hello === null) return { kind: 'connecting' }
  const stall = session.client === null ? undefined : stallsAt(trace.states, session.client, t).find((one) => t - one.since > STALLED)
  if (stall) {
    const cable = stall.link === null ? null : linkName(session.topology, stall.link)
    return { kind: 'stalled', start: stall.start, end: stall.end, cable, since: Math.round((t - stall.since) / 1e7) * 1e7 }
  }
  if (!session.playing) return { kind: 'still' }
  if (session.speed === 'beats' && session.waiting) return { kind: 'beats' }
  if (session.speed !== 'beats' && session.speed <= SLOW && !underWay(trace, t)) return between(session, session.speed)
  const change = trace.states.findLast((s) => s.at <= t && s.change.kind === 'media' && s.change.client === session.client)
  const over = change?.change
  if (session.client !== null && session.rtspState(session.client, t) === 'Recording') return published(session, session.client)
  const stopped = over?.kind === 'media' && over.state !== 'playing'
  if (!stopped && mediaBetween(session, Math.max(0, t - SECOND / 2), t).packets > 0) {
    // Counted over a whole second, so that the number holds still, and only if media flowed all through it.
    const end = Math.floor(t / SECOND) * SECOND
    const begun = (change?.at ?? 0) <= end - SECOND && mediaBetween(session, Math.max(0, end - 1.5 * SECOND), end - SECOND).packets > 0
    const { packets, least, most } = mediaBetween(session, Math.max(0, end - SECOND), end)
    const from = session.source?.name.slice(0, 24) ?? null
    if (!begun || packets === 0) return { kind: 'packets', from, rate: null }
    return most > 0 ? { kind: 'pictures', from, least, most, rate: packets, holes: holesBetween(session, end - SECOND, end) } : { kind: 'packets', from, rate: packets }
  }
  if (session.watchedLeft) return { kind: 'left', who: shortName(session.watched?.name) }
  const state = session.client === null ? 'Init' : session.rtspState(session.client, t)
  const started = trace.signalling.some((m) => m.at <= t)
  if (!started) return { kind: 'nothingYet' }
  const last = trace.signalling.findLast((m) => m.at <= t && m.client === session.client && (m.what.kind === 'request' || m.what.kind === 'response'))?.what
  if (last?.kind === 'response' && last.status >= 400) return { kind: 'refused', method: last.method ?? 'a request', status: last.status, reason: last.reason.slice(0, 40) }
  if (over?.kind === 'media' && over.state === 'torn down' && state === 'Init') return { kind: 'ended' }
  if (over?.kind === 'media' && over.state === 'ended') return { kind: 'clipOver' }
  if (session.client !== null && publishes(trace.signalling, session.client, t)) return { kind: 'announcing' }
  if (over === undefined) return { kind: 'arranging' }
  return state === 'Playing' && !stopped ? { kind: 'silent', overTcp: session.watched?.transport === 'tcp' } : { kind: 'quiet' }
}

/** How many pictures that lack a packet the watched client showed in a time. */
function holesBetween(session: Session, from: number, to: number): number {
  let holes = 0
  for (const segment of session.trace.segments(from, to)) {
    for (const picture of segment.pictures) {
      if (picture.client === session.client && !picture.complete && picture.at >= from && picture.at < to) holes += 1
    }
  }
  return holes
}

/** A client that publishes: so many packets of it in the last whole second. */
function published(session: Session, client: number): FilmFact {
  const watched = session.room?.clients.find((c) => c.node === client)
  const end = Math.floor(session.t / SECOND) * SECOND
  const { packets } = mediaBetween(session, Math.max(0, end - SECOND), end)
  return { kind: 'publishing', who: watched?.name === 'Client' ? null : shortName(watched?.name), path: pathOf(watched?.url ?? null), rate: packets }
}

/** The path of an address, or the path itself: `/live`. */
export function pathOf(url: string | null): string | null {
  if (url === null) return null
  const path = url.replace(/^rtsps?:\/\/[^/]*/i, '').replace(/\/$/, '')
  return path === '' ? null : path.slice(0, 30)
}

/** A stall shorter than this cannot be seen. */
const STALLED = 20_000_000

/** From this speed on nothing moves for longer than one waits without a word. */
const SLOW = 0.01

function between(session: Session, speed: number): FilmFact {
  const at = session.client === null ? null : nextPicture(session.trace, session.client, session.t)
  // A round number holds still long enough to be read.
  const due = at === null ? null : Math.ceil((at - session.t) / 1e6) * 1e6
  return { kind: 'between', due, wait: due === null ? null : Math.ceil(due / speed / 1e9) * 1e9 }
}

/** The media packets that were sent to the watched client in a time, and the fewest and the most that one of its pictures had. */
function mediaBetween(session: Session, from: number, to: number): { packets: number; least: number; most: number } {
  let [packets, least, most] = [0, Infinity, 0]
  for (const segment of session.trace.segments(from, to)) {
    for (const message of segment.messages) {
      if (message.at < from || message.at >= to || message.what.kind !== 'rtp') continue
      if (session.client !== null && message.client !== session.client) {
        // What goes to a group is each member's that it reaches.
        if (message.client !== null || session.trace.delivery(message.id, session.client)?.node !== session.client) continue
      }
      packets += 1
      const { of } = message.what
      if (of === null) continue
      least = Math.min(least, of)
      most = Math.max(most, of)
    }
  }
  return { packets, least, most }
}
