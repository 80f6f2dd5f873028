import { type Component, mount } from 'svelte'
import App from './views/App.svelte'
import { preferences } from './state/preferences.svelte'
import { readLook, readPlace } from './state/place'
import { Session } from './state/session.svelte'
import { speak } from './text'
import type { Lens } from './scene'
import { firstOf } from './text/languages'
import { webSocketChannel, type OpenChannel } from './wire'
import './ui/theme.css'
import './ui/base.css'

const address = new URL(location.href)
const fragment = new URLSearchParams(address.hash.slice(1))

/** The room's key travels in the fragment, so that no server log and no Referer has it. */
const key = fragment.get('key')

async function link(): Promise<OpenChannel> {
  if (import.meta.env.DEV && address.searchParams.has('fixture')) {
    const { fixtureChannel } = await import('./dev/fixture-channel')
    return fixtureChannel(address.searchParams)
  }
  const socket = new URL('ws', address)
  socket.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  socket.hash = ''
  socket.search = key === null ? '' : `?key=${encodeURIComponent(key)}`
  return webSocketChannel(socket.href)
}

const found = document.getElementById('app')
if (!found) throw new Error('index.html has no #app')
const target: HTMLElement = found

const wishes = [address.searchParams.get('lang'), preferences.language, ...navigator.languages]

async function session(): Promise<Session> {
  const made = new Session(await link())
  // A lesson may be there in a language that the page does not speak.
  made.lesson.language = firstOf(wishes)
  return made
}

function show<Props extends Record<string, unknown>>(view: Component<Props>, props: Props): void {
  mount(view, { target, props })
}

/**
 * Not at the module's top level: what is loaded later imports from this very script, which then
 * would wait for it for ever.
 */
async function begin(): Promise<void> {
  document.documentElement.lang = await speak(wishes)
  // The address says which of the page's windows this is; the two others are fetched only then.
  const [presenter, handout] = [fragment.get('presenter'), fragment.get('handout')]
  if (presenter !== null) {
    // It hears everything from the lesson's window, and needs neither server nor key.
    preferences.applyTheme()
    show((await import('./views/presenter/Presenter.svelte')).default, { id: presenter })
  } else if (handout !== null) {
    const watching = await session()
    watching.lesson.aside = true
    show((await import('./views/handout/Handout.svelte')).default, { session: watching, lesson: handout })
    watching.start()
  } else {
    const watching = await session()
    show(App, { session: watching })
    watching.returnTo = readPlace(location.hash)
    const look = readLook(location.hash)
    watching.view = look.view
    watching.looking.lens = look.lens as Lens
    watching.reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches
    watching.start()
  }
}

void begin()
