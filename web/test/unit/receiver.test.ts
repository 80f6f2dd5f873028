import { describe, expect, it } from 'vitest'
import type { PictureRow } from '../../src/wire'
import { after, type Arrival, lastShown, receiverAt } from '../../src/scene/receiver'

/** Three packets for each picture, one every millisecond, 10 ms on the way. */
function packet(picture: number, index: number, lost = false): Arrival {
  const sent = picture * 40 + index
  return {
    message: picture * 3 + index,
    sent,
    delivered: lost ? null : sent + 10,
    sequence: (65_534 + picture * 3 + index) & 0xffff,
    timestamp: (4_294_960_000 + picture * 3600) % 2 ** 32,
    marker: index === 2,
    picture,
    index,
    of: 3,
  }
}

function shown(picture: number, missing: number[] = []): PictureRow {
  const packets = [0, 1, 2].map((index) => packet(picture, index))
  return {
    id: picture,
    at: picture * 40 + 80,
    client: 0,
    number: picture,
    timestamp: packets[0]!.timestamp,
    slots: packets.map((one, index) => ({
      sequence: one.sequence,
      message: missing.includes(index) ? null : one.message,
    })),
    complete: missing.length === 0,
    decodable: true,
    first: picture * 40 + 10,
    last: picture * 40 + 12,
    stats: { received: 3, expected: 3, lost: 0, late: 0, jitter: 0, buffered: 1, playoutDelay: 60 },
  }
}

const arrivals = [0, 1, 2, 3].flatMap((picture) =>
  [0, 1, 2].map((index) => packet(picture, index, picture === 1 && index === 1)),
)
const pictures = [shown(0), shown(1, [1]), shown(2), shown(3)]
const states = (t: number, followed: number | null = null) =>
  receiverAt(arrivals, pictures, t, followed).picture?.slots.map((slot) => slot.state)

describe('the picture that is coming in', () => {
  it('is nothing before its first packet', () => {
    expect(receiverAt(arrivals, pictures, 5, null)).toEqual({
      picture: null,
      buffer: [expect.objectContaining({ state: 'coming' })],
      swept: 0,
      stats: null,
    })
  })
  it('has a place for every packet, filled as they come', () => {
    expect(states(11)).toEqual(['received', 'received', 'waiting'])
    expect(states(12)).toEqual(['received', 'received', 'received'])
  })
  it('counts on over the wrap of sequence numbers', () => {
    expect(receiverAt(arrivals, pictures, 12, null).picture?.slots.map((slot) => slot.sequence)).toEqual([
      65_534, 65_535, 0,
    ])
    expect(after(65_535, 0)).toBe(1)
    expect(after(0, 65_535)).toBe(-1)
  })
  it('calls a packet missing only when a later one has come', () => {
    expect(states(51)).toEqual(['received', 'waiting', 'waiting'])
    expect(states(52)).toEqual(['received', 'missing', 'received'])
  })
  it('is the picture of the followed message', () => {
    const view = receiverAt(arrivals, pictures, 52, 1)
    expect(view.picture?.picture).toBe(0)
    expect(view.picture?.slots[1]).toMatchObject({ followed: true, state: 'received', number: 2 })
  })
  it('comes from the picture itself when its packets are no longer here', () => {
    const view = receiverAt([], pictures, 130, null)
    expect(view.picture?.picture).toBe(1)
    expect(view.picture?.slots.map((slot) => slot.state)).toEqual(['received', 'missing', 'received'])
  })
})

describe('the jitter buffer', () => {
  it('has the picture on the screen, those that are whole, and the one coming in', () => {
    const view = receiverAt(arrivals, pictures, 131, null)
    expect(view.buffer.map((cell) => [cell.picture, cell.state, cell.damaged])).toEqual([
      [1, 'now', true],
      [2, 'ready', false],
      [3, 'coming', false],
    ])
    expect(view.swept).toBeCloseTo(11 / 40)
    expect(view.stats?.playoutDelay).toBe(60)
  })
  it('keeps a damaged picture as ready once nothing of it can come', () => {
    const view = receiverAt(arrivals, pictures, 90, null)
    expect(view.buffer[1]).toMatchObject({ picture: 1, state: 'ready', damaged: true })
  })
})

describe('the last picture shown', () => {
  it('is a function of the time alone', () => {
    expect(lastShown(pictures, 79)).toBeNull()
    expect(lastShown(pictures, 80)?.id).toBe(0)
    expect(lastShown(pictures, 159)?.id).toBe(1)
    expect(lastShown(pictures, 1e9)?.id).toBe(3)
  })
})
