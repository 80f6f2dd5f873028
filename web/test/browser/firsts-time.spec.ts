import type { Page } from '@playwright/test'
import { expect, test } from './room'

/** What the page shows of one moment: picture, jitter buffer, a switch's table, a host's connections. */
async function moment(page: Page): Promise<string[]> {
  const picture = await page.getByRole('img', { name: 'Live video' }).getAttribute('data-picture')
  await page.getByRole('tab', { name: 'Receiver' }).click()
  await expect(page.getByRole('list', { name: 'Pictures in the jitter buffer' })).toBeVisible()
  const buffer = await page.getByRole('tabpanel', { name: 'Receiver' }).innerText()
  await page.getByRole('button', { name: 'SW1: tables' }).click()
  await expect(page.getByRole('heading', { name: 'Which card is behind which port' })).toBeVisible()
  const table = await page.getByRole('tabpanel', { name: 'SW1' }).innerText()
  await page.getByRole('button', { name: 'Client: tables' }).click()
  await expect(page.getByRole('heading', { name: 'TCP connections' })).toBeVisible()
  const host = await page.getByRole('tabpanel', { name: 'Client' }).innerText()
  return [picture ?? 'none', buffer, table, host]
}

test('going back in time takes picture, tables and jitter buffer back, and forward brings the very same', async ({ open }) => {
  const page = await open()
  const time = page.getByRole('slider', { name: 'Time' })
  await expect.poll(async () => Number(await page.getByRole('img', { name: 'Live video' }).getAttribute('data-picture'))).toBeGreaterThan(12)
  await page.getByRole('button', { name: 'Stop here' }).click()
  // Not at the live edge: what has not happened yet is shown there.
  for (let i = 0; i < 10; i += 1) await time.press('ArrowLeft')
  const late = Number(await time.getAttribute('aria-valuenow'))
  const before = await moment(page)
  expect(before[2]).toMatch(/[0-9a-f]{2}(:[0-9a-f]{2}){5}/)

  for (let i = 0; i < 40; i += 1) await time.press('ArrowLeft')
  expect(Number(await time.getAttribute('aria-valuenow'))).toBeLessThan(late)
  expect(await moment(page)).not.toEqual(before)
  for (let i = 0; i < 40; i += 1) await time.press('ArrowRight')
  await expect(time).toHaveAttribute('aria-valuenow', String(late))
  await expect(page.getByRole('img', { name: 'Live video' })).toHaveAttribute('data-picture', before[0] ?? '')
  expect(await moment(page)).toEqual(before)

  await time.press('Home')
  await expect(page.getByRole('heading', { name: 'No picture yet.' })).toBeVisible()
  await page.getByRole('button', { name: 'SW1: tables' }).click()
  // A switch that has heard nobody knows nobody.
  await expect(page.getByRole('tabpanel', { name: 'SW1' })).not.toContainText(/[0-9a-f]{2}(:[0-9a-f]{2}){5}/)
  await page.getByRole('tab', { name: 'Receiver' }).click()
  await expect(page.getByText('Nothing yet: the first RTP packet comes after PLAY.')).toBeVisible()
})
