import AxeBuilder from '@axe-core/playwright'
import { expect, test } from './room'

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
  await expect(charts.getByText('IP headers (3)')).toBeVisible()
  await expect(charts.getByRole('img')).toHaveCount(1)
  await charts.getByRole('combobox', { name: 'Rate by' }).selectOption('kind')
  await expect(charts.getByText('RTCP', { exact: true })).toBeVisible()
  await charts.getByRole('combobox', { name: 'Time shown' }).selectOption('1 s')
  await charts.getByRole('button', { name: 'All charts' }).click()
  await expect(charts.getByRole('img')).toHaveCount(6)
})

test('the values are a table, too, and axe finds nothing wrong', async ({ open }) => {
  const page = await open()
  await page.getByRole('tab', { name: 'Charts' }).click()
  await expect(page.getByRole('img', { name: /^Rate\. In the second/ })).toBeVisible()
  const faults = async (): Promise<string[]> =>
    (await new AxeBuilder({ page }).analyze()).violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`))
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  expect(await faults()).toEqual([])
  await page.getByRole('checkbox', { name: 'As a table' }).check()
  const table = page.getByRole('table', { name: /What Client and the server sent/ })
  await expect(table.getByRole('cell', { name: /Mbit\/s/ }).first()).toBeVisible()
  expect(await faults()).toEqual([])
  await table.getByRole('button').first().click()
  await expect(page.getByText(/behind live/).first()).toBeVisible()
})
