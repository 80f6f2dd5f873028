import type { Fact, Who } from '../scene'
import { count, rate, span } from './clock'
import { fateWords } from './de-weather'

/** German bends articles: who does it, whom it meets, to whom it goes, whose it is. */
type Case = 'nom' | 'acc' | 'dat' | 'gen'
const ARTICLES: Record<Exclude<Who['kind'], 'name'>, Record<Case, string>> = {
  client: { nom: 'der Client', acc: 'den Client', dat: 'dem Client', gen: 'des Clients' },
  server: { nom: 'der Server', acc: 'den Server', dat: 'dem Server', gen: 'des Servers' },
  // In the singular, so that every verb fits.
  members: { nom: 'jedes Mitglied', acc: 'jedes Mitglied', dat: 'jedem Mitglied', gen: 'jedes Mitglieds' },
}

/** Who, in the middle of a sentence. */
export function who(w: Who, grammar: Case = 'nom'): string {
  if (w.kind === 'name') return grammar === 'gen' ? `von ${w.name}` : w.name
  return ARTICLES[w.kind][grammar]
}
const cap = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const Who = (w: Who): string => cap(who(w))
/** The last two bytes of a hardware address. */
const short = (mac: string | null): string => (mac === null || mac === '' ? 'die nächste Karte' : `…:${mac.split(':').slice(-2).join(':')}`)
const bytes = (n: number): string => `${count(n)} Byte`

/** Words from a body, so short that they leave room for the sentence. */
const listed = (lines: readonly string[]): string => {
  const text = lines.join(', ')
  return text.length <= 40 && lines.length <= 3 ? text : `${lines.length} Parametern`
}

function request(f: Fact & { kind: 'request' }): string {
  const me = Who(f.who)
  if (f.auth === 'Digest') return `${me} sendet ${f.method.slice(0, 20)} mit Digest: aus Name, Passwort und Nonce berechnet. Das Passwort selbst geht nie über das Kabel.`
  if (f.auth !== null) return `${me} sendet ${f.method.slice(0, 20)} mit Name und Passwort in Base64: Jeder auf dem Weg könnte sie lesen.`
  switch (f.method) {
    case 'OPTIONS': return `${me} fragt mit OPTIONS, welche Methoden der Server kennt, denn eine fehlende darf er nicht benutzen.`
    case 'DESCRIBE': return `${me} fragt mit DESCRIBE, was es zu sehen gibt, um die Spuren und ihre Codierung kennenzulernen.`
    case 'SETUP':
      if (f.ports) return `SETUP sagt dem Server, wohin das Bild soll: an die UDP-Ports ${f.ports[0]} und ${f.ports[1]} des Clients. ${f.ports[0]} steht dann in jedem Medienpaket.`
      if (f.channels) return `SETUP verlangt das Bild in dieser TCP-Verbindung, als Kanäle ${f.channels[0]} und ${f.channels[1]}, damit kein anderer Port nötig ist.`
      return 'SETUP bittet den Server, eine Spur vorzubereiten, und sagt, wie deren Pakete reisen sollen.'
    case 'PLAY': return 'PLAY bittet den Server zu senden: Die Sitzung ist bereit, das erste Bild kann sofort kommen.'
    case 'PAUSE': return 'PAUSE bittet den Server, nicht weiter zu senden, die Sitzung aber zu behalten, damit PLAY dort weitermachen kann.'
    case 'TEARDOWN': return 'TEARDOWN beendet die Sitzung: Der Server sendet nichts mehr und vergisst, was er von ihr wusste.'
    case 'ANNOUNCE': return `${me} kündigt mit ANNOUNCE in SDP an, was kommt, damit der Server es jedem beschreiben kann, der es sehen will.`
    case 'RECORD': return `RECORD dreht den Strom um: Ab jetzt sendet ${who(f.who)} Medien an den Server, und der gibt sie an alle weiter, die sie abspielen.`
    case 'REDIRECT': return `${me} sendet REDIRECT: Der Client soll diese Sitzung beenden und seinen Strom bei der Adresse in Location holen.`
    case 'SET_PARAMETER': return f.body.length > 0
      ? `${me} sendet SET_PARAMETER mit ${listed(f.body)}, und der Server merkt es sich für diese Sitzung.`
      : `${me} sendet SET_PARAMETER ohne eine Zeile: Das setzt nichts und zeigt nur, dass ${who(f.who)} noch da ist.`
    case 'GET_PARAMETER': return f.body.length > 0
      ? `${me} fragt mit GET_PARAMETER nach ${listed(f.body)}: was der Server von dieser Sitzung weiß.`
      : `GET_PARAMETER sagt nur, dass ${who(f.who)} noch da ist, denn der Server beendet Sitzungen, die schweigen.`
    default: return `${me} schreibt eine Anfrage von ${bytes(f.bytes)}: ${f.method.slice(0, 20)}.`
  }
}

function response(f: Fact & { kind: 'response' }): string {
  const me = Who(f.who)
  if (f.status === 401) return f.auth === 'Basic'
    ? `${me} antwortet 401 und verlangt Name und Passwort. Basic sendet beides so, dass jeder auf dem Weg es lesen kann.`
    : `${me} antwortet 401: Wer fragt da? Seine Nonce geht in die Antwort ein, damit eine belauschte Antwort bald nichts mehr wert ist.`
  if (f.status >= 300 && f.status < 400) return `${me} antwortet ${f.status} ${f.reason.slice(0, 30)}: Der Strom ist anderswo, an der Adresse in Location. Dort muss ${who(f.to)} fragen.`
  if (f.status >= 300) return `${me} antwortet ${f.status} ${f.reason.slice(0, 30)}: Er tut nicht, was verlangt war, und die Zahl sagt, warum.`
  switch (f.method) {
    case 'OPTIONS': return `${me} antwortet ${f.status} ${f.reason.slice(0, 20)} und zählt seine Methoden auf, damit der Client weiß, was er verlangen darf.`
    case 'DESCRIBE': return `${me} antwortet mit einer Beschreibung in SDP: Nun kennt der Client jede Spur, ihre Codierung und ihre Adresse.`
    case 'SETUP':
      if (f.channels) return `${me} hat eine Sitzung angelegt: Kanäle ${f.channels[0]} und ${f.channels[1]} dieser Verbindung tragen die Medien, kein anderer Port ist nötig.`
      return `${me} hat eine Sitzung angelegt und nennt seine Ports: Nun wissen beide, woher Pakete kommen und wohin sie gehen.`
    case 'PLAY': return `${me} nimmt PLAY an und nennt seine erste Sequenznummer, damit der Client weiß, wo das Bild beginnt.`
    case 'PAUSE': return `${me} sendet nicht mehr und behält die Sitzung: Der Zustand ist wieder Ready.`
    case 'ANNOUNCE': return `${me} hat gelesen, was kommt: Wer nach diesem Namen fragt, bekommt Auskunft, sobald Medien fließen.`
    case 'RECORD': return `${me} nimmt RECORD an: Nun wartet er auf Medien und gibt jedes Paket an alle weiter, die diesen Strom abspielen.`
    case 'REDIRECT': return `${me} hat verstanden: Er verlässt diese Sitzung und geht dorthin, wohin er geschickt wurde.`
    case 'GET_PARAMETER': return `${me} antwortet auf das, was gefragt war: Nun weiß ${who(f.to)}, wie die Sitzung steht.`
    case 'SET_PARAMETER': return `${me} hat es für diese Sitzung gesetzt und sagt das mit ${f.status}.`
    case 'TEARDOWN': return `${me} hat die Sitzung beendet und ihren Zustand vergessen: Es folgt kein Paket mehr von ihr.`
    default: return `${me} antwortet ${f.status} ${f.reason.slice(0, 30)}: Nun weiß ${who(f.to)}, was aus der Anfrage wurde.`
  }
}

function rtp(f: Fact & { kind: 'rtp' }): string {
  // The server decodes nothing: it passes on what is published.
  const can = f.to.kind === 'server' ? `${who(f.to)} weiß, dass es ganz ist` : `${who(f.to)} kann jetzt decodieren`
  if (f.marker && f.of === 1) return `Dieses eine Paket, Nummer ${f.sequence}, trägt ein ganzes Bild. Es ist sein erstes und letztes: ${cap(can)}.`
  if (f.marker && f.of !== null) return `Das Markerbit ist 1: Das ist das letzte der ${f.of} Pakete des Bildes, ${can}.`
  if (f.marker) return `Das Markerbit ist 1: Das ist das letzte Paket des Bildes, ${can}.`
  if (f.index !== null && f.of !== null && f.picture !== null) {
    return `${Who(f.who)} schneidet Bild ${f.picture} in ${f.of} Pakete. Das ist Paket ${f.index + 1} mit der Nummer ${f.sequence}, ${f.tcp ? 'obwohl schon TCP die Reihenfolge wahrt' : `damit ${who(f.to)} sie ordnen kann`}.`
  }
  if (f.tcp) return `RTP gibt diesem Stück die Nummer ${f.sequence}, wie auch über UDP, obwohl TCP keines verloren gehen lässt.`
  return `RTP gibt diesem Stück des Bildes die Nummer ${f.sequence}: So kann ${who(f.to)} Pakete ordnen und merken, dass eines fehlt.`
}

function rtcp(types: readonly string[], me: string): string {
  if (types.includes('BYE')) return `${me} sagt mit RTCP BYE: Diese Quelle hört auf, also wartet niemand auf weitere Pakete von ihr.`
  if (types.includes('SR')) return `${me} meldet mit RTCP, wie viele Pakete und Byte gesendet sind und welche Uhrzeit zu welchem RTP-Zeitstempel gehört.`
  if (types.includes('RR')) return `${me} meldet mit RTCP, wie viele Pakete fehlen und wie ungleichmäßig die anderen kommen: So erfährt der Server von Verlust und Jitter.`
  return `${me} sendet RTCP, den Meldekanal neben den Medien: ${types.join(', ').slice(0, 30)}.`
}

function igmp(f: Fact & { kind: 'igmp' }): string {
  const group = f.group ?? 'irgendeine Gruppe'
  switch (f.type) {
    case 17: return `${Who(f.who)} fragt mit IGMP, wer in diesem Netz ${group} will, um nur weiterzugeben, was jemand ansieht.`
    case 23: return `${Who(f.who)} verlässt mit IGMP ${group}. Der Router wird fragen, ob hier noch jemand sie will.`
    default: return `${Who(f.who)} meldet mit IGMP, dass er in ${group} ist: Nun geben Router deren Pakete in dieses Netz weiter.`
  }
}

function acknowledgement(f: Fact & { kind: 'tcpAck' }): string {
  const me = Who(f.who)
  switch (f.because) {
    case 'delayed': return `${me} hat auf Daten gewartet, die dieses ACK mitnehmen könnten. Es kamen keine, also bestätigt TCP allein.`
    case 'everySecondSegment': return `Zwei Segmente sind da, also bestätigt ${who(f.who)} sie: Mehr als eines darf TCP nicht unbestätigt lassen.`
    case 'outOfOrder':
    case 'duplicate': return `Ein Segment fehlt, also wiederholt ${who(f.who)} das letzte ACK: Es fehlt noch immer dasselbe Byte.`
    case 'windowUpdate': return `Das Programm hat seine Daten gelesen, also meldet ${who(f.who)}, dass sein Fenster wieder offen ist.`
    case 'fin': return `${me} bestätigt das FIN: Diese Richtung der Verbindung ist nun geschlossen.`
    default: return f.number === null
      ? `${me} bestätigt, was angekommen ist, damit ${who(f.to)} es nicht noch einmal senden muss.`
      : `${me} bestätigt jedes Byte vor ${f.number}, damit ${who(f.to)} sie nicht noch einmal senden muss.`
  }
}

function drop(reason: string, me: string, whose: string): string {
  switch (reason) {
    case 'badIpChecksum': return `Die Prüfsumme des IP-Headers stimmt nicht. ${cap(me)} kann seinen Adressen nicht trauen und verwirft das Paket.`
    case 'badTransportChecksum': return `Die Prüfsumme über Header und Daten stimmt nicht. ${cap(me)} verwirft das Paket, statt beschädigte Daten weiterzugeben.`
    case 'ttl': return `Die TTL ist 0, also verwirft ${me} das Paket: Es läuft vielleicht im Kreis.`
    case 'noRoute': return `${cap(me)} kennt keinen Weg zu dieser Adresse und verwirft das Paket.`
    case 'noMembers': return `Niemand in den anderen Netzen ${whose} ist in dieser Gruppe, also fällt das Paket weg: Multicast geht nur dorthin, wo es jemand will.`
    case 'localGroup': return `Pakete für diese Gruppe bleiben in ihrem eigenen Netz, also gibt ${me} es nicht weiter.`
    case 'wrongSide': return `Der Absender gehört nicht in das Netz, aus dem das Paket kam, also verwirft ${me} es: Kopien dürfen nicht im Kreis laufen.`
    case 'notOurAddress': return `Die Karte ließ den Rahmen herein, aber ${me} ist nicht in der Gruppe des Pakets: IP verwirft es.`
    case 'portClosed': return `Kein Programm wartet an diesem Port, also verwirft ${me} die Daten.`
    case 'duplicate': return `TCP hat diese Byte schon, also verwirft ${me} die Kopie und bestätigt noch einmal.`
    case 'arpFailed': return `Niemand hat die ARP-Frage beantwortet. ${cap(me)} kann den Rahmen nicht adressieren und verwirft das Paket.`
    default: return `${cap(me)} verwirft es: ${reason.slice(0, 60)}.`
  }
}

/** The sentence of a step: who does what, and why. */
export function caption(f: Fact): string {
  switch (f.kind) {
    case 'request': return request(f)
    case 'response': return response(f)
    case 'rtp': return rtp(f)
    case 'rtcp': return rtcp(f.types, Who(f.who))
    case 'unknownMessage': return `${Who(f.who)} gibt ${bytes(f.bytes)} an die Transportschicht. Kein Protokoll, das man hier kennt, erklärt sie.`
    case 'interleave': return `RTSP setzt 4 Byte davor: $, Kanal${f.channel === null ? '' : ` ${f.channel}`} und Länge. So trennt ${who(f.to)} in einer Verbindung ${f.media ? 'Medien' : 'Berichte'} von RTSP-Worten.`
    case 'deinterleave': return `${Who(f.who)} liest $${f.channel === null ? '' : ` und Kanal ${f.channel}`}: In dieser Verbindung kommt jetzt kein RTSP, sondern ein ${f.media ? 'RTP' : 'RTCP'}-Paket von ${bytes(f.bytes)}.`
    case 'formatText': return `Die Schichten 6 und 5 fügen dieser ${f.request ? 'Anfrage' : 'Antwort'} nichts hinzu: Bei 6 geht es um ihr Format, Text, bei 5 um die Sitzung, die beide kennen.`
    case 'formatOther': return `Das Format ist ${f.coding.slice(0, 16)}: Seine Header stehen in den Nutzdaten, wie die RTP-Regeln dieses Formats es sagen. Schicht 6 fügt nichts hinzu.`
    case 'formatJpeg': return f.tables
      ? `Das Format hat einen eigenen Header: ${bytes(f.bytes)} RTP/JPEG sagen, wohin dieses Stück gehört, und bringen die Tabellen zum Decodieren.`
      : 'Das Format hat einen eigenen Header: RTP/JPEG sagt, wohin im Bild dieses Stück gehört und wie groß das Bild ist.'
    case 'formatFile': return `Kein eigener Header des Formats: Die ganze Bilddatei sind die Nutzdaten. Diese ${bytes(f.bytes)} passen nicht in einen Rahmen.`
    case 'tcpData': return `TCP setzt ${bytes(f.header)} davor: Port ${f.port} nennt das Programm, und an der Sequenznummer merkt ${who(f.to)}, wenn etwas fehlt.`
    case 'tcpPart': return `Die Nachricht ist zu lang für ein Segment, also zerlegt TCP sie: Dieses Segment trägt ${bytes(f.bytes)} davon.`
    case 'tcpOpen': return `Vor dem ersten RTSP-Wort einigen sich beide, wo das Zählen beginnt: ${Who(f.who)} sendet SYN mit seiner ersten Sequenznummer.`
    case 'tcpAccept': return `${Who(f.who)} antwortet mit SYN und ACK: Das nennt die eigene erste Sequenznummer und bestätigt die andere.`
    case 'tcpConfirm': return `${Who(f.who)} bestätigt die Nummer: Nun weiß jeder, dass der andere ihn hört, und die Verbindung steht.`
    case 'tcpClose': return `${Who(f.who)} hat nichts mehr zu senden und schließt seine Richtung der Verbindung mit FIN.`
    case 'tcpAbort': return `${Who(f.who)} bricht die Verbindung mit RST ab: Nichts wird mehr gesendet oder gelesen.`
    case 'tcpProbe': return `Das Fenster drüben ist zu, also fragt ${who(f.who)} mit einem winzigen Segment, ob wieder Platz ist.`
    case 'tcpRefused': return `Kein Programm wartet an Port ${f.port}, also lehnt ${who(f.who)} mit RST ab.`
    case 'tcpAck': return acknowledgement(f)
    case 'tcpTimeout': return `Binnen ${span(f.rto)} kam keine Bestätigung, also sendet TCP dieselben ${bytes(f.bytes)} noch einmal. Die Nachricht kommt später, aber ganz.`
    case 'tcpFast': return `Drei ACKs haben dasselbe Byte verlangt, also wiederholt TCP diese ${bytes(f.bytes)} sofort, statt auf die Uhr zu warten.`
    case 'tcpAfterTimeout': return `Was auf das verlorene Segment folgte, kann auch verloren sein: TCP sendet auch diese ${bytes(f.bytes)} noch einmal.`
    case 'tcpPartial': return `Das ACK hat nur einen Teil des Verlorenen bestätigt, also wiederholt TCP sofort die nächsten ${bytes(f.bytes)}.`
    case 'tcpBySack': return `SACK sagt, dass spätere Byte da sind. TCP hält diese ${bytes(f.bytes)} für verloren und sendet sie vor einem dritten gleichen ACK noch einmal.`
    case 'tcpHole': return `SACK zeigt ein Loch, wo diese ${bytes(f.bytes)} hingehören: TCP sendet nur sie noch einmal und nichts, was schon da ist.`
    case 'tcpRescue': return `Auch das Ende des Gesendeten kann verloren sein: TCP sendet die letzten ${bytes(f.bytes)} noch einmal, und ein ACK wird es zeigen.`
    case 'tcpPathMtu': return `Ein Kabel auf dem Weg trägt nur kleinere Pakete, sagt ICMP: TCP sendet diese ${bytes(f.bytes)} in kleineren Segmenten noch einmal.`
    case 'tcpLetGo': return letGo(f)
    case 'fate': return fateWords(f.fate, who(f.who, 'gen'), f.tcp) ?? drop('verloren', who(f.who), who(f.who, 'gen'))
    case 'udp': return `UDP setzt nur ${f.header} Byte davor: Ports, Länge und eine Prüfsumme. Es nummeriert nichts, Verlorenes bleibt verloren.`
    case 'icmpv6': return icmpv6(f)
    case 'tag': return f.removed
      ? `${Who(f.who)} nimmt das Tag von VLAN ${f.vlan} heraus und berechnet eine neue FCS: Hinter diesem Port weiß niemand von VLANs.`
      : `${Who(f.who)} setzt ein Tag von 4 Byte ein und berechnet eine neue FCS: Auf diesem Kabel gehört der Rahmen sichtbar zu VLAN ${f.vlan}.`
    case 'nat': return f.source
      ? `${Who(f.who)} verbirgt den Absender: Aus ${f.from} wird ${f.to}. Beides wird notiert, damit Antworten zurückfinden.`
      : `${Who(f.who)} findet ${f.from} in der Übersetzungstabelle: Das Paket ist für ${f.to} drinnen, also wird das eingetragen.`
    case 'ip': if (f.v6) return `IPv6 setzt 40 Byte davor: ${f.destination === '' ? 'Das Ziel' : f.destination} nennt den Host. Eine Prüfsumme fehlt: Die Schichten darüber und darunter haben ihre.`
      return f.group ? `IP setzt 20 Byte davor: ${f.destination} nennt eine Gruppe. Router geben das Paket in jedes Netz weiter, in dem ein Host beigetreten ist.` : `IP setzt 20 Byte davor: ${f.destination === '' ? 'Die Zieladresse' : f.destination} nennt den Host, in welchem Netz er auch ist, damit Router ihn finden.`
    case 'icmp': return `${Who(f.who)} schreibt eine ICMP-Nachricht: So meldet IP selbst Fehler und beantwortet Echos.`
    case 'igmp': return igmp(f)
    case 'fragment': return `Das Datagramm ist zu lang für einen Rahmen, also zerlegt IP es: Dieses Fragment ${f.last ? 'ist das letzte und ' : ''}trägt seine Byte ab ${f.offset}.`
    case 'waitForMac': return `${Who(f.who)} ${f.ip === null ? 'kennt die MAC-Adresse des nächsten Geräts nicht' : `kennt ${f.ip}, aber nicht dessen MAC-Adresse`}: Dieses Paket wartet, bis ARP die Antwort hat.`
    case 'ethernet': return `Ethernet setzt Adressen nur für dieses Netz davor, von ${short(f.from)} an ${short(f.to)}, und eine FCS dahinter, die gekippte Bits verrät.`
    case 'arpQuestion': return `${Who(f.who)} kennt ${f.target}, aber nicht dessen MAC-Adresse, und fragt alle in seinem Netz: Wer hat ${f.target}?`
    case 'arpAnswer': return `${Who(f.who)} hat ${f.ip === null ? 'die gesuchte Adresse' : `die Adresse ${f.ip}`} und antwortet dem, der fragte: Meine MAC-Adresse ist ${f.mac === null ? 'diese' : short(f.mac)}.`
    case 'queue': return `Auf dem Kabel ist noch ein früherer Rahmen, also wartet dieser ${span(f.wait)} in der Warteschlange ${who(f.who, 'gen')}.`
    case 'bits': return `${bytes(f.bytes)} gehen als Bits hinaus: ${span(f.time)} zum Senden mit ${rate(f.rate)}, dann ${span(f.delay)} unterwegs, denn Signale brauchen Zeit.`
    case 'bitsHeld': return `${f.ordered ? 'Jemand hat es so bestellt: ' : ''}Das Kabel hält diesen Rahmen ${span(f.late)} lang auf, sodass spätere ihn überholen.`
    case 'bitsCopied': return 'Das Kabel liefert diesen Rahmen ein zweites Mal: Der Empfänger muss merken, dass er diese Byte schon hat.'
    case 'switched': return f.learned
      ? `${Who(f.who)} lernt vom Absender ${short(f.source)}, an welchem Port er ist, und sendet den Rahmen aus Port ${f.port}${f.changed ? '' : ', bis aufs letzte Bit unverändert'}.`
      : `${Who(f.who)} liest nur die Ethernet-Adressen: ${cap(short(f.mac))} war zuletzt an Port ${f.port}, also geht der Rahmen dort hinaus${f.changed ? '' : ', bis aufs letzte Bit gleich'}.`
    case 'flooded': return f.broadcast
      ? `Der Rahmen ist für alle, also sendet ${who(f.who)} ihn aus jedem Port außer dem, an dem er kam.`
      : f.group
      ? `Die Adresse ist die einer Multicast-Gruppe, die kein einzelner Port hat, also sendet ${who(f.who)} den Rahmen aus jedem anderen Port.`
      : `${Who(f.who)} weiß noch nicht, wo ${short(f.mac)} ist, und sendet den Rahmen darum aus jedem anderen Port.`
    case 'routerIn': return `${Who(f.who)} prüft die FCS: Kein Bit ist gekippt. ${f.group ? 'Was für Gruppen ist, kommt herein' : 'Der Rahmen ist für die eigene Karte'}, also kommt der Ethernet-Header weg.`
    case 'route': return f.v6 ? `${Who(f.who)} senkt das Hop-Limit von ${f.from} auf ${f.to}, damit kein Irrläufer ewig kreist. IPv6 hat keine Header-Prüfsumme zu ändern.` : `${Who(f.who)} senkt die TTL von ${f.from} auf ${f.to}, damit kein Irrläufer ewig kreist. Der Header ist nun anders, also auch seine Prüfsumme.`
    case 'routerOut': return `Ein neues Netz, ein neuer Ethernet-Header: ${Who(f.who)} schreibt ${short(f.from)} als Absender, ${short(f.to)} als Empfänger und eine neue FCS.`
    case 'hostLink': return f.group
      ? `Die Karte berechnet die FCS neu: Kein Bit ist gekippt. Die Adresse gehört einer Gruppe, in der ${who(f.who)} ist, also wird ausgepackt.`
      : `Die Karte berechnet die FCS neu: Kein Bit ist gekippt. ${cap(short(f.mac))} ist die eigene Adresse, also packt ${who(f.who)} den Rahmen aus.`
    case 'arpRead': return f.question
      ? `${Who(f.who)} liest die Frage: ${f.ip ?? 'Die Adresse'} ist die eigene. Also folgt eine Antwort, und wer gefragt hat, wird notiert.`
      : `${Who(f.who)} notiert, dass ${f.ip ?? 'die Adresse'} bei ${f.mac === null || f.mac === '' ? 'der nächsten Karte' : short(f.mac)} ist: Alles, was darauf gewartet hat, kann nun los.`
    case 'notForMe': return `Die Adresse gehört einer anderen Karte, also lässt ${who(f.who)} den Rahmen ungelesen.`
    case 'hostNetwork':
      if (f.cut) return `Ein Stück eines Datagramms: IP behält es, bis alle Stücke mit seiner Kennung da sind, und gibt dann das Ganze an ${f.next}.`
      if (f.group) return `${f.ip ?? 'Das Ziel'} ist eine Gruppe, in der ${who(f.who)} ist, und die Header-Prüfsumme stimmt: IP gibt den Rest an ${f.next}.`
      if (f.v6) return `${(f.ip ?? 'Das Ziel').slice(0, 40)} ist eine Adresse ${who(f.who, 'gen')}, also gibt IPv6 den Rest an ${f.next}.`
      return `${f.ip ?? 'Das Ziel'} ist die eigene Adresse ${who(f.who, 'gen')}, und die Header-Prüfsumme stimmt: IP gibt den Rest an ${f.next}.`
    case 'hostUdp': return `Die UDP-Prüfsumme stimmt, und an Port ${f.port} ${who(f.who, 'gen')} wartet ein Programm: Es bekommt die Daten sofort.`
    case 'hostTcp': return hostTcp(f)
    case 'deliverRequest': return `${Who(f.who)} liest ${f.method.slice(0, 20)}: Alle Header darunter sind fort, und die Worte sind genau die ${who(f.from, 'gen')}.`
    case 'deliverResponse': return `${Who(f.who)} liest ${f.status} ${f.reason.slice(0, 30)}${f.method === null ? '' : ` auf ${f.method.slice(0, 20)}`}: genau die Worte ${who(f.from, 'gen')}.`
    case 'deliverRtp': return f.real
      ? `${Who(f.who)} ist ein echtes Programm: Es bekommt Paket ${f.sequence} durch einen echten Socket und zeigt das Bild im eigenen Fenster.`
      : `Nummer ${f.sequence} sagt, wohin dieses Stück gehört. ${Who(f.who)} behält es, bis sein Bild fällig ist: So fällt ungleiches Ankommen nicht auf.`
    case 'deliverOther': return `${Who(f.who)} liest den Bericht, genau wie er geschrieben wurde, und weiß nun mehr vom anderen Ende.`
    case 'shown': return shown(f)
    case 'dropFcs': return f.packet && f.udp
      ? `Ein Bit ist auf dem Kabel gekippt, die FCS stimmt nicht: ${Who(f.who)} verwirft Paket ${f.packet.index} von ${f.packet.of}. UDP wiederholt nie, das Bild behält ein Loch.`
      : `${Who(f.who)} berechnet eine andere FCS als die empfangene: Auf dem Kabel ist ein Bit gekippt. Der Rahmen wird verworfen, ohne ein Wort.`
    case 'dropQueue': return f.tcp
      ? `Die Warteschlange ${who(f.who, 'gen')} ist mit ${bytes(f.limit)} voll, der Rahmen fällt weg. Kein ACK kommt, also sendet TCP ihn noch einmal.`
      : `Die Warteschlange ${who(f.who, 'gen')} ist mit ${bytes(f.limit)} voll, der Rahmen fällt weg. Niemand erfährt es, aber die Nummern haben eine Lücke.`
    case 'lost': return f.tcp
      ? 'Das Kabel verliert diesen Rahmen. Nur die Aufzeichnung zeigt es: Für seine Byte kommt kein ACK, also sendet TCP sie noch einmal.'
      : 'Das Kabel verliert diesen Rahmen. Nur die Aufzeichnung zeigt es: Der Empfänger muss die Lücke bemerken, der Sender hört nichts.'
    case 'drop': return drop(f.reason, who(f.who), who(f.who, 'gen'))
  }
}

function icmpv6(f: Fact & { kind: 'icmpv6' }): string {
  const target = (f.target ?? 'einer Adresse').slice(0, 40)
  switch (f.type) {
    case 133: return `${Who(f.who)} fragt mit ICMPv6, welche Router in diesem Netz sind.`
    case 134: return `${Who(f.who)} sagt mit ICMPv6, dass hier ein Router ist und welche Adressen zu diesem Netz gehören.`
    case 135: return `${Who(f.who)} fragt die Gruppe von ${target}: Welche Karte hat sie? Bei IPv6 fragt ICMPv6, was bei IPv4 ARP fragt.`
    case 136: return `${Who(f.who)} antwortet: ${f.target === null ? 'Die Adresse' : target} gehört zur eigenen Karte, also kann man nun dorthin senden.`
    case 2: return `${Who(f.who)} meldet ein Paket, das für das nächste Kabel zu groß ist: Router zerlegen bei IPv6 nichts, das muss der Sender tun.`
    default: return `${Who(f.who)} schreibt eine ICMPv6-Nachricht vom Typ ${f.type}: So meldet und fragt IPv6 selbst.`
  }
}

function letGo(f: Fact & { kind: 'tcpLetGo' }): string {
  const sends = `sendet ${who(f.who)} die nächsten ${bytes(f.bytes)}`
  switch (f.because) {
    case 'congestionWindow': return `Ein ACK hat im Staufenster Platz gemacht, also ${sends}, die darauf gewartet haben.`
    case 'window': return `${Who(f.to)} hat wieder Platz und das gemeldet, also ${sends}, die darauf gewartet haben.`
    case 'limitedTransmit': return `Ein doppeltes ACK zeigt: Ein Segment ist aus dem Netz. Also ${sends}, damit ACKs weiter kommen (Limited Transmit).`
    case 'recovery': return `Das Verlorene ist schon noch einmal gesendet, und es ist Platz für mehr, also ${sends}.`
    default: return `TCP darf nun mehr senden, also ${sends}.`
  }
}

function hostTcp(f: Fact & { kind: 'hostTcp' }): string {
  if (f.flags.includes('SYN') && f.flags.includes('ACK')) return `${Who(f.who)} liest SYN und ACK: Die eigene Nummer ist bestätigt, und man weiß, ab wo die andere Seite zählt.`
  if (f.flags.includes('SYN')) return `An Port ${f.port} wartet ein Programm: ${Who(f.who)} notiert, ab wo die andere Seite zählt, und wird antworten.`
  if (f.flags.includes('RST')) return `${Who(f.who)} liest RST: Die Verbindung ist sofort zu Ende.`
  if (f.flags.includes('FIN')) return `${Who(f.who)} liest FIN: Die andere Seite sendet in dieser Verbindung nichts mehr.`
  if (f.bytes === 0 && f.opening) return `${Who(f.who)} liest das ACK zum eigenen SYN: Beide zählen nun ab vereinbarten Nummern, die Verbindung ist offen.`
  if (f.bytes === 0) return `${Who(f.who)} liest das ACK: Diese Byte sind angekommen, man muss keine Kopien mehr behalten.`
  return `TCP prüft Port, Sequenznummer und Prüfsumme: Nichts fehlt, also bekommt das Programm an Port ${f.port} ${bytes(f.bytes)}.`
}

function shown(f: Fact & { kind: 'shown' }): string {
  const picture = f.picture === null ? 'Das Bild' : `Bild ${f.picture}`
  if (f.missing === 0) return `${picture} ist fällig, und alle ${f.packets} Pakete sind rechtzeitig da, also zeigt ${who(f.who)} es.`
  const lost = f.missing === 1 ? 'eines seiner Pakete kam' : `${f.missing} seiner Pakete kamen`
  if (f.nothing) return `${picture} ist fällig, aber ${lost} nie an, und ohne ist nichts zu dekodieren: ${who(f.who)} zeigt weiter das vorige.`
  return `${picture} ist fällig, aber ${lost} nicht rechtzeitig, also zeigt ${who(f.who)} es mit einem Loch.`
}
