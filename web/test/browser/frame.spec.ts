import type { Page } from '@playwright/test'
import { expect, step, still, test } from './room'

/** What stands partly beside the screen, of all that can be pressed in the bar. */
const outside = (page: Page): Promise<string[]> =>
  page.locator('header.top button, header.top label, header.top select').evaluateAll((all) =>
    all.filter((one) => { const box = one.getBoundingClientRect(); return box.width > 0 && (box.left < 0 || box.right > innerWidth) }).map((one) => one.textContent ?? ''))

test('a network without a lesson is one press away, and its menu closes when it is there', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Lessons' }).click()
  await page.getByRole('button', { name: /Choose a network without a lesson/ }).click()
  const begin = page.getByRole('button', { name: 'Begin this run' })
  await expect(page.getByRole('group').locator('summary')).toBeInViewport()
  await begin.click()
  await expect(begin).toHaveCount(0, { timeout: 90_000 })
  await expect(page.getByRole('button', { name: 'Lessons' })).toHaveAttribute('aria-expanded', 'false')
})

test('nothing of the bar leaves the screen away from a lesson’s stop, also in big type', async ({ open, room }) => {
  test.skip(room.rtsp !== null, 'one world is enough for looks')
  const page = await open()
  await page.getByRole('button', { name: 'Lessons' }).click()
  await page.getByRole('button', { name: /^Start: / }).first().click()
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible({ timeout: 90_000 })
  await step(page)
  await page.getByRole('combobox', { name: 'Step size' }).selectOption('layer')
  await step(page)
  await expect(page.getByRole('button', { name: 'Back to the lesson' })).toBeVisible()
  await still(page)
  expect(await outside(page)).toEqual([])
  await page.evaluate(() => (document.documentElement.dataset.type = 'big'))
  expect(await outside(page)).toEqual([])
})
