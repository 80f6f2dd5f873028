// How a link behaves at a moment, and what it did to a frame. Pure.

import type { HopRow, Link, LinkDirection, MishapRow, Nanos, Preset, StateRow, Topology, Weather } from '../wire'

/** The two directions. */
export const DIRECTIONS = ['forward', 'backward'] as const

/** A direction's weather at `t`: as the last change before says, or else as the first one after says of before, or else as the link was when the page learnt of it. */
export function weatherAt(link: Link, states: readonly StateRow[], direction: LinkDirection, t: Nanos): Weather {
  let found: Weather | null = null
  for (const { at, change } of states) {
    if (change.kind !== 'weather' || change.link !== link.id || change.direction !== direction) continue
    if (at > t) return found ?? change.before
    found = change.weather
  }
  return found ?? (direction === 'forward' ? link.forward : link.backward)
}

/** The direction in which a device sends over a link. */
export function directionOf(link: Link, from: number): LinkDirection {
  return link.a === from ? 'forward' : 'backward'
}

/** The direction in which a link leads away from the server, as films go; forward where no server is nearer to one end. */
export function awayFromServer({ nodes, links }: Pick<Topology, 'nodes' | 'links'>, link: Link): LinkDirection {
  const server = nodes.find((node) => node.kind === 'server')
  if (!server) return 'forward'
  const seen = new Set([server.id])
  for (const id of seen) {
    for (const { id: other, a, b } of links) {
      if (other === link.id) continue
      if (a === id) seen.add(b)
      else if (b === id) seen.add(a)
    }
  }
  return seen.has(link.b) && !seen.has(link.a) ? 'backward' : 'forward'
}

/** The bits of a hop that arrived turned over. */
export function flippedOn(hop: HopRow | null | undefined): readonly number[] {
  return hop?.mishap?.flipped ?? []
}

/** The hop on which a frame was damaged, once it had arrived at `t`; then the octets that came are not those that were sent. */
export function damagingHop(hops: readonly HopRow[], t: Nanos): HopRow | null {
  return hops.find((hop) => hop.arrive <= t && flippedOn(hop).length > 0) ?? null
}

/** What happened to a frame on a cable, besides being lost; `null` where nothing did. */
export function mishapOf(hop: HopRow | null | undefined): MishapRow | null {
  return hop?.mishap ?? null
}

/** The preset that both directions are as, by its name; `null` where none is. */
export function presetOf(presets: readonly Preset[], forward: Weather, backward: Weather): string | null {
  const same = (a: Weather, b: Weather): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
  return presets.find((preset) => same(preset.up, forward) && same(preset.down, backward))?.name ?? null
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]))
}

/** The fields of weather that are numbers of their own, in the order in which they are shown. */
export const QUANTITIES = ['rate', 'delay', 'jitter', 'queue', 'mtu', 'duplicate', 'bitErrors'] as const
export type Quantity = (typeof QUANTITIES)[number]

/** How a quantity is shown: what one of its units is, and between which values it lies there. */
export const UNITS: Record<Quantity, { unit: string; per: number }> = {
  rate: { unit: 'Mbit/s', per: 1e6 }, delay: { unit: 'ms', per: 1e6 }, jitter: { unit: 'ms', per: 1e6 },
  queue: { unit: 'kB', per: 1000 }, mtu: { unit: 'B', per: 1 }, duplicate: { unit: '%', per: 0.01 }, bitErrors: { unit: 'in 10⁶', per: 1e-6 },
}

/** A number for a field, without the noise of binary fractions. */
export function shown(value: number, per: number): number {
  return Number((value / per).toPrecision(6))
}
