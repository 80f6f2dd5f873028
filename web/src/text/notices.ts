import type { Nanos, Status } from '../wire'
import { clock, span, tenths } from './clock'
import { words } from './index'

/** What a notice offers to do. */
export type NoticeAct = 'tryNow' | 'reload' | 'show' | 'follow' | 'start' | 'watch' | 'dismiss'

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
  trouble: { kind: string; text?: string; plays?: string; at?: Nanos; stood?: boolean } | null
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
  const { notice } = words
  if (status.kind === 'lost') {
    const seconds = Math.max(0, Math.ceil((status.retryAt - wall) / 1000))
    return { id: 'lost', text: notice.lost(seconds), act: act('tryNow'), closable: false }
  }
  return status.kind === 'outdated' ? { id: 'outdated', text: notice.outdated, act: act('reload'), closable: false } : null
}

/** What is offered for a problem; others are only put away. */
const ACTS: Readonly<Record<string, NoticeAct>> = { otherRun: 'start', clientCame: 'watch' }

function troubled({ trouble, history }: Matters): Notice | null {
  const text = trouble && troubleWords(trouble, history)
  return text === null ? null : { id: `${trouble?.kind} ${text}`, text, act: act(ACTS[trouble?.kind ?? ''] ?? 'dismiss'), closable: true }
}

function troubleWords(trouble: { kind: string; text?: string; plays?: string; at?: Nanos; stood?: boolean }, history: Nanos): string | null {
  const { notice } = words
  switch (trouble.kind) {
    case 'historyLimit': return notice.historyLimit(clock(trouble.at ?? 0), limit(history))
    case 'movedOn': return notice.movedOn(clock(trouble.at ?? 0), limit(history))
    case 'clientCame': return notice.clientCame(trouble.text ?? '?', trouble.stood ?? false)
    case 'clientLeft': return notice.clientLeft(trouble.text, tenths(trouble.at ?? 0))
    case 'refused': return trouble.text === undefined ? notice.refused : words.heard(trouble.text)
    case 'otherRun': return words.moments.otherRun(trouble.text ?? '?', trouble.plays ?? '?')
    case 'startedAgain': return words.moments.startedAgain(trouble.text ?? '?', trouble.plays ?? '?')
    case 'noFork': return words.moments.noFork
    case 'noProblem': return notice.noProblem
    default: return null
  }
}

function asked({ sent }: Matters): Notice | null {
  if (!sent) return null
  return { id: `sent ${sent.method} ${sent.at}`, text: words.notice.sent(sent.from === null, sent.method, sent.answer ?? null), act: act('follow'), closable: true }
}

function waiting({ inVain }: Matters): Notice | null {
  if (!inVain) return null
  return { id: 'inVain', text: words.notice.inVain(span(Math.floor(inVain.waited / 1e9) * 1e9), inVain.last), act: act('show'), closable: true }
}

function watching({ viewer }: Matters): Notice | null {
  return viewer ? { id: 'viewer', text: words.notice.viewer, act: act('dismiss'), closable: true } : null
}

function act(id: NoticeAct): Notice['act'] {
  return { id, label: words.notice.acts[id] }
}

function limit(history: Nanos): string {
  const seconds = Math.round(history / 1e9)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
