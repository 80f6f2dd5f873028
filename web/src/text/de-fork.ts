import type { ForkWords } from './en-fork'
import { span, tenths } from './clock'

/** German. */
export const fork: ForkWords = {
  original: 'Original',
  name: (run) => `Was wäre, wenn ${run}`,
  picture: (run) => (run === 0 ? 'Video des Originals' : `Video von „Was wäre, wenn ${run}“`),
  badge: (run) => `Was wäre, wenn ${run}`,
  back: 'Zurück zum Original',
  coming: (run, part) => `Was wäre, wenn ${run}: ${Math.round(part * 100)} % des Wegs bis jetzt sind simuliert.`,
  difference: (at) => `Erster Unterschied bei ${tenths(at)}`,
  same: 'Bisher kein Unterschied',
  discard: 'Verwerfen',
  replayed: (programs) => `${programs === 1 ? 'Ein echtes Programm spielt' : `${programs} echte Programme spielen`} hier nur ab, was aufgezeichnet ist, und ${programs === 1 ? 'kann' : 'können'} nicht reagieren.`,
  open: 'Was wäre, wenn …',
  title: 'Was wäre, wenn dieses Paket …',
  make: 'Abzweigen',
  cable: 'Auf Kabel',
  inFork: '„Was wäre, wenn“ beginnt immer im Original: mit der Taste oben dorthin zurückgehen, dann dort das Paket wählen.',
  notYet: 'Dieses Paket war noch auf keinem Kabel.',
  already: 'Dieses Paket ging auf diesem Kabel ohnehin verloren: Da ist nichts mehr zu ändern.',
  whats: { drop: 'verloren ginge', corrupt: 'ein gekipptes Bit hätte', delay: 'später käme', duplicate: 'zweimal käme' },
  noBit: 'Zuerst ein Bit wählen: in den Details oder auf dem Kabel.',
  by: 'Millisekunden später',
  twin: (over) => `Daneben: dasselbe über ${over.toUpperCase()}`,
  twinHint: 'Derselbe Lauf von Anfang an, mit demselben Seed: Die Kabel würfeln dasselbe, nur die Medien reisen anders. Beide stehen nebeneinander.',
  noTwin: {
    key: 'Eine andere Zukunft braucht den Schlüssel des Raums.',
    real: 'Ein echtes Programm wählt selbst, wie seine Medien reisen.',
    unset: 'Wie die Medien reisen, wird mit SETUP vereinbart: noch etwas warten.',
  },
  way: (over) => (over === 'tcp' ? 'RTP in TCP' : 'RTP über UDP'),
  harm: ({ pictures, damaged, lost, late, lateBy, depth, waits, waited }, at) => [
    `5 s: ${damaged} von ${pictures} beschädigt`,
    ...(lost > 0 ? [`${lost} durch Verlust${at === null ? '' : ` bei ${at}`}`] : []),
    ...(late > 0 ? [`${late} zu spät${lateBy > 0 ? `, bis ${span(lateBy)}` : ''} (Puffer ${span(depth ?? 0)})`] : []),
    waits === 0 ? 'nie gewartet' : `${waits}-mal gewartet, ${span(waited)}`,
  ].join('; '),
  confirm: (at, packet, what, cable, bit, real) => {
    const fate = what.kind === 'drop' ? 'geht verloren' : what.kind === 'corrupt' ? `kommt mit gekipptem Bit ${bit ?? what.bit} an` : what.kind === 'delay' ? `kommt ${span(what.by)} später, und andere können es überholen` : 'kommt zweimal'
    return `Eine neue Zukunft ab ${tenths(at)}: gleicher Seed, bis dahin gleiche Eingaben. Dann ${packet} auf dem Kabel namens ${cable}: ${fate}. Das Original bleibt, und beide stehen nebeneinander.${real ? ' Echte Programme spielen nur ab, was aufgezeichnet ist; reagieren können sie nicht.' : ''}`
  },
}
