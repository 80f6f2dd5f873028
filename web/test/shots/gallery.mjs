// The page that shows the pictures: docs/screenshots/README.md.

import { fileOf, SIZES, stepsOf, THEMES } from './steps.mjs'

/** The index, with the pictures that are there. */
export function indexOf(lessons, exists) {
  const parts = lessons.map((lesson) => [lesson, stepsOf(lesson.id).filter((step) => exists(fileOf(lesson.id, step, SIZES[0], THEMES[0])))]).filter(([, steps]) => steps.length > 0)
  return `# What the lessons look like

Key steps of each lesson, at ${SIZES.map(sized).join(', ')}, light and dark. All pictures and this page are made by a command, which walks through the lessons as a person would:

    cargo xtask screenshots

\`--lesson ID\` makes those of one lesson, \`--language de\` shows it in another language, \`--out FOLDER\` puts them elsewhere. Which steps are shown stands in \`web/test/shots/steps.mjs\`.

${parts.map(([lesson]) => `- [${heading(lesson)}](#${anchor(heading(lesson))})`).join('\n')}
${parts.map(([lesson, steps]) => section(lesson, steps, exists)).join('')}`
}

function section(lesson, steps, exists) {
  return `
## ${heading(lesson)}

${lesson.goal}
${steps.map((step) => shown(lesson, step, exists)).join('')}`
}

function shown(lesson, step, exists) {
  const stop = lesson.stops[step.stop - 1]
  const title = stop ? `${step.stop}. ${stop.title}${step.answered ? ', answered' : ''}` : 'Introduction'
  const what = stop ? `${stop.title}${step.answered ? ', its question answered' : ''}. ${stop.caption}` : `The lesson’s introduction. ${lesson.goal}`
  const cell = (size, theme) => {
    const file = fileOf(lesson.id, step, size, theme)
    return exists(file) ? `![Lesson ${lesson.number}: ${what} (${sized(size)}, ${theme})](${file})` : ''
  }
  return `
### ${title}

${stop ? `> ${stop.caption}` : `> ${lesson.goal}`}

| | ${SIZES.map(sized).join(' | ')} |
|---|${SIZES.map(() => '---|').join('')}
${THEMES.map((theme) => `| ${theme} | ${SIZES.map((size) => cell(size, theme)).join(' | ')} |`).join('\n')}
`
}

const sized = (size) => `${size.width}x${size.height}`
const heading = (lesson) => `Lesson ${lesson.number}: ${lesson.title}`

/** The name that a heading has as a link's goal. */
const anchor = (title) => title.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '').replace(/ /g, '-')
