import { connect, type Socket } from 'node:net'
import { expect, test } from './room'

/** A program outside that says one thing to the RTSP server and waits for the answer. */
async function visitor(rtsp: string, name: string): Promise<{ answer: string; ended: Promise<void>; leave(): void }> {
  const { hostname, port } = new URL(rtsp.replace(/^rtsp/, 'http'))
  const socket: Socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  const ended = new Promise<void>((done) => socket.once('close', () => done()))
  const answer = await new Promise<string>((done, failed) => {
    const timer = setTimeout(() => failed(new Error('the RTSP server did not answer')), 10_000)
    socket.once('data', (data) => {
      clearTimeout(timer)
      done(data.toString())
    })
    socket.write(`OPTIONS ${rtsp} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: ${name}\r\n\r\n`)
  })
  return { answer, ended, leave: () => socket.end() }
}

test('a real client has a tab of its own, and the page says when it leaves', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has no RTSP port')
  const page = await open()
  const client = await visitor(room.rtsp ?? '', 'Visitor/1')
  expect(client.answer).toMatch(/^RTSP\/1\.0 200 /)
  const tab = page.getByRole('tablist', { name: 'Clients' }).getByRole('tab', { name: 'Visitor/1' })
  await tab.click()
  await expect(tab).toHaveAttribute('aria-selected', 'true')
  // Its requests are its own: the remote only shows its state.
  await page.getByRole('tab', { name: 'Remote' }).click()
  await expect(page.getByRole('button', { name: 'PLAY request' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'PLAY request' })).toHaveAccessibleDescription(/sends its requests itself/)
  // Its bytes are on the tape like any other's.
  await page.getByRole('tab', { name: 'Packets' }).click()
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('visitor options')
  await expect(page.getByRole('grid', { name: 'Packets' }).getByRole('row', { name: /OPTIONS/ }).first()).toBeVisible()

  client.leave()
  await expect(page.getByRole('status', { name: 'Notice' })).toHaveText(/Visitor\/1 left at [\d.:]+( s)?; its packets stay on the tape\./)
  await page.getByRole('button', { name: 'Close' }).click()
  await expect(page.getByRole('status', { name: 'Notice' })).toBeEmpty()
})

test('a box ends a real client’s connection, so that another run can begin', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has no RTSP port')
  const page = await open()
  const client = await visitor(room.rtsp ?? '', 'Visitor/2')
  await expect(page.getByRole('tablist', { name: 'Clients' }).getByRole('tab', { name: 'Visitor/2' })).toBeVisible()
  await page.getByRole('button', { name: 'Lessons' }).click()
  const box = page.getByRole('checkbox', { name: 'Visitor/2: end this connection when another run begins. Until then no other can.' })
  await expect(box).not.toBeChecked()
  const start = page.getByRole('button', { name: /^Start: / }).first()
  // Unchecked, the program outside is not disturbed.
  await start.click()
  await expect(page.getByRole('status', { name: 'Notice' })).toContainText(/Visitor\/2|connect|client/)
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeHidden()
  await page.getByRole('status', { name: 'Notice' }).getByRole('button').last().click()
  if (await box.isHidden()) await page.getByRole('button', { name: 'Lessons' }).click()
  await box.check()
  await start.click()
  await expect(page.getByRole('region', { name: 'Introduction' })).toBeVisible({ timeout: 90_000 })
  await client.ended
  // It holds for one run: the next one asks again.
  await page.getByRole('button', { name: /^Lesson 1/ }).click()
  await expect(page.getByRole('checkbox', { name: /end this connection/ })).toBeHidden()
})
