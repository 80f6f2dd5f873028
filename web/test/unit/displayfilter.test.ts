import { describe, expect, it } from 'vitest'
import { displayFilter } from '../../src/scene/displayfilter'
import { find } from '../../src/scene/fields'
import { proofOf, verdictOf } from '../../src/scene/proof'
import { Checks, KEPT_CHECKS } from '../../src/state/checks'
import { proof as words } from '../../src/text/en-proof'
import type { CheckAnswer, Detail, DetailField, DetailLayer } from '../../src/wire'
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

describe('this very packet, read by tshark too', () => {
  const ttl = field('TTL', 'ip.ttl', true)
  const flags = field('Flags', 'ip.flags', true, [field('DF', 'ip.flags.df', true)])
  const own = field('Anything', null, false)
  const answer = (differs: boolean): CheckAnswer => ({
    kind: 'compared', checker: 'TShark 4.0.17', given: 2, layers: [
      { name: 'eth', compared: 8, unread: [], differences: [] },
      { name: 'ip', compared: 14, unread: ['ip.odd'], differences: differs ? [{ name: 'ip.ttl', what: 'value', ours: '64', theirs: '63' }] : [] },
      { name: 'data', compared: 0, unread: ['data.data'], differences: [] },
    ],
  })

  it('agrees in a layer and in a field, with all that it was given', () => {
    expect(verdictOf(answer(false), 1, null)).toEqual({ kind: 'agrees', checker: 'TShark 4.0.17', fields: 14, layers: 2, given: 2 })
    expect(words.verdict(verdictOf(answer(false), 1, null), false)).toBe(
      'TShark 4.0.17 read this very packet: all 14 fields that both name here agree. The same holds for both layers that it reads. It was given 2 earlier packets, too, which this one needs.',
    )
    expect(verdictOf(answer(false), 1, flags)).toMatchObject({ kind: 'agrees', fields: 2 })
  })

  it('tells what differs where it differs, and nowhere else', () => {
    expect(words.verdict(verdictOf(answer(true), 1, ttl), true)).toContain('in another way: ip.ttl is 63 there, and 64 here.')
    expect(verdictOf(answer(true), 1, null).kind).toBe('differs')
    expect(verdictOf(answer(true), 1, flags)).toMatchObject({ kind: 'agrees', layers: null })
    expect(verdictOf(answer(true), 0, null)).toMatchObject({ kind: 'agrees', layers: null })
  })

  it('does not call agreement what it has no name for', () => {
    expect(verdictOf(answer(false), 2, null).kind).toBe('unread')
    expect(verdictOf(answer(false), 1, own).kind).toBe('unread')
    expect(verdictOf(answer(false), 9, null).kind).toBe('unread')
    const missing = verdictOf({ kind: 'missing', program: 'tshark' }, 0, null)
    expect(words.verdict(missing, false)).toContain('No program “tshark”')
  })

  it('is asked for once, again when it was refused, and the latest are kept', () => {
    const checks = new Checks()
    expect([checks.ask('1'), checks.ask('1')]).toEqual([true, false])
    checks.refused('1', 'later')
    expect(checks.ask('1')).toBe(true)
    checks.forgetWaiting()
    expect(checks.get('1')).toBeNull()
    for (let n = 0; n <= KEPT_CHECKS; n += 1) checks.answered(String(n), answer(false))
    expect([checks.get('0'), checks.get('1')?.kind]).toEqual([null, 'here'])
  })
})
