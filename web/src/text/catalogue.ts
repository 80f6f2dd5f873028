import type { BlockKind, Fact, Pdu } from '../scene'
import type { Nanos, RequestMethod } from '../wire'
import type { Layer } from '../trace'
import type { ChartWords } from './en-charts'
import type { DeviceWords } from './en-devices'
import type { CaptureWords } from './en-capture'
import type { DownloadWords } from './en-download'
import type { ForkWords } from './en-fork'
import type { FrameWords } from './en-frame'
import type { LadderWords } from './en-ladder'
import type { LessonWords } from './en-lesson'
import type { NoticeWords } from './en-notices'
import type { PacketWords } from './en-packets'
import type { PaletteWords } from './en-palette'
import type { ProofWords } from './en-proof'
import type { ShelfWords } from './en-shelf'
import type { SheetWords } from './en-sheets'
import type { StageWords } from './en-stage'
import type { TimelineWords } from './en-timeline'
import type { VideoWords } from './en-video'
import type { TimeWords } from './en-time'
import type { WeatherWords } from './en-weather'
import type { WireWords } from './en-wire'

/** What the caption says when no step is shown. */
export type FilmFact =
  | { kind: 'connecting' }
  | { kind: 'nothingYet' }
  | { kind: 'arranging' }
  /** `from`: the real server that sends; the simulated one where it is absent. Media flowed all through the last whole second: so many packets, and of so many each picture in it; so many pictures were shown that lack some. */
  | { kind: 'pictures'; from: string | null; least: number; most: number; rate: number; holes: number }
  /** Media flows; `rate` is `null` while no whole second of it has passed. */
  | { kind: 'packets'; from: string | null; rate: number | null }
  /** A client will publish, and client and server agree on how. */
  | { kind: 'announcing' }
  /** A client publishes: so many packets in the last second. `who`: a program's name. */
  | { kind: 'publishing'; who: string | null; path: string | null; rate: number }
  | { kind: 'quiet' }
  /** PLAY was accepted and nothing comes, though the clip is not over. */
  | { kind: 'silent'; overTcp: boolean }
  /** The clip has played to its end. */
  | { kind: 'clipOver' }
  /** A program outside that took part has gone. */
  | { kind: 'left'; who: string | null }
  /** The last request was refused, and nothing came after it. */
  | { kind: 'refused'; method: string; status: number; reason: string }
  | { kind: 'ended' }
  /** TCP's head of line: octets of the stream to the client are missing, and what came after them waits. */
  | { kind: 'stalled'; start: number; end: number; cable: string | null; since: Nanos }
  | { kind: 'still' }
  /** Time runs slowly and nothing is under way; `due`: the next picture in so much simulated time, `wait` in that of the person. */
  | { kind: 'between'; due: Nanos | null; wait: Nanos | null }
  /** Event by event, and the next one has not happened yet. */
  | { kind: 'beats' }

/**
 * Every sentence and label of stage, strip, caption and controls. A language is one file that
 * fills this; captions keep to 160 characters in every one.
 */
export interface Catalogue {
  caption(fact: Fact): string
  film(fact: FilmFact): string
  /** Nothing more happens to what is followed. */
  over(frame: boolean): string
  waiting: string
  layerName(layer: Layer): string
  /** `Layer 7`, before what belongs to it. */
  layerNumber(number: number | string): string
  /** Beside the changed values over the bar. */
  bench: Record<'checksum' | 'ttl' | 'received' | 'computed', string>
  blockName(kind: BlockKind): string
  blockShort(kind: BlockKind): string
  /** Bytes in a block: `20 B`. */
  octets(bytes: number): string
  /** Over the stack of a host that stands for a program or a server outside. */
  standsFor: { client: string; server: string }
  pdu(pdu: Pdu, bytes: number): string
  /** Over a lost frame's bar: the RTP packet in it, and who dropped it (`null`: the cable). */
  lostTitle(packet: number | null, where: string | null): string
  dataFor(header: BlockKind): string
  untouched: string
  step(n: number, of: number | null): string[]
  hidden(n: number): string
  invitation: readonly [string, string]
  /** The same where the film stands above the stage. */
  invitationBelow: readonly [string, string]
  followOne: string
  stopHere: string
  letRun: string
  /** Under the state of a client whose past is shown: why no request can be sent. */
  behindRemote: string
  legendTitle: string
  legendHint: string
  legend: Record<'7' | '4' | '3' | '2' | '1' | 'media' | 'lost', string>
  time: Record<'play' | 'pause' | 'forward' | 'back' | 'size' | 'speed', string>
  sizes: Record<'layer' | 'hop' | 'message' | 'picture' | 'stop', string>
  speeds: (speed: number | 'beats') => string
  filters: { open: string; title: string; acks: string; arp: string; rtcp: string; keys: string }
  picture: (number: number) => string
  /** Beside the header of a lost RTP packet, in two lines. */
  neverReceived: (sequence: number) => string[]
  nextMessage: string
  nextProblem: string
  ports: (protocol: string, port: number) => string
  requestLabel: (method: RequestMethod) => string
  /** For a screen reader: `Step 3 of 9. Client, layer 4, transport.` */
  spoken(n: number, of: number | null, place: string, layer: Layer, five: boolean): string
  devices: DeviceWords
  stage: StageWords
  sheets: SheetWords
  wire: WireWords
  /** What a router changes in a packet. */
  nat: Record<'source' | 'destination' | 'hopLimit', string>
  weather: WeatherWords
  fork: ForkWords
  ladder: LadderWords
  lesson: LessonWords
  charts: ChartWords
  moments: TimeWords
  capture: CaptureWords
  download: DownloadWords
  proof: ProofWords
  frame: FrameWords
  video: VideoWords
  shelf: ShelfWords
  timeline: TimelineWords
  notice: NoticeWords
  packets: PacketWords
  palette: PaletteWords
  /** The page’s keys, for the help. */
  keys: readonly { keys: string; does: string }[]
  /** Keys as they are called on this language’s keyboards: `Ctrl + K`. */
  press(keys: string): string
  /** What the page’s state and the server say in English sentences of their own, in this language where it is known. */
  heard(sentence: string): string
  /** In the middle of a sentence: `RTP packet 4715`, `this packet`. */
  packetName(sequence: number | null): string
  dissection: DissectionWords
  /** A field as a display filter: the button, its explanation, and how it went. */
  filter: Record<'copy' | 'hint' | 'copied' | 'failed', string>
  fields: { title: (name: string, bytes: number) => string; lost: (name: string) => string; waiting: string; cut: string; none: string }
}

/** What the server's dissection says, which is English, in the page's language. */
export interface DissectionWords {
  /** The name of a field, long or short; as it is where it is not known. */
  label(english: string): string
  value(english: string): string
  /** What a field means, or one line about a layer; `null` where it is not known. */
  sentence(english: string): string | null
}
