// What a device knows at a moment, from what the tape tells of its changes. Pure.

import type { Nanos, Node, StateRow, TcpRow, Topology } from '../wire'

/** An entry of a switch's table: behind which cable a card was seen last. */
export interface MacEntry {
  mac: string
  link: number
  /** `null` in a switch without VLANs. */
  vlan: number | null
  /** When that was learnt. */
  at: Nanos
}

/** A switch's table at `t`. */
export function switchTable(states: readonly StateRow[], node: number, t: Nanos): MacEntry[] {
  const out = new Map<string, MacEntry>()
  for (const { at, node: where, change } of states) {
    if (at > t) break
    if (where !== node || change.kind !== 'mac') continue
    const key = `${change.vlan}/${change.mac}`
    if (change.link === null) out.delete(key)
    else out.set(key, { mac: change.mac, link: change.link, vlan: change.vlan, at })
  }
  return [...out.values()]
}

/** An entry of a neighbour cache: which card has an address. */
export interface Neighbour {
  ip: string
  mac: string | null
  link: number
  /** RFC 4861 section 7.3.2: `incomplete`, `reachable`, `stale`, `delay`, `probe`. */
  state: string
  /** Since when it is in this state. */
  at: Nanos
}

/** A host's or router's neighbour cache (ARP's, or neighbour discovery's) at `t`. */
export function neighbours(states: readonly StateRow[], node: number, t: Nanos): Neighbour[] {
  const out = new Map<string, Neighbour>()
  for (const { at, node: where, change } of states) {
    if (at > t) break
    if (where !== node || change.kind !== 'neighbour') continue
    if (change.state === 'gone') out.delete(change.ip)
    else out.set(change.ip, { ip: change.ip, mac: change.mac, link: change.link, state: change.state, at })
  }
  return [...out.values()]
}

/** A line of a router's address translation. */
export interface Translation {
  protocol: number
  inside: string
  outside: string
  at: Nanos
}

/** A router's NAT table at `t`. */
export function translations(states: readonly StateRow[], node: number, t: Nanos): Translation[] {
  const out = new Map<string, Translation>()
  for (const { at, node: where, change } of states) {
    if (at > t) break
    if (where !== node || change.kind !== 'nat') continue
    const key = `${change.protocol}/${change.outside}`
    if (change.open) out.set(key, { protocol: change.protocol, inside: change.inside, outside: change.outside, at })
    else out.delete(key)
  }
  return [...out.values()]
}

/** A network that a device is on, and over which cable. */
export interface Route {
  network: string
  link: number
  /** Its own address there. */
  own: string
}

/** The networks of a device's own interfaces: where it sends without asking another router. */
export function connected(node: Node): Route[] {
  return node.interfaces.flatMap((one) => {
    const v4 = one.ip === null || one.prefix === null || one.ip.includes(':') ? [] : [{ network: `${masked(one.ip, one.prefix)}/${one.prefix}`, link: one.link, own: one.ip }]
    const v6 = one.addresses.filter((address) => address.includes(':')).map((address) => {
      const [own, prefix] = address.split('/')
      return { network: prefix === undefined ? '' : `/${prefix}`, link: one.link, own: own ?? address }
    })
    return [...v4, ...v6]
  })
}

/** An address with all bits behind its prefix zero. */
function masked(ip: string, prefix: number): string {
  const value = ip.split('.').reduce((n, part) => n * 256 + Number(part), 0)
  const size = 2 ** (32 - prefix)
  const network = Math.floor(value / size) * size
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')
}

/** A connection at one of its ends, at a moment. */
export interface ConnectionView {
  connection: number
  /** RFC 9293 section 3.3.2; null before the first change that is kept. */
  state: string | null
  variables: TcpRow | null
}

/** The TCP connections of a host at `t`: their states, and their variables as far as they are in memory. */
export function connections(states: readonly StateRow[], variables: (connection: number) => TcpRow | null, node: number, t: Nanos): ConnectionView[] {
  const out = new Map<number, string>()
  for (const { at, node: where, change } of states) {
    if (at > t) break
    if (where === node && change.kind === 'tcp') out.set(change.connection, change.state)
  }
  return [...out].filter(([, state]) => state !== 'CLOSED').map(([connection, state]) => ({ connection, state, variables: variables(connection) }))
}

/** The cable over which a device reaches a network's other devices, by name. */
export function linkName(topology: Topology, link: number): string {
  return topology.links.find((one) => one.id === link)?.name ?? String(link)
}

/** Octets that TCP waits for at a host, because of which others cannot be handed up (head of line). */
export interface Stall {
  connection: number
  start: number
  end: number
  since: Nanos
  /** The frame that was lost, and on which link; null when it is only late. */
  lost: number | null
  link: number | null
}

/** The stalls of a host at `t`. */
export function stallsAt(states: readonly StateRow[], node: number, t: Nanos): Stall[] {
  const out = new Map<number, Stall>()
  for (const { at, node: where, change } of states) {
    if (at > t) break
    if (where !== node) continue
    if (change.kind === 'stall') out.set(change.connection, { connection: change.connection, start: change.start, end: change.end, since: at, lost: change.lost, link: change.link })
    else if (change.kind === 'stallOver') out.delete(change.connection)
  }
  return [...out.values()]
}
