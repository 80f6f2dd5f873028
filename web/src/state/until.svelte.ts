import type { Step, Subject } from '../trace'
import type { Command, Found, Get, Nanos, Outcome } from '../wire'
import { SECOND } from '../trace'
import { stepAt, subjectOf } from './lesson/landing'

/** What searching for events needs of the session. */
export interface Searcher {
  readonly t: Nanos
  readonly live: Nanos
  readonly oldest: Nanos
  readonly worldStands: boolean
  readonly rulesTime: boolean
  readonly connected: boolean
  get(get: Get): void
  command(command: Command, done?: (outcome: Outcome) => void): void
  pause(): void
  seek(t: Nanos): void
  standOn(subject: Subject, pick: (steps: readonly Step[]) => number | null): boolean
}

/** How a search stands. */
export type Search =
  | { kind: 'idle' }
  | { kind: 'searching' }
  /** It has not happened yet, and time runs: it is looked for again and again. */
  | { kind: 'waiting' }
  | { kind: 'found'; found: Found }
  /** `reason`: why, in the server's words; `null`: nothing like it lies ahead on the tape, which does not go on. */
  | { kind: 'none'; reason: string | null }
  /** What was written cannot be read; `column` from 1. */
  | { kind: 'wrong'; column: number | null; reason: string }

/** How often something that has not happened yet is looked for again, simulated time. */
const AGAIN: Nanos = SECOND / 2

/** Records may come a little after their moment: so far back is looked again. */
const SLACK: Nanos = SECOND

/** "Run until": the next event of a kind, on the tape or yet to come. */
export class Until {
  #s: Searcher
  /** The panel is open. */
  open = $state(false)
  /** What is written there. */
  text = $state('')
  search = $state.raw<Search>({ kind: 'idle' })

  #query = ''
  #from: Nanos = 0
  /** The world was let go on for this search. */
  #advanced = false
  /** Where it was looked up to when it had not happened. */
  #looked: Nanos = 0
  /** What was found, until the rows of it are here. */
  #coming: Found | null = null

  constructor(session: Searcher) {
    this.#s = session
  }

  /** Goes to the next such event after the cursor. */
  run(query: string): void {
    this.#query = query.trim()
    this.#coming = null
    if (this.#query === '' || !this.#s.connected) return
    this.#from = Math.max(0, Math.floor(this.#s.t))
    this.#advanced = false
    this.#ask(this.#from)
  }

  /** Stops waiting for it. */
  stop(): void {
    this.#coming = null
    this.search = { kind: 'idle' }
  }

  #ask(from: Nanos): void {
    this.search = { kind: 'searching' }
    this.#looked = this.#s.live
    this.#s.get({ kind: 'find', until: this.#query, from })
  }

  /** The server's answer. */
  found(found: Found | null): void {
    if (this.search.kind !== 'searching') return
    const s = this.#s
    if (found) {
      this.search = { kind: 'found', found }
      s.pause()
      s.seek(found.t)
      this.#coming = found
      this.refresh()
    } else if (!s.worldStands) this.search = { kind: 'waiting' }
    else if (s.rulesTime && !this.#advanced) {
      this.#advanced = true
      s.command({ kind: 'advance', to: { kind: 'find', until: this.#query } }, (outcome) => {
        if (this.search.kind !== 'searching') return
        if (outcome.kind === 'refused') this.search = { kind: 'none', reason: outcome.reason }
        else this.#ask(this.#from)
      })
    } else this.search = { kind: 'none', reason: null }
  }

  /** The server cannot read it, or cannot search. */
  refused(reason: string): void {
    if (this.search.kind !== 'searching') return
    const match = /^column (\d+): ([\s\S]*)$/i.exec(reason)
    this.search = match ? { kind: 'wrong', column: Number(match[1]), reason: match[2] ?? '' } : { kind: 'wrong', column: null, reason }
  }

  /** Rows came: what was found may be here now, and what is waited for may have happened. */
  refresh(): void {
    const s = this.#s
    const found = this.#coming
    if (found) {
      const subject = subjectOf(found)
      // Somebody has gone elsewhere meanwhile.
      if (subject === null || Math.abs(s.t - found.t) > 1) this.#coming = null
      else if (s.standOn(subject, (steps) => stepAt(steps, found))) this.#coming = null
      else s.seek(found.t)
    }
    if (this.search.kind === 'waiting' && s.connected && s.live - this.#looked >= AGAIN) this.#ask(Math.max(this.#from, this.#looked - SLACK))
  }

  /** The connection is lost: no answer will come. */
  forgetWaiting(): void {
    if (this.search.kind === 'searching') this.search = { kind: 'idle' }
  }
}
