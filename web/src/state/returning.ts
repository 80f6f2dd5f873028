import type { Subject } from '../trace'
import type { Client, Hello, Id, Nanos, RoomState } from '../wire'
import type { Place } from './place'
import type { Selection, Trouble } from './types'

/** What a place in the address needs of the session. */
export interface Traveller {
  readonly hello: Hello | null
  readonly room: RoomState | null
  readonly clients: readonly Client[]
  readonly run: number
  readonly client: number | null
  readonly oldest: Nanos
  readonly live: Nanos
  readonly t: Nanos
  readonly step: { at: Nanos } | null
  readonly stepIndex: number | null
  readonly subject: Subject | null
  readonly selection: Selection | null
  readonly forks: { shown: unknown }
  playing: boolean
  following: boolean
  invited: boolean
  trouble: Trouble | null
  freeze(): void
  setTime(t: Nanos): void
  turnTo(client: number): void
  watchRuns(run: number, beside: number | null): void
  /** Follows what was followed, as soon as its rows are here. */
  followAgain(subject: Subject, step: number | null): void
  select(frame: Id | null, layer?: number | null, field?: readonly number[] | null): void
}

/** Between the address and the page: reloading (some clickers send F5) or a link lands on the same step. */
export class Returning {
  #s: Traveller
  /** What a link has selected, until its step is here. */
  #linked: { selection: Selection; step: number | null } | null = null

  constructor(session: Traveller) {
    this.#s = session
  }

  /** Goes to a place, when it is one of this run; else says so. */
  to(place: Place, hello: Hello): void {
    const s = this.#s
    if (place.run !== hello.run.id) {
      s.trouble = { kind: 'otherRun', text: place.run, plays: hello.run.id }
      return
    }
    s.playing = false
    s.following = false
    s.invited = false
    s.freeze()
    if (place.t < s.oldest) s.trouble = { kind: 'historyLimit', at: s.oldest }
    s.setTime(Math.max(s.oldest, Math.min(place.t, s.live)))
    if (place.client !== null && s.clients.some((one) => one.node === place.client)) s.turnTo(place.client)
    if (place.fork !== null) {
      if (s.room?.forks.some((fork) => fork.run === place.fork)) s.watchRuns(place.fork, hello.run.number)
      else s.trouble = { kind: 'noFork' }
    }
    if (place.subject) s.followAgain(place.subject, place.step)
    this.#linked = place.selection && { selection: place.selection, step: place.subject ? place.step : null }
    this.refresh()
  }

  /** Rows came: what a link has selected may be here. */
  refresh(): void {
    const linked = this.#linked
    if (!linked || (linked.step !== null && this.#s.stepIndex !== linked.step)) return
    this.#linked = null
    this.#s.select(linked.selection.frame, linked.selection.layer, linked.selection.field)
  }

  /** Where the cursor stands now. */
  get here(): Place | null {
    const { hello, run, selection, subject, client, clients } = this.#s
    if (!hello) return null
    return {
      run: hello.run.id, t: this.#s.step?.at ?? this.#s.t, subject, step: this.#s.stepIndex,
      client: client === (clients[0]?.node ?? null) ? null : client, fork: this.#s.forks.shown ? run : null,
      // What a step shows by itself comes back with the step.
      selection: selection && (selection.layer !== null || !subject) ? selection : null,
    }
  }
}
