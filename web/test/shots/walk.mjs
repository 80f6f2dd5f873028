// The program with its page, and a lesson in it, gone through by role as a person would.
// What takes screenshots and what listens as a screen reader does both walk by this.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const program = process.env.LAYERCAST_BIN ?? fileURLToPath(new URL('../../../target/release/layercast', import.meta.url))

/** How long the program may take to print its address, and a run to be made, milliseconds. */
const PATIENCE = 90_000

/** Starts the program on ports of its own; it has a run for each call, so that each lesson is its first one. */
export async function startProgram() {
  if (!existsSync(program)) throw new Error(`${program} is not there: build it (cargo xtask build), or name one in LAYERCAST_BIN`)
  const child = spawn(program, ['serve', '--http', '127.0.0.1:0', '--rtsp', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise((found, failed) => {
    let text = ''
    const timer = setTimeout(() => failed(new Error(`layercast printed no address: ${text}`)), PATIENCE)
    child.stdout.on('data', (part) => {
      text += part
      const address = /Page: (\S+)/.exec(text)
      if (!address) return
      clearTimeout(timer)
      found(address[1])
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      failed(new Error(`layercast ended with ${code}`))
    })
  })
  const end = () =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done()
      child.once('exit', done)
      child.kill('SIGTERM')
    })
  return { url, end }
}

/** The system's Chromium, as the browser tests use it. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--hide-scrollbars', '--font-render-hinting=none'],
  })
}

/** What is looked for on the page by its name, in the languages that a walk can speak. */
const NAMES = {
  en: { menu: 'Lessons', start: (title) => `Start: ${title}`, introduction: 'Introduction', caption: 'Caption', question: 'Question', check: 'Check', end: 'End' },
  de: { menu: 'Lektionen', start: (title) => `Start: ${title}`, introduction: 'Einführung', caption: 'Satz zum Geschehen', question: 'Frage', check: 'Prüfen', end: 'Ende' },
}
export const LANGUAGES = Object.keys(NAMES)

/** A page of the program in which nothing moves by itself: with reduced motion it starts paused. */
export async function openPage(browser, url, language = 'en') {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce', colorScheme: 'light', locale: language })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  await page.goto(url)
  await page.locator('[data-picture]').first().waitFor()
  return page
}

/** A lesson on a page, gone through with the mouse and Page Down. */
export class Walk {
  constructor(page, lesson, language = 'en') {
    this.page = page
    this.lesson = lesson
    this.names = NAMES[language]
    /** 0 in the introduction, then the stop's number; behind the last one the end. */
    this.at = 0
  }

  region(name) {
    return this.page.getByRole('region', { name: this.names[name], exact: true })
  }

  /** Starts the lesson from the menu, and waits for its introduction. */
  async begin() {
    const { page, names } = this
    await page.getByRole('button', { name: names.menu, exact: true }).click()
    await page.getByRole('button', { name: names.start(this.lesson.title), exact: true }).click()
    await this.region('introduction').waitFor()
  }

  /** The caption, as it stands on the page. */
  async caption() {
    return squeeze(await this.region('caption').getByRole('paragraph').first().textContent())
  }

  /** Goes to the next stop, and waits until its caption is there. */
  async next() {
    if (await this.asks()) await this.answer()
    const stop = this.lesson.stops[this.at]
    if (!stop) throw new Error(`${this.lesson.id} has no stop ${this.at + 1}`)
    const said = () => this.region('caption').getByRole('paragraph').first().textContent()
    await this.until(async () => {
      // A press may only finish the motion that led here.
      await this.page.keyboard.press('PageDown')
      return within(1500, async () => squeeze(await said()) === stop.caption)
    }, `stop ${this.at + 1} of ${this.lesson.id}: ${stop.caption}`)
    this.at += 1
  }

  /** Whether a question stands on the page whose answer is not known yet. */
  async asks() {
    return this.region('question').getByRole('button', { name: this.names.check, exact: true }).isVisible()
  }

  /** Answers the question here: one choice after the other, until the run says that it is right. */
  async answer() {
    const question = this.region('question')
    const check = question.getByRole('button', { name: this.names.check, exact: true })
    const choices = question.getByRole('radio')
    for (let i = 0; i < (await choices.count()) && (await check.isVisible()); i += 1) {
      await choices.nth(i).check()
      await check.click()
      await within(500, async () => !(await check.isVisible()))
    }
    if (await check.isVisible()) throw new Error(`no choice at stop ${this.at} of ${this.lesson.id} is right`)
  }

  async until(done, what) {
    for (let i = 0; i < 20; i += 1) if (await done()) return
    throw new Error(`the page did not come to ${what}`)
  }
}

/** Words without line breaks and double blanks. */
export const squeeze = (text) => (text ?? '').replace(/\s+/g, ' ').trim()

/** Asks until it is so, or the time in milliseconds is over. */
export async function within(limit, ask) {
  for (const end = performance.now() + limit; ; await new Promise((go) => setTimeout(go, 20))) {
    if (await ask()) return true
    if (performance.now() > end) return false
  }
}
