import { defineConfig } from '@playwright/test'

const port = Number(process.env.WEB_PORT ?? 5199)

/** The page with its fixture world, in the Chromium of the system. */
export default defineConfig({
  testDir: 'test/browser',
  fullyParallel: false,
  workers: 1,
  // Only a page that hangs may fail by time: a busy machine is slow.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1280, height: 720 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    },
  },
  webServer: {
    command: `npm run dev -- --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
})
