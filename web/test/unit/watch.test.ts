import { describe, expect, it } from 'vitest'
import { lastDrop, marksIn } from '../../src/scene/lanerows'
import { networkNames } from '../../src/scene/names'
import { arrivalsOf, lostMessages, pictureAt, picturesOf, playedInVain } from '../../src/scene/watch'
import { RunMemory } from '../../src/state/memory.svelte'
import { clientOf, Trace } from '../../src/trace'
import type { CarriedRow, FrameRow, MessageRow, Node, PictureRow, Rows, WhatRow } from '../../src/wire'

const MS = 1e6
const S = 1e9
const CLIENT = 0
const ROUTER = 3
const SERVER = 4

function rtp(sequence: number, timestamp: number): WhatRow {
  return { kind: 'rtp', sequence, timestamp, ssrc: 1, marker: false, payloadType: 26, picture: null, index: null, of: null }
}

function message(id: number, at: number, what: WhatRow, to = CLIENT): MessageRow {
  return { id, at, from: SERVER, to, client: to, transport: { kind: 'udp', src: 6970, dst: 5004 }, what, length: 1, cause: null }
}

function frame(id: number, at: number, carried: CarriedRow, parent: number | null = null, node = SERVER): FrameRow {
  return { id, at, node, parent, length: 64, carried, cause: { kind: 'application' } }
}

function trace(rows: Partial<Rows>): Trace {
  const all = new Trace()
  all.add({ messages: [], frames: [], hops: [], receipts: [], deliveries: [], states: [], tcp: [], pictures: [], ...rows })
  return all
}

const nodes = ['Client', 'SW1', 'SW2', 'R1', 'Server'].map(
  (name, id): Node => ({ id, name, kind: id === CLIENT ? 'client' : id === SERVER ? 'server' : 'switch', interfaces: [], layerDelay: 0 }),
)
const udp = (id: number): CarriedRow => ({ kind: 'udp', message: id, src: 6970, dst: 5004 })

describe('packets of one client', () => {
  const tape = trace({
    messages: [message(1, 10 * MS, rtp(7, 100)), message(2, 11 * MS, rtp(8, 100)), message(3, 12 * MS, rtp(1, 5), 9), message(4, 50 * MS, rtp(9, 200))],
    deliveries: [{ message: 1, node: CLIENT, at: 14 * MS, frame: null }],
  })
  it('are those sent to it so far', () => {
    expect(arrivalsOf(tape, CLIENT, 20 * MS).map((one) => [one.message, one.delivered])).toEqual([
      [1, 14 * MS],
      [2, null],
    ])
  })
  it('that are missing in a picture are found by sequence number', () => {
    const picture = {
      id: 1, at: 70 * MS, client: CLIENT, timestamp: 100, slots: [{ sequence: 7, message: 1 }, { sequence: 8, message: null }],
    } as PictureRow
    expect(lostMessages(tape, picture)).toEqual(new Map([[8, 2]]))
    expect(picturesOf(trace({ pictures: [picture] }), CLIENT, 60 * MS)).toEqual([picture])
    expect(picturesOf(trace({ pictures: [picture] }), 9, 60 * MS)).toEqual([])
  })
})

describe('the picture on the screen', () => {
  const shown = (id: number, at: number, client = CLIENT): PictureRow => ({ id, at, client, number: id, timestamp: id, complete: id !== 81, slots: [] }) as unknown as PictureRow
  const tape = trace({ pictures: [shown(80, 80 * MS), shown(7, 90 * MS, 9), shown(81, 120 * MS), shown(82, 160 * MS)] })
  const left = (picture: PictureRow): boolean => picture.id !== 81
  it('is the last one that was due', () => {
    expect([79, 80, 119, 120, 159, 160].map((at) => pictureAt(tape, CLIENT, at * MS)?.id)).toEqual([undefined, 80, 80, 81, 81, 82])
  })
  it('is the one before where nothing of it can be shown', () => {
    expect([119, 120, 159, 160].map((at) => pictureAt(tape, CLIENT, at * MS, left)?.id)).toEqual([80, 80, 80, 82])
  })
  it('is one of which the server can show nothing only while that is not known', () => {
    const memory = new RunMemory(3)
    const picture = shown(81, 120 * MS)
    expect(memory.shows(picture)).toBe(true)
    memory.pictures.refused(81)
    expect(memory.shows(picture)).toBe(false)
    expect(new RunMemory(4).shows(picture)).toBe(true)
  })
})

describe('marks on the lanes', () => {
  const tape = trace({
    messages: [message(1, 10 * MS, rtp(7, 100)), message(2, 11 * MS, { kind: 'rtcp', types: ['SR'] })],
    frames: [frame(5, 10 * MS, udp(1)), frame(6, 12 * MS, udp(1), 5, ROUTER)],
    hops: [{ frame: 6, link: 1, from: ROUTER, queued: 12 * MS, start: 12 * MS, end: 13 * MS, arrive: 14 * MS, fate: { kind: 'lost' } }],
  })
  it('stand where messages were sent', () => {
    const { marks } = marksIn(tape, CLIENT, { from: 0, to: S })
    expect(marks.map((mark) => [mark.lane, mark.at])).toEqual([['rtp', 10 * MS], ['rtcp', 11 * MS]])
  })
  it('show a loss behind a router at its message', () => {
    const { drops } = marksIn(tape, CLIENT, { from: 0, to: S })
    expect(drops).toEqual([{ frame: 6, lane: 'rtp', at: 10 * MS, when: 13 * MS, subject: { kind: 'message', id: 1 } }])
    expect(marksIn(tape, 9, { from: 0, to: S }).drops).toEqual([])
    expect(lastDrop(tape, 0, S)).toMatchObject({ node: ROUTER, loss: { kind: 'fate', fate: { kind: 'lost' } } })
    expect(lastDrop(tape, 14 * MS, S)).toBeNull()
  })
})

describe('PLAY in vain', () => {
  const ok: WhatRow = { kind: 'response', status: 200, reason: 'OK', method: 'PLAY', cseq: 4 }
  it('is told when nothing came for long enough', () => {
    const tape = trace({ messages: [message(1, S, ok)] })
    tape.live = 5 * S
    tape.fill(0, 5 * S)
    expect(playedInVain(tape, CLIENT, 2 * S, 2 * S)).toBeNull()
    expect(playedInVain(tape, CLIENT, 3.5 * S, 2 * S)).toBe(S)
    expect(playedInVain(tape, 9, 3.5 * S, 2 * S)).toBeNull()
  })
  it('is told when packets were sent and none arrived, whatever the player calls itself', () => {
    const tape = trace({
      messages: [message(1, S, ok), message(2, 1.1 * S, rtp(1, 1))],
      states: [{ at: S, node: CLIENT, change: { kind: 'media', client: CLIENT, state: 'playing' } }],
    })
    tape.live = 5 * S
    tape.fill(0, 5 * S)
    expect(playedInVain(tape, CLIENT, 3.5 * S, 2 * S)).toBe(S)
  })
  it('is not told when a packet came, or PAUSE was answered', () => {
    const played = trace({
      messages: [message(1, S, ok), message(2, 1.1 * S, rtp(1, 1))],
      deliveries: [{ message: 2, node: CLIENT, at: 1.2 * S, frame: null }],
    })
    played.live = 5 * S
    played.fill(0, 5 * S)
    expect(playedInVain(played, CLIENT, 4 * S, 2 * S)).toBeNull()
    const paused = trace({ messages: [message(1, S, ok), message(2, 2 * S, { ...ok, method: 'PAUSE' })] })
    paused.live = 5 * S
    paused.fill(0, 5 * S)
    expect(playedInVain(paused, CLIENT, 4.5 * S, 2 * S)).toBeNull()
  })
})

describe('names', () => {
  const tcp: CarriedRow = { kind: 'tcp', connection: 3, flags: 'SYN', start: 0, end: 0, messages: [], src: 1, dst: 2 }
  it('of far ends come from the connection', () => {
    const names = networkNames(trace({}), () => nodes)
    expect(names.node(ROUTER)).toBe('R1')
    expect(names.node(99)).toBe('host 99')
    expect(names.peer(frame(1, 0, tcp, null, SERVER))).toBe('client')
    expect(names.peer(frame(2, 0, tcp, null, CLIENT))).toBe('Server')
    expect(names.peer(frame(3, 0, tcp, null, SERVER))).toBe('Client')
  })
  it('of who asked come from the last ARP request for that address', () => {
    const ask: CarriedRow = { kind: 'arp', request: true, target: '10.0.1.1' }
    const answer = frame(2, 5 * MS, { kind: 'arp', request: false, target: '10.0.1.1' }, null, ROUTER)
    const names = networkNames(trace({ frames: [frame(1, 0, ask, null, CLIENT), answer] }), () => nodes)
    expect(names.peer(answer)).toBe('Client')
  })
})

describe('whose conversation something is part of', () => {
  const OTHER = 9
  const none = { nodes: [], links: [] }
  const segment = (connection: number, messages: number[] = []): CarriedRow =>
    ({ kind: 'tcp', connection, flags: '', start: 0, end: 0, messages, src: 1, dst: 2 })
  const tape = trace({
    messages: [message(1, 10 * MS, { kind: 'response', status: 200, reason: 'OK', method: 'PLAY', cseq: 4 }, OTHER)],
    frames: [
      frame(5, 10 * MS, segment(1, [1])), frame(6, 12 * MS, segment(1, [1]), 5, ROUTER),
      frame(7, 20 * MS, segment(2), null, OTHER), frame(8, 21 * MS, segment(2)),
      frame(9, 30 * MS, { kind: 'arp', request: true, target: '10.0.1.2' }, null, ROUTER),
    ],
  })
  const owner = (kind: 'message' | 'frame', id: number) => clientOf(tape, { kind, id }, [CLIENT, OTHER], none)
  it('is told by the message, also for the frames that carry it', () => {
    expect([owner('message', 1), owner('frame', 5), owner('frame', 6)]).toEqual([OTHER, OTHER, OTHER])
  })
  it('is told by the host that sent a frame, or by its connection', () => {
    expect([owner('frame', 7), owner('frame', 8)]).toEqual([OTHER, OTHER])
  })
  it('is unknown for what is nobody’s, and for what is not here', () => {
    expect([owner('frame', 9), owner('frame', 77), owner('message', 77)]).toEqual([null, null, null])
  })
})
