import { describe, expect, it } from 'vitest'
import { film, inLens, layout as lay, lensOf, lossesAt, lossesOf, phasesOf, PHASES, placeOf, RIVER_FROM, scene, type Layout, type Moving, type Scene } from '../../src/scene'
import { items, journey, nextProblem, SECOND, type Journey, type Step } from '../../src/trace'
import { fixture, topology } from './support/fixture'

const { trace, detailOf } = fixture(8)
const layout = lay(topology, 0) as Layout
const item = items(trace, 3 * SECOND, 4 * SECOND, 0).find((i) => i.message?.what.kind === 'rtp' && i.message.what.index === 4)
const j: Journey = journey(trace, topology, item?.subject ?? { kind: 'message', id: -1 })
const place = (kind: Step['kind']): number => j.steps.findIndex((s) => s.kind === kind)
function moving(kind: Step['kind'], progress: number, faded = false): Scene {
  const [from, to] = [j.steps[place(kind) - 1] as Step, j.steps[place(kind)] as Step]
  const motion: Moving = { from, to, progress }
  return scene({ trace, layout, t: from.at, speed: 0, journey: j, step: to, moving: motion, detailOf, faded })
}
const block = (s: Scene, kind: string) => s.bench?.blocks.find((b) => b.kind === kind)

describe('a step as it is made', () => {
  it('holds, fills, moves, and then stands', () => {
    expect(phasesOf(0)).toEqual({ hold: 0, fill: 0, move: 0 })
    expect(phasesOf(PHASES.hold)).toEqual({ hold: 1, fill: 0, move: 0 })
    expect(phasesOf(PHASES.fill)).toEqual({ hold: 1, fill: 1, move: 0 })
    expect(phasesOf(1)).toEqual({ hold: 1, fill: 1, move: 1 })
  })

  it('spreads a new header in its slot before the packet moves', () => {
    expect(block(moving('segment', 0.1), 'udp')).toMatchObject({ filled: false })
    const filling = block(moving('segment', (PHASES.hold + PHASES.fill) / 2), 'udp')
    expect(filling?.amount).toBeCloseTo(0.5)
    const [start, held, end] = [moving('segment', 0), moving('segment', PHASES.fill), moving('segment', 1)]
    expect(held.token?.y).toBe(start.token?.y)
    expect(end.token?.y).toBeGreaterThan(start.token?.y ?? 0)
    expect(block(end, 'udp')).toMatchObject({ filled: true, amount: 1 })
  })

  it('lets the old frame fall at a router and a new one dock from above', () => {
    const middle = (PHASES.hold + PHASES.fill) / 2
    const falling = block(moving('route', middle), 'eth')
    expect(falling?.filled).toBe(true)
    expect(falling?.rise).toBeGreaterThan(0)
    expect(block(moving('route', PHASES.fill), 'eth')?.filled).toBe(false)
    const docking = block(moving('routerOut', middle), 'eth')
    expect(docking?.rise).toBeLessThan(0)
    expect(block(moving('routerOut', PHASES.fill), 'eth')).toMatchObject({ filled: true, rise: -0 })
    // What the router does not touch stays where it is.
    expect(block(moving('route', middle), 'udp')).toMatchObject({ rise: 0, amount: 1, opacity: 1 })
  })

  it('drains a header that was read', () => {
    const half = moving('hostTransport', (PHASES.fill + 1) / 2)
    expect(block(half, 'ip')?.amount).toBeCloseTo(0.5)
    expect(block(moving('hostTransport', 1), 'ip')?.filled).toBe(false)
  })

  it('echoes once at the peer when the header is written, and pales what it leaves', () => {
    const peer = (s: Scene) => s.devices.flatMap((d) => d.rows).find((r) => r.echo)
    expect(peer(moving('segment', PHASES.hold))?.outline).toBe(0)
    expect(peer(moving('segment', PHASES.fill))?.outline).toBe(1)
    const pulse = peer(moving('segment', 0.8))?.pulse ?? 0
    expect(pulse > 0 && pulse < 1).toBe(true)
    const left = (progress: number) => moving('segment', progress).devices.at(-1)?.rows.find((r) => r.layer === 6)?.light
    expect(left(PHASES.fill)).toBe(1)
    expect(left(1)).toBe(0)
  })

  it('is a cross-fade with reduced motion: nothing changes its place', () => {
    const half = moving('frame', 0.5, true)
    expect(half.token?.y).toBe(moving('frame', 1, true).token?.y)
    expect(half.ghost?.y).toBe(moving('frame', 0.01, true).ghost?.y)
    expect([half.token?.opacity, half.ghost?.opacity]).toEqual([0.5, 0.5])
    expect(block(half, 'eth')).toMatchObject({ rise: 0, amount: 1, opacity: 0.5 })
    expect(moving('frame', 1, true).ghost).toBeNull()
  })

  it('is nothing but a function of tape, time and progress', () => {
    expect(moving('route', 0.37)).toEqual(moving('route', 0.37))
  })
})

describe('what flows', () => {
  it('is counted on each cable by itself', () => {
    const still = film(trace, layout, 3.2 * SECOND, 1, new Set())
    expect(still.flows.map((f) => f.cable)).toEqual([0, 1, 2, 3])
    expect(still.flows.every((f) => f.mode === 'train' && f.direction === -1 && f.rate > 200)).toBe(true)
  })

  it('is a river where more flows, the wider the more', () => {
    const fast = film(trace, layout, 3.2 * SECOND, (2 * RIVER_FROM) / 275, new Set())
    expect(fast.mode).toBe('river')
    expect(fast.wagons).toEqual([])
    const faster = film(trace, layout, 3.2 * SECOND, (8 * RIVER_FROM) / 275, new Set())
    expect(faster.flows[0]?.width).toBeGreaterThan(fast.flows[0]?.width ?? 0)
  })

  it('covers the path with its sections, without a gap', () => {
    const sections = layout.cables.map((_, i) => layout.section(i))
    expect(sections[0]?.[0]).toBe(0)
    expect(sections.at(-1)?.[1]).toBeCloseTo(layout.length)
    sections.slice(1).forEach((s, i) => expect(s[0]).toBe(sections[i]?.[1]))
  })
})

describe('what is lost', () => {
  const problem = nextProblem(trace, SECOND, 0)
  it('leaves a cross at its place, which leads to its packet, and goes after a while', () => {
    expect(problem).not.toBeNull()
    const at = problem?.at ?? 0
    const [loss] = lossesAt(trace, layout, at + 1, 0)
    expect(loss?.subject).toEqual({ kind: 'message', id: problem?.message })
    expect(loss?.sequence).not.toBeNull()
    expect(lossesAt(trace, layout, at - 1, 0).some((one) => one.at === at)).toBe(false)
    expect(lossesAt(trace, layout, at + 3 * SECOND, 0).some((one) => one.at === at)).toBe(false)
  })

  it('stays in the journey of what is followed', () => {
    const journeyOf = journey(trace, topology, { kind: 'message', id: problem?.message ?? -1 })
    const after = journeyOf.steps.at(-1) as Step
    const drop = journeyOf.steps.find((s) => s.kind === 'drop') as Step
    const view = scene({ trace, layout, t: after.at, speed: 0, journey: journeyOf, step: after, moving: null, detailOf })
    if (after === drop) expect(view.cross).not.toBeNull()
    else expect(view.losses[0]).toMatchObject({ x: layout.point(placeOf(layout, drop) ?? 0)[0] })
  })

  it('twice at one place is one cross with its count', () => {
    const journeyOf = journey(trace, topology, { kind: 'message', id: problem?.message ?? -1 })
    const drop = journeyOf.steps.find((s) => s.kind === 'drop') as Step
    const twice: Journey = { ...journeyOf, steps: [...journeyOf.steps, { ...drop, at: drop.at + SECOND }] }
    expect(lossesOf(twice, () => [3, 4], drop.at + 2 * SECOND)).toMatchObject([{ x: 3, y: 4, count: 2, at: drop.at + SECOND }])
    const places = lossesAt(trace, layout, 6 * SECOND, 0).map((loss) => `${loss.x} ${loss.y}`)
    expect(new Set(places).size).toBe(places.length)
  })
})

describe('the lens', () => {
  it('takes OSI by its numbers, and TCP/IP with its upper three together', () => {
    expect([lensOf(0, false), lensOf(3, false), lensOf(5, true), lensOf(9, false)]).toEqual([0, 3, 7, 0])
    expect([7, 6, 5, 4].map((layer) => inLens(7, layer, false))).toEqual([true, false, false, false])
    expect([7, 6, 5, 4].map((layer) => inLens(7, layer, true))).toEqual([true, true, true, false])
    expect([7, 4, 1].every((layer) => inLens(0, layer, false))).toBe(true)
  })
})
