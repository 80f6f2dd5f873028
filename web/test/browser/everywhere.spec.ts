import type { Page } from '@playwright/test'
import { arrive, everywhere, lesson } from './places'
import { expect, faults, test } from './room'

/** The page's colours follow the system's wishes. */
const THEMES = [
  { theme: 'light', colorScheme: 'light', contrast: 'no-preference' },
  { theme: 'dark', colorScheme: 'dark', contrast: 'no-preference' },
  { theme: 'contrast', colorScheme: 'light', contrast: 'more' },
] as const

/** What axe finds wrong, in words short enough for a failed test: all of it in one theme, and in the others what depends on colours. */
async function faultsInThemes(page: Page): Promise<string[]> {
  const out: string[] = []
  for (const { theme, ...media } of THEMES) {
    await page.emulateMedia(media)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    const found = await faults(page, theme === 'light' ? {} : { rules: ['color-contrast'] })
    out.push(...found.map((one) => `${theme}: ${one}`))
  }
  await page.emulateMedia(THEMES[0])
  return out
}

/** Words that do not fit where they stand: buttons, tabs and labels are never cut. */
async function cut(page: Page): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button, label, [role=tab], h2, h3')]
    .filter((one) => one.checkVisibility() && !one.closest('svg, .cells, .visually-hidden, .five') && !one.matches('.visually-hidden') && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
    .map((one) => `cut: ${one.textContent?.trim().slice(0, 50)}`))
}

for (const language of ['en', 'de']) {
  test.describe(`in ${language}`, () => {
    test.setTimeout(400_000)
    test.beforeEach(async ({ page }) => {
      await page.addInitScript((chosen) => localStorage.setItem('layercast.preferences', JSON.stringify({ language: chosen })), language)
    })

    test('axe finds nothing wrong in any view and theme, and no word is cut', async ({ page, room }) => {
      await arrive(page, room)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await everywhere(page, async (place) => expect.soft([...(await faultsInThemes(page)), ...(await cut(page))], place).toEqual([]))
    })

    test('axe finds nothing wrong in a lesson, and no word is cut', async ({ page, room, baseURL }) => {
      await arrive(page, room)
      await lesson(page, room, baseURL ?? '', async (place) => expect.soft([...(await faultsInThemes(page)), ...(await cut(page))], place).toEqual([]))
    })
  })
}
