import { describe, expect, it } from 'vitest'
import { checksOf, crc32, sumOf, type Check } from '../../src/scene/checks'
import { items, journey, SECOND, type Step } from '../../src/trace'
import type { Detail } from '../../src/wire'
import { fixture, topology } from './support/fixture'

const { trace, detailOf } = fixture(4)

function rtp(kind: Step['kind'], index = 4): { step: Step; detail: Detail } {
  const item = items(trace, 3 * SECOND, 4 * SECOND, 0).find((i) => i.message?.what.kind === 'rtp' && i.message.what.index === index)
  const step = journey(trace, topology, item?.subject ?? { kind: 'message', id: -1 }).steps.find((s) => s.kind === kind)
  const detail = step?.frame ? detailOf(step.frame.id) : null
  if (!step || !detail) throw new Error(kind)
  return { step, detail }
}
const checks = (kind: Step['kind'], part = 1): readonly Check[] => {
  const { step, detail } = rtp(kind)
  return checksOf(trace, step, detail, part)
}
/** The same frame with one bit turned over. */
function damaged(detail: Detail, octet: number): Detail {
  const source = detail.sources[0] ?? ''
  const turned = (Number.parseInt(source.slice(octet * 2, octet * 2 + 2), 16) ^ 4).toString(16).padStart(2, '0')
  return { ...detail, sources: [source.slice(0, octet * 2) + turned + source.slice(octet * 2 + 2)] }
}

describe('the checks of a receiver', () => {
  it('know CRC-32 and the sum of RFC 1071 by their published examples', () => {
    // The check value of CRC-32 is cbf43926; on the cable its least significant octet comes first.
    expect(crc32(Buffer.from('123456789').toString('hex'), 9)).toBe('2639f4cb')
    // RFC 1071 section 3: 0001 + f203 + f4f5 + f6f7 = 2ddf0, folded ddf2.
    expect(sumOf(['0001', 'f203', 'f4f5', 'f6f7'], 4)).toEqual({ sum: 0x2ddf0, folded: 0xddf2 })
  })

  it('agree with what the frame carries, over all of its octets', () => {
    const { detail } = rtp('hostLink')
    const length = (detail.sources[0] ?? '').length / 2
    expect(checks('hostLink')).toMatchObject([{ kind: 'fcs', count: length - 4, done: length - 4, ok: true }])
    expect(checks('hostNetwork')).toMatchObject([{ kind: 'sum', of: 'ip', count: 9, ok: true }])
    const [ip] = checks('hostNetwork')
    expect(ip?.kind === 'sum' && ip.words).toHaveLength(9)
    // Pseudo header of 12 octets, and the datagram without its checksum.
    expect(checks('hostTransport')).toMatchObject([{ kind: 'sum', of: 'udp', words: [], count: 6 + Math.ceil((length - 14 - 20 - 4) / 2) - 1, ok: true }])
    expect(checks('deliver')).toMatchObject([{ kind: 'sequence', of: 'rtp', plus: 1, ok: true }])
    expect(checks('switch')).toMatchObject([{ kind: 'fcs', ok: true }])
    expect(checks('bits')).toEqual([])
  })

  it('fail when one bit was turned over', () => {
    for (const [kind, octet] of [['hostLink', 200], ['hostNetwork', 22], ['hostTransport', 200]] as const) {
      const { step, detail } = rtp(kind)
      expect(checksOf(trace, step, damaged(detail, octet), 1)).toMatchObject([{ ok: false }])
    }
  })

  it('are computed little by little, each part a function of how far the step has come', () => {
    const [none] = checks('hostNetwork', 0)
    const [half] = checks('hostNetwork', 0.5)
    expect(none).toMatchObject({ done: 0, sum: '0000' })
    expect(half).toMatchObject({ done: 5 })
    expect(checks('hostNetwork', 0.5)).toEqual([half])
  })

  it('know where a TCP segment goes on', () => {
    const message = trace.signalling.filter((m) => m.what.kind === 'request')[2]
    const step = journey(trace, topology, { kind: 'message', id: message?.id ?? -1 }).steps.find((s) => s.kind === 'hostTransport')
    const detail = step?.frame ? detailOf(step.frame.id) : null
    const found = step ? checksOf(trace, step, detail, 1) : []
    expect(found).toMatchObject([{ kind: 'sum', of: 'tcp', ok: true }, { kind: 'sequence', of: 'tcp', ok: true }])
    const [, sequence] = found
    expect(sequence?.kind === 'sequence' && sequence.before + sequence.plus).toBe(sequence?.kind === 'sequence' && sequence.number)
  })
})
