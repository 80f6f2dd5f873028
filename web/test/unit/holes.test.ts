import { describe, expect, it } from 'vitest'
import { holesOf } from '../../src/scene/holes'
import { Screens, type Wish } from '../../src/state/screens'
import type { PictureRow, Rect } from '../../src/wire'

const SIZE = { width: 160, height: 160 }
const picture = (...lost: number[]): PictureRow => ({
  id: 1, at: 0, client: 0, timestamp: 0, slots: Array.from({ length: 10 }, (_, i) => ({ sequence: 65530 + i, message: lost.includes(i) ? null : i })),
}) as unknown as PictureRow
const rect = (left: number, top: number, width: number, height: number): Rect => ({ left, top, width, height })

describe('the holes of a picture', () => {
  it('lead each to the packet that misses there', () => {
    const rects = [rect(0, 16, 160, 16), rect(80, 112, 80, 16), rect(0, 128, 40, 16)]
    expect(holesOf(picture(1, 7), rects, SIZE)).toEqual([
      { x: 0.5, y: 0.15, sequence: 65531 },
      { x: 0.75, y: 0.75, sequence: 65537 },
    ])
  })
  it('are one where packets in a row are missing, and lead to the first of them', () => {
    expect(holesOf(picture(3, 4), [rect(0, 48, 160, 32)], SIZE).map((hole) => hole.sequence)).toEqual([65533])
  })
  it('lead to the nearest gap where one left nothing to be seen', () => {
    expect(holesOf(picture(1, 7), [rect(0, 112, 160, 16)], SIZE).map((hole) => hole.sequence)).toEqual([65537])
    expect(holesOf(picture(), [rect(0, 112, 160, 16)], SIZE)).toEqual([])
  })
})

describe('two pictures', () => {
  interface Two { screens: Screens; ids: (number | null)[]; done: Set<number>[]; drawn: (number | null)[][]; playing: boolean }
  function two(): Two {
    const all: Two = { screens: new Screens(() => all.playing), ids: [null, null], done: [new Set<number>(), new Set<number>()], drawn: [[], []], playing: true }
    for (const side of [0, 1]) {
      all.screens.join({
        wish: () => ({ id: all.ids[side] ?? null, faded: false }),
        ready: ({ id }: Wish) => id === null || all.done[side]?.has(id) === true,
        prepare: () => undefined,
        draw: ({ id }: Wish) => void all.drawn[side]?.push(id),
      })
    }
    return all
  }
  it('show the newest moment for which both are decoded', () => {
    const all = two()
    for (const id of [1, 2, 3]) {
      all.ids = [id, id]
      all.done[0]?.add(id)
      all.screens.paint()
    }
    expect(all.drawn).toEqual([[], []])
    all.done[1]?.add(2)
    all.screens.paint()
    expect(all.drawn).toEqual([[2], [2]])
    // What was decoded too late is left out.
    all.done[1]?.add(1)
    all.screens.paint()
    expect(all.drawn).toEqual([[2], [2]])
    all.done[1]?.add(3)
    all.screens.paint()
    expect(all.drawn).toEqual([[2, 3], [2, 3]])
  })
  it('wait in a still for just this moment', () => {
    const all = two()
    all.ids = [1, 1]
    all.screens.paint()
    all.playing = false
    all.ids = [2, 2]
    for (const side of all.done) side.add(1)
    all.screens.paint()
    expect(all.drawn).toEqual([[], []])
    for (const side of all.done) side.add(2)
    all.screens.paint()
    expect(all.drawn).toEqual([[2], [2]])
  })
})
