import type { Item, Subject } from '../trace'
import { items, nextProblem, SECOND } from '../trace'
import type { AdvanceTo, MessageRow, Nanos } from '../wire'
import { type Following, sameSubject } from './following'
import { CELL } from './overview'
import type { Stage } from './stage'
import type { Sent, StepSize } from './types'

/** How often a world that stands still is moved on by one event before a step gives up. */
const ADVANCES = 400
/** How far ahead something to follow is looked for in memory. */
const AHEAD: Nanos = 3 * SECOND

/** Something that is done as soon as the rows for it are here. */
export type Goal =
  /** The next event of what is followed. */
  | { kind: 'step'; size: StepSize }
  /** The next thing to follow: after a moment, and after `past` where that is still here. */
  | { kind: 'item'; from: Nanos; past: Subject | null }
  /** The next request that was ordered. */
  | { kind: 'new'; from: Nanos; sent: Sent }
  /** The next loss or drop. */
  | { kind: 'problem'; from: Nanos }

/** Reaches for what is not here yet: looks through rows as they come, and lets a world that stands still go on. */
export class Seeking {
  #s: Stage
  #following: Following
  /** Is called before the cursor goes elsewhere by itself. */
  #leaving: () => void
  #goal: Goal | null = null
  #advances = 0
  #advancing = false

  constructor(stage: Stage, following: Following, leaving: () => void) {
    this.#s = stage
    this.#following = following
    this.#leaving = leaving
  }

  /** Goes for something; done at once where its rows are here. */
  want(goal: Goal): void {
    this.#goal = goal
    this.#advances = 0
    this.#s.waiting = true
    this.pursue()
  }

  /** Gives up what was sought. */
  stop(): void {
    this.#goal = null
    this.#s.waiting = false
  }

  /** The message that the followed one caused, or else the next one. */
  onward(): void {
    const caused = this.#following.cause()
    if (caused) this.#following.begin(caused)
    else this.want({ kind: 'item', from: this.#s.t, past: this.#s.subject })
  }

  /** Tries to reach the goal with the rows that are here; otherwise asks for more. */
  pursue(): void {
    const goal = this.#goal
    if (!goal) return
    const found =
      goal.kind === 'step' ? this.#pursueStep(goal.size)
      : goal.kind === 'problem' ? this.#pursueProblem(goal.from)
      : this.#pursueItem(goal)
    if (!found) this.#askForMore(goal)
  }

  #pursueStep(size: StepSize): boolean {
    const s = this.#s
    const next = this.#following.next(size)
    if (next !== undefined) {
      this.stop()
      this.#leaving()
      this.#following.moveTo(next)
      return true
    }
    if (!s.journey?.finished) return false
    if (this.#following.expectsAnswer() && !this.#following.cause()) return false
    this.stop()
    this.#leaving()
    this.onward()
    return true
  }

  /** Also true while rows for it are on their way, or when there is none. */
  #pursueProblem(from: Nanos): boolean {
    const s = this.#s
    const problem = nextProblem(s.trace, from, s.client)
    if (problem) {
      this.stop()
      this.#following.begin(problem.message === null ? { kind: 'frame', id: problem.frame } : { kind: 'message', id: problem.message })
      this.#following.standOn('drop')
    } else if (!this.#fetchProblem(from)) {
      this.stop()
      s.trouble = { kind: 'noProblem' }
    }
    return true
  }

  #pursueItem(goal: Goal & { kind: 'item' | 'new' }): boolean {
    const item = this.#nextItem(goal)
    if (!item) return false
    this.stop()
    this.#following.begin(item.subject)
    return true
  }

  /** The next thing to follow; counts what the filters leave out. */
  #nextItem(goal: Goal & { kind: 'item' | 'new' }): Item | null {
    const s = this.#s
    const past = goal.kind === 'item' ? this.#past(goal.past) : null
    const from = past?.at ?? goal.from
    const candidates = items(s.trace, from, Math.max(from + AHEAD, s.live + 1), s.client).filter((item) => item.at <= s.live)
    // Of those at the same moment only what comes after it in the list.
    const place = past ? candidates.findIndex((item) => sameSubject(item.subject, past.subject)) : -1
    let hidden = 0
    for (const item of candidates.slice(place + 1)) {
      if (sameSubject(item.subject, s.subject)) continue
      if (goal.kind === 'new' && !isSent(item.message, goal.sent, s.client)) continue
      if (item.filter && s.filters[item.filter]) {
        hidden += 1
        continue
      }
      if (this.#following.foreign(item.subject)) continue
      s.hidden += hidden
      return item
    }
    return null
  }

  /** Where the list of what can be followed goes on: behind what was followed, not behind its end. */
  #past(subject: Subject | null): { subject: Subject; at: Nanos } | null {
    if (!subject) return null
    const { trace } = this.#s
    const row = subject.kind === 'message' ? trace.message(subject.id) : trace.frame(subject.id)
    return row ? { subject, at: row.at } : null
  }

  /** Looks for the next drop in the timeline's counts and asks for its rows. */
  #fetchProblem(from: Nanos): boolean {
    const s = this.#s
    const first = Math.max(0, Math.floor((from - s.overviewStart) / CELL) + 1)
    for (let cell = first; cell < s.overview.length; cell += 1) {
      if ((s.overview[cell]?.drops ?? 0) === 0) continue
      const at = s.overviewStart + cell * CELL
      const missing = s.trace.missing(at - SECOND, at + SECOND)
      if (missing.length === 0) continue
      s.want(at - SECOND, at + SECOND)
      return true
    }
    return false
  }

  /** The world stands still: let it go on a little. Otherwise the rows come by themselves. */
  #askForMore(goal: Goal): void {
    const s = this.#s
    if (!s.worldStands || !s.rulesTime || this.#advancing) return
    if (this.#advances >= ADVANCES) {
      this.stop()
      return
    }
    this.#advances += 1
    this.#advancing = true
    const subject = s.subject
    const to: AdvanceTo =
      goal.kind !== 'step' || !subject || s.journey?.finished || this.#advances > 3 ? { kind: 'event' }
      : subject.kind === 'message' ? { kind: 'message', message: subject.id } : { kind: 'frame', frame: subject.id }
    const live = s.live
    s.command({ kind: 'advance', to }, () => {
      this.#advancing = false
      // The rows came before the answer; where nothing came, nothing will.
      if (this.#goal && s.live === live && this.#advances > 3) this.stop()
      else this.pursue()
    })
  }
}

/** A message is the request that was ordered; one of the server must be to the client that is watched. */
function isSent(message: MessageRow | null, sent: Sent, client: number | null): boolean {
  if (message?.what.kind !== 'request' || (sent.method !== null && message.what.method !== sent.method)) return false
  return sent.from === null ? message.client === client && message.from !== client : message.from === sent.from
}
