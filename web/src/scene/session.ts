// What one client's session has come to at a moment: its state, its first requests, its video.
// Pure.

import type { MessageRow, Nanos, PictureRow, StateRow } from '../wire'
import { lastShown } from './receiver'

/** The states of an RTSP client (RFC 2326 appendix A.1); a client that publishes has the last one instead of Playing. */
export const STATES = ['Init', 'Ready', 'Playing', 'Recording'] as const

/** The requests that a player makes before the first picture, in order. */
export const OPENING = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'] as const

/** Those that a publisher makes before it sends. */
export const PUBLISHING = ['OPTIONS', 'ANNOUNCE', 'SETUP', 'RECORD'] as const

/** One of the opening requests. */
export interface Tick {
  method: (typeof OPENING)[number] | (typeof PUBLISHING)[number]
  /** `asked`: the request is out; `done`: answered with 200. */
  state: 'open' | 'asked' | 'done' | 'refused'
}

/** What the video area shows. */
export type VideoView =
  | { kind: 'waiting'; ticks: Tick[] }
  | { kind: 'picture'; picture: PictureRow }
  | { kind: 'ended'; picture: PictureRow | null }

/** The client's RTSP state at `t`, as far as a change of it is known. */
export function rtspStateAt(states: readonly StateRow[], client: number, t: Nanos): string | null {
  let state: string | null = null
  for (const row of states) {
    if (row.at > t) break
    if (row.change.kind === 'rtsp' && row.change.client === client) state = row.change.state
  }
  return state
}

/**
 * The state before the first change that is still kept: the one that this change must have left,
 * or the state now when there was none.
 */
export function stateBefore(states: readonly StateRow[], client: number, now: string): string {
  for (const { change } of states) {
    if (change.kind === 'rtsp' && change.client === client) return change.state === 'Playing' || change.state === 'Recording' ? 'Ready' : 'Playing'
  }
  return now
}

/** The parameters of a client's session at `t`, as the server has told or taken them. */
export function parametersAt(states: readonly StateRow[], client: number, t: Nanos): Map<string, string> {
  const out = new Map<string, string>()
  for (const { at, change } of states) {
    if (at > t) break
    if (change.kind === 'parameter' && change.client === client) out.set(change.name, change.value)
    // Another session begins with its own.
    if (change.kind === 'rtsp' && change.client === client && change.state === 'Init') out.clear()
  }
  return out
}

/** When the client's session was torn down at `t`, with nothing begun since; or null. */
export function endedAt(states: readonly StateRow[], client: number, t: Nanos): Nanos | null {
  let ended: Nanos | null = null
  for (const row of states) {
    if (row.at > t) break
    const change = row.change
    if (change.kind === 'media' && change.client === client) {
      ended = change.state === 'torn down' ? row.at : null
    } else if (change.kind === 'client' && change.client === client) {
      ended = change.joined ? null : row.at
    } else if (change.kind === 'rtsp' && change.client === client && change.state === 'Playing') {
      ended = null
    }
  }
  return ended
}

/** A client has said by `t`, after its last DESCRIBE, that it will publish. */
export function publishes(messages: readonly MessageRow[], client: number, t: Nanos): boolean {
  const told = messages.findLast(({ at, client: whose, what }) =>
    at <= t && whose === client && what.kind === 'request' && (what.method === 'ANNOUNCE' || what.method === 'DESCRIBE'))
  return told?.what.kind === 'request' && told.what.method === 'ANNOUNCE'
}

/** How far the opening conversation of a client has come at `t`, given its RTSP messages. */
export function ticksAt(messages: readonly MessageRow[], client: number, t: Nanos): Tick[] {
  const opening = publishes(messages, client, t) ? PUBLISHING : OPENING
  const ticks: Tick[] = opening.map((method) => ({ method, state: 'open' }))
  for (const message of messages) {
    if (message.at > t) break
    if (message.client !== client) continue
    const what = message.what
    if (what.kind !== 'request' && what.kind !== 'response') continue
    const tick = ticks.find((one) => one.method === what.method)
    if (!tick) continue
    if (what.kind === 'request') tick.state = 'asked'
    else tick.state = what.status < 300 ? 'done' : 'refused'
  }
  return ticks
}

/** What the video area shows at `t`. */
export function videoAt(
  session: {
    states: readonly StateRow[]
    rtsp: readonly MessageRow[]
    /** Those that this client showed. */
    pictures: readonly PictureRow[]
  },
  client: number,
  t: Nanos,
): VideoView {
  const ended = endedAt(session.states, client, t)
  const picture = lastShown(session.pictures, t)
  if (ended !== null) return { kind: 'ended', picture }
  if (picture) return { kind: 'picture', picture }
  return { kind: 'waiting', ticks: ticksAt(session.rtsp, client, t) }
}
