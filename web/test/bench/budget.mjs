// What a browser fetches before the page's first picture, in bytes as they travel (gzip):
// index.html, its script with everything that imports at once, and its styles. What is fetched
// later (ladder, charts, lessons, another language) does not count.
//
//   npm run build && npm run budget

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Bytes, with gzip. */
const MOST = 150_000

const dist = resolve(import.meta.dirname, '../../dist')
const index = join(dist, 'index.html')
if (!existsSync(index)) {
  console.error('There is no built page: run `npm run build` first.')
  process.exit(2)
}

/** Files by path, each once. */
const files = new Map()
function take(path) {
  if (files.has(path)) return
  const content = readFileSync(path)
  files.set(path, gzipSync(content, { level: 9 }).length)
  if (!path.endsWith('.js')) return
  // Only what is imported at once: `import("…")` waits until it is wanted.
  for (const [, other] of content.toString().matchAll(/(?:^|[;}\s])(?:import|export)[^"'();]*?["'](\.{1,2}\/[^"']+\.js)["']/g)) take(resolve(dirname(path), other))
}

take(index)
for (const [, name] of readFileSync(index, 'utf8').matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)) take(join(dist, name))

const rows = [...files].sort((a, b) => b[1] - a[1])
const sum = rows.reduce((all, [, bytes]) => all + bytes, 0)
for (const [path, bytes] of rows) console.log(`${String(bytes).padStart(8)}  ${path.slice(dist.length + 1)}`)
console.log(`${String(sum).padStart(8)}  in all, of at most ${MOST}`)
if (sum > MOST) {
  console.error('The page is too large: fetch something of it later.')
  process.exit(1)
}
