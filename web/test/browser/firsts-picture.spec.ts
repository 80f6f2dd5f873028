import type { Locator, Page } from '@playwright/test'
import { expect, step, test } from './room'

test.use({ scenario: 'classroom-loss' })

/** Lets time run until something is lost, and goes there by its cross. */
async function toProblem(page: Page): Promise<void> {
  const cross = page.getByRole('button', { name: /: show why$/ }).first()
  await cross.waitFor({ timeout: 60_000 })
  await page.locator('body').press('Space')
  await cross.click()
  await expect(page.getByText(/RTP packet \d+, (lost|dropped)/)).toBeVisible()
}
/** The sequence number of the lost packet whose frame is on the bar. */
const lostNumber = async (page: Page): Promise<string> => /RTP packet (\d+),/.exec(await page.getByText(/RTP packet \d+, (lost|dropped)/).textContent() ?? '')?.[1] ?? ''
const strip = (page: Page): Locator => page.getByRole('region', { name: 'Packet' })

test('from the lost packet to the hole that it leaves, and from the hole back to its hop and reason', async ({ open }) => {
  const page = await open()
  await toProblem(page)
  const sequence = await lostNumber(page)
  // What is lost already is not offered to be lost.
  await expect(strip(page).getByRole('button', { name: 'What if …' })).toHaveCount(0)
  const show = strip(page).getByRole('button', { name: 'Show the hole' })
  await show.click()
  const hole = page.getByRole('button', { name: /^Missing part .*of the picture: show the lost packet$/ }).first()
  await expect(hole).toBeVisible()
  await expect(hole).toHaveAttribute('data-sequence', sequence)
  await hole.click()
  await expect(page.getByText(new RegExp(`RTP packet ${sequence}, (lost|dropped)`))).toBeVisible()
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText(/lost|loses|drop|FCS|full|room/)
})

test('a cross stays in the valley where a packet was lost, and a click on it tells why', async ({ open }) => {
  const page = await open()
  await toProblem(page)
  const sequence = await lostNumber(page)
  await step(page)
  const cross = page.getByRole('button', { name: new RegExp(`RTP packet ${sequence}, .*: show why`) })
  for (let i = 0; i < 8 && !(await cross.isVisible()); i += 1) await page.keyboard.press('PageDown')
  await cross.click()
  await expect(page.getByText(new RegExp(`RTP packet ${sequence}, (lost|dropped)`))).toBeVisible()
})

test('a picture has a family tree; a lost frame is crossed out and its ancestors are hatched; a click goes there', async ({ open }) => {
  const page = await open()
  await toProblem(page)
  const sequence = await lostNumber(page)
  await page.keyboard.press('t')
  const tree = page.getByRole('group', { name: /^Family tree of picture \d+/ })
  await expect(tree).toBeVisible()
  for (const name of [`RTP packet ${sequence}, lost`, `UDP datagram of RTP packet ${sequence}, lost`, `IP packet of RTP packet ${sequence}, lost`]) {
    await expect(tree.getByRole('button', { name, exact: true })).toBeVisible()
  }
  await expect(tree.getByRole('button', { name: /^Picture \d+, lost$/ })).toBeVisible()
  const leaf = tree.getByRole('button', { name: new RegExp(`^Ethernet frame \\d of \\d of RTP packet ${sequence}, lost`) })
  await expect(leaf).toHaveCount(1)
  // The others of the family have arrived.
  expect(await tree.getByRole('button', { name: /^RTP packet \d+, (arrived|on its way|not sent yet)$/ }).count()).toBeGreaterThan(5)
  await leaf.click()
  await expect(tree).toBeHidden()
  await expect(page.getByText(new RegExp(`RTP packet ${sequence}, (lost|dropped)`))).toBeVisible()
  await page.keyboard.press('t')
  await tree.getByRole('button', { name: `UDP datagram of RTP packet ${sequence}, lost`, exact: true }).press('Enter')
  await expect(page.getByText(/^UDP datagram, [\d,]+ bytes$/)).toBeVisible()
})
