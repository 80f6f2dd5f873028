import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Which folders a folder may import from; its own always. */
const ALLOWED: Record<string, readonly string[]> = {
  wire: [],
  trace: ['wire'],
  scene: ['wire', 'trace'],
  text: ['wire', 'trace', 'scene'],
  state: ['wire', 'trace', 'scene'],
  ui: [],
  views: ['wire', 'trace', 'scene', 'state', 'text', 'ui'],
  dev: ['wire', 'trace'],
}

const root = resolve(import.meta.dirname, '../../src')

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : /\.(ts|svelte)$/.test(name) ? [path] : []
  })
}

/** The folders of `src` that a file imports from. */
function imports(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)
  return [...found].map(([, path]) => relative(root, resolve(dirname(file), path ?? '')).split('/')[0] ?? '')
}

describe('folders import one way', () => {
  for (const [folder, allowed] of Object.entries(ALLOWED)) {
    it(`${folder} imports only ${['itself', ...allowed].join(', ')}`, () => {
      const wrong = files(join(root, folder)).flatMap((file) =>
        imports(file).filter((to) => to !== folder && !allowed.includes(to)).map((to) => `${relative(root, file)} -> ${to}`))
      expect(wrong).toEqual([])
    })
  }

  it('names every folder of src', () => {
    const folders = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory())
    expect(folders.sort()).toEqual(Object.keys(ALLOWED).sort())
  })
})
