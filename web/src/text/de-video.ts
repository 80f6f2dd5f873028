import type { VideoWords } from './en-video'

/** German. */
export const video: VideoWords = {
  name: 'Live-Video',
  hole: (n, of) => `Fehlender Teil ${of === 1 ? '' : `${n} von ${of} `}des Bildes: das verlorene Paket zeigen`,
  showLost: 'Das verlorene Paket zeigen',
  ended: 'Sitzung beendet',
  thisStream: 'diesen Strom',
  picture: (number, at, missing, of) => `${number === null ? 'Ein Bild' : `Bild ${number}`}, gezeigt bei ${at}${missing > 0 ? `, ${missing} seiner ${of} Pakete fehlen` : ''}.`,
  left: 'Gegangen',
  published: (name, path) => `${name} sendete ${path}: Der Strom ist zu Ende.`,
  sends: (path, codec) => `Sendet ${path}${codec === null ? '' : ` als ${codec}`}`,
  whoPlays: (path) => `Wer ${path} abspielt, zeigt die Bilder.`,
  codecPackets: (codec) => `${codec} wird noch nicht gezeigt, seine Pakete schon.`,
  aboutTo: (path) => `Wird gleich senden: ${path}`,
  notShown: (codec) => `${codec} wird noch nicht gezeigt`,
  itsPackets: 'Seine Pakete schon: anhalten und einem folgen.',
  playedOutside: (name) => `${name} spielte außerhalb und ist gegangen.`,
  ownWindow: 'Im eigenen Fenster zu sehen',
  playsOutside: (name) => `${name} spielt außerhalb; die Pakete laufen hier durch.`,
  waiting: 'Das erste Bild wird erwartet',
  noneKept: 'Kein Bild behalten',
  before: (at) => `Was vor ${at} kam, ist nicht mehr hier.`,
  none: 'Noch kein Bild.',
  afterPlay: 'Es beginnt nach PLAY.',
  requests: 'Die ersten Anfragen',
  request: { open: 'noch nicht', asked: 'gefragt', done: 'beantwortet', refused: 'abgelehnt' },
}
