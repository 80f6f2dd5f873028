import type { Locator, Page } from '@playwright/test'
import { expect, step, test } from './room'

const strip = (page: Page): Locator => page.getByRole('region', { name: 'Packet' })
const field = (page: Page, name: RegExp): Locator => strip(page).getByRole('button', { name })
/** Its outline says that it is linked with what is pointed at. */
const linked = /(^|\s)linked(\s|$)/

/** Opens the list at a message of RTSP, which is then followed. */
async function openMessage(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Stop here' }).click()
  await page.getByRole('tab', { name: 'Packets' }).click()
  const load = page.getByRole('button', { name: 'Load earlier' })
  for (let i = 0; i < 6; i += 1) {
    await page.getByRole('grid', { name: 'Packets' }).press('Home')
    if (await load.count() === 0) break
    await load.first().click()
    await page.waitForTimeout(300)
  }
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('rtsp')
  await page.getByRole('grid', { name: 'Packets' }).press('Home')
  await page.getByRole('row', { name }).first().click()
}

test('ports, source and payload type that signalling names light up in the media, and lead to it and back', async ({ open }) => {
  const page = await open()
  await openMessage(page, /to SETUP/)
  const transport = field(page, /^Transport/)
  await expect(transport).toBeVisible()
  // In the words: the client's and the server's fourth layer say the ports, and the rows of media are outlined.
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('picture')
  await transport.hover()
  const stage = page.getByRole('group', { name: 'Stage' })
  await expect(stage.getByText(/^UDP \d+–\d\d$/)).toHaveCount(2)
  await expect(page.getByRole('row', { name: /picture \d+, 1\/11/ }).first()).toHaveClass(/pointed/)
  await transport.click()
  await expect(strip(page)).toContainText(/client_port=\d+-\d+.*: in the media packets/)
  await page.getByRole('button', { name: 'Show a packet with it' }).click()
  // In the media: the field of the port, and the way back to the words.
  await expect(strip(page).getByRole('heading', { name: /^UDP header/ })).toBeVisible()
  await expect(field(page, /^Destin/)).toHaveAttribute('aria-pressed', 'true')
  await expect(strip(page)).toContainText(/arranged in the answer to SETUP: client_port=/)
  await page.getByRole('list', { name: /bytes/ }).getByRole('button', { name: /^RTP/ }).click()
  await field(page, /SSRC|Synchronisation source/).click()
  await expect(strip(page)).toContainText(/arranged in the answer to SETUP: ssrc=/)
  await page.getByRole('button', { name: 'Show the answer to SETUP' }).click()
  await expect(strip(page).getByRole('heading', { name: /^RTSP/ })).toBeVisible()
  await expect(strip(page)).toContainText(/ssrc=[0-9a-fA-F]{8}(: the source that each RTP packet names|: in the media packets)/)
})

test('the payload type of SDP is the one in every RTP packet', async ({ open }) => {
  const page = await open()
  await openMessage(page, /to DESCRIBE/)
  await page.getByRole('tab', { name: 'Details' }).click()
  const tree = page.getByRole('tree', { name: 'Packet details' })
  await tree.getByRole('treeitem').last().click()
  await tree.getByRole('treeitem', { name: /rtpmap:26/ }).first().click()
  await expect(strip(page)).toContainText('rtpmap:26: what RTP packets call this coding')
  await page.getByRole('button', { name: 'Show a packet with it' }).click()
  await expect(strip(page).getByRole('heading', { name: /^RTP header/ })).toBeVisible()
  await expect(field(page, /payload type|^Type/i)).toHaveAttribute('aria-pressed', 'true')
  await expect(strip(page)).toContainText(/arranged in the answer to DESCRIBE: /)
})

test('a word of the caption, a field of the strip and a block of the bar are outlined together', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  const caption = page.getByRole('region', { name: 'Caption' }).locator('p').first()
  for (let i = 0; i < 24 && !(await caption.innerText()).includes('TTL'); i += 1) {
    await step(page)
  }
  await caption.getByText('TTL', { exact: true }).hover()
  await expect(field(page, /^TTL|^Time to live/)).toHaveClass(linked)
  await expect(field(page, /^Source/)).not.toHaveClass(linked)
  await field(page, /^TTL|^Time to live/).hover()
  await expect(caption.getByText('TTL', { exact: true })).toHaveClass(linked)
})

test('a packet pointed at shows its part of the picture, and the picture its packet', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Stop here' }).click()
  await page.getByRole('tab', { name: 'Receiver' }).click()
  const region = page.getByRole('region', { name: 'Video' }).locator('svg.region rect').last()
  const slot = page.getByRole('button', { name: /^Packet 3 of \d+.*received/ })
  await slot.hover()
  await expect(region).toBeVisible()
  const top = Number(await region.getAttribute('y'))
  expect(top).toBeGreaterThan(0)
  await page.getByRole('button', { name: /^Packet 1 of \d+.*received/ }).hover()
  // A packet may end within a row of blocks: its part begins at the top, and may have a second piece.
  await expect(page.getByRole('region', { name: 'Video' }).locator('svg.region rect.other').first()).toHaveAttribute('y', '0')
  // The other way round: the pointer on the picture finds the packet that carried it, a click follows it.
  const video = page.getByRole('img', { name: 'Live video' })
  const box = await video.boundingBox()
  if (!box) throw new Error('no video')
  for (let i = 0; i < 4; i += 1) {
    await page.mouse.move(box.x + 100 + i, box.y + box.height * 0.9)
    await page.waitForTimeout(200)
  }
  await expect(region).toBeVisible()
  expect(Number(await region.getAttribute('y'))).toBeGreaterThan(250)
  await page.mouse.click(box.x + 104, box.y + box.height * 0.9)
  await expect(page.getByRole('list', { name: /bytes/ })).toBeVisible()
})
