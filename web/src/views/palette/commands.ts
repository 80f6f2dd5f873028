import { MODELS, preferences, type ThemeChoice } from '../../state/preferences.svelte'
import { screen } from '../../state/screen.svelte'
import type { Session } from '../../state/session.svelte'
import { SPEEDS, STAGE_VIEWS, STEP_SIZES } from '../../state/types'
import { said, LANGUAGES, nameOfLanguage, words } from '../../text'
import { linkName } from '../../scene/tables'
import { zoom } from '../../state/zooming'
import type { RequestMethod } from '../../wire'
import { copyText } from '../copy.svelte'
import { selectedFilter } from '../keyboard'
import { speakAnother } from '../language'
import { nodeName } from '../narration'

/** Something that can be done, in words, with its key. */
export interface Command {
  /** Unlike those of all others. */
  id: string
  group: keyof typeof words.palette.groups
  label: string
  /** As the help writes it; empty: it has none. */
  keys: string
  /** Why it cannot be done now; `null`: it can. An empty reason is only that there is nothing to do it with. */
  refused: string | null
  /** It is how things are now. */
  on: boolean
  run(): void
}

const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark', 'contrast']
const METHODS: readonly RequestMethod[] = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN']
const TABS = ['remote', 'receiver', 'details', 'packets'] as const

type Rest = Partial<Pick<Command, 'keys' | 'refused' | 'on'>>

/** Everything that can be done now, in the order of the list. */
export function commandsOf(session: Session): Command[] {
  const all: Command[] = []
  const add = (group: Command['group'], id: string, label: string, run: () => void, rest: Rest = {}): void => {
    all.push({ id: `${group} ${id}`, group, label, run, keys: rest.keys ?? '', refused: rest.refused ?? null, on: rest.on ?? false })
  }
  const { palette, press } = words
  lessonCommands(session, add)

  add('time', 'toggle', session.playing ? words.time.pause : words.time.play, () => session.toggle(), { keys: press('Space') })
  add('time', 'forward', words.time.forward, () => session.stepForward(), { keys: '→' })
  add('time', 'back', words.time.back, () => session.stepBack(), { keys: '←' })
  add('time', 'hop', palette.hop, () => session.stepForward('hop'), { keys: press('Shift + →') })
  add('time', 'message', words.nextMessage, () => session.stepForward('message'), { keys: press('Ctrl + →') })
  add('time', 'problem', words.nextProblem, () => session.nextProblem(), { keys: 'N' })
  add('time', 'until', words.keys.find((key) => key.keys === 'U')?.does ?? 'U', () => (session.until.open = true), { keys: 'U' })
  add('time', 'live', words.frame.live.go, () => session.goLive(), { keys: 'L', on: session.following })
  for (const speed of SPEEDS) add('time', `speed ${speed}`, palette.speed(words.speeds(speed)), () => session.setSpeed(speed), { on: session.speed === speed })
  for (const size of STEP_SIZES) {
    if (size !== 'stop' || session.lesson.on) add('time', `size ${size}`, palette.steps(words.sizes[size]), () => session.setStepSize(size), { on: session.stepSize === size })
  }

  for (const view of STAGE_VIEWS) add('view', view, palette.view(words.ladder.view[view]), () => (session.view = view), { keys: 'V', on: session.view === view })
  for (const by of [1, -1] as const) add('view', `zoom ${by}`, `${words.sheets.zoom.label}: ${by > 0 ? words.sheets.zoom.nearer : words.sheets.zoom.farther}`, () => zoom(session, by), { keys: by > 0 ? '+' : '−' })
  add('view', 'family', words.sheets.openFamily, () => session.looking.toggle('family'), { keys: 'T' })
  add('view', 'octets', words.sheets.openOctets, () => session.looking.toggle('octets'), { keys: 'O' })
  const opened = session.selection?.frame ?? null
  add('view', 'pin', words.sheets.pin, () => { if (opened !== null) session.looking.pin(opened) }, { keys: 'P', refused: opened === null ? words.shelf.details.nothing : null })
  add('lens', '0', palette.allLayers, () => session.lens(0), { keys: '0', on: session.looking.lens === 0 })
  for (const layer of session.fiveLayers ? ([5, 4, 3, 2, 1] as const) : ([7, 6, 5, 4, 3, 2, 1] as const)) {
    add('lens', String(layer), words.stage.lens.choose(layer, words.layerName(session.fiveLayers && layer === 5 ? 7 : layer)), () => session.lens(layer), { keys: String(layer), on: session.looking.lens === layer })
  }
  for (const tab of TABS) add('shelf', tab, palette.tab(words.shelf.tabs[tab]), () => (session.shelf = tab), { on: session.shelf === tab })
  const filter = selectedFilter(session)
  add('shelf', 'filter', palette.copyFilter, () => { if (filter !== null) void copyText(filter) }, { keys: 'F', refused: filter === null ? words.shelf.details.nothing : null })

  for (const method of METHODS) add('request', method, words.requestLabel(method), () => session.orders.request(method), { refused: said(session.orders.requestRefusal(method)) })

  const clients = session.room?.clients ?? []
  if (clients.length > 1) for (const client of clients) add('network', `client ${client.node}`, palette.watch(client.name), () => session.watch(client.node), { on: session.client === client.node })
  for (const node of session.topology.nodes) add('network', `node ${node.id}`, words.devices.open.node(nodeName(session, node.id)), () => (session.opened = { kind: 'node', id: node.id }))
  for (const link of session.topology.links) add('network', `link ${link.id}`, words.devices.open.link(linkName(session.topology, link.id)), () => (session.opened = { kind: 'link', id: link.id }))

  const packet = session.selection && !session.playing ? session.selection.frame : null
  add('future', 'drop', palette.whatIf, () => { if (packet !== null) session.asking = packet }, { keys: 'D', refused: packet === null ? words.shelf.details.nothing : null })
  const no = session.forks.noTwin()
  if (!session.forks.twins) add('future', 'twin', words.fork.twin(session.forks.otherWay), () => session.forks.twin(), { refused: no === null ? null : words.fork.noTwin[no] })
  for (const fork of session.forks.all) if (fork.progress.kind === 'ready') add('future', String(fork.run), words.fork.name(fork.run), () => session.forks.show(fork.run), { on: session.run === fork.run })
  if (session.forks.shown) add('future', 'back', words.fork.back, () => session.forks.back())

  for (const theme of THEMES) add('page', theme, palette.theme(words.frame.menu.theme[theme]), () => preferences.set({ theme }), { on: preferences.theme === theme })
  add('page', 'big', palette.bigType, () => preferences.set({ bigType: !preferences.bigType }), { on: preferences.bigType })
  add('page', 'blank', palette.blank, () => (screen.blank = true), { keys: 'B' })
  for (const model of MODELS) add('page', model.id, palette.model(model.label), () => preferences.set({ model: model.id }), { on: preferences.model === model.id })
  for (const language of LANGUAGES) add('page', `language ${language}`, palette.speak(nameOfLanguage(language)), () => speakAnother(language), { on: document.documentElement.lang === language })
  add('page', 'letters', palette.letters, () => preferences.set({ letterKeys: !preferences.letterKeys }), { on: preferences.letterKeys })
  add('page', 'help', palette.help, () => (screen.help = true), { keys: '?' })
  return all
}

type Add = (group: Command['group'], id: string, label: string, run: () => void, rest?: Rest) => void

/** A lesson's own commands while one is taught, then the lessons that can be begun. */
function lessonCommands(session: Session, add: Add): void {
  const { lesson } = session
  if (lesson.on) {
    add('lesson', 'next', words.lesson.next, () => lesson.next(), { keys: words.press('PageDown') })
    add('lesson', 'previous', words.lesson.previous, () => lesson.back(), { keys: words.press('PageUp') })
    lesson.stopsOfText.forEach((stop, i) => add('lesson', `stop ${i}`, `${words.lesson.stopOf(i + 1, lesson.stopsOfText.length)}: ${stop.title}`, () => lesson.jump(i), { on: lesson.at === i }))
    add('lesson', 'restart', words.lesson.restart, () => lesson.restart())
    add('lesson', 'leave', words.lesson.leave, () => lesson.leave())
  }
  const seen = new Set<string>()
  const cards = [...(lesson.list?.cards ?? [])].sort((a, b) => a.number - b.number || Number(b.language === lesson.language) - Number(a.language === lesson.language))
  for (const card of cards) {
    if (seen.has(card.id)) continue
    seen.add(card.id)
    add('lesson', card.id, words.lesson.startCalled(words.lesson.called(card.number, card.title)), () => lesson.begin({ lesson: card.id }), { refused: session.holdsKey ? null : words.lesson.needsKey })
  }
}

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** The commands that have every word that is written; those whose label begins with it come first. */
export function matching(all: readonly Command[], query: string): Command[] {
  const asked = folded(query).split(/\s+/).filter((one) => one !== '')
  if (asked.length === 0) return [...all]
  const begins = (one: Command): number => (folded(one.label).startsWith(asked[0] ?? '') ? 0 : 1)
  return all
    .filter((one) => { const text = folded(`${words.palette.groups[one.group]} ${one.label} ${one.keys}`); return asked.every((word) => text.includes(word)) })
    .map((one, i) => ({ one, i }))
    .sort((a, b) => begins(a.one) - begins(b.one) || a.i - b.i)
    .map(({ one }) => one)
}
