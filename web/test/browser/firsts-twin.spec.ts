import { expect, faults, test } from './room'

test.use({ scenario: 'classroom-loss' })

test('the same run over TCP stands beside UDP with the same loss: one breaks, the other waits', async ({ open, room }) => {
  test.skip(room.rtsp === null, 'the pretended world has no forks of its beginning')
  const page = await open()
  const time = page.getByRole('slider', { name: 'Time' })
  // Loss is rare: some seconds give it time to strike.
  await expect.poll(async () => Number(await time.getAttribute('aria-valuemax')), { timeout: 60_000 }).toBeGreaterThan(8000)
  await page.getByRole('button', { name: 'Stop here' }).click()
  await page.getByRole('tab', { name: 'Receiver' }).click()
  await page.getByRole('button', { name: 'Beside it: the same over TCP' }).click()
  const video = page.getByRole('region', { name: 'Video' })
  const udp = video.getByRole('figure').filter({ has: page.getByRole('button', { name: 'RTP over UDP' }) })
  const tcp = video.getByRole('figure').filter({ has: page.getByRole('button', { name: 'RTP in TCP' }) })
  await expect(udp).toContainText(/5 s: [1-9]\d* of \d+ damaged; \d+ by loss at \S+; .*no wait/)
  await expect(tcp).toContainText(/5 s: \d+ of \d+ damaged; .*[1-9]\d* waits?, [\d.]+ m?s/)
  // A wait that is longer than the jitter buffer damages a picture, too; most are shorter.
  const damaged = async (run: typeof udp): Promise<number> => Number(/5 s: (\d+) of/.exec(await run.innerText())?.[1])
  expect(await damaged(tcp)).toBeLessThan(await damaged(udp))
  await expect(video.getByRole('img')).toHaveCount(2)
  expect(await faults(page)).toEqual([])
  // Its packets travel in TCP now, and one press leads back.
  await page.getByRole('tab', { name: 'Packets' }).click()
  await page.getByRole('searchbox', { name: 'Filter packets' }).fill('rtp')
  await page.getByRole('grid', { name: 'Packets' }).getByRole('row', { name: /RTP/ }).first().click()
  await page.getByRole('tab', { name: 'Details' }).click()
  const tree = page.getByRole('tree', { name: 'Packet details' })
  await expect(tree.getByRole('treeitem', { name: /^TCP/ }).first()).toBeVisible()
  await expect(tree.getByRole('treeitem', { name: /^UDP/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Back to the original' }).click()
  await expect(video.getByRole('img')).toHaveCount(1)
})
