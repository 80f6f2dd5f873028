// What the receiver knows at a moment: this picture's packets, and the jitter buffer. Pure.

import type { Id, Nanos, PictureRow, PictureStats } from '../wire'

/** An RTP packet on its way to one player. */
export interface Arrival {
  message: Id
  sent: Nanos
  /** When the player got it; null: not yet, or never. */
  delivered: Nanos | null
  sequence: number
  timestamp: number
  marker: boolean
  /** Number in its clip, place in the picture and how many the picture has, where known. */
  picture: number | null
  index: number | null
  of: number | null
}

/** `waiting`: may still come. `missing`: a later one came first, or its picture was due. */
export type SlotState = 'received' | 'waiting' | 'missing'

/** One place for a packet of the picture. */
export interface Slot {
  /** From 1. */
  number: number
  sequence: number | null
  state: SlotState
  /** The message in it, or the lost one. */
  message: Id | null
  followed: boolean
}

/** The picture whose packets are shown. */
export interface Collecting {
  timestamp: number
  /** Number in its clip, where known. */
  picture: number | null
  slots: Slot[]
  /** True once the receiver can know how many packets it has. */
  counted: boolean
}

/** One place of the jitter buffer. */
export interface Buffered {
  timestamp: number
  picture: number | null
  state: 'now' | 'ready' | 'coming'
  /** Something is missing for good. */
  damaged: boolean
}

/** All that the receiver panel shows. */
export interface ReceiverView {
  picture: Collecting | null
  buffer: Buffered[]
  /** How much of its time the picture on the screen has been there, 0 to 1. */
  swept: number
  stats: PictureStats | null
}

/** RTP sequence numbers wrap: how far `b` is after `a`. */
export function after(a: number, b: number): number {
  return ((b - a + 0x8000) & 0xffff) - 0x8000
}

/**
 * The receiver at `t`. `arrivals` are the packets of the last moments in the order in which they
 * were sent; `pictures` those shown by this player, in order; `followed` the message that the
 * viewer follows, whose picture is shown when it is one of these.
 */
export function receiverAt(
  arrivals: readonly Arrival[],
  pictures: readonly PictureRow[],
  t: Nanos,
  followed: Id | null,
): ReceiverView {
  const shown = lastShown(pictures, t)
  const groups = grouped(arrivals.filter((arrival) => arrival.sent <= t))
  const due = shown ? shown.timestamp : null
  const target = chosen(groups, t, followed) ?? null
  const highest = highestDelivered(arrivals, t)
  const picture = target ? collect(target, shown, highest, t, followed) : shown ? fromPicture(shown, followed) : null
  return {
    picture,
    buffer: buffer(groups, shown, due, highest, t),
    swept: swept(pictures, shown, t),
    stats: shown?.stats ?? null,
  }
}

/** The last picture shown at `t`; binary search. */
export function lastShown(pictures: readonly PictureRow[], t: Nanos): PictureRow | null {
  let low = 0
  let high = pictures.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (pictures[middle]!.at <= t) low = middle + 1
    else high = middle
  }
  return pictures[low - 1] ?? null
}

interface Group {
  timestamp: number
  packets: Arrival[]
}

function grouped(arrivals: readonly Arrival[]): Group[] {
  const groups: Group[] = []
  for (const arrival of arrivals) {
    const last = groups.at(-1)
    if (last?.timestamp === arrival.timestamp) last.packets.push(arrival)
    else groups.push({ timestamp: arrival.timestamp, packets: [arrival] })
  }
  return groups
}

function chosen(groups: readonly Group[], t: Nanos, followed: Id | null): Group | undefined {
  const mine =
    followed === null ? undefined : groups.find((group) => group.packets.some((packet) => packet.message === followed))
  if (mine) return mine
  for (let i = groups.length - 1; i >= 0; i -= 1) {
    if (groups[i]?.packets.some((packet) => came(packet, t))) return groups[i]
  }
  return undefined
}

function came(packet: Arrival, t: Nanos): boolean {
  return packet.delivered !== null && packet.delivered <= t
}

function highestDelivered(arrivals: readonly Arrival[], t: Nanos): number | null {
  let highest: number | null = null
  for (const arrival of arrivals) {
    if (!came(arrival, t)) continue
    if (highest === null || after(highest, arrival.sequence) > 0) highest = arrival.sequence
  }
  return highest
}

function collect(
  group: Group,
  shown: PictureRow | null,
  highest: number | null,
  t: Nanos,
  followed: Id | null,
): Collecting {
  const known = group.packets.find((packet) => packet.of !== null && packet.index !== null)
  const first = known ? (known.sequence - known.index! + 0x10000) & 0xffff : group.packets[0]!.sequence
  const marked = group.packets.find((packet) => packet.marker && came(packet, t))
  const size = known?.of ?? after(first, group.packets.at(-1)!.sequence) + 1
  const past = shown !== null && !isAfter(group.timestamp, shown.timestamp)
  const bySequence = new Map(group.packets.map((packet) => [packet.sequence, packet]))
  const slots: Slot[] = []
  for (let i = 0; i < size; i++) {
    const sequence = (first + i) & 0xffff
    const packet = bySequence.get(sequence)
    const received = packet !== undefined && came(packet, t)
    const passed = highest !== null && after(sequence, highest) > 0
    slots.push({
      number: i + 1,
      sequence,
      state: received ? 'received' : past || passed ? 'missing' : 'waiting',
      message: packet?.message ?? null,
      followed: packet !== undefined && packet.message === followed,
    })
  }
  const counted = known !== undefined || marked !== undefined
  return { timestamp: group.timestamp, picture: known?.picture ?? null, slots, counted }
}

function fromPicture(shown: PictureRow, followed: Id | null): Collecting {
  return {
    timestamp: shown.timestamp,
    picture: shown.number,
    counted: true,
    slots: shown.slots.map((slot, index) => ({
      number: index + 1,
      sequence: slot.sequence,
      state: slot.message === null ? 'missing' : 'received',
      message: slot.message,
      followed: slot.message !== null && slot.message === followed,
    })),
  }
}

function buffer(
  groups: readonly Group[],
  shown: PictureRow | null,
  due: number | null,
  highest: number | null,
  t: Nanos,
): Buffered[] {
  const cells: Buffered[] = []
  if (shown) {
    cells.push({ timestamp: shown.timestamp, picture: shown.number, state: 'now', damaged: !shown.complete })
  }
  for (const group of groups) {
    if (due !== null && !isAfter(group.timestamp, due)) continue
    const collecting = collect(group, shown, highest, t, null)
    const open = collecting.slots.some((slot) => slot.state === 'waiting')
    const any = collecting.slots.some((slot) => slot.state !== 'waiting')
    cells.push({
      timestamp: group.timestamp,
      picture: collecting.picture,
      state: open || !any ? 'coming' : 'ready',
      damaged: collecting.slots.some((slot) => slot.state === 'missing'),
    })
  }
  return cells
}

/** RTP timestamps wrap too. */
function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}

function swept(pictures: readonly PictureRow[], shown: PictureRow | null, t: Nanos): number {
  if (!shown) return 0
  const index = pictures.lastIndexOf(shown)
  const next = pictures[index + 1]
  const before = pictures[index - 1]
  const interval = next ? next.at - shown.at : before ? shown.at - before.at : 0
  return interval > 0 ? Math.min(1, Math.max(0, (t - shown.at) / interval)) : 0
}
