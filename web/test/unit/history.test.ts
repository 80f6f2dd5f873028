import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixtureChannel } from '../../src/dev/fixture-channel'
import { Session } from '../../src/state/session.svelte'
import { SECOND } from '../../src/trace'
import type { OpenChannel } from '../../src/wire'

/** The pretended world, of which the last four seconds are kept. */
const KEPT = 4 * SECOND
const forgetful: OpenChannel = (events) => {
  const inner = fixtureChannel(new URLSearchParams('start=3'))
  return inner({
    ...events,
    message: (message) => {
      if (message.type === 'hello') events.message({ ...message, history: KEPT })
      else if (message.type === 'batch') events.message({ ...message, oldest: Math.max(0, message.now - KEPT) })
      else events.message(message)
    },
  })
}

describe('a cursor that stands while its moment is let go', () => {
  beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] }) })
  afterEach(() => { vi.useRealTimers() })

  it('is moved on to what is kept, is told so, and need not move again at once', () => {
    const session = new Session(forgetful)
    session.start()
    let wall = 1000
    const pass = (ms: number): void => {
      for (let left = ms; left > 0; left -= 16) {
        vi.advanceTimersByTime(16)
        wall += 16
        session.frame(wall)
      }
    }
    pass(500)
    // As a page without the key does it: its own time stands, the world goes on.
    session.seek(2.5 * SECOND)
    session.playing = false
    pass(1000)
    expect([session.t, session.trouble]).toEqual([2.5 * SECOND, null])
    let moves = 0
    for (let i = 0; i < 500; i += 1) {
      const before = session.t
      pass(16)
      if (session.t !== before) moves += 1
      expect(session.t).toBeGreaterThanOrEqual(session.oldest)
    }
    expect(session.trouble).toMatchObject({ kind: 'movedOn' })
    expect(session.playing).toBe(false)
    // Eight seconds went by, and a quarter of what is kept is won each time.
    expect(moves).toBeGreaterThan(3)
    expect(moves).toBeLessThan(12)
  })
})
