import type { NoTwin } from '../scene/harm'
import type { Client, Command, ForkChange, ForkState, MediaTransport, Nanos, Outcome, RoomState } from '../wire'

/** What handling other futures needs of the session. */
export interface Forking {
  readonly room: RoomState | null
  readonly holdsKey: boolean
  readonly run: number
  readonly beside: number | null
  readonly t: Nanos
  readonly client: number | null
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

  /** Why no other future can be made now; `null` when one can. */
  refusal(): 'key' | null {
    return this.#s.holdsKey ? null : 'key'
  }

  /** Why no packet of what is shown can fare otherwise: a fork's packets have numbers of their own, and another future begins in the original. */
  packetRefusal(): 'key' | 'fork' | null {
    return this.refusal() ?? (this.all.some((fork) => fork.run === this.#s.run) ? 'fork' : null)
  }

  /** The watched client as it is in the original. */
  get #player(): Client | null { return this.#s.room?.clients.find((one) => one.node === this.#s.client) ?? null }
  /** How its media do not travel in the original. */
  get otherWay(): MediaTransport { return this.#player?.transport === 'tcp' ? 'udp' : 'tcp' }
  /** What is shown is the same run over the other transport. */
  get twins(): boolean { return this.shown?.change?.kind === 'transport' }
  /** How a client's media travel in a run of the two that are shown. */
  wayIn(run: number): MediaTransport {
    const change = this.shown?.change
    const other = change?.kind === 'transport' ? change.transport : this.otherWay
    return run === this.shown?.run ? other : other === 'tcp' ? 'udp' : 'tcp'
  }
  /** Why the same run cannot be shown over the other transport; `null` when it can. */
  noTwin(): NoTwin | null {
    if (!this.#s.holdsKey) return 'key'
    const player = this.#player
    if (player === null || player.real) return 'real'
    return player.transport === null ? 'unset' : null
  }
  /** Shows the same run over the other transport beside the original: same seed, same dice. */
  twin(): void {
    const player = this.#player
    if (player === null || this.noTwin() !== null) return
    const transport = this.otherWay
    const made = this.all.find(({ change, progress }) => progress.kind === 'ready' && change?.kind === 'transport' && change.client === player.node && change.transport === transport)
    if (made) this.show(made.run)
    else this.make(0, { kind: 'transport', client: player.node, transport })
  }

  /** Makes another future: the same up to a moment, then one change. */
  make(at: Nanos, change: ForkChange): void {
    if ((change.kind === 'fault' ? this.packetRefusal() : this.refusal()) !== null) return
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

  /** Shows a fork, the run that it is another future of beside it, at the moment where they part; one over another transport at the moment that is shown. */
  show(number: number): void {
    const fork = this.all.find((one) => one.run === number)
    if (!fork) return
    const { t } = this.#s
    const parted = fork.firstDifference?.at ?? fork.at
    this.#s.watchRuns(fork.run, fork.parent)
    this.#s.seek(fork.change?.kind === 'transport' ? Math.max(parted, t) : parted)
  }

  /** Back to the original alone. */
  back(): void { this.#s.watchRuns(this.#s.room?.original ?? 0, null) }

  discard(number: number): void {
    if (this.refusal() !== null) return
    if (this.#s.run === number || this.#s.beside === number) this.back()
    this.#s.command({ kind: 'discardFork', run: number })
  }
}
