import { expect, faults, test } from './room'

test('the ladder tells the conversation as arrows, and a click follows a message', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Ladder' }).click()
  const list = page.getByRole('listbox', { name: 'Messages of Client, by time' })
  await expect(list.getByRole('option').first()).toBeVisible()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  for (const [name, from] of [['SYN, TCP asks for a connection', 'Client'], ['OPTIONS, CSeq 1', 'Client'], ['200 OK, CSeq 1', 'Server']] as const) {
    await expect(list.getByRole('option', { name: new RegExp(`${from} to .*: ${name}.*Arrived after`) }).first()).toBeVisible()
  }
  await list.getByRole('option', { name: /: DESCRIBE, CSeq 2/ }).click()
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText('DESCRIBE')
  await expect(list.getByRole('option', { selected: true })).toHaveAccessibleName(/DESCRIBE/)
  // The same message in the valley.
  await page.getByRole('tab', { name: 'Valley' }).click()
  await expect(page.getByRole('group', { name: 'Stage' })).toContainText('RTSP message')
})

test('the ladder is used by keyboard alone, and its picture rows have their packets', async ({ open }) => {
  const page = await open()
  await page.keyboard.press('v')
  const list = page.getByRole('listbox', { name: 'Messages of Client, by time' })
  await expect(list).toBeVisible()
  await page.keyboard.press('Space')
  await list.focus()
  await page.keyboard.press('Home')
  await expect(list.getByRole('option', { name: /SYN/ }).first()).toBeVisible()
  for (let i = 0; i < 2; i += 1) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText('OPTIONS')
  await page.keyboard.press('End')
  await expect(list.getByRole('option', { name: /Picture \d+, \d+ packets/ }).last()).toBeVisible()
})

test('reports come where they are asked for, and axe finds nothing wrong', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Ladder' }).click()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await page.getByRole('checkbox', { name: 'ACKs' }).check()
  await expect(page.getByRole('option', { name: /: ACK, TCP has got all before/ }).first()).toBeVisible()
  expect(await faults(page)).toEqual([])
})
