import { describe, expect, it } from 'vitest'
import { layout, STUBS } from '../../src/scene/layout'
import type { Interface, Link, Node, NodeKind, PortVlan, Topology } from '../../src/wire'

const access = (id: number): PortVlan => ({ kind: 'access', id })
const port = (link: number, vlan: PortVlan | null = null): Interface => ({ link, mac: null, ip: null, prefix: null, addresses: [], vlan })
const node = (id: number, name: string, kind: NodeKind, interfaces: Interface[]): Node => ({ id, name, kind, interfaces, layerDelay: 10_000 })
const weather = {} as Link['forward']
const link = (id: number, name: string, a: number, b: number): Link => ({ id, name, a, b, forward: weather, backward: weather })

/** Client (VLAN 10) and guest (VLAN 20) share a trunk; the router has a cable into each VLAN. */
const topology: Topology = {
  nodes: [
    node(0, 'Client', 'client', [port(0)]),
    node(1, 'Guest', 'client', [port(1)]),
    node(2, 'SW1', 'switch', [port(0, access(10)), port(1, access(20)), port(2, { kind: 'trunk', ids: [10, 20] })]),
    node(3, 'SW2', 'switch', [port(2, { kind: 'trunk', ids: [10, 20] }), port(3, access(10)), port(4, access(20))]),
    node(4, 'R1', 'router', [port(3), port(4), port(5)]),
    node(5, 'SW3', 'switch', [port(5), port(6)]),
    node(6, 'Server', 'server', [port(6)]),
  ],
  links: [
    link(0, 'client', 0, 2), link(1, 'guest', 1, 2), link(2, 'trunk', 2, 3), link(3, 'r1-10', 3, 4), link(4, 'r1-20', 3, 4),
    link(5, 'r1-sw3', 4, 5), link(6, 'server', 5, 6),
  ],
}

describe('the valley of a network with VLANs', () => {
  it('draws the cables that the frames of the watched client cross', () => {
    expect(layout(topology, 0)?.cables.map((cable) => cable.link)).toEqual([0, 2, 3, 5, 6])
    expect(layout(topology, 1)?.cables.map((cable) => cable.link)).toEqual([1, 2, 4, 5, 6])
  })

  it('shows the cables beside the way, with what is at their ends', () => {
    const stubs = (client: number): string[] => (layout(topology, client)?.stubs ?? []).map((stub) => `${stub.node}: ${stub.other.name}`)
    expect(stubs(0)).toEqual(['2: Guest', '3: R1'])
    expect(stubs(1)).toEqual(['2: Client', '3: R1'])
    const many: Topology = {
      nodes: [...topology.nodes, ...Array.from({ length: 5 }, (_, i) => node(10 + i, `Seat ${i}`, 'client', [port(10 + i)]))],
      links: [...topology.links, ...Array.from({ length: 5 }, (_, i) => link(10 + i, `seat-${i}`, 10 + i, 2))],
    }
    expect(layout(many, 0)?.stubs.filter((stub) => stub.node === 2)).toHaveLength(STUBS)
    expect(layout(many, 0)?.unseen.get(2)).toBe(6 - STUBS)
  })

  it('has every device once, in the order of the way', () => {
    expect(layout(topology, 1)?.columns.map((column) => column.node.name)).toEqual(['Guest', 'SW1', 'SW2', 'R1', 'SW3', 'Server'])
  })
})
