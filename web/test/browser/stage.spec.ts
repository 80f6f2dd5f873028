import type { Page } from '@playwright/test'
import { expect, faults, step, test } from './room'

/** The sentence of the caption. */
const caption = (page: Page) => page.getByRole('region', { name: 'Caption' }).locator('p').first()
const bar = (page: Page) => page.getByRole('group', { name: 'Stage' }).getByRole('list')

test('the first screen shows the film and offers two ways in, one of them filled', async ({ open }) => {
  const page = await open()
  await expect(page.getByText('Every picture on the left')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Follow one message' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Stop here' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'One colour for each layer' })).toBeVisible()
  await expect(caption(page)).toContainText(/packets, \d+ in the last second|media packets/)
  await expect(page.locator('.primary')).toHaveCount(1)
  await page.getByRole('button', { name: 'Stop here' }).click()
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  await expect(page.locator('.primary')).toHaveCount(1)
  await expect(page.locator('.primary')).toHaveAccessibleName('Step forward')
})

test('a followed message fills the bar going down and empties it going up', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  await expect(caption(page)).toContainText(/packet|RTSP|SYN|asks|answers/)
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  const filled: number[] = []
  for (let i = 0; i < 17; i += 1) {
    await expect(bar(page)).toBeVisible()
    filled.push(await bar(page).getByRole('listitem').count())
    await step(page)
  }
  const most = Math.max(...filled)
  const top = filled.indexOf(most)
  expect(most).toBeGreaterThanOrEqual(5)
  expect(filled[0]).toBeLessThan(most)
  expect(filled.slice(0, top).every((n, i) => i === 0 || n >= (filled[i - 1] ?? 0))).toBe(true)
  expect(filled.at(-1)).toBeLessThan(most)
  // A router takes Ethernet off on the way: the bar is shorter once in the middle.
  expect(filled.slice(top).some((n, i, rest) => n < most && (rest[i + 1] ?? 0) === most)).toBe(true)
})

test('step back undoes a step exactly', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  const texts: string[] = []
  for (let i = 0; i < 6; i += 1) {
    await step(page)
    texts.push(await caption(page).innerText())
  }
  for (const text of texts.slice(0, -1).reverse()) {
    await page.getByRole('button', { name: 'Step back' }).click()
    await expect(caption(page)).toHaveText(text)
  }
})

test('Space stops and starts time, letters and arrows leave widgets alone', async ({ open }) => {
  const page = await open()
  await page.locator('body').press('Space')
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  await page.getByRole('combobox', { name: 'Step size' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByText('Nothing more happens')).toBeHidden()
  await expect(page.getByRole('list', { name: /bytes/ })).toHaveCount(0)
  await page.keyboard.press('PageDown')
  await expect(page.getByRole('list', { name: /bytes/ })).toBeVisible()
})

test('speed and step size are chosen by name', async ({ open }) => {
  const page = await open()
  await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '1/100×' })
  await expect(page.getByRole('region', { name: 'Caption' }).getByText('1/100×')).toBeVisible()
  await page.getByRole('combobox', { name: 'Step size' }).selectOption({ label: 'by hop' })
  await page.getByRole('button', { name: 'Step forward' }).click()
  await expect(bar(page)).toBeVisible()
  await step(page)
  await expect(page.getByText(/Step \d+( of \d+)?\. SW\d/)).toBeAttached()
})

test('a block of the bar and a field of the strip can be picked', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  for (let i = 0; i < 5; i += 1) await step(page)
  await bar(page).getByRole('button', { name: /^IP, / }).click()
  const packet = page.getByRole('region', { name: 'Packet' })
  await expect(packet.getByRole('heading', { name: 'IP header: 20 bytes' })).toBeVisible()
  const field = packet.getByRole('button', { name: /TTL|Time to live/ })
  await field.click()
  await expect(field).toHaveAttribute('aria-pressed', 'true')
})

test('what steps leave out can be let in', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  await page.getByRole('button', { name: /filters|hidden/ }).click()
  const arp = page.getByRole('checkbox', { name: 'ARP' })
  await expect(arp).toBeChecked()
  await arp.uncheck()
  await expect(arp).not.toBeChecked()
})

test('reloading lands on the same step', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'The pretended world begins anew with the page.')
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  for (let i = 0; i < 4; i += 1) await step(page)
  const text = await caption(page).innerText()
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/step=\d+/)
  await page.waitForTimeout(400)
  await page.reload()
  await expect(caption(page)).toHaveText(text)
})

test('axe finds nothing wrong on the stage, while it plays and at a step', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Stop here' }).click()
  expect(await faults(page)).toEqual([])
  await page.getByRole('button', { name: 'Step forward' }).click()
  for (let i = 0; i < 4; i += 1) await step(page)
  expect(await faults(page)).toEqual([])
})
