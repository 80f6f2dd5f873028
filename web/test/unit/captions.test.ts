import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fact, Who } from '../../src/scene'
import { factOf } from '../../src/scene'
import { LANGUAGES, speak, words, type FilmFact } from '../../src/text'
import { items, journey, SECOND } from '../../src/trace'
import { fixture, topology } from './support/fixture'

const CHARACTERS = 160
const WORDS = 26

function check(text: string, language: string): void {
  expect(text.length, text).toBeLessThanOrEqual(CHARACTERS)
  // Words are longer elsewhere: there only the letters count.
  if (language === 'en') expect(text.split(/\s+/).length, text).toBeLessThanOrEqual(WORDS)
  expect(text, text).toMatch(/^[\p{Lu}0-9…].*[.?]$/u)
  expect(text, text).not.toMatch(/undefined|null|NaN|\bwe\b/)
  expect(text, text).not.toMatch(/\bvon von\b/)
}

const client: Who = { kind: 'client' }
const server: Who = { kind: 'server' }
const long: Who = { kind: 'name', name: 'GStreamer (10.0.1.13)' }
const mac = '02:00:00:00:00:c1'

/** One of each kind of fact, with the longest values that a run can bring. */
const facts: Fact[] = [
  ...['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'ANNOUNCE', 'RECORD', 'REDIRECT', 'GET_PARAMETER', 'SET_PARAMETER', 'A_METHOD_OF_A_LONG_NAME_INDEED'].flatMap((method): Fact[] =>
    [client, long].flatMap((who): Fact[] => [
      { kind: 'request', who, method, bytes: 1_234, ports: ['49154', '49155'], channels: null, auth: null, body: [] },
      { kind: 'request', who, method, bytes: 1_234, ports: null, channels: ['0', '1'], auth: null, body: [] },
      { kind: 'request', who, method, bytes: 1_234, ports: null, channels: null, auth: null, body: [] },
      ...['Digest', 'Basic'].map((auth): Fact => ({ kind: 'request', who, method, bytes: 1_234, ports: null, channels: null, auth, body: [] })),
      ...[['volume: 50'], ['packets_sent', 'packets_lost', 'jitter'], ['a', 'b', 'c', 'd', 'e', 'f']].map((body): Fact =>
        ({ kind: 'request', who, method, bytes: 1_234, ports: null, channels: null, auth: null, body })),
      ...[301, 302, 401].flatMap((status) => ['Digest', 'Basic', null].map((auth): Fact =>
        ({ kind: 'response', who: server, to: who, status, reason: 'Moved Permanently', method, channels: null, auth }))),
      { kind: 'response', who: server, to: who, status: 200, reason: 'OK', method, channels: null, auth: null },
      { kind: 'response', who: server, to: who, status: 200, reason: 'OK', method, channels: ['0', '1'], auth: null },
      { kind: 'response', who: server, to: who, status: 459, reason: 'Aggregate Operation Not Allowed', method, channels: null, auth: null },
      { kind: 'deliverRequest', who: server, from: who, method },
      { kind: 'deliverResponse', who, from: server, status: 459, reason: 'Aggregate Operation Not Allowed', method },
    ])),
  ...[client, server, long].flatMap((who): Fact[] => [
    ...[false, true].flatMap((tcp): Fact[] => [
      { kind: 'rtp', who, to: server, sequence: 65_535, marker: false, picture: 12_345, index: 10, of: 11, tcp },
      { kind: 'rtp', who, to: server, sequence: 65_535, marker: true, picture: 12_345, index: 10, of: 11, tcp },
      { kind: 'rtp', who, to: server, sequence: 65_535, marker: true, picture: null, index: null, of: null, tcp },
      { kind: 'rtp', who, to: server, sequence: 65_535, marker: false, picture: null, index: null, of: null, tcp },
      { kind: 'rtp', who, to: server, sequence: 65_535, marker: true, picture: 12_345, index: 0, of: 1, tcp },
      { kind: 'dropQueue', who, limit: 1_048_576, tcp },
    ]),
    ...[true, false].flatMap((media): Fact[] => ['255', null].flatMap((channel): Fact[] => [
      { kind: 'interleave', who, to: long, media, channel, bytes: 65_535 }, { kind: 'deinterleave', who, media, channel, bytes: 65_535 },
    ])),
    ...[['SR', 'SDES'], ['RR', 'SDES'], ['RR', 'SDES', 'BYE'], ['APP', 'XR']].map((types): Fact => ({ kind: 'rtcp', who, types })),
    { kind: 'unknownMessage', who, bytes: 65_507 },
    { kind: 'tcpData', who, to: long, header: 32, bytes: 1_460, port: 61_405 },
    { kind: 'tcpPart', who, bytes: 1_460 },
    ...(['tcpOpen', 'tcpAccept', 'tcpConfirm', 'tcpClose', 'tcpAbort', 'tcpProbe'] as const).map((kind): Fact => ({ kind, who, to: server })),
    { kind: 'tcpRefused', who, port: 61_405 },
    ...['congestionWindow', 'window', 'limitedTransmit', 'recovery', 'other'].map((because): Fact => ({ kind: 'tcpLetGo', who, to: long, bytes: 1_460, because })),
    ...[true, false].flatMap((tcp): Fact[] => [
      { kind: 'fate', who, fate: { kind: 'linkDown' }, tcp }, { kind: 'fate', who, fate: { kind: 'tooBig', mtu: 65_535 }, tcp },
      { kind: 'fate', who, fate: { kind: 'lostInBurst' }, tcp }, { kind: 'fate', who, fate: { kind: 'ordered' }, tcp },
    ]),
    ...['delayed', 'everySecondSegment', 'outOfOrder', 'duplicate', 'windowUpdate', 'fin', 'other'].flatMap((because): Fact[] => [
      { kind: 'tcpAck', who, to: long, because, number: '4,294,967,295' }, { kind: 'tcpAck', who, to: long, because, number: null },
    ]),
    { kind: 'icmp', who },
    ...[17, 22, 23].flatMap((type) => ['239.255.255.255', null].map((group): Fact => ({ kind: 'igmp', who, type, group }))),
    { kind: 'fragment', who, offset: '65,512', last: true }, { kind: 'fragment', who, offset: '0', last: false },
    { kind: 'waitForMac', who, ip: '255.255.255.255' }, { kind: 'waitForMac', who, ip: null },
    { kind: 'ethernet', from: mac, to: mac, next: who },
    { kind: 'arpQuestion', who, target: '255.255.255.255' },
    { kind: 'arpAnswer', who, ip: '255.255.255.255', mac }, { kind: 'arpAnswer', who, ip: null, mac: null },
    { kind: 'queue', who, wait: 123_456_789 },
    { kind: 'switched', who, mac, port: 12, learned: false, source: mac, changed: false }, { kind: 'switched', who, mac, port: 12, learned: true, source: mac, changed: true },
    { kind: 'tag', who, vlan: 4094, removed: false }, { kind: 'tag', who, vlan: 4094, removed: true },
    ...[2, 128, 133, 134, 135, 136].map((type): Fact => ({ kind: 'icmpv6', who, type, target: '2001:db8:1111:2222:3333:4444:5555:6666' })),
    ...[true, false].map((source): Fact => ({ kind: 'nat', who: { kind: 'name', name: 'R1' }, from: '192.168.100.100:49152', to: '203.0.113.100:49152', source })),
    { kind: 'flooded', who, broadcast: true, group: false, mac }, { kind: 'flooded', who, broadcast: false, group: false, mac }, { kind: 'flooded', who, broadcast: false, group: true, mac },
    { kind: 'routerIn', who, group: false }, { kind: 'routerIn', who, group: true }, { kind: 'route', who: { kind: 'name', name: 'R1' }, from: '255', to: '254', v6: false }, { kind: 'route', who: { kind: 'name', name: 'R1' }, from: '255', to: '254', v6: true },
    { kind: 'routerOut', who, from: mac, to: mac },
    { kind: 'hostLink', who, mac, group: false }, { kind: 'hostLink', who, mac: null, group: true },
    { kind: 'arpRead', who, question: true, ip: '255.255.255.255', mac }, { kind: 'arpRead', who, question: false, ip: '255.255.255.255', mac },
    { kind: 'notForMe', who },
    ...(['TCP', 'UDP', 'ICMP', 'IGMP'] as const).flatMap((next): Fact[] => [[false, false], [true, false], [false, true]].map(([group = false, cut = false]) => ({ kind: 'hostNetwork', who, ip: '255.255.255.255', next, group, cut, v6: false }))),
    { kind: 'hostUdp', port: 61_405, who },
    ...['SYN', 'SYN ACK', 'RST', 'FIN ACK', 'ACK', 'PSH ACK'].flatMap((flags): Fact[] => [
      { kind: 'hostTcp', port: 61_405, who, bytes: 0, flags, opening: false }, { kind: 'hostTcp', port: 61_405, who, bytes: 1_460, flags, opening: false },
      { kind: 'hostTcp', port: 61_405, who, bytes: 0, flags, opening: true },
    ]),
    { kind: 'deliverRtp', who, sequence: 65_535, real: false }, { kind: 'deliverRtp', who, sequence: 65_535, real: true }, { kind: 'deliverOther', who },
    { kind: 'shown', who, picture: 12_345, packets: 120, missing: 0, nothing: false }, { kind: 'shown', who, picture: null, packets: 120, missing: 1, nothing: false },
    { kind: 'shown', who, picture: 12_345, packets: 120, missing: 12, nothing: false }, { kind: 'shown', who, picture: 12_345, packets: 120, missing: 12, nothing: true },
    { kind: 'dropFcs', who, packet: { index: 10, of: 11 }, udp: true }, { kind: 'dropFcs', who, packet: null, udp: false },
    ...['badIpChecksum', 'badTransportChecksum', 'ttl', 'noRoute', 'portClosed', 'duplicate', 'arpFailed', 'noMembers', 'localGroup', 'wrongSide', 'notOurAddress', 'something else'].map((reason): Fact => ({ kind: 'drop', who, reason })),
  ]),
  { kind: 'formatText', request: true }, { kind: 'formatText', request: false },
  { kind: 'formatOther', coding: 'MPEG4-GENERIC-LONG' },
  { kind: 'formatJpeg', bytes: 144, tables: true }, { kind: 'formatJpeg', bytes: 12, tables: false },
  { kind: 'tcpTimeout', rto: 60e9, bytes: 1_460, attempt: 3 }, { kind: 'tcpFast', bytes: 1_460 }, { kind: 'tcpAfterTimeout', bytes: 1_460 }, { kind: 'tcpPartial', bytes: 1_460 }, ...(['tcpBySack', 'tcpHole', 'tcpRescue', 'tcpPathMtu'] as const).map((kind): Fact => ({ kind, bytes: 1_460 })),
  { kind: 'udp', header: 8 }, { kind: 'ip', destination: '255.255.255.255', group: false, v6: false }, { kind: 'ip', destination: '', group: false, v6: false },
  { kind: 'ip', destination: '2001:db8:1:2::3', group: false, v6: true }, { kind: 'bitsHeld', late: 50e6, ordered: true }, { kind: 'bitsCopied' },
  { kind: 'ip', destination: '239.255.255.255', group: true, v6: false }, { kind: 'formatFile', bytes: 65_507 },
  { kind: 'bits', bytes: 1_518, rate: 12_500_000, time: 123_456, delay: 123_456_789 },
  { kind: 'lost', tcp: true }, { kind: 'lost', tcp: false },
]

describe.each(LANGUAGES)('captions in %s', (language) => {
  beforeAll(async () => { expect(await speak([language])).toBe(language) })
  afterAll(async () => { await speak(['en']) })

  it('keep to 26 words and 160 characters, whatever the run brings', () => {
    for (const fact of facts) check(words.caption(fact), language)
  })

  it('keep to it in every step of a run', { timeout: 30_000 }, () => {
    const { trace, detailOf } = fixture(3)
    let steps = 0
    for (const item of items(trace, 0, 3 * SECOND, 0)) {
      for (const step of journey(trace, topology, item.subject).steps) {
        check(words.caption(factOf(step, { topology, clientName: () => null, detailOf, sending: (id) => trace.framesOf(id)[0]?.id ?? null })), language)
        steps += 1
      }
    }
    expect(steps).toBeGreaterThan(5_000)
  })

  it('keep to it while the film plays', () => {
    const films: FilmFact[] = [
      { kind: 'connecting' }, { kind: 'nothingYet' }, { kind: 'arranging' }, { kind: 'quiet' }, { kind: 'silent', overTcp: true }, { kind: 'silent', overTcp: false }, { kind: 'ended' }, { kind: 'still' }, { kind: 'clipOver' }, { kind: 'left', who: 'X'.repeat(20) }, { kind: 'left', who: null }, { kind: 'refused', method: 'GET_PARAMETER', status: 401, reason: '' }, { kind: 'refused', method: 'GET_PARAMETER', status: 551, reason: 'x'.repeat(40) },
      { kind: 'pictures', from: null, least: 119, most: 120, rate: 12_000, holes: 25 }, { kind: 'pictures', from: null, least: 11, most: 11, rate: 275, holes: 0 }, { kind: 'packets', from: 'a.camera.of.a.long.name', rate: 12_000 }, { kind: 'packets', from: null, rate: null }, { kind: 'announcing' }, { kind: 'pictures', from: 'a.camera.of.a.long.name', least: 1, most: 1, rate: 12_000, holes: 0 }, { kind: 'publishing', who: 'GStreamer', path: '/a-name-of-thirty-letters-in-all', rate: 12_000 }, { kind: 'publishing', who: null, path: null, rate: 0 },
      { kind: 'between', due: null, wait: null }, { kind: 'between', due: 39_900_000, wait: 39_900_000_000 }, { kind: 'beats' },
    ]
    for (const film of films) check(words.film(film), language)
  })

})

describe('captions', () => {
  it('name numbers of the run', () => {
    expect(words.caption({ kind: 'route', who: { kind: 'name', name: 'R1' }, from: '64', to: '63', v6: false })).toContain('TTL from 64 to 63')
    expect(words.caption({ kind: 'routerOut', who: { kind: 'name', name: 'R1' }, from: '02:00:00:00:02:01', to: '02:00:00:00:02:0a' })).toContain('…:02:01 as sender, …:02:0a as receiver')
    expect(words.caption({ kind: 'request', who: client, method: 'SETUP', bytes: 132, ports: ['5004', '5005'], channels: null, auth: null, body: [] })).toContain('ports 5004 and 5005')
  })
})
