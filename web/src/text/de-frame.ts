import type { FrameWords } from './en-frame'

/** German. */
export const frame: FrameWords = {
  parts: { caption: 'Satz zum Geschehen', controls: 'Zeitsteuerung', packet: 'Paket', stage: 'Bühne', bar: 'Balken', video: 'Video', shelf: 'Ablage', timeline: 'Zeitleiste', notice: 'Hinweis' },
  close: 'Schließen',
  live: { connecting: 'Verbindet …', lost: 'Nicht verbunden', live: 'Live', standing: 'Live, angehalten', go: 'Zu live' },
  behind: ' hinter live',
  model: 'Schichtenmodell',
  whatIf: 'Was wäre, wenn',
  clients: { list: 'Clients', one: 'Client', sends: (program, path) => `${program} sendet ${path}`, left: (name) => `${name} (gegangen)` },
  menu: {
    open: 'Menü',
    title: 'Dieser Lauf',
    none: 'Noch kein Lauf: Der Server hat nicht geantwortet.',
    facts: { scenario: 'Szenario', seed: 'Seed', run: 'Lauf', began: 'Begonnen', kept: 'Behalten', watching: 'Zuschauer' },
    kept: (length, from) => `die letzten ${length} min, ab ${from}`,
    pages: (n) => (n === 1 ? '1 Seite' : `${n} Seiten`),
    layers: 'Schichten',
    colours: 'Farben',
    theme: { system: 'System', light: 'Hell', dark: 'Dunkel', contrast: 'Kontrast' },
  },
  help: {
    name: 'Hilfe', title: 'Tasten', letters: 'Einzelne Buchstabentasten wirken',
    pausing: 'Die Zeit anzuhalten sendet nie PAUSE: Die Knöpfe neben der Zeitleiste bewegen die Zeit, die der Fernbedienung senden Anfragen.',
  },
  connect: {
    title: 'Einen Player verbinden',
    face: 'Verbinden',
    waiting: 'Die Adresse des Servers kommt gleich.',
    about: 'Ein eigener Player kann mitmachen: Seine Pakete gehen durch das simulierte Netz und werden hier gezeichnet wie alle anderen.',
    commands: { udp: 'ffplay über UDP', tcp: 'ffplay über TCP', vlc: 'VLC', publish: 'Einen Film mit ffmpeg senden', lab: 'Auch den Client der klassischen Übungsaufgabe bedienen' },
    copy: 'Kopieren',
    copied: 'Kopiert',
    copyOf: (command) => `Kopieren: ${command}`,
    note: 'Seine Anwendungsdaten sind seine eigenen, seine TCP/IP-Header sind simuliert. Solange er verbunden ist, läuft die Welt mit 1×.',
    here: (n) => (n === 1 ? 'Gerade ist 1 Player von außen hier.' : `Gerade sind ${n} Player von außen hier.`),
  },
}
