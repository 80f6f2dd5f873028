import type { BlockKind, Pdu } from '../scene'
import type { Catalogue, FilmFact } from './catalogue'
import { count, span } from './clock'
import { caption } from './en-captions'
import { charts } from './en-charts'
import { devices } from './en-devices'
import { capture } from './en-capture'
import { download } from './en-download'
import { fork } from './en-fork'
import { frame } from './en-frame'
import { ladder } from './en-ladder'
import { lesson } from './en-lesson'
import { notice } from './en-notices'
import { packets } from './en-packets'
import { palette } from './en-palette'
import { proof } from './en-proof'
import { shelf } from './en-shelf'
import { sheets } from './en-sheets'
import { stage } from './en-stage'
import { time as moments } from './en-time'
import { timeline } from './en-timeline'
import { video } from './en-video'
import { weather } from './en-weather'
import { wire } from './en-wire'
import { KEYS } from './keys'

const LAYERS = { 7: 'Application', 6: 'Presentation', 5: 'Session', 4: 'Transport', 3: 'Network', 2: 'Data link', 1: 'Physical' } as const

const BLOCKS: Record<BlockKind, readonly [string, string]> = {
  eth: ['Ethernet', 'Eth'], vlan: ['VLAN', 'Tag'], ipv6: ['IPv6', 'IPv6'], icmpv6: ['ICMPv6', 'ICMP6'], arp: ['ARP', 'ARP'], ip: ['IP', 'IP'], icmp: ['ICMP', 'ICMP'], igmp: ['IGMP', 'IGMP'], udp: ['UDP', 'UDP'], tcp: ['TCP', 'TCP'],
  framing: ['$', '$'], rtsp: ['RTSP', 'RTSP'], sdp: ['SDP', 'SDP'], rtp: ['RTP', 'RTP'], rtcp: ['RTCP', 'RTCP'], jpeg: ['JPEG', 'JPG'],
  picture: ['picture', 'pic'], data: ['data', 'data'], padding: ['padding', 'pad'], fcs: ['FCS', 'FCS'],
}

const PDUS: Record<Pdu, string> = {
  message: 'RTSP message', rtp: 'RTP packet', rtcp: 'RTCP packet', interleaved: 'Interleaved packet', picture: 'Piece of the picture', segment: 'TCP segment', datagram: 'UDP datagram',
  icmpv6: 'ICMPv6 message', packet: 'IP packet', icmp: 'ICMP message', arp: 'ARP message', frame: 'Ethernet frame', bits: 'Ethernet frame',
}

const sender = (name: string | null): string => (name === null ? 'The server' : `The real server ${name}`)

function film(f: FilmFact): string {
  switch (f.kind) {
    case 'connecting': return 'Looking for Layercast: the page shows a network that it runs.'
    case 'nothingYet': return 'Nothing has been sent yet. The client will ask who the router is, then open a connection to the server.'
    case 'arranging': return 'Client and server arrange everything in RTSP words first. Pictures come when PLAY is accepted.'
    case 'pictures': return f.most === 1
      ? `${sender(f.from)} sends each picture in one packet, ${count(f.rate)} in the last second. The client shows them.`
      : `${sender(f.from)} cuts each picture into ${f.least === f.most ? '' : `${f.least} ${f.most === f.least + 1 ? 'or' : 'to'} `}${f.most} packets, ${count(f.rate)} in the last second. ${f.holes === 0 ? 'The client puts them together again.' : `Some were lost: ${f.holes === 1 ? 'a picture has' : `${f.holes} pictures have`} holes.`}`
    case 'announcing': return 'Client and server arrange everything in RTSP words first. Media flows to the server when RECORD is accepted.'
    case 'publishing': return `${f.who ?? 'The client'} sends its media to the server: ${count(f.rate)} packets in the last second. The server passes them on to whoever plays ${f.path ?? 'this stream'}.`
    case 'packets': return `${sender(f.from)} sends ${f.rate === null ? 'media packets' : `media: ${count(f.rate)} packets in the last second`}. The client puts pictures together from them again and shows them.`
    case 'quiet': return 'No media flows now. A PLAY request lets the server send.'
    case 'silent': return f.overTcp
      ? 'The session plays, but nothing has come for half a second: TCP sends on when an acknowledgement comes or its timer runs out.'
      : 'The session plays, but nothing has come for half a second. UDP tells nobody what became of its packets.'
    case 'clipOver': return 'What was played is over, so no media flows now. The client asks for a clip again soon.'
    case 'refused': return f.status === 401
      ? `The server answered ${f.method} with 401: it wants a name and a password. They stand in the address in front of the host: NAME:PASSWORD@host.`
      : `The server answered ${f.method} with ${f.status} ${f.reason}, so no media flows. The two messages tell more, step by step.`
    case 'left': return `${f.who ?? 'The program'} has left, so no media comes to it any more. What it sent and received stays: go back in time to step through it.`
    case 'ended': return 'The session is over: the client sent TEARDOWN, and the server has forgotten it.'
    case 'between': return f.due === null || f.wait === null
      ? 'Nothing is under way at this moment: time runs slowly until the next event. Step forward goes there at once.'
      : `Nothing is under way. The next picture is due in about ${span(f.due)}: ${span(f.wait)} at this speed. Step forward goes there at once.`
    case 'beats': return 'Everything known has been shown, one event a beat. The next event has not happened yet: it is waited for.'
    case 'stalled': return `Nothing new for ${span(f.since)}: TCP waits for octets ${count(f.start)} to ${count(f.end - 1)}${f.cable === null ? ', which are late' : `, lost on cable ${f.cable}`}. What came after them is here, but may not pass.`
    case 'still': return 'Time stands still. One step forward follows the next message down and up the layers.'
  }
}

/** English. */
export const en: Catalogue = {
  caption,
  film,
  over: (frame) => `Nothing more happens to this ${frame ? 'frame' : 'message'}.`,
  waiting: 'Waiting for the next event.',
  layerName: (layer) => LAYERS[layer],
  layerNumber: (number) => `Layer ${number}`,
  bench: { checksum: 'checksum', ttl: 'TTL', received: 'FCS received', computed: 'computed' },
  blockName: (kind) => BLOCKS[kind][0],
  blockShort: (kind) => BLOCKS[kind][1],
  standsFor: { client: 'a real program', server: 'a real server' },
  octets: (bytes) => `${count(bytes)} B`,
  pdu: (pdu, bytes) => `${PDUS[pdu]}, ${count(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`,
  lostTitle: (packet, where) => `Frame${packet === null ? '' : ` of RTP packet ${packet}`}, ${where === null ? 'lost on the cable' : `dropped by ${where}`}`,
  dataFor: (header) => `data for ${BLOCKS[header][0]}`,
  untouched: 'untouched',
  step: (n, of) => ['step', of === null ? String(n) : `${n} of ${of}`],
  hidden: (n) => `${count(n)} hidden`,
  invitation: ['Every picture on the left', 'came through these layers.'],
  invitationBelow: ['Every picture above', 'came through these layers.'],
  followOne: 'Follow one message',
  stopHere: 'Stop here',
  letRun: 'Let time run',
  behindRemote: 'This is the past. Go live to send a request.',
  legendTitle: 'One colour for each layer',
  legendHint: 'Stop, then pick a packet: its bytes appear here.',
  legend: { 7: 'RTSP, RTP', 4: 'TCP, UDP', 3: 'IP', 2: 'Ethernet', 1: 'bits', media: 'picture', lost: 'lost' },
  time: { play: 'Play', pause: 'Pause', forward: 'Step forward', back: 'Step back', size: 'Step size', speed: 'Speed' },
  sizes: { layer: 'by layer', hop: 'by hop', message: 'by message', picture: 'by picture', stop: 'by stop' },
  speeds: (speed) => (speed === 'beats' ? 'beats' : speed === 1 ? '1×' : `1/${Math.round(1 / speed)}×`),
  filters: {
    open: 'filters', title: 'Steps leave out', acks: 'ACKs without data', arp: 'ARP', rtcp: 'RTCP reports', keys: 'Letter keys',
  },
  picture: (number) => `picture ${number}`,
  neverReceived: (sequence) => ['The client never receives these bytes.', `It notices a gap in the numbers after ${(sequence + 65535) % 65536}.`],
  nextMessage: 'Next message',
  nextProblem: 'Next problem',
  ports: (protocol, port) => `${protocol} ${port}`,
  requestLabel: (method) => `${method} request`,
  spoken: (n, of, place, layer, five) => {
    const upper = five && layer >= 5
    return `Step ${n}${of === null ? '' : ` of ${of}`}. ${place}, layer ${upper ? 5 : layer}, ${LAYERS[upper ? 7 : layer].toLowerCase()}.`
  },
  stage,
  sheets,
  wire,
  nat: { source: 'source', destination: 'destination', hopLimit: 'hop limit' },
  devices,
  weather,
  fork,
  ladder,
  lesson,
  charts,
  moments,
  capture,
  download,
  proof,
  frame,
  video,
  shelf,
  timeline,
  notice,
  packets,
  palette,
  keys: KEYS,
  press: (keys) => keys,
  heard: (sentence) => sentence,
  packetName: (sequence) => (sequence === null ? 'this packet' : `RTP packet ${sequence}`),
  dissection: { label: (english) => english, value: (english) => english, sentence: (english) => english },
  filter: { copy: 'Copy filter', hint: 'Copy as a display filter of Wireshark (F)', copied: 'Copied', failed: 'The browser forbids copying: mark the words' },
  fields: {
    title: (name, bytes) => `${name}: ${count(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`,
    lost: (name) => `${name} of the lost packet`,
    waiting: 'The bytes are on their way.',
    cut: 'IP cuts these bytes into fragments. The steps below show each piece; the last one shows them put together.',
    none: 'This step adds no bytes.',
  },
}
