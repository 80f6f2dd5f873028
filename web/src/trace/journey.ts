import type { FrameRow, HopRow, Id, MessageRow, Nanos, PictureRow, ReceiptRow } from '../wire'

/** What is followed: a message down and up the layers, or one frame on its way. */
export type Subject = { kind: 'message'; id: Id } | { kind: 'frame'; id: Id }

/** An OSI layer, 1 to 7. */
export type Layer = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** What happens in a step. */
export type StepKind =
  | 'compose' | 'format' | 'segment' | 'packet' | 'frame' | 'resolve' | 'queue' | 'bits'
  | 'switch' | 'routerIn' | 'route' | 'routerOut' | 'await'
  | 'hostLink' | 'hostNetwork' | 'hostTransport' | 'deliver' | 'shown' | 'drop'

/** One event of what is followed. */
export interface Step {
  /** When it happens. */
  at: Nanos
  kind: StepKind
  /** The device where it happens; for bits on a cable the one that sends. */
  node: number
  layer: Layer
  /** The headers are being added (down), read (up) or exchanged at a device between. */
  way: 'down' | 'up' | 'across'
  message: MessageRow | null
  frame: FrameRow | null
  /** The cable and times of a step on a cable, or the one the device sends by next. */
  hop: HopRow | null
  receipt: ReceiptRow | null
  picture: PictureRow | null
  /** The frame as it is after a router's work. */
  next: FrameRow | null
  /** True for an event that the step filters leave out. */
  filtered: boolean
}

/** All known events of what is followed. */
export interface Journey {
  subject: Subject
  /** By time; the events known so far. */
  steps: Step[]
  /** Nothing more can happen to it. */
  finished: boolean
}
