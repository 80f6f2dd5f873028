import type { FateRow, Weather } from '../wire'
import type { WeatherWords } from './en-weather'
import { count, decimal, rate, span } from './clock'

const percent = (p: number): string => `${decimal(Number((p * 100).toPrecision(3)))} %`

/** What the line says of loss. */
function losses(weather: Weather): string {
  const { loss } = weather
  if (loss.kind === 'random') return loss.p === 0 ? 'kein Verlust' : `${percent(loss.p)} zufällig verloren`
  return `verliert schubweise etwa ${decimal(Number((1 / Math.max(loss.r, 1e-9)).toPrecision(2)))} Rahmen`
}

/** German. */
export const weather: WeatherWords = {
  title: (link) => `Kabel ${link}`,
  close: 'Schließen',
  preset: 'Vorlage',
  own: 'eigene Werte',
  quantity: { rate: 'Bitrate', delay: 'Laufzeit', jitter: 'Jitter', queue: 'Warteschlange', mtu: 'MTU', duplicate: 'Doppelt gesendet', bitErrors: 'Bitfehler' },
  loss: 'Verlust',
  lossKinds: { random: 'zufällig', bursty: 'schubweise' },
  burst: { p: 'wird schlecht', r: 'wird gut', lossGood: 'Verlust, solange gut', lossBad: 'Verlust, solange schlecht' },
  reorder: 'Aufgehalten',
  by: 'um',
  down: 'Kabel ab: Nichts kommt durch',
  to: (device) => `zu ${device}`,
  alike: 'beide Richtungen',
  set: 'Wetter ändern',
  unchanged: 'Wie es ist',
  line: (w) => (w.down ? 'ab: nichts kommt durch' : `${rate(w.rate)}, ${span(w.delay)}, ${losses(w)}`),
  past: 'So war das Kabel in diesem Augenblick. Ändern kann man es nur live.',
  needsKey: 'Um das Wetter zu ändern, braucht man den Schlüssel des Raums.',
  next: 'Das nächste Paket verlieren',
  marker: 'Das nächste Paket mit Markerbit verlieren',
  damaged: (octets) => `Das Kabel hat in ${octets === 1 ? 'einem Byte' : `${octets} Byte`} Bits umgedreht, unten markiert: So sind sie angekommen.`,
  ordered: (on, what) => `Bestellt: Hier wird ${on.kind === 'nextMarker' ? 'das nächste Paket mit Markerbit' : 'der nächste Rahmen'} ${what.kind === 'drop' ? 'verloren gehen' : what.kind === 'corrupt' ? 'mit einem umgedrehten Bit ankommen' : what.kind === 'delay' ? 'später kommen' : 'zweimal kommen'}.`,
  then: 'in diesem Augenblick',
}

/** Why a frame did not cross a cable, for the caption; `null` for the kinds that it tells otherwise. `whose`: in the genitive. */
export function fateWords(fate: FateRow, whose: string, tcp: boolean): string | null {
  const then = tcp ? 'Für seine Byte kommt kein ACK, also sendet TCP sie noch einmal.' : 'Niemand sendet ihn noch einmal; der Empfänger muss die Lücke bemerken.'
  switch (fate.kind) {
    case 'linkDown': return `Das Kabel ist ab, der Rahmen ${whose} kommt gar nicht hinein. ${then}`
    case 'tooBig': return `Das Paket ist länger als die ${count(fate.mtu)} Byte, die dieses Kabel trägt, und kommt nicht hinein. ${then}`
    case 'lostInBurst': return `Das Kabel hat eine schlechte Zeit und verliert diesen Rahmen wie andere um ihn herum. ${then}`
    case 'ordered': return `Jemand hat bestellt, dass dieser Rahmen auf dem Kabel verloren geht. ${then}`
    default: return null
  }
}
