import type {
  Channel, ChannelEvents, Client, Command, Get, Hello, Id, Nanos, OpenChannel, Outcome, OverviewCell, Pace, PictureRow,
  Rect, RequestMethod, RoomState, Rows,
} from '../wire'
import { VERSION } from '../wire'
import { dissect } from './dissect'
import { drawPicture } from './picture'
import { emptyRows, FixtureWorld, ranges, topology } from './world'

const MS = 1_000_000
const TENTH = 100 * MS

/**
 * A pretended server inside the page, for work on the page without one: `?fixture`.
 *
 * - `start=SECONDS`: simulated time when the page opens (default 0)
 * - `pace=frozen|RATE`: how time runs at first (default 1)
 * - `viewer`: without the room's key
 * - `real`: a real client is connected, so the world cannot be stopped
 * - `break=SECONDS`: the connection is lost after so many seconds, for four seconds
 */
export function fixtureChannel(parameters: URLSearchParams): OpenChannel {
  const server = new FixtureServer(parameters)
  return (events) => server.open(events)
}

/** The stripe of the picture that one of its packets carries. */
function holeOf(packet: number, of: number): Rect {
  const top = Math.round((packet / of) * 22.5) * 16
  return { left: 0, top, width: 640, height: Math.min(32, 360 - top) }
}

class FixtureServer {
  #world = new FixtureWorld()
  #rows = emptyRows()
  #pictures = new Map<Id, PictureRow>()
  #pace: Pace
  #events: ChannelEvents | null = null
  #batch = 0
  #clock = performance.now()
  #key: boolean
  #real: boolean
  #down = 0

  constructor(parameters: URLSearchParams) {
    const pace = parameters.get('pace') ?? '1'
    this.#pace = pace === 'frozen' ? { kind: 'frozen' } : { kind: 'rate', rate: Number(pace) }
    this.#key = !parameters.has('viewer')
    this.#real = parameters.has('real')
    this.#run(Number(parameters.get('start') ?? 0) * 1000 * MS)
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
      events.message({ type: 'hello', ...this.#hello() })
      const last = this.#rows.pictures.at(-1)
      if (last) void this.#sendPicture(last.id)
    }, 30)
    return {
      send: (message) => {
        if (this.#events !== events) return
        setTimeout(() => {
          if (message.type === 'command') this.#answer(message.id, this.#command(message.command))
          else if (message.type === 'get') this.#get(message.id, message.get)
          else if (message.type === 'resync') events.message({ type: 'hello', ...this.#hello() })
        }, 4)
      },
      close: () => {
        if (this.#events === events) this.#events = null
      },
    }
  }

  #run(t: Nanos): Rows {
    const rows = this.#world.runUntil(t)
    for (const key of Object.keys(rows) as (keyof Rows)[]) (this.#rows[key] as unknown[]).push(...rows[key])
    for (const row of rows.pictures) this.#pictures.set(row.id, row)
    return rows
  }

  #tick(): void {
    const now = performance.now()
    const passed = Math.min(200, now - this.#clock)
    this.#clock = now
    if (this.#pace.kind !== 'rate') return
    this.#send(this.#run(this.#world.now + passed * MS * this.#pace.rate))
  }

  #send(rows: Rows): void {
    this.#batch += 1
    this.#events?.message({ type: 'batch', run: 0, number: this.#batch, now: this.#world.now, oldest: 0, rows })
    if (rows.states.length > 0) this.#events?.message({ type: 'room', ...this.#room() })
    const last = rows.pictures.at(-1)
    if (last) void this.#sendPicture(last.id)
  }

  async #sendPicture(id: Id): Promise<void> {
    const row = this.#pictures.get(id)
    // Where nothing can be drawn (tests without a browser) nothing is sent.
    if (!row || typeof OffscreenCanvas === 'undefined') return
    const lost = row.slots.findIndex((s) => s.message === null)
    const missing = lost < 0 ? [] : [holeOf(lost, row.slots.length)]
    const jpeg = await drawPicture(row.number ?? 0, missing)
    this.#events?.picture({ run: 0, client: row.client, picture: id, missing, jpeg })
  }

  #state(): string {
    const last = this.#rows.states.filter((s) => s.change.kind === 'rtsp').at(-1)?.change
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
    return { now: this.#world.now, pace: this.#pace, realClients: this.#real ? 1 : 0, slip: 0, viewers: 1, clients: [client], sources: [], forks: [], added: { nodes: [], links: [] } }
  }

  #between(from: Nanos, to: Nanos): Rows {
    const inside = (at: Nanos): boolean => at >= from && at < to
    const r = this.#rows
    return {
      messages: r.messages.filter((m) => inside(m.at)), frames: r.frames.filter((f) => inside(f.at)),
      hops: r.hops.filter((h) => inside(h.queued)), receipts: r.receipts.filter((x) => inside(x.at)),
      deliveries: r.deliveries.filter((d) => inside(d.at)), states: r.states.filter((s) => inside(s.at)), tcp: r.tcp.filter((v) => inside(v.at)), pictures: r.pictures.filter((p) => inside(p.at)),
    }
  }

  #hello(): Hello {
    const now = this.#world.now
    const rows = this.#between(now - 2000 * MS, now + 1)
    rows.states = [...this.#rows.states]
    const early = this.#rows.messages.filter((m) => m.at < now - 2000 * MS && (m.what.kind === 'request' || m.what.kind === 'response'))
    rows.messages = [...early, ...rows.messages]
    const overview: OverviewCell[] = Array.from({ length: Math.ceil(now / TENTH) }, () => ({ rtsp: 0, rtp: 0, rtcp: 0, drops: 0 }))
    for (const m of this.#rows.messages) {
      const cell = overview[Math.floor(m.at / TENTH)]
      if (!cell) continue
      if (m.what.kind === 'rtp') cell.rtp += 1
      else if (m.what.kind === 'rtcp') cell.rtcp += 1
      else cell.rtsp += 1
    }
    for (const h of this.#rows.hops) if (h.fate) (overview[Math.floor(h.queued / TENTH)] ?? { drops: 0 }).drops += 1
    for (const x of this.#rows.receipts) if (x.outcome.kind === 'dropped') (overview[Math.floor(x.at / TENTH)] ?? { drops: 0 }).drops += 1
    return {
      version: VERSION,
      run: { number: 0, id: 'f1c7', scenario: 'classroom', title: 'Classroom', seed: '7', epochMs: 1_760_000_000_000, rtspUrl: 'rtsp://127.0.0.1:8554/demo', clips: ['demo'] },
      topology, room: this.#room(), presets: [], ranges, holdsKey: this.#key, history: 600_000 * MS, batch: this.#batch, now, oldest: 0, rows, overview,
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
      this.#world.request(command.method)
    } else if (command.kind === 'open' || command.kind === 'redirect') {
      return { kind: 'refused', reason: 'The recorded room has one film.' }
    } else if (command.kind === 'fork' || command.kind === 'discardFork') {
      return { kind: 'refused', reason: 'The recorded room has one future.' }
    } else if (command.kind === 'weather' || command.kind === 'fault') {
      return { kind: 'refused', reason: 'The recorded room has its own weather.' }
    } else {
      const to = command.to
      for (let guard = 0; guard < 5000; guard += 1) {
        const next = this.#world.nextEvent()
        if (next === null) break
        if (to.kind === 'time' && next > to.at) break
        this.#send(this.#run(next))
        if (to.kind === 'event') break
        if (to.kind === 'message' && this.#rows.deliveries.some((d) => d.message === to.message)) break
        if (to.kind === 'frame' && this.#rows.receipts.some((x) => x.frame === to.frame)) break
      }
    }
    return { kind: 'done' }
  }

  #get(id: number, get: Get): void {
    if (get.kind === 'segment') {
      this.#events?.message({ type: 'segment', id, rows: this.#between(get.from, get.to) })
    } else if (get.kind === 'detail') {
      const row = this.#rows.frames.find((f) => f.id === get.frame)
      const spec = this.#world.specs.get(get.frame)
      if (row && spec) this.#events?.message({ type: 'detail', id, detail: dissect(row, spec) })
      else this.#answer(id, { kind: 'refused', reason: 'This frame is no longer kept.' })
    } else void this.#sendPicture(get.picture)
  }
}
