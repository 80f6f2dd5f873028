import type { Condition } from '../scene/conditions'
import { moment } from './clock'
import type { TimeWords } from './en-time'

function condition({ id, at }: Condition): string {
  switch (id) {
    case 'marker': return `letzten Paket eines Bildes bei ${at ?? ''}`
    case 'drop': return 'nächsten verlorenen Rahmen'
    case 'again': return 'nächsten Wiederholung durch TCP'
    case 'hole': return 'nächsten Bild mit Loch'
    case 'request': return 'nächsten RTSP-Anfrage'
    case 'state': return `nächsten Zustand von ${at ?? ''}`
  }
}

/** German. */
export const time: TimeWords = {
  until: 'Laufen bis',
  untilHint: 'Laufen bis zu einem Ereignis (U)',
  close: 'Schließen',
  ready: 'Vom Zeiger an bis zum oder zur',
  condition,
  event: 'Oder ein eigenes Ereignis',
  example: 'arrives R1 where rtp.marker == 1',
  go: 'Los',
  stop: 'Nicht mehr warten',
  searching: 'Sucht …',
  waiting: 'Es ist noch nicht geschehen. Die Zeit läuft und hält an, wenn es geschieht.',
  found: (at, where) => `Gefunden bei ${moment(at)}${where === null ? '' : `, ${where}`}.`,
  none: 'Nach dem Zeiger liegt nichts dergleichen.',
  wrong: (column) => (column === null ? 'Danach kann nicht gesucht werden.' : `Spalte ${column}:`),
  problem: 'Nächstes Problem',
  flag: (number, title) => `Halt ${number}: ${title}`,
  copyLink: 'Link zu diesem Moment kopieren',
  copied: 'Kopiert. Wer diesen Server erreicht, sieht damit dasselbe.',
  copyFailed: 'Der Browser verbietet das Kopieren: Markieren Sie die Worte',
  otherRun: (wanted, plays) => `Dieser Link ist für den Lauf ${wanted}; dieser Raum spielt ${plays}.`,
  startedAgain: (before, plays) => `Während die Verbindung fehlte, begann ein neuer Lauf, ${plays}. Der Lauf ${before}, der hier zu sehen war, ist vorbei.`,
  captureOver: 'Ende des Mitschnitts',
  noFork: 'Dieser Link ist für ein „Was wäre wenn“, das es nicht mehr gibt. Dies ist das Original.',
}
