import { count } from './clock'
import type { ShelfWords } from './en-shelf'

const packets = (n: number): string => (n === 1 ? '1 Paket' : `${count(n)} Pakete`)

/** German. */
export const shelf: ShelfWords = {
  tabs: { remote: 'Fernbedienung', receiver: 'Empfang', details: 'Details', packets: 'Pakete' },
  remote: { requests: 'Anfragen', more: 'Mehr: öffnen, Parameter, senden, umleiten', state: (name) => `RTSP-Zustand: ${name}` },
  more: {
    openStream: 'Einen Strom öffnen', open: 'Öffnen',
    standsFor: 'Dieser Host steht für den echten Server: Die Anwendungsdaten sind dessen eigene, die TCP/IP-Header sind simuliert.',
    parameters: 'Parameter', volume: 'Lautstärke', parametersHint: 'SET_PARAMETER sagt es dem Server, GET_PARAMETER fragt ihn nach allen Werten.',
    publish: 'Senden', itsName: 'sein Name: live', publishHint: 'ANNOUNCE sagt, was kommt, dann SETUP und RECORD: Dieser Client sendet an den Server.',
    redirect: 'Umleiten', sendTo: 'Schicken', this: 'ihn', all: 'alle', redirectThis: 'REDIRECT für diesen Client', redirectAll: 'REDIRECT für alle, die abspielen',
    redirectHint: 'REDIRECT: Der Server schickt diesen Client, oder alle, dorthin.',
    redirectFirst: 'REDIRECT: Der Server schickt diesen Client, oder alle, dorthin. Zuerst einen Pfad oder eine Adresse schreiben.',
    ownProgram: 'Dieser Client ist ein eigenes Programm: Er spielt, was ihm dort gesagt wurde.',
    orAddress: (path) => `${path} oder rtsp://…`,
    source: { open: 'wird verbunden', connected: 'verbunden', failed: 'nicht erreichbar', closed: 'Die Verbindung ist beendet', left: 'gegangen' },
  },
  receiver: {
    nothing: 'Noch nichts: Das erste RTP-Paket kommt nach PLAY.',
    gone: 'Dieses Programm ist gegangen. Was zu ihm kam, ist weiter vorn in der Zeit.',
    inside: 'Sein Jitterpuffer ist im Programm selbst: Davon ist hier nichts zu sehen.',
    received: 'kamen beim Player an', lost: 'Lücken in den Sequenznummern', jitter: 'wie ungleichmäßig sie kommen, geglättet', late: 'nachdem ihr Bild fällig war: nicht benutzt',
    counts: { received: (n) => `${n} da`, lost: (n) => `${n} verloren`, jitter: (n) => `${n} Jitter`, late: (n) => `${n} zu spät` },
    picture: (number) => (number === null ? 'Dieses Bild' : `Bild ${number}`),
    needs: (picture, n) => `${picture} braucht ${packets(n)}`,
    soFar: (picture, n) => `${picture}: bisher ${packets(n)}`,
    slots: 'Die Pakete dieses Bildes',
    slot: (number, of, sequence, state) => `Paket ${number} von ${of}${sequence === null ? '' : `, Sequenznummer ${sequence}`}, ${{ received: 'empfangen', waiting: 'noch nicht hier', missing: 'fehlt' }[state]}`,
  },
  buffer: {
    title: 'Jitterpuffer', list: 'Bilder im Jitterpuffer', missing: ', Pakete fehlen', picture: 'Bild',
    after: (delay) => `spielt nach ${delay}`, state: { now: 'jetzt', ready: 'bereit', coming: 'kommt' },
  },
  details: {
    pick: 'Ein Feld wählen oder unten ein Byte: Das andere wird markiert.', opening: 'Das Paket wird geöffnet …', nothing: 'Noch ist nichts offen: anhalten, dann ein Paket wählen.',
    noRfc: 'keinem RFC', tree: 'Paketdetails', checked: ', geprüft', bits: 'Bits', noField: 'gehört zu keinem Feld', bytes: 'Byte', bytesOf: 'Byte von', frame: 'Rahmen',
    definedIn: (rfc) => `Festgelegt in ${rfc}.`,
    meaning: 'Bedeutung des Feldes',
    reassembled: (number) => (number === null ? 'Zusammengesetzt' : `Zusammengesetzt ${number}`),
    bytesLong: (n) => `${count(n)} Byte`,
  },
  packets: {
    filter: 'Pakete filtern', filterHint: 'Filter: rtp -rtcp', find: 'Ein Paket suchen', findHint: 'Suchen', previous: 'Vorigen Treffer', next: 'Nächsten Treffer',
    load: 'Frühere laden', clear: 'Leeren', list: 'Pakete',
    columns: { time: 'Zeit, s', way: 'Von – an', kind: 'Art', what: 'Was' },
    notHere: (from, to) => `Nicht alle Pakete von ${from} bis ${to} sind hier.`,
    noneHas: (text, loadedOnly) => `Kein ${loadedOnly ? 'hier geladenes ' : ''}Paket hat „${text}“.`,
    noMatch: (loadedOnly) => `Nichts ${loadedOnly ? 'hier Geladenes ' : ''}passt auf diesen Filter`,
    fresh: (n) => `${count(n)} neu ↓`,
    inList: (n, from) => `${packets(n)} in der Liste${from === null ? '' : `; die vor ${from} sind nicht alle geladen`}`,
  },
  direction: 'Richtung',
  presetLine: (up, down, source) => `${up} hinauf; ${down} hinab. ${source}`,
}
