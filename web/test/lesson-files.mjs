// The lessons that come with Layercast, as their files have them: what the page must show, read another way than the program does.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../lessons')

/** The words of Markdown without its marks. */
function bare(text) {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/`([^`]*)`/g, '$1').replace(/\*\*([^*]+)\*\*/g, '$1').replace(/\*([^*]+)\*/g, '$1').replace(/\\([\\`*_{}[\]()#+.!>-])/g, '$1').replace(/\s+/g, ' ').trim()
}

function value(toml, key) {
  return new RegExp(`^${key}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|'([^']*)'|(\\S+))`, 'm').exec(toml)?.slice(1).find((one) => one !== undefined)?.replace(/\\(["\\])/g, '$1') ?? null
}

function stop(section) {
  const [title = '', ...rest] = section.split('\n')
  const body = rest.join('\n')
  const block = (name) => new RegExp(`\`\`\`${name}\\n([\\s\\S]*?)\\n\`\`\``).exec(body)?.[1] ?? ''
  const paragraphs = body.replace(/```[\s\S]*?\n```/g, '').split(/\n\s*\n/).map((one) => one.trim()).filter((one) => one !== '' && !one.startsWith('>'))
  const show = value(block('stop'), 'show')
  const layer = /\s([1-7])\s+(?:down|up)$/.exec(show ?? '')?.[1]
  return {
    title: bare(title), caption: bare(paragraphs[0] ?? ''), choices: block('question').match(/^\s*\{.*value\s*=/gm)?.length ?? 0,
    layer: layer === undefined ? null : Number(layer), tab: value(block('stop'), 'tab'),
  }
}

/** The lessons that come with Layercast in a language, as their files have them. */
export function writtenLessons(language) {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => name.endsWith(`.${language}.md`)).sort().map((name) => {
    const [, front = '', body = ''] = readFileSync(resolve(folder, name), 'utf8').split(/^\+\+\+$/m)
    const [, ...sections] = body.split(/^## /m)
    return { id: name.split('.')[0] ?? name, language, title: value(front, 'title') ?? '', number: Number(value(front, 'number')), goal: value(front, 'goal') ?? '', stops: sections.map(stop) }
  })
}
