import { expect, faults, test } from './room'

test('time is run until an event, ready-made or in words of one’s own', async ({ open, room }) => {
  const page = await open()
  const time = page.getByRole('slider', { name: 'Time' })
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await time.press('Home')
  await page.getByRole('button', { name: 'Run until' }).click()
  const panel = page.getByRole('region', { name: 'Run until' })
  await expect(panel.getByRole('textbox', { name: 'Or an event of your own' })).toBeFocused()
  if (room.rtsp) {
    await panel.getByRole('button', { name: 'next RTSP request' }).click()
    await expect(panel.getByRole('status')).toContainText(/Found at .*, Client\./)
    await expect(page.getByRole('region', { name: 'Caption' })).toContainText('OPTIONS')
    await panel.getByRole('textbox').fill('message where rtsp.method == "SETUP"')
    await panel.getByRole('textbox').press('Enter')
    await expect(page.getByRole('region', { name: 'Caption' })).toContainText('SETUP')
    await panel.getByRole('textbox').fill('arrives R9')
  } else {
    await panel.getByRole('textbox').fill('nonsense')
  }
  await panel.getByRole('button', { name: 'Go', exact: true }).click()
  await expect(panel.getByRole('status')).toContainText(/Column \d+:/)
  expect(await faults(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await expect(page.getByRole('button', { name: 'Run until' })).toBeFocused()
})

test('a link leads to the same moment, view and selection, and holds no key', async ({ open, page, context, room }) => {
  await open()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('tab', { name: 'Ladder' }).click()
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await page.getByRole('option', { name: /: SETUP, CSeq 3/ }).click()
  await expect(page.getByRole('listbox', { name: /Messages of/ }).getByRole('option', { selected: true })).toHaveAccessibleName(/SETUP/)
  const caption = await page.getByRole('region', { name: 'Caption' }).locator('p').first().innerText()
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('button', { name: 'Copy link to this moment' }).click()
  await expect(page.getByText(/Copied\./)).toBeVisible()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  expect(link).toMatch(/#run=[0-9a-f]{4}&t=\d+&message=\d+&step=0&view=ladder/)
  expect(link).not.toContain('key=')
  // The pretended world is another one in each page.
  if (!room.rtsp) return
  const other = await context.newPage()
  await other.goto(link)
  await expect(other.getByRole('listbox', { name: /Messages of/ }).getByRole('option', { selected: true })).toHaveAccessibleName(/SETUP/)
  await expect(other.getByRole('region', { name: 'Caption' }).locator('p').first()).toHaveText(caption)
})

test('a link for another run says so, and leads to the start of this one', async ({ page, open, room }) => {
  await open()
  await page.goto('about:blank')
  await page.goto(`${room.url}${room.url.includes('#') ? '&' : '#'}run=abcd&t=1000000`)
  const notice = page.getByRole('status', { name: 'Notice' })
  await expect(notice).toContainText(/This link is for run abcd; this room plays [0-9a-f]{4}\./)
  await notice.getByRole('button', { name: 'Start of this run' }).click()
  await expect(page.getByText(/behind live/).first()).toBeVisible()
})

test('a link of a run that a lesson has replaced says so, and so does one of before a restart', async ({ page, open, room, context, restart }) => {
  test.skip(room.rtsp === null, 'the pretended world is begun by each page')
  await open()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Stop here' }).click()
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('button', { name: 'Copy link to this moment' }).click()
  await expect(page.getByText(/Copied\./)).toBeVisible()
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  const run = /run=([0-9a-f]{4})/.exec(link.hash)?.[1] ?? ''

  await page.getByRole('button', { name: 'Lessons' }).click()
  await page.getByRole('button', { name: /^Start: One message/ }).click()
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible({ timeout: 60_000 })
  const late = await context.newPage()
  await late.goto(link.href)
  await expect(late.getByRole('status', { name: 'Notice' })).toContainText(new RegExp(`This link is for run ${run}; this room plays [0-9a-f]{4}\\.`))
  await late.close()

  const again = new URL(await restart())
  const after = await context.newPage()
  await after.goto(`${again.origin}${again.pathname}${link.hash}`)
  const notice = after.getByRole('status', { name: 'Notice' })
  await expect(notice).toContainText(new RegExp(`This link is for run ${run}; this room plays [0-9a-f]{4}\\.`))
  await notice.getByRole('button', { name: 'Start of this run' }).click()
  await expect(after.getByText(/behind live/).first()).toBeVisible()
})
