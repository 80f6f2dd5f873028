import { describe, expect, it } from 'vitest'
import type { Detail, DetailField } from '../../src/wire'
import {
  ancestors,
  at,
  find,
  hexRows,
  needsRuler,
  owner,
  ruler,
  spanOf,
  touches,
  treeRows,
} from '../../src/scene/fields'

function field(label: string, start: number, length: number, children: DetailField[] = []): DetailField {
  return { name: `ip.${label}`, label, short: label, start, length, value: 'v', meaning: 'm', rfc: 'RFC 791', filter: null, checked: false, children }
}

const detail: Detail = {
  frame: 1,
  at: 0,
  sources: ['45000102c0de', '0f'],
  layers: [
    {
      name: 'ip',
      title: 'IP header',
      summary: '10.0.1.2 to 10.0.2.2, 1,385 bytes in all',
      osi: 3,
      source: 0,
      start: 0,
      length: 48,
      rfc: 'RFC 791',
      fields: [
        field('version', 0, 4),
        field('hlen', 4, 4),
        field('dscp', 8, 8, [field('class', 8, 6), field('ecn', 14, 2)]),
        field('length', 16, 16),
      ],
    },
    { name: 'data', title: 'Data', summary: '', osi: 7, source: 1, start: 0, length: 8, rfc: '', fields: [] },
  ],
  checker: '', notes: [],
}

describe('the tree', () => {
  it('shows layers alone until one is opened', () => {
    expect(treeRows(detail, new Set()).map((row) => [row.label, row.open])).toEqual([
      ['IP header', false],
      ['Data', undefined],
    ])
  })
  it('shows fields, and parts of fields, of what is open', () => {
    const rows = treeRows(detail, new Set(['0', '0.2']))
    expect(rows.map((row) => row.path)).toEqual(['0', '0.0', '0.1', '0.2', '0.2.0', '0.2.1', '0.3', '1'])
    expect(rows[5]).toMatchObject({ level: 3, position: 2, siblings: 2, label: 'ecn', osi: 3 })
  })
  it("says what a layer is about in one line, or counts its octets", () => {
    expect(treeRows(detail, new Set()).map((row) => row.value)).toEqual(['10.0.1.2 to 10.0.2.2, 1,385 bytes in all', '1 byte'])
  })
  it('finds layers and fields by their names', () => {
    expect(find(detail, 'ip')).toBe('0')
    expect(find(detail, 'ip.ecn')).toBe('0.2.1')
    expect(find(detail, 'tcp.seq')).toBeNull()
    expect(at(detail, '0.2.1')?.field?.label).toBe('ecn')
    expect(at(detail, '7.2')).toBeNull()
    expect(ancestors('0.2.1')).toEqual(['0', '0.2'])
  })
})

describe('the hex dump', () => {
  it('cuts a source into rows and shows what can be printed', () => {
    const rows = hexRows(detail.sources[0]!, 4)
    expect(rows.map((row) => row.cells.map((cell) => cell.hex).join(' '))).toEqual(['45 00 01 02', 'c0 de'])
    expect(rows[0]!.cells.map((cell) => cell.ascii).join('')).toBe('E···')
  })
  it('gives each octet to the smallest field over it, in its own source', () => {
    expect(owner(detail, 0, 0)).toBe('0.0')
    expect(owner(detail, 0, 0, 5)).toBe('0.1')
    expect(owner(detail, 0, 1, 7)).toBe('0.2.1')
    expect(owner(detail, 0, 4)).toBe('0')
    expect(owner(detail, 1, 0)).toBe('1')
    expect(owner(detail, 0, 9)).toBeNull()
  })
  it('marks octets that a field only partly fills', () => {
    const version = spanOf(detail, '0.0')
    expect(touches(version, 0, 0)).toBe(true)
    expect(touches(version, 0, 1)).toBe(false)
    expect(touches(version, 1, 0)).toBe(false)
    expect(touches({ source: 0, start: 8, length: 0 }, 0, 1)).toBe(false)
  })
})

describe('the bit ruler', () => {
  it('is for fields that are no whole octets', () => {
    expect(needsRuler(spanOf(detail, '0.0'))).toBe(true)
    expect(needsRuler(spanOf(detail, '0.3'))).toBe(false)
    expect(needsRuler(null)).toBe(false)
  })
  it("shows all bits of the octets, and which are the field's", () => {
    const bits = ruler(detail, spanOf(detail, '0.0')!)
    expect(bits.map((bit) => bit.value).join('')).toBe('01000101')
    expect(bits.filter((bit) => bit.mine)).toHaveLength(4)
    expect(bits[7]!.path).toBe('0.1')
  })
})
