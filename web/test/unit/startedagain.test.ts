import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixtureChannel } from '../../src/dev/fixture-channel'
import { Session } from '../../src/state/session.svelte'
import type { OpenChannel } from '../../src/wire'

describe('a page whose connection was lost', () => {
  beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] }) })
  afterEach(() => { vi.useRealTimers() })

  /** The pretended server: after its first link each one greets with this run. */
  function page(run: string | null): { session: Session; cut: () => void } {
    const cuts: Array<() => void> = []
    const channel: OpenChannel = (events) => {
      const again = cuts.push(() => events.closed()) > 1
      return fixtureChannel(new URLSearchParams('start=3'))({
        ...events,
        message: (message) => events.message(again && run !== null && message.type === 'hello' ? { ...message, run: { ...message.run, id: run } } : message),
      })
    }
    const session = new Session(channel)
    session.start()
    vi.advanceTimersByTime(500)
    return { session, cut: () => cuts.at(-1)?.() }
  }

  it('is told that another run plays when it comes back', () => {
    const { session, cut } = page('ccc8')
    const before = session.hello?.run.id
    cut()
    expect(session.status.kind).toBe('lost')
    vi.advanceTimersByTime(3_000)
    expect(session.status.kind).toBe('open')
    expect(session.trouble).toEqual({ kind: 'startedAgain', text: before, plays: 'ccc8' })
  })
  it('is told nothing when it is the same run', () => {
    const { session, cut } = page(null)
    cut()
    vi.advanceTimersByTime(3_000)
    expect(session.status.kind).toBe('open')
    expect(session.trouble).toBeNull()
  })
})
