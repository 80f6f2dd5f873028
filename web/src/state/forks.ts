import type { Command, ForkChange, ForkState, Nanos, Outcome, RoomState } from '../wire'

/** What handling other futures needs of the session. */
export interface Forking {
  readonly room: RoomState | null
  readonly holdsKey: boolean
  readonly run: number
  readonly beside: number | null
  readonly t: Nanos
  seek(t: Nanos): void
  pause(): void
  command(command: Command, done?: (outcome: Outcome) => void): void
  watchRuns(run: number, beside: number | null): void
}

/** Other futures of the run: made, watched beside the original, and let go of. */
export class Forks {
  #s: Forking
  /** The fork that was asked for here and is shown as soon as it is ready. */
  #awaited: number | null = null

  constructor(session: Forking) {
    this.#s = session
  }

  get all(): readonly ForkState[] { return this.#s.room?.forks ?? [] }
  /** The fork that is watched, or stands beside what is watched. */
  get shown(): ForkState | null {
    const { run, beside } = this.#s
    return this.all.find((fork) => fork.run === run) ?? this.all.find((fork) => fork.run === beside) ?? null
  }
  /** The fork that is being made for this page. */
  get coming(): ForkState | null { return this.all.find((fork) => fork.run === this.#awaited) ?? null }

  /** Why no other future can be made now, in words; `null` when one can. */
  refusal(): string | null {
    return this.#s.holdsKey ? null : 'Another future needs the room’s key.'
  }

  /** Makes another future: the same up to a moment, then one change. */
  make(at: Nanos, change: ForkChange): void {
    if (this.refusal() !== null) return
    this.#s.pause()
    this.#s.command({ kind: 'fork', at: Math.round(at), change }, (outcome) => {
      if (outcome.kind !== 'forked') return
      this.#awaited = outcome.run
      this.arrived()
    })
  }

  /** The room has told how things stand: what was awaited is shown, what was discarded is left. */
  arrived(): void {
    const { run, beside, room } = this.#s
    const awaited = this.coming
    if (awaited?.progress.kind === 'ready') {
      this.#awaited = null
      this.show(awaited.run)
    } else if (awaited?.progress.kind === 'failed') this.#awaited = null
    const gone = (number: number | null): boolean =>
      number !== null && number !== room?.original && room !== null && room.capture?.run !== number && !room.forks.some((fork) => fork.run === number)
    if (gone(run) || gone(beside)) this.back()
  }

  /** Shows a fork, the run that it is another future of beside it, at the moment where they part. */
  show(number: number): void {
    const fork = this.all.find((one) => one.run === number)
    if (!fork) return
    this.#s.watchRuns(fork.run, fork.parent)
    this.#s.seek(fork.firstDifference?.at ?? fork.at)
  }

  /** Back to the original alone. */
  back(): void { this.#s.watchRuns(this.#s.room?.original ?? 0, null) }

  discard(number: number): void {
    if (this.refusal() !== null) return
    if (this.#s.run === number || this.#s.beside === number) this.back()
    this.#s.command({ kind: 'discardFork', run: number })
  }
}
