/** The words around the stage: the page's parts, its bar, menu, help and the panel for players. */
export interface FrameWords {
  /** The parts of the page, for a screen reader. */
  parts: Record<'caption' | 'controls' | 'packet' | 'stage' | 'bar' | 'video' | 'shelf' | 'timeline' | 'notice', string>
  close: string
  live: Record<'connecting' | 'lost' | 'live' | 'standing' | 'go', string>
  /** Follows a length of time: `12 s behind live`. */
  behind: string
  model: string
  whatIf: string
  clients: { list: string; one: string; sends(program: string, path: string): string; left(name: string): string }
  menu: {
    open: string
    title: string
    none: string
    facts: Record<'scenario' | 'seed' | 'run' | 'began' | 'kept' | 'watching', string>
    kept(length: string, from: string): string
    pages(count: number): string
    layers: string
    colours: string
    theme: Record<'system' | 'light' | 'dark' | 'contrast', string>
  }
  help: Record<'name' | 'title' | 'pausing' | 'letters', string>
  connect: {
    title: string
    face: string
    waiting: string
    about: string
    commands: Record<'udp' | 'tcp' | 'vlc' | 'publish' | 'lab', string>
    copy: string
    copied: string
    copyOf(command: string): string
    note: string
    here(players: number): string
  }
}

/** English. */
export const frame: FrameWords = {
  parts: { caption: 'Caption', controls: 'Time controls', packet: 'Packet', stage: 'Stage', bar: 'Bar', video: 'Video', shelf: 'Shelf', timeline: 'Timeline', notice: 'Notice' },
  close: 'Close',
  live: { connecting: 'Connecting …', lost: 'Not connected', live: 'Live', standing: 'Live, paused', go: 'Go live' },
  behind: ' behind live',
  model: 'Layer model',
  whatIf: 'What if',
  clients: { list: 'Clients', one: 'Client', sends: (program, path) => `${program} sends ${path}`, left: (name) => `${name} (gone)` },
  menu: {
    open: 'Menu',
    title: 'This run',
    none: 'No run yet: the server has not answered.',
    facts: { scenario: 'Scenario', seed: 'Seed', run: 'Run', began: 'Began', kept: 'Kept', watching: 'Watching' },
    kept: (length, from) => `the last ${length} min, from ${from}`,
    pages: (n) => (n === 1 ? '1 page' : `${n} pages`),
    layers: 'Layers',
    colours: 'Colours',
    theme: { system: 'System', light: 'Light', dark: 'Dark', contrast: 'Contrast' },
  },
  help: {
    name: 'Help', title: 'Keys', letters: 'Single-letter keys act',
    pausing: 'Pausing time never sends PAUSE: the buttons beside the timeline move time, those of the remote send requests.',
  },
  connect: {
    title: 'Connect a player',
    face: 'Connect',
    waiting: 'Waiting for the server’s address.',
    about: 'A player of yours can join: its packets cross the simulated network and are drawn here like any other.',
    commands: { udp: 'ffplay over UDP', tcp: 'ffplay over TCP', vlc: 'VLC', publish: 'Publish a film with ffmpeg', lab: 'Serve the classic lab exercise’s own client, too' },
    copy: 'Copy',
    copied: 'Copied',
    copyOf: (command) => `Copy: ${command}`,
    note: 'Its application bytes are its own; its TCP/IP headers are simulated. While it is connected the world runs at 1×.',
    here: (n) => (n === 1 ? '1 player from outside is here now.' : `${n} players from outside are here now.`),
  },
}
