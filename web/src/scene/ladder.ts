// What happened between a client and its server, as the rows of a sequence diagram. Pure.

import { isInterleaved, messagesIn, SECOND, type Subject, type Trace } from '../trace'
import type { FrameRow, MessageRow, Nanos, OverviewCell } from '../wire'
import { cellsIn } from './lanes'

/** What a TCP segment without a message of its own stands for. */
export type SegmentKind = 'open' | 'accept' | 'close' | 'reset' | 'again' | 'probe' | 'ack'

/** One row of the diagram; `at` is when its arrow begins. */
export type LadderRow =
  | { kind: 'rtsp'; at: Nanos; message: MessageRow }
  | { kind: 'report'; at: Nanos; message: MessageRow }
  /** The packets of one picture, or of one moment of sound: they have one timestamp. */
  | Media
  /** Pictures in a row of which nothing was lost, put together. */
  | { kind: 'run'; at: Nanos; pictures: Media[] }
  | { kind: 'segment'; at: Nanos; frame: FrameRow; what: SegmentKind }
  /** Somebody asks for a hardware address, or answers. */
  | { kind: 'address'; at: Nanos; frame: FrameRow }
  /** Media that is on the tape, but not here. */
  | { kind: 'gap'; at: Nanos; from: Nanos; to: Nanos; packets: number; drops: number }

/** The packets with one timestamp. */
export interface Media {
  kind: 'media'
  at: Nanos
  packets: MessageRow[]
}

/** What the diagram leaves out. */
export interface LadderFilters {
  acks: boolean
  arp: boolean
  rtcp: boolean
}

/** Which rows are wanted. */
export interface LadderWish {
  client: number
  filters: LadderFilters
  /** Whole pictures of one second stand in one row. */
  together: boolean
}

/** Packets of one picture may come from the next second, this far into it. */
const OVER: Nanos = 0.5 * SECOND

interface Second {
  second: number
  /** Nothing more comes to it. */
  settled: boolean
  rows: LadderRow[]
}

/** What must be known of the whole run beside the rows: its counts, and where they begin. */
export interface Counts {
  cells: readonly OverviewCell[]
  start: Nanos
}

/** What a subject is for a row: whom a click on it follows. */
export function subjectOf(row: LadderRow): Subject | null {
  switch (row.kind) {
    case 'rtsp':
    case 'report': return { kind: 'message', id: row.message.id }
    case 'media': return message(row.packets[0])
    case 'run': return message(row.pictures[0]?.packets[0])
    case 'segment': {
      const id = messagesIn(row.frame)[0]
      return id === undefined ? { kind: 'frame', id: row.frame.id } : { kind: 'message', id }
    }
    case 'address': return { kind: 'frame', id: row.frame.id }
    case 'gap': return null
  }
}

const message = (row: MessageRow | undefined): Subject | null => (row ? { kind: 'message', id: row.id } : null)

/** A row's name, the same for as long as it is the same row. */
export function keyOf(row: LadderRow): string {
  switch (row.kind) {
    case 'gap': return `gap ${row.from}`
    case 'segment': return `segment ${row.frame.id}`
    case 'run': return `run ${row.pictures[0]?.packets[0]?.id}`
    default: {
      const subject = subjectOf(row)
      return `${row.kind} ${subject?.id}`
    }
  }
}

/**
 * The rows of all seconds that are here, in the order of time; RTSP messages of the others, too,
 * and gaps where their media would stand. Seconds that nothing can change any more are made once.
 */
export class LadderIndex {
  #wish: LadderWish | null = null
  #seconds = new Map<number, Second>()
  #rows: LadderRow[] = []
  /** The client's connections, as far as they are known. */
  #connections = new Map<number, number>()
  /** Runs of pictures that a hand has opened. */
  readonly #open = new Set<string>()

  get rows(): readonly LadderRow[] { return this.#rows }
  get length(): number { return this.#rows.length }

  /** Shows the pictures of a run one by one. */
  open(key: string): void {
    this.#open.add(key)
    this.#seconds.clear()
  }

  /** Takes over what came to the trace and went from it. */
  update(trace: Trace, wish: LadderWish, counts: Counts): void {
    if (JSON.stringify(wish) !== JSON.stringify(this.#wish)) {
      this.#wish = wish
      this.#seconds.clear()
    }
    this.#connect(trace)
    const seconds = new Map<number, Second>()
    for (const segment of trace.allSegments()) {
      const known = this.#seconds.get(segment.second)
      const settled = segment.whole && (segment.second + 3) * SECOND < trace.live
      seconds.set(segment.second, known?.settled && settled ? known : { second: segment.second, settled, rows: this.#build(trace, segment.second, wish) })
    }
    this.#seconds = seconds
    const missing = trace.missing(trace.oldest, trace.live)
    const rows = [...seconds.values()].flatMap((second) => second.rows)
    for (const gap of stretches(missing)) rows.push(...this.#gap(trace, gap, wish, counts))
    this.#rows = rows.sort((a, b) => a.at - b.at)
  }

  /** The place of the last row at or before a moment; -1 when all are later. */
  lastAt(at: Nanos): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#rows[middle]?.at ?? Infinity) <= at) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Where a moment lies, in rows from the first one's moment on: between two rows by their times. */
  place(at: Nanos): number {
    const before = this.lastAt(at)
    const [here, next] = [this.#rows[before], this.#rows[before + 1]]
    if (!here) return next ? -0.5 : 0
    // Behind the last row a second is as long as a row.
    const length = next ? next.at - here.at : SECOND
    return before + Math.min(1, length > 0 ? (at - here.at) / length : 1)
  }

  /** The place of the row that has a message or frame in it; -1 when there is none. */
  placeOf(subject: Subject, at: Nanos): number {
    const near = this.lastAt(at)
    // Its row begins with its first packet: not far before.
    for (let place = Math.min(this.#rows.length - 1, near + 1); place >= Math.max(0, near - 400); place -= 1) {
      const row = this.#rows[place]
      if (row && holds(row, subject)) return place
    }
    return -1
  }

  /** Which connections are the client's: from its messages, and from what it sends itself. */
  #connect(trace: Trace): void {
    for (const { transport, client } of trace.signalling) {
      if (transport.kind === 'tcp' && client !== null) this.#connections.set(transport.connection, client)
    }
  }

  #build(trace: Trace, second: number, wish: LadderWish): LadderRow[] {
    const [from, to] = [second * SECOND, (second + 1) * SECOND]
    const rows: LadderRow[] = []
    const media = new Map<string, Media>()
    const begun = this.#keysOf(trace, second - 1, wish)
    for (const row of trace.segments(from, to).flatMap((segment) => segment.messages)) {
      if (!concerns(trace, row, wish.client)) continue
      const what = row.what
      if (what.kind === 'rtp') {
        const key = mediaKey(row)
        if (begun.has(key)) continue
        const known = media.get(key)
        if (known) known.packets.push(row)
        else {
          const fresh: Media = { kind: 'media', at: row.at, packets: [row] }
          media.set(key, fresh)
          rows.push(fresh)
        }
      } else if (what.kind === 'rtcp') {
        if (!wish.filters.rtcp) rows.push({ kind: 'report', at: row.at, message: row })
      } else if (what.kind !== 'unknown') rows.push({ kind: 'rtsp', at: row.at, message: row })
    }
    for (const row of trace.segments(to, to + OVER).flatMap((segment) => segment.messages)) {
      if (row.at < to + OVER && row.what.kind === 'rtp') media.get(mediaKey(row))?.packets.push(row)
    }
    const frames = trace.segments(from, to).flatMap((segment) => segment.frames)
    for (const frame of frames) {
      if (frame.node === wish.client && frame.carried.kind === 'tcp') this.#connections.set(frame.carried.connection, wish.client)
    }
    for (const frame of frames) {
      const row = this.#frame(frame, wish)
      if (row) rows.push(row)
    }
    rows.sort((a, b) => a.at - b.at)
    return wish.together ? this.#together(trace, rows, wish.client) : rows
  }

  /** The timestamps whose first packet was sent in a second. */
  #keysOf(trace: Trace, second: number, wish: LadderWish): Set<string> {
    const out = new Set<string>()
    if (second < 0) return out
    for (const segment of trace.segments(second * SECOND, (second + 1) * SECOND)) {
      for (const row of segment.messages) if (row.what.kind === 'rtp' && concerns(trace, row, wish.client)) out.add(mediaKey(row))
    }
    return out
  }

  #frame(frame: FrameRow, { client, filters }: LadderWish): LadderRow | null {
    if (frame.parent !== null) return null
    const { carried, at } = frame
    if (carried.kind === 'arp' || carried.kind === 'discovery') {
      return filters.arp || frame.node !== client ? null : { kind: 'address', at, frame }
    }
    if (carried.kind !== 'tcp' || this.#connections.get(carried.connection) !== client) return null
    const what = segmentKind(frame)
    if (what === null || (what === 'ack' && filters.acks)) return null
    return { kind: 'segment', at, frame, what }
  }

  /** Puts pictures in a row of which nothing was lost into one row. */
  #together(trace: Trace, rows: readonly LadderRow[], client: number): LadderRow[] {
    const out: LadderRow[] = []
    let run: Media[] = []
    const close = (): void => {
      const [first] = run
      const row: LadderRow | undefined = run.length > 1 && first ? { kind: 'run', at: first.at, pictures: run } : first
      if (row?.kind === 'run' && this.#open.has(keyOf(row))) out.push(...run)
      else if (row) out.push(row)
      run = []
    }
    for (const row of rows) {
      if (row.kind === 'media' && lostIn(trace, row, client).length === 0) run.push(row)
      else {
        close()
        out.push(row)
      }
    }
    close()
    return out
  }

  /** The rows of a stretch whose media is not here. */
  #gap(trace: Trace, { from, to }: { from: Nanos; to: Nanos }, { client }: LadderWish, counts: Counts): LadderRow[] {
    const rows: LadderRow[] = trace.signalling
      .filter((row) => row.at >= from && row.at < to && row.client === client && trace.message(row.id) === undefined)
      .map((row) => ({ kind: 'rtsp', at: row.at, message: row }))
    const edges = [from, ...rows.map((row) => row.at), to]
    edges.slice(1).forEach((end, i) => {
      const begin = edges[i] ?? from
      let [packets, drops] = [0, 0]
      for (const { at, cell } of cellsIn(counts.cells, counts.start, { from: begin, to: end })) {
        if (at < begin || at >= end) continue
        packets += cell.rtp
        drops += cell.drops
      }
      if (packets > 0) rows.push({ kind: 'gap', at: begin, from: begin, to: end, packets, drops })
    })
    return rows
  }
}

/** Whether a message belongs to what a client says and gets. */
function concerns(trace: Trace, row: MessageRow, client: number): boolean {
  if (row.client !== null) return row.client === client
  // What goes to a group is of all that are in it; one that got nothing of it is not.
  const delivery = trace.delivery(row.id, client)
  return delivery === undefined || delivery.node === client
}

function mediaKey({ from, what }: MessageRow): string {
  return what.kind === 'rtp' ? `${from} ${what.ssrc} ${what.timestamp}` : ''
}

/** Whether a message or frame is (a part of) what a row shows. */
export function holds(row: LadderRow, subject: Subject): boolean {
  if (subject.kind === 'message') {
    if (row.kind === 'media') return row.packets.some((packet) => packet.id === subject.id)
    if (row.kind === 'run') return row.pictures.some((picture) => picture.packets.some((packet) => packet.id === subject.id))
    return (row.kind === 'rtsp' || row.kind === 'report') && row.message.id === subject.id
  }
  return (row.kind === 'segment' || row.kind === 'address') && row.frame.id === subject.id
}

/** What a TCP segment is shown for; `null` for one that brings data for the first time. */
export function segmentKind({ carried, cause }: FrameRow): SegmentKind | null {
  if (carried.kind !== 'tcp') return null
  const flags = carried.flags.split(' ')
  switch (cause.kind) {
    case 'timeout':
    case 'afterTimeout':
    case 'fastRetransmit':
    case 'partialAck':
    case 'lostBySack':
    case 'sackHole':
    case 'rescue':
    case 'pathMtu': return 'again'
    case 'zeroWindowProbe': return 'probe'
    case 'captured':
      if (cause.seen === 'repeats') return 'again'
      if (cause.seen === 'keepAlive') return 'probe'
  }
  if (flags.includes('RST')) return 'reset'
  if (flags.includes('SYN')) return flags.includes('ACK') ? 'accept' : 'open'
  if (flags.includes('FIN')) return 'close'
  return carried.start === carried.end ? 'ack' : null
}

/** What became of a message on its way to `client`, or from it. */
export type Fate =
  | { kind: 'delivered'; at: Nanos; node: number }
  /** Where it was lost: at a device, or on the cable behind it. */
  | { kind: 'lost'; at: Nanos; node: number; frame: number }
  | { kind: 'underway' }

/** How a message fared. */
export function fateOf(trace: Trace, row: MessageRow, client: number): Fate {
  const delivery = trace.delivery(row.id, client)
  if (delivery && (row.to !== null || delivery.node === client || row.from === client)) return { kind: 'delivered', at: delivery.at, node: delivery.node }
  // TCP sends again what is lost.
  if (row.transport.kind === 'tcp') return { kind: 'underway' }
  let lost: Fate = { kind: 'underway' }
  for (const frame of trace.framesOf(row.id)) {
    const found = lossOf(trace, frame)
    if (found) lost = found
  }
  return lost
}

/** Where a frame, or one that was made from it, was lost. */
export function lossOf(trace: Trace, frame: FrameRow): (Fate & { kind: 'lost' }) | null {
  const queue: FrameRow[] = [frame]
  // A network has few routers, and each makes one frame of one.
  for (let guard = 0; guard < 32; guard += 1) {
    const here = queue.shift()
    if (!here) return null
    for (const hop of trace.hops(here.id)) if (hop.fate) return { kind: 'lost', at: hop.end, node: hop.from, frame: here.id }
    for (const receipt of trace.receipts(here.id)) {
      if (receipt.outcome.kind === 'dropped' && receipt.outcome.reason !== 'duplicate') return { kind: 'lost', at: receipt.at, node: receipt.node, frame: here.id }
    }
    queue.push(...trace.children(here.id))
  }
  return null
}

/** The packets of a picture that were lost. */
export function lostIn(trace: Trace, media: Media, client: number): MessageRow[] {
  return media.packets.filter((packet) => fateOf(trace, packet, client).kind === 'lost')
}

/** When the last packet of a picture arrived; `null` while none has. */
export function arrivedAt(trace: Trace, media: Media, client: number): Nanos | null {
  let last: Nanos | null = null
  for (const packet of media.packets) {
    const fate = fateOf(trace, packet, client)
    if (fate.kind === 'delivered') last = Math.max(last ?? 0, fate.at)
  }
  return last
}

/** The packets came inside the RTSP connection. */
export function inside(media: Media): boolean {
  const [first] = media.packets
  return first !== undefined && isInterleaved(first)
}

/** Seconds in a row as stretches of time. */
function stretches(seconds: readonly number[]): { from: Nanos; to: Nanos }[] {
  const out: { from: Nanos; to: Nanos }[] = []
  for (const second of seconds) {
    const last = out.at(-1)
    if (last?.to === second * SECOND) last.to += SECOND
    else out.push({ from: second * SECOND, to: (second + 1) * SECOND })
  }
  return out
}
