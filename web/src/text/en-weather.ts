import type { FateRow, FaultOn, FaultWhat, Weather } from '../wire'
import type { Quantity } from '../scene/weather'
import { count, rate, span } from './clock'


/** The words of links and their weather. */
export interface WeatherWords {
  /** `Cable sw1-r1`. */
  title(link: string): string
  close: string
  preset: string
  own: string
  quantity: Record<Quantity, string>
  loss: string
  lossKinds: Record<Weather['loss']['kind'], string>
  burst: Record<'p' | 'r' | 'lossGood' | 'lossBad', string>
  reorder: string
  by: string
  down: string
  to(device: string): string
  alike: string
  set: string
  unchanged: string
  /** The weather in one line. */
  line(weather: Weather): string
  past: string
  needsKey: string
  next: string
  marker: string
  damaged(octets: number): string
  ordered(on: FaultOn, what: FaultWhat): string
  /** In the past: the weather now is another. */
  then: string
}

const percent = (p: number): string => `${Number((p * 100).toPrecision(3))} %`

/** What the line says of loss. */
function losses(weather: Weather): string {
  const { loss } = weather
  if (loss.kind === 'random') return loss.p === 0 ? 'no loss' : `${percent(loss.p)} lost at random`
  return `lost in bursts of ${Number((1 / Math.max(loss.r, 1e-9)).toPrecision(2))} frames`
}

/** English. */
export const weather: WeatherWords = {
  title: (link) => `Cable ${link}`,
  close: 'Close',
  preset: 'Preset',
  own: 'own figures',
  quantity: { rate: 'Rate', delay: 'Delay', jitter: 'Jitter', queue: 'Queue', mtu: 'MTU', duplicate: 'Sent twice', bitErrors: 'Bit errors' },
  loss: 'Loss',
  lossKinds: { random: 'at random', bursty: 'in bursts' },
  burst: { p: 'turns bad', r: 'turns good', lossGood: 'lost while good', lossBad: 'lost while bad' },
  reorder: 'Held back',
  by: 'by',
  down: 'Cable down: nothing passes',
  to: (device) => `to ${device}`,
  alike: 'both ways',
  set: 'Change the weather',
  unchanged: 'As it is',
  line: (w) => (w.down ? 'down: nothing passes' : `${rate(w.rate)}, ${span(w.delay)}, ${losses(w)}`),
  past: 'This is how the cable was at this moment. Go live to change it.',
  needsKey: 'Changing the weather needs the room’s key.',
  next: 'Drop the next packet',
  marker: 'Drop the next marker packet',
  damaged: (octets) => `The cable turned bits over in ${octets === 1 ? 'one byte' : `${octets} bytes`}, marked below: these are the bytes that arrived.`,
  ordered: (on, what) => `Ordered: the next ${on.kind === 'nextMarker' ? 'packet with a marker ' : 'frame '}${what.kind === 'drop' ? 'will be lost' : what.kind === 'corrupt' ? 'will have a bit turned over' : what.kind === 'delay' ? 'will come later' : 'will come twice'} here.`,
  then: 'at this moment',
}

/** Why a frame did not cross a cable, for the caption; `null` for the kinds that it tells otherwise. */
export function fateWords(fate: FateRow, who: string, tcp: boolean): string | null {
  const then = tcp ? 'No ACK comes, so TCP will send its bytes again.' : 'Nobody resends it: the receiver must notice a gap.'
  switch (fate.kind) {
    case 'linkDown': return `The cable is down, so the frame of ${who} never enters it. ${then}`
    case 'tooBig': return `The packet is longer than the ${count(fate.mtu)} bytes this cable carries, so it never enters. ${then}`
    case 'lostInBurst': return `The cable is in a bad time and loses this frame, as others around it. ${then}`
    case 'ordered': return `A person ordered this frame to be lost on the cable. ${then}`
    default: return null
  }
}
