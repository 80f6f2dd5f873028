import type { Loss } from '../trace/fate'
import type { TimelineWords } from './en-timeline'

const DROPS: Readonly<Record<string, string>> = {
  badFcs: 'fand eine falsche FCS',
  badIpChecksum: 'fand eine falsche IP-Prüfsumme',
  badTransportChecksum: 'fand eine falsche Prüfsumme',
  ttl: 'sah die TTL enden',
  noRoute: 'hatte keinen Weg dorthin',
  noMembers: 'hatte kein Mitglied der Gruppe',
  localGroup: 'behält diese Gruppe in ihrem Netz',
  wrongSide: 'bekam es von der falschen Seite',
  portClosed: 'hatte niemanden an diesem Port',
  duplicate: 'hatte es schon',
}

function did(loss: Loss): string {
  if (loss.kind === 'dropped') return DROPS[loss.reason] ?? `verwarf es (${loss.reason})`
  switch (loss.fate.kind) {
    case 'queueFull': return 'hatte keinen Platz in der Warteschlange'
    case 'linkDown': return 'konnte nicht senden: Das Kabel ist ab'
    case 'tooBig': return `konnte nicht senden: Das Kabel trägt Pakete von höchstens ${loss.fate.mtu} Byte`
    case 'ordered': return 'sandte einen Rahmen, der wie bestellt verloren ging'
    case 'lost':
    case 'lostInBurst': return 'sandte einen Rahmen, den das Kabel verlor'
  }
}

/** German. */
export const timeline: TimelineWords = {
  time: 'Zeit',
  live: 'live',
  behindLive: (behind) => `${behind} hinter live`,
  zoom: 'Zoom der Zeitleiste',
  shorter: 'Eine kürzere Zeit zeigen',
  longer: 'Eine längere Zeit zeigen',
  all: 'zählt alle Clients',
  allHint: 'Aus dieser Ferne zählen die Spuren, was alle Clients des Raums senden und bekommen.',
  cable: 'Ein Kabel',
  loss: (name, loss) => `${name} ${did(loss)}`,
}
