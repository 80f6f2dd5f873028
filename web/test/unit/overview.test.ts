import { describe, expect, it } from 'vitest'
import { emptyRows, FixtureWorld } from '../../src/dev/world'
import { addToOverview, CELL, trimOverview } from '../../src/state/overview'
import type { OverviewCell } from '../../src/wire'

describe('the overview', () => {
  it('counts each message and each drop in its tenth of a second', () => {
    const rows = new FixtureWorld().runUntil(4e9)
    const cells: OverviewCell[] = []
    addToOverview(cells, 0, rows, 4e9)
    const sum = (key: keyof OverviewCell): number => cells.reduce((n, cell) => n + cell[key], 0)
    expect(sum('rtsp')).toBe(8)
    expect(sum('rtp')).toBe(rows.messages.filter((m) => m.what.kind === 'rtp').length)
    expect(sum('drops')).toBe(1)
    expect(cells.length).toBeLessThanOrEqual(41)
  })

  it('leaves out what lies before its beginning or far ahead', () => {
    const cells: OverviewCell[] = []
    const rows = emptyRows()
    rows.messages = new FixtureWorld().runUntil(2e9).messages
    addToOverview(cells, 1e9, rows, 1.5e9)
    expect(cells.length).toBeLessThanOrEqual(7)
  })

  it('drops cells older than the tape in one go', () => {
    const cells = Array.from({ length: 300 }, (_, i) => ({ rtsp: i, rtp: 0, rtcp: 0, drops: 0 }))
    expect(trimOverview(cells, 0, 50 * CELL)).toBe(0)
    expect(trimOverview(cells, 0, 200 * CELL + 5)).toBe(200 * CELL)
    expect(cells[0]?.rtsp).toBe(200)
  })
})
