/** The words of captures to take away. */
export interface DownloadWords {
  /** What is taken: one cable, the cables of a device, or all. */
  label(link: string | undefined, host: string | undefined): string
  hint: string
}

/** English. */
export const download: DownloadWords = {
  label: (link, host) =>
    link !== undefined ? `Capture of cable ${link} (pcapng)` : host !== undefined ? `Capture of ${host}’s cables (pcapng)` : 'Capture of all cables (pcapng)',
  hint: 'What is on the tape now, for Wireshark, with what became of each frame as comments',
}
