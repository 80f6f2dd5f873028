import { expect, test } from 'vitest'
import { awayFromServer } from '../../src/scene/weather'
import type { Link, Topology } from '../../src/wire'

/** Devices from the kinds given, and cables between their places in that list. */
function network(kinds: readonly string[], cables: readonly (readonly [number, number])[]): Pick<Topology, 'nodes' | 'links'> {
  return {
    nodes: kinds.map((kind, id) => ({ id, kind })) as unknown as Topology['nodes'],
    links: cables.map(([a, b], id) => ({ id, a, b })) as unknown as Topology['links'],
  }
}

/** Where films go on each cable. */
function ways(net: Pick<Topology, 'nodes' | 'links'>): string[] {
  return net.links.map((link: Link) => awayFromServer(net, link))
}

test('films go away from the server, whichever end of a cable is named first', () => {
  const kinds = ['client', 'switch', 'router', 'switch', 'server', 'client']
  expect(ways(network(kinds, [[0, 1], [1, 2], [2, 3], [3, 4], [3, 5]]))).toEqual(['backward', 'backward', 'backward', 'backward', 'forward'])
  expect(ways(network(kinds, [[1, 0], [2, 1], [3, 2], [4, 3], [5, 3]]))).toEqual(['forward', 'forward', 'forward', 'forward', 'backward'])
})

test('without a server, or on a way round, a direction is named all the same', () => {
  expect(ways(network(['client', 'client'], [[0, 1]]))).toEqual(['forward'])
  expect(ways(network(['server', 'switch', 'client'], [[0, 1], [1, 2], [2, 0]]))).toEqual(['forward', 'forward', 'forward'])
})
