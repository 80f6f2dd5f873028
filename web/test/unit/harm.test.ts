import { describe, expect, it } from 'vitest'
import { harmOf } from '../../src/scene/harm'
import { Forks, type Forking } from '../../src/state/forks'
import { Trace } from '../../src/trace'
import type { Client, Command, ForkState, FrameRow, HopRow, MessageRow, PictureRow, RoomState, Rows, StateKind, StateRow } from '../../src/wire'

const MS = 1e6
const S = 1e9

const picture = (id: number, at: number, complete: boolean, client = 0): PictureRow =>
  ({ id, at, client, number: id, timestamp: id * 3600, slots: [], complete }) as unknown as PictureRow
const state = (at: number, change: StateKind, node = 0): StateRow => ({ at, node, change })
const stall = (at: number, connection = 1): StateRow => state(at, { kind: 'stall', connection, start: 0, end: 1, sent: 0, lost: null, link: null })
const over = (at: number, since: number, connection = 1): StateRow => state(at, { kind: 'stallOver', connection, frame: 1, since, octets: 9 })

function trace(pictures: PictureRow[], states: StateRow[]): Trace {
  const all = new Trace()
  all.add({ messages: [], frames: [], hops: [], receipts: [], deliveries: [], tcp: [], pictures, states })
  all.live = 8 * S
  all.fill(3 * S, 8 * S)
  return all
}

describe('what loss did to a client', () => {
  it('counts its pictures and the damaged ones in the stretch, not those of others or of before', () => {
    const all = trace([picture(1, 1 * S, false), picture(2, 4 * S, false), picture(3, 5 * S, true), picture(4, 5 * S, false, 7), picture(5, 7 * S, false)], [])
    expect(harmOf(all, 0, 3 * S, 6 * S)).toMatchObject({ pictures: 2, damaged: 1, lost: 0, late: 0, waits: 0, waited: 0 })
  })

  it('counts waits within the stretch: begun before it, over within it, and not over yet', () => {
    const all = trace([], [stall(2.9 * S), over(3.1 * S, 2.9 * S), stall(4 * S), over(4.2 * S, 4 * S), state(5 * S, { kind: 'stall', connection: 3, start: 0, end: 1, sent: 0, lost: null, link: null }, 4), stall(5.9 * S, 2)])
    const harm = harmOf(all, 0, 3 * S, 6 * S)
    expect(harm?.waits).toBe(3)
    expect(Math.round((harm?.waited ?? 0) / MS)).toBe(100 + 200 + 100)
  })

  describe('why a picture is damaged', () => {
    const MINE = 3600
    const rtp = (id: number, transport: 'udp' | 'tcp'): MessageRow =>
      ({ id, at: 4 * S, from: 1, to: 0, client: 0, transport: { kind: transport }, what: { kind: 'rtp', sequence: id, timestamp: MINE }, length: 1, cause: null }) as unknown as MessageRow
    const frame = (id: number, message: number): FrameRow =>
      ({ id, at: 4 * S, node: 1, parent: null, parts: [], carried: { kind: 'udp', message }, messages: [message] }) as unknown as FrameRow
    /** A picture that is shown at 5 s with packet 1 alone, of two that were sent. */
    const lacking = { id: 1, at: 5 * S, first: 4.9 * S, client: 0, number: 1, timestamp: MINE, slots: [{ sequence: 1, message: 1 }], complete: false, stats: { playoutDelay: 60 * MS } } as unknown as PictureRow
    function of(transport: 'udp' | 'tcp', more: Partial<Rows>): Trace {
      const all = trace([], [])
      all.add({ messages: [rtp(1, transport), rtp(2, transport)], frames: [], hops: [], receipts: [], deliveries: [], tcp: [], pictures: [{ ...lacking }], states: [], ...more })
      return all
    }

    it('is late for its time, where a packet behind the last one known came after it', () => {
      const all = of('tcp', { deliveries: [{ message: 1, node: 0, at: 4.9 * S, frame: null }, { message: 2, node: 0, at: 5.03 * S, frame: null }] })
      expect(harmOf(all, 0, 3 * S, 6 * S)).toMatchObject({ damaged: 1, lost: 0, late: 1, lateBy: 30 * MS, depth: 60 * MS })
      // Before it has come, how late it will be is not known.
      expect(harmOf(all, 0, 3 * S, 5.01 * S)).toMatchObject({ late: 1, lateBy: 0 })
    })

    it('is lost with its place, over UDP; over TCP a lost frame is sent again', () => {
      const hop = { frame: 7, link: 3, from: 1, queued: 4 * S, start: 4 * S, end: 4 * S, arrive: 4 * S, fate: { kind: 'lost' } } as unknown as HopRow
      const lost = { frames: [frame(7, 2)], hops: [hop], deliveries: [{ message: 1, node: 0, at: 4.9 * S, frame: null }] }
      expect(harmOf(of('udp', lost), 0, 3 * S, 6 * S)).toMatchObject({ damaged: 1, lost: 1, lostAt: { kind: 'link', id: 3 }, late: 0 })
      expect(harmOf(of('tcp', lost), 0, 3 * S, 6 * S)).toMatchObject({ damaged: 1, lost: 0, late: 1, lateBy: 0 })
    })
  })

  it('says nothing while rows are missing', () => {
    const all = trace([], [])
    all.coveredFrom = 5 * S
    expect(harmOf(all, 0, 1 * S, 6 * S)).toBeNull()
  })
})

describe('the same run over the other transport', () => {
  const player = { node: 0, name: 'Client', real: false, transport: 'udp' } as Client
  const fork = (over: Partial<ForkState>): ForkState => ({ run: 3, parent: 0, at: 0, change: { kind: 'transport', client: 0, transport: 'tcp' }, progress: { kind: 'ready' }, replayed: [], firstDifference: { at: 20 * MS, parent: null, fork: null }, clients: [], ...over })
  function page(client: Client, forks: ForkState[] = []) {
    const sent: Command[] = []
    const runs: (number | null)[][] = []
    const sought: number[] = []
    const room = { original: 0, clients: [client], forks } as unknown as RoomState
    const session: Forking = {
      room, holdsKey: true, run: 0, beside: null, t: 5 * S, client: 0,
      seek: (t) => sought.push(t), pause: () => {}, command: (command) => sent.push(command), watchRuns: (run, beside) => runs.push([run, beside]),
    }
    return { forks: new Forks(session), sent, runs, sought }
  }

  it('is ordered from the beginning, over what the original does not use', () => {
    const { forks, sent } = page(player)
    expect(forks.noTwin()).toBeNull()
    forks.twin()
    expect(sent).toEqual([{ kind: 'fork', at: 0, change: { kind: 'transport', client: 0, transport: 'tcp' } }])
    expect(page({ ...player, transport: 'tcp' }).forks.otherWay).toBe('udp')
  })

  it('is shown again where it was made already, at the moment that is shown', () => {
    const { forks, sent, runs, sought } = page(player, [fork({})])
    forks.twin()
    expect(sent).toEqual([])
    expect(runs).toEqual([[3, 0]])
    expect(sought).toEqual([5 * S])
  })

  it('cannot be of a real program, nor before SETUP', () => {
    expect(page({ ...player, real: true }).forks.noTwin()).toBe('real')
    const unset = page({ ...player, transport: null })
    expect(unset.forks.noTwin()).toBe('unset')
    unset.forks.twin()
    expect(unset.sent).toEqual([])
  })
})
