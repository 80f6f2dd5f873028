import { describe, expect, it } from 'vitest'
import { displayFilter } from '../../src/scene/displayfilter'
import { find } from '../../src/scene/fields'
import { proofOf } from '../../src/scene/proof'
import { proof as words } from '../../src/text/en-proof'
import type { Detail, DetailField, DetailLayer } from '../../src/wire'
import { fixture } from './support/fixture'

const { trace, detailOf } = fixture(2)
const packet = trace.allSegments().flatMap((segment) => segment.messages).find((message) => message.what.kind === 'rtp')
const rtp = detailOf(trace.framesOf(packet?.id ?? -1)[0]?.id ?? -1) as Detail

const field = (label: string, name: string | null, checked: boolean, children: DetailField[] = []): DetailField => ({
  name, label, short: label, start: 0, length: 8, value: '', meaning: '', rfc: '', filter: name === null ? null : `${name} == 1`, checked, children,
})
const layer = (...fields: DetailField[]): DetailLayer => ({ name: 'x', title: 'X', summary: '', osi: 7, source: 0, start: 0, length: 8, rfc: '', fields })
const detail = (one: DetailLayer): Detail => ({ frame: 1, at: 0, sources: ['00'], checker: 'TShark 4.0.17', notes: [], layers: [one] })

describe('a field as a display filter', () => {
  it('is what the server says, and a layer is its protocol', () => {
    expect(displayFilter(rtp, find(rtp, 'ip.ttl'))).toBe('ip.ttl == 64')
    expect(displayFilter(rtp, find(rtp, 'rtp'))).toBe('rtp')
  })

  it('is nothing for what has no name there', () => {
    expect(displayFilter(rtp, null)).toBeNull()
    expect(displayFilter(detail(layer(field('Date', null, false))), '0.0')).toBeNull()
  })
})

describe('the tick of another program', () => {
  it('is on a layer only when every kind of field is compared, parts of unnamed groups among them', () => {
    const all = layer(field('TTL', 'ip.ttl', true), field('Version and length', null, false, [field('Version', 'ip.version', true)]))
    expect(proofOf(detail(all), all, null)).toEqual({ checker: 'TShark 4.0.17', checked: true, open: [] })
    const some = layer(field('CSeq', null, false), field('Date', null, false), field('CSeq', null, false), field('URL', 'rtsp.url', true))
    const proof = proofOf(detail(some), some, null)
    expect(proof.checked).toBe(false)
    expect(proof.open).toEqual(['CSeq', 'Date'])
    expect(words.sentence(proof, false)).toBe('No tick: the tests do not compare CSeq, Date with TShark 4.0.17.')
    expect(proofOf(detail(some), some, some.fields[3] ?? null).checked).toBe(true)
  })

  it('is not on a layer without fields, nor on a named group that is not compared itself', () => {
    const empty = layer()
    expect(proofOf(detail(empty), empty, null).checked).toBe(false)
    const group = layer(field('Flags', 'x.flags', false, [field('A', 'x.a', true)]))
    expect(proofOf(detail(group), group, null).open).toEqual(['Flags'])
  })
})
