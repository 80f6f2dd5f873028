import { describe, expect, it } from 'vitest'
import { arrowOf } from '../../src/scene/ladder-arrows'
import { fateOf, holds, keyOf, LadderIndex, lostIn, segmentKind, subjectOf, type LadderRow, type LadderWish } from '../../src/scene/ladder'
import { lifelines, stretchesOf } from '../../src/scene/lifelines'
import { ladder } from '../../src/text/en-ladder'
import { SECOND, Trace } from '../../src/trace'
import type { FrameRow, OverviewCell } from '../../src/wire'
import { fixture, topology } from './support/fixture'

const CLIENT = 0
const SERVER = 4
const wish: LadderWish = { client: CLIENT, filters: { acks: true, arp: true, rtcp: true }, together: false }
const none = { cells: [], start: 0 }

function made(seconds: number, wanted: LadderWish = wish): { trace: Trace; index: LadderIndex; rows: readonly LadderRow[] } {
  const { trace } = fixture(seconds)
  const index = new LadderIndex()
  index.update(trace, wanted, none)
  return { trace, index, rows: index.rows }
}

const words = (rows: readonly LadderRow[]): string[] => rows.map((row) => ladder.label(row, 0).main)

describe('the rows of the ladder', () => {
  it('tell the connection, the conversation and the pictures in their order', () => {
    const { rows } = made(3)
    expect(words(rows).slice(0, 12)).toEqual([
      'SYN', 'SYN ACK', 'OPTIONS', '200 OK', 'DESCRIBE', '200 OK', 'SETUP', '200 OK', 'PLAY', '200 OK', 'Picture 0', 'Picture 1',
    ])
    expect(rows.every((row, i) => row.at >= (rows[i - 1]?.at ?? 0))).toBe(true)
  })

  it('put each packet into one row only, also where a picture begins in one second and ends in the next', () => {
    const { rows, trace } = made(5)
    const ids = rows.flatMap((row) => (row.kind === 'media' ? row.packets.map((packet) => packet.id) : []))
    expect(new Set(ids).size).toBe(ids.length)
    const sent = trace.allSegments().flatMap((segment) => segment.messages).filter((message) => message.what.kind === 'rtp')
    expect(ids.length).toBe(sent.length)
  })

  it('show acknowledgements, addresses and reports only where they are asked for', () => {
    const kinds = (rows: readonly LadderRow[]): Set<string> => new Set(rows.map((row) => (row.kind === 'segment' ? row.what : row.kind)))
    expect(kinds(made(7).rows)).toEqual(new Set(['open', 'accept', 'rtsp', 'media']))
    const all = made(7, { ...wish, filters: { acks: false, arp: false, rtcp: false } })
    expect([...kinds(all.rows)]).toEqual(expect.arrayContaining(['ack', 'address', 'report']))
  })

  it('know what was lost of a picture, and where', () => {
    const { rows, trace } = made(4)
    const broken = rows.filter((row) => row.kind === 'media').filter((row) => lostIn(trace, row, CLIENT).length > 0)
    expect(broken).toHaveLength(1)
    const [row] = broken
    if (!row) throw new Error('no picture with a hole')
    expect(ladder.label(row, 1)).toEqual({ main: 'Picture 60', sub: '11 packets, 1 lost' })
    const arrow = arrowOf(trace, topology, row, lifelines(trace, topology, CLIENT))
    expect(arrow).toMatchObject({ from: SERVER, to: CLIENT, missing: 1, thick: true })
    expect(arrow?.lost?.part).toBeGreaterThan(0)
    expect(arrow?.lost?.part).toBeLessThan(1)
  })

  it('put whole pictures of a second together, and take them apart again', () => {
    const { trace, index, rows } = made(4, { ...wish, together: true })
    const runs = rows.filter((row) => row.kind === 'run')
    expect(runs.length).toBeGreaterThan(1)
    // A picture with a hole stands alone.
    expect(rows.filter((row) => row.kind === 'media').some((row) => lostIn(trace, row, CLIENT).length === 1)).toBe(true)
    const [first] = runs
    if (!first) throw new Error('no run')
    const before = rows.length
    index.open(keyOf(first))
    index.update(trace, { ...wish, together: true }, none)
    expect(index.length).toBe(before + first.pictures.length - 1)
  })

  it('are found by what they show and by their time', () => {
    const { index, rows } = made(4)
    rows.slice(0, 40).forEach((row, place) => {
      const subject = subjectOf(row)
      if (!subject) throw new Error('every row here can be followed')
      expect(holds(row, subject)).toBe(true)
      if (subject.kind === 'message') expect(index.placeOf(subject, row.at)).toBe(place)
      expect(index.lastAt(row.at)).toBeGreaterThanOrEqual(place)
    })
    const [a, b] = [rows[20]?.at ?? 0, rows[21]?.at ?? 0]
    expect(index.place(a)).toBe(20)
    expect(index.place((a + b) / 2)).toBeCloseTo(20.5)
    expect(index.place(0)).toBeLessThan(0)
  })
})

describe('what is not here', () => {
  it('is a gap with its counts, and RTSP messages of it are told all the same', () => {
    const { trace: whole } = fixture(12)
    const trace = new Trace()
    const rows = (from: number, to: number) => {
      const segments = whole.segments(from * SECOND, to * SECOND)
      const all = <T>(pick: (s: (typeof segments)[number]) => readonly T[]): T[] => segments.flatMap((s) => [...pick(s)])
      return { messages: all((s) => s.messages), frames: all((s) => s.frames), hops: all((s) => s.hops), receipts: all((s) => s.receipts), deliveries: all((s) => s.deliveries), pictures: all((s) => s.pictures), states: [], tcp: [] }
    }
    trace.add({ ...rows(9, 12), states: whole.states })
    trace.add({ ...rows(0, 0), messages: [...whole.signalling] })
    // Seconds of which only the RTSP is known are not here.
    trace.live = 12 * SECOND
    trace.fill(9 * SECOND, 12 * SECOND)
    const cells: OverviewCell[] = Array.from({ length: 120 }, (_, i) => ({ rtsp: 0, rtp: i < 5 ? 0 : 27, rtcp: 0, drops: i === 40 ? 2 : 0 }))
    const index = new LadderIndex()
    index.update(trace, wish, { cells, start: 0 })
    const gap = index.rows.find((row) => row.kind === 'gap')
    expect(gap).toMatchObject({ kind: 'gap', drops: 2 })
    expect(gap?.kind === 'gap' ? gap.packets : 0).toBeGreaterThan(1000)
    expect(words(index.rows)).toEqual(expect.arrayContaining(['OPTIONS', 'SETUP', 'PLAY']))
  })
})

describe('who stands at the top', () => {
  it('is the client and who it speaks with', () => {
    const { trace } = fixture(3)
    expect(lifelines(trace, topology, CLIENT).map((line) => [line.node.name, line.kind])).toEqual([['Client', 'client'], ['Server', 'peer']])
  })

  it('is a router, too, where it translates addresses', () => {
    const { trace } = fixture(3)
    trace.states.push({ at: 1, node: 2, change: { kind: 'nat', protocol: 17, inside: '10.0.1.2:5004', outside: '10.0.2.1:40000', open: true } })
    expect(lifelines(trace, topology, CLIENT).map((line) => line.kind)).toEqual(['client', 'translator', 'peer'])
  })

  it('has its states beside its line', () => {
    const { trace } = fixture(3)
    expect(stretchesOf(trace, CLIENT, 'Init', 0, 3 * SECOND).map((one) => one.state)).toEqual(['Init', 'Ready', 'Playing'])
    const playing = stretchesOf(trace, CLIENT, 'Init', 2 * SECOND, 3 * SECOND)
    expect(playing).toEqual([{ state: 'Playing', from: 2 * SECOND, to: null }])
  })
})

describe('TCP on the ladder', () => {
  const frame = (flags: string, cause: FrameRow['cause'], data = 0): FrameRow => ({
    id: 1, at: 0, node: 0, parent: null, length: 60, cause,
    carried: { kind: 'tcp', connection: 0, flags, start: 0, end: data, messages: [], src: 1, dst: 2 },
  })
  it('says what a segment stands for', () => {
    expect(segmentKind(frame('SYN', { kind: 'connect' }))).toBe('open')
    expect(segmentKind(frame('SYN ACK', { kind: 'acceptSyn' }))).toBe('accept')
    expect(segmentKind(frame('FIN ACK', { kind: 'close' }))).toBe('close')
    expect(segmentKind(frame('RST', { kind: 'abort' }))).toBe('reset')
    expect(segmentKind(frame('ACK', { kind: 'ack', because: 'delayed' }))).toBe('ack')
    expect(segmentKind(frame('PSH ACK', { kind: 'data', because: 'written' }, 100))).toBeNull()
    expect(segmentKind(frame('PSH ACK', { kind: 'timeout', rto: 1e9, attempt: 2, repeats: null }, 100))).toBe('again')
    const again: LadderRow = { kind: 'segment', at: 0, what: 'again', frame: frame('PSH ACK', { kind: 'timeout', rto: 1e9, attempt: 2, repeats: null }, 100) }
    expect(ladder.label(again, 0)).toEqual({ main: 'TCP sends again', sub: 'no answer within 1 s (RTO), try 2' })
  })

  it('does not call lost what will be sent again', () => {
    const { trace } = fixture(3)
    const rtsp = trace.signalling[0]
    if (!rtsp) throw new Error('no RTSP')
    expect(fateOf(trace, rtsp, CLIENT).kind).toBe('delivered')
  })
})
