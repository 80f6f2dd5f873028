import { describe, expect, it } from 'vitest'
import { readLook, readPlace, writePlace, type Place } from '../../src/state/place'

const place: Place = { run: 'ab12', t: 5_734_000_000, subject: { kind: 'message', id: 1628 }, step: 4, client: null, fork: null, selection: null }

describe('a place in the address', () => {
  it('comes back as it was', () => {
    expect(readPlace(writePlace('', place))).toEqual(place)
    const frame: Place = { ...place, subject: { kind: 'frame', id: 7 }, step: null }
    expect(readPlace(writePlace('', frame))).toEqual(frame)
    const bare: Place = { ...place, subject: null, step: null }
    expect(readPlace(writePlace('', bare))).toEqual(bare)
  })

  it('leaves the key where it is', () => {
    expect(writePlace('#key=secret', place)).toContain('key=secret')
    expect(writePlace(writePlace('#key=secret', place), null)).toBe('#key=secret')
    expect(writePlace('', null)).toBe('')
  })

  it('is not read from nonsense', () => {
    for (const text of ['', '#', '#run=ab12', '#t=5', '#run=ab12&t=x', '#run=ab12&t=-5', '#run=ab12&t=1e9']) expect(readPlace(text), text).toBeNull()
    expect(readPlace('#run=ab12&t=5&message=x&step=2')).toEqual({ ...place, t: 5, subject: null, step: null })
  })

  it('holds what is selected, who is watched and which future it is', () => {
    const full: Place = { ...place, client: 7, fork: 2, selection: { frame: 44, layer: 3, field: [1, 0] } }
    expect(readPlace(writePlace('', full))).toEqual(full)
    for (const selection of [{ frame: 44, layer: null, field: null }, { frame: 44, layer: 0, field: null }]) {
      expect(readPlace(writePlace('', { ...place, selection }))?.selection).toEqual(selection)
    }
    for (const text of ['x', '1.', '1.2.x', '-1', '1.2.3'.repeat(40)]) expect(readPlace(`#run=ab12&t=5&select=${text}`)?.selection, text).toBeNull()
  })

  it('says how the page looks at it, also without a place', () => {
    expect(readLook(writePlace('#key=secret', null, { view: 'ladder', lens: 4 }))).toEqual({ view: 'ladder', lens: 4 })
    expect(writePlace('', null, { view: 'valley', lens: 0 })).toBe('')
    expect(readLook('#view=nonsense&lens=9')).toEqual({ view: 'valley', lens: 0 })
    // A link that is copied begins with nothing: the key is not in it.
    expect(writePlace('', place, { view: 'charts', lens: 0 })).not.toContain('key')
  })
})
