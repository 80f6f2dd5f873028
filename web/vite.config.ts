import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Where `layercast` listens while the page is served by Vite. */
const server = process.env.LAYERCAST ?? 'http://127.0.0.1:8080'

/** Puts a compressed copy beside each built file of text: the server sends it to browsers that take it. */
function compress(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/\.(js|css|html|svg)$/.test(name)) writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name)), { level: 9 }))
  }
}

export default defineConfig({
  plugins: [svelte(), { name: 'compress', apply: 'build', closeBundle: () => compress('dist') }],
  // The binary carries the built page at any path, so addresses stay relative.
  base: './',
  build: {
    target: 'es2022', outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 600,
    // All that the first picture needs comes in one file: a browser asks for six at a time.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/ws': { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true }, '/capture': { target: server, changeOrigin: true, headers: { origin: server } }, '/pcapng': { target: server, changeOrigin: true } },
  },
  test: { include: ['test/unit/**/*.test.ts'], testTimeout: 10_000 },
})
