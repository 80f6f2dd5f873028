import { expect, step, test } from './room'

test('a past packet is dropped in another future, which is shown beside the original and left again', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Follow one message' }).click()
  const ask = page.getByRole('button', { name: 'What if …' })
  for (let i = 0; i < 20 && !(await ask.isVisible()); i += 1) {
    await step(page)
  }
  await page.keyboard.press('d')
  const asked = page.getByRole('region', { name: 'What if this packet …' })
  await expect(asked.getByRole('radio', { name: 'were lost' })).toBeChecked()
  await expect(asked).toContainText(/A new future from .*: same seed, same inputs up to there\. Then .* is lost on .*\. The original is kept/)
  await asked.getByRole('radio', { name: 'had a bit turned over' }).check()
  await expect(asked.getByRole('button', { name: 'Fork here' })).toBeDisabled()
  await asked.getByRole('radio', { name: 'were lost' }).check()
  await asked.getByRole('button', { name: 'Fork here' }).click()

  const video = page.getByRole('region', { name: 'Video' })
  await expect(video.getByRole('img')).toHaveCount(2)
  await expect(video.getByRole('button', { name: 'What if 1' })).toHaveAttribute('aria-pressed', 'true')
  await video.getByRole('button', { name: /^First difference at / }).click()
  await expect(page.getByText(/lost on the cable|loses this frame/).first()).toBeVisible()
  // Requests go to the original alone.
  await expect(page.getByRole('button', { name: 'PAUSE request' })).toHaveAccessibleDescription(/another future/)

  await page.getByRole('button', { name: 'Back to the original' }).click()
  await expect(video.getByRole('img')).toHaveCount(1)
  await page.getByRole('combobox', { name: 'What if' }).selectOption({ label: 'What if 1' })
  await expect(video.getByRole('img')).toHaveCount(2)
  await video.getByRole('button', { name: 'Discard' }).click()
  await expect(video.getByRole('img')).toHaveCount(1)
  await expect(page.getByRole('combobox', { name: 'What if' })).toBeHidden()
})
