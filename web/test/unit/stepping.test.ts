import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixtureChannel } from '../../src/dev/fixture-channel'
import { Session } from '../../src/state/session.svelte'
import { QUEUE } from '../../src/state/stepper'
import { SECOND } from '../../src/trace'

/** A session on the pretended world, its clock in the test's hand. */
class Bench {
  readonly session: Session
  #wall = 1000

  constructor(query: string) {
    this.session = new Session(fixtureChannel(new URLSearchParams(query)))
    this.session.start()
    this.pass(200)
  }

  /** Lets so many milliseconds pass, with the page's frames. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 16) {
      vi.advanceTimersByTime(16)
      this.#wall += 16
      this.session.frame(this.#wall)
    }
  }

  /** One whole step: its motion is finished. */
  step(times = 1): void {
    for (let i = 0; i < times; i += 1) {
      this.session.stepForward()
      for (let guard = 0; guard < 400 && this.session.waiting; guard += 1) this.pass(16)
      this.session.finishMotion()
      this.pass(32)
    }
  }

  get at(): string {
    const { step, subject } = this.session
    return `${subject?.kind} ${subject?.id} ${step?.kind} ${step?.at}`
  }
}

describe('stepping', () => {
  beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] }) })
  afterEach(() => { vi.useRealTimers() })

  it('from a world that stands at its beginning goes event by event', () => {
    const b = new Bench('pace=frozen')
    expect(b.session.playing).toBe(false)
    const kinds: (string | undefined)[] = []
    for (let i = 0; i < 17; i += 1) {
      b.step()
      kinds.push(b.session.step?.kind)
    }
    expect(kinds).toEqual([
      'segment', 'packet', 'resolve', 'frame', 'bits', 'switch', 'bits', 'routerIn', 'route', 'routerOut', 'bits', 'switch', 'bits',
      'hostLink', 'hostNetwork', 'hostTransport', 'segment',
    ])
    // What the filters left out is counted.
    expect(b.session.hidden).toBeGreaterThan(5)
    expect(b.session.t).toBe(b.session.step?.at)
  })

  it('goes from a request to the response that it caused', () => {
    const b = new Bench('pace=frozen')
    for (let i = 0; i < 300 && b.session.step?.message?.what.kind !== 'response'; i += 1) b.step()
    const answer = b.session.step?.message
    expect(answer?.what).toMatchObject({ kind: 'response', method: 'OPTIONS' })
    expect(b.session.step?.kind).toBe('compose')
  })

  it('back undoes exactly what forward did, over the border of messages', () => {
    const b = new Bench('start=3&pace=frozen')
    const seen: string[] = []
    for (let i = 0; i < 45; i += 1) {
      b.step()
      seen.push(b.at)
    }
    expect(new Set(seen.map((s) => s.split(' ')[1])).size).toBeGreaterThan(1)
    for (let i = seen.length - 2; i >= 0; i -= 1) {
      b.session.stepBack()
      b.pass(16)
      expect(b.at).toBe(seen[i])
      expect(b.session.t).toBe(b.session.step?.at)
    }
  })

  it('pressed while a step moves finishes the motion and skips nothing', () => {
    const b = new Bench('start=3&pace=frozen')
    b.step()
    b.session.stepForward()
    b.pass(100)
    expect(b.session.motion).not.toBeNull()
    const to = b.session.motion?.to.at
    const index = b.session.stepIndex
    b.session.stepForward()
    expect(b.session.motion).toBeNull()
    expect(b.session.stepIndex).toBe(index)
    expect(b.session.t).toBe(to)
  })

  it('pressed while a step waits is not forgotten, up to a limit', () => {
    const b = new Bench('pace=frozen')
    for (let i = 0; i < 30; i += 1) b.session.stepForward()
    expect(b.session.waiting).toBe(true)
    for (let guard = 0; guard < 400 && (b.session.waiting || b.session.motion); guard += 1) b.pass(16)
    // The first press stands on the first step; each two after it make a step and finish its motion.
    expect(b.session.stepCount?.n).toBe(1 + QUEUE / 2)
  })

  it('goes from a packet that was shown to the one that was sent next', () => {
    const b = new Bench('start=3')
    b.pass(400)
    b.session.seek(2 * SECOND)
    b.session.followOne()
    b.pass(32)
    const first = b.session.step?.message?.what
    for (let i = 0; i < 40 && b.session.step?.kind !== 'shown'; i += 1) b.step()
    expect(b.session.step?.kind).toBe('shown')
    b.session.nextMessage()
    b.pass(32)
    const next = b.session.step?.message?.what
    expect(first?.kind === 'rtp' && next?.kind === 'rtp' ? next.sequence - first.sequence : null).toBe(1)
  })

  it('offers to follow a request that was sent while time ran', () => {
    const b = new Bench('start=3')
    b.pass(400)
    b.session.orders.request('PAUSE')
    b.pass(200)
    expect(b.session.playing).toBe(true)
    expect(b.session.sent?.method).toBe('PAUSE')
    b.session.orders.followSent()
    b.pass(200)
    expect(b.session.sent).toBeNull()
    expect(b.session.playing).toBe(false)
    expect(b.session.step?.kind).toBe('compose')
    expect(b.session.step?.message?.what).toMatchObject({ kind: 'request', method: 'PAUSE' })
  })

  it('by hop stops once at each device', () => {
    const b = new Bench('start=3&pace=frozen')
    b.session.setStepSize('hop')
    const nodes: (number | undefined)[] = []
    for (let i = 0; i < 6; i += 1) {
      b.step()
      nodes.push(b.session.step?.node)
    }
    expect(nodes).toEqual([4, 3, 2, 1, 0, 0])
  })

  it('by picture stops where pictures are shown', () => {
    const b = new Bench('start=3')
    b.pass(400)
    b.session.seek(2 * SECOND)
    b.session.setStepSize('picture')
    b.session.followOne()
    b.pass(32)
    const shown: number[] = []
    for (let i = 0; i < 3; i += 1) {
      b.step()
      shown.push(b.session.step?.picture?.number ?? NaN)
    }
    expect(shown.every((n) => Number.isFinite(n))).toBe(true)
    expect(shown[1]).toBe((shown[0] ?? 0) + 1)
    expect(shown[2]).toBe((shown[0] ?? 0) + 2)
  })

  it('shows what the filters hid when they are off', () => {
    const b = new Bench('pace=frozen')
    b.session.setFilters({ acks: false, arp: false, rtcp: false })
    const arp: boolean[] = []
    for (let i = 0; i < 12; i += 1) {
      b.step()
      arp.push(b.session.step?.frame?.carried.kind === 'arp')
    }
    expect(arp).toContain(true)
    expect(b.session.hidden).toBe(0)
  })

  it('to the next problem lands on the drop', () => {
    const b = new Bench('start=4&pace=frozen')
    b.session.seek(1 * SECOND)
    b.pass(200)
    b.session.nextProblem()
    b.pass(300)
    expect(b.session.step?.kind).toBe('drop')
    expect(b.session.step?.message?.what).toMatchObject({ kind: 'rtp', picture: 60, index: 4 })
  })
})

describe('time', () => {
  beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] }) })
  afterEach(() => { vi.useRealTimers() })

  it('keeps a little behind the last batch and never runs ahead of it', () => {
    const b = new Bench('start=3')
    for (let i = 0; i < 60; i += 1) {
      b.pass(48)
      expect(b.session.t).toBeLessThanOrEqual(b.session.live)
    }
    expect(b.session.behind).toBeLessThan(0.3 * SECOND)
    expect(b.session.atLive).toBe(true)
  })

  it('pause means now, and the world stands still', () => {
    const b = new Bench('start=3')
    b.pass(500)
    b.session.pause()
    const t = b.session.t
    b.pass(400)
    expect(b.session.t).toBe(t)
    expect(b.session.worldStands).toBe(true)
    expect(b.session.behind).toBeLessThan(0.3 * SECOND)
  })

  it('with a real client connected only the cursor stops', () => {
    const b = new Bench('start=3&real')
    b.pass(500)
    b.session.pause()
    b.pass(3000)
    expect(b.session.worldStands).toBe(false)
    expect(b.session.behind).toBeGreaterThan(2.5 * SECOND)
    expect(b.session.atLive).toBe(false)
    expect(b.session.orders.requestRefusal('PAUSE')).toBe('Go live to send a request.')
    b.session.goLive()
    b.pass(300)
    expect(b.session.behind).toBeLessThan(0.5 * SECOND)
  })

  it('slow rates slow the world', () => {
    const b = new Bench('start=3')
    b.pass(300)
    b.session.setSpeed(0.01)
    b.pass(200)
    const [t, live] = [b.session.t, b.session.live]
    b.pass(1000)
    expect(b.session.live - live).toBeLessThan(0.03 * SECOND)
    expect(b.session.t - t).toBeGreaterThan(0.005 * SECOND)
    expect(b.session.t - t).toBeLessThan(0.03 * SECOND)
  })

  it('asks for rows that are not in memory', () => {
    const b = new Bench('start=20&pace=frozen')
    expect(b.session.trace.segments(5 * SECOND, 6 * SECOND)[0]?.whole ?? false).toBe(false)
    b.session.seek(5.5 * SECOND)
    b.pass(200)
    expect(b.session.trace.segments(5 * SECOND, 6 * SECOND)[0]?.whole).toBe(true)
    expect(b.session.pictureAt(0, b.session.t)).not.toBeNull()
  })

  it('comes back after a lost connection with what it had', () => {
    const b = new Bench('start=3&break=1')
    b.pass(1500)
    expect(b.session.status.kind).toBe('lost')
    const rows = b.session.trace.size
    b.pass(9000)
    expect(b.session.status.kind).toBe('open')
    expect(b.session.trace.size).toBeGreaterThanOrEqual(rows)
    expect(b.session.behind).toBeLessThan(1 * SECOND)
  })

  it('sends a request and follows it in a world that stands still', () => {
    const b = new Bench('start=3&pace=frozen')
    b.session.orders.request('PAUSE')
    b.pass(300)
    expect(b.session.step?.message?.what).toMatchObject({ kind: 'request', method: 'PAUSE' })
    expect(b.session.orders.requestRefusal('SETUP')).toContain('not allowed')
  })
})

describe('a step out of slow motion', () => {
  beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] }) })
  afterEach(() => { vi.useRealTimers() })

  it('finds its message although nothing is known beyond the cursor', () => {
    for (const offset of [0, 300, 620, 940]) {
      const b = new Bench('start=3')
      b.pass(300 + offset)
      b.session.setSpeed(0.001)
      b.pass(700)
      b.session.stepForward()
      b.pass(3000)
      expect(b.session.waiting).toBe(false)
      expect(b.session.step).not.toBeNull()
    }
  })
})
