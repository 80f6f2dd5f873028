import { spawn, spawnSync } from 'node:child_process'
import { expect, step, test } from './room'

const ffmpeg = spawnSync('ffmpeg', ['-version']).status === 0

for (const transport of ['udp', 'tcp'] as const) {
  test(`what ffmpeg plays over ${transport} is drawn layer by layer, beside its own picture`, async ({ open, room }) => {
    test.skip(room.rtsp === null, 'the pretended world has no RTSP port')
    test.skip(!ffmpeg && !process.env.CI, 'ffmpeg is not installed')
    const page = await open()
    const player = spawn('ffmpeg', ['-loglevel', 'error', '-rtsp_transport', transport, '-i', room.rtsp ?? '', '-f', 'null', '-'], { stdio: 'ignore' })
    try {
      const tab = page.getByRole('tablist', { name: 'Clients' }).getByRole('tab', { name: /^Lavf/ })
      await tab.click()
      const video = page.getByRole('img', { name: 'Live video' })
      // The picture is the one that its own packets make.
      await expect(video.and(page.locator('[data-picture]'))).toBeVisible()
      const first = Number(await video.getAttribute('data-picture'))
      await expect.poll(async () => Number(await video.getAttribute('data-picture'))).toBeGreaterThan(first)

      await page.getByRole('button', { name: 'Stop here' }).click()
      await page.getByRole('tab', { name: 'Packets' }).click()
      await page.getByRole('searchbox', { name: 'Filter packets' }).fill('lavf rtp')
      const packet = page.getByRole('grid', { name: 'Packets' }).getByRole('row', { name: /RTP/ }).last()
      await packet.click()
      // Down through the layers of the server's host: the bar gets the headers one by one.
      const bar = page.getByRole('group', { name: 'Stage' }).getByRole('list')
      const seen = new Set<string>()
      for (let i = 0; i < 12; i += 1) {
        for (const text of await bar.getByRole('listitem').allTextContents()) seen.add(/UDP|TCP|IP|Eth|RTP/.exec(text)?.[0] ?? text)
        await step(page)
      }
      expect([...seen]).toEqual(expect.arrayContaining(['RTP', transport.toUpperCase(), 'IP', 'Eth']))
    } finally {
      player.kill('SIGKILL')
    }
  })
}

test('the page may stand behind while ffmpeg plays on, and comes back to it', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has no RTSP port')
  test.skip(!ffmpeg && !process.env.CI, 'ffmpeg is not installed')
  const page = await open()
  const player = spawn('ffmpeg', ['-loglevel', 'error', '-rtsp_transport', 'udp', '-i', room.rtsp ?? '', '-f', 'null', '-'], { stdio: 'ignore' })
  try {
    await page.getByRole('tablist', { name: 'Clients' }).getByRole('tab', { name: /^Lavf/ }).click()
    const video = page.getByRole('img', { name: 'Live video' })
    await expect(video.and(page.locator('[data-picture]'))).toBeVisible()
    await page.getByRole('button', { name: 'Stop here' }).click()
    const still = Number(await video.getAttribute('data-picture'))
    // Who is real cannot be stopped: the world goes on, and the page says how far behind it stands.
    await expect(page.getByRole('banner')).toContainText(/([3-9]|\d\d) s behind live/)
    expect(Number(await video.getAttribute('data-picture'))).toBe(still)
    await step(page)
    await expect(page.getByRole('group', { name: 'Stage' }).getByRole('list')).toBeVisible()
    expect(player.exitCode).toBeNull()
    await page.getByRole('button', { name: 'Go live' }).click()
    await expect.poll(async () => Number(await video.getAttribute('data-picture'))).toBeGreaterThan(still + 50)
  } finally {
    player.kill('SIGKILL')
  }
})
