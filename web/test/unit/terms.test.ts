import { describe, expect, it } from 'vitest'
import { mentions } from '../../src/scene/mentions'
import { covers, regionOf } from '../../src/scene/region'
import { isWritten, mediaWith, meet, signallingOf, termsAt, termsIn, termsOfRow, type TermPlace } from '../../src/scene/terms'
import { items, SECOND } from '../../src/trace'
import type { Detail, MessageRow } from '../../src/wire'
import { fixture } from './support/fixture'

const { trace, detailOf } = fixture(4)
const signalling = (method: string, kind: 'request' | 'response'): MessageRow => {
  const found = trace.signalling.find((m) => m.what.kind === kind && m.what.method === method)
  if (!found) throw new Error(method)
  return found
}
const detail = (message: MessageRow): Detail => {
  const frame = trace.framesOf(message.id)[0]
  const found = frame ? detailOf(frame.id) : null
  if (!found) throw new Error('no detail')
  return found
}
const named = (places: readonly TermPlace[], kind: string): TermPlace | undefined => places.find((one) => one.term.kind === kind)
const media = items(trace, 3 * SECOND, 4 * SECOND, 0).filter((i) => i.message?.what.kind === 'rtp').map((i) => i.message as MessageRow)

describe('what signalling arranges', () => {
  it('is found in the text of RTSP and SDP, each with its own octets', () => {
    const places = termsIn(detail(signalling('SETUP', 'response')))
    expect(named(places, 'clientPort')?.term).toEqual({ kind: 'clientPort', values: [49154, 49155], written: 'client_port=49154-49155' })
    expect(named(places, 'serverPort')?.term.values).toEqual([6970, 6971])
    expect(named(places, 'ssrc')?.term.values).toEqual([0x2b5c91e4])
    const place = named(places, 'ssrc')
    const source = detail(signalling('SETUP', 'response')).sources[0] ?? ''
    const text = Buffer.from(source.slice((place?.start ?? 0) / 4, ((place?.start ?? 0) + (place?.length ?? 0)) / 4), 'hex').toString()
    expect(text).toBe('ssrc=2b5c91e4')
    const sdp = termsIn(detail(signalling('DESCRIBE', 'response'))).filter((one) => one.term.kind === 'payloadType')
    expect(sdp.map((one) => [one.term.written, one.term.values])).toEqual([['m=video 0 RTP/AVP 26', [26]], ['rtpmap:26', [26]]])
  })

  it('is carried by the fields of media, and nothing else', () => {
    const [packet] = media
    const carried = termsIn(detail(packet!))
    const setup = termsIn(detail(signalling('SETUP', 'response')))
    for (const kind of ['clientPort', 'serverPort', 'ssrc'] as const) {
      const [words] = setup.filter((one) => one.term.kind === kind)
      const fields = carried.filter((one) => meet([one.term], [words!.term]))
      expect(fields).toHaveLength(1)
      expect(isWritten(fields[0]!.term)).toBe(false)
      expect(meet(termsOfRow(packet!, 0), [words!.term])).toBe(true)
    }
    // The ports of the RTSP connection itself are not those of the media.
    expect(carried.filter((one) => one.term.kind === 'channel')).toEqual([])
    expect(termsOfRow(signalling('SETUP', 'request'), 0)).toEqual([])
  })

  it('leads to a packet that carries it, and from the packet back', () => {
    const setup = signalling('SETUP', 'response')
    const port = named(termsIn(detail(setup)), 'clientPort')!.term
    const found = mediaWith(trace, [port], 0, setup.at)
    expect(found?.what.kind).toMatch(/rt(c)?p/)
    expect(found?.at).toBeGreaterThan(setup.at)
    const back = signallingOf(trace, ['clientPort'], 0, 4 * SECOND)
    expect(back.map((m) => (m.what.kind === 'request' || m.what.kind === 'response' ? m.what.method : ''))).toEqual(['SETUP', 'SETUP'])
    expect(signallingOf(trace, ['clientPort'], 0, setup.at - 1).length).toBeLessThan(2)
  })

  it('is looked for under the pointer only', () => {
    const places = termsIn(detail(signalling('SETUP', 'response')))
    const port = named(places, 'serverPort')!
    expect(termsAt(places, port.source, port.start + 8, 8)).toEqual([port])
    expect(termsAt(places, port.source, 0, 8)).toEqual([])
  })
})

describe('the part of a picture that a packet carries', () => {
  it('is whole rows of macroblocks, and all packets together are the picture', () => {
    const first = media.findIndex((m) => m.what.kind === 'rtp' && m.what.index === 0)
    const regions = media.slice(first, first + 11).map((m) => regionOf(detail(m)))
    let line = 0
    for (const region of regions) {
      expect(region?.rects).toHaveLength(1)
      expect(region?.rects[0]).toMatchObject({ left: 0, top: line, width: 640 })
      line += region?.rects[0]?.height ?? 0
    }
    expect(line).toBe(360)
    expect(covers(regions[0]!, 0.5, 0.01)).toBe(true)
    expect(covers(regions[0]!, 0.5, 0.9)).toBe(false)
  })

  it('is not told where the restart header does not tell it', () => {
    const one = detail(media[0]!)
    const interval = one.layers.find((l) => l.name === 'jpeg')?.fields.find((f) => f.name === 'jpeg.restart_hdr.interval')
    const at = (interval?.start ?? 0) / 4 + 4
    const source = one.sources[0] ?? ''
    expect(regionOf({ ...one, sources: [`${source.slice(0, at)}ffff${source.slice(at + 4)}`] })).toBeNull()
    expect(regionOf(detail(signalling('SETUP', 'request')))).toBeNull()
  })

  it('may begin and end within a row', () => {
    const one = detail(media[0]!)
    const interval = one.layers.find((l) => l.name === 'jpeg')?.fields.find((f) => f.name === 'jpeg.restart_hdr.interval')
    const at = (interval?.start ?? 0) / 4
    const source = one.sources[0] ?? ''
    // An interval of 30 blocks, the third of them: from block 60 on, 40 to a row; two intervals in the packet.
    const region = regionOf({ ...one, sources: [`${source.slice(0, at)}001ec002${source.slice(at + 8)}`] })
    expect(region?.rects).toEqual([{ left: 320, top: 16, width: 320, height: 16 }, { left: 0, top: 32, width: 640, height: 16 }])
  })
})

describe('a caption', () => {
  it('is linked where it names what the step reads, and stays the same sentence', () => {
    const frame = trace.framesOf(media[0]!.id)[0]
    const one = frame ? detailOf(frame.id) : null
    const mac = one?.layers[0]?.fields[0]?.value ?? ''
    const text = `R1 lowers TTL from 64 to 63. It goes to …:${mac.slice(-5)}.`
    const pieces = mentions(text, one, ['eth.dst', 'ip.ttl'])
    expect(pieces.map((p) => p.text).join('')).toBe(text)
    expect(pieces.filter((p) => p.bits).map((p) => p.text)).toEqual(['TTL', '64', `…:${mac.slice(-5)}`])
    expect(mentions(text, null, ['ip.ttl'])).toEqual([{ text, bits: null }])
  })
})
