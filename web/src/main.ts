import { mount } from 'svelte'
import App from './views/App.svelte'
import { readPlace } from './state/place'
import { preferences } from './state/preferences.svelte'
import { Session } from './state/session.svelte'
import { speak } from './text'
import { firstOf } from './text/languages'
import { webSocketChannel, type OpenChannel } from './wire'
import './ui/theme.css'
import './ui/base.css'

const address = new URL(location.href)

/** The room's key travels in the fragment, so that no server log and no Referer has it. */
const key = new URLSearchParams(address.hash.slice(1)).get('key')

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

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')

const wishes = [address.searchParams.get('lang'), preferences.language, ...navigator.languages]
document.documentElement.lang = await speak(wishes)

const session = new Session(await link())
// A lesson may be there in a language that the page does not speak.
session.lesson.language = firstOf(wishes)
mount(App, { target, props: { session } })
session.returnTo = readPlace(location.hash)
session.reducedMotion = matchMedia('(prefers-reduced-motion: reduce)').matches
session.start()
