import { describe, expect, it } from 'vitest'
import { conditionsOf } from '../../src/scene/conditions'
import { Until, type Searcher } from '../../src/state/until.svelte'
import { time } from '../../src/text/en-time'
import { SECOND } from '../../src/trace'
import type { Command, Get, Outcome } from '../../src/wire'
import { topology } from './support/fixture'

type Desk = { -readonly [K in keyof Searcher]: Searcher[K] } & { asked: Get[]; ordered: { command: Command; done: ((outcome: Outcome) => void) | undefined }[]; stood: number; rows: boolean }

function made(): { until: Until; desk: Desk } {
  const desk: Desk = {
    t: 5 * SECOND + 0.5, live: 20 * SECOND, oldest: 0, worldStands: true, rulesTime: true, connected: true, asked: [], ordered: [], stood: 0, rows: true,
    get: (get) => void desk.asked.push(get),
    command: (command, done) => void desk.ordered.push({ command, done }),
    pause: () => undefined,
    seek: (t) => { desk.t = t },
    standOn: () => {
      if (desk.rows) desk.stood += 1
      return desk.rows
    },
  }
  return { until: new Until(desk), desk }
}
const drop = { t: 7 * SECOND, event: 'drop', frame: 9, node: 2 }

describe('run until', () => {
  it('goes to what lies on the tape, and stands on its step as soon as its rows are here', () => {
    const { until, desk } = made()
    desk.rows = false
    until.run(' drop ')
    expect(desk.asked).toEqual([{ kind: 'find', until: 'drop', from: 5 * SECOND }])
    until.found(drop)
    expect(until.search).toEqual({ kind: 'found', found: drop })
    expect([desk.t, desk.stood]).toEqual([7 * SECOND, 0])
    desk.rows = true
    until.refresh()
    until.refresh()
    expect(desk.stood).toBe(1)
  })

  it('leaves who has gone elsewhere meanwhile alone', () => {
    const { until, desk } = made()
    desk.rows = false
    until.run('drop')
    until.found(drop)
    desk.t = 2 * SECOND
    desk.rows = true
    until.refresh()
    expect(desk.stood).toBe(0)
  })

  it('lets a world that stands go on, once, and says when it did not happen', () => {
    const { until, desk } = made()
    until.run('picture')
    until.found(null)
    expect(desk.ordered.map((one) => one.command)).toEqual([{ kind: 'advance', to: { kind: 'find', until: 'picture' } }])
    desk.ordered[0]?.done?.({ kind: 'done' })
    expect(desk.asked).toHaveLength(2)
    until.found({ t: 21 * SECOND, event: 'picture' })
    expect(desk.t).toBe(21 * SECOND)
    until.run('state')
    until.found(null)
    desk.ordered[1]?.done?.({ kind: 'refused', reason: 'It did not happen within 10 s.' })
    expect(until.search).toEqual({ kind: 'none', reason: 'It did not happen within 10 s.' })
  })

  it('waits while time runs, and looks again as it goes on', () => {
    const { until, desk } = made()
    desk.worldStands = false
    until.run('drop')
    until.found(null)
    expect(until.search.kind).toBe('waiting')
    until.refresh()
    expect(desk.asked).toHaveLength(1)
    desk.live += SECOND
    until.refresh()
    expect(desk.asked[1]).toEqual({ kind: 'find', until: 'drop', from: 19 * SECOND })
    until.found(null)
    until.stop()
    desk.live += 5 * SECOND
    until.refresh()
    expect(desk.asked).toHaveLength(2)
  })

  it('does nothing to a room that others rule', () => {
    const { until, desk } = made()
    desk.rulesTime = false
    until.run('drop')
    until.found(null)
    expect(desk.ordered).toEqual([])
    expect(until.search).toEqual({ kind: 'none', reason: null })
  })

  it('shows where words of one’s own cannot be read', () => {
    const { until } = made()
    until.run('arrives R9')
    until.refused('Column 9: there is no device R9.')
    expect(until.search).toEqual({ kind: 'wrong', column: 9, reason: 'there is no device R9.' })
    until.run('x')
    until.refused('This fork is still being simulated.')
    expect(until.search).toEqual({ kind: 'wrong', column: null, reason: 'This fork is still being simulated.' })
  })
})

describe('ready-made conditions', () => {
  it('name the devices of the network', () => {
    const all = conditionsOf(topology, 0)
    expect(all.map((one) => one.query)).toContain('arrives R1 with the marker bit')
    expect(all.map((one) => one.query)).toContain('state Client where state.kind == "rtsp"')
    for (const one of all) expect(time.condition(one)).toMatch(/\w/)
    const odd = { ...topology, nodes: topology.nodes.map((node) => ({ ...node, name: `${node.name} 2` })) }
    expect(conditionsOf(odd, 0)[0]?.query).toBe('arrives "R1 2" with the marker bit')
  })
})
