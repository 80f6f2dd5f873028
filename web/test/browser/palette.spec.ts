import { expect, faults, test } from './room'

test('everything is found by writing, and done by Enter', async ({ open }) => {
  const page = await open()
  await page.keyboard.press('Control+k')
  const line = page.getByRole('combobox', { name: 'Write what you want to do' })
  await expect(line).toBeFocused()
  expect(await faults(page)).toEqual([])

  // The first command begins a lesson for the whole class: Enter alone must not.
  const chosen = page.getByRole('listbox', { name: 'Commands' }).getByRole('option', { selected: true })
  await expect(chosen).toHaveCount(0)
  await line.press('Enter')
  await expect(line).toBeVisible()
  await line.press('ArrowDown')
  await expect(chosen).toHaveCount(1)

  // Every word has to be there, in any order.
  await line.fill('ladder show')
  const options = page.getByRole('listbox', { name: 'Commands' }).getByRole('option')
  await expect(options).toHaveCount(1)
  await line.press('Enter')
  await expect(line).toBeHidden()
  await expect(page.getByRole('tab', { name: 'Ladder' })).toHaveAttribute('aria-selected', 'true')

  await page.keyboard.press('Control+k')
  await line.fill('colours')
  await line.press('ArrowDown')
  await line.press('ArrowDown')
  await expect(options.nth(2)).toHaveAttribute('aria-selected', 'true')
  await expect(line).toHaveAttribute('aria-activedescendant', (await options.nth(2).getAttribute('id')) ?? '')
  await line.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')

  await page.keyboard.press('Control+k')
  await line.fill('no such thing')
  await expect(page.getByText('No command has these words.')).toBeVisible()
  await line.press('Escape')
  await expect(line).toBeHidden()
})

test('a request behind live cannot be chosen, and says why', async ({ open }) => {
  const page = await open()
  await page.keyboard.press('Space')
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Write what you want to do' }).fill('pause request')
  const option = page.getByRole('option', { name: /PAUSE request/ })
  await expect(option).toHaveAttribute('aria-disabled', 'true')
  await expect(option).toContainText('Go live to send a request.')
})

test('B blanks the page, and the next key only brings it back', async ({ open }) => {
  const page = await open()
  await page.keyboard.press('Space')
  await page.getByRole('slider', { name: 'Time' }).press('Home')
  const time = await page.getByRole('slider', { name: 'Time' }).getAttribute('aria-valuenow')
  await page.locator('body').press('b')
  const blank = page.getByRole('button', { name: /The page is blank/ })
  await expect(blank).toBeVisible()
  await page.keyboard.press('PageDown')
  await expect(blank).toBeHidden()
  expect(await page.getByRole('slider', { name: 'Time' }).getAttribute('aria-valuenow')).toBe(time)
})

test('the page speaks German when it is asked to, and keeps it', async ({ open }) => {
  const page = await open()
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(page.getByRole('button', { name: 'Menü' })).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Pakete' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('slider', { name: 'Zeit' })).toBeVisible()
})
