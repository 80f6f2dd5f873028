import type { Journey, Step, Subject } from '../trace'
import { SECOND, Trace } from '../trace'
import type {
  Client, Command, Detail, Get, Hello, Id, Nanos, OpenChannel, Outcome, OverviewCell, PageMessage, PictureRow,
  RoomState, Rows, ServerMessage, Source, Status, Topology,
} from '../wire'
import { rtspStateAt, stateBefore } from '../scene/session'
import { Conversation } from '../wire'
import { LiveClock } from './clock'
import { Details } from './details'
import { addToOverview, trimOverview } from './overview'
import { Orders } from './orders'
import { Pictures } from './pictures'
import type { Place } from './place'
import { preferences } from './preferences.svelte'
import { Stepper } from './stepper'
import type { DetailState, Filters, Hover, Selection, Sent, Speed, StepSize, Trouble } from './types'

/** How near to the live edge the cursor counts as live while time stands still. */
const NEAR_LIVE: Nanos = 300_000_000

/** The part of a moving step that has passed, for the stage. */
export interface Motion {
  from: Step
  to: Step
  /** 0 to 1. */
  progress: number
}

/** The three parts of a step's motion, milliseconds: hold, fill, move. */
export const MOTION = { hold: 300, fill: 350, move: 700 } as const
const MOTION_MS = MOTION.hold + MOTION.fill + MOTION.move
/** Reduced motion: the same step as a cross-fade. */
const FADE_MS = 250
/** With "beats", one step this often, milliseconds. */
const BEAT_MS = 1800

/**
 * Everything the views show and do. Fields marked with `$state` are reactive; the trace is
 * not, so a view that reads from it also reads `rowsVersion` (and mostly `t`).
 */
export class Session {
  /** The rows that are in memory. Read `rowsVersion` beside it. */
  readonly trace = new Trace()
  /** The JPEGs that players showed. Read `picturesVersion` beside it. */
  readonly pictures = new Pictures()

  /** Grows whenever `trace` changed. */
  rowsVersion = $state(0)
  /** Grows whenever `pictures` got one. */
  picturesVersion = $state(0)
  /** Grows whenever a detail came. */
  detailsVersion = $state(0)

  status = $state.raw<Status>({ kind: 'connecting' })
  hello = $state.raw<Hello | null>(null)
  room = $state.raw<RoomState | null>(null)
  /** The timeline's counts, a cell for each tenth of a second; the first is at `overviewStart`. Read `rowsVersion` beside it. */
  overview: OverviewCell[] = []
  overviewStart: Nanos = 0

  /** The moment that everything on the page shows. */
  t = $state<Nanos>(0)
  /** The latest moment that is known. */
  live = $state<Nanos>(0)
  /** Nothing before this moment is kept. */
  oldest = $state<Nanos>(0)
  /** The cursor moves by itself. */
  playing = $state(true)
  speed = $state.raw<Speed>(1)
  /** The cursor keeps up with the world while it plays. */
  following = $state(true)

  /** What is followed step by step. */
  subject = $state.raw<Subject | null>(null)
  journey = $state.raw<Journey | null>(null)
  /** The step that the cursor stands on (or last passed). */
  stepIndex = $state<number | null>(null)
  /** The step that is being made. */
  motion = $state.raw<Motion | null>(null)
  /** The next event is not known yet; the step is made when it is. */
  waiting = $state(false)
  stepSize = $state.raw<StepSize>('layer')
  filters = $state.raw<Filters>({ acks: true, arp: true, rtcp: true })
  /** How many events the filters have hidden from steps since following began. */
  hidden = $state(0)

  selection = $state.raw<Selection | null>(null)
  hovered = $state.raw<Hover | null>(null)
  /** A bit of the selected frame that was picked, as details count them. */
  bit = $state<number | null>(null)
  /** Whether the selected frame is shown as bits on a cable, where a hand has said so. */
  #wire = $state.raw<{ frame: Id; step: Step | null; on: boolean } | null>(null)

  /** The client whose conversation is shown (a node). */
  client = $state<number | null>(null)
  /** A problem other than a lost connection (for that, see `status`). */
  trouble = $state.raw<Trouble | null>(null)
  /** The request that was sent last while time ran, until it is followed or forgotten. */
  sent = $state.raw<Sent | null>(null)
  /** True while the first-open invitation is on the stage. */
  invited = $state(true)
  /** Motions become cross-fades, and the page starts paused. */
  reducedMotion = $state(false)

  /** Another moment than the cursor's that is looked at: its rows stay in memory too. */
  reading: Nanos | null = null

  /** A place to come back to, from the address; taken once its run is here. */
  returnTo: Place | null = null

  readonly #details = new Details()
  #refusedDetail = new Map<Id, string>()
  /** The codings known, by client, source and payload type, each with the frame that tells. */
  readonly #codecs = new Map<string, { frame: Id; name: string | null }>()
  #conversation: Conversation
  #clock = new LiveClock()
  #stepper: Stepper
  /** Requests and whatever else changes the world; for the holder of the room's key. */
  readonly orders: Orders = new Orders(this)
  #number = 0
  #asked = new Map<number, { get?: Get; command?: Command; done?: (outcome: Outcome) => void }>()
  #segmentAsked = false
  #lastFrame = 0
  #motionStart = 0
  #beat = 0

  constructor(channel: OpenChannel) {
    this.#conversation = new Conversation(channel, {
      status: (status) => {
        if (status.kind === 'lost') {
          this.#asked.clear()
          this.#segmentAsked = false
          this.#details.forgetWaiting()
        }
        this.status = status
      },
      message: (message) => this.#receive(message),
      picture: (picture) => {
        for (const [id, asked] of this.#asked) {
          if (asked.get?.kind === 'picture' && asked.get.picture === picture.picture) this.#asked.delete(id)
        }
        this.pictures.add(picture)
        this.picturesVersion += 1
      },
    })
    this.#stepper = new Stepper(this)
  }

  start(): void { this.#conversation.start() }
  stop(): void { this.#conversation.stop() }
  /** Tries the connection again now. */
  tryNow(): void { this.#conversation.start() }

  // What views ask for.

  /** The whole network, real clients included. */
  topology = $derived.by<Topology>(() => {
    const fixed = this.hello?.topology ?? { nodes: [], links: [] }
    const added = this.room?.added ?? { nodes: [], links: [] }
    return { nodes: [...fixed.nodes, ...added.nodes], links: [...fixed.links, ...added.links] }
  })
  get holdsKey(): boolean { return this.hello?.holdsKey ?? false }
  /** The page may let the world stand still: it holds the key, and no real client is connected. */
  get rulesTime(): boolean { return this.holdsKey && (this.room?.realClients ?? 0) === 0 && !this.#sourceStands }
  get #sourceStands(): boolean {
    return this.room?.sources.some((s) => s.left === null && (s.state === 'open' || s.state === 'connected')) ?? false
  }
  /** The real server that the watched client plays from at the cursor, if it does. */
  get source(): Source | null {
    const { room, client, t } = this
    return room?.sources.find((s) => s.client === client && s.opened <= t && (s.left === null || t < s.left)) ?? null
  }
  /** The coding of the media that a client sends or gets at a moment, as its packets name it; `null` until one is open. */
  codec(client: number, t: Nanos): string | null {
    const found = this.trace.segments(Math.max(0, t - SECOND), t + 1).flatMap((segment) => segment.messages)
      .findLast((message) => message.at <= t && message.what.kind === 'rtp' && message.client === client)
    if (found?.what.kind !== 'rtp') return null
    const key = `${client} ${found.what.ssrc} ${found.what.payloadType}`
    const known = this.#codecs.get(key)
    const frame = known?.frame ?? this.trace.framesOf(found.id)[0]?.id
    if (known?.name || frame === undefined) return known?.name ?? null
    const summary = this.detailOf(frame)?.layers.find((layer) => layer.name === 'rtp')?.summary
    // The first frame asked for stays the one that is waited for.
    this.#codecs.set(key, { frame, name: summary?.split(',')[0] ?? null })
    if (summary === undefined) this.fetchDetail(frame)
    return this.#codecs.get(key)?.name ?? null
  }
  /** The client that is watched, as the room knows it. */
  get watched(): Client | null { return this.room?.clients.find((c) => c.node === this.client) ?? null }
  /** Nothing that the page shows is older than what happens now. */
  get atLive(): boolean {
    return this.playing ? this.following : this.worldStands && this.live - this.t < NEAR_LIVE
  }
  get worldStands(): boolean { return this.room?.pace.kind === 'frozen' }
  /** How far behind live the cursor is. */
  get behind(): Nanos { return Math.max(0, this.live - this.t) }
  get step(): Step | null {
    return this.stepIndex === null ? null : (this.journey?.steps[this.stepIndex] ?? null)
  }
  get fiveLayers(): boolean { return preferences.model === 'tcpip' }
  /** `3 of 9`: which of the steps shown the cursor stands on; `of` while it is known. */
  get stepCount(): { n: number; of: number | null } | null {
    void this.journey
    return this.#stepper.count()
  }
  /** Nothing more happens to what is followed, and the cursor is at its end. */
  get ended(): boolean {
    const journey = this.journey
    return journey !== null && journey.finished && this.stepIndex !== null && !this.#stepper.hasNext()
  }
  /** The detail of the selected frame, as far as it is here. */
  get detail(): DetailState {
    const frame = this.selection?.frame
    if (frame === undefined) return { kind: 'none' }
    const detail = this.detailOf(frame)
    if (detail) return { kind: 'here', frame, detail }
    const reason = this.#refusedDetail.get(frame)
    return reason === undefined ? { kind: 'waiting', frame } : { kind: 'refused', frame, reason }
  }
  /** The detail of a frame if it is in memory; reactive. */
  detailOf(frame: Id): Detail | null {
    void this.detailsVersion
    return this.#details.get(frame) ?? null
  }
  /** The RTSP state of a client at a moment. */
  rtspState(client: number, t: Nanos): string {
    const { oldest, states } = this.trace
    const now = this.room?.clients.find((one) => one.node === client)?.state
    return rtspStateAt(states, client, t) ?? (oldest > 0 ? stateBefore(states, client, now ?? 'Init') : 'Init')
  }
  /** The picture that is on the client's screen at a moment. */
  pictureAt(client: number, t: Nanos): PictureRow | null {
    for (const segment of this.trace.segments(t - 2 * SECOND, t + 1).reverse()) {
      const rows = segment.pictures
      for (let i = rows.length - 1; i >= 0; i -= 1) {
        const row = rows[i]
        if (row && row.at <= t && row.client === client) return row
      }
    }
    return null
  }
  // What views do.

  play(): void {
    this.finishMotion()
    this.invited = false
    this.waiting = false
    this.playing = true
    this.#beat = 0
    if (this.speed === 1) this.#stepper.leave()
    this.following = this.behind < NEAR_LIVE
    if (this.following) this.#runWorld()
  }
  /** Time stands still now, and with it the world where this page rules it. */
  pause(): void {
    this.finishMotion()
    this.invited = false
    this.playing = false
    this.#freezeWorld()
  }
  toggle(): void { if (this.playing) this.pause(); else this.play() }
  stepForward(size: StepSize = this.stepSize): void { this.#stepper.forward(size) }
  stepBack(): void { this.#stepper.back() }
  setStepSize(size: StepSize): void { this.stepSize = size }
  setSpeed(speed: Speed): void {
    this.speed = speed
    if (this.playing && this.following) this.#runWorld()
  }
  setFilters(filters: Filters): void {
    this.filters = filters
    this.#stepper.refresh()
  }
  /** Follows a message or a frame from its first event, or (null) nothing. */
  follow(subject: Subject | null): void { this.#stepper.follow(subject) }
  /** First open: takes a message near the cursor and stops on its first step. */
  followOne(): void { this.#stepper.followOne() }
  nextMessage(): void { this.#stepper.nextMessage() }
  nextProblem(): void { this.#stepper.nextProblem() }
  followRequest(sent: Sent): void { this.#stepper.followRequest(sent) }
  /** The selected frame is shown as bits on a cable: at a step there, or because a hand wants it. */
  get onWire(): boolean {
    const wanted = this.#wire
    if (wanted && wanted.frame === this.selection?.frame && wanted.step === this.step) return wanted.on
    return this.step?.kind === 'bits' && this.selection?.layer == null
  }
  showWire(on: boolean): void {
    const frame = this.selection?.frame
    if (frame !== undefined) this.#wire = { frame, step: this.step, on }
  }
  chooseBit(bit: number | null): void { this.bit = bit }
  /** Looks at one layer of the selected frame; 0: at none in particular. */
  lens(layer: number): void {
    const frame = this.selection?.frame
    const detail = frame === undefined ? null : this.detailOf(frame)
    if (frame === undefined || !detail) return
    if (layer === 1) { this.showWire(!this.onWire); return }
    const found = detail.layers.findIndex((one) => one.osi === layer)
    if (layer === 0) this.select(frame)
    else if (found >= 0) this.select(frame, found)
  }
  select(frame: Id | null, layer: number | null = null, field: readonly number[] | null = null): void {
    if (frame !== this.selection?.frame) this.bit = null
    this.#wire = null
    this.selection = frame === null ? null : { frame, layer, field }
    if (frame !== null) this.fetchDetail(frame)
  }
  hover(hover: Hover | null): void { this.hovered = hover }
  goLive(): void {
    this.finishMotion()
    this.invited = false
    this.#stepper.leave()
    this.selection = null
    this.trouble = null
    this.following = true
    this.playing = true
    if (this.speed === 'beats') this.speed = 1
    this.#runWorld()
  }
  /** Puts the cursor on a moment of the tape. */
  seek(t: Nanos): void {
    this.finishMotion()
    this.invited = false
    this.sent = null
    if (t < this.oldest) this.trouble = { kind: 'historyLimit', at: this.oldest }
    this.following = false
    this.setTime(Math.max(this.oldest, Math.min(t, this.live)))
    this.#stepper.place()
  }
  watch(client: number): void {
    if (this.client === client) return
    this.#stepper.leave()
    this.turnTo(client)
  }
  /** Watches a client without leaving what is followed: it is that client's. */
  turnTo(client: number): void {
    if (this.client === client) return
    this.client = client
    this.#send({ type: 'watch', client })
  }
  /** Asks for the JPEG of a picture that is not in memory. */
  fetchPicture(id: Id): void { if (!this.pictures.ask(id)) return; this.get({ kind: 'picture', picture: id }) }
  fetchDetail(frame: Id): void { if (this.#details.ask(frame)) this.get({ kind: 'detail', frame }) }
  /** Asks for the rows of a time that is not in memory (at most ten seconds at once). */
  want(from: Nanos, to: Nanos): void {
    if (this.#segmentAsked || this.status.kind !== 'open') return
    const seconds = this.trace.missing(from, to)
    const first = seconds[0]
    if (first === undefined) return
    let last = first
    while (seconds.includes(last + 1) && last - first < 9) last += 1
    this.#segmentAsked = true
    this.get({ kind: 'segment', from: first * SECOND, to: (last + 1) * SECOND })
  }

  command(command: Command, done?: (outcome: Outcome) => void): void {
    this.#number += 1
    this.#asked.set(this.#number, done ? { command, done } : { command })
    this.#send({ type: 'command', id: this.#number, command })
  }
  get(get: Get): void {
    this.#number += 1
    this.#asked.set(this.#number, { get })
    this.#send({ type: 'get', id: this.#number, get })
  }

  // For the loop and the stepper.

  /** One frame of the page's one animation loop; `wall` in milliseconds. */
  frame(wall: number): void {
    const passed = Math.min(250, this.#lastFrame === 0 ? 16 : wall - this.#lastFrame)
    this.#lastFrame = wall
    if (this.motion) {
      const length = this.reducedMotion ? FADE_MS : MOTION_MS
      if (this.#motionStart === 0) this.#motionStart = wall
      const progress = (wall - this.#motionStart) / length
      if (progress >= 1) this.finishMotion()
      else this.motion = { ...this.motion, progress }
    } else if (this.playing) {
      this.#advance(passed, wall)
    }
    this.want(this.t - SECOND, this.t + SECOND)
  }

  #advance(passed: number, wall: number): void {
    if (this.speed === 'beats') {
      if (this.#beat === 0 || wall - this.#beat >= BEAT_MS) {
        this.#beat = wall
        this.#stepper.beat()
      }
      return
    }
    const speed = this.speed * 1_000_000
    if (this.reducedMotion && this.invited && this.client !== null && this.pictureAt(this.client, this.t)) {
      // With reduced motion the page waits on the first picture, the invitation beside it.
      this.playing = false
      this.#freezeWorld()
      return
    }
    if (this.following) {
      this.setTime(this.#clock.move(this.t, passed, wall, speed))
    } else {
      const t = this.t + passed * speed
      if (t >= this.live - 30 * speed) {
        // At the edge of what is known: from here the world moves with the cursor.
        this.setTime(Math.min(t, this.live))
        this.following = true
        this.#runWorld()
      } else this.setTime(t)
    }
    this.#stepper.passed()
  }

  setTime(t: Nanos): void {
    if (t !== this.t) this.t = t
  }

  startMotion(from: Step, to: Step): void {
    this.#motionStart = 0
    this.motion = { from, to, progress: 0 }
  }

  /** Ends a motion where it leads. */
  finishMotion(): void {
    if (!this.motion) return
    const to = this.motion.to
    this.motion = null
    this.setTime(Math.max(to.at, 0))
  }

  #runWorld(): void {
    if (!this.rulesTime) return
    // Event by event: the world stands, and each beat moves it on.
    if (this.speed === 'beats') {
      this.#freezeWorld()
      return
    }
    const pace = this.room?.pace
    if (pace?.kind === 'rate' && pace.rate === this.speed) return
    this.command({ kind: 'pace', pace: { kind: 'rate', rate: this.speed } })
  }

  #freezeWorld(): void {
    if (this.rulesTime && !this.worldStands) this.command({ kind: 'pace', pace: { kind: 'frozen' } })
  }

  #send(message: PageMessage): void { this.#conversation.send(message) }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'hello': this.#welcome(message); break
      case 'batch':
        this.#clock.told(message.now, performance.now())
        this.trace.oldest = message.oldest
        this.#addRows(message.rows, message.now)
        this.#keepUp()
        break
      case 'room': {
        const { type: _, ...room } = message
        this.#roomChanged(room)
        // A step may wait for the world to stand still, so that it can move it on.
        this.#stepper.refresh()
        break
      }
      case 'segment': {
        const asked = this.#asked.get(message.id)
        this.#asked.delete(message.id)
        this.#segmentAsked = false
        this.trace.add(message.rows)
        if (asked?.get?.kind === 'segment') this.trace.fill(asked.get.from, asked.get.to)
        this.trace.trim(this.t, this.reading)
        this.rowsVersion += 1
        this.#stepper.refresh()
        break
      }
      case 'detail':
        this.#asked.delete(message.id)
        this.#details.add(message.detail)
        this.detailsVersion += 1
        break
      case 'answer': this.#answered(message.id, message.outcome); break
      case 'lagged': break
    }
  }

  /** What the cursor stands on is let go: it moves on, so far that it need not move again at once. */
  #keepUp(): void {
    if (this.t >= this.oldest) return
    const ahead = Math.min(5 * SECOND, (this.hello?.history ?? 0) / 4)
    this.seek(this.oldest + ahead)
    this.trouble = { kind: 'movedOn', at: this.oldest }
  }

  #welcome(hello: Hello): void {
    const sameRun = this.hello?.run.id === hello.run.id
    if (!sameRun) {
      this.trace.clear()
      this.pictures.clear()
      this.#details.clear()
      this.#codecs.clear()
      this.#stepper.leave()
      this.selection = null
    }
    const first = this.hello === null
    this.hello = hello
    this.trace.oldest = hello.oldest
    this.trace.coveredFrom = Math.max(0, hello.now - 2 * SECOND)
    this.overview = [...hello.overview]
    this.overviewStart = hello.oldest
    this.#clock.told(hello.now, performance.now())
    this.trace.add(hello.rows)
    this.#roomChanged(hello.room)
    this.#addRows(null, hello.now)
    if (first || !sameRun) {
      this.setTime(Math.max(0, hello.now - 1))
      this.playing = hello.room.pace.kind !== 'frozen'
      if (hello.room.pace.kind === 'rate') {
        const rate = hello.room.pace.rate
        this.speed = rate >= 1 ? 1 : rate >= 0.1 ? 0.1 : rate >= 0.01 ? 0.01 : 0.001
      }
      this.#comeBack(hello)
    }
    if (this.client !== null) this.#send({ type: 'watch', client: this.client })
  }

  /** Reloading (some clickers send F5) lands on the same step. */
  #comeBack(hello: Hello): void {
    const place = this.returnTo
    this.returnTo = null
    if (!place) return
    if (place.run !== hello.run.id) {
      this.trouble = { kind: 'otherRun', text: place.run }
      return
    }
    this.playing = false
    this.following = false
    this.invited = false
    this.#freezeWorld()
    if (place.t < this.oldest) this.trouble = { kind: 'historyLimit', at: this.oldest }
    this.setTime(Math.max(this.oldest, Math.min(place.t, this.live)))
    if (place.subject) this.#stepper.comeBack(place.subject, place.step)
  }

  /** Where the cursor stands, for the address; `null` while time runs. */
  get place(): Place | null {
    if (this.playing || this.invited || !this.hello) return null
    return { run: this.hello.run.id, t: this.step?.at ?? this.t, subject: this.subject, step: this.stepIndex }
  }

  #roomChanged(room: RoomState): void {
    const before = this.room
    this.room = room
    if (this.client === null || !room.clients.some((c) => c.node === this.client)) {
      this.client = room.clients[0]?.node ?? null
    }
    for (const client of room.clients) {
      const known = before?.clients.find((c) => c.node === client.node)
      if (client.real && client.left !== null && known && known.left === null) {
        this.trouble = { kind: 'clientLeft', text: client.name, at: client.left }
      }
    }
    // A real peer that arrives un-freezes the world; the cursor stays where it is.
    if (!this.playing && room.pace.kind !== 'frozen') this.following = false
  }

  #addRows(rows: Rows | null, now: Nanos): void {
    const before = this.trace.live
    this.trace.live = Math.max(now, this.trace.live)
    if (rows) {
      this.trace.add(rows)
      addToOverview(this.overview, this.overviewStart, rows, now)
      this.overviewStart = trimOverview(this.overview, this.overviewStart, this.trace.oldest)
    }
    this.trace.fill(Math.max(this.trace.coveredFrom, before - 2 * SECOND), now)
    this.trace.trim(this.t, this.reading)
    this.live = this.trace.live
    this.oldest = this.trace.oldest
    // While the world stands, batches come without rows: nothing has changed then.
    const grown = now !== before || (rows !== null && Object.values(rows).some((list) => list.length > 0))
    if (!grown && rows !== null) return
    this.rowsVersion += 1
    this.#stepper.refresh()
  }

  #answered(id: number, outcome: Outcome): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (outcome.kind === 'refused') {
      if (asked?.get?.kind === 'segment') this.#segmentAsked = false
      if (asked?.get?.kind === 'detail') {
        this.#details.refused(asked.get.frame)
        this.#refusedDetail.set(asked.get.frame, outcome.reason)
        this.detailsVersion += 1
      } else if (asked?.get?.kind === 'picture') this.pictures.refused(asked.get.picture)
      else if (asked?.command) {
        this.waiting = false
        this.trouble = { kind: 'refused', text: outcome.reason }
      }
    }
    asked?.done?.(outcome)
  }
}
