import { expect, test } from './room'

test.use({ scenario: 'classroom-loss' })

test('from a hole in the picture to the packet that was lost, and its reason', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has its own losses')
  const page = await open()
  await page.getByRole('tab', { name: 'Receiver' }).click()
  const time = page.getByRole('slider', { name: 'Time' })
  const hole = page.getByRole('button', { name: /^Missing part .*of the picture: show the lost packet$/ }).first()
  // Three packets in a hundred do not arrive: soon one is missing among a picture's eleven.
  await page.waitForTimeout(2000)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  for (let i = 0; i < 3; i += 1) await page.getByRole('button', { name: 'Show a longer time' }).click()
  for (let i = 0; i < 90 && !(await hole.isVisible()); i += 1) await time.press('ArrowLeft')
  // The picture may still be on its way.
  await expect(hole).toBeVisible()
  const sequence = await hole.getAttribute('data-sequence')
  await hole.click()
  await expect(page.getByText(new RegExp(`RTP packet ${sequence}, (lost|dropped)`))).toBeVisible()
  await expect(page.getByRole('button', { name: /^Packet \d+ of \d+, sequence \d+/ }).first()).toBeVisible()
})

test('a slot that stays empty is hatched and leads to its packet', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has its own losses')
  const page = await open()
  await page.getByRole('tab', { name: 'Receiver' }).click()
  const missing = page.getByRole('button', { name: /^Packet \d+ of \d+, sequence \d+, missing$/ })
  await page.waitForTimeout(2000)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  const time = page.getByRole('slider', { name: 'Time' })
  for (let i = 0; i < 3; i += 1) await page.getByRole('button', { name: 'Show a longer time' }).click()
  for (let i = 0; i < 90 && (await missing.count()) === 0; i += 1) await time.press('ArrowLeft')
  await missing.first().click()
  await expect(page.getByText(/RTP packet \d+, (lost|dropped)/)).toBeVisible()
})
