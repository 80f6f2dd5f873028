// Pictures of each lesson's key steps, in three sizes, light and dark, and a page that shows
// them: docs/screenshots. The steps stand in steps.mjs.
//
//   cargo xtask screenshots [--lesson ID]... [--language en|de] [--out FOLDER]
//
// The program (LAYERCAST_BIN, default ../target/release/layercast) makes each lesson's run;
// the lesson is walked through in CHROMIUM (default /usr/bin/chromium), its questions answered.
// The same page gives the same pictures: nothing moves, and a lesson's run is always the same.
// A picture that differs from the one that is there in nothing that can be seen stays as it is.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { indexOf } from './gallery.mjs'
import { writtenLessons } from '../lesson-files.mjs'
import { fileOf, SIZES, stepsOf, THEMES } from './steps.mjs'
import { LANGUAGES, openPage, startBrowser, startProgram, Walk, within } from './walk.mjs'

const repository = fileURLToPath(new URL('../../../', import.meta.url))

const { values: options } = parseArgs({
  options: {
    lesson: { type: 'string', multiple: true },
    language: { type: 'string', default: 'en' },
    out: { type: 'string', default: join(repository, 'docs/screenshots') },
  },
})
if (!LANGUAGES.includes(options.language)) fail(`--language ${options.language}: there are ${LANGUAGES.join(', ')}`)
const all = writtenLessons(options.language)
const unknown = options.lesson?.find((id) => !all.some((lesson) => lesson.id === id))
if (unknown !== undefined) fail(`--lesson ${unknown}: there are ${all.map((lesson) => lesson.id).join(', ')}`)
const wanted = all.filter((lesson) => options.lesson?.includes(lesson.id) ?? true)
// Where the command was given, not where this runs: npm and xtask say so.
const folder = resolve(process.env.INIT_CWD ?? '.', options.out)

const browser = await startBrowser()
const count = { written: 0, kept: 0, bytes: 0 }
try {
  const judge = await browser.newPage()
  for (const lesson of wanted) await shoot(lesson, judge)
} finally {
  await browser.close()
}
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'README.md'), indexOf(all, (file) => existsSync(join(folder, file))))
console.log(`${count.written} pictures written, ${count.kept} as they were, ${Math.round(count.bytes / 1000)} kB: ${relative(process.cwd(), folder) || folder}`)

/** All pictures of a lesson, from a run of its own. */
async function shoot(lesson, judge) {
  const program = await startProgram()
  let page
  try {
    page = await openPage(browser, program.url, options.language)
    const walk = new Walk(page, lesson, options.language)
    await walk.begin()
    for (const step of stepsOf(lesson.id)) {
      while (walk.at < step.stop) await walk.next()
      if (step.answered) await walk.answer()
      for (const size of SIZES) for (const theme of THEMES) {
        await keep(fileOf(lesson.id, step, size, theme), await photograph(page, size, theme), judge)
      }
      await dress(page, SIZES[0], THEMES[0])
      console.log(`${lesson.id}: ${step.name}`)
    }
  } catch (error) {
    const last = join(folder, 'failed.png')
    mkdirSync(folder, { recursive: true })
    if (page) await page.screenshot({ path: last })
    throw new Error(`${lesson.id} (what the page showed last: ${last})`, { cause: error })
  } finally {
    await page?.context().close()
    await program.end()
  }
}

/** Gives the page a size and a theme, as another device would. */
async function dress(page, size, theme) {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await page.setViewportSize({ width: size.width, height: size.height })
  await page.mouse.move(0, 0)
  await page.evaluate(() => scrollTo(0, 0))
}

/** The page in a size and a theme, as soon as it stands still. */
async function photograph(page, size, theme) {
  await dress(page, size, theme)
  await page.evaluate(() => document.fonts.ready)
  const devtools = await page.context().newCDPSession(page)
  const take = async () => Buffer.from((await devtools.send('Page.captureScreenshot', { format: 'webp', quality: size.quality })).data, 'base64')
  let last = await take()
  const still = await within(5000, async () => {
    const next = await take()
    const same = next.equals(last)
    last = next
    return same
  })
  await devtools.detach()
  if (!still) throw new Error('the page does not stand still')
  return last
}

/** Writes a picture, unless the one that is there looks the same. */
async function keep(file, picture, judge) {
  const path = join(folder, file)
  count.bytes += picture.length
  const before = existsSync(path) ? readFileSync(path) : null
  if (before && (before.equals(picture) || !(await differs(judge, before, picture)))) {
    count.kept += 1
    return
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, picture)
  count.written += 1
}

/** Whether two pictures differ in something that can be seen: in more than single points. */
function differs(judge, one, other) {
  return judge.evaluate(async (pictures) => {
    const [a, b] = await Promise.all(pictures.map(async (data) => {
      const image = await createImageBitmap(await (await fetch(`data:image/webp;base64,${data}`)).blob())
      const canvas = new OffscreenCanvas(image.width, image.height)
      const context = canvas.getContext('2d')
      context.drawImage(image, 0, 0)
      return context.getImageData(0, 0, image.width, image.height)
    }))
    if (a.width !== b.width || a.height !== b.height) return true
    let points = 0
    for (let i = 0; i < a.data.length; i += 4) if (Math.abs(a.data[i + 1] - b.data[i + 1]) > 48) points += 1
    return points > 8
  }, [one, other].map((picture) => picture.toString('base64')))
}

function fail(reason) {
  console.error(`screenshots: ${reason}`)
  process.exit(2)
}
