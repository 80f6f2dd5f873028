import type { Page } from '@playwright/test'
import { expect, faults, test } from './room'

const notice = (page: Page) => page.getByRole('status', { name: 'Notice' })

/** Opens the remote's rarer orders, by the keyboard. */
async function more(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Remote' }).click()
  await page.getByRole('button', { name: /^More/ }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^More/ })).toHaveAttribute('aria-expanded', 'true')
}

test('the session’s parameters are asked for, and the volume is set', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world keeps no parameters')
  const page = await open()
  await more(page)
  const parameters = page.getByRole('group', { name: 'Parameters' })
  await parameters.getByRole('button', { name: 'GET_PARAMETER request' }).press('Enter')
  await expect(parameters.getByText('packets_sent')).toBeVisible()
  await expect(parameters.getByRole('definition').filter({ hasText: /^\d{2,}$/ }).first()).toBeVisible()
  const slider = parameters.getByRole('slider', { name: 'Volume' })
  await slider.focus()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await expect(notice(page)).toContainText('The client has sent SET_PARAMETER')
  // Time runs on, so that the request lies well in the past when it is followed.
  await page.waitForTimeout(1_000)
  await notice(page).getByRole('button', { name: 'Follow this request' }).click()
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText(/The client sets volume: 9[05] with SET_PARAMETER/)
  await expect(slider).toBeDisabled()
  await expect(slider).toHaveAccessibleDescription('Go live to send a request.')
})

test('the server sends a client elsewhere, and it can be followed', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has one film')
  const page = await open()
  await more(page)
  const redirect = page.getByRole('group', { name: 'Redirect' })
  await expect(redirect.getByRole('button', { name: 'REDIRECT this client' })).toBeDisabled()
  await expect(redirect.getByRole('button', { name: 'REDIRECT this client' })).toHaveAccessibleDescription(/Write a path or an address first/)
  await redirect.getByRole('textbox', { name: 'Send to' }).fill('/no such film')
  await redirect.getByRole('button', { name: 'REDIRECT this client' }).click()
  await expect(notice(page)).not.toBeEmpty()
  await notice(page).getByRole('button', { name: 'Close' }).click()
  await redirect.getByRole('textbox', { name: 'Send to' }).fill('/demo')
  await redirect.getByRole('button', { name: 'REDIRECT this client' }).press('Enter')
  await notice(page).getByRole('button', { name: 'Follow this request' }).click()
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText('The server sends REDIRECT')
})

test('who lacks the room’s key can order nothing, and is told why', async ({ page, baseURL }) => {
  await page.goto(`${baseURL}?fixture&viewer&start=3`)
  await expect(notice(page)).toContainText('requests need the room key')
  await more(page)
  for (const name of ['ANNOUNCE request', 'RECORD request', 'GET_PARAMETER request']) {
    await expect(page.getByRole('button', { name })).toBeDisabled()
    await expect(page.getByRole('button', { name })).toHaveAccessibleDescription('Requests need the room’s key.')
  }
  await page.getByRole('textbox', { name: 'Open' }).fill('/live')
  await expect(page.getByRole('button', { name: 'Open', exact: true })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Open', exact: true })).toHaveAccessibleDescription('Requests need the room’s key.')
  await expect(page.getByRole('slider', { name: 'Volume' })).toBeDisabled()
})

test('who only watches gets the caption back without a press', async ({ page, baseURL }) => {
  await page.goto(`${baseURL}?fixture&viewer&start=3`)
  await expect(notice(page)).toContainText('You are watching')
  await expect(notice(page)).toBeEmpty({ timeout: 20_000 })
})

test('axe finds nothing wrong among the rarer orders', async ({ open }) => {
  const page = await open()
  await more(page)
  expect(await faults(page, { within: '#shelf-panel' })).toEqual([])
})
