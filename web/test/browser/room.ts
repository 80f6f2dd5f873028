import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type Locator, type Page } from '@playwright/test'

/** The program under test; without it the page's pretended world is used. */
const binary = resolve(process.env.LAYERCAST_BIN ?? '../target/release/layercast')

/** A running `layercast`, or the pretended world. */
export interface Room {
  /** The page's address. */
  url: string
  /** The address for players; none in the pretended world. */
  rtsp: string | null
  /** Ends the program, as a crash would. */
  end(): Promise<void>
}

/** How long `layercast` may take to print its addresses, milliseconds. */
const START_MS = 20_000

async function startBinary(scenario: string): Promise<Room> {
  const child = spawn(binary, ['serve', '--scenario', scenario, '--http', '127.0.0.1:0', '--rtsp', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = await addresses(child)
  return {
    ...printed,
    end: () =>
      new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done()
        child.once('exit', () => done())
        child.kill('SIGKILL')
      }),
  }
}

/** Reads what `layercast` prints until both addresses are known. */
function addresses(child: ChildProcess): Promise<{ url: string; rtsp: string }> {
  return new Promise((found, failed) => {
    let text = ''
    const timer = setTimeout(() => failed(new Error(`no addresses in: ${text}`)), START_MS)
    const look = (chunk: Buffer): void => {
      text += chunk.toString()
      const url = /https?:\/\/127\.0\.0\.1:\d+[^\s]*/.exec(text)?.[0]
      const rtsp = /rtsp:\/\/127\.0\.0\.1:\d+[^\s]*/.exec(text)?.[0]
      if (!url || !rtsp) return
      clearTimeout(timer)
      found({ url, rtsp })
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('exit', (code) => {
      clearTimeout(timer)
      failed(new Error(`layercast ended with ${code}: ${text}`))
    })
  })
}

/** A test in a room of its own. */
export const test = base.extend<{ scenario: string; room: Room; open: (query?: string) => Promise<Page>; restart: () => Promise<string> }>({
  scenario: ['classroom', { option: true }],
  room: async ({ baseURL, scenario }, use) => {
    const room = existsSync(binary)
      ? await startBinary(scenario)
      : { url: `${baseURL}?fixture`, rtsp: null, end: () => Promise.resolve() }
    await use(room)
    await room.end()
  },
  /** Ends the program, starts it again, and answers the page's new address. */
  restart: async ({ room, scenario }, use) => {
    let again: Room | null = null
    await use(async () => {
      await room.end()
      again = await startBinary(scenario)
      return again.url
    })
    await (again as Room | null)?.end()
  },
  /** Opens the page, and waits until its first picture is there. */
  open: async ({ page, room }, use) => {
    await use(async () => {
      await page.goto(room.url)
      await page.getByRole('img', { name: 'Live video' }).and(page.locator('[data-picture]')).waitFor()
      return page
    })
  },
})

/** Waits until nothing moves on the stage: a press before would only finish the motion. */
export async function still(page: Page): Promise<void> {
  await expect(page.locator('[data-moving]')).toHaveCount(0)
}

/** One step, its motion over. */
export async function step(page: Page): Promise<void> {
  await page.keyboard.press('PageDown')
  await still(page)
}

/** Presses Tab until this has the focus. */
export async function tabTo(page: Page, target: Locator, most = 150): Promise<void> {
  await expect(target).toBeVisible()
  for (let i = 0; i < most; i += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
}

/** What axe finds wrong, a line for each place: on the whole page or within a part of it, by all of its rules or by some. */
export async function faults(page: Page, { within, rules }: { within?: string; rules?: string[] } = {}): Promise<string[]> {
  // What fades in is too pale yet.
  await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0)
  let axe = new AxeBuilder({ page })
  if (within) axe = axe.include(within)
  if (rules) axe = axe.withRules(rules)
  const { violations } = await axe.analyze()
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`))
}

export { expect }
