/** The words of the list of everything that can be done. */
export interface PaletteWords {
  open: string
  title: string
  /** In the line to write in. */
  hint: string
  list: string
  nothing: string
  /** How many are left, for a screen reader. */
  found(n: number): string
  groups: Record<'time' | 'view' | 'lens' | 'shelf' | 'page' | 'lesson' | 'request' | 'network' | 'future', string>
  speed(speed: string): string
  steps(size: string): string
  view(name: string): string
  tab(name: string): string
  watch(client: string): string
  model(name: string): string
  theme(name: string): string
  speak(language: string): string
  bigType: string
  blank: string
  blanked: string
  letters: string
  help: string
  copyFilter: string
  whatIf: string
  allLayers: string
  hop: string
  /** Why an entry cannot be chosen now, for a screen reader. */
  notNow: string
}

/** English. */
export const palette: PaletteWords = {
  open: 'All commands',
  title: 'Commands',
  hint: 'Write what you want to do',
  list: 'Commands',
  nothing: 'No command has these words.',
  found: (n) => (n === 1 ? '1 command' : `${n} commands`),
  groups: { time: 'Time', view: 'View', lens: 'Lens', shelf: 'Shelf', page: 'Page', lesson: 'Lesson', request: 'RTSP', network: 'Network', future: 'What if' },
  speed: (speed) => `Speed ${speed}`,
  steps: (size) => `Steps ${size}`,
  view: (name) => `Show the ${name.toLowerCase()}`,
  tab: (name) => `Open ${name}`,
  watch: (client) => `Watch ${client}`,
  model: (name) => `Layers as ${name}`,
  theme: (name) => `Colours: ${name}`,
  speak: (language) => language,
  bigType: 'Big type',
  blank: 'Blank the page',
  blanked: 'The page is blank. B, Escape or a click shows it again.',
  letters: 'Single-letter keys act',
  help: 'Help: keys',
  copyFilter: 'Copy the field as a display filter',
  whatIf: 'What if this packet were lost',
  hop: 'Next hop',
  allLayers: 'All layers',
  notNow: 'not now',
}
