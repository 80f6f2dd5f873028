import { describe, expect, it } from 'vitest'
import { type Gap, isGap, PacketIndex } from '../../src/scene/packetindex'
import { filterOf, frameLine, messageLine, type PacketLine } from '../../src/text/packets'
import { Trace } from '../../src/trace'
import type { CarriedRow, CauseRow, FrameRow, MessageRow, Rows, WhatRow } from '../../src/wire'

const names = { node: (id: number) => ['Client', 'Server'][id] ?? '?', peer: () => 'Server' }
const rtp: WhatRow = {
  kind: 'rtp',
  sequence: 4715,
  timestamp: 1,
  ssrc: 2,
  marker: false,
  payloadType: 26,
  picture: 142,
  index: 4,
  of: 11,
}
const tcp: CarriedRow = {
  kind: 'tcp',
  connection: 1,
  flags: 'SYN',
  start: 0,
  end: 0,
  messages: [],
  src: 49152,
  dst: 8554,
}

function message(id: number, at: number, what: WhatRow = rtp): MessageRow {
  return {
    id,
    at,
    from: 1,
    to: 0,
    client: 0,
    transport: { kind: 'udp', src: 6970, dst: 5004 },
    what,
    length: 1377,
    cause: null,
  }
}

function frame(
  id: number,
  at: number,
  carried: CarriedRow = tcp,
  parent: number | null = null,
  cause: CauseRow = { kind: 'connect' },
): FrameRow {
  return { id, at, node: 0, parent, length: 64, carried, cause }
}

function rows(messages: MessageRow[], frames: FrameRow[] = []): Rows {
  return { messages, frames, hops: [], receipts: [], deliveries: [], states: [], tcp: [], pictures: [] }
}

describe('a line', () => {
  it('says what a message is', () => {
    expect(messageLine(message(1, 2), names)).toMatchObject({
      from: 'Server',
      to: 'Client',
      protocol: 'RTP',
      info: 'picture 142, 5/11 #4715',
    })
    expect(
      messageLine(message(1, 2, { kind: 'response', status: 200, reason: 'OK', method: 'SETUP', cseq: 3 }), names).info,
    ).toBe('200 OK, to SETUP')
    expect(messageLine(message(1, 2, { kind: 'rtcp', types: ['SR', 'SDES'] }), names)).toMatchObject({
      protocol: 'RTCP',
      info: 'SR SDES',
    })
  })
  it('stands for a frame only when no message or earlier frame does', () => {
    expect(frameLine(frame(5, 7), names)).toMatchObject({ protocol: 'TCP', info: 'SYN, 49152 → 8554', osi: 4 })
    expect(frameLine(frame(5, 7, { ...tcp, messages: [3] }), names)).toBeNull()
    expect(frameLine(frame(5, 7, tcp, 4), names)).toBeNull()
    expect(frameLine(frame(5, 7, { kind: 'udp', message: 3, src: 1, dst: 2 }), names)).toBeNull()
  })
  it('asks and answers in ARP', () => {
    expect(frameLine(frame(5, 7, { kind: 'arp', request: true, target: '10.0.1.1' }), names)).toMatchObject({
      to: 'everyone',
      info: 'Who has 10.0.1.1?',
    })
    expect(frameLine(frame(5, 7, { kind: 'arp', request: false, target: '10.0.1.1' }), names)).toMatchObject({
      to: 'Server',
      info: '10.0.1.1 is here',
    })
  })
  it('says when a segment is sent again', () => {
    const again = frame(5, 7, tcp, null, { kind: 'timeout', rto: 1, attempt: 2, repeats: null })
    expect(frameLine(again, names)?.info).toContain('again (attempt 2)')
  })
})

describe('the filter', () => {
  const line = messageLine(message(1, 2), names)
  it('wants every word', () => {
    expect(filterOf('rtp 142')?.(line)).toBe(true)
    expect(filterOf('RTP 143')?.(line)).toBe(false)
  })
  it('takes words away, and keeps quoted ones whole', () => {
    expect(filterOf('-rtcp')?.(line)).toBe(true)
    expect(filterOf('-rtp')?.(line)).toBe(false)
    expect(filterOf('"142, 5/11"')?.(line)).toBe(true)
    expect(filterOf('"5/11 142"')?.(line)).toBe(false)
  })
  it('takes the name of a protocol as a word of its own', () => {
    const report = messageLine(message(1, 2, { kind: 'rtcp', types: ['SR'] }), names)
    expect(filterOf('tcp')?.(report)).toBe(false)
    expect(filterOf('rtcp')?.(report)).toBe(true)
    expect(filterOf('-tcp')?.(report)).toBe(true)
    expect(filterOf('TCP')?.(frameLine(frame(5, 7), names) as PacketLine)).toBe(true)
    expect(filterOf('rtc')?.(report)).toBe(true)
  })
  it('is no filter when empty', () => {
    expect(filterOf('  ')).toBeNull()
    expect(filterOf('-')).toBeNull()
  })
})

describe('the index of lines', () => {
  const S = 1e9
  const lines = {
    message: (row: MessageRow) => messageLine(row, names),
    frame: (row: FrameRow) => frameLine(row, names),
  }
  /** What the trace has not wholly is a gap: here all of it has come. */
  const whole = (trace: Trace): Trace => {
    trace.fill(0, 6 * S)
    return trace
  }
  const idOf = (line: PacketLine | Gap | undefined) => (line && !isGap(line) ? line.subject.id : 'gap')
  const ids = (index: PacketIndex<PacketLine>) => index.slice(0, index.length).map(idOf)

  it('grows with the trace, by time, over seconds', () => {
    const trace = new Trace()
    const index = new PacketIndex(lines)
    trace.add(rows([message(1, 0.1 * S), message(3, 1.2 * S)], [frame(2, 0.05 * S)]))
    index.update(trace)
    expect(ids(index)).toEqual([2, 1, 3])
    trace.add(rows([message(4, 1.3 * S)], [frame(9, 1.25 * S)]))
    index.update(trace)
    expect(ids(index)).toEqual([2, 1, 3, 9, 4])
    expect(index.get(5)).toBeUndefined()
    expect(index.get(-1)).toBeUndefined()
    expect(index.lastAt(1.26 * S)).toBe(3)
    expect(index.lastAt(0)).toBe(-1)
    expect(index.place(1.25 * S, (line) => line.subject.id === 9)).toBe(3)
    expect(index.place(5 * S, () => true)).toBe(-1)
  })

  it('filters what is there and what comes', () => {
    const trace = new Trace()
    const index = new PacketIndex(lines)
    trace.add(rows([message(1, 0)], [frame(2, 1)]))
    index.update(trace)
    index.setFilter(filterOf('tcp'))
    expect(ids(index)).toEqual([2])
    trace.add(rows([message(3, 2)], [frame(4, 3)]))
    index.update(trace)
    expect(ids(index)).toEqual([2, 4])
    index.setFilter(null)
    expect(ids(index)).toEqual([1, 2, 3, 4])
  })

  it('makes its lines anew after a reset', () => {
    const trace = new Trace()
    let name = 'host 9'
    const index = new PacketIndex({ ...lines, message: (row: MessageRow) => ({ ...lines.message(row), from: name }) })
    trace.add(rows([message(1, 0)]))
    index.update(trace)
    name = 'ffplay'
    index.update(trace)
    expect(index.get(0)).toMatchObject({ from: 'host 9' })
    index.reset()
    expect(index.length).toBe(0)
    index.update(trace)
    expect(index.get(0)).toMatchObject({ from: 'ffplay' })
  })

  it('forgets seconds that the trace forgets', () => {
    const trace = new Trace()
    const index = new PacketIndex(lines)
    trace.add(rows([message(1, 0), message(2, 5 * S)]))
    index.update(trace)
    trace.clear()
    index.update(trace)
    expect(index.length).toBe(0)
    expect(index.lastAt(9 * S)).toBe(-1)
  })

  it('has a gap where seconds are not here, through every filter, until they are', () => {
    const trace = new Trace()
    trace.live = 6 * S
    trace.coveredFrom = 5 * S
    const index = new PacketIndex(lines)
    // An early RTSP message is here, all else of its second is not.
    trace.add(rows([message(1, 0.1 * S), message(2, 5.5 * S)]))
    trace.fill(5 * S, 6 * S)
    index.update(trace)
    expect(ids(index)).toEqual([1, 'gap', 2])
    expect(index.gaps).toEqual([{ at: 5 * S - 1, gap: { from: 0, to: 5 * S } }])
    index.setFilter(filterOf('no such words'))
    expect(ids(index)).toEqual(['gap'])
    expect(index.search(0, 1, () => true)).toBe(-1)
    index.setFilter(null)

    trace.add(rows([message(3, 3.2 * S)]))
    trace.fill(3 * S, 5 * S)
    index.update(trace)
    expect(ids(index)).toEqual([1, 'gap', 3, 2])
    expect(index.gaps[0]?.gap).toEqual({ from: 0, to: 3 * S })
    whole(trace)
    index.update(trace)
    expect(ids(index)).toEqual([1, 3, 2])
    expect(index.gaps).toEqual([])
  })

  it('finds the next match, going round', () => {
    const trace = new Trace()
    const index = new PacketIndex(lines)
    trace.add(rows([message(1, 0), message(2, 1), message(3, 2)]))
    index.update(trace)
    const third = (line: PacketLine): boolean => line.subject.id === 3
    expect(index.search(0, 1, third)).toBe(2)
    expect(index.search(2, 1, third)).toBe(2)
    expect(index.search(0, -1, third)).toBe(2)
    expect(index.search(0, 1, () => false)).toBe(-1)
  })
})
