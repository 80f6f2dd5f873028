import type { DownloadWords } from './en-download'

/** German. */
export const download: DownloadWords = {
  label: (link, host) =>
    link !== undefined ? `Mitschnitt von Kabel ${link} (pcapng)` : host !== undefined ? `Mitschnitt der Kabel von ${host} (pcapng)` : 'Mitschnitt aller Kabel (pcapng)',
  hint: 'Was jetzt aufgezeichnet ist, für Wireshark, mit dem Schicksal jedes Rahmens als Kommentar',
}
