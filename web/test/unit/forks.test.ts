import { describe, expect, it } from 'vitest'
import { Forks, type Forking } from '../../src/state/forks'
import type { Command, ForkChange, ForkState, RoomState } from '../../src/wire'

const drop: ForkChange = { kind: 'fault', frame: 1204, link: 0, what: { kind: 'drop' } }

/** A page that shows a run of a room whose original is run 0 and which keeps the fork 3. */
function page(run: number, holdsKey = true): { forks: Forks; sent: Command[] } {
  const sent: Command[] = []
  const room = { original: 0, clients: [], forks: [{ run: 3, parent: 0 } as ForkState] } as unknown as RoomState
  const session: Forking = {
    room, holdsKey, run, beside: run === 0 ? 3 : 0, t: 5e9, client: null,
    seek: () => {}, pause: () => {}, command: (command) => sent.push(command), watchRuns: () => {},
  }
  return { forks: new Forks(session), sent }
}

describe('a packet that fares otherwise', () => {
  it('is one of the original, also while a fork stands beside it', () => {
    const { forks, sent } = page(0)
    expect(forks.packetRefusal()).toBeNull()
    forks.make(7, drop)
    expect(sent).toEqual([{ kind: 'fork', at: 7, change: drop }])
  })

  it('is refused in a fork, where its number may mean another packet of the original', () => {
    const { forks, sent } = page(3)
    expect(forks.packetRefusal()).toBe('fork')
    forks.make(7, drop)
    expect(sent).toEqual([])
    // What names no packet can still be made.
    forks.make(7, { kind: 'transport', client: 0, transport: 'tcp' })
    expect(sent).toHaveLength(1)
  })

  it('needs the key before all else', () => {
    expect(page(3, false).forks.packetRefusal()).toBe('key')
  })
})
