/** The words of a capture of another network that is shown. */
export interface CaptureWords {
  /** The badge in the bar. */
  badge(file: string): string
  open: string
  opening: string
  close: string
  file: string
  frames: string
  shown(shown: number, frames: number): string
  /** What a capture cannot know. */
  limits: Record<'present' | 'absent' | 'mixed', string>
  keyOnly: string
}

export const capture: CaptureWords = {
  badge: (file) => `Recording: ${file}`,
  open: 'Open a capture (pcap, pcapng)',
  opening: 'The file is being read …',
  close: 'Close the capture',
  file: 'File',
  frames: 'Frames',
  shown: (shown, frames) => (shown === frames ? `${frames.toLocaleString('en')}` : `${shown.toLocaleString('en')} of ${frames.toLocaleString('en')} are shown`),
  limits: {
    present: 'A capture knows one moment for each frame: times inside the hosts are drawn, not captured. Nothing can be ordered in it.',
    absent: 'A capture knows one moment for each frame: times inside the hosts are drawn, not captured. Its frames have no FCS. Nothing can be ordered in it.',
    mixed: 'A capture knows one moment for each frame: times inside the hosts are drawn, not captured. Some of its frames have no FCS. Nothing can be ordered in it.',
  },
  keyOnly: 'Only who holds the room’s key can open a capture.',
}
