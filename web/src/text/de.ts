import type { BlockKind, Pdu } from '../scene'
import type { Catalogue, FilmFact } from './catalogue'
import { count, span } from './clock'
import { caption } from './de-captions'
import { capture } from './de-capture'
import { charts } from './de-charts'
import { devices } from './de-devices'
import { dissection } from './de-fields'
import { download } from './de-download'
import { fork } from './de-fork'
import { frame } from './de-frame'
import { heard } from './de-heard'
import { keys, press } from './de-keys'
import { ladder } from './de-ladder'
import { lesson } from './de-lesson'
import { notice } from './de-notices'
import { packets } from './de-packets'
import { palette } from './de-palette'
import { proof } from './de-proof'
import { shelf } from './de-shelf'
import { sheets } from './de-sheets'
import { stage } from './de-stage'
import { time as moments } from './de-time'
import { timeline } from './de-timeline'
import { video } from './de-video'
import { weather } from './de-weather'
import { wire } from './de-wire'

const LAYERS = { 7: 'Anwendung', 6: 'Darstellung', 5: 'Sitzung', 4: 'Transport', 3: 'Vermittlung', 2: 'Sicherung', 1: 'Physikalisch' } as const

const BLOCKS: Record<BlockKind, readonly [string, string]> = {
  eth: ['Ethernet', 'Eth'], vlan: ['VLAN', 'Tag'], ipv6: ['IPv6', 'IPv6'], icmpv6: ['ICMPv6', 'ICMP6'], arp: ['ARP', 'ARP'], ip: ['IP', 'IP'], icmp: ['ICMP', 'ICMP'], igmp: ['IGMP', 'IGMP'], udp: ['UDP', 'UDP'], tcp: ['TCP', 'TCP'],
  framing: ['$', '$'], rtsp: ['RTSP', 'RTSP'], sdp: ['SDP', 'SDP'], rtp: ['RTP', 'RTP'], rtcp: ['RTCP', 'RTCP'], jpeg: ['JPEG', 'JPG'],
  picture: ['Bild', 'Bild'], data: ['Daten', 'Dat'], padding: ['Füllung', 'Füll'], fcs: ['FCS', 'FCS'],
}

const PDUS: Record<Pdu, string> = {
  message: 'RTSP-Nachricht', rtp: 'RTP-Paket', rtcp: 'RTCP-Paket', interleaved: 'Eingebettetes Paket', picture: 'Stück des Bildes', segment: 'TCP-Segment', datagram: 'UDP-Datagramm',
  icmpv6: 'ICMPv6-Nachricht', packet: 'IP-Paket', icmp: 'ICMP-Nachricht', arp: 'ARP-Nachricht', frame: 'Ethernet-Rahmen', bits: 'Ethernet-Rahmen',
}

const sender = (name: string | null): string => (name === null ? 'Der Server' : `Der echte Server ${name}`)

function film(f: FilmFact): string {
  switch (f.kind) {
    case 'connecting': return 'Layercast wird gesucht: Diese Seite zeigt ein Netz, das dort läuft.'
    case 'nothingYet': return 'Noch ist nichts gesendet. Der Client wird fragen, wer der Router ist, und dann eine Verbindung zum Server öffnen.'
    case 'arranging': return 'Client und Server verabreden zuerst alles mit RTSP-Worten. Bilder kommen, wenn PLAY angenommen ist.'
    case 'pictures': return f.most === 1
      ? `${sender(f.from)} sendet jedes Bild in einem Paket, ${count(f.rate)} in der letzten Sekunde. Der Client zeigt sie.`
      : `${sender(f.from)} zerlegt jedes Bild in ${f.least === f.most ? '' : `${f.least} ${f.most === f.least + 1 ? 'oder' : 'bis'} `}${f.most} Pakete, ${count(f.rate)} in der letzten Sekunde. ${f.holes === 0 ? 'Der Client setzt sie wieder zusammen.' : `Einige gingen verloren: ${f.holes === 1 ? 'Ein Bild hat' : `${f.holes} Bilder haben`} Löcher.`}`
    case 'announcing': return 'Client und Server verabreden zuerst alles mit RTSP-Worten. Medien fließen zum Server, wenn RECORD angenommen ist.'
    case 'publishing': return `${f.who ?? 'Der Client'} sendet dem Server Medien: ${count(f.rate)} Pakete in der letzten Sekunde. Der Server gibt sie weiter, an alle, die ${f.path ?? 'diesen Strom'} abspielen.`
    case 'packets': return `${sender(f.from)} sendet ${f.rate === null ? 'Medienpakete' : `Medien: ${count(f.rate)} Pakete in der letzten Sekunde`}. Der Client setzt daraus wieder Bilder zusammen und zeigt sie.`
    case 'quiet': return 'Jetzt fließen keine Medien. Eine Anfrage PLAY lässt den Server senden.'
    case 'silent': return f.overTcp
      ? 'Die Sitzung spielt, aber seit einer halben Sekunde kam nichts: TCP sendet weiter, wenn eine Bestätigung kommt oder die Zeit um ist.'
      : 'Die Sitzung spielt, aber seit einer halben Sekunde kam nichts. UDP sagt niemandem, was aus seinen Paketen wurde.'
    case 'clipOver': return 'Zu Ende gespielt, jetzt fließen keine Medien. Einen Clip verlangt der Client bald von neuem.'
    case 'refused': return f.status === 401
      ? `Der Server antwortete auf ${f.method} mit 401: Er will Name und Passwort. Sie stehen in der Adresse vor dem Host: NAME:PASSWORT@host.`
      : `Der Server antwortete auf ${f.method} mit ${f.status} ${f.reason}, darum fließen keine Medien. Die beiden Nachrichten sagen mehr.`
    case 'left': return `${f.who ?? 'Das Programm'} ist gegangen, also kommen keine Medien mehr zu ihm. Was es sandte und empfing, bleibt: in der Zeit zurückgehen und es ansehen.`
    case 'ended': return 'Die Sitzung ist vorbei: Der Client sandte TEARDOWN, und der Server hat sie vergessen.'
    case 'between': return f.due === null || f.wait === null
      ? 'Gerade ist nichts unterwegs: Die Zeit läuft langsam bis zum nächsten Ereignis. „Schritt vor“ geht sofort dorthin.'
      : `Gerade ist nichts unterwegs. Das nächste Bild ist in ${span(f.due)} fällig: ${span(f.wait)} bei diesem Tempo. „Schritt vor“ geht sofort dorthin.`
    case 'beats': return 'Alles Bekannte ist gezeigt, ein Ereignis je Takt. Das nächste ist noch nicht geschehen: Darauf wird gewartet.'
    case 'stalled': return `Seit ${span(f.since)} nichts Neues: TCP wartet auf Byte ${count(f.start)} bis ${count(f.end - 1)}${f.cable === null ? ', die sich verspäten' : `, verloren auf Kabel ${f.cable}`}. Was danach kam, darf nicht durch.`
    case 'still': return 'Die Zeit steht. Ein Schritt vor folgt der nächsten Nachricht die Schichten hinab und hinauf.'
  }
}

/** German. */
export const catalogue: Catalogue = {
  caption,
  film,
  over: (frame) => `Mit ${frame ? 'diesem Rahmen' : 'dieser Nachricht'} geschieht nichts mehr.`,
  waiting: 'Das nächste Ereignis wird erwartet.',
  layerName: (layer) => LAYERS[layer],
  layerNumber: (number) => `Schicht ${number}`,
  bench: { checksum: 'Prüfsumme', ttl: 'TTL', received: 'FCS empfangen', computed: 'berechnet' },
  blockName: (kind) => BLOCKS[kind][0],
  blockShort: (kind) => BLOCKS[kind][1],
  standsFor: { client: 'ein echtes Programm', server: 'ein echter Server' },
  octets: (bytes) => `${count(bytes)} B`,
  pdu: (pdu, bytes) => `${PDUS[pdu]}, ${count(bytes)} Byte`,
  lostTitle: (packet, where) => `Rahmen${packet === null ? '' : ` von RTP-Paket ${packet}`}, ${where === null ? 'auf dem Kabel verloren' : `von ${where} verworfen`}`,
  dataFor: (header) => `Daten für ${BLOCKS[header][0]}`,
  untouched: 'unberührt',
  step: (n, of) => ['Schritt', of === null ? String(n) : `${n} von ${of}`],
  hidden: (n) => `${count(n)} verborgen`,
  invitation: ['Jedes Bild links kam', 'durch diese Schichten.'],
  invitationBelow: ['Jedes Bild oben kam', 'durch diese Schichten.'],
  followOne: 'Nachricht folgen',
  stopHere: 'Hier anhalten',
  letRun: 'Zeit laufen lassen',
  behindRemote: 'Das ist vorbei. Anfragen sendet man nur live.',
  legendTitle: 'Eine Farbe für jede Schicht',
  legendHint: 'Anhalten und ein Paket wählen: Hier erscheinen seine Byte.',
  legend: { 7: 'RTSP, RTP', 4: 'TCP, UDP', 3: 'IP', 2: 'Ethernet', 1: 'Bits', media: 'Bild', lost: 'verloren' },
  time: { play: 'Abspielen', pause: 'Anhalten', forward: 'Schritt vor', back: 'Schritt zurück', size: 'Schrittweite', speed: 'Tempo' },
  sizes: { layer: 'Schicht', hop: 'Abschnitt', message: 'Nachricht', picture: 'Bild', stop: 'Halt' },
  speeds: (speed) => (speed === 'beats' ? 'Takt' : speed === 1 ? '1×' : `1/${Math.round(1 / speed)}×`),
  filters: { open: 'Filter', title: 'Schritte lassen weg', acks: 'ACKs ohne Daten', arp: 'ARP', rtcp: 'RTCP-Berichte', keys: 'Buchstabentasten' },
  picture: (number) => `Bild ${number}`,
  neverReceived: (sequence) => ['Diese Byte bekommt der Client nie.', `Er bemerkt eine Lücke in den Nummern nach ${(sequence + 65535) % 65536}.`],
  nextMessage: 'Nächste Nachricht',
  nextProblem: 'Nächstes Problem',
  ports: (protocol, port) => `${protocol} ${port}`,
  requestLabel: (method) => `Anfrage ${method}`,
  spoken: (n, of, place, layer, five) => {
    const upper = five && layer >= 5
    return `Schritt ${n}${of === null ? '' : ` von ${of}`}. ${place}, Schicht ${upper ? 5 : layer}, ${LAYERS[upper ? 7 : layer]}.`
  },
  dissection,
  stage,
  sheets,
  wire,
  nat: { source: 'Absender', destination: 'Ziel', hopLimit: 'Hop-Limit' },
  devices,
  weather,
  fork,
  ladder,
  charts,
  moments,
  lesson,
  capture,
  download,
  proof,
  frame,
  video,
  shelf,
  timeline,
  notice,
  packets,
  palette,
  keys,
  press,
  heard: (sentence) => heard[sentence] ?? sentence,
  packetName: (sequence) => (sequence === null ? 'dieses Paket' : `RTP-Paket ${sequence}`),
  filter: { copy: 'Filter kopieren', hint: 'Als Anzeigefilter für Wireshark kopieren (F)', copied: 'Kopiert', failed: 'Der Browser verbietet das Kopieren: die Worte markieren' },
  fields: {
    title: (name, bytes) => `${name}: ${count(bytes)} Byte`,
    lost: (name) => `${name} des verlorenen Pakets`,
    waiting: 'Die Byte sind unterwegs.',
    cut: 'IP zerlegt diese Byte in Fragmente. Die Schritte darunter zeigen jedes Stück, der letzte alle wieder zusammengesetzt.',
    none: 'Dieser Schritt fügt keine Byte hinzu.',
  },
}
