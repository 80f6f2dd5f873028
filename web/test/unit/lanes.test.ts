import { describe, expect, it } from 'vitest'
import { around, CELL, cellsIn, follow, momentAt, place, SHORTEST, whole, zoomed } from '../../src/scene/lanes'

const S = 1e9

describe('the whole run', () => {
  it('ends at a round length, so that the playhead travels', () => {
    expect(whole(0, 5.7 * S)).toEqual({ from: 0, to: 6 * S })
    expect(whole(0, 5.9 * S)).toEqual({ from: 0, to: 8 * S })
    expect(whole(10 * S, 610 * S)).toEqual({ from: 10 * S, to: 810 * S })
  })
  it('is never empty', () => {
    const view = whole(0, 0)
    expect(view.to).toBeGreaterThan(view.from)
  })
})

describe('a stretch', () => {
  const view = around(5 * S, 0.24 * S, 0)
  it('has its moment right of the middle, and does not begin before the run', () => {
    expect(place(view, 5 * S)).toBeCloseTo(0.56)
    expect(around(0, S, 0)).toEqual({ from: 0, to: S })
  })
  it('stays while the moment is inside', () => {
    expect(follow(view, 5.05 * S, 0)).toBe(view)
    expect(place(follow(view, 6 * S, 0), 6 * S)).toBeCloseTo(0.56)
    expect(place(follow(view, 4 * S, 0), 4 * S)).toBeCloseTo(0.56)
  })
  it('zooms about the moment, between one packet and the whole run', () => {
    const near = zoomed(view, 0.5, 5 * S, 0, 60 * S)
    expect(place(near, 5 * S)).toBeCloseTo(place(view, 5 * S))
    expect(near.to - near.from).toBeCloseTo(0.12 * S)
    expect(zoomed(view, 1e6, 5 * S, 0, 60 * S)).toEqual(whole(0, 60 * S))
    const nearest = zoomed(view, 1e-9, 5 * S, 0, 60 * S)
    expect(nearest.to - nearest.from).toBeCloseTo(SHORTEST, -2)
  })
  it('gives moments for places', () => {
    expect(momentAt({ from: S, to: 3 * S }, 0.5)).toBe(2 * S)
  })
})

describe('the overview', () => {
  it('gives the cells of a view, each with its moment', () => {
    const cell = (rtp: number) => ({ rtsp: 0, rtp, rtcp: 0, drops: 0 })
    const cells = [cell(1), cell(2), cell(3)]
    const inside = (from: number, to: number) =>
      [...cellsIn(cells, 2 * CELL, { from: from * CELL, to: to * CELL })].map((one) => [one.at / CELL, one.cell.rtp])
    expect(inside(0, 10)).toEqual([
      [2, 1],
      [3, 2],
      [4, 3],
    ])
    expect(inside(3.5, 3.9)).toEqual([[3, 2]])
    expect(inside(9, 10)).toEqual([])
  })
})
