import { lostOnCable } from './fate'
import type { DeliveryRow, FrameRow, HopRow, Id, MessageRow, Nanos, Node, PictureRow, ReceiptRow, Topology } from '../wire'
import type { Trace } from './trace'

/** What is followed: a message down and up the layers, or one frame on its way. */
export type Subject = { kind: 'message'; id: Id } | { kind: 'frame'; id: Id }

/** An OSI layer, 1 to 7. */
export type Layer = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** What happens in a step. */
export type StepKind =
  /** The application writes the message. */
  | 'compose'
  /** Layers 6 and 5: format and session. */
  | 'format'
  /** RTSP puts `$`, channel and length before a packet that travels in its own connection (RFC 2326 10.12). */
  | 'interleave'
  /** TCP or UDP makes a segment or datagram. */
  | 'segment'
  /** IP puts its header in front. */
  | 'packet'
  /** The frame waits at layer 2 (of a host or router) for an ARP answer. */
  | 'resolve'
  /** Ethernet puts header and FCS around. */
  | 'frame'
  /** The frame waits for the cable. */
  | 'queue'
  /** The bits are on the cable. */
  | 'bits'
  /** A switch reads the addresses and passes the frame on. */
  | 'switch'
  /** A router takes a frame apart, changes the packet, and frames it again. */
  | 'routerIn' | 'route' | 'routerOut'
  /** A host reads upwards. */
  | 'hostLink' | 'hostNetwork' | 'hostTransport'
  /** The `$` and the channel tell what the next octets of the connection are. */
  | 'deinterleave'
  /** The message is complete and goes to the application. */
  | 'deliver'
  /** The picture that it was part of is shown. */
  | 'shown'
  /** It is lost or dropped here. */
  | 'drop'

/** One event of what is followed. */
export interface Step {
  /** When it happens. */
  at: Nanos
  kind: StepKind
  /** The device where it happens; for bits on a cable the one that sends. */
  node: number
  layer: Layer
  message: MessageRow | null
  frame: FrameRow | null
  /** The cable: for steps on a cable and at the port before it. */
  hop: HopRow | null
  receipt: ReceiptRow | null
  picture: PictureRow | null
  /** A router's new frame. */
  next: FrameRow | null
  /** Which step filter leaves it out. */
  filter: 'acks' | 'arp' | null
  /** It belongs to the exchange beside the followed message (ARP, ACK), not to itself. */
  aside: boolean
}

/** All known events of what is followed. */
export interface Journey {
  subject: Subject
  /** By time; the events that have happened as far as they are known. */
  steps: Step[]
  /** Nothing more can happen to it. */
  finished: boolean
}

/** A wait at a port shorter than this is no step of its own. */
const SHORT_WAIT: Nanos = 10_000
/** How long after its delivery a picture or an ACK may follow. */
const AFTERMATH: Nanos = 600_000_000

/**
 * Derives the events of a message or frame from the trace. Of the copies of what goes to a group
 * the one that reaches `client` is followed, where it does.
 */
export function journey(trace: Trace, topology: Topology, subject: Subject, client: number | null = null): Journey {
  const builder = new Builder(trace, topology, client)
  const finished = subject.kind === 'message' ? builder.message(subject.id) : builder.single(subject.id)
  const steps = builder.steps.filter((step) => step.at <= trace.live)
  steps.sort((a, b) => a.at - b.at)
  return { subject, steps, finished: finished && steps.length === builder.steps.length }
}

/** An RTP or RTCP packet that travels inside an RTSP connection, behind `$`, channel and length. */
export function isInterleaved(message: MessageRow): boolean {
  return message.transport.kind === 'tcp' && (message.what.kind === 'rtp' || message.what.kind === 'rtcp')
}

/** The frame that a host made, of a frame that routers may have rewritten. */
export function rootFrame(trace: Trace, frame: FrameRow): FrameRow {
  let root = frame
  for (let guard = 0; root.parent !== null && guard < 64; guard += 1) {
    const parent = trace.frame(root.parent)
    if (!parent) break
    root = parent
  }
  return root
}

/** How far a frame came. */
type End = 'accepted' | 'dropped' | 'unwanted' | 'underway'

interface Way {
  steps: Step[]
  end: End
  /** The device where it came to its end, where it did. */
  at?: number
}

class Builder {
  readonly steps: Step[] = []
  #trace: Trace
  #nodes = new Map<number, Node>()
  #ends = new Map<number, [number, number]>()
  #client: number | null
  #message: MessageRow | null = null
  #filter: Step['filter'] = null

  constructor(trace: Trace, topology: Topology, client: number | null) {
    this.#trace = trace
    this.#client = client
    for (const node of topology.nodes) this.#nodes.set(node.id, node)
    for (const link of topology.links) this.#ends.set(link.id, [link.a, link.b])
  }

  /** A message's events; answers whether nothing more can come. */
  message(id: Id): boolean {
    const message = this.#trace.message(id)
    if (!message) return false
    this.#message = message
    const what = message.what.kind
    const delivery = this.#trace.delivery(id, this.#client)
    const frames = [...this.#trace.framesOf(id)].sort((a, b) => a.at - b.at)
    const interleaved = isInterleaved(message)
    // A segment may carry several packets: which octets are this one's only its frame tells.
    const frame = interleaved ? (frames[0] ?? null) : null
    this.#push({ at: message.at, kind: 'compose', node: message.from, layer: 7, frame })
    if (what !== 'rtcp' && what !== 'unknown') this.#push({ at: message.at, kind: 'format', node: message.from, layer: 6, frame })
    if (interleaved) this.#push({ at: message.at, kind: 'interleave', node: message.from, layer: 5, frame })

    const full = this.#wholly(message, frames, delivery)
    let end: End = 'underway'
    const fragments = message.transport.kind === 'udp' && frames.length > 1
    for (const frame of frames) {
      if (fragments) {
        end = this.#fragment(frame, frame === frames[0], full.has(frame.id), end)
      } else if (full.has(frame.id)) {
        end = this.#send(frame)
      } else {
        // Another segment of the same message: only that it was sent, and if it was lost.
        const way = this.#way(frame)
        this.#push({ at: frame.at, kind: 'segment', node: frame.node, layer: 4, frame })
        this.steps.push(...way.steps.filter((s) => s.kind === 'drop'))
      }
    }
    if (delivery) {
      const frame = (delivery.frame === null ? null : this.#trace.frame(delivery.frame)) ?? frames.at(-1) ?? null
      if (interleaved) this.#push({ at: delivery.at, kind: 'deinterleave', node: delivery.node, layer: 5, frame })
      this.#push({ at: delivery.at, kind: 'deliver', node: delivery.node, layer: 7, frame })
      if (message.transport.kind === 'tcp') this.#acknowledgement(delivery, message.transport.connection)
    }
    if (what === 'rtp') {
      const over = delivery !== undefined || (end === 'dropped' && message.transport.kind === 'udp')
      const picture = over ? this.#picture(message) : undefined
      if (picture) this.#push({ at: picture.at, kind: 'shown', node: picture.client, layer: 7, frame: frames.at(-1) ?? null, picture })
      const last = this.steps.at(-1)?.at ?? message.at
      return over && (picture !== undefined || this.#trace.live > last + AFTERMATH)
    }
    return delivery !== undefined || (end === 'dropped' && message.transport.kind === 'udp')
  }

  /** One of a datagram's fragments: only the last one's whole way is shown; of the others that they were made, and if they were lost. */
  #fragment(frame: FrameRow, first: boolean, whole: boolean, before: End): End {
    const way = this.#way(frame)
    // UDP made the datagram once, with its header in the first fragment.
    if (first) this.#push({ at: frame.at, kind: 'segment', node: frame.node, layer: 4, frame })
    const shown = (step: Step): boolean => (whole ? step.kind !== 'segment' : step.kind === 'packet' || step.kind === 'drop')
    this.steps.push(...way.steps.filter(shown))
    // One lost fragment is enough to lose the datagram.
    return before === 'dropped' ? before : way.end
  }

  /** The events of one frame that carries no message of its own. */
  single(id: Id): boolean {
    const frame = this.#trace.frame(id)
    if (!frame) return false
    const end = this.#send(rootFrame(this.#trace, frame))
    return end !== 'underway'
  }

  /** The frames whose whole way is shown: those that carry the message's last octet. */
  #wholly(message: MessageRow, frames: readonly FrameRow[], delivery: DeliveryRow | undefined): Set<Id> {
    const ids = new Set<Id>()
    const transport = message.transport
    for (const frame of frames) {
      if (transport.kind === 'udp' || frame.carried.kind !== 'tcp') ids.add(frame.id)
      else if (frame.carried.end >= transport.end && frame.carried.start < transport.end) ids.add(frame.id)
    }
    if (transport.kind === 'udp' && frames.length > 1) {
      // Fragments: the last one completes the datagram.
      ids.clear()
      const last = frames.at(-1)
      if (last) ids.add(last.id)
    }
    const last = delivery?.frame == null ? undefined : this.#trace.frame(delivery.frame)
    if (last) ids.add(rootFrame(this.#trace, last).id)
    // Nothing has its last octet yet: show what there is.
    const first = frames[0]
    if (ids.size === 0 && first) ids.add(first.id)
    return ids
  }

  /** All events of a frame from the layer that made it; answers how far it came. */
  #send(frame: FrameRow): End {
    const way = this.#way(frame)
    this.steps.push(...way.steps)
    return way.end
  }

  #way(frame: FrameRow): Way {
    const steps: Step[] = []
    const delay = this.#delay(frame.node)
    const hop = this.#firstHop(frame)
    const queued = hop?.queued ?? frame.at + 3 * delay
    const within = (at: Nanos): Nanos => Math.min(at, queued)
    const carried = frame.carried.kind
    const add = (step: Partial<Step> & Pick<Step, 'at' | 'kind' | 'layer'>): void => {
      steps.push(this.#step({ node: frame.node, frame, hop, ...step }))
    }
    if (carried === 'arp') {
      add({ at: frame.at, kind: 'frame', layer: 2 })
    } else {
      if (carried === 'icmp' || carried === 'igmp') add({ at: frame.at, kind: 'packet', layer: 3 })
      else {
        add({ at: frame.at, kind: 'segment', layer: 4 })
        add({ at: within(frame.at + delay), kind: 'packet', layer: 3 })
      }
      const late = hop ? hop.queued - (frame.at + 3 * delay) : 0
      if (late > delay || (!hop && this.#trace.live > frame.at + 3 * delay)) {
        // It waited for an address: the exchange is beside it, and hidden by its filter.
        add({ at: frame.at + 2 * delay, kind: 'resolve', layer: 2 })
        steps.push(...this.#arp(frame.node, frame.at, queued))
        if (hop) add({ at: hop.queued, kind: 'frame', layer: 2 })
      } else add({ at: within(frame.at + 2 * delay), kind: 'frame', layer: 2 })
    }
    if (!hop) return { steps, end: 'underway' }
    const rest = this.#over(frame, hop)
    steps.push(...rest.steps)
    return { ...rest, steps }
  }

  /** From the port over the cable and through what is behind it. */
  #over(frame: FrameRow, hop: HopRow): Way {
    const steps: Step[] = []
    const add = (step: Partial<Step> & Pick<Step, 'at' | 'kind' | 'layer' | 'node'>): void => {
      steps.push(this.#step({ frame, hop, ...step }))
    }
    if (hop.fate && !lostOnCable(hop.fate)) {
      add({ at: hop.queued, kind: 'drop', node: hop.from, layer: 1 })
      return { steps, end: 'dropped' }
    }
    if (hop.start - hop.queued > SHORT_WAIT) add({ at: hop.queued, kind: 'queue', node: hop.from, layer: 1 })
    add({ at: hop.start, kind: 'bits', node: hop.from, layer: 1 })
    if (hop.fate) {
      add({ at: hop.arrive, kind: 'drop', node: hop.from, layer: 1 })
      return { steps, end: 'dropped' }
    }
    const node = this.#otherEnd(hop)
    const receipt = this.#trace.receipts(frame.id).find((r) => r.node === node && r.arrive === hop.arrive)
    if (!receipt) return { steps, end: 'underway' }
    const behind = this.#receive(frame, hop, receipt)
    steps.push(...behind.steps)
    return { ...behind, steps }
  }

  /** What a device does with a frame that reached it, and where it goes from there. */
  #receive(frame: FrameRow, hop: HopRow, receipt: ReceiptRow): Way {
    const steps: Step[] = []
    const { node, outcome, arrive } = receipt
    const kind = this.#nodes.get(node)?.kind
    const delay = this.#delay(node)
    const add = (step: Partial<Step> & Pick<Step, 'at' | 'kind' | 'layer'>): void => {
      steps.push(this.#step({ node, frame, hop, receipt, ...step }))
    }
    // The device had done with the frame at its highest layer; the ones below came a layer's time earlier each.
    const up = (top: number): void => {
      const before = (layers: number): Nanos => Math.max(arrive, receipt.at - layers * delay)
      if (kind === 'router') {
        if (top > 2) add({ at: before(top - 2), kind: 'routerIn', layer: 2 })
      } else if (kind !== 'switch') {
        if (top > 2) add({ at: before(Math.min(top, 4) - 2), kind: 'hostLink', layer: 2 })
        if (top > 3) add({ at: before(1), kind: 'hostNetwork', layer: 3 })
      }
    }
    switch (outcome.kind) {
      case 'switched':
      case 'flooded': {
        const out = this.#hopsFrom(frame, node, hop.link)
        // Where a tag comes or goes, the switch sends a frame of its own (IEEE 802.1Q).
        const copies = this.#trace.children(frame.id).filter((copy) => copy.node === node)
        add({ at: receipt.at, kind: 'switch', layer: 2, hop: out[0] ?? hop, next: copies[0] ?? null })
        return this.#best(steps, [...out.map((h) => this.#over(frame, h)), ...copies.map((copy) => this.#retagged(node, copy))], 'underway')
      }
      case 'routed':
      case 'awaitingArp': {
        up(3)
        const next = outcome.kind === 'routed' ? this.#trace.frame(outcome.frame) : this.#trace.children(frame.id)[0]
        if (outcome.kind === 'awaitingArp') {
          add({ at: receipt.at, kind: 'resolve', layer: 3 })
          steps.push(...this.#arp(node, receipt.at, next?.at ?? this.#trace.live))
        }
        if (!next) return { steps, end: 'underway' }
        // A packet for a group leaves in a frame of its own on each network that has members.
        const copies = outcome.kind === 'routed' ? this.#trace.children(frame.id).filter((f) => f.node === node) : [next]
        return this.#best(steps, (copies.length > 0 ? copies : [next]).map((copy) => this.#routed(node, copy, frame, hop, receipt)), 'underway')
      }
      case 'accepted': {
        const top = outcome.layer
        up(top)
        if (kind === 'router') add({ at: receipt.at, kind: 'routerIn', layer: top >= 3 ? 3 : 2 })
        else if (top <= 2) add({ at: receipt.at, kind: 'hostLink', layer: 2 })
        else if (top === 3) add({ at: receipt.at, kind: 'hostNetwork', layer: 3 })
        else add({ at: receipt.at, kind: 'hostTransport', layer: 4 })
        return { steps, end: 'accepted', at: node }
      }
      case 'notForMe': {
        add({ at: receipt.at, kind: kind === 'router' ? 'routerIn' : 'hostLink', layer: 2 })
        return { steps, end: 'unwanted', at: node }
      }
      case 'dropped': {
        const layer = kind === 'switch' ? 2 : dropLayer(outcome.reason)
        up(layer)
        add({ at: receipt.at, kind: 'drop', layer })
        return { steps, end: 'dropped', at: node }
      }
    }
  }

  /** The frame that a switch has put a tag into, or taken one out of, and its way. */
  #retagged(node: number, copy: FrameRow): Way {
    const out = this.#firstHop(copy)
    const steps = [this.#step({ at: copy.at, kind: 'frame', layer: 2, node, frame: copy, hop: out })]
    if (!out) return { steps, end: 'underway' }
    const rest = this.#over(copy, out)
    return { ...rest, steps: [...steps, ...rest.steps] }
  }

  /** A router's new frame, and its way. */
  #routed(node: number, next: FrameRow, frame: FrameRow, hop: HopRow, receipt: ReceiptRow): Way {
    const out = this.#firstHop(next)
    const at = Math.min(next.at + this.#delay(node), out?.queued ?? Infinity)
    const steps = [
      this.#step({ at: next.at, kind: 'route', layer: 3, node, frame, hop, receipt, next }),
      this.#step({ at, kind: 'routerOut', layer: 2, node, frame: next, hop: out ?? hop }),
    ]
    if (!out) return { steps, end: 'underway' }
    const rest = this.#over(next, out)
    return { ...rest, steps: [...steps, ...rest.steps] }
  }

  /** Of several branches (a flooded frame, copies for a group) the followed client's, or one that somebody wanted. */
  #best(before: Step[], ways: Way[], none: End): Way {
    const order: End[] = ['accepted', 'underway', 'dropped', 'unwanted']
    const own = ways.find((way) => way.at !== undefined && way.at === this.#client && way.end !== 'unwanted') ?? ways.find((way) => this.#asked(way))
    const best = own ?? [...ways].sort((a, b) => order.indexOf(a.end) - order.indexOf(b.end))[0]
    return best ? { ...best, steps: [...before, ...best.steps] } : { steps: before, end: none }
  }

  /** The way of an ARP question to the one whose address is asked for: many hear it. */
  #asked({ at, steps }: Way): boolean {
    const carried = steps.at(-1)?.frame?.carried
    return carried?.kind === 'arp' && (this.#nodes.get(at ?? -1)?.interfaces.some((one) => one.ip === carried.target) ?? false)
  }

  /** Question and answer that a frame waited for at `node`. */
  #arp(node: number, from: Nanos, to: Nanos): Step[] {
    const frames = this.#trace.segments(from, to + 1).flatMap((s) => s.frames)
      .filter((f) => f.carried.kind === 'arp' && f.at >= from && f.at <= to)
    const question = frames.find((f) => f.node === node && f.cause.kind === 'resolve')
    if (!question) return []
    const target = question.carried.kind === 'arp' ? question.carried.target : ''
    const owner = [...this.#nodes.values()].find((n) => n.interfaces.some((i) => i.ip === target))
    const answer = frames.find((f) => f.cause.kind === 'arpReply' && f.node === owner?.id && f.at >= question.at)
    const before = this.#filter
    this.#filter = 'arp'
    const steps = [question, ...(answer ? [answer] : [])].flatMap((f) => this.#way(f).steps)
    this.#filter = before
    return steps
  }

  /** The segment that acknowledges the message without data of its own. */
  #acknowledgement(delivery: DeliveryRow, connection: number): void {
    const frame = this.#trace.segments(delivery.at, delivery.at + AFTERMATH).flatMap((s) => s.frames)
      .find((f) => f.at >= delivery.at && f.node === delivery.node && f.parent === null
        && f.carried.kind === 'tcp' && f.carried.connection === connection)
    if (!frame || frame.carried.kind !== 'tcp' || frame.carried.start !== frame.carried.end || frame.cause.kind !== 'ack') return
    this.#filter = 'acks'
    this.steps.push(...this.#way(frame).steps)
    this.#filter = null
  }

  #picture(message: MessageRow): PictureRow | undefined {
    const known = this.#trace.pictureOf(message.id, message.to ?? this.#client)
    if (known || message.what.kind !== 'rtp') return known
    const { timestamp } = message.what
    const to = message.to ?? this.#client
    // A lost packet fills no slot; its picture has the same timestamp.
    for (const segment of this.#trace.segments(message.at, message.at + 2 * AFTERMATH)) {
      const found = segment.pictures.find((p) => p.timestamp === timestamp && p.client === to && p.at >= message.at)
      if (found) return found
    }
    return undefined
  }

  #push(step: Partial<Step> & Pick<Step, 'at' | 'kind' | 'node' | 'layer'>): void {
    this.steps.push(this.#step(step))
  }

  #step(step: Partial<Step> & Pick<Step, 'at' | 'kind' | 'node' | 'layer'>): Step {
    return {
      message: this.#filter === null ? this.#message : null, frame: null, hop: null, receipt: null, picture: null, next: null,
      filter: this.#filter, aside: this.#filter !== null, ...step,
    }
  }

  #delay(node: number): Nanos {
    return this.#nodes.get(node)?.layerDelay ?? 0
  }

  #otherEnd(hop: HopRow): number {
    const [a, b] = this.#ends.get(hop.link) ?? [hop.from, hop.from]
    return a === hop.from ? b : a
  }

  #firstHop(frame: FrameRow): HopRow | null {
    return this.#trace.hops(frame.id).find((h) => h.from === frame.node) ?? null
  }

  #hopsFrom(frame: FrameRow, node: number, except: number): HopRow[] {
    return this.#trace.hops(frame.id).filter((h) => h.from === node && h.link !== except)
  }
}

/** The layer whose check fails for a reason of the tape. */
export function dropLayer(reason: string): Layer {
  switch (reason) {
    case 'badIpChecksum':
    case 'ttl':
    case 'noRoute':
    case 'noMembers':
    case 'localGroup':
    case 'wrongSide':
    case 'notOurAddress':
    case 'badSource':
      return 3
    case 'badTransportChecksum':
    case 'portClosed':
    case 'duplicate':
      return 4
    default:
      return 2
  }
}
