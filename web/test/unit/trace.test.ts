import { describe, expect, it } from 'vitest'
import { emptyRows, FixtureWorld } from '../../src/dev/world'
import { KEPT_SECONDS, lowerBound, SECOND, Trace } from '../../src/trace'

function grow(trace: Trace, world: FixtureWorld, to: number): void {
  const before = trace.live
  const rows = world.runUntil(to)
  trace.live = to
  trace.add(rows)
  trace.fill(Math.max(trace.coveredFrom, before - 2 * SECOND), to)
}

describe('the trace', () => {
  it('keeps every row once, however often it comes', () => {
    const world = new FixtureWorld()
    const rows = world.runUntil(2 * SECOND)
    const trace = new Trace()
    trace.add(rows)
    const count = (): number => trace.allSegments().reduce((n, s) => n + s.messages.length + s.frames.length + s.hops.length + s.receipts.length + s.deliveries.length + s.pictures.length, 0)
    const once = count()
    trace.add(rows)
    expect(count()).toBe(once)
    expect(trace.signalling).toHaveLength(8)
    expect(trace.states.length).toBe(rows.states.length)
  })

  it(`keeps at most ${KEPT_SECONDS} seconds, those near the cursor and near live`, () => {
    const world = new FixtureWorld()
    const trace = new Trace()
    for (let second = 1; second <= KEPT_SECONDS + 30; second += 1) {
      grow(trace, world, second * SECOND)
      trace.trim(5 * SECOND)
    }
    expect(trace.size).toBeLessThanOrEqual(KEPT_SECONDS)
    const seconds = trace.allSegments().map((s) => s.second)
    expect(seconds).toContain(5)
    expect(seconds).toContain(KEPT_SECONDS + 29)
    // What went can be asked for again, and nothing else is.
    const missing = trace.missing(0, trace.live)
    expect(missing.length).toBeGreaterThan(0)
    expect(missing.every((s) => !seconds.includes(s))).toBe(true)
    // RTSP messages and states stay: the lanes show them all.
    expect(trace.signalling).toHaveLength(8)
  })

  it('forgets a second with all of its indices', () => {
    const world = new FixtureWorld()
    const trace = new Trace()
    for (let second = 1; second <= KEPT_SECONDS + 5; second += 1) grow(trace, world, second * SECOND)
    const first = trace.segments(2 * SECOND, 3 * SECOND)[0]?.messages[0]
    expect(first).toBeDefined()
    trace.trim(trace.live)
    expect(trace.segments(2 * SECOND, 3 * SECOND)).toEqual([])
    expect(trace.message(first?.id ?? -1)).toBeUndefined()
    expect(trace.framesOf(first?.id ?? -1)).toEqual([])
    expect(trace.delivery(first?.id ?? -1)).toBeUndefined()
  })

  it('forgets what the server has forgotten', () => {
    const world = new FixtureWorld()
    const trace = new Trace()
    for (let second = 1; second <= 30; second += 1) {
      grow(trace, world, second * SECOND)
      trace.oldest = Math.max(0, (second - 20) * SECOND)
      trace.trim(trace.live)
    }
    expect(trace.size).toBeLessThanOrEqual(20)
    expect(trace.missing(0, 10 * SECOND)).toEqual([])
  })

  it('asks for seconds before its snapshot, not for the one that is coming in', () => {
    const trace = new Trace()
    trace.live = 10.5 * SECOND
    trace.coveredFrom = 8.5 * SECOND
    trace.add(emptyRows())
    trace.fill(trace.coveredFrom, trace.live)
    expect(trace.missing(0, trace.live)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    trace.oldest = 6 * SECOND
    expect(trace.missing(0, trace.live)).toEqual([6, 7, 8])
    trace.fill(6 * SECOND, 9 * SECOND)
    expect(trace.missing(0, trace.live)).toEqual([])
  })

  it('finds places in sorted rows', () => {
    const rows = [1, 3, 3, 7]
    expect([0, 1, 2, 3, 4, 8].map((t) => lowerBound(rows, (r) => r, t))).toEqual([0, 0, 1, 1, 3, 4])
  })
})
