import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Where `layercast` listens while the page is served by Vite. */
const server = process.env.LAYERCAST ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [svelte()],
  // The binary carries the built page at any path, so addresses stay relative.
  base: './',
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 400 },
  server: {
    host: '127.0.0.1',
    proxy: { '/ws': { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true }, '/capture': { target: server, changeOrigin: true, headers: { origin: server } }, '/pcapng': { target: server, changeOrigin: true } },
  },
  test: { include: ['test/unit/**/*.test.ts'], testTimeout: 10_000 },
})
