import { untrack } from 'svelte'
import type { Journey, Step, Subject } from '../trace'
import { SECOND, type Trace } from '../trace'
import type {
  Client, Command, Detail, Get, Hello, Id, Nanos, OpenChannel, Outcome, OverviewCell, PageMessage, PictureRow,
  RoomState, Rows, ServerMessage, Source, Status, Topology,
} from '../wire'
import { rtspStateAt, stateBefore } from '../scene/session'
import { pictureAt } from '../scene/watch'
import { Conversation } from '../wire'
import { Asking } from './asking'
import type { CheckState } from './checks'
import { Forks } from './forks'
import { lensLayer, lensOf } from '../scene/lens'
import { Linking } from './linking.svelte'
import { Looking } from './looking.svelte'
import { Lessons } from './lesson/room.svelte'
import { codecOf, keyOf, RunMemory } from './memory.svelte'
import { Orders } from './orders'
import type { Look, Place } from './place'
import { preferences } from './preferences.svelte'
import { Returning } from './returning'
import { Running } from './running'
import { SeriesStore } from './series.svelte'
import { Stepper } from './stepper'
import { Until } from './until.svelte'
import type { DetailState, Filters, Hover, Opened, Selection, Sent, ShelfTab, Speed, StageView, StepSize, Trouble } from './types'

/** So many programs that take part are each told of when they come. */
const TOLD_COMING = 3

/** How near to the live edge the cursor counts as live while time stands still. */
const NEAR_LIVE: Nanos = 300_000_000

/** The part of a moving step that has passed, for the stage. */
export interface Motion {
  from: Step
  to: Step
  /** 0 to 1. */
  progress: number
}

/**
 * Everything the views show and do. Fields marked with `$state` are reactive; the trace is
 * not, so a view that reads from it also reads `rowsVersion` (and mostly `t`).
 */
export class Session {
  /** The run that is watched: the original, or another future of it. */
  memory = $state.raw(new RunMemory(0))
  /** Another run that is shown beside it. */
  besideMemory = $state.raw<RunMemory | null>(null)
  get run(): number { return this.memory.run }
  /** The run of the room of which forks are made: another one takes its place when a lesson begins. */
  get original(): number { return this.room?.original ?? 0 }
  get beside(): number | null { return this.besideMemory?.run ?? null }
  get trace(): Trace { return this.memory.trace }
  get rowsVersion(): number { return this.memory.rowsVersion }
  get picturesVersion(): number { return this.memory.picturesVersion }
  get overview(): OverviewCell[] { return this.memory.overview }
  get overviewStart(): Nanos { return this.memory.overviewStart }
  /** The latest moment that is known. */
  get live(): Nanos { return this.memory.live }
  /** Nothing before this moment is kept. */
  get oldest(): Nanos { return this.memory.oldest }

  status = $state.raw<Status>({ kind: 'connecting' })
  hello = $state.raw<Hello | null>(null)
  room = $state.raw<RoomState | null>(null)

  /** The moment that everything on the page shows. */
  t = $state<Nanos>(0)
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

  /** What the middle of the page shows. */
  view = $state.raw<StageView>('valley')

  selection = $state.raw<Selection | null>(null)
  hovered = $state.raw<Hover | null>(null)
  /** A bit of the selected frame that was picked, as details count them. */
  get bit(): number | null { return this.#bit !== null && this.#bit.frame === this.selection?.frame ? this.#bit.bit : null }
  #bit = $state.raw<{ frame: Id; bit: number } | null>(null)
  /** The frame of which it is asked "what if". */
  asking = $state<Id | null>(null)
  /** Whether the selected frame is shown as bits on a cable, where a hand has said so. */
  #wire = $state.raw<{ frame: Id; step: Step | null; on: boolean } | null>(null)

  /** The tab of the shelf that is open. */
  shelf = $state.raw<ShelfTab>('remote')
  /** The cable or device whose panel is open in the shelf. */
  opened = $state.raw<Opened | null>(null)
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

  #conversation: Conversation
  #stepper: Stepper
  #running = new Running(this)
  /** Requests and whatever else changes the world; for the holder of the room's key. */
  readonly orders: Orders = new Orders(this)
  /** How the page looks at what it shows: lens, and what is pointed at. */
  readonly looking = new Looking()
  /** From a field to all that is about the same. */
  readonly linking: Linking = new Linking(this)
  /** Numbers over time, for charts. */
  readonly series: SeriesStore = new SeriesStore(this)
  /** "Run until": events that are searched for. */
  readonly until: Until = new Until(this)
  /** Other futures of the run. */
  readonly forks: Forks = new Forks(this)
  /** Lessons, and how far this page is in that of the room's run. */
  readonly lesson: Lessons = new Lessons(this)
  /** What was asked of the server, and what it answered. */
  readonly #asking = new Asking(this)
  readonly #returning = new Returning(this)

  /** The connection was lost since the last greeting. */
  #parted = false

  constructor(channel: OpenChannel) {
    this.#conversation = new Conversation(channel, {
      status: (status) => {
        if (status.kind === 'lost') {
          this.#parted = true
          this.#asking.forget()
          this.series.forgetWaiting()
          this.until.forgetWaiting()
          for (const memory of this.#memories) memory.forgetWaiting()
        }
        this.status = status
      },
      message: (message) => this.#receive(message),
      picture: (picture) => this.#asking.picture(picture),
    })
    this.#stepper = new Stepper(this)
  }

  start(): void { this.#conversation.start() }
  stop(): void { this.#conversation.stop() }
  /** Tries the connection again now. */
  tryNow(): void { this.#conversation.start() }

  get #memories(): RunMemory[] { return this.besideMemory ? [this.memory, this.besideMemory] : [this.memory] }
  /** What is known of a run, where it is watched. */
  memoryOf(run: number): RunMemory | undefined { return this.#memories.find((memory) => memory.run === run) }

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
    return codecOf(this.memory, client, t, (frame) => this.detailOf(frame), (frame) => this.fetchDetail(frame))
  }
  /** The client that is watched, as the room knows it. */
  get watched(): Client | null { return this.clients.find((c) => c.node === this.client) ?? null }
  /** The watched client has left by the moment that is shown. */
  get watchedLeft(): boolean { return (this.watched?.left ?? Infinity) <= this.t }
  /** The clients as they stand in the run that is watched. */
  get clients(): readonly Client[] { return this.room?.forks.find((fork) => fork.run === this.run)?.clients ?? this.room?.clients ?? [] }
  /** Nothing that the page shows is older than what happens now. */
  get atLive(): boolean {
    return this.playing ? this.following : this.worldStands && this.live - this.t < NEAR_LIVE
  }
  get connected(): boolean { return this.status.kind === 'open' }
  /** What is watched is a capture that has been played to its end. */
  get captureOver(): boolean {
    const capture = this.room?.capture
    return capture?.run === this.run && this.live >= capture.end - 1e6
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
    const reason = this.memory.refusals.get(keyOf(frame, this.memory.damage(frame, this.t)))
    return reason === undefined ? { kind: 'waiting', frame } : { kind: 'refused', frame, reason }
  }
  /** The detail of a frame if it is in memory; reactive. */
  detailOf(frame: Id): Detail | null {
    void this.memory.detailsVersion
    void this.memory.rowsVersion
    const damage = this.memory.damage(frame, this.t)
    const found = this.memory.details.get(keyOf(frame, damage))
    // Until the damaged octets are here, those that were sent are shown.
    if (!found && damage) untrack(() => this.fetchDetail(frame))
    return found ?? this.memory.details.get(keyOf(frame, null)) ?? null
  }
  /** The RTSP state of a client at a moment. */
  rtspState(client: number, t: Nanos): string {
    const { oldest, states } = this.trace
    const now = this.room?.clients.find((one) => one.node === client)?.state
    return rtspStateAt(states, client, t) ?? (oldest > 0 ? stateBefore(states, client, now ?? 'Init') : 'Init')
  }
  /** The picture that is on the client's screen at a moment. */
  pictureAt(client: number, t: Nanos, memory: RunMemory = this.memory): PictureRow | null {
    void memory.picturesVersion
    return pictureAt(memory.trace, client, t, (picture) => memory.shows(picture))
  }
  // What views do.

  play(): void {
    this.finishMotion()
    this.invited = false
    this.waiting = false
    this.playing = true
    this.#running.restartBeats()
    if (this.speed === 1) this.#stepper.leave()
    this.following = this.behind < NEAR_LIVE
    if (this.following) this.#running.runWorld()
  }
  /** Time stands still now, and with it the world where this page rules it. */
  pause(): void {
    this.finishMotion()
    this.invited = false
    this.playing = false
    this.#running.freezeWorld()
  }
  toggle(): void { if (this.playing) this.pause(); else this.play() }
  stepForward(size: StepSize = this.stepSize): void {
    if (size === 'stop' && this.lesson.leads) this.lesson.next()
    else this.#stepper.forward(size === 'stop' ? 'layer' : size)
  }
  stepBack(): void {
    if (this.lesson.leads) this.lesson.back()
    else this.#stepper.back()
  }
  setStepSize(size: StepSize): void { this.stepSize = size }
  setSpeed(speed: Speed): void {
    this.speed = speed
    if (this.playing && this.following) this.#running.runWorld()
  }
  setFilters(filters: Filters): void {
    this.filters = filters
    this.#stepper.refresh()
  }
  /** Follows a message or a frame from its first event, or (null) nothing. */
  follow(subject: Subject | null): void { this.#stepper.follow(subject) }
  /** Follows something and stands on the step that `pick` chooses; `false` where its rows are not here. `at`: as it comes to that client. */
  standOn(subject: Subject, pick: (steps: readonly Step[]) => number | null, at: number | null = null): boolean { return this.#stepper.standOn(subject, pick, at) }
  /** Goes to a message or frame of a moment, also where its rows are not here yet. */
  goTo(subject: Subject, at: Nanos): void {
    const here = subject.kind === 'message' ? this.trace.message(subject.id) : this.trace.frame(subject.id)
    if (here) {
      this.follow(subject)
      return
    }
    this.#stepper.leave()
    if (this.playing) this.pause()
    this.seek(at)
    this.#stepper.comeBack(subject, 0)
  }
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
  chooseBit(bit: number): void {
    const frame = this.selection?.frame
    if (frame !== undefined) this.#bit = { frame, bit }
  }
  /** Looks at one layer, here and in the selected frame; 0: at none in particular. */
  lens(number: number): void {
    const { looking } = this
    looking.lens = lensOf(number, this.fiveLayers)
    const frame = this.selection?.frame
    if (frame === undefined) return
    const detail = this.detailOf(frame)
    const layer = detail ? lensLayer(detail.layers, looking.lens, this.fiveLayers) : null
    this.select(frame, layer)
    if (looking.lens === 1) this.showWire(true)
  }
  select(frame: Id | null, layer: number | null = null, field: readonly number[] | null = null): void {
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
    this.#running.runWorld()
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
    this.#tellWatched()
  }
  /** Shows a run, and perhaps another beside it; the cursor stays. */
  watchRuns(run: number, beside: number | null): void {
    if (run === this.run && beside === this.beside) return
    this.finishMotion()
    this.#stepper.leave()
    this.#leaveFrames()
    const known = (number: number): RunMemory => {
      const found = this.memoryOf(number) ?? new RunMemory(number)
      // Until its snapshot comes, it is as old and as long as the one before.
      if (!found.here) [found.live, found.oldest] = [this.live, this.oldest]
      return found
    }
    const other = beside === null ? null : known(beside)
    this.memory = known(run)
    this.besideMemory = other
    this.#tellWatched()
  }
  /** The numbers of another run's frames and messages mean others. */
  #leaveFrames(): void {
    this.selection = null
    this.hovered = null
    this.asking = null
    this.sent = null
    this.#wire = null
    this.#bit = null
    this.looking.unpin()
    this.looking.point(null)
  }
  #tellWatched(): void {
    const { client, run, beside } = this
    this.send({ type: 'watch', client, ...(run === this.original && !this.room?.capture ? {} : { run }), ...(beside === null ? {} : { beside }) })
  }
  /** Asks for the JPEG of a picture that is not in memory. */
  fetchPicture(id: Id, memory: RunMemory = this.memory): void { if (memory.pictures.ask(id)) this.get({ kind: 'picture', picture: id }, memory.run) }
  fetchDetail(frame: Id): void {
    const on = this.memory.damage(frame, this.t)
    if (this.memory.details.ask(keyOf(frame, null))) this.get({ kind: 'detail', frame })
    if (on !== null && this.memory.details.ask(keyOf(frame, on))) this.get({ kind: 'detail', frame, on })
  }
  /** What an installed tshark says of the octets that `detailOf` shows, as far as it was asked; reactive. */
  checkOf(frame: Id): CheckState | null {
    void this.memory.detailsVersion
    return this.memory.checks.get(keyOf(frame, this.memory.damage(frame, this.t)))
  }
  /** Asks tshark for its reading of this very frame. */
  check(frame: Id): void {
    const on = this.memory.damage(frame, this.t)
    if (!this.memory.checks.ask(keyOf(frame, on))) return
    this.memory.detailsVersion += 1
    this.get(on === null ? { kind: 'check', frame } : { kind: 'check', frame, on })
  }
  /** Asks for the rows of a time that is not in memory (at most ten seconds at once). */
  want(from: Nanos, to: Nanos, memory: RunMemory = this.memory): void {
    if (memory.segmentAsked || !memory.here || this.status.kind !== 'open') return
    const seconds = memory.trace.missing(from, to)
    const first = seconds[0]
    if (first === undefined) return
    let last = first
    while (seconds.includes(last + 1) && last - first < 9) last += 1
    memory.segmentAsked = true
    this.get({ kind: 'segment', from: first * SECOND, to: (last + 1) * SECOND }, memory.run)
  }

  command(command: Command, done?: (outcome: Outcome) => void): void { this.#asking.command(command, done) }
  get(get: Get, run: number = this.run): void { this.#asking.get(get, run) }

  // For the loop and the stepper.

  /** One frame of the page's one animation loop; `wall` in milliseconds. */
  frame(wall: number): void {
    this.#running.frame(wall)
    // A capture that is over does not play on.
    if (this.playing && this.following && this.live - this.t < 5e6 && this.captureOver) this.playing = false
    for (const memory of this.#memories) this.want(this.t - SECOND, this.t + SECOND, memory)
  }
  beat(): void { this.#stepper.beat() }
  passed(): void { this.#stepper.passed() }

  setTime(t: Nanos): void {
    if (t === this.t) return
    this.t = t
    // It was said of the moment that is left now.
    if (this.trouble?.kind === 'noProblem') this.trouble = null
  }

  /** The world stands still, where this page rules it. */
  freeze(): void { this.#running.freezeWorld() }
  followAgain(subject: Subject, step: number | null): void { this.#stepper.comeBack(subject, step) }
  filled(memory: RunMemory | undefined, rows: Rows, from: Nanos | null, to: Nanos | null): void {
    memory?.fill(rows, from, to, this.t, this.reading)
    this.#stepper.refresh()
    this.#returning.refresh()
    this.refresh()
  }
  refresh(): void {
    this.lesson.refresh()
    this.until.refresh()
  }

  startMotion(from: Step, to: Step): void { this.#running.startMotion(from, to) }
  /** Ends a motion where it leads. */
  finishMotion(): void { this.#running.finishMotion() }

  send(message: PageMessage): void { this.#conversation.send(message) }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'hello': this.#welcome(message); break
      case 'batch':
        if (message.run === this.run) this.#running.clock.told(message.now, performance.now())
        this.#added(this.memoryOf(message.run), message)
        if (message.run === this.run) {
          this.#keepUp()
          this.until.refresh()
        }
        break
      case 'room': {
        const { type: _, ...room } = message
        this.#roomChanged(room)
        // A step may wait for the world to stand still, so that it can move it on.
        this.#stepper.refresh()
        break
      }
      case 'lagged': break
      default: this.#asking.answered(message)
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
    const original = hello.run.number === hello.room.original
    // When a capture is opened the server turns all pages to it, and back when it is closed; so with a run that takes the original's place.
    const turned = this.memoryOf(hello.run.number) === undefined && (original || hello.run.capture !== undefined || this.hello?.run.capture !== undefined)
    if (!sameRun) {
      this.series.clear()
      this.until.stop()
      if (original || turned) {
        this.memory = new RunMemory(hello.run.number)
        this.besideMemory = null
      }
      this.#stepper.leave()
      this.#leaveFrames()
    }
    const first = this.hello === null
    // Who stood in a run that is no more is told why all is different now.
    if (this.#parted && this.hello && !sameRun) this.trouble = { kind: 'startedAgain', text: this.hello.run.id, plays: hello.run.id }
    this.#parted = false
    const linked = this.returnTo?.run === hello.run.id
    this.hello = hello
    const memory = this.memoryOf(hello.run.number)
    memory?.welcome(hello)
    if (hello.run.number === this.run) this.#running.clock.told(hello.now, performance.now())
    this.#roomChanged(hello.room)
    this.#added(memory, { rows: null, now: hello.now, oldest: hello.oldest })
    if (first || !sameRun) {
      this.setTime(Math.max(0, hello.now - 1))
      this.playing = hello.room.pace.kind !== 'frozen'
      if (hello.room.pace.kind === 'rate') {
        const rate = hello.room.pace.rate
        this.speed = rate >= 1 ? 1 : rate >= 0.1 ? 0.1 : rate >= 0.01 ? 0.01 : 0.001
      }
      const place = this.returnTo
      this.returnTo = null
      if (place) this.#returning.to(place, hello)
    }
    // After a new link the server knows nothing of what this page watches.
    if ((original || turned) && (this.client !== null || this.run !== hello.room.original)) this.#tellWatched()
    this.lesson.welcome(hello, linked)
  }

  /** Where the cursor stands, for the address; `null` while time runs. */
  get place(): Place | null { return this.playing || this.invited ? null : this.moment }
  /** Where the cursor stands now, also while time runs. */
  get moment(): Place | null { return this.#returning.here }
  /** How the page looks at it. */
  get look(): Look { return { view: this.view, lens: this.looking.lens } }

  #roomChanged(room: RoomState): void {
    const before = this.room
    this.room = room
    if (this.client === null || !room.clients.some((c) => c.node === this.client)) {
      this.client = room.clients[0]?.node ?? null
    }
    // Of a whole class that comes one hears no more after the first few.
    const real = room.clients.filter((one) => one.real && one.left === null)
    for (const client of real.length <= TOLD_COMING ? real : []) {
      // It has said its name once it has asked for something.
      const told = (one: Client): boolean => one.joined === client.joined && one.node === client.node && one.url !== null
      if (before && client.url !== null && !before.clients.some(told)) {
        this.trouble = { kind: 'clientCame', text: client.name, client: client.node, stood: !this.playing && room.pace.kind !== 'frozen' }
      }
    }
    for (const client of room.clients) {
      const known = before?.clients.find((c) => c.node === client.node)
      if (client.real && client.left !== null && known && known.left === null) {
        this.trouble = { kind: 'clientLeft', text: client.name, at: client.left }
      }
    }
    this.forks.arrived()
    // A real peer that arrives un-freezes the world; the cursor stays where it is.
    if (!this.playing && room.pace.kind !== 'frozen') this.following = false
  }

  #added(memory: RunMemory | undefined, { rows, now, oldest }: { rows: Rows | null; now: Nanos; oldest: Nanos }): void {
    if (!memory) return
    memory.trace.oldest = oldest
    if (memory.add(rows, now, this.t, this.reading) && memory === this.memory) this.#stepper.refresh()
  }
}
