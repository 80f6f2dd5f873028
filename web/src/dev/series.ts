import type { FrameRow, Nanos, Rows, Series } from '../wire'

/** Octets that each layer has put into a frame of the pretended world, which has no options and no tags. */
function sizes(frame: FrameRow): { link: number; network: number; transport: number } {
  const { carried, length } = frame
  if (carried.kind === 'tcp') return { link: length - 40 - (carried.end - carried.start), network: 20, transport: 20 }
  return carried.kind === 'udp' ? { link: 18, network: 20, transport: 8 } : { link: length, network: 0, transport: 0 }
}

/** Counts what the server would count. */
export function seriesOf(rows: Rows, client: number, from: Nanos, cell: Nanos, cells: number): Series {
  const none = (): number[] => Array.from({ length: cells }, () => 0)
  const unknown = (): (number | null)[] => Array.from({ length: cells }, () => null)
  const series: Series = {
    client, from, cell, cells,
    what: { rtp: none(), rtcp: none(), rtsp: none(), tcp: none(), other: none() },
    layers: { application: none(), transport: none(), network: none(), link: none() },
    lost: none(), again: none(),
    receiver: { jitter: unknown(), expected: unknown(), lost: unknown(), late: unknown(), buffered: unknown(), playoutDelay: unknown() },
    tcp: [],
  }
  const place = (at: Nanos): number => {
    const i = Math.floor((at - from) / cell)
    return i < cells ? i : -1
  }
  const add = (list: number[], at: Nanos, amount: number): void => {
    const i = place(at)
    if (i >= 0) list[i] = (list[i] ?? 0) + amount
  }
  const messages = new Map(rows.messages.map((message) => [message.id, message.what.kind]))
  for (const frame of rows.frames) {
    if (frame.parent !== null || place(frame.at) < 0) continue
    const id = frame.carried.kind === 'udp' ? frame.carried.message : frame.carried.kind === 'tcp' ? (frame.carried.messages[0] ?? null) : null
    const kind = id === null ? undefined : messages.get(id)
    const what = kind === 'rtp' || kind === 'rtcp' ? kind : kind !== undefined ? 'rtsp' : frame.carried.kind === 'tcp' ? 'tcp' : 'other'
    const size = sizes(frame)
    add(series.what[what], frame.at, frame.length)
    for (const layer of ['link', 'network', 'transport'] as const) add(series.layers[layer], frame.at, size[layer])
    add(series.layers.application, frame.at, frame.length - size.link - size.network - size.transport)
  }
  for (const hop of rows.hops) if (hop.fate) add(series.lost, hop.queued, 1)
  for (const receipt of rows.receipts) if (receipt.outcome.kind === 'dropped') add(series.lost, receipt.at, 1)
  for (const picture of rows.pictures) {
    const i = place(picture.at)
    if (i < 0 || picture.client !== client) continue
    const { jitter, expected, lost, late, buffered, playoutDelay } = picture.stats
    const { receiver } = series
    for (const [list, value] of [[receiver.jitter, jitter], [receiver.expected, expected], [receiver.lost, lost], [receiver.late, late], [receiver.buffered, buffered], [receiver.playoutDelay, playoutDelay]] as const) list[i] = value
  }
  return series
}
