// A line of words for everything that crossed the network, for the list of packets.

import { messagesIn, type Subject } from '../trace'
import type { FrameRow, MessageRow, Nanos } from '../wire'
import { words } from './index'

/** One line of the list. */
export interface PacketLine {
  subject: Subject
  at: Nanos
  from: string
  to: string
  protocol: 'ARP' | 'ND' | 'ICMP' | 'ICMPv6' | 'IGMP' | 'TCP' | 'UDP' | 'RTSP' | 'RTP' | 'RTCP'
  osi: 2 | 3 | 4 | 7
  info: string
  length: number
  /** All of it in lower case, for filter and find. */
  text: string
}

/** What the lines need to know of the network. */
export interface Names {
  /** A device's name. */
  node(id: number): string
  /** The name of the other end, for a frame without a message. */
  peer(frame: FrameRow): string
}

/** A message as a line. */
export function messageLine(message: MessageRow, names: Names): PacketLine {
  const protocol = protocolOf(message)
  return finish({
    subject: { kind: 'message', id: message.id },
    at: message.at,
    from: names.node(message.from),
    to: message.to === null ? words.packets.outside : names.node(message.to),
    protocol,
    osi: protocol === 'UDP' || protocol === 'TCP' ? 4 : 7,
    info: messageInfo(message),
    length: message.length,
  })
}

/**
 * A frame as a line; `null` for one that carries a message, or that a router made from another:
 * the message's own line, or the first frame's, stands for it.
 */
export function frameLine(frame: FrameRow, names: Names): PacketLine | null {
  if (frame.parent !== null || messagesIn(frame).length > 0) return null
  const carried = frame.carried
  const base = {
    subject: { kind: 'frame' as const, id: frame.id },
    at: frame.at,
    from: names.node(frame.node),
    length: frame.length,
  }
  switch (carried.kind) {
    case 'arp':
      return finish({
        ...base,
        to: carried.request ? words.packets.everyone : names.peer(frame),
        protocol: 'ARP',
        osi: 2,
        info: carried.request ? words.packets.whoHas(carried.target) : words.packets.isHere(carried.target),
      })
    case 'discovery':
      return finish({
        ...base,
        to: carried.icmpType === 135 ? words.packets.everyone : names.peer(frame),
        protocol: 'ND',
        osi: 2,
        info: carried.icmpType === 135 ? words.packets.whoHas(carried.target ?? '') : words.packets.isHere(carried.target ?? ''),
      })
    case 'icmpv6':
      return finish({
        ...base,
        to: names.peer(frame),
        protocol: 'ICMPv6',
        osi: 3,
        info: words.packets.type(carried.icmpType, carried.code),
      })
    case 'icmp':
      return finish({
        ...base,
        to: names.peer(frame),
        protocol: 'ICMP',
        osi: 3,
        info: words.packets.icmp(carried.icmpType, carried.code),
      })
    case 'igmp':
      return finish({
        ...base,
        to: carried.group ?? words.packets.everyone,
        protocol: 'IGMP',
        osi: 3,
        info: words.packets.igmp(carried.igmpType, carried.group),
      })
    case 'udp':
      return finish({
        ...base,
        to: names.peer(frame),
        protocol: 'UDP',
        osi: 4,
        info: `${carried.src} → ${carried.dst}`,
      })
    case 'tcp':
      return finish({
        ...base,
        to: names.peer(frame),
        protocol: 'TCP',
        osi: 4,
        info: `${carried.flags}${words.packets.again(frame)}, ${carried.src} → ${carried.dst}`,
      })
    case 'other':
      return null
  }
}

/** Words that name a protocol alone: `tcp` is not part of `RTCP`. */
const PROTOCOLS: readonly string[] = ['arp', 'nd', 'icmp', 'icmpv6', 'igmp', 'tcp', 'udp', 'rtsp', 'rtp', 'rtcp'] satisfies Lowercase<PacketLine['protocol']>[]

/**
 * A filter: every word must be in the line; `-word` must not be; quotes keep spaces. The name of a
 * protocol is looked for as a word of its own.
 */
export function filterOf(query: string): ((line: PacketLine) => boolean) | null {
  const asked = [...query.toLowerCase().matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)]
    .map((match) => ({ not: match[1] === '-', word: match[2] ?? match[3] ?? '' }))
    .filter((one) => one.word !== '' && one.word !== '-')
    .map(({ not, word }) => ({ not, word, alone: PROTOCOLS.includes(word) ? new RegExp(`\\b${word}\\b`) : null }))
  if (asked.length === 0) return null
  return (line) => asked.every(({ not, word, alone }) => (alone ? alone.test(line.text) : line.text.includes(word)) !== not)
}

function finish(line: Omit<PacketLine, 'text'>): PacketLine {
  return { ...line, text: `${line.from} ${line.to} ${line.protocol} ${line.info}`.toLowerCase() }
}

function protocolOf(message: MessageRow): PacketLine['protocol'] {
  switch (message.what.kind) {
    case 'request':
    case 'response':
      return 'RTSP'
    case 'rtp':
      return 'RTP'
    case 'rtcp':
      return 'RTCP'
    case 'unknown':
      return message.transport.kind === 'udp' ? 'UDP' : 'TCP'
  }
}

function messageInfo(message: MessageRow): string {
  const what = message.what
  switch (what.kind) {
    case 'request':
      return what.method
    case 'response':
      return words.packets.response(what.status, what.reason, what.method)
    case 'rtp':
      return words.packets.rtp(what)
    case 'rtcp':
      return what.types.join(' ')
    case 'unknown':
      return words.packets.unknown(message.length)
  }
}
