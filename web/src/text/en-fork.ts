import type { Harm, NoTwin } from '../scene/harm'
import type { FaultWhat, MediaTransport, Nanos } from '../wire'
import { span, tenths } from './clock'

/** The words of other futures. */
export interface ForkWords {
  original: string
  name(run: number): string
  picture(run: number): string
  badge(run: number): string
  back: string
  coming(run: number, part: number): string
  difference(at: Nanos): string
  same: string
  discard: string
  replayed(programs: number): string
  /** The button that opens the choices, their title, and the button that makes the future. */
  open: string
  title: string
  make: string
  cable: string
  notYet: string
  /** Another future is shown: packets are changed in the original. */
  inFork: string
  /** It was lost there anyway. */
  already: string
  whats: Record<FaultWhat['kind'], string>
  /** A bit has to be picked before it can be turned over. */
  noBit: string
  by: string
  /** The same run over the other transport: the button, what it does, and why it cannot be. */
  twin(over: MediaTransport): string
  twinHint: string
  noTwin: Record<NoTwin, string>
  /** How media travel in one of the two runs, and what loss did to it of late. */
  way(over: MediaTransport): string
  /** The place where most of it was lost by its name. */
  harm(harm: Harm, at: string | null): string
  /** What will happen, before it is made. */
  confirm(at: Nanos, packet: string, what: FaultWhat, cable: string, bit: string | null, real: boolean): string
}

/** English. */
export const fork: ForkWords = {
  original: 'Original',
  name: (run) => `What if ${run}`,
  picture: (run) => (run === 0 ? 'Video of the original' : `Video of what if ${run}`),
  badge: (run) => `What if ${run}`,
  back: 'Back to the original',
  coming: (run, part) => `What if ${run}: simulated ${Math.round(part * 100)} % of the way to now.`,
  difference: (at) => `First difference at ${tenths(at)}`,
  same: 'No difference so far',
  discard: 'Discard',
  replayed: (programs) => `${programs === 1 ? 'A real program replays' : `${programs} real programs replay`} here what was recorded, and cannot react.`,
  open: 'What if …',
  title: 'What if this packet …',
  make: 'Fork here',
  cable: 'On cable',
  already: 'This packet was lost on this cable anyway: there is nothing left to change.',
  inFork: 'A “what if” can only begin in the original. Press the button at the top to go back, then choose the packet there.',
  notYet: 'This packet has not been on a cable yet.',
  whats: { drop: 'were lost', corrupt: 'had a bit turned over', delay: 'came later', duplicate: 'came twice' },
  noBit: 'Pick a bit first: in Details or on the cable.',
  by: 'Milliseconds later',
  twin: (over) => `Beside it: the same over ${over.toUpperCase()}`,
  twinHint: 'The same run from its beginning, with the same seed: the cables throw the same dice, and only the media travel otherwise. Both are shown side by side.',
  noTwin: {
    key: 'Another future needs the room’s key.',
    real: 'A real program chooses itself how its media travel.',
    unset: 'How the media travel is agreed on with SETUP: wait for it.',
  },
  way: (over) => (over === 'tcp' ? 'RTP in TCP' : 'RTP over UDP'),
  harm: ({ pictures, damaged, lost, late, lateBy, depth, waits, waited }, at) => [
    `5 s: ${damaged} of ${pictures} damaged`,
    ...(lost > 0 ? [`${lost} by loss${at === null ? '' : ` at ${at}`}`] : []),
    ...(late > 0 ? [`${late} too late${lateBy > 0 ? ` by up to ${span(lateBy)}` : ''} (buffer ${span(depth ?? 0)})`] : []),
    waits === 0 ? 'no wait' : `${waits === 1 ? '1 wait' : `${waits} waits`}, ${span(waited)}`,
  ].join('; '),
  confirm: (at, packet, what, cable, bit, real) => {
    const fate = what.kind === 'drop' ? 'is lost' : what.kind === 'corrupt' ? `arrives with bit ${bit ?? what.bit} turned over` : what.kind === 'delay' ? `comes ${span(what.by)} later, and others may overtake it` : 'comes twice'
    return `A new future from ${tenths(at)}: same seed, same inputs up to there. Then ${packet} ${fate} on the cable called ${cable}. The original is kept, and both are shown side by side.${real ? ' Real programs replay what was recorded; they cannot react.' : ''}`
  },
}
