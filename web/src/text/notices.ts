import type { Nanos, Status } from '../wire'
import { clock, span, tenths } from './clock'

/** What a notice offers to do. */
export type NoticeAct = 'tryNow' | 'reload' | 'show' | 'follow' | 'dismiss'

/** A sentence in the caption's place: what, where, what to do. */
export interface Notice {
  /** The same for as long as it is the same matter, while its words may change (a countdown). */
  id: string
  text: string
  act: { id: NoticeAct; label: string }
  /** It can be put away; others stay until their cause is gone. */
  closable: boolean
}

/** Everything that can be wrong, as the page knows it. */
export interface Matters {
  status: Status
  /** Milliseconds of `Date.now`. */
  wall: number
  trouble: { kind: string; text?: string; at?: Nanos } | null
  /** The request that was sent while time ran. */
  sent: { method: string | null; from: number | null; at: Nanos; answer?: { status: number; reason: string } | null } | null
  /** The page may watch and step, but not send requests. */
  viewer: boolean
  /** How far back the tape reaches at most. */
  history: Nanos
  /** PLAY was accepted so long ago, and no packet has come since. */
  inVain: { waited: Nanos; last: string | null } | null
}

/** The most urgent notice, or `null` when all is well. */
export function noticeOf(matters: Matters): Notice | null {
  return lost(matters) ?? troubled(matters) ?? asked(matters) ?? waiting(matters) ?? watching(matters)
}

function lost({ status, wall }: Matters): Notice | null {
  if (status.kind === 'lost') {
    const seconds = Math.max(0, Math.ceil((status.retryAt - wall) / 1000))
    const when = seconds > 0 ? `trying again in ${seconds} s` : 'trying again now'
    return {
      id: 'lost',
      text: `Layercast stopped answering. You can still step through what is here; ${when}.`,
      act: { id: 'tryNow', label: 'Try now' },
      closable: false,
    }
  }
  if (status.kind === 'outdated') {
    return {
      id: 'outdated',
      text: 'Layercast was renewed while this page was open. Reload the page to go on.',
      act: { id: 'reload', label: 'Reload' },
      closable: false,
    }
  }
  return null
}

function troubled({ trouble, history }: Matters): Notice | null {
  const words = trouble && troubleWords(trouble, history)
  return words === null ? null : { id: `${trouble?.kind} ${words}`, text: words, act: { id: 'dismiss', label: 'Close' }, closable: true }
}

function troubleWords(trouble: { kind: string; text?: string; at?: Nanos }, history: Nanos): string | null {
  switch (trouble.kind) {
    case 'historyLimit':
      return `Packets before ${clock(trouble.at ?? 0)} are no longer kept (limit ${limit(history)}).`
    case 'movedOn':
      return `Packets before ${clock(trouble.at ?? 0)} are no longer kept (limit ${limit(history)}), so you were moved on to what is.`
    case 'clientLeft':
      return `${trouble.text ?? 'A client'} left at ${tenths(trouble.at ?? 0)}; its packets stay on the tape.`
    case 'refused':
      return trouble.text ?? 'That was refused.'
    case 'otherRun':
      return `This link is for another run than the one that plays in this room.`
    case 'noProblem':
      return 'No lost or late packet lies after this moment in what is kept here.'
    default:
      return null
  }
}

function asked({ sent }: Matters): Notice | null {
  if (!sent) return null
  return {
    id: `sent ${sent.method} ${sent.at}`,
    text: `The ${sent.from === null ? 'server' : 'client'} ${sent.method === null ? 'has sent its next request' : `has sent ${sent.method}`} while time ran on${answered(sent.answer ?? null)}. It can be followed from its first word.`,
    act: { id: 'follow', label: 'Follow this request' },
    closable: true,
  }
}

function answered(answer: { status: number; reason: string } | null): string {
  return answer === null ? '' : `, and was answered ${answer.status} ${answer.reason.slice(0, 20)}`
}

function waiting({ inVain }: Matters): Notice | null {
  if (!inVain) return null
  const last = inVain.last === null ? '' : ` Last event: ${inVain.last}.`
  return {
    id: 'inVain',
    text: `PLAY was accepted ${span(Math.floor(inVain.waited / 1e9) * 1e9)} ago and no packet has come.${last}`,
    act: { id: 'show', label: 'Show it' },
    closable: true,
  }
}

function watching({ viewer }: Matters): Notice | null {
  if (!viewer) return null
  return {
    id: 'viewer',
    text: 'You are watching the teacher’s room: stepping is yours, requests need the room key.',
    act: { id: 'dismiss', label: 'Close' },
    closable: true,
  }
}

function limit(history: Nanos): string {
  const seconds = Math.round(history / 1e9)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
