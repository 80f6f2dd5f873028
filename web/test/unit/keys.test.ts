import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DOES } from '../../src/text/de-keys'
import { KEYS } from '../../src/text/keys'

/** The single letters and signs that the page's keyboard acts on. */
const handled = [...readFileSync(resolve(import.meta.dirname, '../../src/views/keyboard.ts'), 'utf8').matchAll(/case '([A-Z+])'/g)].map((match) => match[1] ?? '')

describe('the help', () => {
  it('names every letter that does something, and no other', () => {
    expect(handled.length).toBeGreaterThan(5)
    const told = KEYS.flatMap(({ keys }) => keys.split(/\s+/)).filter((key) => /^[A-Z+]$/.test(key))
    // Those beside Ctrl and Shift are not letters of their own.
    const alone = told.filter((key) => KEYS.some(({ keys }) => keys.startsWith(key)))
    expect([...new Set(alone)].sort()).toEqual([...new Set(handled)].sort())
  })
  it('says each in German, too', () => {
    expect(KEYS.filter(({ keys }) => DOES[keys] === undefined)).toEqual([])
  })
})
