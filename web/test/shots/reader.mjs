// A lesson walked from start to end by keyboard alone, and what a screen reader is told on the
// way: after each key the element with the focus, as the browser's accessibility tree has it,
// and in their order all changes of live regions. docs/accessibility.md shows and judges it.
//
//   cargo xtask reader [ID]...        01-one-message and 06-udp-loses without an ID
//
// Needs LAYERCAST_BIN (default ../target/release/layercast) and CHROMIUM (default
// /usr/bin/chromium). Prints Markdown; ends with 1 where something has no name.

import { writtenLessons } from '../lesson-files.mjs'
import { openPage, squeeze, startBrowser, startProgram, within } from './walk.mjs'

/** Roles of what can be used: each needs a name. */
const USED = new Set(['button', 'checkbox', 'combobox', 'link', 'listbox', 'menuitem', 'option', 'radio', 'searchbox', 'slider', 'spinbutton', 'switch', 'tab', 'textbox', 'treeitem'])
/** States that are said with the name. */
const STATES = ['checked', 'disabled', 'expanded', 'pressed', 'selected']

let nameless = 0

async function read(lesson) {
  const program = await startProgram()
  const page = await openPage(browser, program.url)
  try {
    await page.evaluate(listen)
    const reader = new Reader(page)
    console.log(`\n#### Lesson ${lesson.number}: ${lesson.title}\n\n| key | focus | said |\n|---|---|---|`)
    await reader.tabTo('Lessons')
    await reader.press('Enter')
    await page.getByRole('region', { name: 'Lessons' }).getByRole('button', { name: `Start: ${lesson.title}`, exact: true }).waitFor()
    await reader.tabTo(`Start: ${lesson.title}`)
    await reader.press('Enter', () => page.getByRole('region', { name: 'Introduction' }).isVisible())
    await reader.unnamed()
    for (const stop of lesson.stops) {
      await reader.press('PageDown', async () => (await reader.caption()) === stop.caption)
      await reader.unnamed()
      if (await reader.question().isVisible()) await answer(reader)
    }
    await reader.press('PageDown', () => page.getByRole('region', { name: 'End' }).isVisible())
    await reader.unnamed()
    console.log(`\n${await outline(reader)}`)
  } finally {
    await page.context().close()
    await program.end()
  }
}

/** Answers by choosing with the arrow keys and pressing Page Down, which checks. */
async function answer(reader) {
  const told = () => reader.question().getByRole('status').textContent()
  await reader.press('PageDown', async () => (await told()) !== '')
  const radios = reader.question().getByRole('radio')
  await reader.tabTo(null, (focus) => focus.role === 'radio' && focus.inQuestion)
  for (let i = 0, most = await radios.count(); i < most; i += 1) {
    await reader.press(i === 0 ? ' ' : 'ArrowDown', async () => (await radios.nth(i).isChecked()))
    const before = await told()
    await reader.press('PageDown', async () => (await told()) !== before)
    if (!(await reader.question().getByRole('button', { name: 'Check', exact: true }).isVisible())) return
  }
  throw new Error('no choice is right')
}

/** Presses keys, and writes down what is heard of it. */
class Reader {
  constructor(page) {
    this.page = page
    this.devtools = page.context().newCDPSession(page)
  }

  question() {
    return this.page.getByRole('region', { name: 'Question' })
  }

  async caption() {
    return squeeze(await this.page.getByRole('region', { name: 'Caption', exact: true }).getByRole('paragraph').first().textContent())
  }

  /** Presses Tab until the element with this name has the focus. */
  async tabTo(name, found = (focus) => focus.name === name) {
    if (found(await this.focus())) return
    for (let presses = 1; presses <= 60; presses += 1) {
      await this.page.keyboard.press('Tab')
      const focus = await this.focus()
      if (found(focus)) return this.row(presses === 1 ? 'Tab' : `Tab, ${presses} times`, focus)
    }
    throw new Error(`Tab does not come to ${name ?? 'the choices'}`)
  }

  /** Presses a key, waits until it has done its work, and for what is said of it. */
  async press(key, done = async () => true) {
    await this.page.keyboard.press(key)
    if (!(await within(30_000, done))) throw new Error(`${key} does not do its work`)
    await this.page.waitForTimeout(400)
    await this.row(key === ' ' ? 'Space' : key, await this.focus())
  }

  async row(key, focus) {
    const said = await this.page.evaluate(() => window.heard.splice(0))
    const same = focus.text === this.last
    this.last = focus.text
    console.log(`| ${key} | ${same ? '' : cell(focus.text)} | ${said.map(({ how, text }) => `${how === 'polite' ? '' : `(${how}) `}${cell(text)}`).join('<br>')} |`)
  }

  /** What has the focus, as the accessibility tree has it. */
  async focus() {
    const devtools = await this.devtools
    const { result } = await devtools.send('Runtime.evaluate', { expression: 'document.activeElement' })
    const { nodes } = await devtools.send('Accessibility.getPartialAXTree', { objectId: result.objectId, fetchRelatives: false })
    const inQuestion = await this.page.evaluate(() => document.activeElement?.closest('[role=radiogroup]') !== null && document.activeElement?.closest('[aria-label="Caption"]') !== null)
    return { ...described(nodes[0]), inQuestion }
  }

  /** Counts what can be used and has no name. */
  async unnamed() {
    const { nodes } = await (await this.devtools).send('Accessibility.getFullAXTree')
    const found = nodes.filter((node) => !node.ignored && USED.has(node.role?.value) && squeeze(node.name?.value) === '')
    nameless += found.length
    for (const node of found) console.log(`| | **without a name: ${node.role.value}** | |`)
  }
}

function described(node) {
  const role = node?.role?.value ?? ''
  const name = squeeze(node?.name?.value)
  const states = (node?.properties ?? []).filter(({ name, value }) => STATES.includes(name) && value.value !== undefined && !(name === 'disabled' && value.value === false)).map(({ name, value }) => said(name, value.value))
  const text = role === 'RootWebArea' ? 'the page' : [role, `“${name}”`, ...states, squeeze(node?.description?.value)].filter((part) => part !== '').join(', ')
  return { role, name, text }
}

const said = (name, value) => (value === true || value === 'true' ? name : value === false || value === 'false' ? `not ${name}` : `${name} ${value}`)
const cell = (text) => text.replaceAll('|', '\\|')

/** Landmarks and headings in the order in which they are read, at the end of the lesson. */
async function outline(reader) {
  const { nodes } = await (await reader.devtools).send('Accessibility.getFullAXTree')
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const lines = []
  const LANDMARKS = new Set(['banner', 'main', 'navigation', 'region', 'complementary', 'form'])
  const visit = (node) => {
    if (!node) return
    const role = node.role?.value
    if (!node.ignored && LANDMARKS.has(role)) lines.push(`${role}${node.name?.value ? ` “${squeeze(node.name.value)}”` : ''}`)
    if (!node.ignored && role === 'heading') lines.push(`heading ${node.properties?.find(({ name }) => name === 'level')?.value.value} “${squeeze(node.name?.value)}”`)
    for (const id of node.childIds ?? []) visit(byId.get(id))
  }
  visit(nodes[0])
  return `Landmarks and headings, in the order of reading: ${lines.join(' · ')}.`
}

/** In the page: writes down each change of a live region with its whole text, as readers say them. */
function listen() {
  window.heard = []
  const last = new WeakMap()
  const words = (node) => {
    if (node instanceof Element && node.getAttribute('aria-hidden') === 'true') return ''
    return node.nodeType === Node.TEXT_NODE ? node.data : [...node.childNodes].map(words).join(' ')
  }
  const said = (region) => words(region).replace(/\s+/g, ' ').trim()
  const LIVE = '[aria-live], [role=status], [role=alert], [role=log]'
  for (const region of document.querySelectorAll(LIVE)) last.set(region, said(region))
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const region = (target instanceof Element ? target : target.parentElement)?.closest(LIVE)
      const how = region?.getAttribute('aria-live') ?? (region?.getAttribute('role') === 'alert' ? 'assertive' : 'polite')
      if (!region || how === 'off') continue
      const text = said(region)
      if (text === last.get(region)) continue
      last.set(region, text)
      if (text !== '') window.heard.push({ how, text })
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}

const ids = process.argv.slice(2)
const all = writtenLessons('en')
const unknown = ids.find((id) => !all.some((lesson) => lesson.id === id))
if (unknown !== undefined) {
  console.error(`reader: there is no lesson ${unknown}; there are ${all.map((lesson) => lesson.id).join(', ')}`)
  process.exit(2)
}
const browser = await startBrowser()
try {
  for (const id of ids.length > 0 ? ids : ['01-one-message', '06-udp-loses']) await read(all.find((lesson) => lesson.id === id))
} finally {
  await browser.close()
}
if (nameless > 0) {
  console.error(`reader: ${nameless} times something that can be used has no name`)
  process.exit(1)
}
