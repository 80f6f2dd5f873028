import type { Trace } from '../trace'
import type { FrameRow, Node } from '../wire'

/** Names of devices, and of the far ends of frames that carry no message. */
export interface NetworkNames {
  node(id: number): string
  peer(frame: FrameRow): string
}

/**
 * Names from the rows that are here. A frame without a message does not say who it is for: for
 * TCP the client's end of its connection does, or the server; for an ARP reply the last who asked.
 */
export function networkNames(trace: Trace, nodes: () => readonly Node[]): NetworkNames {
  const name = (id: number): string => nodes().find((node) => node.id === id)?.name ?? `host ${id}`
  const isServer = (id: number): boolean => nodes().find((node) => node.id === id)?.kind === 'server'
  const server = (): string => nodes().find((node) => node.kind === 'server')?.name ?? 'server'
  /** The client's end of each connection seen. */
  const clients = new Map<number, number>()

  function peer(frame: FrameRow): string {
    const carried = frame.carried
    if (carried.kind === 'tcp') {
      if (!isServer(frame.node)) {
        clients.set(carried.connection, frame.node)
        return server()
      }
      const known = clients.get(carried.connection) ?? clientOf(carried.connection)
      return known === undefined ? 'client' : name(known)
    }
    if (carried.kind === 'arp') {
      const asked = lastRequest(frame)
      return asked === undefined ? 'the asker' : name(asked)
    }
    return isServer(frame.node) ? 'client' : server()
  }

  function clientOf(connection: number): number | undefined {
    const message = trace.signalling.find(
      (one) => one.transport.kind === 'tcp' && one.transport.connection === connection && one.client !== null,
    )
    return message?.client ?? undefined
  }

  function lastRequest(reply: FrameRow): number | undefined {
    let asked: number | undefined
    for (const segment of trace.segments(Math.max(0, reply.at - 1e9), reply.at + 1)) {
      for (const frame of segment.frames) {
        if (frame.at > reply.at || frame.carried.kind !== 'arp' || !frame.carried.request) continue
        if (reply.carried.kind === 'arp' && frame.carried.target === reply.carried.target) asked = frame.node
      }
    }
    return asked
  }

  return { node: name, peer }
}
