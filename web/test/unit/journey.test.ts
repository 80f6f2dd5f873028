import { describe, expect, it } from 'vitest'
import { items, journey, nextProblem, SECOND, Trace, type Journey, type Step } from '../../src/trace'
import type { FrameRow, MessageRow, Rows } from '../../src/wire'
import { fixture, topology } from './support/fixture'

const kinds = (j: Journey, filters = true): string[] => j.steps.filter((s) => !(filters && s.filter)).map((s) => s.kind)
const byTime = (steps: readonly Step[]): boolean => steps.every((s, i) => i === 0 || (steps[i - 1]?.at ?? 0) <= s.at)

const DOWN = ['segment', 'packet', 'frame', 'bits']
const THROUGH = ['switch', 'bits', 'routerIn', 'route', 'routerOut', 'bits', 'switch', 'bits']
const UP = ['hostLink', 'hostNetwork', 'hostTransport']

describe('a journey', () => {
  const { trace } = fixture(6)
  const message = (method: string) => {
    const found = trace.signalling.find((m) => m.what.kind === 'request' && m.what.method === method)
    if (!found) throw new Error(method)
    return found
  }

  it('goes down one stack, through switch, router and switch, and up the other', () => {
    const j = journey(trace, topology, { kind: 'message', id: message('SETUP').id })
    expect(kinds(j)).toEqual(['compose', 'format', ...DOWN, ...THROUGH, ...UP, 'deliver'])
    expect(j.finished).toBe(true)
    expect(byTime(j.steps)).toBe(true)
  })

  it('takes the layers of a host one layer time apart', () => {
    const j = journey(trace, topology, { kind: 'message', id: message('OPTIONS').id })
    const at = (kind: string): number => j.steps.find((s) => s.kind === kind)?.at ?? NaN
    expect(at('packet') - at('segment')).toBe(10_000)
    expect(at('frame') - at('segment')).toBe(20_000)
    const arrive = j.steps.find((s) => s.kind === 'hostLink')?.receipt?.arrive ?? NaN
    expect([at('hostLink'), at('hostNetwork'), at('hostTransport')].map((t) => t - arrive)).toEqual([10_000, 20_000, 30_000])
  })

  it('of a request leads to its response', () => {
    const answer = trace.answers(message('DESCRIBE').id)[0]
    expect(answer?.what).toMatchObject({ kind: 'response', method: 'DESCRIBE' })
    expect(kinds(journey(trace, topology, { kind: 'message', id: answer?.id ?? -1 }))).toEqual(['compose', 'format', ...DOWN, ...THROUGH, ...UP, 'deliver'])
  })

  it('of a SYN holds the ARP exchanges it waited for, aside and behind their filter', () => {
    const syn = items(trace, 0, SECOND, 0).find((i) => i.frame?.cause.kind === 'connect')
    const j = journey(trace, topology, syn?.subject ?? { kind: 'frame', id: -1 })
    expect(kinds(j)).toEqual(['segment', 'packet', 'resolve', 'frame', 'bits', ...THROUGH, ...UP])
    const aside = j.steps.filter((s) => s.filter === 'arp')
    expect(aside.map((s) => s.kind)).toContain('switch')
    expect(aside.every((s) => s.aside && s.frame?.carried.kind === 'arp')).toBe(true)
  })

  it('of a media packet ends with the picture that it was part of', () => {
    const rtp = items(trace, 3 * SECOND, 4 * SECOND, 0).find((i) => i.message?.what.kind === 'rtp')
    const j = journey(trace, topology, rtp?.subject ?? { kind: 'message', id: -1 })
    expect(kinds(j).at(-1)).toBe('shown')
    expect(j.steps.at(-1)?.picture?.slots.some((s) => s.message === rtp?.message?.id)).toBe(true)
    expect(j.finished).toBe(true)
  })

  it('of a dropped packet ends where it was dropped, and with a picture with a hole', () => {
    const problem = nextProblem(trace, 0, 0)
    expect(problem?.message).not.toBeNull()
    const j = journey(trace, topology, { kind: 'message', id: problem?.message ?? -1 })
    const last = kinds(j).slice(-2)
    expect(last).toEqual(['drop', 'shown'])
    const drop = j.steps.find((s) => s.kind === 'drop')
    expect(drop).toMatchObject({ layer: 2, node: 1, at: problem?.at })
    expect(j.steps.at(-1)?.picture?.complete).toBe(false)
    expect(j.finished).toBe(true)
  })

  it('knows frames lost on a cable and dropped before one', () => {
    const seen = new Set<string>()
    for (let after = 0; ;) {
      const problem = nextProblem(trace, after, 0)
      if (!problem) break
      after = problem.at
      const drop = journey(trace, topology, { kind: 'message', id: problem.message ?? -1 }).steps.find((s) => s.kind === 'drop')
      seen.add(drop?.receipt ? 'receipt' : (drop?.hop?.fate?.kind ?? 'none'))
    }
    expect([...seen].sort()).toEqual(['lost', 'receipt'])
  })

  it('tells only what has happened', () => {
    const whole = journey(trace, topology, { kind: 'message', id: message('PLAY').id })
    const middle = whole.steps[Math.floor(whole.steps.length / 2)]
    const early = fixture((middle?.at ?? 0) / SECOND)
    const j = journey(early.trace, topology, { kind: 'message', id: message('PLAY').id })
    expect(j.finished).toBe(false)
    expect(j.steps.length).toBeGreaterThan(2)
    expect(j.steps.every((s) => s.at <= early.trace.live)).toBe(true)
    expect(j.steps.map((s) => s.kind)).toEqual(whole.steps.slice(0, j.steps.length).map((s) => s.kind))
  })

  it('of something unknown is empty', () => {
    expect(journey(trace, topology, { kind: 'message', id: 999_999 })).toMatchObject({ steps: [], finished: false })
    expect(journey(trace, topology, { kind: 'frame', id: 999_999 })).toMatchObject({ steps: [], finished: false })
  })
})

describe('a journey of a message made of parts', () => {
  const none = { fate: null, link: 3, from: 4 }
  const media = (id: number, tcp: boolean): MessageRow => ({
    id, at: 0, from: 4, to: 0, client: 0, length: 4000, cause: null,
    transport: tcp ? { kind: 'tcp', connection: 1, start: 0, end: 1000, src: 8554, dst: 49152 } : { kind: 'udp', src: 50002, dst: 49152 },
    what: { kind: 'rtp', sequence: 1, timestamp: 1, ssrc: 1, marker: true, payloadType: 26, picture: null, index: null, of: null },
  })
  const piece = (id: number): FrameRow => ({
    id, at: id, node: 4, parent: null, length: 1518, cause: { kind: 'application' }, carried: { kind: 'udp', message: 1, src: 50002, dst: 49152 },
  })
  const trace = (rows: Partial<Rows>): Trace => {
    const out = new Trace()
    out.add({ messages: [], frames: [], hops: [], receipts: [], deliveries: [], states: [], tcp: [], pictures: [], ...rows })
    out.live = 3 * SECOND
    return out
  }

  it('shows that a datagram is cut, and the whole way of its last fragment', () => {
    const hops = [10, 11, 12].map((frame) => ({ ...none, frame, queued: 30_000 + frame, start: 30_000 + frame, end: 40_000, arrive: 50_000 }))
    const j = journey(trace({ messages: [media(1, false)], frames: [piece(10), piece(11), piece(12)], hops }), topology, { kind: 'message', id: 1 })
    expect(kinds(j)).toEqual(['compose', 'format', 'segment', 'packet', 'packet', 'packet', 'frame', 'bits'])
    expect(j.steps.find((step) => step.kind === 'segment')?.frame?.id).toBe(10)
    expect(j.finished).toBe(false)
  })

  it('is over when one fragment is lost, although the last one goes on', () => {
    const hops = [10, 11].map((frame) => ({
      ...none, frame, queued: 30_000, start: 30_000, end: 40_000, arrive: 50_000, fate: frame === 10 ? { kind: 'lost' as const } : null,
    }))
    const j = journey(trace({ messages: [media(1, false)], frames: [piece(10), piece(11)], hops }), topology, { kind: 'message', id: 1 })
    expect(kinds(j)).toContain('drop')
    expect(j.finished).toBe(true)
  })

  it('puts the dollar sign before a packet in the RTSP connection, and takes it off', () => {
    const tape = trace({ messages: [media(1, true)], deliveries: [{ message: 1, node: 0, at: 100, frame: null }] })
    expect(kinds(journey(tape, topology, { kind: 'message', id: 1 }))).toEqual(['compose', 'format', 'interleave', 'deinterleave', 'deliver'])
  })
})
