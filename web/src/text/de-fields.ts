import type { DissectionWords } from './catalogue'

/*
 * What the server's dissection says in English, in German: names of fields, values, and sentences.
 * A sentence is a pattern in which `{}` stands for what the server filled in, in the same order in
 * both languages. What is not listed here stays English and is marked as such; a test holds every
 * pattern against the dissection's own source, so that none of them outlives its sentence there.
 */

/** By the English name. Names that are the same, or a term of the standard, are not listed. */
const LABELS: Record<string, string> = {
  'Source address': 'Quelladresse', 'Destination address': 'Zieladresse', Source: 'Quelle', Destination: 'Ziel', 'Destin.': 'Ziel',
  'Source port': 'Quellport', 'Destination port': 'Zielport', Type: 'Typ', 'Frame check sequence': 'Prüfsumme (FCS)', Padding: 'Füllung',
  'Version and header length': 'Version, Headerlänge', 'Header length': 'Headerlänge', 'Total length': 'Gesamtlänge', Length: 'Länge', Identification: 'Kennung', Identity: 'Kennung',
  Fragmentation: 'Zerlegung', Fragment: 'Stück', Flags: 'Flags', 'Reserved bit': 'Freies Bit', "Don't fragment": 'Nicht zerlegen', 'More fragments': 'Weitere Stücke',
  'Fragment offset': 'Ort des Stücks', Offset: 'Ort', 'Time to live': 'Lebensdauer', Protocol: 'Protokoll', 'Header checksum': 'Prüfsumme', Checksum: 'Prüfsumme',
  'Sequence number': 'Sequenznummer', Sequence: 'Sequenz', 'Acknowledgment number': 'Bestätigung', Acknowledges: 'Bestätigt', 'Data offset and flags': 'Headerlänge und Flags',
  Window: 'Fenster', 'Urgent pointer': 'Dringend-Zeiger', Urgent: 'Dringend', 'Reserved bits': 'Freie Bits', Acknowledgment: 'Bestätigung', 'Local bit': 'Lokal-Bit', 'Group bit': 'Gruppen-Bit',
  'Version and counts': 'Version und Anzahlen', 'Contributing source count': 'Zahl der Quellen', 'Marker and payload type': 'Marker und Typ', 'Payload type': 'Nutzlasttyp',
  Timestamp: 'Zeitstempel', 'Synchronisation source': 'Synchronisationsquelle', Extension: 'Erweiterung', Payload: 'Nutzlast',
  'Type-specific': 'Je nach Typ', Quantisation: 'Quantisierung', Width: 'Breite', Height: 'Höhe', 'Restart interval': 'Restart-Abstand', Interval: 'Abstand', 'Restart position': 'Restart-Stelle',
  'Quantisation tables': 'Quantisierungstabellen', Tables: 'Tabellen', Precision: 'Genauigkeit', 'Tables length': 'Länge der Tabellen', 'Must be zero': 'Muss null sein',
  'Request line': 'Anfragezeile', Request: 'Anfrage', Method: 'Methode', 'Status line': 'Statuszeile', Response: 'Antwort', 'Status code': 'Statuscode', Reason: 'Grund', 'Empty line': 'Leerzeile', 'Dollar sign': 'Dollarzeichen', Channel: 'Kanal',
  'Hardware type': 'Hardwaretyp', 'Protocol type': 'Protokolltyp', Operation: 'Vorgang', 'Sender hardware address': 'MAC des Absenders', 'Sender MAC': 'Absender-MAC', 'Sender IP address': 'IP des Absenders', 'Sender IP': 'Absender-IP',
  'Target hardware address': 'MAC des Ziels', 'Target MAC': 'Ziel-MAC', 'Target IP address': 'IP des Ziels', 'Target IP': 'Ziel-IP',
}

/** Values that are words, whole. */
const VALUES: Record<string, string> = {
  correct: 'richtig', 'not used': 'ohne', 'not checked': 'ungeprüft', "don't": 'nicht', 'not set': 'nicht gesetzt', set: 'gesetzt',
}

/** Sentences of the dissection and their German, `{}` for `{}`. */
export const SENTENCES: readonly (readonly [string, string])[] = [
  // One line about a whole layer.
  ['{} to {}, {} in all', '{} an {}, {} insgesamt'],
  ['port {} to {}, {} in all', 'Port {} an {}, {} insgesamt'],
  ['{}, number {}, last of its picture, {} in all', '{}, Nummer {}, letztes seines Bildes, {} insgesamt'],
  ['{}, number {}, {} in all', '{}, Nummer {}, {} insgesamt'],
  ['{} x {}, piece at {}', '{} x {}, Stück ab {}'],
  ['channel {}, {}', 'Kanal {}, {}'],
  ['who has {}?', 'Wer hat {}?'],
  ['{} is at {}', '{} hat die Karte {}'],
  // Ethernet
  ['All ones: every device on this network takes the frame.', 'Lauter Einsen: Jedes Gerät in diesem Netz nimmt den Rahmen.'],
  ['Every device that listens to the group {} takes the frame.', 'Jedes Gerät, das auf die Gruppe {} hört, nimmt den Rahmen.'],
  ['Only the device whose card has the address {} takes the frame; the others ignore it.', 'Nur das Gerät, dessen Karte die Adresse {} hat, nimmt den Rahmen; die anderen beachten ihn nicht.'],
  ['The card with the address {} put this frame on this cable; switches learn from it where that card is.', 'Die Karte mit der Adresse {} hat diesen Rahmen auf dieses Kabel gegeben; Switches lernen daraus, wo sie ist.'],
  ['The frame carries an IPv4 packet.', 'Der Rahmen trägt ein IPv4-Paket.'],
  ['The frame carries an IPv6 packet.', 'Der Rahmen trägt ein IPv6-Paket.'],
  ['The frame carries an ARP message, which finds the hardware address for an IP address.', 'Der Rahmen trägt eine ARP-Nachricht; sie sucht zu einer IP-Adresse die Hardwareadresse.'],
  ['{} of filling: a frame must be at least 64 bytes long, so that all cards notice a collision in time.', '{} Füllung: Ein Rahmen muss mindestens 64 Byte lang sein, damit alle Karten eine Kollision rechtzeitig bemerken.'],
  ['The receiver computes the same CRC-32 over the frame: no bit was changed on this cable.', 'Der Empfänger berechnet über den Rahmen dieselbe CRC-32: Auf diesem Kabel wurde kein Bit verändert.'],
  ['The receiver computes another CRC-32 over the frame: at least one bit was changed on this cable, so the frame is dropped.', 'Der Empfänger berechnet über den Rahmen eine andere CRC-32: Auf diesem Kabel wurde mindestens ein Bit verändert, also wird der Rahmen verworfen.'],
  // IPv4
  ['The header is {} long, options included.', 'Der Header ist {} lang, Optionen eingerechnet.'],
  ['The packet asks for no special treatment.', 'Das Paket verlangt keine besondere Behandlung.'],
  ['Header and payload together are {} bytes; anything behind them in the frame is filling.', 'Header und Nutzlast sind zusammen {} Byte; was im Rahmen dahinter steht, ist Füllung.'],
  ['If the packet is cut into fragments, all of them carry {}, so that the receiver puts the right ones together.', 'Wird das Paket zerlegt, tragen alle Stücke {}, damit der Empfänger die richtigen zusammensetzt.'],
  ['Whole, and no router may cut it: one that cannot pass it on whole must drop it and say so.', 'Ganz, und kein Router darf es zerlegen: Kann er es nicht ganz weitergeben, muss er es verwerfen und das melden.'],
  ['Whole; a router with a smaller link may cut it into fragments.', 'Ganz; ein Router mit einer kleineren Verbindung darf es zerlegen.'],
  ['The first fragment of a larger packet; more follow.', 'Das erste Stück eines größeren Pakets; weitere folgen.'],
  ['A fragment from the middle: its first byte is byte {} of the payload.', 'Ein Stück aus der Mitte: Sein erstes Byte ist Byte {} der Nutzlast.'],
  ['The last fragment: its first byte is byte {} of the payload.', 'Das letzte Stück: Sein erstes Byte ist Byte {} der Nutzlast.'],
  ['The next router throws the packet away instead of passing it on.', 'Der nächste Router wirft das Paket weg, statt es weiterzugeben.'],
  ['The packet may cross {} before it is thrown away.', 'Das Paket darf noch über {}, bevor es weggeworfen wird.'],
  ['The payload is an ICMP message: IP\'s own errors and echoes.', 'Die Nutzlast ist eine ICMP-Nachricht: Fehler und Echos von IP selbst.'],
  ['The payload is a TCP segment: part of a reliable stream of bytes.', 'Die Nutzlast ist ein TCP-Segment: ein Teil eines verlässlichen Stroms von Byte.'],
  ['The payload is a UDP datagram: delivered whole or not at all.', 'Die Nutzlast ist ein UDP-Datagramm: Es kommt ganz an oder gar nicht.'],
  ['The sum over this header is right; every router changes the TTL and so computes a new one.', 'Die Summe über diesen Header stimmt; jeder Router ändert die TTL und berechnet darum eine neue.'],
  ['The sum over this header should be {}, so the next host or router drops the packet.', 'Die Summe über diesen Header sollte {} sein; der nächste Host oder Router verwirft darum das Paket.'],
  ['The host {} sent the packet; routers leave this as it is.', 'Der Host {} hat das Paket gesendet; Router lassen das, wie es ist.'],
  ['The packet is for {}; every router on the way decides by this address.', 'Das Paket ist für {}; jeder Router unterwegs entscheidet nach dieser Adresse.'],
  ['The packet is for every host of this network.', 'Das Paket ist für jeden Host dieses Netzes.'],
  // UDP
  ['Port {} names the program that sent the datagram; answers go there.', 'Port {} nennt das Programm, das das Datagramm gesendet hat; Antworten gehen dorthin.'],
  ['Port {} names the program on the receiving host that the datagram is for.', 'Port {} nennt das Programm auf dem Zielhost, für das das Datagramm ist.'],
  ['The header\'s 8 bytes and {} of payload.', 'Die 8 Byte des Headers und {} Nutzlast.'],
  ['The sum over addresses, header and payload is right.', 'Die Summe über Adressen, Header und Nutzlast stimmt.'],
  ['Zero: the sender did not compute a checksum, so nobody can check.', 'Null: Der Sender hat keine Prüfsumme berechnet, also kann niemand prüfen.'],
  // TCP
  ['Port {} names the program that sent the segment; answers go there.', 'Port {} nennt das Programm, das das Segment gesendet hat; Antworten gehen dorthin.'],
  ['Port {} names the program on the receiving host that the segment is for.', 'Port {} nennt das Programm auf dem Zielhost, für das das Segment ist.'],
  ['The first byte of this segment counts as number {}, so that the receiver notices anything missing, repeated or out of order.', 'Das erste Byte dieses Segments zählt als Nummer {}; so bemerkt der Empfänger, was fehlt, doppelt ist oder in falscher Reihenfolge kommt.'],
  ['This side begins to count at {}, a number nobody can guess; SYN takes it, the first byte of data the next.', 'Diese Seite beginnt bei {} zu zählen, einer Zahl, die niemand erraten kann; SYN nimmt sie, das erste Byte Daten die nächste.'],
  ['Every byte before number {} has arrived; this one is expected next.', 'Jedes Byte vor Nummer {} ist angekommen; dieses wird als nächstes erwartet.'],
  ['The ACK flag is not set, so this number, {}, says nothing.', 'Das Flag ACK ist nicht gesetzt; diese Zahl, {}, sagt darum nichts.'],
  ['The header is {} long; the data begin behind it. Twelve bits of flags say what the segment does.', 'Der Header ist {} lang; dahinter beginnen die Daten. Zwölf Bits mit Flags sagen, was das Segment tut.'],
  ['The header takes {}, options included.', 'Der Header braucht {}, Optionen eingerechnet.'],
  ['Only {} is set.', 'Nur {} ist gesetzt.'],
  ['{} and {} are set.', '{} und {} sind gesetzt.'],
  ['The receiver\'s buffer is full: the other side must stop sending.', 'Der Puffer des Empfängers ist voll: Die andere Seite darf nicht weitersenden.'],
  ['The sender of this segment has room for {} more bytes, times the window scale if one was agreed.', 'Der Absender dieses Segments hat Platz für {} weitere Byte, mal der Fensterskala, falls eine vereinbart ist.'],
  ['The sum over addresses, header and data is right.', 'Die Summe über Adressen, Header und Daten stimmt.'],
  ['Nothing in this segment is urgent.', 'In diesem Segment ist nichts dringend.'],
  ['Opens the connection: the sequence number tells where this side starts counting.', 'Öffnet die Verbindung: Die Sequenznummer sagt, wo diese Seite zu zählen beginnt.'],
  ['This side has sent everything it will ever send on this connection.', 'Diese Seite hat auf dieser Verbindung alles gesendet, was sie je senden wird.'],
  ['The connection is broken off: forget it, and everything not yet delivered.', 'Die Verbindung ist abgebrochen: Sie und alles noch nicht Übergebene ist vergessen.'],
  ['The acknowledgment number counts; it does in every segment after the first.', 'Die Bestätigungsnummer gilt; das tut sie in jedem Segment nach dem ersten.'],
  // RTP
  ['Version {} of RTP, and three more facts about the header.', 'Version {} von RTP und drei weitere Angaben über den Header.'],
  ['The packet follows version {} of RTP.', 'Das Paket folgt Version {} von RTP.'],
  ['No filling at the end.', 'Am Ende ist keine Füllung.'],
  ['No extension follows the header.', 'Auf den Header folgt keine Erweiterung.'],
  ['The packet has one source; no mixer put several together.', 'Das Paket hat eine Quelle; kein Mixer hat mehrere zusammengefasst.'],
  ['Payload type {}, marker {}.', 'Nutzlasttyp {}, Marker {}.'],
  ['For video: this is the last packet of its picture, so decoding can start.', 'Bei Video: Das ist das letzte Paket seines Bildes, also kann das Decodieren beginnen.'],
  ['For video: more packets of the same picture follow.', 'Bei Video: Weitere Pakete desselben Bildes folgen.'],
  ['Says what the packet carries: {}.', 'Sagt, was das Paket trägt: {}.'],
  ['The next packet has number {}; a gap means that one was lost, a lower number that one came late.', 'Das nächste Paket hat die Nummer {}; eine Lücke heißt, dass eines verloren ist, eine kleinere Nummer, dass eines zu spät kam.'],
  ['The picture\'s moment on the sender\'s media clock, {} ticks; all packets of one picture share it.', 'Der Augenblick des Bildes auf der Medienuhr des Senders, {} Takte; alle Pakete eines Bildes haben denselben.'],
  ['The sender\'s random number in this session, {}: it tells sources apart even when addresses change.', 'Die Zufallszahl des Senders in dieser Sitzung, {}: Sie unterscheidet Quellen auch dann, wenn Adressen wechseln.'],
  // RTP/JPEG
  ['The picture is shown whole: its lines are not split into two fields.', 'Das Bild wird ganz gezeigt: Seine Zeilen sind nicht auf zwei Halbbilder verteilt.'],
  ['This is the first piece of the picture.', 'Das ist das erste Stück des Bildes.'],
  ['This piece belongs {} into the picture\'s scan data.', 'Dieses Stück gehört {} weit in die Bilddaten.'],
  ['The quantisation tables are computed from quality {}, so they need not be sent.', 'Die Quantisierungstabellen werden aus der Qualität {} berechnet und müssen nicht gesendet werden.'],
  ['The quantisation tables stand in the first packet of every picture.', 'Die Quantisierungstabellen stehen im ersten Paket jedes Bildes.'],
  ['The picture is {} wide; the field counts in units of 8.', 'Das Bild ist {} breit; das Feld zählt in Einheiten von 8.'],
  ['The picture is {} high; the field counts in units of 8.', 'Das Bild ist {} hoch; das Feld zählt in Einheiten von 8.'],
  // RTSP
  ['What is wanted, of which resource, in which version of RTSP.', 'Was verlangt wird, von welcher Ressource, in welcher Version von RTSP.'],
  ['OPTIONS asks which methods the server knows.', 'OPTIONS fragt, welche Methoden der Server kennt.'],
  ['DESCRIBE asks what there is to see and hear, and in which format.', 'DESCRIBE fragt, was es zu sehen und zu hören gibt und in welchem Format.'],
  ['SETUP agrees on how one track will be carried, and opens a session.', 'SETUP vereinbart, wie eine Spur übertragen wird, und öffnet eine Sitzung.'],
  ['PLAY asks the server to start sending.', 'PLAY bittet den Server, mit dem Senden zu beginnen.'],
  ['PAUSE asks the server to stop sending, but to keep the session.', 'PAUSE bittet den Server, nicht weiterzusenden, aber die Sitzung zu behalten.'],
  ['TEARDOWN ends the session; nothing of it is kept.', 'TEARDOWN beendet die Sitzung; nichts von ihr bleibt.'],
  ['The request is about {}.', 'Die Anfrage betrifft {}.'],
  ['The message follows {}.', 'Die Nachricht folgt {}.'],
  ['How the request went: {}.', 'Wie es der Anfrage erging: {}.'],
  ['200: the request was understood and carried out.', '200: Die Anfrage wurde verstanden und ausgeführt.'],
  ['The status in words, for people: {}.', 'Der Status in Worten, für Menschen: {}.'],
  ['An empty line ends the header of the message.', 'Eine Leerzeile beendet den Header der Nachricht.'],
  ['A dollar sign tells that a binary packet follows, not a message in words.', 'Ein Dollarzeichen sagt, dass ein binäres Paket folgt und keine Nachricht in Worten.'],
  // ARP
  ['A question to everybody: whoever has the target\'s IP address shall answer.', 'Eine Frage an alle: Wer die gesuchte IP-Adresse hat, soll antworten.'],
  ['The answer: the sender has the IP address that was asked for.', 'Die Antwort: Der Absender hat die IP-Adresse, nach der gefragt wurde.'],
  ['The sender\'s card has the address {}; whoever reads this may remember it.', 'Die Karte des Absenders hat die Adresse {}; wer das liest, darf es sich merken.'],
  ['The sender has the IP address {}.', 'Der Absender hat die IP-Adresse {}.'],
  ['All zero: this is what the sender wants to know.', 'Lauter Nullen: Das will der Absender wissen.'],
  ['The question is, or was: which card has the IP address {}?', 'Die Frage ist oder war: Welche Karte hat die IP-Adresse {}?'],
]

/** Numbers with their thousands as here, and the few words that stand beside them. */
function value(english: string): string {
  const known = VALUES[english]
  if (known !== undefined) return known
  return english
    .replace(/(?<![\d.:,])\d{1,3}(?:,\d{3})+(?![\d.:,])/g, (number) => number.replaceAll(',', '.'))
    .replace(/^correct\b/, 'richtig').replace(/(\d) bytes?\b/g, '$1 Byte').replace(/(\d) pixels?\b/g, '$1 Pixel')
    .replace(/(\d) more routers?\b/, '$1 Router').replace(/^(\S+), last$/, '$1, letztes')
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
let patterns: readonly (readonly [RegExp, string])[] | null = null

function sentence(english: string): string | null {
  patterns ??= SENTENCES.map(([from, to]) => [new RegExp(`^${from.split('{}').map(escaped).join('(.+?)')}$`), to])
  for (const [from, to] of patterns) {
    const found = from.exec(english)
    if (!found) continue
    let at = 0
    return to.replace(/\{\}/g, () => value(found[(at += 1)] ?? ''))
  }
  return null
}

/** German. */
export const dissection: DissectionWords = { label: (english) => LABELS[english] ?? english, value, sentence }
