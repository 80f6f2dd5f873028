import type { Locator, Page } from '@playwright/test'
import { writtenLessons, type Written } from '../lesson-files.mjs'
import { expect, faults, step, still, tabTo, test } from './room'

/** Begins a lesson from the menu, with the keyboard alone. */
async function begin(page: Page, title: string): Promise<void> {
  await tabTo(page, page.getByRole('button', { name: 'Lessons' }))
  await page.keyboard.press('Enter')
  const start = page.getByRole('button', { name: `Start: ${title}`, exact: true })
  await expect(start).toBeVisible()
  await tabTo(page, start)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible({ timeout: 90_000 })
}

async function clean(page: Page, where: string): Promise<void> {
  expect(await faults(page), where).toEqual([])
  await still(page)
}

const caption = (page: Page): Locator => page.getByRole('region', { name: 'Caption', exact: true }).getByRole('paragraph').first()

/** Answers the question: a wrong choice where the first that is tried is one, then the right one. Only the run knows which that is. */
async function answer(page: Page, choices: number): Promise<void> {
  const question = page.getByRole('region', { name: 'Question' })
  const check = question.getByRole('button', { name: 'Check' })
  await expect(check).toBeDisabled()
  await still(page)
  await page.keyboard.press('PageDown')
  await expect(question.getByText('Answer first.')).toBeVisible()
  let wrong = false
  for (let choice = 1; choice <= choices; choice += 1) {
    await page.keyboard.press(String(choice))
    await expect(question.getByRole('radio').nth(choice - 1)).toBeChecked()
    await page.keyboard.press('PageDown')
    const told = question.locator('.told')
    await expect(told).toContainText(/Not so\.|Right\./)
    if ((await told.textContent())?.includes('Right.')) {
      if (wrong) {
        await expect(told).toContainText('This run says:')
        return
      }
      // Right at once: Back hides the answer again, and a wrong one is tried first.
      await page.keyboard.press('PageUp')
      await expect(told).not.toContainText('Right.')
      await page.keyboard.press(String(choice === choices ? 1 : choice + 1))
      await page.keyboard.press('PageDown')
      await expect(told).toContainText('Not so.')
      wrong = true
      choice -= 1
    } else wrong = true
  }
  throw new Error('no choice is right')
}

async function walk(page: Page, lesson: Written): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await begin(page, lesson.title)
  await clean(page, 'introduction')
  for (const [i, stop] of lesson.stops.entries()) {
    await page.keyboard.press('PageDown')
    await expect(caption(page), stop.title).toHaveText(stop.caption)
    await expect(page.getByText(`stop ${i + 1} of ${lesson.stops.length}`, { exact: true })).toBeVisible()
    // The page stands where the stop is: nothing is to be come back to.
    await expect(page.getByRole('button', { name: 'Back to the lesson' })).toBeHidden()
    await expect(page.getByRole('slider', { name: 'Time' })).toHaveAttribute('aria-valuetext', /./)
    const tab = stop.tab === null || stop.tab === 'none' ? null : stop.tab.charAt(0).toUpperCase() + stop.tab.slice(1)
    if (tab) await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true')
    if (stop.layer !== null) {
      const tag = page.getByRole('region', { name: 'Caption', exact: true }).locator('.tag')
      await expect(tag, stop.title).toContainText(new RegExp(`${stop.layer}|✕`))
    }
    if (stop.choices > 0) await answer(page, stop.choices)
    else await expect(page.getByRole('region', { name: 'Question' })).toBeHidden()
    await clean(page, stop.title)
  }
  await page.keyboard.press('PageDown')
  await expect(page.getByRole('region', { name: 'End' })).toContainText(lesson.goal)
  await clean(page, 'end')
}

/** The lesson of the pretended world, where there is no program. */
const pretended: Written = {
  id: '01-pretended', language: 'en', title: 'A request on its way', number: 1, goal: 'Say what happens to a request on its way.',
  stops: [
    { title: 'The player asks', caption: 'The player writes OPTIONS: it wants to know which requests the server knows.', choices: 0, layer: 7, tab: 'details' },
    { title: 'Down to the cable', caption: 'The same request leaves the player as bits, wrapped in three headers.', choices: 0, layer: 1, tab: null },
    { title: 'At the router', caption: 'R1 takes the frame apart. What does it do to TTL?', choices: 3, layer: 3, tab: 'remote' },
    { title: 'A picture', caption: 'Two seconds later pictures come. This one is whole.', choices: 0, layer: null, tab: 'receiver' },
  ],
}

test.describe('every lesson that comes with Layercast', () => {
  const written = writtenLessons('en')

  test('is in the menu, with its title, and no file is bad', async ({ open, room }) => {
    test.skip(room.rtsp === null, 'the pretended world has lessons of its own')
    const page = await open()
    await page.getByRole('button', { name: 'Lessons' }).click()
    for (const lesson of written) await expect(page.getByRole('button', { name: `Start: ${lesson.title}`, exact: true })).toBeVisible()
    const menu = page.getByRole('region', { name: 'Lessons' })
    await expect(menu.getByRole('button', { name: /^Start: / })).toHaveCount(written.length + (await menu.getByRole('group', { name: 'Classes' }).getByRole('button').count()))
    await expect(menu.getByText('Files that cannot be used')).toBeHidden()
    await clean(page, 'menu')
  })

  for (const lesson of written) {
    test(`${lesson.id} is walked from its beginning to its end by keyboard alone`, async ({ open, room }) => {
      test.skip(room.rtsp === null, 'needs the program')
      test.setTimeout(600_000)
      await walk(await open(), lesson)
    })
  }
})

test.describe('a lesson', () => {
  /** A lesson whose first stop asks nothing: one of the program's, or the pretended one. */
  const first = (rtsp: string | null): Written => (rtsp === null ? pretended : (writtenLessons('en').find((one) => one.stops[0]?.choices === 0) ?? pretended))

  test('of the pretended world is walked by keyboard alone', async ({ open, room }) => {
    test.skip(room.rtsp !== null, 'the program has its own')
    await walk(await open(), pretended)
  })

  test('is found again after a reload, at the same stop', async ({ open, room }) => {
    test.skip(room.rtsp === null, 'the pretended world begins anew with the page')
    const lesson = first(room.rtsp)
    const page = await open()
    await begin(page, lesson.title)
    await step(page)
    await expect(caption(page)).toHaveText(lesson.stops[0]?.caption ?? '')
    await step(page)
    const there = lesson.stops[1]?.caption ?? ''
    await expect(caption(page)).toHaveText(there)
    await page.reload()
    await expect(caption(page)).toHaveText(there)
    await expect(page.getByText(`stop 2 of ${lesson.stops.length}`, { exact: true })).toBeVisible()
  })

  test('can be left, entered again, jumped in and begun again', async ({ open, room }) => {
    const lesson = first(room.rtsp)
    const page = await open()
    await begin(page, lesson.title)
    const menu = page.getByRole('button', { name: `Lesson ${lesson.number}: ${lesson.title}` })
    await menu.click()
    await page.getByRole('navigation', { name: 'Stops' }).getByRole('button', { name: new RegExp(lesson.stops[1]?.title ?? '') }).click()
    await expect(caption(page)).toHaveText(lesson.stops[1]?.caption ?? '')
    await menu.click()
    await page.getByRole('button', { name: 'Leave the lesson' }).click()
    await expect(page.getByText(/^stop \d+ of/)).toBeHidden()
    // Outside a lesson Next is the next step.
    await expect(page.getByRole('button', { name: 'Step forward' })).toBeVisible()
    await page.getByRole('button', { name: 'Lessons' }).click()
    await page.getByRole('button', { name: 'Enter this lesson' }).click()
    await expect(caption(page)).toHaveText(lesson.stops[1]?.caption ?? '')
    await menu.click()
    await page.getByRole('button', { name: 'From the start' }).click()
    await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible()
  })

  test('lets look around, and one press leads back to the stop, also from another future', async ({ open, room }) => {
    const lesson = first(room.rtsp)
    const page = await open()
    await begin(page, lesson.title)
    await step(page)
    await step(page)
    const there = lesson.stops[1]?.caption ?? ''
    await expect(caption(page)).toHaveText(there)
    await page.keyboard.press('Shift+ArrowRight')
    const back = page.getByRole('button', { name: 'Back to the lesson' })
    await page.keyboard.press('Shift+ArrowRight')
    await expect(back).toBeVisible()
    await expect(caption(page)).not.toHaveText(there)
    await back.click()
    await expect(caption(page)).toHaveText(there)
    await expect(back).toBeHidden()

    await page.getByRole('button', { name: 'What if …' }).click()
    await page.getByRole('button', { name: 'Fork here' }).click()
    await expect(page.getByRole('region', { name: 'Video' }).getByRole('img')).toHaveCount(2)
    await expect(page.getByRole('banner').getByText(/^What if \d/).first()).toBeVisible()
    await back.first().click()
    await expect(page.getByRole('region', { name: 'Video' }).getByRole('img')).toHaveCount(1)
    await expect(caption(page)).toHaveText(there)
  })

  test('has a question that two buttons can answer, and that reveals only when that is confirmed', async ({ open, room }) => {
    const lesson = first(room.rtsp)
    const page = await open()
    await begin(page, lesson.title)
    const at = lesson.stops.findIndex((stop) => stop.choices > 0)
    await page.getByRole('button', { name: `Lesson ${lesson.number}: ${lesson.title}` }).click()
    await page.getByRole('navigation', { name: 'Stops' }).getByRole('button', { name: new RegExp(lesson.stops[at]?.title ?? '') }).click()
    const question = page.getByRole('region', { name: 'Question' })
    const told = question.locator('.told')
    // Next never reveals.
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('PageDown')
    await expect(told).toContainText('With a clicker: Back marks the next answer, Next checks it.')
    await expect(caption(page)).toHaveText(lesson.stops[at]?.caption ?? '')
    for (let i = 0; i < 6 && !(await told.textContent())?.includes('Right.'); i += 1) {
      await page.keyboard.press('PageUp')
      await expect(question.getByRole('button', { name: 'Check' })).toBeEnabled()
      await page.keyboard.press('PageDown')
      await expect(told).toContainText(/Not so\.|Right\./)
    }
    await expect(told).toContainText('This run says:')
    await page.keyboard.press('PageUp')
    await expect(told).not.toContainText('This run says:')
    await question.getByRole('button', { name: 'Reveal' }).click()
    await expect(told).not.toContainText('This run says:')
    await question.getByRole('button', { name: 'Not yet' }).click()
    await question.getByRole('button', { name: 'Reveal' }).click()
    await question.getByRole('button', { name: 'Yes, reveal it' }).click()
    await expect(told).toContainText('This run says:')
  })

  test('is driven from the presenter’s window, which alone has the notes', async ({ open, room, context }) => {
    const lesson = first(room.rtsp)
    const page = await open()
    await begin(page, lesson.title)
    await page.getByRole('button', { name: `Lesson ${lesson.number}: ${lesson.title}` }).click()
    const [presenter] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Presenter’s window' }).click()])
    expect(presenter.url()).not.toContain('key')
    await expect(presenter.getByRole('heading', { name: `Lesson ${lesson.number}: ${lesson.title}` })).toBeVisible()
    await presenter.keyboard.press('PageDown')
    await expect(caption(page)).toHaveText(lesson.stops[0]?.caption ?? '')
    await expect(presenter.getByRole('region', { name: 'Caption' })).toContainText(lesson.stops[0]?.caption ?? '')
    await expect(presenter.getByRole('region', { name: 'Notes' })).toBeVisible()
    await expect(presenter.getByRole('region', { name: 'Next' })).toContainText(lesson.stops[1]?.caption ?? '')
    await expect(page.getByRole('region', { name: 'Notes' })).toBeHidden()
    await presenter.getByRole('button', { name: 'Next stop' }).click()
    await expect(caption(page)).toHaveText(lesson.stops[1]?.caption ?? '')
    await presenter.getByRole('button', { name: 'Stop before' }).click()
    await expect(caption(page)).toHaveText(lesson.stops[0]?.caption ?? '')
    const at = lesson.stops.findIndex((stop) => stop.choices > 0)
    await presenter.getByRole('navigation', { name: 'Stops' }).getByRole('button', { name: new RegExp(lesson.stops[at]?.title ?? '') }).click()
    await expect(page.getByRole('region', { name: 'Question' })).toBeVisible()
    // The answer is for the presenter's eyes.
    await expect(presenter.getByRole('region', { name: 'Question' })).toContainText('Answer:')
    await expect(page.getByRole('region', { name: 'Question' })).not.toContainText('This run says:')
    await clean(presenter, 'presenter')
    await page.close()
    await expect(presenter.getByRole('alert')).toBeVisible()
  })

  test('has a handout with a packet for each stop, and the answers apart', async ({ open, room, context }) => {
    const lesson = first(room.rtsp)
    const page = await open()
    await begin(page, lesson.title)
    // The pretended world is one for each page: there the address says which lesson it was made for.
    if (room.rtsp === null) await page.evaluate(() => history.replaceState(null, '', '?fixture&lesson=01-pretended'))
    await page.getByRole('button', { name: `Lesson ${lesson.number}: ${lesson.title}` }).click()
    const [handout] = await Promise.all([context.waitForEvent('page'), page.getByRole('button', { name: 'Handout' }).click()])
    await expect(handout.locator('main[data-ready=true]')).toBeVisible({ timeout: 60_000 })
    for (const stop of lesson.stops) await expect(handout.getByText(stop.caption, { exact: true })).toBeVisible()
    // A stop that is a picture has no packet; all others have their bar and their header's fields.
    const bars = await handout.getByRole('img').count()
    expect(bars).toBeGreaterThanOrEqual(lesson.stops.filter((stop) => stop.layer !== null).length)
    await expect(handout.getByRole('table')).toHaveCount(bars)
    const answers = handout.getByRole('region', { name: 'Answers' })
    await expect(answers.getByRole('listitem').first()).toContainText('This run says:')
    await clean(handout, 'handout')
    // Paper for the class has no answers; the teacher's copy does.
    await handout.emulateMedia({ media: 'print' })
    await expect(answers).toBeHidden()
    await handout.emulateMedia({ media: 'screen' })
    await handout.getByRole('checkbox', { name: 'with the answers' }).check()
    await handout.emulateMedia({ media: 'print' })
    await expect(answers).toBeVisible()
    expect((await handout.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(10_000)
  })
})

test('who lacks the key is told how to follow a lesson', async ({ page, room, baseURL }) => {
  test.skip(room.rtsp !== null, 'on loopback everybody has the key')
  await page.goto(`${baseURL}?fixture&viewer&lesson=01-pretended`)
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible()
  await page.keyboard.press('PageDown')
  await expect(caption(page)).toContainText('The player writes OPTIONS')
  await page.getByRole('button', { name: /^Lesson 1/ }).click()
  await expect(page.getByText('Who holds the room’s key begins a lesson.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Start: The first stop only' })).toBeDisabled()
})

test('a class goes on with its next lesson', async ({ page, room, baseURL }) => {
  test.skip(room.rtsp !== null, 'the pretended class is short')
  await page.goto(`${baseURL}?fixture&start=2`)
  await begin(page, 'A short morning')
  for (const stop of pretended.stops) {
    await step(page)
    await expect(caption(page)).toHaveText(stop.caption)
    if (stop.choices > 0) await answer(page, stop.choices)
  }
  await page.keyboard.press('PageDown')
  await expect(page.getByRole('button', { name: 'Next in this class: lesson 2, The first stop only' })).toBeVisible()
  await page.keyboard.press('PageDown')
  await expect(page.getByRole('region', { name: 'Introduction' }).getByRole('heading', { name: 'The first stop only' })).toBeVisible()
})

test('a lesson speaks the language that is chosen, where it is there in it', async ({ page, room, baseURL }) => {
  test.skip(room.rtsp !== null, 'the pretended lesson is there in two')
  await page.goto(`${baseURL}?fixture&lesson=01-pretended&lang=de`)
  await expect(page.getByRole('heading', { name: 'Eine Frage unterwegs' })).toBeVisible()
  await page.goto(`${baseURL}?fixture&lesson=01-pretended`)
  await expect(page.getByRole('heading', { name: 'A request on its way' })).toBeVisible()
  await page.getByRole('button', { name: /^Lesson 1/ }).click()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de')
  await expect(page.getByRole('heading', { name: 'Eine Frage unterwegs' })).toBeVisible()
})
