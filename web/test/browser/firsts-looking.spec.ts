import type { Page } from '@playwright/test'
import { expect, faults, step, test } from './room'

const bar = (page: Page) => page.getByRole('group', { name: 'Stage' }).getByRole('list')
const stage = (page: Page) => page.getByRole('group', { name: 'Stage' })

test('a receiver’s checks are computed on the stage, with the numbers that the frame carries', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  const seen = { fcs: '', ip: '', udp: '', sequence: '' }
  const check = stage(page).getByText(/^(computed|number) .* [=≠] /)
  for (let i = 0; i < 19; i += 1) {
    for (const text of await check.allTextContents().catch(() => [])) {
      if (/^computed ([0-9a-f]{2} ){3}[0-9a-f]{2} = received ([0-9a-f]{2} ){3}[0-9a-f]{2}$/.test(text)) seen.fcs = text
      else if (/^computed [0-9a-f]{4} = received [0-9a-f]{4}$/.test(text)) seen[seen.ip === '' ? 'ip' : 'udp'] = text
      else if (/^number \d+ = \d+ \+ 1, nothing between$/.test(text)) seen.sequence = text
    }
    await step(page)
    await page.waitForTimeout(60)
  }
  expect(Object.values(seen).every((text) => text !== '')).toBe(true)
  for (const text of [seen.fcs, seen.ip, seen.udp]) {
    const [, a, b] = /computed (.*) = received (.*)/.exec(text) ?? []
    expect(a).toBe(b)
  }
})

test('a lens shows one layer and pales the others on stage, bar and lists; 0 takes it away', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  for (let i = 0; i < 4; i += 1) await step(page)
  await page.keyboard.press('4')
  await expect(page.getByRole('region', { name: 'Packet' }).getByRole('heading', { name: /^(UDP|TCP) header/ })).toBeVisible()
  const fill = (name: RegExp) => bar(page).getByRole('button', { name }).locator('rect.fill').evaluate((element) => (element as SVGElement).style.fill)
  expect(await fill(/^(UDP|TCP), /)).toBe('var(--l4)')
  expect(await fill(/^IP, /)).toBe('var(--dim-3)')
  await page.getByRole('tab', { name: 'Details' }).click()
  await expect(page.getByRole('treeitem', { name: /^IP header/ })).toHaveClass(/pale/)
  await expect(page.getByRole('treeitem', { name: /^(UDP|TCP) header/ })).not.toHaveClass(/pale/)
  await page.getByRole('button', { name: /^Layer 4, Transport: All layers$/ }).click()
  expect(await fill(/^IP, /)).toBe('var(--l3)')
  // TCP/IP's fifth layer is OSI's upper three.
  await page.getByRole('radio', { name: 'TCP/IP 5' }).check({ force: true })
  await page.locator('main').click({ position: { x: 300, y: 120 } })
  await page.keyboard.press('5')
  await expect(page.getByRole('button', { name: /^Layer 5, Application: All layers$/ })).toBeVisible()
  await page.keyboard.press('0')
  await expect(page.getByRole('button', { name: /All layers$/ })).toHaveCount(0)
})

test('two pinned packets are compared field by field', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  for (let i = 0; i < 4; i += 1) await step(page)
  await page.keyboard.press('p')
  await expect(page.getByText('Pinned: press P on another packet')).toBeVisible()
  // Behind the router it is another frame: TTL and Ethernet addresses differ, nothing above does.
  for (let i = 0; i < 12 && !(await page.getByText(/^TTL \d+ → \d+$/).isVisible()); i += 1) {
    await step(page)
    await page.waitForTimeout(100)
  }
  await page.keyboard.press('p')
  const sheet = page.getByRole('region', { name: 'Two packets compared' })
  await expect(sheet).toBeVisible()
  const table = sheet.getByRole('table')
  await expect(table.getByRole('row', { name: /^Time to live/ })).toContainText(/64.*63/)
  await expect(table.getByRole('row', { name: /^Source address 02:/ }).or(table.getByRole('row', { name: /^Source address ..:/ })).first()).toBeVisible()
  await expect(table.getByRole('row', { name: /^Sequence number/ })).toHaveCount(0)
  await sheet.getByRole('checkbox', { name: 'Show equal fields, too' }).check()
  await expect(table.getByRole('row', { name: /^Sequence number/ })).toHaveCount(1)
  expect(await faults(page, { within: '.sheet' })).toEqual([])
  await sheet.getByRole('button', { name: 'Take both pins away' }).click()
  await expect(sheet).toBeHidden()
})

test('zoom goes from flow to frame train, packet, bytes and bits, and back, by keys and buttons', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Stop here' }).click()
  const zoom = page.getByRole('group', { name: 'Zoom' })
  const level = zoom.locator('.level')
  await expect(level).toHaveText('flow')
  await page.locator('body').press('+')
  await expect(level).toHaveText('frame train')
  const train = page.getByRole('group', { name: /^Frames of picture \d+ on the cables$/ })
  await expect(train.getByRole('button').first()).toHaveAccessibleName(/^RTP packet \d+ on .*, .* long/)
  expect(await train.getByRole('button').count()).toBeGreaterThanOrEqual(11)
  await zoom.getByRole('button', { name: 'Nearer' }).click()
  await expect(level).toHaveText('packet')
  await expect(bar(page)).toBeVisible()
  await page.locator('body').press('+')
  await expect(level).toHaveText('bytes')
  await expect(page.getByRole('region', { name: 'Every byte of the frame' }).getByRole('grid', { name: 'Bytes' })).toBeVisible()
  await page.locator('body').press('+')
  await expect(level).toHaveText('bits')
  await expect(page.getByRole('heading', { name: 'On the cable' })).toBeVisible()
  await expect(zoom.getByRole('button', { name: 'Nearer' })).toHaveAttribute('aria-disabled', 'true')
  for (const name of ['bytes', 'packet', 'frame train', 'flow']) {
    await page.locator('body').press('-')
    await expect(level).toHaveText(name)
  }
})

test('what headers cost is counted for this packet, this picture, and in sum', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  for (let i = 0; i < 4; i += 1) await step(page)
  await page.keyboard.press('o')
  const sheet = page.getByRole('region', { name: 'What the headers cost' })
  const part = async (name: RegExp): Promise<number[]> =>
    (await sheet.getByRole('region', { name }).getByRole('listitem').allInnerTexts()).map((text) => Number(text.replace(/\D/g, '')))
  await expect(sheet.getByRole('region', { name: 'This packet' })).toBeVisible()
  const packet = await part(/^This packet$/)
  expect(packet.slice(0, 3)).toEqual([18, 20, 8])
  const whole = Number(/([\d,]+) bytes/.exec(await sheet.getByRole('region', { name: 'This packet' }).innerText())?.[1]?.replaceAll(',', ''))
  expect(packet.reduce((a, b) => a + b, 0)).toBe(whole)
  const name = await sheet.getByRole('region', { name: /^Picture \d+$/ }).getAttribute('aria-label')
  const picture = await part(/^Picture \d+$/)
  // The pictures of the demo are cut into 10 to 12 packets: the receiver says how many this one needs.
  await page.getByRole('tab', { name: 'Receiver' }).click()
  const needs = await page.getByRole('heading', { name: new RegExp(`^${name} needs \\d+ packets$`) }).innerText()
  const packets = Number(/needs (\d+)/.exec(needs)?.[1])
  expect(picture.slice(0, 3)).toEqual([packets * 18, packets * 20, packets * 8])
  const sum = await part(/^In sum/)
  expect(sum[4]).toBeGreaterThan(picture[4] ?? 0)
})

test('the jitter buffer is made deeper by its slider: pictures come later by as much', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Receiver' }).click()
  const slider = page.getByRole('slider', { name: 'Depth of the jitter buffer' })
  await expect(slider).toHaveAttribute('aria-valuetext', 'plays after 60 ms')
  await slider.fill('120')
  await expect(slider).toHaveAttribute('aria-valuetext', 'plays after 120 ms')
  // In force: the pictures shown from now on say so.
  await page.waitForTimeout(1200)
  await page.getByRole('button', { name: 'Stop here' }).click()
  await expect(slider).toHaveAttribute('aria-valuetext', 'plays after 120 ms')
  await expect(page.getByText('plays after 120 ms')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Pictures in the jitter buffer' }).getByRole('listitem').first()).toContainText('now')
  // In the past it cannot be turned, and says why.
  for (let i = 0; i < 3; i += 1) await page.getByRole('button', { name: 'Show a longer time' }).click()
  for (let i = 0; i < 40 && (await slider.getAttribute('aria-disabled')) !== 'true'; i += 1) {
    await page.getByRole('slider', { name: 'Time' }).press('ArrowLeft')
  }
  await expect(slider).toHaveAttribute('aria-disabled', 'true')
  await expect(slider).toHaveAccessibleDescription('Go live to send a request.')
})
