import type { Page } from '@playwright/test'
import { expect, test } from './room'

/** From now on all that live regions say, each region with its whole text, in their order. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    const live = '[aria-live], [role=status], [role=alert]'
    const words = (node: Node): string => (node instanceof Element && node.getAttribute('aria-hidden') === 'true' ? '' : node.nodeType === Node.TEXT_NODE ? (node.textContent ?? '') : [...node.childNodes].map(words).join(' '))
    const last = new WeakMap<Element, string>()
    const said = (region: Element): string => words(region).replace(/\s+/g, ' ').trim()
    for (const region of document.querySelectorAll(live)) last.set(region, said(region))
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest(live)
        if (!region || region.getAttribute('aria-live') === 'off' || said(region) === last.get(region)) continue
        last.set(region, said(region))
        if (said(region) !== '') heard.push(said(region))
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.splice(0))
}

/** Presses Page Down until something is said, and answers all that is. A press may only finish the motion that led here, which is nothing to say. */
async function next(page: Page, heard: () => Promise<string[]>): Promise<string[]> {
  for (let i = 0; i < 10; i += 1) {
    await page.keyboard.press('PageDown')
    for (let waited = 0; waited < 1500; waited += 100) {
      await page.waitForTimeout(100)
      const said = await heard()
      // What else there is comes with it.
      if (said.length > 0) return [...said, ...(await page.waitForTimeout(300).then(heard))]
    }
  }
  return []
}

/** Opens the pretended lesson at its introduction, with the keyboard alone. */
async function beginLesson(page: Page, baseURL: string | undefined): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(`${baseURL}?fixture&lesson=01-pretended`)
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible()
}

test('a stop is said once, its question with all choices, and what comes of an answer once', async ({ page, room, baseURL }) => {
  test.skip(room.rtsp !== null, 'what is said does not depend on the run; the pretended one is short')
  await beginLesson(page, baseURL)
  const heard = await listen(page)
  const question = page.getByRole('region', { name: 'Question' })
  expect(await next(page, heard)).toEqual(['Stop 1 of 4. The player asks. The player writes OPTIONS: it wants to know which requests the server knows.'])
  expect(await next(page, heard)).toEqual(['Stop 2 of 4. Down to the cable. The same request leaves the player as bits, wrapped in three headers.'])
  const asked = await next(page, heard)
  const choices = await question.getByRole('radio').count()
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatch(new RegExp(`^Stop 3 of 4\\. At the router\\. R1 takes the frame apart\\. What does it do to TTL\\? Question: .+ 1: .+; ${choices}: .+$`))
  expect(await next(page, heard)).toEqual(['Answer first. With a clicker: Back marks the next answer, Next checks it.'])
  let right = false
  for (let i = 1; i <= choices && !right; i += 1) {
    await page.keyboard.press(String(i))
    await expect(question.getByRole('radio').nth(i - 1)).toBeChecked()
    await expect.poll(heard, 'a choice that a digit marks has no focus: it is said').toEqual([expect.stringMatching(new RegExp(`^Marked: ${i}, .+\\.$`))])
    const told = await next(page, heard)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^(Not so\. .+|Right\. This run says: .+)$/)
    right = told[0]?.startsWith('Right.') ?? false
  }
  expect(right).toBe(true)
  expect(await next(page, heard)).toEqual([expect.stringMatching(/^Stop 4 of 4\./)])
  expect(await next(page, heard)).toEqual([expect.stringMatching(/^The lesson is over\./)])
})

test('the keyboard keeps its place when a menu closes, a question is answered, and the lesson goes on', async ({ page, room, baseURL }) => {
  test.skip(room.rtsp !== null, 'where the keyboard is does not depend on the run; the pretended one is short')
  await beginLesson(page, baseURL)
  const menu = page.getByRole('button', { name: /^Lesson 1/ })
  await menu.focus()
  await page.keyboard.press('Enter')
  const third = page.getByRole('navigation', { name: 'Stops' }).getByRole('button', { name: /At the router/ })
  await expect(third).toBeVisible()
  for (let i = 0; i < 20 && !(await third.evaluate((one) => one === document.activeElement)); i += 1) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(menu).toBeFocused()

  const question = page.getByRole('region', { name: 'Question' })
  const radios = question.getByRole('radio')
  const check = question.getByRole('button', { name: 'Check' })
  await expect(question).toBeVisible()
  for (let i = 0; i < 20 && !(await radios.first().evaluate((one) => one === document.activeElement)); i += 1) await page.keyboard.press('Tab')
  await expect(radios.first()).toBeFocused()
  // Choices come before what is done with them.
  await page.keyboard.press('Tab')
  await expect(check).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Space')
  const asked = await radios.count()
  for (let i = 0; i < asked; i += 1) {
    if (i > 0) {
      await page.keyboard.press('Shift+Tab')
      await page.keyboard.press('ArrowDown')
    }
    await expect(radios.nth(i)).toBeChecked()
    await page.keyboard.press('Tab')
    await expect(check).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(question.getByRole('status')).toContainText(/Not so\.|Right\./)
    if ((await question.getByRole('status').textContent())?.includes('Right.')) break
  }
  await expect(question.getByRole('radio', { checked: true })).toBeFocused()
  await page.keyboard.press('PageDown')
  await expect(question).toBeHidden()
  // The next Tab goes on behind the caption, not at the page's beginning.
  await page.keyboard.press('Tab')
  await expect(page.getByRole('region', { name: 'Time controls' }).getByRole('button').first()).toBeFocused()
})

test('while time runs nothing is said, and zooming by hand is', async ({ open }) => {
  const page = await open()
  const heard = await listen(page)
  await page.waitForTimeout(3000)
  expect(await heard()).toEqual([])
  await page.keyboard.press('Space')
  const all: string[] = []
  const last = async (): Promise<string | undefined> => {
    all.push(...(await heard()))
    return all.at(-1)
  }
  await expect.poll(last).toMatch(/./)
  await page.keyboard.press('ArrowRight')
  await expect.poll(last).toMatch(/^Step 1 of \d+\. /)
  await page.keyboard.press('+')
  await expect.poll(last).toBe('bytes')
  expect(all.filter((one) => one.startsWith('Step 1 of '))).toHaveLength(1)
})
