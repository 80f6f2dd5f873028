import { describe, expect, it } from 'vitest'
import { bitsOf, isFragment, readFields } from '../../src/scene'
import { items, journey, SECOND } from '../../src/trace'
import type { Detail, DetailField } from '../../src/wire'
import { fixture, topology } from './support/fixture'

const { trace } = fixture(1)
const packet = journey(trace, topology, items(trace, 0, SECOND, 0).find((item) => item.message)!.subject).steps.find((step) => step.kind === 'packet')!

/** An IP header whose fragmentation octets are given: flags and offset as RFC 791 has them. */
function cut(octets: string, offset: string): Detail {
  const field = (name: string, start: number, length: number, value: string, children: DetailField[] = []): DetailField =>
    ({ name, label: name, short: name, start, length, value, meaning: '', rfc: '', filter: null, checked: false, children })
  return {
    frame: 1, at: 0, sources: [octets], checker: '', notes: [],
    layers: [{ name: 'ip', title: 'IP header', summary: '', osi: 3, source: 0, start: 0, length: 16, rfc: '', fields: [
      field('ip.flags', 0, 3, '', [field('ip.flags.mf', 2, 1, '')]), field('ip.frag_offset', 3, 13, offset)] }],
  }
}

describe('the fields that a step reads', () => {
  it('are the fragmentation fields where IP has cut the datagram', () => {
    for (const [octets, offset] of [['2000', '0'], ['20b9', '1,480'], ['00b9', '1,480']] as const) {
      expect(isFragment(cut(octets, offset))).toBe(true)
      expect(readFields(packet, cut(octets, offset))).toEqual(expect.arrayContaining(['ip.id', 'ip.flags', 'ip.frag_offset']))
    }
  })
  it('are the addresses where the packet is whole', () => {
    expect(isFragment(cut('4000', '0'))).toBe(false)
    expect(readFields(packet, cut('4000', '0'))).toEqual(expect.arrayContaining(['ip.src', 'ip.dst']))
  })
  it('are read bit by bit', () => {
    const detail = cut('20b9', '1,480')
    const [flags, offset] = detail.layers[0]!.fields
    expect([bitsOf(detail, flags!), bitsOf(detail, flags!.children[0]!), bitsOf(detail, offset!)]).toEqual([1, 1, 185])
  })
})
