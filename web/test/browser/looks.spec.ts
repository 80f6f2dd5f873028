import type { Page } from '@playwright/test'
import { arrive, followOne, tab, view } from './places'
import { expect, test } from './room'

/** How something is outlined, and the colour of the page behind it. */
function outline(page: Page, selector: string): Promise<{ style: string; width: number; colour: string; ground: string }> {
  return page.locator(selector).first().evaluate((element) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
    return { style: outlineStyle, width: parseFloat(outlineWidth), colour: outlineColor, ground: getComputedStyle(document.body).backgroundColor }
  })
}

test.describe('in the system’s own colours', () => {
  test.beforeEach(async ({ page }) => page.emulateMedia({ forcedColors: 'active' }))

  test('what has the focus and what is chosen can be seen', async ({ page, room }) => {
    await arrive(page, room)
    await page.keyboard.press('Tab')
    const focus = await outline(page, ':focus-visible')
    expect(focus.style).toBe('solid')
    expect(focus.width).toBeGreaterThanOrEqual(2)
    expect(focus.colour).not.toBe(focus.ground)

    await followOne(page)
    for (const chosen of ['[role=grid] [role=row][aria-selected=true]', '.models label.on']) {
      const { style, width, colour, ground } = await outline(page, chosen)
      expect([style, colour === ground], chosen).toEqual(['solid', false])
      expect(width, chosen).toBeGreaterThanOrEqual(2)
    }
    // A tab has a line below it.
    const below = await tab(page, 'packets').evaluate((element) => {
      const { borderBottomWidth, borderBottomColor } = getComputedStyle(element)
      return { width: parseFloat(borderBottomWidth), colour: borderBottomColor, ground: getComputedStyle(document.body).backgroundColor }
    })
    expect(below.width).toBeGreaterThanOrEqual(3)
    expect(below.colour).not.toBe(below.ground)
  })

  test('cables, and the lines of charts, have a colour that is not the page’s', async ({ page, room }) => {
    await arrive(page, room)
    const cable = await page.locator('polyline.cable').first().evaluate((line) => [getComputedStyle(line).stroke, getComputedStyle(document.body).backgroundColor])
    expect(cable[0]).not.toBe(cable[1])
    await view(page, 'charts').click()
    await expect(page.locator('.charts canvas')).toHaveCount(6)
    // The window of TCP is a line alone; the numbers on the axis stand left of it.
    const drawn = (name: string) => page.locator(`.charts figure:has(button:text-is("${name}")) canvas`).evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(80, 0, canvas.width - 80, canvas.height)
      let dark = 0
      for (let i = 0; i < data.length; i += 4) if (data[i + 3]! > 200 && data[i]! + data[i + 1]! + data[i + 2]! < 150) dark += 1
      return dark
    })
    await expect(async () => expect(await drawn('Jitter')).toBeGreaterThan(50)).toPass()
  })
})

test('with reduced motion nothing moves by itself, and a step is there at once', async ({ page, room }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await arrive(page, room)
  const moving = () => page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)
  // It begins paused.
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
  expect(await moving()).toBe(0)
  await followOne(page)
  for (const key of ['ArrowRight', '4', '0', 't', 'Escape']) {
    await page.keyboard.press(key)
    expect(await moving(), key).toBe(0)
  }
  await view(page, 'ladder').click()
  await expect(page.locator('[role=option]').first()).toBeVisible()
  expect(await moving()).toBe(0)
})
