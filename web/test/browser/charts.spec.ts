import { expect, faults, test } from './room'

test('the charts say in words what they show, and a click on one moves the cursor', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Charts' }).click()
  const charts = page.getByRole('region', { name: 'Charts', exact: true })
  await expect(charts.getByRole('img', { name: /^Rate\. In the second before, [\d.]+ Mbit\/s: (over )?\d+ % of it in frames with RTP/ })).toBeVisible()
  for (const name of [/^Loss\. /, /^Jitter\. /, /^Buffer\. \d+ pictures? waits? to be shown/, /^TCP window\. /, /^TCP timers\. /]) {
    await expect(charts.getByRole('img', { name })).toBeVisible()
  }
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  const time = page.getByRole('slider', { name: 'Time' })
  const before = await time.getAttribute('aria-valuenow')
  await charts.getByRole('img', { name: /^Rate\./ }).click({ position: { x: 80, y: 30 } })
  await expect(time).not.toHaveAttribute('aria-valuenow', before ?? '')
})

test('one chart fills the stage, with what its colours mean, and all come back', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Charts' }).click()
  const charts = page.getByRole('region', { name: 'Charts', exact: true })
  await charts.getByRole('button', { name: 'Rate: enlarge' }).click()
  await expect(charts.getByText(/IP headers \(3\): [\d.]+ kbit\/s$/)).toBeVisible()
  await expect(charts.getByRole('img')).toHaveCount(1)
  await charts.getByRole('combobox', { name: 'Rate by' }).selectOption('kind')
  await expect(charts.getByText(/RTCP: [\d.]+ k?bit\/s$/)).toBeVisible()
  await charts.getByRole('combobox', { name: 'Time shown' }).selectOption('1 s')
  await charts.getByRole('button', { name: 'All charts' }).click()
  await expect(charts.getByRole('img')).toHaveCount(6)
})

test('the values are a table, too, and axe finds nothing wrong', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Charts' }).click()
  await expect(page.getByRole('img', { name: /^Rate\. In the second/ })).toBeVisible()
  // The first second is far enough behind the last one.
  await expect.poll(async () => Number(await page.getByRole('slider', { name: 'Time' }).getAttribute('aria-valuemax'))).toBeGreaterThan(3000)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  expect(await faults(page)).toEqual([])
  await page.getByRole('checkbox', { name: 'As a table' }).check()
  const table = page.getByRole('table', { name: /What Client and the server sent/ })
  await expect(table.getByRole('cell', { name: /Mbit\/s/ }).first()).toBeVisible()
  expect(await faults(page)).toEqual([])
  await table.getByRole('button').first().click()
  await expect(page.getByText(/behind live/).first()).toBeVisible()
})

test('from afar and from near the rate shows its colours, and the charts fit the stage', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Charts' }).click()
  const charts = page.getByRole('region', { name: 'Charts', exact: true })
  const rate = charts.getByRole('img', { name: /^Rate\. In the second/ })
  await expect(rate).toBeVisible()
  const grid = await charts.locator('.grid').evaluate((node) => node.scrollHeight - node.clientHeight)
  expect(grid, 'what of the charts is below the edge').toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  for (const seconds of ['0', '10', '1']) {
    await charts.getByRole('combobox', { name: 'Time shown' }).selectOption(seconds)
    await expect(async () => {
      // Pixels in the colour of layer 7, and dark ones.
      const [pink, dark] = await rate.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        const counts: [number, number] = [0, 0]
        for (let i = 0; i < data.length; i += 4) {
          const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!]
          if (a > 200 && r > 220 && g > 150 && g < 190 && b > 190) counts[0] += 1
          if (a > 200 && r + g + b < 150) counts[1] += 1
        }
        return counts
      })
      expect(pink, `${seconds} s`).toBeGreaterThan(300)
      expect(pink, `${seconds} s`).toBeGreaterThan(dark)
    }).toPass({ timeout: 20_000 })
  }
})
