import { describe, expect, it } from 'vitest'
import { readPlace, writePlace, type Place } from '../../src/state/place'

const place: Place = { run: 'ab12', t: 5_734_000_000, subject: { kind: 'message', id: 1628 }, step: 4 }

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
    expect(readPlace('#run=ab12&t=5&message=x&step=2')).toEqual({ run: 'ab12', t: 5, subject: null, step: null })
  })
})
