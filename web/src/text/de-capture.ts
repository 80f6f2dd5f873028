import type { CaptureWords } from './en-capture'
import { count } from './clock'

/** German. */
export const capture: CaptureWords = {
  badge: (file) => `Aufzeichnung: ${file}`,
  open: 'Mitschnitt öffnen (pcap, pcapng)',
  opening: 'Die Datei wird gelesen …',
  close: 'Mitschnitt schließen',
  file: 'Datei',
  frames: 'Rahmen',
  shown: (shown, frames) => (shown === frames ? count(frames) : `${count(shown)} von ${count(frames)} werden gezeigt`),
  limits: {
    present: 'Ein Mitschnitt kennt einen Augenblick je Rahmen: Zeiten in den Hosts sind gezeichnet, nicht gemessen. Bestellen kann man darin nichts.',
    absent: 'Ein Mitschnitt kennt einen Augenblick je Rahmen: Zeiten in den Hosts sind gezeichnet, nicht gemessen. Seine Rahmen haben keine FCS. Bestellen kann man darin nichts.',
    mixed: 'Ein Mitschnitt kennt einen Augenblick je Rahmen: Zeiten in den Hosts sind gezeichnet, nicht gemessen. Manche seiner Rahmen haben keine FCS. Bestellen kann man darin nichts.',
  },
  keyOnly: 'Nur wer den Schlüssel des Raums hat, kann einen Mitschnitt öffnen.',
}
