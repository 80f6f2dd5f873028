// The lessons that come with Layercast, as their files have them.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../lessons/', import.meta.url))

/** The lessons in a language, by number: id, number, title, goal, and each stop's title and caption. */
export function writtenLessons(language) {
  return readdirSync(folder).filter((name) => name.endsWith(`.${language}.md`)).sort().map((name) => {
    const [, front, body] = readFileSync(folder + name, 'utf8').split(/^\+\+\+$/m)
    const [, ...sections] = body.split(/^## /m)
    return { id: name.split('.')[0], number: Number(/^number\s*=\s*(\d+)/m.exec(front)[1]), title: text(front, 'title'), goal: text(front, 'goal'), stops: sections.map(stop) }
  })
}

const text = (front, key) => JSON.parse(new RegExp(`^${key}\\s*=\\s*(".*")$`, 'm').exec(front)[1])

function stop(section) {
  const [title, ...rest] = section.split('\n')
  const caption = rest.join('\n').replace(/```[\s\S]*?\n```/g, '').split(/\n\s*\n/).map((one) => one.trim()).find((one) => one !== '' && !one.startsWith('>'))
  return { title: bare(title), caption: bare(caption) }
}

/** The words of Markdown without its marks. */
function bare(markdown) {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/`([^`]*)`/g, '$1').replace(/\*\*([^*]+)\*\*/g, '$1').replace(/\*([^*]+)\*/g, '$1').replace(/\\([\\`*_{}[\]()#+.!>-])/g, '$1').replace(/\s+/g, ' ').trim()
}
