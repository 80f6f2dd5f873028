import type {
  Channel, ChannelEvents, Client, Command, Difference, ForkChange, ForkState, Get, Hello, Id, Nanos, OpenChannel, Outcome, Pace, Rect,
  LessonRun, NextRun, RequestMethod, RoomState,
} from '../wire'
import { VERSION } from '../wire'
import { dissect } from './dissect'
import { drawPicture } from './picture'
import { FixtureRun } from './fixture-run'
import { LENGTH, lessonList, lessonOf, lessonRun } from './lesson'
import { seriesOf } from './series'
import { ranges, topology } from './world'

const MS = 1_000_000

/**
 * A pretended server inside the page, for work on the page without one: `?fixture`.
 *
 * - `start=SECONDS`: simulated time when the page opens (default 0)
 * - `pace=frozen|RATE`: how time runs at first (default 1)
 * - `viewer`: without the room's key
 * - `real`: a real client is connected, so the world cannot be stopped
 * - `lesson=ID`: it was begun for a lesson
 * - `break=SECONDS`: the connection is lost after so many seconds, for four seconds
 */
export function fixtureChannel(parameters: URLSearchParams): OpenChannel {
  const server = new FixtureServer(parameters)
  return (events) => server.open(events)
}

/** The stripe of the picture that one of its packets carries. */
function holeOf(packet: number, of: number): Rect {
  const [first, end] = [Math.round((packet * 23) / of), Math.round(((packet + 1) * 23) / of)]
  return { left: 0, top: first * 16, width: 640, height: Math.min(end * 16, 360) - first * 16 }
}

class FixtureServer {
  #original = new FixtureRun(0)
  /** Other futures, and what each of them is. */
  #forks = new Map<number, { run: FixtureRun; state: ForkState }>()
  #made = 0
  /** The lesson that the original was made for, and the run that is to take its place. */
  #lesson: LessonRun | null = null
  #next: NextRun | null = null
  #pace: Pace
  #events: ChannelEvents | null = null
  #clock = performance.now()
  #key: boolean
  #real: boolean
  #down = 0

  constructor(parameters: URLSearchParams) {
    const pace = parameters.get('pace') ?? '1'
    this.#pace = pace === 'frozen' ? { kind: 'frozen' } : { kind: 'rate', rate: Number(pace) }
    this.#key = !parameters.has('viewer')
    this.#real = parameters.has('real')
    this.#original.run(Number(parameters.get('start') ?? 0) * 1000 * MS)
    const lesson = lessonOf(parameters.get('lesson') ?? '', 'en')
    if (lesson) {
      this.#original.run(LENGTH)
      this.#lesson = lessonRun(lesson, this.#original.rows)
      this.#pace = { kind: 'frozen' }
    }
    const cut = parameters.get('break')
    if (cut !== null) {
      setTimeout(() => {
        this.#down = performance.now() + 4000
        const events = this.#events
        this.#events = null
        events?.closed()
      }, Number(cut) * 1000)
    }
    setInterval(() => this.#tick(), 40)
  }

  open(events: ChannelEvents): Channel {
    setTimeout(() => {
      if (performance.now() < this.#down) {
        events.closed()
        return
      }
      this.#events = events
      events.opened()
      this.#greet(this.#original)
    }, 30)
    return {
      send: (message) => {
        if (this.#events !== events) return
        setTimeout(() => {
          if (message.type === 'command') this.#answer(message.id, this.#command(message.command))
          else if (message.type === 'get') this.#get(message.id, this.#runOf(message.run ?? this.#original.number), message.get)
          else if (message.type === 'watch') this.#watch([message.run ?? this.#original.number, message.beside ?? null])
          else if (message.type === 'resync') this.#greet(this.#original)
        }, 4)
      },
      close: () => {
        if (this.#events === events) this.#events = null
      },
    }
  }

  get #runs(): FixtureRun[] { return [this.#original, ...[...this.#forks.values()].map((fork) => fork.run)] }
  #runOf(number: number): FixtureRun { return this.#runs.find((run) => run.number === number) ?? this.#original }

  /** Says how things stand in a run, and tells it from then on. */
  #greet(run: FixtureRun): void {
    run.watched = true
    this.#events?.message({ type: 'hello', ...this.#hello(run) })
    const last = run.rows.pictures.at(-1)
    if (last) void this.#sendPicture(run, last.id)
  }

  #watch(numbers: readonly (number | null)[]): void {
    for (const run of this.#runs) {
      const wanted = numbers.includes(run.number)
      if (wanted && !run.watched) this.#greet(run)
      run.watched = wanted
    }
  }

  #tick(): void {
    const now = performance.now()
    const passed = Math.min(200, now - this.#clock)
    this.#clock = now
    if (this.#pace.kind === 'rate') this.#go(this.#original.world.now + passed * MS * this.#pace.rate)
  }

  /** All runs go on to a moment. */
  #go(t: Nanos): void {
    for (const run of this.#runs) {
      const rows = run.run(t)
      if (!run.watched) continue
      run.batch += 1
      this.#events?.message({ type: 'batch', run: run.number, number: run.batch, now: run.world.now, oldest: 0, rows })
      if (run === this.#original && rows.states.length > 0) this.#events?.message({ type: 'room', ...this.#room() })
      const last = rows.pictures.at(-1)
      if (last) void this.#sendPicture(run, last.id)
    }
  }

  #fork(at: Nanos, change: ForkChange | null): Outcome {
    if (change?.kind !== 'fault') return { kind: 'refused', reason: 'The pretended world can only change what happens to a frame.' }
    const hop = this.#original.rows.hops.find((one) => one.frame === change.frame && one.link === change.link)
    if (!hop) return { kind: 'refused', reason: 'This frame did not cross that cable.' }
    this.#made += 1
    const run = this.#original.again(this.#made, change, this.#original.world.now)
    const firstDifference: Difference = { at: hop.start, parent: { kind: 'hop', frame: hop.frame, link: hop.link }, fork: { kind: 'hop', frame: hop.frame, link: hop.link } }
    this.#forks.set(run.number, { run, state: { run: run.number, parent: this.#original.number, at: Math.min(at, hop.queued), change, progress: { kind: 'ready' }, replayed: [], firstDifference, clients: this.#room().clients } })
    setTimeout(() => this.#events?.message({ type: 'room', ...this.#room() }), 60)
    return { kind: 'forked', run: run.number }
  }

  /** Another run takes the original's place, as soon as a little time has passed. */
  #begin(id: string | undefined): Outcome {
    if (this.#real) return { kind: 'refused', reason: 'A real client is connected, so no other run can begin.' }
    const lesson = id === undefined ? null : lessonOf(id, 'en')
    if (id !== undefined && !lesson) return { kind: 'refused', reason: 'There is no such lesson.' }
    this.#made += 1
    const run = new FixtureRun(this.#made)
    const until = lesson ? LENGTH : 0
    this.#next = { run: run.number, ...(lesson ? { lesson: lesson.card.id } : {}), scenario: 'classroom', title: 'Classroom', seed: '7', progress: { kind: 'simulating', from: 0, reached: until / 2, until } }
    this.#events?.message({ type: 'room', ...this.#room() })
    setTimeout(() => {
      if (this.#next?.run !== run.number) return
      run.run(until)
      this.#next = null
      this.#forks.clear()
      this.#original = run
      this.#lesson = lesson && lessonRun(lesson, run.rows)
      this.#pace = lesson ? { kind: 'frozen' } : { kind: 'rate', rate: 1 }
      this.#greet(run)
    }, 300)
    return { kind: 'begun', run: run.number }
  }

  async #sendPicture(run: FixtureRun, id: Id): Promise<void> {
    const row = run.pictures.get(id)
    // Where nothing can be drawn (tests without a browser) nothing is sent.
    if (!row || typeof OffscreenCanvas === 'undefined') return
    const lost = row.slots.findIndex((s) => s.message === null)
    const missing = lost < 0 ? [] : [holeOf(lost, row.slots.length)]
    const jpeg = await drawPicture(row.number ?? 0, missing)
    this.#events?.picture({ run: run.number, client: row.client, picture: id, missing, jpeg })
  }

  #state(): string {
    const last = this.#original.rows.states.filter((s) => s.change.kind === 'rtsp').at(-1)?.change
    return last?.kind === 'rtsp' ? last.state : 'Init'
  }

  #room(): RoomState {
    const state = this.#state()
    const may: Record<string, RequestMethod[]> = {
      Init: ['OPTIONS', 'DESCRIBE', 'SETUP'], Ready: ['OPTIONS', 'DESCRIBE', 'PLAY', 'TEARDOWN'], Playing: ['OPTIONS', 'DESCRIBE', 'PAUSE', 'TEARDOWN'],
    }
    const client: Client = {
      node: 0, name: 'Client', real: false, state, transport: state === 'Init' ? null : 'udp', url: 'rtsp://10.0.2.2:8554/demo', joined: 200 * MS, left: null,
      requests: (['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN'] as const).map((method) => ({
        method, refused: may[state]?.includes(method) ? null : `${method} is not allowed in state ${state}.`,
      })),
    }
    return { now: this.#original.world.now, pace: this.#pace, realClients: this.#real ? 1 : 0, slip: 0, viewers: 1, clients: [client], sources: [], original: this.#original.number, ...(this.#next ? { next: this.#next } : {}), forks: [...this.#forks.values()].map((fork) => fork.state), added: { nodes: [], links: [] } }
  }

  #hello(run: FixtureRun): Hello {
    return {
      version: VERSION,
      run: { number: run.number, id: run.number === 0 ? 'f1c7' : `f1c7${run.number}`, scenario: 'classroom', title: 'Classroom', seed: '7', epochMs: 1_760_000_000_000, rtspUrl: 'rtsp://127.0.0.1:8554/demo', clips: ['demo'], ...(this.#lesson && run === this.#original ? { lesson: this.#lesson } : {}) },
      topology, room: this.#room(), presets: [], ranges, scenarios: [{ name: 'classroom', title: 'Classroom' }], holdsKey: this.#key, history: 600_000 * MS, batch: run.batch, now: run.world.now, oldest: 0,
      rows: run.snapshot(), overview: run.overview(),
    }
  }

  #answer(id: number, outcome: Outcome): void {
    this.#events?.message({ type: 'answer', id, outcome })
  }

  #command(command: Command): Outcome {
    if (!this.#key) return { kind: 'refused', reason: 'Only who holds the room’s key can do this.' }
    if (command.kind === 'pace') {
      if (this.#real) return { kind: 'refused', reason: 'A real client is connected, so time cannot be stopped.' }
      this.#pace = command.pace
      this.#events?.message({ type: 'room', ...this.#room() })
    } else if (command.kind === 'request') {
      const refused = this.#room().clients[0]?.requests.find((r) => r.method === command.method)?.refused
      if (refused) return { kind: 'refused', reason: refused }
      this.#original.request(command.method)
    } else if (command.kind === 'open' || command.kind === 'redirect') {
      return { kind: 'refused', reason: 'The recorded room has one film.' }
    } else if (command.kind === 'weather') {
      const { link, direction, weather } = command
      for (const one of direction === 'both' ? (['forward', 'backward'] as const) : [direction]) this.#original.world.setWeather(link, one, weather)
    } else if (command.kind === 'fault') {
      return { kind: 'refused', reason: 'The pretended world cannot change what comes.' }
    } else if (command.kind === 'fork') {
      return this.#fork(command.at, command.change)
    } else if (command.kind === 'discardFork') {
      this.#forks.delete(command.run)
      this.#events?.message({ type: 'room', ...this.#room() })
    } else if (command.kind === 'begin') {
      return this.#begin(command.lesson)
    } else if (command.kind === 'cancelBegin') {
      this.#next = null
      this.#events?.message({ type: 'room', ...this.#room() })
    } else if (command.kind === 'playoutDelay') {
      this.#original.world.setPlayoutDelay(command.delay)
    } else if (command.kind === 'closeCapture') {
      return { kind: 'refused', reason: 'No capture is open.' }
    } else {
      const to = command.to
      const { world, rows } = this.#original
      for (let guard = 0; guard < 5000; guard += 1) {
        const next = world.nextEvent()
        if (next === null) break
        if (to.kind === 'time' && next > to.at) break
        this.#go(next)
        if (to.kind === 'event') break
        if (to.kind === 'message' && rows.deliveries.some((d) => d.message === to.message)) break
        if (to.kind === 'frame' && rows.receipts.some((x) => x.frame === to.frame)) break
      }
    }
    return { kind: 'done' }
  }

  #get(id: number, run: FixtureRun, get: Get): void {
    if (get.kind === 'segment') {
      this.#events?.message({ type: 'segment', id, rows: run.between(get.from, get.to) })
    } else if (get.kind === 'find') {
      const lost = run.rows.hops.find((hop) => hop.fate && hop.end > (get.from ?? -1))
      if (get.until === 'drop') this.#events?.message({ type: 'found', id, found: lost ? { t: lost.end, event: 'drop', frame: lost.frame, node: lost.from, link: lost.link } : null })
      else this.#answer(id, { kind: 'refused', reason: 'column 1: The pretended world finds a drop and nothing else.' })
    } else if (get.kind === 'series') {
      this.#events?.message({ type: 'series', id, series: seriesOf(run.rows, get.client, get.from, get.cell, get.cells) })
    } else if (get.kind === 'detail') {
      const row = run.rows.frames.find((f) => f.id === get.frame)
      const spec = run.world.specs.get(get.frame)
      if (row && spec) this.#events?.message({ type: 'detail', id, detail: dissect(row, spec) })
      else this.#answer(id, { kind: 'refused', reason: 'This frame is no longer kept.' })
    } else if (get.kind === 'picture') void this.#sendPicture(run, get.picture)
    else if (get.kind === 'check') this.#events?.message({ type: 'checked', id, check: { frame: get.frame, answer: { kind: 'missing', program: 'tshark' } } })
    else if (get.kind === 'lessons') this.#events?.message({ type: 'lessons', id, ...lessonList })
    else if (get.kind === 'lesson') {
      const lesson = lessonOf(get.lesson, get.language)
      if (lesson) this.#events?.message({ type: 'lesson', id, lesson })
      else this.#answer(id, { kind: 'refused', reason: 'There is no such lesson.' })
    } else this.#answer(id, { kind: 'refused', reason: 'The pretended world searches for nothing.' })
  }
}
