import { describe, expect, it } from 'vitest'
import { seriesOf } from '../../src/dev/series'
import { FixtureWorld } from '../../src/dev/world'
import { averaged, cellAt, figuresAt, grainFor, GRAINS, held, joined, piecesOf, shareAt, stacked } from '../../src/scene/series'
import { KEPT_PIECES, SeriesStore, type SeriesDesk } from '../../src/state/series.svelte'
import { bits } from '../../src/text/clock'
import { charts, type ChartContext } from '../../src/text/en-charts'
import { SECOND } from '../../src/trace'
import type { Get } from '../../src/wire'
import { specsOf } from '../../src/views/charts/specs'

const rows = new FixtureWorld().runUntil(6 * SECOND)
const coarse = GRAINS[0]!
const piece = seriesOf(rows, 0, 0, coarse.cell, 60)
const columns = joined([piece], coarse.cell, 0, 6 * SECOND)
const context: ChartContext = { at: 5 * SECOND, shown: true, host: 'Server', overTcp: false }

describe('a stretch of numbers', () => {
  it('is counted as finely as its length allows', () => {
    expect(grainFor(600 * SECOND).cell).toBe(SECOND / 10)
    expect(grainFor(10 * SECOND).cell).toBe(SECOND / 100)
    expect(grainFor(SECOND).cell).toBe(SECOND / 1000)
    for (const { cell, cells } of GRAINS) expect(cell * cells).toBeLessThanOrEqual(20 * SECOND)
  })

  it('is made of whole pieces, none behind what has happened', () => {
    expect(piecesOf({ from: 0, to: 100 * SECOND }, coarse, 0, 45 * SECOND)).toEqual([0, 1, 2])
    expect(piecesOf({ from: 25 * SECOND, to: 39 * SECOND }, coarse, 0, 45 * SECOND)).toEqual([1])
    expect(piecesOf({ from: 0, to: 100 * SECOND }, coarse, 30 * SECOND, 45 * SECOND)).toEqual([1, 2])
  })

  it('has each octet once by kind and once by layer', () => {
    const all = (names: readonly ('rtp' | 'link')[]): number => names.reduce((sum, name) => sum + columns[name].reduce((a, b) => a + b, 0), 0)
    const what = all(['rtp', 'rtcp', 'rtsp', 'tcp', 'other'] as unknown as 'rtp'[])
    expect(what).toBe(all(['application', 'transport', 'network', 'link'] as unknown as 'link'[]))
    expect(what).toBeGreaterThan(1_000_000)
  })

  it('is joined without what lies outside', () => {
    const second = seriesOf(rows, 0, 2 * SECOND, coarse.cell, 20)
    const both = joined([seriesOf(rows, 0, 0, coarse.cell, 20), second], coarse.cell, SECOND, 3 * SECOND)
    expect(both.at[0]).toBe(SECOND)
    expect(both.at).toHaveLength(20)
    expect(both.at.every((at, i) => i === 0 || at === (both.at[i - 1] ?? 0) + coarse.cell)).toBe(true)
  })

  it('tells the figures of a moment over the second before it', () => {
    const figures = figuresAt(columns, 5 * SECOND)
    expect(figures.rate).toBeGreaterThan(1e6)
    expect(figures.rtp / (figures.rate ?? 1)).toBeGreaterThan(0.95)
    expect(figures.buffered).toBeGreaterThan(0)
    expect(figuresAt(columns, 60 * SECOND).rate).toBeNull()
    const shares = (['application', 'transport', 'network', 'link'] as const).map((share) => shareAt(columns, share, 5 * SECOND) ?? 0)
    expect(shares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(figures.rate ?? 0)
    expect(shareAt(columns, 'rtp', 60 * SECOND)).toBeNull()
    expect(cellAt(columns, 60 * SECOND)).toBe(-1)
    const lossy = columns.lost.findIndex((lost) => lost > 0)
    expect(figuresAt(columns, (columns.at[lossy] ?? 0) + 1).lost).toBe(1)
  })

  it('holds counts of a receiver for a while, and stacks what belongs together', () => {
    expect(held([null, 3, null, null, null, 5], 2)).toEqual([null, 3, 3, 3, null, 5])
    expect(stacked([[1, 2], [10, 20], [100, 200]])).toEqual([[1, 2], [11, 22], [111, 222]])
    expect(averaged([2, 4, 6, 8], 2)).toEqual([2, 3, 5, 7])
    const rate = specsOf(columns, 'what')[0]
    expect(rate?.lines.map((line) => line.id)).toEqual(['other', 'tcp', 'rtsp', 'rtcp', 'rtp', 'total'])
    expect(rate?.values.at(-1)).toEqual(rate?.values[0])
    expect(rate?.over).toBe(SECOND)
    expect(Math.max(...(rate?.values[0] ?? []).map((value) => value ?? 0))).toBeGreaterThan(1e6)
  })
})

describe('each chart', () => {
  it('says in a sentence what it shows', () => {
    const figures = figuresAt(columns, 5 * SECOND)
    for (const id of ['rate', 'loss', 'jitter', 'buffer', 'window', 'timers'] as const) {
      const sentence = charts.says(id, figures, context)
      expect(sentence, id).toMatch(/^[A-Z0-9].*\.$/)
      expect(sentence.length, sentence).toBeLessThanOrEqual(200)
      expect(sentence).not.toMatch(/NaN|undefined|null|Infinity/)
    }
    expect(charts.says('rate', figures, context)).toMatch(/Mbit\/s: (over )?\d+ % of it in frames with RTP/)
    expect(charts.says('window', figures, context)).toBe('No TCP connection of this client is open at this moment.')
    expect(charts.says('jitter', { ...figures, jitter: null }, { ...context, shown: false })).toMatch(/Only a receiver/)
  })

  it('has rates that can be read', () => {
    expect(bits(2_612_345)).toBe('2.61 Mbit/s')
    expect(bits(999_999)).toBe('1 Mbit/s')
    expect(bits(51_200)).toBe('51.2 kbit/s')
    expect(bits(12)).toBe('12 bit/s')
  })
})

describe('the store of series', () => {
  function store(): { store: SeriesStore; desk: SeriesDesk & { live: number; client: number | null; worldStands: boolean }; asked: Get[]; answer(): void } {
    const asked: Get[] = []
    const desk = { run: 0, client: 0 as number | null, live: 30 * SECOND, oldest: 0, connected: true, worldStands: false, get: (get: Get) => void asked.push(get) }
    const made = new SeriesStore(desk)
    const answer = (): void => {
      const get = asked.at(-1)
      if (get?.kind === 'series') made.take(seriesOf(rows, get.client, get.from, get.cell, get.cells))
    }
    return { store: made, desk, asked, answer }
  }
  const view = { from: 0, to: 40 * SECOND }

  it('asks for one piece at a time, the newest first, and for what grows again', () => {
    const { store: it, desk, asked, answer } = store()
    expect(it.want(view, coarse)).toBe(false)
    it.want(view, coarse)
    expect(asked).toEqual([{ kind: 'series', client: 0, from: 20 * SECOND, cell: coarse.cell, cells: 200 }])
    answer()
    it.want(view, coarse)
    answer()
    expect(it.want(view, coarse)).toBe(true)
    expect(asked).toHaveLength(2)
    desk.live += 2 * SECOND
    // Its newest piece has become longer: it is here, and asked for again.
    expect(it.want(view, coarse)).toBe(true)
    expect(asked).toHaveLength(3)
    expect(asked[2]).toMatchObject({ from: 20 * SECOND })
    answer()
    // Less than a second more is worth asking for only where no more will come.
    desk.live += SECOND / 2
    it.want(view, coarse)
    expect(asked).toHaveLength(3)
    desk.worldStands = true
    it.want(view, coarse)
    expect(asked).toHaveLength(4)
    answer()
    it.want(view, coarse)
    expect(asked).toHaveLength(4)
  })

  it('keeps a bounded number of pieces, and does not ask again for what was refused', () => {
    const { store: it, desk, asked, answer } = store()
    desk.live = 30_000 * SECOND
    for (let i = 0; i < KEPT_PIECES + 20; i += 1) {
      it.want({ from: i * 20 * SECOND, to: i * 20 * SECOND + 1 }, coarse)
      answer()
    }
    expect(it.want({ from: 0, to: 1 }, coarse)).toBe(false)
    it.refused()
    const before = asked.length
    it.want({ from: 0, to: 1 }, coarse)
    expect(asked.length).toBe(before)
  })

  it('answers nothing of another client', () => {
    const { store: it, desk, answer } = store()
    it.want(view, coarse)
    answer()
    expect(it.columns(view, coarse).at.length).toBeGreaterThan(0)
    desk.client = 1
    expect(it.columns(view, coarse).at).toEqual([])
  })
})
