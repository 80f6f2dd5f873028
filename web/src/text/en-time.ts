import type { Condition } from '../scene/conditions'
import type { Nanos } from '../wire'
import { moment } from './clock'

/** The words of going to an event, of stops on the timeline, and of links to a moment. */
export interface TimeWords {
  until: string
  untilHint: string
  close: string
  ready: string
  condition(condition: Condition): string
  /** The field for an event in words of its own. */
  event: string
  example: string
  go: string
  stop: string
  searching: string
  waiting: string
  found(at: Nanos, where: string | null): string
  none: string
  wrong(column: number | null): string
  problem: string
  /** A lesson's stop on the timeline. */
  flag(number: number, title: string): string
  copyLink: string
  copied: string
  copyFailed: string
  /** The link names run `wanted`; the room plays `plays`. */
  otherRun(wanted: string, plays: string): string
  /** After a lost connection another run plays. */
  startedAgain(before: string, plays: string): string
  noFork: string
  /** Where the top bar says `Live`: a capture has been played to its end. */
  captureOver: string
}

function condition({ id, at }: Condition): string {
  switch (id) {
    case 'marker': return `last packet of a picture at ${at ?? ''}`
    case 'drop': return 'next lost frame'
    case 'again': return 'next repetition by TCP'
    case 'hole': return 'next picture with a hole'
    case 'request': return 'next RTSP request'
    case 'state': return `next state of ${at ?? ''}`
  }
}

/** English. */
export const time: TimeWords = {
  until: 'Run until',
  untilHint: 'Run until an event (U)',
  close: 'Close',
  ready: 'From the cursor on, to the',
  condition,
  event: 'Or an event of your own',
  example: 'arrives R1 where rtp.marker == 1',
  go: 'Go',
  stop: 'Stop waiting',
  searching: 'Searching …',
  waiting: 'It has not happened yet. Time runs, and stops when it does.',
  found: (at, where) => `Found at ${moment(at)}${where === null ? '' : `, ${where}`}.`,
  none: 'Nothing like it lies after the cursor.',
  wrong: (column) => (column === null ? 'This cannot be searched for.' : `Column ${column}:`),
  problem: 'Next problem',
  flag: (number, title) => `Stop ${number}: ${title}`,
  copyLink: 'Copy link to this moment',
  copied: 'Copied. Whoever can reach this server sees the same with it.',
  copyFailed: 'The browser forbids copying: mark the words',
  otherRun: (wanted, plays) => `This link is for run ${wanted}; this room plays ${plays}.`,
  startedAgain: (before, plays) => `While the connection was lost another run began, ${plays}. Run ${before}, which you saw, is over.`,
  captureOver: 'End of the capture',
  noFork: 'This link is for a “what if” that is no longer kept. This is the original.',
}
