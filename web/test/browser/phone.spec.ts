import type { Page } from '@playwright/test'
import { arrive, everywhere, lesson } from './places'
import { expect, faults as axe, test } from './room'

/** The least that a finger finds, CSS pixels. */
const FINGER = 44

/**
 * What can be touched and is smaller than a finger, and what makes the page wider than the screen.
 *
 * Left out are octets and links in running text, and what is drawn to scale where a list beside it has the
 * same with room: blocks of the bar (the tree of fields) and flags on the timeline (the lesson's menu).
 * Of radio buttons and boxes the whole label counts.
 */
async function faults(page: Page): Promise<string[]> {
  return page.evaluate((finger) => {
    const out: string[] = []
    const controls = 'button, a[href], input, select, textarea, summary, [role=button], [role=tab], [role=slider], [role=option], [role=treeitem], [role=row][aria-selected]'
    for (const element of document.querySelectorAll<HTMLElement>(controls)) {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('.visually-hidden, svg.bar .block, .flags') || element.matches('p a, input[type=file]')) continue
      const target = element.matches('[type=radio], [type=checkbox]') ? (element.closest('label') ?? element) : element
      const { width, height } = target.getBoundingClientRect()
      // Half a pixel is lost where a drawing is made smaller.
      if (width > 1 && height > 1 && (width < finger - 0.5 || height < finger - 0.5)) {
        out.push(`${element.tagName.toLowerCase()} "${(element.ariaLabel ?? element.textContent ?? '').trim().slice(0, 50)}" ${Math.round(width)}x${Math.round(height)}`)
      }
    }
    const wide = document.documentElement.scrollWidth
    if (wide > innerWidth) out.push(`the page is ${wide} wide`)
    return [...new Set(out)]
  }, FINGER)
}

/** Words that do not fit their button. */
async function cut(page: Page): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button')]
    .filter((one) => one.checkVisibility() && !one.closest('svg, .cells, .visually-hidden') && one.scrollWidth > one.clientWidth + 1)
    .map((one) => `cut: ${one.textContent?.trim().slice(0, 50)}`))
}

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

for (const language of ['en', 'de']) {
  test.describe(`on a phone, in ${language}`, () => {
    test.beforeEach(async ({ page }) => {
      await page.addInitScript((chosen) => localStorage.setItem('layercast.preferences', JSON.stringify({ language: chosen })), language)
    })

    test('a finger finds everything in every view, and nothing is wider than the screen', async ({ page, room }) => {
      await arrive(page, room)
      await everywhere(page, async (place) => expect.soft([...(await faults(page)), ...(await cut(page))], place).toEqual([]))
    })

    test('a question leaves the stage in sight, and is folded away and shown by a press, a key and a pull', async ({ page, room, baseURL }) => {
      await arrive(page, room)
      await lesson(page, room, baseURL ?? '', async (place) => {
        if (place !== 'question') return
        const fold = page.locator('.question .fold')
        const sheet = async (): Promise<number> => (await page.locator('section.caption').boundingBox())?.y ?? 0
        await expect.poll(sheet).toBeGreaterThanOrEqual(844 / 2 - 1)
        await expect.poll(async () => (await page.locator('main .view svg').first().boundingBox())?.y ?? -1).toBeGreaterThanOrEqual(0)
        const high = await sheet()
        expect(await axe(page, { within: '.question' })).toEqual([])
        await expect(fold).toHaveText(language === 'en' ? 'Fold the question' : 'Frage einklappen')
        await fold.click()
        await expect(page.locator('.question').getByRole('radio')).toHaveCount(0)
        expect(await sheet()).toBeGreaterThan(high)
        await fold.press('Enter')
        await expect(page.locator('.question').getByRole('radio').first()).toBeVisible()
        // Pulled down with a finger: the press that ends in the same place is none.
        await fold.hover()
        const handle = await fold.boundingBox()
        if (!handle) throw new Error('the question has no handle')
        await page.mouse.move(handle.x + 20, handle.y + 5)
        await page.mouse.down()
        await page.mouse.move(handle.x + 20, handle.y + 40, { steps: 4 })
        await page.mouse.up()
        await expect(page.locator('.question').getByRole('radio')).toHaveCount(0)
        await fold.click()
        await expect(page.locator('.question').getByRole('radio').first()).toBeVisible()
      })
    })

    test('a finger finds everything in a lesson', async ({ page, room, baseURL }) => {
      await arrive(page, room)
      await lesson(page, room, baseURL ?? '', async (place) => expect.soft([...(await faults(page)), ...(await cut(page))], place).toEqual([]))
    })
  })
}

test('on a screen that is wide and low nothing that stays in sight covers the rest', async ({ open, page }) => {
  await page.setViewportSize({ width: 640, height: 360 })
  await open()
  const height = async (part: string): Promise<number> => (await page.locator(`section.${part}`).boundingBox())?.height ?? 0
  expect(await height('video')).toBeLessThan(360 / 2)
  await page.locator('section.caption').scrollIntoViewIfNeeded()
  const caption = await page.locator('section.caption').boundingBox()
  await page.mouse.wheel(0, 200)
  await expect.poll(async () => (await page.locator('section.caption').boundingBox())?.y).not.toBe(caption?.y)
})

test('on a phone the list below the valley opens what a click on its drawing would', async ({ open }) => {
  const page = await open()
  const list = page.getByRole('combobox', { name: 'Devices and cables' })
  await list.selectOption('R1: tables')
  await expect(page.getByRole('tab', { name: 'R1' })).toHaveAttribute('aria-selected', 'true')
  await list.selectOption({ index: 6 })
  await expect(page.getByRole('combobox', { name: 'Preset' })).toBeVisible()
  // And the legend has the layers.
  await page.getByRole('button', { name: 'Layer 4: TCP, UDP' }).click()
  await expect(page.getByRole('button', { name: 'Layer 4: TCP, UDP' })).toHaveAttribute('aria-pressed', 'true')
})
