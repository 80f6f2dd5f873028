import { expect, step, test } from './room'

test('a frame is read on its cable from the whole to a bit, by the keyboard', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  const bits = page.getByRole('slider', { name: 'Bits on the cable' })
  for (let i = 0; i < 20 && !(await bits.isVisible()); i += 1) {
    await step(page)
  }
  await expect(page.getByRole('region', { name: 'Packet' })).toContainText(/100BASE-TX: 4B\/5B groups as MLT-3, scrambled/)
  await bits.focus()
  await expect(bits).toHaveAttribute('aria-valuetext', 'preamble, 7 bytes')
  await bits.press('ArrowRight')
  await expect(bits).toHaveAttribute('aria-valuetext', 'start frame delimiter')
  await bits.press('ArrowRight')
  for (let i = 0; i < 12; i += 1) await bits.press('+')
  // The first bit of the destination address that is sent is its first octet's lowest.
  await expect(bits).toHaveAttribute('aria-valuetext', /^byte 0, hex 02, bit 1 sent of 8: 0/)
  await bits.press('ArrowRight')
  await expect(bits).toHaveAttribute('aria-valuetext', /^byte 0, hex 02, bit 2 sent of 8: 1/)
  for (let i = 0; i < 12; i += 1) await bits.press('-')
  await expect(bits).toHaveAttribute('aria-valuetext', 'frame, from the destination address on')
  await page.getByRole('button', { name: 'Fields' }).click()
  await expect(bits).toBeHidden()
  await page.keyboard.press('1')
  await expect(bits).toBeVisible()
})

test('a field is copied as a display filter, by button and by key', async ({ open, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  const block = page.getByRole('group', { name: 'Stage' }).getByRole('button', { name: /^IP, / })
  for (let i = 0; i < 20 && !(await block.isVisible()); i += 1) {
    await step(page)
  }
  await block.click()
  const packet = page.getByRole('region', { name: 'Packet' })
  // Who checks this kind of field stands beside the header, and at each field of the details.
  await expect(packet.getByTitle(/^The tests compare every kind of field here with TShark \d/)).toHaveText(/^TShark \d/)
  await page.getByRole('tab', { name: 'Details' }).click()
  await expect(page.getByRole('treeitem', { name: /^IP.*, checked$/ }).first()).toBeVisible()
  await packet.getByRole('button', { name: /TTL|Time to live/ }).click()
  await expect(packet.getByText(/^ip\.ttl == \d+$/)).toBeVisible()
  await packet.getByRole('button', { name: 'Copy filter' }).click()
  await expect(packet.getByText('Copied')).toBeVisible()
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  expect(await copied()).toMatch(/^ip\.ttl == \d+$/)
  await packet.getByRole('button', { name: /^Destination/ }).click()
  await page.keyboard.press('f')
  await expect.poll(copied).toMatch(/^ip\.dst == [\d.]+$/)
})

test('after a choice with the pointer the arrow keys step again', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Stop here' }).click()
  await page.getByText('TCP/IP 5').first().click()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: 'TCP/IP 5' })).toBeChecked()
  await expect(page.getByRole('group', { name: 'Stage' }).getByRole('list')).toBeVisible()
})
