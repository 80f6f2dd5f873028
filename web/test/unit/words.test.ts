import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { heard } from '../../src/text/de-heard'
import { dissection, SENTENCES } from '../../src/text/de-fields'

const root = resolve(import.meta.dirname, '../../src')

function files(folder: string, ending: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path, ending) : path.endsWith(ending) ? [path] : []
  })
}

/** What a view would say in one language only: words in its markup, or in an attribute that is read aloud or shown. */
function hardWords(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  const markup = source.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<style[\s\S]*?<\/style>/g, '').replace(/<!--[\s\S]*?-->/g, '')
  const attributes = [...markup.matchAll(/\b(?:aria-label|title|placeholder|label|alt)="([^"{]*[a-z]{2}[^"]*)"/g)].map((match) => match[1] ?? '')
  // Text between tags; what stands in braces is code.
  const text = [...markup.replace(/=>/g, '').replace(/\{[^{}]*(\{[^{}]*(\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}/g, '').matchAll(/>([^<>{}]*[A-Za-z]{2}[^<>{}]*)</g)].map((match) => (match[1] ?? '').trim())
  return [...attributes, ...text].filter((one) => !NAMES.has(one))
}

/** The same in every language: the product's name, TCP's variables as RFC 9293 and RFC 5681 call them, units, keys. */
const NAMES = new Set(['Layercast', 'cwnd', 'ssthresh', 'srtt', 'RTO', 'ms', 'Space', 'none'])

describe('words', () => {
  it('stand in the catalogues, not in the views', () => {
    const found = files(root, '.svelte').flatMap((file) => hardWords(file).map((one) => `${relative(root, file)}: ${one}`))
    expect(found).toEqual([])
  })

  it('that the state says in English are known in German', () => {
    const sentences = files(join(root, 'state'), '.ts').flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'([A-Z][^'\n]* [^'\n]*\.)'/g)].map((match) => match[1] ?? ''))
    expect(sentences.length).toBeGreaterThan(5)
    expect(sentences.filter((one) => !(one in heard))).toEqual([])
  })

  it('of the dissection in German are those that it says', () => {
    const source = files(resolve(root, '../../crates/protocol/src/dissect'), '.rs').map((file) => readFileSync(file, 'utf8')).join('\n').replace(/\{[a-z_0-9]*\}/g, '{}')
    // Put together there from several parts.
    const composed = new Set(['{}, number {}, last of its picture, {} in all', '{}, number {}, {} in all'])
    expect(SENTENCES.map(([english]) => english).filter((english) => !composed.has(english) && !source.includes(english))).toEqual([])
    const holes = (text: string): number => text.split('{}').length
    expect(SENTENCES.filter(([english, german]) => holes(english) !== holes(german))).toEqual([])
    expect(dissection.sentence('JPEG, number 6364, last of its picture, 617 bytes in all')).toBe('JPEG, Nummer 6364, letztes seines Bildes, 617 Byte insgesamt')
    expect(dissection.sentence('The next packet has number 5,474; a gap means that one was lost, a lower number that one came late.')).toMatch(/^Das nächste Paket hat die Nummer 5\.474; /)
    expect(dissection.sentence('Something else.')).toBeNull()
    expect([dissection.value('1,699,631,162'), dissection.value('correct'), dissection.value('10.0.2.2')]).toEqual(['1.699.631.162', 'richtig', '10.0.2.2'])
  })
})
