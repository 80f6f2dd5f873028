import type { DeviceWords } from './en-devices'
import { count } from './clock'

const PHASES: Record<string, string> = {
  slowStart: 'Slow Start: das Fenster verdoppelt sich mit jedem Umlauf', avoidance: 'Congestion Avoidance: das Fenster wächst langsam', recovery: 'Recovery: Verlorenes wird zuerst wiederholt',
}

/** German. */
export const devices: DeviceWords = {
  open: { any: 'Geräte und Kabel', link: (name) => `Kabel ${name}: Wetter`, node: (name) => `${name}: Tabellen` },
  state: 'Zustand, seit', unknown: 'noch nicht bekannt', nat: 'Adressübersetzung', protocol: 'Art', inside: 'innen', outside: 'von außen',
  states: { incomplete: 'gefragt', reachable: 'erreichbar', stale: 'veraltet', delay: 'wartet', probe: 'noch einmal gefragt' },
  protocols: { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' },
  switchTable: 'Welche Karte hinter welchem Port ist',
  nothingLearnt: 'Noch nichts gelernt: Rahmen gehen aus jedem Port hinaus.',
  card: 'MAC-Adresse', behind: 'hinter', age: 'seit',
  networks: 'Eigene Netze', network: 'Netz', over: 'über Kabel', own: 'eigene Adresse',
  neighbours: 'Nachbartabelle', nobodyAsked: 'Leer: Noch wurde niemandes MAC-Adresse gebraucht.', address: 'Adresse',
  connections: 'TCP-Verbindungen', noConnection: 'Keine ist offen.', connection: (number) => `Verbindung ${number}`,
  showLost: 'Zeigen', noLossYet: 'noch keiner', inFlight: 'unterwegs', unsent: 'noch nicht gesendet', peerWindow: 'Fenster drüben', ownWindow: 'eigenes Fenster',
  waiting: 'außer der Reihe', sentAgain: 'wiederholt',
  cwndHint: 'Staufenster: So viel darf auf einmal im Netz sein', ssthreshHint: 'Darunter wächst das Fenster schnell, darüber langsam',
  srttHint: 'Geglättete Umlaufzeit', rtoHint: 'Nach so langer Zeit ohne Bestätigung wird wiederholt',
  phase: (algorithm, phase) => `${algorithm === 'cubic' ? 'CUBIC' : 'NewReno'}, ${PHASES[phase] ?? phase}`,
  agreed: (mss, sack, timestamps) => `MSS ${count(mss)} B${sack ? ', SACK' : ''}${timestamps ? ', Zeitstempel' : ''}`,
  scales: (theirs, own) => `Fenster skaliert mit ${2 ** theirs} und ${2 ** own}`,
  stalled: (connection, start, end, link) =>
    `Verbindung ${connection} wartet auf Byte ${count(start)} bis ${count(end - 1)}${link === null ? ', die sich verspäten' : `, verloren auf Kabel ${link}`}: Was danach kam, kann nicht nach oben.`,
}
