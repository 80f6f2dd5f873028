import { describe, expect, it } from 'vitest'
import { bench, BENCH, chain, film, fit, layout as lay, partsOf, placeOf, scene, stepLayer, strip, STRIP, textWidth, type Layout, type View } from '../../src/scene'
import { items, journey, nextProblem, SECOND, type Journey, type Step } from '../../src/trace'
import type { Detail } from '../../src/wire'
import { fixture, topology } from './support/fixture'

const { trace, detailOf } = fixture(4)
const layout = lay(topology, 0) as Layout

function journeyOf(method: string): Journey {
  const message = trace.signalling.find((m) => m.what.kind === 'request' && m.what.method === method)
  return journey(trace, topology, { kind: 'message', id: message?.id ?? -1 })
}
function rtp(): Journey {
  const item = items(trace, 3 * SECOND, 4 * SECOND, 0).find((i) => i.message?.what.kind === 'rtp' && i.message.what.index === 4)
  return journey(trace, topology, item?.subject ?? { kind: 'message', id: -1 })
}
const step = (j: Journey, kind: string): Step => {
  const found = j.steps.find((s) => s.kind === kind)
  if (!found) throw new Error(kind)
  return found
}
const at = (j: Journey, s: Step, more: Partial<View> = {}): ReturnType<typeof scene> =>
  scene({ trace, layout, t: s.at, speed: 0, journey: j, step: s, moving: null, detailOf, ...more })
const filled = (j: Journey, kind: string): string[] => at(j, step(j, kind)).bench?.blocks.filter((b) => b.filled).map((b) => b.kind) ?? []

describe('the valley', () => {
  it('has the measures of the drawing', () => {
    expect(layout.columns.map((c) => [c.node.name, c.x, c.width])).toEqual([['Client', 12, 164], ['SW1', 226, 84], ['R1', 394, 108], ['SW2', 586, 84], ['Server', 720, 164]])
    expect(layout.columns.map((c) => c.risers)).toEqual([null, { left: 270, right: 296, top: 327.5 }, { left: 438, right: 488, top: 278.5 }, { left: 630, right: 656, top: 327.5 }, null])
    expect(layout.cables.map((c) => c.points[1])).toEqual([[176, 404], [296, 404], [488, 404], [656, 404]])
  })

  it('has one path from top to top, and every place on it', () => {
    expect(layout.point(0)).toEqual([176, 82])
    expect(layout.point(layout.length)).toEqual([720, 82])
    expect(layout.point(layout.place(0, 4))).toEqual([176, 229.5])
    expect(layout.point(layout.place(2, 3))).toEqual([463, 278.5])
    expect(layout.point(layout.place(2, 2, 'right'))).toEqual([488, 327.5])
    expect(layout.point(layout.place(2, 2, 'left'))).toEqual([438, 327.5])
    expect(layout.point(layout.place(1, 2))).toEqual([283, 327.5])
    expect(layout.point(layout.middle(1))).toEqual([367, 404])
    expect(layout.path(0, layout.length)).toMatch(/^M176,82 L176,394 Q176,404 186,404/)
  })

  it('shows only the devices between the watched client and the server', () => {
    const more = {
      nodes: [...topology.nodes, { id: 9, name: 'ffplay', kind: 'gateway' as const, interfaces: [], layerDelay: 10_000 }],
      links: [...topology.links, { ...topology.links[0]!, id: 9, name: 'ffplay', a: 9, b: 1 }],
    }
    expect(chain(more, 9, 4)).toEqual([9, 1, 2, 3, 4])
    expect(lay(more, 9)?.columns.map((c) => c.node.name)).toEqual(['ffplay', 'SW1', 'R1', 'SW2', 'Server'])
    expect(lay({ nodes: topology.nodes, links: [] }, 0)).toBeNull()
    expect(lay(topology, null)).toBeNull()
  })
})

describe('the bar', () => {
  it('fills its slots going down', () => {
    const j = journeyOf('SETUP')
    expect(filled(j, 'compose')).toEqual(['rtsp'])
    expect(filled(j, 'segment')).toEqual(['tcp', 'rtsp'])
    expect(filled(j, 'packet')).toEqual(['ip', 'tcp', 'rtsp'])
    expect(filled(j, 'frame')).toEqual(['eth', 'ip', 'tcp', 'rtsp', 'fcs'])
    expect(filled(j, 'bits')).toEqual(['eth', 'ip', 'tcp', 'rtsp', 'fcs'])
  })

  it('empties them going up, and never moves one sideways', () => {
    const j = rtp()
    expect(filled(j, 'hostLink')).toEqual(['eth', 'ip', 'udp', 'rtp', 'jpeg', 'picture', 'fcs'])
    expect(filled(j, 'hostNetwork')).toEqual(['ip', 'udp', 'rtp', 'jpeg', 'picture'])
    expect(filled(j, 'hostTransport')).toEqual(['udp', 'rtp', 'jpeg', 'picture'])
    expect(filled(j, 'deliver')).toEqual(['rtp', 'jpeg', 'picture'])
    expect(filled(j, 'shown')).toEqual(['picture'])
    const places = j.steps.map((s) => at(j, s).bench?.blocks.map((b) => [b.kind, Math.round(b.x)]))
    for (const place of places) expect(place).toEqual(places[0])
  })

  it('has the widths of the drawing: headers to one scale, none under 47, all in 520', () => {
    const b = bench(step(rtp(), 'frame'), detailOf, null)
    const widths = b.blocks.map((x) => Math.round(x.width))
    expect(widths).toEqual([81, 116, 47, 70, 70, 90, 47])
    expect(b.blocks.reduce((sum, x) => sum + x.width, 0)).toBeCloseTo(BENCH.right - BENCH.left, 0)
    expect(b.bytes).toBe(b.blocks.reduce((sum, x) => sum + x.bytes, 0))
  })

  it('names the PDU and its bytes', () => {
    const j = journeyOf('SETUP')
    const length = step(j, 'compose').message?.length ?? 0
    const pdu = (kind: string): [string, number] => {
      const b = at(j, step(j, kind)).bench
      return [b?.pdu ?? '', b?.bytes ?? 0]
    }
    expect(pdu('compose')).toEqual(['message', length])
    expect(pdu('segment')).toEqual(['segment', length + 20])
    expect(pdu('packet')).toEqual(['packet', length + 40])
    expect(pdu('frame')).toEqual(['frame', length + 58])
  })

  it('shows padding where it is', () => {
    const syn = items(trace, 0, SECOND, 0).find((i) => i.frame?.cause.kind === 'connect')
    const detail = detailOf(syn?.frame?.id ?? -1)
    expect(detail && partsOf(detail).map((p) => [p.kind, p.bytes])).toEqual([['eth', 14], ['ip', 20], ['tcp', 24], ['padding', 2], ['fcs', 4]])
  })

  it('shows what a router changes and what it leaves', () => {
    const j = rtp()
    const b = at(j, step(j, 'route')).bench
    expect(b?.change).toMatchObject({ kind: 'ttl', from: '64', to: '63' })
    expect(b?.below?.what).toBe('untouched')
    const change = b?.change
    if (change?.kind === 'ttl') expect(change.checksumFrom).not.toBe(change.checksumTo)
    expect(b?.blocks.filter((x) => !x.filled).map((x) => x.kind)).toEqual(['eth', 'fcs'])
  })

  it('shows the whole datagram where IP has yet to cut it', () => {
    const at = step(rtp(), 'segment')
    const whole = detailOf(at.frame?.id ?? -1)
    // As the dissector reads a fragment: nothing above IP, and octets that no layer claims.
    const piece = whole && { ...whole, layers: whole.layers.filter((l) => l.name === 'eth' || l.name === 'ip') }
    const b = bench(at, () => piece, null)
    expect(b.blocks.map((x) => x.kind)).toEqual(['eth', 'ip', 'udp', 'rtp', 'picture', 'fcs'])
    expect(b.bytes).toBe((at.message?.length ?? 0) + 8)
    expect(piece && stepLayer(at, piece)).toBe(null)
    const below = bench(step(rtp(), 'packet'), () => piece, null)
    expect(below.blocks.map((x) => x.kind)).toEqual(['eth', 'ip', 'data', 'fcs'])
  })

  it('keeps its slots while the bytes are on their way', () => {
    const b = bench(step(rtp(), 'segment'), () => null, null)
    expect(b.blocks.map((x) => x.kind)).toEqual(['eth', 'ip', 'udp', 'rtp', 'picture', 'fcs'])
  })
})

describe('the scene', () => {
  it('is the same for the same moment, whatever came before', () => {
    const j = rtp()
    const once = j.steps.map((s) => JSON.stringify(at(j, s)))
    const again = [...j.steps].reverse().map((s) => JSON.stringify(at(j, s))).reverse()
    expect(again).toEqual(once)
  })

  it('moves the token from the server to the client along the path', () => {
    const j = rtp()
    const places = j.steps.map((s) => placeOf(layout, s) ?? NaN)
    expect(places[0]).toBe(layout.length)
    expect(places.at(-1)).toBe(0)
    expect(places.every((s, i) => i === 0 || s <= (places[i - 1] ?? 0))).toBe(true)
  })

  it('moves it evenly between two events while time runs', () => {
    const j = rtp()
    const hop = step(j, 'bits').hop
    if (!hop) throw new Error('no hop')
    const x = [0.25, 0.5, 0.75].map((part) => at(j, step(j, 'bits'), { t: hop.start + (hop.arrive - hop.start) * part }).token)
    expect(x.every((t) => t !== null)).toBe(true)
    const s = x.map((t) => t?.x ?? 0)
    expect(s[0]).toBeGreaterThan(s[1] ?? 0)
  })

  it('outlines where the step is, and the peer layer that will read it', () => {
    const j = journeyOf('SETUP')
    const marked = (kind: string): string[] => at(j, step(j, kind)).devices.flatMap((d) => d.rows.flatMap((r) => (r.active ? [`${d.index}/${r.layer}`] : r.echo ? [`(${d.index}/${r.layer})`] : [])))
    expect(marked('segment')).toEqual(['0/4', '(4/4)'])
    expect(marked('format')).toEqual(['0/6', '0/5'])
    expect(marked('frame')).toEqual(['0/2', '(2/2)'])
    expect(marked('route')).toEqual(['2/3'])
  })

  it('says at both ends the host’s own port, whoever has written the frame anew', () => {
    const j = journeyOf('SETUP')
    const what = j.steps[0]?.message?.transport
    const ports = j.steps.filter((s) => !s.aside).map((s) => at(j, s).devices.flatMap((d) => (d.port ? [d.port.port] : [])))
    expect(new Set(ports.map(String))).toEqual(new Set([`${what?.src},${what?.dst}`]))
    // A segment without a message, followed by itself, behind the router too.
    const syn = items(trace, 0, 4 * SECOND, 0).find((i) => i.message === null && i.frame?.carried.kind === 'tcp' && i.frame.node === 0)
    const alone = journey(trace, topology, syn?.subject ?? { kind: 'frame', id: -1 })
    const behind = alone.steps.filter((s) => !s.aside)
    expect(behind.length).toBeGreaterThan(5)
    for (const s of behind) expect(at(alone, s).devices.at(-1)?.port).toEqual({ protocol: 'TCP', port: 8554 })
  })

  it('throws a lost packet off and marks the place', () => {
    const problem = nextProblem(trace, 0, 0)
    const j = journey(trace, topology, { kind: 'message', id: problem?.message ?? -1 })
    const drop = at(j, step(j, 'drop'))
    expect(drop.cross).toEqual([296, 327.5])
    expect(drop.token?.lost).toBe(true)
    expect(drop.bench?.change?.kind).toBe('fcs')
    expect(drop.bench?.blocks.every((b) => b.filled)).toBe(true)

    // The picture that lacks it is shown later: the packet stays where it was lost.
    const last = j.steps.at(-1) as Step
    expect(last.kind).toBe('shown')
    for (const t of [last.at, last.at + 5e6]) {
      const shown = scene({ trace, layout, t, speed: 0, journey: j, step: last, moving: null, detailOf })
      // Its cross is one of those that lead to the reason.
      expect([shown.losses[0]?.x, shown.losses[0]?.y, shown.travelled, shown.token]).toEqual([...(drop.cross ?? []), drop.travelled, drop.token])
      expect(shown.bench?.lost).toBe(true)
      expect(shown.devices[0]?.rows[0]?.active).toBe(true)
    }
    const whole = rtp()
    const arrived = at(whole, step(whole, 'shown'))
    expect([arrived.cross, arrived.token?.lost]).toEqual([null, false])
  })

  it('holds, fills, then moves', () => {
    const j = rtp()
    const [from, to] = [step(j, 'segment'), step(j, 'packet')]
    const y = (progress: number): number => at(j, to, { moving: { from, to, progress } }).token?.y ?? NaN
    expect(y(0)).toBe(y(0.4))
    expect(y(0.7)).toBeGreaterThan(y(0.4))
    expect(y(1)).toBeCloseTo(278.5)
    expect(at(j, to, { moving: { from, to, progress: 0.1 } }).reading).toBe(0)
    expect(at(j, to, { moving: { from, to, progress: 0.9 } }).reading).toBe(1)
  })
})

describe('the film', () => {
  it('is a train at full speed, and single packets where they are when time is slow', () => {
    const t = 3.2 * SECOND + 4_000_000
    const train = film(trace, layout, t, 1, new Set())
    expect(train.mode).toBe('train')
    expect(train.direction).toBe(-1)
    expect(train.wagons.length).toBeGreaterThan(30)
    const slow = film(trace, layout, t, 0.01, new Set())
    expect(['single', 'empty']).toContain(slow.mode)
    expect(slow.wagons.length).toBeLessThan(8)
  })

  it('moves with time alone: the same moment shows the same wagons', () => {
    expect(film(trace, layout, 3.2 * SECOND, 1, new Set())).toEqual(film(trace, layout, 3.2 * SECOND, 1, new Set()))
    expect(film(trace, layout, 3.2 * SECOND, 1, new Set()).wagons[0]).not.toEqual(film(trace, layout, 3.25 * SECOND, 1, new Set()).wagons[0])
  })

  it('is empty before anything is sent', () => {
    expect(film(trace, layout, 0, 1, new Set())).toMatchObject({ mode: 'empty', wagons: [] })
  })
})

describe('the strip', () => {
  it('gives every field its room, at most 66 pixels a byte', () => {
    for (const kind of ['segment', 'packet', 'frame', 'compose'] as const) {
      const s = step(rtp(), kind)
      const detail = detailOf(s.frame?.id ?? trace.framesOf(s.message?.id ?? -1)[0]?.id ?? -1)
      if (!detail) throw new Error('no detail')
      const cells = strip(detail, stepLayer(s, detail) ?? -1, s, null)
      expect(cells.length).toBeGreaterThan(2)
      expect(cells.reduce((sum, c) => sum + c.width, 0)).toBeLessThanOrEqual(STRIP.width + 1)
      expect(cells.some((c) => c.read)).toBe(true)
      for (const cell of cells) expect(textWidth(cell.name, 18)).toBeLessThanOrEqual(cell.width)
    }
  })

  it('says what a router changed', () => {
    const s = step(rtp(), 'route')
    const [before, after] = [detailOf(s.frame?.id ?? -1), detailOf(s.next?.id ?? -1)]
    if (!before || !after) throw new Error('no detail')
    const cells = strip(after, stepLayer(s, after) ?? -1, s, before)
    expect(cells.find((c) => c.name === 'TTL' || c.name === 'Time to live')?.value).toBe('63')
    expect(cells.find((c) => c.name.includes('hecksum'))?.value).toMatch(/^was [0-9a-f]{4}$/)
  })
})

describe('labels', () => {
  it('are fitted by the widths of Arial', () => {
    expect(textWidth('Ethernet', 18, true)).toBeGreaterThan(70)
    expect(textWidth('Ethernet', 18, true)).toBeLessThan(78)
    expect(fit(['Ethernet', 'Eth'], 47, 18, true)).toBe('Eth')
    expect(fit(['Ethernet', 'Eth'], 100, 18, true)).toBe('Ethernet')
    expect(fit([], 10, 18)).toBe('')
  })
})

describe('a bar of many parts', () => {
  it('stays on its bench, however many there are', () => {
    const { trace, detailOf } = fixture(3)
    const rtcp = items(trace, 0, 3 * SECOND, 0).find((item) => item.message?.what.kind === 'rtcp')
    const step = journey(trace, topology, rtcp?.subject ?? { kind: 'message', id: -1 }).steps.find((one) => one.kind === 'bits')
    expect(step).toBeDefined()
    if (!step) return
    for (const copies of [1, 3, 12]) {
      const many = (frame: number): Detail | null => {
        const detail = detailOf(frame)
        const report = detail?.layers.find((layer) => layer.name === 'rtcp')
        if (!detail || !report) return detail
        const more = Array.from({ length: copies }, (_, i) => ({ ...report, start: report.start + (i * 28 * 8), length: 28 * 8 }))
        return { ...detail, layers: [...detail.layers.filter((layer) => layer !== report), ...more] }
      }
      const last = bench(step, many, null).blocks.at(-1)
      expect((last?.x ?? Infinity) + (last?.width ?? 0)).toBeLessThanOrEqual(BENCH.right + 0.5)
    }
  })
})
