import type { Figures } from '../scene/series'
import type { Nanos } from '../wire'
import { bits, count, decimal, moment, span } from './clock'
import type { ChartContext, ChartId, ChartWords } from './en-charts'

/** A part of a whole; `100 %` only where it is all of it. */
function percent(part: number, all: number): string {
  const share = (100 * part) / Math.max(1, all)
  return share > 99.5 && part < all ? 'über 99 %' : share < 0.5 && part > 0 ? 'unter 1 %' : `${Math.round(share)} %`
}

const many = (value: number, one: string, more: string): string => `${count(value)} ${value === 1 ? one : more}`

/** Three digits say it all. */
const round = (length: Nanos): Nanos => Number(length.toPrecision(3))

const silent = (shown: boolean): string =>
  shown ? 'Noch nichts: Der Empfänger zählt ab dem ersten Bild.' : 'Das sagt nur ein Empfänger, in den Layercast hineinsieht. Dieser Client hat hier kein Bild gezeigt.'

function says(id: ChartId, f: Figures, { at, shown, host, overTcp }: ChartContext): string {
  if (f.rate === null) return 'Von diesem Moment ist noch nichts geladen.'
  switch (id) {
    case 'rate':
      if (f.rate === 0) return 'In der Sekunde davor wurde zwischen Client und Server nichts gesendet.'
      return `In der Sekunde davor ${bits(f.rate)}: ${percent(f.rtp, f.rate)} davon in Rahmen mit RTP. Köpfe und Anhänge unter der Anwendung sind ${percent(f.headers, f.rate)}.`
    case 'loss': {
      const again = f.again > 0 ? ` TCP wiederholte ${many(f.again, 'Segment', 'Segmente')}.` : ''
      const seen = f.expected === null || f.missing === null || f.expected === 0 ? ''
        : ` Seit PLAY fehlten dem Empfänger ${count(Math.max(0, f.missing))} von ${many(f.expected, 'Paket', 'Paketen')}${f.late ? `, und ${count(f.late)} kamen zu spät` : ''}.`
      return `In der Sekunde davor ging ${f.lost === 0 ? 'kein Rahmen' : many(f.lost, 'Rahmen', 'Rahmen')} verloren.${again}${seen}`
    }
    case 'jitter':
      if (f.jitter === null) return silent(shown)
      return `Pakete kommen ${span(round(f.jitter))} früher oder später als gleichmäßig (RFC 3550).${f.playoutDelay ? ` Das ist ${f.jitter * 4 < f.playoutDelay ? 'wenig' : 'viel'} neben den ${span(f.playoutDelay)}, die jedes Bild wartet.` : ''}`
    case 'buffer':
      if (f.buffered === null) return silent(shown)
      return f.buffered === 0
        ? 'Kein Bild wartet: Kommt jetzt eines zu spät, gibt es kein neues Bild zu zeigen.'
        : `${many(f.buffered, 'Bild wartet', 'Bilder warten')} darauf, gezeigt zu werden${f.playoutDelay ? `; jedes wartet ${span(f.playoutDelay)}, damit auch späte Pakete noch ihren Platz finden` : ''}.`
    case 'window':
      if (f.cwnd === null || host === null) return 'In diesem Moment ist keine TCP-Verbindung dieses Clients offen.'
      return `${host} darf ${count(f.cwnd)} Byte unterwegs haben (cwnd) und hat ${count(f.inFlight ?? 0)}${overTcp ? '' : ', keine Medien'}. ${f.ssthresh === null ? 'Noch kein Verlust: keine Schwelle.' : `Über ${count(f.ssthresh)} (ssthresh) wächst es langsam.`}`
    case 'timers':
      if (f.rto === null || host === null) return 'In diesem Moment ist keine TCP-Verbindung dieses Clients offen.'
      return `${f.srtt === null ? `Bei ${moment(at)} ist noch kein Hin und Zurück gemessen` : `Hin und zurück dauert es ${span(round(f.srtt))} (srtt)`}. Ohne Antwort wiederholt ${host} nach ${span(round(f.rto))} (RTO).`
  }
}

/** German. */
export const charts: ChartWords = {
  title: 'Kurven',
  chart: { rate: 'Rate', loss: 'Verlust', jitter: 'Jitter', buffer: 'Puffer', window: 'TCP-Fenster', timers: 'TCP-Zeiten' },
  line: {
    total: 'zusammen', application: 'Anwendung (7)', transport: 'Köpfe von TCP, UDP (4)', network: 'Köpfe von IP (3)', link: 'Ethernet (2)',
    rtp: 'RTP', rtcp: 'RTCP', rtsp: 'RTSP', tcp: 'TCP ohne Daten', other: 'anderes',
    lost: 'verlorene Rahmen', again: 'wiederholte TCP-Segmente', jitter: 'Jitter', buffered: 'wartende Bilder',
    cwnd: 'Überlastfenster (cwnd)', ssthresh: 'Schwelle (ssthresh)', inFlight: 'unterwegs', srtt: 'hin und zurück (srtt)', rto: 'Frist (RTO)',
  },
  says,
  stands: (line, rate) => (rate === null ? line : `${line}: ${bits(rate)}`),
  over: (length) => `jeder Punkt: Mittel aus ${span(length)}`,
  span: 'Gezeigte Zeit',
  spans: { whole: 'ganzer Lauf', of: (seconds) => (seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`) },
  by: 'Rate nach',
  layers: 'Schicht',
  what: 'Art',
  table: 'Als Tabelle',
  back: 'Alle Kurven',
  enlarge: (title) => `${title}: vergrößern`,
  loading: 'Lädt …',
  caption: (client) => `Was ${client} und der Server sandten, Sekunde für Sekunde um den Zeiger`,
  time: 'Bis',
  columns: { rate: 'Rate', rtp: 'mit RTP', lost: 'Verlust', again: 'Wdh.', jitter: 'Jitter', buffered: 'Wartend', cwnd: 'cwnd', srtt: 'srtt', rto: 'RTO' },
  unknown: '–',
  axis: {
    rate: (value) => (value === 0 ? '0' : bits(value)),
    loss: (value) => (Number.isInteger(value) ? String(value) : ''),
    jitter: (value) => (value === 0 ? '0' : span(value)),
    buffer: (value) => (Number.isInteger(value) ? String(value) : ''),
    window: (value) => (value >= 1000 ? `${decimal(Math.round(value / 100) / 10)} k` : String(value)),
    timers: (value) => span(value),
  },
}
