import { describe, expect, it } from 'vitest'
import { topology } from '../../src/dev/world'
import { connected, connections, neighbours, stallsAt, switchTable, translations } from '../../src/scene/tables'
import { damagingHop, directionOf, presetOf, shown, weatherAt } from '../../src/scene/weather'
import { KEPT_VARIABLES, Variables } from '../../src/trace/variables'
import type { HopRow, StateKind, StateRow, TcpRow, Weather } from '../../src/wire'

const row = (at: number, node: number, change: StateKind): StateRow => ({ at, node, change })

describe('what a device knows at a moment', () => {
  it('a switch: where each card was seen last, until it is forgotten', () => {
    const mac = (at: number, link: number | null): StateRow => row(at, 1, { kind: 'mac', mac: 'aa', link, vlan: null })
    const states = [mac(10, 0), mac(20, 1), mac(30, null), row(15, 2, { kind: 'mac', mac: 'bb', link: 1, vlan: null })]
    expect(switchTable(states, 1, 5)).toEqual([])
    expect(switchTable(states, 1, 12)).toEqual([{ mac: 'aa', link: 0, vlan: null, at: 10 }])
    expect(switchTable(states, 1, 25)).toEqual([{ mac: 'aa', link: 1, vlan: null, at: 20 }])
    expect(switchTable(states, 1, 30)).toEqual([])
  })

  it('a host: its neighbours in their states, translations and networks', () => {
    const neighbour = (at: number, mac: string | null, state: string): StateRow => row(at, 0, { kind: 'neighbour', link: 0, ip: '10.0.1.1', mac, state })
    const states = [neighbour(1, null, 'incomplete'), neighbour(2, 'aa', 'reachable'), neighbour(9, null, 'gone')]
    expect(neighbours(states, 0, 1)).toEqual([{ ip: '10.0.1.1', mac: null, link: 0, state: 'incomplete', at: 1 }])
    expect(neighbours(states, 0, 5)).toEqual([{ ip: '10.0.1.1', mac: 'aa', link: 0, state: 'reachable', at: 2 }])
    expect(neighbours(states, 0, 9)).toEqual([])
    const nat = (at: number, open: boolean): StateRow => row(at, 2, { kind: 'nat', protocol: 17, inside: '10.0.1.2:5004', outside: '10.0.2.1:40000', open })
    expect(translations([nat(1, true), nat(5, false)], 2, 3)).toHaveLength(1)
    expect(translations([nat(1, true), nat(5, false)], 2, 6)).toEqual([])
    expect(connected(topology.nodes[2]!)).toEqual([
      { network: '10.0.1.0/24', link: 1, own: '10.0.1.1' }, { network: '10.0.2.0/24', link: 2, own: '10.0.2.1' },
    ])
  })

  it('a host: its connections with the variables in force, and what they wait for', () => {
    const tcp = (at: number, state: string): StateRow => row(at, 0, { kind: 'tcp', connection: 7, state })
    const states = [tcp(1, 'SYN-SENT'), tcp(2, 'ESTABLISHED'), tcp(9, 'CLOSED')]
    expect(connections(states, () => null, 0, 3)).toEqual([{ connection: 7, state: 'ESTABLISHED', variables: null }])
    expect(connections(states, () => null, 0, 9)).toEqual([])
    const stall = row(4, 0, { kind: 'stall', connection: 7, start: 100, end: 200, sent: 5, lost: 6, link: 1 })
    const over = row(6, 0, { kind: 'stallOver', connection: 7, frame: 9, since: 4, octets: 900 })
    expect(stallsAt([stall, over], 0, 5)).toEqual([{ connection: 7, start: 100, end: 200, since: 4, lost: 6, link: 1 }])
    expect(stallsAt([stall, over], 0, 6)).toEqual([])
  })
})

describe('the variables of TCP', () => {
  const variables = (at: number, cwnd: number, connection = 1): TcpRow => ({
    at, node: 0, connection, congestion: 'newreno', phase: 'slowStart', cwnd, ssthresh: null, srtt: null, rttvar: null, rto: 1e9, sndWnd: 1, rcvWnd: 1,
    inFlight: 0, pipe: 0, sacked: 0, unsent: 0, outOfOrder: 0, duplicateAcks: 0, recoveryPoint: null, mss: 1460, retransmissions: 0, sack: true,
    timestamps: true, sndScale: 7, rcvScale: 7,
  })
  it('hold until the next row, whatever order they came in', () => {
    const known = new Variables()
    for (const one of [variables(30, 3), variables(10, 1), variables(20, 2), variables(10, 1)]) known.add(one)
    expect([5, 10, 19, 20, 99].map((t) => known.at(0, 1, t)?.cwnd ?? null)).toEqual([null, 1, 1, 2, 3])
    expect(known.at(0, 2, 99)).toBeNull()
  })
  it('are bounded: the older half of the longest list goes', () => {
    const known = new Variables()
    known.add(variables(0, 42, 2))
    for (let at = 0; at <= KEPT_VARIABLES; at += 1) known.add(variables(at, at))
    expect(known.at(0, 1, 100)).toBeNull()
    expect(known.at(0, 1, KEPT_VARIABLES)?.cwnd).toBe(KEPT_VARIABLES)
    expect(known.at(0, 2, 50)?.cwnd).toBe(42)
  })
})

describe('the weather of a link', () => {
  const link = topology.links[1]!
  const fine: Weather = link.forward
  const foul: Weather = { ...fine, loss: { kind: 'random', p: 0.3 } }
  const change = (at: number, before: Weather, weather: Weather): StateRow => row(at, 1, { kind: 'weather', link: 1, direction: 'forward', before, weather })

  it('is what the last change before says, or what the next one says of before', () => {
    const states = [change(10, fine, foul), change(20, foul, { ...foul, down: true })]
    expect(weatherAt(link, states, 'forward', 5)).toBe(fine)
    expect(weatherAt(link, states, 'forward', 10)).toBe(foul)
    expect(weatherAt(link, states, 'forward', 25).down).toBe(true)
    expect(weatherAt(link, states, 'backward', 25)).toBe(link.backward)
    // The link as told now is foul; before its change it was fine.
    expect(weatherAt({ ...link, forward: foul }, [change(10, fine, foul)], 'forward', 1)).toBe(fine)
  })
  it('has the name of a preset when both directions are as that', () => {
    const presets = [{ name: 'dsl', title: 'DSL', up: fine, down: foul, source: '' }]
    expect(presetOf(presets, { ...fine }, { ...foul })).toBe('dsl')
    expect(presetOf(presets, foul, fine)).toBeNull()
    expect(directionOf(link, link.a)).toBe('forward')
    expect(shown(0.1 + 0.2, 1)).toBe(0.3)
  })
  it('damages a frame from its arrival on', () => {
    const hop: HopRow = { frame: 1, link: 1, from: 1, queued: 0, start: 1, end: 2, arrive: 5, fate: null, mishap: { flipped: [9], late: null, copy: false, ordered: null } }
    expect(damagingHop([hop], 4)).toBeNull()
    expect(damagingHop([hop], 5)).toBe(hop)
    expect(damagingHop([{ ...hop, mishap: { flipped: [], late: 3, copy: false, ordered: null } }], 9)).toBeNull()
  })
})
