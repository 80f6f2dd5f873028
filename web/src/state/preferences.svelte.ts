/** Which model the stacks are drawn by. */
export type Model = 'osi' | 'tcpip'

/** The models, as they are offered. */
export const MODELS: readonly { id: Model; label: string }[] = [
  { id: 'osi', label: 'OSI 7' },
  { id: 'tcpip', label: 'TCP/IP 5' },
]

/** Which colours the page has. */
export type Theme = 'light' | 'dark' | 'contrast'

/** What can be chosen: some colours, or those that the system asks for. */
export type ThemeChoice = Theme | 'system'

const THEMES: readonly Theme[] = ['light', 'dark', 'contrast']

const KEY = 'layercast.preferences'

interface Stored {
  model: Model
  theme: ThemeChoice
  letterKeys: boolean
  /** All words larger by a quarter, and fewer of them. */
  bigType: boolean
  /** The language of the page and its lessons; `null`: as the browser wishes. */
  language: string | null
}

const STANDARD: Stored = { model: 'osi', theme: 'system', letterKeys: true, bigType: false, language: null }

/** What the person at this page chose for themselves; kept in this browser only. */
export class Preferences {
  /** OSI with seven layers, or TCP/IP with five. */
  model = $state<Model>(STANDARD.model)
  theme = $state<ThemeChoice>(STANDARD.theme)
  /** The colours that are shown, whoever asked for them. */
  shown = $state<Theme>('light')
  /** Single-letter keys (L, ?, ...) act; they can be in the way of speech input. */
  letterKeys = $state(STANDARD.letterKeys)
  bigType = $state(STANDARD.bigType)
  language = $state<string | null>(STANDARD.language)

  constructor() {
    const stored = read()
    this.model = stored.model
    this.theme = stored.theme
    this.letterKeys = stored.letterKeys
    this.bigType = stored.bigType
    this.language = stored.language
  }

  /** Gives the document its colours, for a window without the top bar that keeps up with them. */
  applyTheme(): void {
    const asked = matchMedia('(prefers-contrast: more)').matches ? 'contrast' : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    this.shown = this.theme === 'system' ? asked : this.theme
    document.documentElement.dataset.theme = this.shown
  }

  /** Changes some of them and remembers all. */
  set(change: Partial<Stored>): void {
    Object.assign(this, change)
    try {
      localStorage.setItem(KEY, JSON.stringify({ model: this.model, theme: this.theme, letterKeys: this.letterKeys, bigType: this.bigType, language: this.language }))
    } catch {
      // Without storage they hold until the page is closed.
    }
  }
}

function read(): Stored {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Stored>
    return {
      model: found.model === 'tcpip' ? 'tcpip' : 'osi',
      theme: THEMES.find((one) => one === found.theme) ?? STANDARD.theme,
      letterKeys: found.letterKeys !== false,
      bigType: found.bigType === true,
      language: typeof found.language === 'string' && /^[a-z]{2}$/.test(found.language) ? found.language : null,
    }
  } catch {
    return STANDARD
  }
}

/** The one set of preferences of this page. */
export const preferences = new Preferences()
