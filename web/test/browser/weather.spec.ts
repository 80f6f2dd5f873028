import { expect, test } from './room'

test('a cable’s weather is changed live, is seen, and stepping back shows the earlier one', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Cable sw1-r1: weather' }).click()
  const panel = page.getByRole('tabpanel', { name: 'sw1-r1' })
  await expect(panel.getByRole('radio', { name: /to R1 100 Mbit\/s, 1 ms, no loss/ })).not.toBeChecked()
  // The way of the film.
  await expect(panel.getByRole('radio', { name: /^to SW1/ })).toBeChecked()
  await panel.getByRole('checkbox', { name: /Cable down/ }).check()
  await expect(panel.getByRole('radio', { name: /to SW1 down: nothing passes/ })).toBeVisible()
  // What is lost there stands in the timeline, with its reason.
  await page.waitForTimeout(1500)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await expect(panel.getByRole('radio', { name: /to SW1 100 Mbit\/s/ })).toBeVisible()
  await expect(panel.getByText('So it was at this moment. Go live to change it.')).toBeVisible()
  await expect(panel.getByRole('checkbox', { name: /Cable down/ })).toBeDisabled()
  await page.keyboard.press('Tab')
  await page.locator('body').press('n')
  await expect(page.getByText(/The cable is down, so the frame|Nothing more happens|drops|loses/).first()).toBeVisible()
})

test('a click on a device shows what it knows at the cursor', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'SW1: tables' }).click()
  const tables = page.getByRole('tabpanel', { name: 'SW1' })
  await expect(tables.getByRole('heading', { name: 'Which card is behind which port' })).toBeVisible()
  await page.getByRole('button', { name: 'Client: tables' }).press('Enter')
  const client = page.getByRole('tabpanel', { name: 'Client' })
  await expect(client.getByRole('heading', { name: 'TCP connections' })).toBeVisible()
  await expect(client.getByText('10.0.1.0/24')).toBeVisible()
  await expect(client.getByRole('link', { name: 'Capture of Client’s cables (pcapng)' })).toHaveAttribute('href', 'pcapng?host=Client')
})

test('what cables carried can be taken away: one cable’s, and all', async ({ open, room }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Cable sw1-r1: weather' }).click()
  const cable = page.getByRole('tabpanel', { name: 'sw1-r1' }).getByRole('link', { name: 'Capture of cable sw1-r1 (pcapng)' })
  await expect(cable).toHaveAttribute('href', 'pcapng?link=sw1-r1')
  await page.getByText('Menu', { exact: true }).click()
  const all = page.getByRole('link', { name: 'Capture of all cables (pcapng)' })
  await expect(all).toHaveAttribute('href', 'pcapng')
  if (room.rtsp === null) return
  const [file] = await Promise.all([page.waitForEvent('download'), all.click()])
  expect(file.suggestedFilename()).toBe('layercast-all.pcapng')
})
