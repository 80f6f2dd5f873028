import { SECOND, Trace, type Journey, type Step, type Subject } from '../trace'
import type {
  Client, Command, Get, Hello, Id, Nanos, OpenChannel, OverviewCell, PictureRow, RequestMethod, RoomState, Rows,
  ServerMessage, Status, Topology,
} from '../wire'
import { Conversation } from '../wire'
import { Pictures } from './pictures'
import type { DetailState, Filters, Hover, Selection, Speed, StepSize, Trouble } from './types'

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

  status = $state.raw<Status>({ kind: 'connecting' })
  hello = $state.raw<Hello | null>(null)
  room = $state.raw<RoomState | null>(null)
  /** The timeline's counts per tenth of a second; index 0 is at `overviewStart`. Read `rowsVersion` beside it. */
  overview: OverviewCell[] = []
  overviewStart: Nanos = 0

  /** The moment that everything on the page shows. */
  t = $state<Nanos>(0)
  /** The latest moment that is known. */
  live = $state<Nanos>(0)
  /** The cursor moves by itself. */
  playing = $state(true)
  speed = $state.raw<Speed>(1)
  /** The cursor keeps up with the world. */
  following = $state(true)

  /** What is followed step by step. */
  subject = $state.raw<Subject | null>(null)
  journey = $state.raw<Journey | null>(null)
  /** The step that the cursor stands on. */
  stepIndex = $state<number | null>(null)
  stepSize = $state.raw<StepSize>('layer')
  filters = $state.raw<Filters>({ acks: true, arp: true, rtcp: true })
  /** How many events the filters have hidden from steps since following began. */
  hidden = $state(0)

  selection = $state.raw<Selection | null>(null)
  detail = $state.raw<DetailState>({ kind: 'none' })
  hovered = $state.raw<Hover | null>(null)

  /** The client whose conversation is shown (a node). */
  client = $state<number | null>(null)
  trouble = $state.raw<Trouble | null>(null)

  #conversation: Conversation

  constructor(link: OpenChannel) {
    this.#conversation = new Conversation(link, {
      status: (status) => { this.status = status },
      message: (message) => this.#receive(message),
      picture: (picture) => {
        this.pictures.add(picture)
        this.picturesVersion += 1
      },
    })
  }

  start(): void { this.#conversation.start() }
  stop(): void { this.#conversation.stop() }
  /** Tries the connection again now. */
  tryNow(): void { this.#conversation.start() }

  // What views ask for.

  /** The whole network, real clients included. */
  get topology(): Topology {
    const fixed = this.hello?.topology ?? { nodes: [], links: [] }
    const added = this.room?.added ?? { nodes: [], links: [] }
    return { nodes: [...fixed.nodes, ...added.nodes], links: [...fixed.links, ...added.links] }
  }
  get holdsKey(): boolean { return this.hello?.holdsKey ?? false }
  /** The client that is watched, as the room knows it. */
  get watched(): Client | null { return this.room?.clients.find((c) => c.node === this.client) ?? null }
  get atLive(): boolean { return this.following }
  get step(): Step | null {
    return this.stepIndex === null ? null : (this.journey?.steps[this.stepIndex] ?? null)
  }
  /** The RTSP state of a client at a moment. */
  rtspState(client: number, t: Nanos): string {
    let state = 'Init'
    for (const row of this.trace.states) {
      if (row.at > t) break
      if (row.change.kind === 'rtsp' && row.change.client === client) state = row.change.state
    }
    return state
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

  play(): void { this.playing = true }
  pause(): void { this.playing = false }
  toggle(): void { if (this.playing) this.pause(); else this.play() }
  stepForward(): void {}
  stepBack(): void {}
  setStepSize(size: StepSize): void { this.stepSize = size }
  setSpeed(speed: Speed): void { this.speed = speed }
  setFilters(filters: Filters): void { this.filters = filters }
  follow(subject: Subject | null): void { this.subject = subject }
  /** First open: takes a message near the cursor and stops on its first step. */
  followOne(): void {}
  nextMessage(): void {}
  nextProblem(): void {}
  select(frame: Id | null, layer: number | null = null, field: readonly number[] | null = null): void {
    this.selection = frame === null ? null : { frame, layer, field }
  }
  hover(hover: Hover | null): void { this.hovered = hover }
  goLive(): void { this.following = true }
  seek(t: Nanos): void { this.t = t }
  /** Sends an RTSP request from the watched client. `from`: PLAY's beginning, seconds. */
  request(method: RequestMethod, from: number | null = null): void { void method; void from }
  /** Why a request cannot be sent now, in words; `null` when it can. */
  refusal(method: RequestMethod): string | null { void method; return null }
  watch(client: number): void { this.client = client }
  /** Asks for the JPEG of a picture that is not in memory. */
  fetchPicture(id: Id): void { void id }

  #receive(message: ServerMessage): void { void message }
  command(command: Command): void { void command }
  get(get: Get): void { void get }
  protected rows(rows: Rows): void { this.trace.add(rows) }
}
