import { describe, expect, it } from 'vitest'
import { arrivalsOf, playedInVain } from '../../src/scene/watch'
import { journey, Trace } from '../../src/trace'
import type { FrameRow, HopRow, MessageRow, ReceiptRow, Topology } from '../../src/wire'

const [ANNA, BEN, SWITCH, ROUTER, SERVER] = [0, 1, 2, 3, 4]

const node = (id: number, kind: string) => ({ id, name: `n${id}`, kind, layerDelay: 10, interfaces: [] })
const topology = {
  nodes: [node(ANNA, 'client'), node(BEN, 'client'), node(SWITCH, 'switch'), node(ROUTER, 'router'), node(SERVER, 'server')],
  links: [
    { id: 0, name: 'anna', a: ANNA, b: SWITCH },
    { id: 1, name: 'ben', a: BEN, b: SWITCH },
    { id: 2, name: 'middle', a: SWITCH, b: ROUTER },
    { id: 3, name: 'server', a: ROUTER, b: SERVER },
  ],
} as unknown as Topology

/** A packet to a group on its way from the server through the router to both clients. */
function sent(): Trace {
  const what = { kind: 'rtp', sequence: 7, timestamp: 1, ssrc: 1, marker: true, payloadType: 26, picture: 0, index: 0, of: 1 }
  const message = { id: 1, at: 1000, from: SERVER, to: null, client: null, transport: { kind: 'udp', src: 6970, dst: 5004 }, what, length: 9, cause: null }
  const frame = (id: number, at: number, from: number, parent: number | null): FrameRow =>
    ({ id, at, node: from, parent, length: 64, carried: { kind: 'udp', message: 1, src: 6970, dst: 5004 }, cause: { kind: parent === null ? 'application' : 'routed' } })
  const hop = (of: number, link: number, from: number, at: number): HopRow =>
    ({ frame: of, link, from, queued: at, start: at, end: at + 50, arrive: at + 100, fate: null })
  const receipt = (of: number, at: number, arrive: number, outcome: ReceiptRow['outcome'], where: number): ReceiptRow =>
    ({ frame: of, node: where, arrive, at, outcome })
  const picture = (id: number, client: number) =>
    ({ id, at: 3000 + id, client, number: 0, timestamp: 1, slots: [{ sequence: 7, message: 1 }], complete: true, decodable: true, first: 2000, last: 2000, stats: {} })
  const trace = new Trace()
  trace.live = 10_000
  trace.add({
    messages: [message as MessageRow],
    frames: [frame(1, 1010, SERVER, null), frame(2, 1200, ROUTER, 1)],
    hops: [hop(1, 3, SERVER, 1040), hop(2, 2, ROUTER, 1220), hop(2, 0, SWITCH, 1340), hop(2, 1, SWITCH, 1340)],
    receipts: [
      receipt(1, 1160, 1140, { kind: 'routed', frame: 2, ttl: 16 }, ROUTER),
      receipt(2, 1330, 1320, { kind: 'flooded', learned: false }, SWITCH),
      receipt(2, 1480, 1440, { kind: 'accepted', layer: 4 }, ANNA),
      receipt(2, 1480, 1440, { kind: 'accepted', layer: 4 }, BEN),
    ],
    deliveries: [{ message: 1, node: ANNA, at: 1480, frame: 2 }, { message: 1, node: BEN, at: 1480, frame: 2 }],
    states: [],
    tcp: [],
    pictures: [picture(1, ANNA), picture(2, BEN)],
  } as unknown as Parameters<Trace['add']>[0])
  return trace
}

describe('a message to a group', () => {
  it('is followed to the client that is watched', () => {
    const trace = sent()
    for (const client of [ANNA, BEN]) {
      const { steps, finished } = journey(trace, topology, { kind: 'message', id: 1 }, client)
      expect(finished).toBe(true)
      expect(steps.filter((s) => s.kind.startsWith('host') || s.kind === 'deliver' || s.kind === 'shown').map((s) => s.node)).toEqual([client, client, client, client, client])
      expect(steps.filter((s) => s.kind === 'route')).toHaveLength(1)
      expect(trace.pictureOf(1, client)?.client).toBe(client)
    }
  })

  it('arrives at those who are in the group, and at nobody else', () => {
    const trace = sent()
    const at = (client: number) => arrivalsOf(trace, client, 5000).map((a) => a.delivered)
    expect(at(ANNA)).toEqual([1480])
    expect(at(BEN)).toEqual([1480])
    expect(at(SERVER)).toEqual([])
    const played = (id: number, client: number) => ({
      id, at: 500, from: SERVER, to: client, client, length: 9, cause: null,
      transport: { kind: 'tcp', connection: 1, start: 0, end: 9, src: 8554, dst: 49152 },
      what: { kind: 'response', status: 200, reason: 'OK', method: 'PLAY', cseq: 1 },
    })
    const rows = { messages: [played(8, BEN), played(9, ROUTER)], frames: [], hops: [], receipts: [], deliveries: [], states: [], tcp: [], pictures: [] }
    trace.add(rows as unknown as Parameters<Trace['add']>[0])
    expect(playedInVain(trace, BEN, 5000, 1000)).toBeNull()
    expect(playedInVain(trace, ROUTER, 5000, 1000)).toBe(500)
  })

  it('keeps a delivery for each host', () => {
    const trace = sent()
    expect(trace.delivery(1, BEN)?.node).toBe(BEN)
    expect(trace.delivery(1)?.node).toBe(ANNA)
    expect(trace.delivery(1, SERVER)?.node).toBe(ANNA)
  })
})

describe('a frame into which a switch puts a tag', () => {
  it('goes on as the frame that the switch made', () => {
    const trace = new Trace()
    trace.live = 10_000
    const frame = (id: number, at: number, from: number, parent: number | null, cause: FrameRow['cause']): FrameRow =>
      ({ id, at, node: from, parent, length: 64, carried: { kind: 'udp', message: 1, src: 1, dst: 2 }, cause })
    const message = { id: 1, at: 1000, from: ANNA, to: SERVER, client: ANNA, transport: { kind: 'udp', src: 1, dst: 2 }, what: { kind: 'unknown' }, length: 9, cause: null }
    const hop = (of: number, link: number, from: number, at: number): HopRow => ({ frame: of, link, from, queued: at, start: at, end: at + 50, arrive: at + 100, fate: null })
    trace.add({
      messages: [message as MessageRow], frames: [frame(1, 1010, ANNA, null, { kind: 'application' }), frame(2, 1150, SWITCH, 1, { kind: 'tagged', vlan: 20 })],
      hops: [hop(1, 0, ANNA, 1040), hop(2, 2, SWITCH, 1150)],
      receipts: [{ frame: 1, node: SWITCH, arrive: 1140, at: 1150, outcome: { kind: 'switched', link: 2, learned: false } }],
      deliveries: [], states: [], tcp: [], pictures: [],
    })
    const steps = journey(trace, topology, { kind: 'message', id: 1 }).steps.filter((step) => step.node === SWITCH)
    expect(steps.map((step) => [step.kind, step.frame?.id])).toEqual([['switch', 1], ['frame', 2], ['bits', 2]])
  })
})
