import { describe, expect, it } from 'vitest'
import { displayFilter } from '../../src/scene/displayfilter'
import { find } from '../../src/scene/fields'
import { items, SECOND } from '../../src/trace'
import type { Detail, DetailField } from '../../src/wire'
import { fixture } from './support/fixture'

const { trace, detailOf } = fixture(2)
const packet = trace.allSegments().flatMap((segment) => segment.messages).find((message) => message.what.kind === 'rtp')
const rtp = detailOf(trace.framesOf(packet?.id ?? -1)[0]?.id ?? -1) as Detail
const filter = (detail: Detail, name: string): string | null => displayFilter(detail, find(detail, name))

describe('a field as a display filter', () => {
  it('is written as its kind is: addresses, numbers, sums', () => {
    expect(filter(rtp, 'eth.dst')).toBe('eth.dst == 02:00:00:00:02:01')
    expect(filter(rtp, 'ip.src')).toBe('ip.src == 10.0.2.2')
    expect(filter(rtp, 'ip.ttl')).toBe('ip.ttl == 64')
    expect(filter(rtp, 'udp.dstport')).toBe('udp.dstport == 49154')
    expect(filter(rtp, 'rtp.ssrc')).toBe('rtp.ssrc == 0x2b5c91e4')
    expect(filter(rtp, 'ip.checksum')).toMatch(/^ip\.checksum == 0x[0-9a-f]{4}$/)
    expect(filter(rtp, 'rtp')).toBe('rtp')
  })

  it('reads text as text, and a whole line as a part of what Wireshark has', () => {
    const lone = (name: string, octets: string, value: string, length = octets.length * 4, start = 0): Detail => {
      const field: DetailField = { name, label: name, short: name, start, length, value, meaning: '', rfc: '', filter: null, checked: false, children: [] }
      return { frame: 1, at: 0, sources: [octets], checker: '', notes: [], layers: [{ name: 'x', title: '', summary: '', osi: 7, source: 0, start: 0, length: octets.length * 4, rfc: '', fields: [field] }] }
    }
    const hex = (text: string): string => [...new TextEncoder().encode(text)].map((octet) => octet.toString(16).padStart(2, '0')).join('')
    expect(filter(lone('rtsp.session', hex('12345678'), '12345678'), 'rtsp.session')).toBe('rtsp.session == "12345678"')
    expect(filter(lone('rtsp.request', hex('PLAY rtsp://h/a"b RTSP/1.0\r\n'), 'PLAY'), 'rtsp.request')).toBe('rtsp.request contains "PLAY rtsp://h/a\\"b RTSP/1.0"')
    expect(filter(lone('rtsp.status', hex('200'), '200'), 'rtsp.status')).toBe('rtsp.status == 200')
    expect(filter(lone('ip.frag_offset', '00b9', '1,480', 13, 3), 'ip.frag_offset')).toBe('ip.frag_offset == 1480')
    expect(filter(lone('ipv6.src', `2001${'0'.repeat(24)}0001`, '2001::1'), 'ipv6.src')).toBe('ipv6.src == 2001:0000:0000:0000:0000:0000:0000:0001')
    expect(filter(lone('tcp.flags.syn', '02', 'set', 1, 6), 'tcp.flags.syn')).toBe('tcp.flags.syn == 1')
    expect(filter(lone('data.data', '0102', ''), 'data.data')).toBe('data.data == 01:02')
    expect(filter(lone('data.data', 'ab'.repeat(40), ''), 'data.data')).toBe(`data.data[0:16] == ${new Array(16).fill('ab').join(':')}`)
    expect(filter(lone('tcp.options.sack', 'ab'.repeat(40), ''), 'tcp.options.sack')).toBe('tcp.options.sack')
    // Octets that are no text cannot be compared as text.
    expect(filter(lone('sdp.session_name', 'ff00', ''), 'sdp.session_name')).toBe('sdp.session_name')
  })

  it('is nothing for what has no name there', () => {
    const syn = items(trace, 0, SECOND, 0).find((item) => item.frame?.cause.kind === 'connect')
    const detail = detailOf(syn?.frame?.id ?? -1) as Detail
    expect(displayFilter(detail, null)).toBeNull()
    expect(displayFilter({ ...detail, layers: detail.layers.map((l) => ({ ...l, fields: l.fields.map((f) => ({ ...f, name: null })) })) }, '0.0')).toBeNull()
  })
})
