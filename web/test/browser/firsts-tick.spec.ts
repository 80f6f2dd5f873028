import { expect, test } from './room'

for (const [filter, layer] of [['rtp', /^RTP/], ['setup', /^IP/]] as const) {
  test(`the tick of ${filter} names who checks this kind of field, and an installed tshark reads the very packet`, async ({ open, room }) => {
    const page = await open()
    await page.getByRole('button', { name: 'Stop here' }).click()
    await page.getByRole('tab', { name: 'Packets' }).click()
    await page.getByRole('searchbox', { name: 'Filter packets' }).fill(filter)
    await page.getByRole('grid', { name: 'Packets' }).getByRole('row').nth(1).click()
    await page.getByRole('tab', { name: 'Details' }).click()
    const tree = page.getByRole('tree', { name: 'Packet details' })
    await tree.getByRole('treeitem', { name: layer }).first().click()
    const meaning = page.getByRole('region', { name: 'Meaning of the field' })
    await expect(meaning.getByText(/^TShark \d/)).toBeVisible()
    await meaning.getByRole('button', { name: 'Check this very packet' }).click()
    if (room.rtsp === null) {
      // There is no program behind the pretended world: the page says so.
      await expect(meaning.locator('.check')).toBeVisible()
      return
    }
    const verdict = meaning.getByText(/read this very packet/)
    await expect(verdict).toHaveText(/^TShark \d[\d.]* read this very packet: (all \d+ fields|this field|the one field).* agrees?\./)
  })
}
