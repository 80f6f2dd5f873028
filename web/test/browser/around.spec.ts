import { expect, faults, test } from './room'

test('the page says how to connect a player, what run this is, and its keys', async ({ open, room }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Connect a player' }).click()
  const connect = page.getByRole('region', { name: 'Connect a player' })
  await expect(connect.getByText(/^ffplay rtsp:\/\/.*\/demo$/)).toBeVisible()
  await expect(connect.getByText(/^ffmpeg -re -i film\.mp4 .* -f rtsp rtsp:\/\/[^/]+\/live$/)).toBeVisible()
  if (room.rtsp) await expect(connect.getByText(new RegExp(`^ffplay ${room.rtsp.replace(/\/[^/]*$/, '')}`))).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(connect).toBeHidden()
  await expect(page.getByRole('button', { name: 'Connect a player' })).toBeFocused()

  await page.getByRole('button', { name: 'Menu' }).click()
  const run = page.getByRole('region', { name: 'This run' })
  await expect(run.getByText('Seed')).toBeVisible()
  await run.getByRole('radio', { name: 'Dark' }).check()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await run.getByRole('radio', { name: 'Light' }).check()
  await page.getByRole('button', { name: 'Close' }).click()

  await page.keyboard.press('?')
  await expect(page.getByRole('region', { name: 'Keys' })).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('region', { name: 'Keys' })).toBeHidden()
})

test('the layer model is chosen once and kept', async ({ open }) => {
  const page = await open()
  await page.getByRole('radio', { name: 'TCP/IP 5' }).check()
  await page.reload()
  await expect(page.getByRole('radio', { name: 'TCP/IP 5' })).toBeChecked()
})

test('a lost connection is told, with a countdown and a way out', async ({ page, open, room }) => {
  if (room.rtsp) {
    await open()
    await room.end()
  } else {
    await page.goto(`${room.url}&start=2&break=1`)
  }
  const notice = page.getByRole('status', { name: 'Notice' })
  await expect(notice).toContainText(/Layercast stopped answering\. You can still step through what is here; trying again (in \d s|now)\./)
  await expect(notice.getByRole('button', { name: 'Try now' })).toBeVisible()
  // What is here can still be looked at.
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await expect(page.getByRole('slider', { name: 'Time' })).toHaveAttribute('aria-valuetext', /behind live$/)
})

test('axe finds nothing wrong on any tab or panel', async ({ open }) => {
  test.setTimeout(180_000)
  const page = await open()
  await page.getByRole('slider', { name: 'Time' }).press('ArrowLeft')
  await page.getByRole('tab', { name: 'Packets' }).click()
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('rtsp setup')
  await page.getByRole('grid', { name: 'Packets' }).getByRole('row', { name: /RTSP SETUP/ }).first().click()
  for (const name of ['Remote', 'Receiver', 'Details', 'Packets']) {
    await page.getByRole('tab', { name, exact: true }).click()
    expect(await faults(page), name).toEqual([])
  }
  for (const name of ['Menu', 'Connect a player', 'Help']) {
    await page.getByRole('button', { name, exact: true }).click()
    expect(await faults(page), name).toEqual([])
    await page.keyboard.press('Escape')
  }
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('radio', { name: 'Dark' }).check()
  expect(await faults(page), 'dark').toEqual([])
})

test('on a phone everything stands in one column and nothing is cut off', async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await open()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  for (const name of ['Remote', 'Receiver', 'Details', 'Packets']) {
    await page.getByRole('tab', { name, exact: true }).click()
    await expect(page.getByRole('tabpanel', { name })).toBeVisible()
  }
  expect(await faults(page)).toEqual([])
})
