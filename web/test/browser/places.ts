import { expect, type Page } from '@playwright/test'
import type { Room } from './room'

/** What a place is looked at for. Its name says where the page stands. */
export type Visit = (name: string) => Promise<void>

/** The tabs of the shelf, by the ends of their ids: their words are another language's in another language. */
export const TABS = ['remote', 'receiver', 'details', 'packets'] as const

export const tab = (page: Page, id: string) => page.locator(`#shelf-${id}`)
export const view = (page: Page, id: 'valley' | 'ladder' | 'charts') => page.locator(`#view-${id}`)

/** Opens the page in whatever language it speaks, and waits until its first picture is there. */
export async function arrive(page: Page, room: Room): Promise<void> {
  await page.goto(room.url)
  await page.locator('[data-picture]').first().waitFor()
}

/** Time stands, and one packet of a picture is followed: strip, bar and details have their bytes. */
export async function followOne(page: Page): Promise<void> {
  await page.locator('.controls button').nth(1).click()
  await tab(page, 'packets').click()
  await page.locator('input[type=search]').first().fill('rtp')
  const rows = page.locator('[role=grid] [role=row][aria-selected]')
  await expect(rows.first()).toBeVisible()
  await rows.nth(1).click()
  await expect(page.locator('.strip ol li').first()).toBeVisible()
}

/** Goes through all views and panels, and lets each be looked at. The page is open, and its first picture is there. */
export async function everywhere(page: Page, visit: Visit): Promise<void> {
  await visit('film')
  for (const id of ['remote', 'receiver'] as const) {
    await tab(page, id).click()
    await visit(`${id} while time runs`)
  }
  await followOne(page)
  for (const id of ['packets', 'details', 'receiver', 'remote'] as const) {
    await tab(page, id).click()
    await expect(page.locator('#shelf-panel > *').first()).toBeVisible()
    await visit(`${id} of a packet`)
  }
  await page.locator('.disclose').click()
  await expect(page.locator('.remote input[type=range]')).toBeVisible()
  await visit('rarer requests')
  await page.locator('.disclose').click()
  await view(page, 'ladder').click()
  await expect(page.locator('[role=listbox] [role=option]').first()).toBeVisible()
  await visit('ladder')
  await view(page, 'charts').click()
  await expect(page.locator('.charts canvas')).toHaveCount(6)
  await visit('charts')
  await page.locator('.charts figcaption button').first().click()
  await expect(page.locator('.charts canvas')).toHaveCount(1)
  await visit('one chart')
  await page.locator('.charts input[type=checkbox]').check()
  await expect(page.locator('.charts table')).toBeVisible()
  await visit('table')
  await view(page, 'valley').click()
  for (const [key, name] of [['t', 'family tree'], ['o', 'header cost']] as const) {
    await page.keyboard.press(key)
    await expect(page.locator('.sheet')).toBeVisible()
    await visit(name)
    await page.keyboard.press('Escape')
  }
  for (const n of [0, 1, 2]) {
    const button = page.locator('header .root > button').nth(n)
    await button.click()
    await expect(page.locator('header .root > section p, header .root > section li').first()).toBeVisible()
    await visit(['lessons', 'menu', 'connect'][n] ?? '')
    await page.keyboard.press('Escape')
  }
}

/** The introduction and the first question of the first lesson there is. The page is open. */
export async function lesson(page: Page, room: Room, baseURL: string, visit: Visit): Promise<void> {
  if (room.rtsp === null) await page.goto(`${baseURL}?fixture&lesson=01-pretended`)
  else {
    await page.locator('header .root > button').first().click()
    await page.locator('.cards li > button').first().click()
  }
  const begin = page.locator('main section .acts .primary')
  await expect(begin).toBeVisible({ timeout: 90_000 })
  await visit('introduction')
  await begin.click()
  await visit('first stop')
  await page.locator('header .root > button').first().click()
  await page.locator('nav .button').filter({ has: page.locator('.asks') }).first().click()
  await expect(page.locator('.question')).toBeVisible()
  await visit('question')
  await page.keyboard.press('1')
  await page.locator('.question .primary').click()
  await visit('answer')
}
