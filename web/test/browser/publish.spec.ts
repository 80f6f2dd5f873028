import { expect, test } from './room'

test.use({ scenario: 'classroom-publish' })

test('a client that publishes has its own words, ticks and direction, and another one shows its pictures', async ({ page, room }) => {
  test.skip(room.rtsp === null, 'nobody publishes in the pretended world')
  await page.goto(room.url)
  await page.getByRole('tablist', { name: 'Clients' }).getByRole('tab', { name: 'Camera' }).click()
  const video = page.getByRole('region', { name: 'Video' })
  await expect(video.getByRole('heading', { name: 'Sends /live in JPEG' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText('The server passes them on to whoever plays /live.')
  await page.getByRole('tab', { name: 'Remote' }).click()
  await expect(page.getByRole('img', { name: 'RTSP state: Recording' })).toBeVisible()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await expect(page.getByRole('img', { name: 'RTSP state: Init' })).toBeVisible()
  // Its requests are told for what they do.
  await page.getByRole('tab', { name: 'Packets' }).click()
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('rtsp record camera')
  await page.getByRole('grid', { name: 'Packets' }).getByRole('row', { name: /RTSP RECORD/ }).first().click()
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText('RECORD turns the stream around')
})

test('the player leaves one stream and opens another, by the keyboard alone', async ({ page, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has one film')
  await page.goto(room.url)
  // Before it plays there is nothing to leave.
  await expect(page.getByRole('img', { name: 'RTSP state: Playing' })).toBeVisible()
  await page.getByRole('button', { name: /^More/ }).press('Enter')
  const path = page.getByRole('textbox', { name: 'Open' })
  await path.fill('/nothing of that name')
  await path.fill('/demo')
  await path.press('Enter')
  const notice = page.getByRole('status', { name: 'Notice' })
  await expect(notice).toContainText('The client has sent its next request')
  await notice.getByRole('button', { name: 'Follow this request' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect(page.getByRole('img', { name: 'RTSP state: Playing' })).toBeVisible()
  await page.getByRole('tab', { name: 'Packets' }).click()
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('rtsp teardown')
  await expect(page.getByRole('grid', { name: 'Packets' }).getByRole('row', { name: /RTSP TEARDOWN/ }).first()).toBeVisible()
})
