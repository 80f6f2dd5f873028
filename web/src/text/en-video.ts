/** The words over the video, and of the requests before its first picture. */
export interface VideoWords {
  name: string
  /** A hole, of so many, for a screen reader. */
  hole(n: number, of: number): string
  showLost: string
  ended: string
  /** Instead of a path that is not known. */
  thisStream: string
  picture(number: number | null, at: string, missing: number, of: number): string
  /** Nothing of a picture can be shown, for want of its first packet or of more; the one before is still there. */
  stays(number: number | null, first: boolean, before: number | null): string
  left: string
  published(name: string, path: string): string
  sends(path: string, codec: string | null): string
  whoPlays(path: string): string
  codecPackets(codec: string): string
  aboutTo(path: string): string
  notShown(codec: string): string
  itsPackets: string
  playedOutside(name: string): string
  ownWindow: string
  playsOutside(name: string): string
  waiting: string
  noneKept: string
  before(at: string): string
  none: string
  afterPlay: string
  requests: string
  request: Record<'open' | 'asked' | 'done' | 'refused', string>
}

/** English. */
export const video: VideoWords = {
  name: 'Live video',
  hole: (n, of) => `Missing part ${of === 1 ? '' : `${n} of ${of} `}of the picture: show the lost packet`,
  showLost: 'Show the lost packet',
  ended: 'Session ended',
  thisStream: 'this stream',
  picture: (number, at, missing, of) => `${number === null ? 'A picture' : `Picture ${number}`}, shown at ${at}${missing > 0 ? `, ${missing} of its ${of} packets missing` : ''}.`,
  stays: (number, first, before) => `${number === null ? 'A picture' : `Picture ${number}`} cannot be decoded: ${first ? 'its first packet is missing' : 'too much of it is missing'}.${before === null ? '' : ` Picture ${before} stays.`}`,
  left: 'Has left',
  published: (name, path) => `${name} published ${path}: the stream has ended.`,
  sends: (path, codec) => `Sends ${path}${codec === null ? '' : ` in ${codec}`}`,
  whoPlays: (path) => `Whoever plays ${path} shows its pictures.`,
  codecPackets: (codec) => `${codec} is not shown yet; its packets are.`,
  aboutTo: (path) => `About to send ${path}`,
  notShown: (codec) => `${codec} is not shown yet`,
  itsPackets: 'Its packets are: stop, and follow one.',
  playedOutside: (name) => `${name} played outside, and has left.`,
  ownWindow: 'Shown in its own window',
  playsOutside: (name) => `${name} plays outside; its packets cross here.`,
  waiting: 'Waiting for the first picture',
  noneKept: 'No picture kept',
  before: (at) => `What came before ${at} is no longer here.`,
  none: 'No picture yet.',
  afterPlay: 'It starts after PLAY.',
  requests: 'Opening requests',
  request: { open: 'not yet', asked: 'asked', done: 'answered', refused: 'refused' },
}
