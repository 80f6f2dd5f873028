import { describe, expect, it } from 'vitest'
import { bench, layout as lay, type Layout } from '../../src/scene'
import { differenceOf } from '../../src/scene/difference'
import { familyOf, pictureInView } from '../../src/scene/family'
import { frameTrain } from '../../src/scene/frametrain'
import { octetsOfBench, octetsOfFamily, octetsOfRow, octetsUntil, totalOf } from '../../src/scene/octets'
import { items, nextProblem, SECOND, type Step } from '../../src/trace'
import type { MessageRow } from '../../src/wire'
import { fixture, topology } from './support/fixture'

const { trace, detailOf } = fixture(8)
const layout = lay(topology, 0) as Layout
const media = items(trace, 3 * SECOND, 4 * SECOND, 0).filter((i) => i.message?.what.kind === 'rtp').map((i) => i.message as MessageRow)
const first = media.find((m) => m.what.kind === 'rtp' && m.what.index === 0)!
const timestamp = first.what.kind === 'rtp' ? first.what.timestamp : -1

describe('a picture’s family', () => {
  it('is its pieces, each with its packet and a frame for each network', () => {
    const family = familyOf(trace, 0, timestamp, first.at + SECOND)
    expect(family.pieces.map((p) => p.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(family.pieces.every((p) => p.transport === 'udp' && p.packets.length === 1 && p.packets[0]?.frames.length === 2)).toBe(true)
    expect(family.fate).toBe('arrived')
    expect(family.shown?.timestamp).toBe(timestamp)
  })

  it('is a function of the moment: not sent, on its way, arrived', () => {
    const before = familyOf(trace, 0, timestamp, first.at - 1)
    expect(new Set(before.pieces.map((p) => p.fate))).toEqual(new Set(['ahead']))
    const during = familyOf(trace, 0, timestamp, first.at + 4_000_000)
    expect(new Set(during.pieces.map((p) => p.fate)).size).toBeGreaterThan(1)
    expect(during.fate).toBe('underway')
  })

  it('has a lost leaf’s ancestors lost, and no others', () => {
    const problem = nextProblem(trace, SECOND, 0)
    const message = trace.message(problem?.message ?? -1)!
    const own = message.what.kind === 'rtp' ? message.what.timestamp : -1
    const family = familyOf(trace, 0, own, message.at + SECOND)
    expect(family.fate).toBe('lost')
    const lost = family.pieces.filter((p) => p.fate === 'lost')
    expect(lost.map((p) => p.message)).toEqual([message.id])
    expect(lost[0]?.packets[0]?.fate).toBe('lost')
    expect(lost[0]?.packets[0]?.frames.filter((f) => f.fate === 'lost')).toHaveLength(1)
    expect(familyOf(trace, 0, own, (problem?.at ?? 0) - 1).pieces.some((p) => p.fate === 'lost')).toBe(false)
  })

  it('is the followed packet’s, or else the screen’s', () => {
    const other = media.find((m) => m.what.kind === 'rtp' && m.what.timestamp !== timestamp)!
    expect(pictureInView(trace, other.id, null, 0, other.at)).not.toBe(timestamp)
    expect(pictureInView(trace, null, familyOf(trace, 0, timestamp, first.at + SECOND).shown, 0, other.at)).toBe(timestamp)
    expect(pictureInView(trace, null, null, 0, first.at)).toBe(timestamp)
  })
})

describe('a frame train', () => {
  it('has each frame on each cable, one behind the other', () => {
    const family = familyOf(trace, 0, timestamp, first.at + SECOND)
    const train = frameTrain(trace, layout, family)
    expect(train?.cars).toHaveLength(44)
    for (let cable = 0; cable < 4; cable += 1) {
      const cars = train?.cars.filter((car) => car.cable === cable) ?? []
      expect(cars.map((car) => car.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
      for (const [i, car] of cars.entries()) {
        expect(car.direction).toBe(-1)
        if (i > 0) expect(car.start).toBeGreaterThanOrEqual(cars[i - 1]!.end)
      }
    }
  })
})

describe('what headers cost', () => {
  const frame = trace.framesOf(first.id)[0]!
  it('is all of a frame’s octets, each once', () => {
    const octets = octetsOfRow(trace, frame)!
    expect(octets).toMatchObject({ link: 18, network: 20, transport: 8, application: 12 })
    expect(totalOf(octets)).toBe(frame.length)
    // A router's copy is not counted again.
    const copy = trace.children(frame.id)[0]
    expect(copy && octetsOfRow(trace, copy)).toBeNull()
    const step = { kind: 'bits', frame, at: 0, node: 0, layer: 1, message: null, hop: null, receipt: null, picture: null, next: null, filter: null, aside: false } as Step
    const opened = octetsOfBench(bench(step, detailOf, frame))
    expect(totalOf(opened)).toBe(frame.length)
    expect([opened.link, opened.network, opened.transport]).toEqual([18, 20, 8])
  })

  it('adds up: a picture’s frames, and all up to a moment', () => {
    const family = familyOf(trace, 0, timestamp, first.at + SECOND)
    const frames = family.pieces.flatMap((p) => p.packets.map((one) => trace.frame(one.root)?.length ?? 0))
    expect(totalOf(octetsOfFamily(trace, family))).toBe(frames.reduce((a, b) => a + b, 0))
    const until = octetsUntil(trace, 4 * SECOND)
    const all = trace.segments(0, 4 * SECOND).flatMap((s) => s.frames).filter((f) => f.parent === null).reduce((sum, f) => sum + f.length, 0)
    expect(totalOf(until.octets)).toBe(all)
    expect(totalOf(octetsUntil(trace, 2.5 * SECOND).octets)).toBeLessThan(all)
    expect(until.from).toBe(0)
  })

  it('is not told of rows that do not tell it', () => {
    const { headers: _, ...bare } = frame
    expect(octetsOfRow(trace, bare)).toBeNull()
  })
})

describe('two packets compared', () => {
  it('differ behind a router in TTL, checksum and Ethernet alone', () => {
    const frame = trace.framesOf(first.id)[0]!
    const [a, b] = [detailOf(frame.id)!, detailOf(trace.children(frame.id)[0]!.id)!]
    const found = differenceOf(a, b)
    expect(found.rows.filter((row) => !row.same).map((row) => row.label)).toEqual([
      'Destination address', 'Source address', 'Frame check sequence', 'Time to live', 'Header checksum',
    ])
    expect(found.layers.map((l) => [l.name, l.different > 0])).toEqual([['eth', true], ['ip', true], ['udp', false], ['rtp', false], ['jpeg', false], ['data', false]])
    expect(differenceOf(a, a).rows.every((row) => row.same)).toBe(true)
  })

  it('may have layers that the other has not', () => {
    const setup = trace.signalling.find((m) => m.what.kind === 'request' && m.what.method === 'SETUP')!
    const found = differenceOf(detailOf(trace.framesOf(first.id)[0]!.id)!, detailOf(trace.framesOf(setup.id)[0]!.id)!)
    expect(found.layers.map((l) => [l.name, l.inA, l.inB])).toEqual(expect.arrayContaining([['udp', true, false], ['tcp', false, true], ['rtsp', false, true]]))
    expect(found.rows.find((row) => row.layer === 'tcp')).toMatchObject({ a: null, same: false })
  })
})
