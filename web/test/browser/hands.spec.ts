import type { Locator, Page } from '@playwright/test'
import { expect, step, tabTo, test } from './room'

// Journeys by keyboard alone: nothing here clicks, and nothing gets the focus but by Tab or by the page itself.

/** Tab to something, and press it. */
async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press(key)
}

/** Steps until something is to be seen. */
async function stepUntil(page: Page, seen: Locator): Promise<void> {
  for (let i = 0; i < 30 && !(await seen.isVisible()); i += 1) await step(page)
  await expect(seen).toBeVisible()
}

const time = (page: Page): Locator => page.getByRole('slider', { name: 'Time' })
const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' })
})

test('a cable is pulled, and the packet that is lost by it is found', async ({ open }) => {
  const page = await open()
  await press(page, button(page, 'Cable sw1-r1: weather'))
  const panel = page.getByRole('tabpanel', { name: 'sw1-r1' })
  // The way of the film is chosen; the arrows choose the other and come back.
  await press(page, panel.getByRole('radio', { name: /^to SW1/ }), 'ArrowUp')
  await expect(panel.getByRole('radio', { name: /^to R1/ })).toBeChecked()
  await page.keyboard.press('ArrowDown')
  await expect(panel.getByRole('radio', { name: /^to SW1/ })).toBeChecked()
  await press(page, panel.getByRole('checkbox', { name: /Cable down/ }), 'Space')
  await expect(panel.getByRole('radio', { name: /^to SW1 down: nothing passes/ })).toBeVisible()
  await page.waitForTimeout(1500)
  await press(page, button(page, 'Pause'))
  await tabTo(page, time(page))
  await page.keyboard.press('Home')
  await page.keyboard.press('n')
  await expect(page.getByText(/The cable is down, so the frame|Nothing more happens|drops|loses/).first()).toBeVisible()
})

test('a packet is lost in another future, and the original is come back to', async ({ open }) => {
  const page = await open()
  await press(page, button(page, /^Follow one message/))
  await stepUntil(page, button(page, 'What if …'))
  await page.keyboard.press('d')
  await press(page, button(page, 'Fork here'))
  const screens = page.getByRole('region', { name: 'Video' }).getByRole('img')
  await expect(screens).toHaveCount(2)
  await press(page, button(page, 'Back to the original'))
  await expect(screens).toHaveCount(1)
})

test('a command is found and run, and the views are walked through', async ({ open }) => {
  const page = await open()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Write what you want to do' })).toBeFocused()
  await page.keyboard.type('ladder show')
  await page.keyboard.press('Enter')
  const ladder = page.getByRole('tab', { name: 'Ladder' })
  await expect(ladder).toHaveAttribute('aria-selected', 'true')
  await tabTo(page, ladder)
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: 'Charts' })).toHaveAttribute('aria-selected', 'true')
  const charts = page.getByRole('region', { name: 'Charts', exact: true })
  await press(page, charts.getByRole('checkbox', { name: 'As a table' }), 'Space')
  await expect(charts.getByRole('table').first()).toBeVisible()
  await page.keyboard.press('Tab')
  await tabTo(page, page.getByRole('tab', { name: 'Charts' }))
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('tab', { name: 'Valley' })).toHaveAttribute('aria-selected', 'true')
})

test('time is run until an event, and gone through on the timeline', async ({ open, room }) => {
  const page = await open()
  await page.keyboard.press('Space')
  await tabTo(page, time(page))
  await page.keyboard.press('Home')
  const first = Number(await time(page).getAttribute('aria-valuenow'))
  await page.keyboard.press('ArrowRight')
  await expect.poll(async () => Number(await time(page).getAttribute('aria-valuenow'))).toBeGreaterThan(first)
  await page.keyboard.press('u')
  const line = page.getByRole('textbox', { name: 'Or an event of your own' })
  await expect(line).toBeFocused()
  if (room.rtsp) {
    await page.keyboard.type('message where rtsp.method == "SETUP"')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('region', { name: 'Caption' })).toContainText('SETUP')
  }
  await page.keyboard.press('Escape')
  await expect(line).toBeHidden()
  await expect(page.locator('body')).not.toBeFocused()
})

test('two packets are pinned and compared', async ({ open }) => {
  const page = await open()
  await press(page, button(page, /^Follow one message/))
  await stepUntil(page, button(page, 'Pin'))
  await page.keyboard.press('p')
  await expect(page.getByText('Pinned: press P on another packet')).toBeVisible()
  await stepUntil(page, page.getByText(/^TTL \d+ → \d+$/))
  await page.keyboard.press('p')
  const sheet = page.getByRole('region', { name: 'Two packets compared' })
  await expect(sheet.getByRole('row', { name: /^Time to live/ })).toContainText(/64.*63/)
  await press(page, sheet.getByRole('button', { name: 'Take both pins away' }))
  await expect(sheet).toBeHidden()
})

test('requests are sent with the remote', async ({ open }) => {
  const page = await open()
  await press(page, button(page, 'PAUSE request'))
  await expect(page.getByRole('img', { name: 'RTSP state: Ready' })).toBeVisible()
  await press(page, button(page, 'PLAY request'))
  await expect(page.getByRole('img', { name: 'RTSP state: Playing' })).toBeVisible()
})

test('a capture is chosen from the menu', async ({ open, room }) => {
  const page = await open()
  // Asked for early: the browser must know that no window of its own is wanted.
  const chosen = page.waitForEvent('filechooser')
  await press(page, button(page, 'Menu'))
  const file = page.locator('input[type=file]')
  await expect(file).toBeAttached()
  await tabTo(page, file)
  await page.keyboard.press('Space')
  const chooser = await chosen
  await chooser.setFiles({ name: 'not-one.pcapng', mimeType: 'application/octet-stream', buffer: Buffer.from('no capture') })
  if (room.rtsp === null) return
  // What cannot be shown is refused with its reason, and the run stays.
  await expect(page.getByRole('status', { name: 'Notice' })).not.toBeEmpty()
  await expect(page.getByRole('img', { name: 'Live video' })).toBeVisible()
})

test('the presenter’s window and the handout are opened from a lesson', async ({ open, room, context }) => {
  const title = room.rtsp === null ? 'A request on its way' : 'One message, down and up'
  const page = await open()
  await press(page, button(page, 'Lessons'))
  await press(page, button(page, `Start: ${title}`))
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible({ timeout: 90_000 })
  // The menu's button has the focus again, under the lesson's name.
  const menu = button(page, `Lesson 1: ${title}`)
  await expect(menu).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, button(page, 'Presenter’s window'))
  const [presenter] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')])
  await expect(presenter.getByRole('heading', { name: `Lesson 1: ${title}` })).toBeVisible()
  await presenter.keyboard.press('PageDown')
  await expect(page.getByText(/^stop 1 of \d+$/)).toBeVisible()
  await presenter.close()
  // The menu is out of the way, and the focus on what opened it.
  await expect(button(page, 'Presenter’s window')).toHaveCount(0)
  await expect(menu).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, button(page, 'Handout'))
  const [handout] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')])
  await expect(handout.getByRole('button', { name: 'Print' })).toBeVisible()
})
