import type {
  CarriedRow, CauseRow, FaultWhat, FrameRow, Id, Link, LinkDirection, MessageRow, Nanos, OutcomeRow, RequestMethod, Rows, SlotRow, StateKind, Topology,
  Weather, WeatherRanges, WhatRow,
} from '../wire'
import { frameLength, payloadBytes, type Payload, type Spec } from './bytes'

const US = 1_000
const MS = 1_000_000
const LAYER = 10 * US
const PACKETS = 11
/** The first row of macroblocks in a packet: a picture of 360 lines has 23. */
const rowOf = (index: number): number => Math.round((index * 23) / PACKETS)
const PICTURE = 40 * MS
const SSRC = 0x2b5c91e4

const CLIENT = 0
const ROUTER = 2
const SERVER = 4
const MAC: Record<string, string> = {
  client: '02:00:00:00:00:c1', near: '02:00:00:00:01:01', far: '02:00:00:00:02:01', server: '02:00:00:00:00:5e',
}
const none = '00:00:00:00:00:00'
const all = 'ff:ff:ff:ff:ff:ff'
const CLIENT_IP = '10.0.1.2'
const SERVER_IP = '10.0.2.2'

/** Both directions of a good cable of 100 Mbit/s. */
function cable(delay: Nanos): Pick<Link, 'forward' | 'backward'> {
  const weather: Weather = {
    rate: 1e8, delay, jitter: 0, queue: 65_536, loss: { kind: 'random', p: 0 }, reorder: { p: 0, by: 0 }, duplicate: 0, bitErrors: 0, mtu: 1500, down: false,
  }
  return { forward: weather, backward: weather }
}

export const topology: Topology = {
  nodes: [
    { id: 0, name: 'Client', kind: 'client', layerDelay: LAYER, interfaces: [{ link: 0, mac: MAC.client ?? '', ip: CLIENT_IP, prefix: 24, addresses: [`${CLIENT_IP}/24`], vlan: null }] },
    { id: 1, name: 'SW1', kind: 'switch', layerDelay: LAYER, interfaces: [{ link: 0, mac: null, ip: null, prefix: null, addresses: [], vlan: null }, { link: 1, mac: null, ip: null, prefix: null, addresses: [], vlan: null }] },
    { id: 2, name: 'R1', kind: 'router', layerDelay: LAYER, interfaces: [{ link: 1, mac: MAC.near ?? '', ip: '10.0.1.1', prefix: 24, addresses: ['10.0.1.1/24'], vlan: null }, { link: 2, mac: MAC.far ?? '', ip: '10.0.2.1', prefix: 24, addresses: ['10.0.2.1/24'], vlan: null }] },
    { id: 3, name: 'SW2', kind: 'switch', layerDelay: LAYER, interfaces: [{ link: 2, mac: null, ip: null, prefix: null, addresses: [], vlan: null }, { link: 3, mac: null, ip: null, prefix: null, addresses: [], vlan: null }] },
    { id: 4, name: 'Server', kind: 'server', layerDelay: LAYER, interfaces: [{ link: 3, mac: MAC.server ?? '', ip: SERVER_IP, prefix: 24, addresses: [`${SERVER_IP}/24`], vlan: null }] },
  ],
  links: [
    { id: 0, name: 'client', a: 0, b: 1, ...cable(100 * US) },
    { id: 1, name: 'sw1-r1', a: 1, b: 2, ...cable(1 * MS) },
    { id: 2, name: 'r1-sw2', a: 2, b: 3, ...cable(1 * MS) },
    { id: 3, name: 'server', a: 3, b: 4, ...cable(100 * US) },
  ],
}

/** What the server lets weather be set to. */
export const ranges: WeatherRanges = {
  rate: [1e3, 1e11], delay: 10_000 * MS, jitter: 1_000 * MS, queue: [1_518, 1_000_000_000], later: 10_000 * MS, bitErrors: 0.01, mtu: [68, 1_500],
}

export const emptyRows = (): Rows => ({ messages: [], frames: [], hops: [], receipts: [], deliveries: [], states: [], tcp: [], pictures: [] })

/** What goes wrong with one packet of the stream. */
type Mishap = 'badFcs' | 'lost' | 'queueFull'

/** Which packets of which pictures are lost: picture -> packet -> how. */
const MISHAPS: Record<number, Record<number, Mishap>> = {
  60: { 4: 'badFcs' }, 95: { 2: 'lost' }, 142: { 4: 'badFcs' }, 200: { 7: 'queueFull', 8: 'queueFull' },
}

interface Arrival { at: Nanos; frame: FrameRow }

/** What another future does to one frame on one cable. */
export interface Change { frame: Id; link: number; what: FaultWhat }

/**
 * A small classroom that makes the rows of a run, always the same: ARP, handshake, the RTSP
 * exchange, pictures in packets, reports, a few losses. It stands in for the server only
 * while the page is worked on, and knows no more than that needs.
 */
export class FixtureWorld {
  now: Nanos = 0
  playing = false
  readonly specs = new Map<Id, Spec>()
  #pending: { at: Nanos; order: number; put: (rows: Rows) => void }[] = []
  #order = 0
  #message = 1
  #frame = 1
  #picture = 1
  /** When each cable end was last sending; frames are not made in the order of their times. */
  #busy = new Map<string, { start: Nanos; end: Nanos }[]>()
  #learned = new Set<string>()
  #ipId = 6702
  #seq = { [CLIENT]: 478_020_264, [SERVER]: 2_671_907_029 } as Record<number, number>
  #sent = { [CLIENT]: 0, [SERVER]: 0 } as Record<number, number>
  #cseq = 0
  #rtp = 4700
  #playout = 60 * MS
  #clip = 0
  #due: Nanos = 0
  #report: Nanos = 0
  #received = 0
  #lost = 0

  readonly #change: Change | null

  constructor(change: Change | null = null) {
    this.#change = change
    let t = this.#connect(200 * MS)
    for (const method of ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'] as const) t = this.#exchange(t + 20 * MS, method)
  }

  /** The moment of the next record; `null` when nothing will happen. */
  nextEvent(): Nanos | null {
    if (this.#pending.length === 0 && this.playing) this.#nextPicture()
    return this.#pending[0]?.at ?? null
  }

  /** Runs up to a moment and answers everything recorded on the way. */
  runUntil(t: Nanos): Rows {
    while (this.playing && this.#due <= t) this.#nextPicture()
    const rows = emptyRows()
    let count = 0
    for (const record of this.#pending) {
      if (record.at > t) break
      record.put(rows)
      count += 1
    }
    this.#pending.splice(0, count)
    this.now = Math.max(this.now, t)
    return rows
  }

  readonly #weather = new Map<string, Weather>()
  /** A direction of a link behaves in another way from now on; of it all that this world knows is whether it is down. */
  setWeather(id: number, direction: LinkDirection, weather: Weather): void {
    const link = topology.links.find((one) => one.id === id)
    if (!link) return
    const key = `${id}/${direction}`
    const before = this.#weather.get(key) ?? link[direction]
    this.#weather.set(key, weather)
    this.#state(this.now, direction === 'forward' ? link.a : link.b, { kind: 'weather', link: id, direction, before, weather })
  }

  /** An RTSP request from the client now. */
  request(method: RequestMethod): void {
    this.#exchange(this.now + 1 * MS, method)
  }

  #record(at: Nanos, put: (rows: Rows) => void): void {
    this.#order += 1
    const record = { at, order: this.#order, put }
    let place = this.#pending.length
    while (place > 0 && (this.#pending[place - 1]?.at ?? 0) > at) place -= 1
    this.#pending.splice(place, 0, record)
  }

  #state(at: Nanos, node: number, change: StateKind): void {
    this.#record(at, (rows) => rows.states.push({ at, node, change }))
  }

  #makeFrame(at: Nanos, node: number, parent: Id | null, spec: Spec, carried: CarriedRow, cause: CauseRow): FrameRow {
    const row: FrameRow = { id: this.#frame++, at, node, parent, length: frameLength(spec), carried, cause }
    if (parent === null && spec.ip) row.headers = [20, spec.udp ? 8 : spec.tcp?.mss ? 24 : 20]
    this.specs.set(row.id, spec)
    this.#record(at, (rows) => rows.frames.push(row))
    return row
  }

  /** Puts a frame on a cable; answers its arrival, or `null` when it gets lost there. */
  #hop(frame: FrameRow, from: number, step: 1 | -1, queued: Nanos, mishap?: Mishap): Nanos | null {
    const link = topology.links[step === 1 ? from : from - 1]
    if (!link) return null
    const key = `${link.id}/${from}`
    const takes = Math.round((frame.length * 8e9) / link.forward.rate)
    // Preamble and gap belong to the next one.
    const apart = Math.round((20 * 8e9) / link.forward.rate)
    const busy = this.#busy.get(key) ?? []
    let start = queued
    for (const other of busy) if (start < other.end + apart && start + takes + apart > other.start) start = other.end + apart
    const end = start + takes
    const full = mishap === 'queueFull'
    const weather = this.#weather.get(`${link.id}/${link.a === from ? 'forward' : 'backward'}`)
    const down = weather?.down ?? false
    const change = this.#change?.frame === frame.id && this.#change.link === link.id ? this.#change.what : null
    if (change?.kind === 'drop') mishap = 'lost'
    if (!full) this.#busy.set(key, [...busy, { start, end }].sort((a, b) => a.start - b.start).slice(-32))
    const arrive = end + link.forward.delay + (change?.kind === 'delay' ? change.by : 0)
    const fate = down ? { kind: 'linkDown' as const } : full ? { kind: 'queueFull' as const, limit: 65_536 } : mishap === 'lost' ? { kind: 'lost' as const } : null
    this.#record(queued, (rows) => rows.hops.push({ frame: frame.id, link: link.id, from, queued, start, end, arrive, fate }))
    return fate ? null : arrive
  }

  #receipt(frame: FrameRow, node: number, arrive: Nanos, at: Nanos, outcome: OutcomeRow): void {
    this.#record(at, (rows) => rows.receipts.push({ frame: frame.id, node, arrive, at, outcome }))
  }

  /** Carries a frame along the chain until `to`, a router on its way rewriting it. */
  #carry(frame: FrameRow, from: number, to: number, queued: Nanos, accepted: number, mishap?: { at: number; how: Mishap }): Arrival | null {
    const step = to > from ? 1 : -1
    let node = from
    let t = queued
    let current = frame
    for (;;) {
      const arrive = this.#hop(current, node, step, t, mishap?.at === node && mishap.how !== 'badFcs' ? mishap.how : undefined)
      if (arrive === null) return null
      node += step
      if (node === to) {
        const at = arrive + 3 * LAYER
        this.#receipt(current, node, arrive, at, { kind: 'accepted', layer: accepted })
        return { at, frame: current }
      }
      if (node === ROUTER) {
        const at = arrive + 2 * LAYER
        const spec = this.specs.get(current.id)
        if (!spec?.ip) return null
        const next: Spec = {
          ...spec, ip: { ...spec.ip, ttl: spec.ip.ttl - 1 },
          src: (step === 1 ? MAC.far : MAC.near) ?? '', dst: (step === 1 ? MAC.server : MAC.client) ?? '',
        }
        const rewritten = this.#makeFrame(at, node, current.id, next, current.carried, { kind: 'routed' })
        this.#receipt(current, node, arrive, at, { kind: 'routed', frame: rewritten.id, ttl: spec.ip.ttl })
        current = rewritten
        t = at + 2 * LAYER
      } else {
        const at = arrive + LAYER
        const change = this.#change?.frame === current.id ? this.#change : null
        const corrupt = change?.what.kind === 'corrupt' && change.link === (step === 1 ? node - 1 : node)
        if ((mishap?.at === node && mishap.how === 'badFcs') || corrupt) {
          const spec = this.specs.get(current.id)
          if (spec) spec.damaged = true
          this.#receipt(current, node, arrive, at, { kind: 'dropped', reason: 'badFcs' })
          return null
        }
        const key = `${node}/${step}`
        const learned = !this.#learned.has(key)
        this.#learned.add(key)
        const link = step === 1 ? node : node - 1
        const flood = this.specs.get(current.id)?.dst === all
        this.#receipt(current, node, arrive, at, flood ? { kind: 'flooded', learned } : { kind: 'switched', link, learned })
        t = at
      }
    }
  }

  #arp(at: Nanos, asker: number, answerer: number): Nanos {
    const ask = asker === CLIENT
    const [mine, mineIp] = ask ? [MAC.client ?? '', CLIENT_IP] : [MAC.far ?? '', '10.0.2.1']
    const [other, otherIp] = ask ? [MAC.near ?? '', '10.0.1.1'] : [MAC.server ?? '', SERVER_IP]
    const request = this.#makeFrame(at, asker, null,
      { dst: all, src: mine, arp: { request: true, senderMac: mine, senderIp: mineIp, targetMac: none, targetIp: otherIp }, payload: { kind: 'none' } },
      { kind: 'arp', request: true, target: otherIp }, { kind: 'resolve' })
    const there = this.#carry(request, asker, answerer, at + 2 * LAYER, 2)
    const t = there?.at ?? at
    const reply = this.#makeFrame(t, answerer, null,
      { dst: mine, src: other, arp: { request: false, senderMac: other, senderIp: otherIp, targetMac: mine, targetIp: mineIp }, payload: { kind: 'none' } },
      { kind: 'arp', request: false, target: mineIp }, { kind: 'arpReply' })
    const back = this.#carry(reply, answerer, asker, t + 2 * LAYER, 2)
    const done = back?.at ?? t
    this.#state(done, asker, { kind: 'neighbour', link: asker === CLIENT ? 0 : 3, ip: otherIp, mac: other, state: 'reachable' })
    return done
  }

  #segment(at: Nanos, from: number, flags: number, names: string, payload: Payload, messages: Id[], cause: CauseRow, wait: Nanos = 0): Arrival {
    const to = from === CLIENT ? SERVER : CLIENT
    const length = payloadBytes(payload).length
    const start = this.#sent[from] ?? 0
    const spec: Spec = {
      dst: (from === CLIENT ? MAC.near : MAC.far) ?? '', src: (from === CLIENT ? MAC.client : MAC.server) ?? '',
      ip: { src: from === CLIENT ? CLIENT_IP : SERVER_IP, dst: from === CLIENT ? SERVER_IP : CLIENT_IP, ttl: 64, id: this.#ipId++ },
      tcp: {
        src: from === CLIENT ? 49152 : 8554, dst: from === CLIENT ? 8554 : 49152, seq: this.#seq[from] ?? 0,
        ack: flags & 16 ? (this.#seq[to] ?? 0) : 0, flags, window: 65_535, ...(flags & 2 ? { mss: 1460 } : {}),
      },
      payload,
    }
    this.#seq[from] = (this.#seq[from] ?? 0) + length + (flags & 3 ? 1 : 0)
    this.#sent[from] = start + length
    const frame = this.#makeFrame(at, from, null, spec,
      { kind: 'tcp', connection: 1, flags: names, start, end: start + length, messages, src: spec.tcp?.src ?? 0, dst: spec.tcp?.dst ?? 0 }, cause)
    return this.#carry(frame, from, to, Math.max(at + 3 * LAYER, wait), 4) ?? { at, frame }
  }

  #connect(at: Nanos): Nanos {
    this.#state(at, CLIENT, { kind: 'client', client: CLIENT, joined: true, name: 'Client' })
    this.#state(at, CLIENT, { kind: 'tcp', connection: 1, state: 'SYN-SENT' })
    const known = this.#arp(at + 2 * LAYER, CLIENT, ROUTER)
    this.#arp(known + 1200 * US, ROUTER, SERVER)
    let a = this.#segment(at, CLIENT, 2, 'SYN', { kind: 'none' }, [], { kind: 'connect' }, known)
    a = this.#segment(a.at, SERVER, 18, 'SYN ACK', { kind: 'none' }, [], { kind: 'acceptSyn' })
    this.#state(a.at, CLIENT, { kind: 'tcp', connection: 1, state: 'ESTABLISHED' })
    a = this.#segment(a.at, CLIENT, 16, 'ACK', { kind: 'none' }, [], { kind: 'handshakeAck' })
    return a.at
  }

  #send(at: Nanos, from: number, what: WhatRow, text: string, cause: Id | null): { message: MessageRow; arrival: Arrival } {
    const start = this.#sent[from] ?? 0
    const length = new TextEncoder().encode(text).length
    const message: MessageRow = {
      id: this.#message++, at, from, to: from === CLIENT ? SERVER : CLIENT, client: CLIENT,
      transport: { kind: 'tcp', connection: 1, start, end: start + length, src: from === CLIENT ? 49152 : 8554, dst: from === CLIENT ? 8554 : 49152 },
      what, length, cause,
    }
    this.#record(at, (rows) => rows.messages.push(message))
    const arrival = this.#segment(at + LAYER, from, 24, 'PSH ACK', { kind: 'text', text }, [message.id], { kind: 'data', because: 'written' })
    const node = message.to ?? CLIENT
    const done = arrival.at + LAYER
    this.#record(done, (rows) => rows.deliveries.push({ message: message.id, node, at: done, frame: arrival.frame.id }))
    return { message, arrival: { at: done, frame: arrival.frame } }
  }

  /** One request, its response and the ACK behind it; answers when it is over. */
  #exchange(at: Nanos, method: RequestMethod): Nanos {
    this.#cseq += 1
    const cseq = this.#cseq
    const more: Partial<Record<RequestMethod, string>> = {
      DESCRIBE: 'Accept: application/sdp\r\n', SETUP: 'Transport: RTP/AVP;unicast;client_port=49154-49155\r\n',
      PLAY: 'Session: 12345678\r\nRange: npt=0.000-\r\n', PAUSE: 'Session: 12345678\r\n', TEARDOWN: 'Session: 12345678\r\n',
    }
    const url = `rtsp://10.0.2.2:8554/demo${method === 'SETUP' ? '/trackID=0' : ''}`
    const asked = this.#send(at, CLIENT, { kind: 'request', method, cseq }, `${method} ${url} RTSP/1.0\r\nCSeq: ${cseq}\r\n${more[method] ?? ''}User-Agent: Layercast\r\n\r\n`, null)
    const sdp = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=demo\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=rtpmap:26 JPEG/90000\r\na=control:trackID=0\r\n'
    const answer: Partial<Record<RequestMethod, string>> = {
      OPTIONS: 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER\r\n\r\n',
      DESCRIBE: `Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
      SETUP: 'Session: 12345678;timeout=60\r\nTransport: RTP/AVP;unicast;client_port=49154-49155;server_port=6970-6971;ssrc=2b5c91e4\r\n\r\n',
      PLAY: `Session: 12345678\r\nRTP-Info: url=${url};seq=${this.#rtp};rtptime=0\r\n\r\n`,
    }
    const answered = this.#send(asked.arrival.at + 200 * US, SERVER, { kind: 'response', status: 200, reason: 'OK', method, cseq }, `RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n${answer[method] ?? 'Session: 12345678\r\n\r\n'}`, asked.message.id)
    const done = answered.arrival.at
    const state = { SETUP: 'Ready', PLAY: 'Playing', PAUSE: 'Ready', TEARDOWN: 'Init' }[method as string]
    if (state) this.#state(done, CLIENT, { kind: 'rtsp', client: CLIENT, state })
    this.#segment(done + 40 * MS, CLIENT, 16, 'ACK', { kind: 'none' }, [], { kind: 'ack', because: 'delayed' })
    if (method === 'PLAY') {
      this.playing = true
      this.#due = asked.arrival.at + 5 * MS
      this.#report = this.#due
      this.#state(this.#due, SERVER, { kind: 'media', client: CLIENT, state: 'playing' })
    } else if (method === 'PAUSE' || method === 'TEARDOWN') {
      this.playing = false
      this.#state(asked.arrival.at, SERVER, { kind: 'media', client: CLIENT, state: method === 'PAUSE' ? 'paused' : 'torn down' })
    }
    return done
  }

  #datagram(at: Nanos, from: number, what: WhatRow, payload: Payload, ports: [number, number], mishap?: Mishap): Id | null {
    const length = payload.kind === 'rtp' ? 24 + payload.length : payloadBytes(payload).length
    const to = from === CLIENT ? SERVER : CLIENT
    const [src, dst] = ports
    const message: MessageRow = { id: this.#message++, at, from, to, client: CLIENT, transport: { kind: 'udp', src, dst }, what, length, cause: null }
    this.#record(at, (rows) => rows.messages.push(message))
    const spec: Spec = {
      dst: (from === CLIENT ? MAC.near : MAC.far) ?? '', src: (from === CLIENT ? MAC.client : MAC.server) ?? '',
      ip: { src: from === CLIENT ? CLIENT_IP : SERVER_IP, dst: from === CLIENT ? SERVER_IP : CLIENT_IP, ttl: 64, id: this.#ipId++ },
      udp: { src, dst }, payload,
    }
    const frame = this.#makeFrame(at + LAYER, from, null, spec, { kind: 'udp', message: message.id, src, dst }, { kind: 'application' })
    const place = mishap === 'badFcs' ? 1 : mishap === 'queueFull' ? 2 : 2
    const arrival = this.#carry(frame, from, to, at + 4 * LAYER, 4, mishap ? { at: place, how: mishap } : undefined)
    if (!arrival) return null
    const done = arrival.at + LAYER
    this.#record(done, (rows) => rows.deliveries.push({ message: message.id, node: to, at: done, frame: arrival.frame.id }))
    return message.id
  }

  /** From a picture's first packet to its showing, from the next picture on. */
  setPlayoutDelay(delay: Nanos): void { this.#playout = delay }

  #nextPicture(): void {
    const at = this.#due
    const number = this.#clip++
    const slots: SlotRow[] = []
    const timestamp = number * 3600
    let offset = 0
    for (let index = 0; index < PACKETS; index += 1) {
      const sequence = this.#rtp++ & 0xffff
      const marker = index === PACKETS - 1
      const length = marker ? 611 : 1364 - ((number * 7 + index * 13) % 40)
      const how = MISHAPS[number]?.[index]
      const message = this.#datagram(at + Math.round((index * PICTURE) / 4 / PACKETS), SERVER,
        { kind: 'rtp', sequence, timestamp, ssrc: SSRC, marker, payloadType: 26, picture: number, index, of: PACKETS },
        { kind: 'rtp', sequence, timestamp, ssrc: SSRC, marker, offset, width: 640, height: 360, length, row: rowOf(index), rows: rowOf(index + 1) - rowOf(index) }, [6970, 49154], how)
      offset += length
      slots.push({ sequence, message })
      if (message === null) this.#lost += 1
      else this.#received += 1
    }
    const id = this.#picture++
    const shown = at + 3 * MS + this.#playout
    const complete = slots.every((s) => s.message !== null)
    const stats = {
      received: this.#received, expected: this.#received + this.#lost, lost: this.#lost, late: 0, jitter: 180 * US,
      buffered: 1, playoutDelay: this.#playout,
    }
    this.#record(shown, (rows) => rows.pictures.push({
      id, at: shown, client: CLIENT, number, timestamp, slots, complete, decodable: true, first: at + 3 * MS, last: at + 13 * MS, stats,
    }))
    if (at >= this.#report) {
      this.#report = at + 5000 * MS
      const report = (type: number, words: number): Payload => ({ kind: 'octets', what: 'rtcp', octets: Uint8Array.from([0x81, type, 0, words, 0x2b, 0x5c, 0x91, 0xe4, ...new Array<number>(words * 4 - 4).fill(7)]) })
      this.#datagram(at + 15 * MS, SERVER, { kind: 'rtcp', types: ['SR', 'SDES'] }, report(200, 12), [6971, 49155])
      if (number > 0) this.#datagram(at + 25 * MS, CLIENT, { kind: 'rtcp', types: ['RR', 'SDES'] }, report(201, 11), [49155, 6971])
    }
    this.#due = at + PICTURE
  }
}
