import type { Page } from '@playwright/test'
import { expect, test } from './room'

/** The number of the picture that the video area shows, and whether its canvas has colours. */
async function shown(page: Page): Promise<{ number: number; painted: boolean }> {
  return page.getByRole('img', { name: 'Live video' }).evaluate((element) => {
    const canvas = element as HTMLCanvasElement
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    let painted = false
    for (let i = 0; i < pixels.length && !painted; i += 4096) painted = (pixels[i + 3] ?? 0) > 0
    return { number: Number(canvas.dataset.picture), painted }
  })
}

test('the film plays as the client received it', async ({ open }) => {
  const page = await open()
  await expect.poll(async () => (await shown(page)).painted).toBe(true)
  const first = (await shown(page)).number
  await expect.poll(async () => (await shown(page)).number).toBeGreaterThan(first + 5)
})

test('going back takes the picture back, and Go live brings the present', async ({ open }) => {
  const page = await open()
  const time = page.getByRole('slider', { name: 'Time' })
  await expect.poll(async () => (await shown(page)).number).toBeGreaterThan(12)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  const now = (await shown(page)).number
  await page.getByRole('button', { name: 'Show a longer time' }).click()
  for (let i = 0; i < 90; i += 1) await time.press('ArrowLeft')
  await expect(page.getByText(/behind live/).first()).toBeVisible()
  await expect.poll(async () => (await shown(page)).number).toBeLessThan(now)
  await time.press('Home')
  await expect(page.getByRole('heading', { name: 'No picture yet.' })).toBeVisible()
  await expect(page.getByText('It starts after PLAY.')).toBeVisible()
  await page.getByRole('button', { name: 'Go live' }).click()
  await expect.poll(async () => (await shown(page)).number).toBeGreaterThan(now)
  await expect(page.getByText('Live', { exact: true })).toBeVisible()
})

test('after TEARDOWN the last picture stays, paler, and the page says why', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Remote' }).click()
  await page.getByRole('button', { name: 'TEARDOWN request' }).click()
  await expect(page.getByText('Session ended')).toBeVisible()
  await expect(page.getByRole('img', { name: 'RTSP state: Init' })).toBeVisible()
})

test('the timeline is a slider that says the time', async ({ open }) => {
  const page = await open()
  const time = page.getByRole('slider', { name: 'Time' })
  await expect(time).toHaveAttribute('aria-valuetext', /, live$/)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await time.press('Home')
  await expect(time).toHaveAttribute('aria-valuetext', /^0 ms, .* behind live$/)
  await time.press('End')
  await expect(time).toHaveAttribute('aria-valuetext', /, live$/)
  const box = await time.boundingBox()
  if (!box) throw new Error('the timeline has no place on the page')
  await page.mouse.click(box.x + box.width * 0.3, box.y + box.height / 2)
  await expect(time).toHaveAttribute('aria-valuetext', /behind live$/)
})
