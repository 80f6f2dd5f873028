import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writtenLessons } from '../lesson-files.mjs'
import { CHOSEN_LESSONS, fileOf, SIZES, stepsOf, THEMES } from '../shots/steps.mjs'

const folder = resolve(import.meta.dirname, '../../../docs/screenshots')

describe('the pictures of the lessons', () => {
  const lessons = writtenLessons('en')

  test('are chosen for each lesson, from stops that it has, and a question is answered where one is', () => {
    expect([...CHOSEN_LESSONS].sort()).toEqual(lessons.map((lesson) => lesson.id))
    for (const lesson of lessons) {
      const steps = stepsOf(lesson.id)
      expect(steps.length, lesson.id).toBeGreaterThanOrEqual(3)
      expect(steps.map((step) => step.stop), lesson.id).toEqual([...new Set(steps.map((step) => step.stop))].sort((a, b) => a - b))
      for (const step of steps) {
        expect(step.stop, lesson.id).toBeLessThanOrEqual(lesson.stops.length)
        if (step.answered) expect(lesson.stops[step.stop - 1]?.choices, `${lesson.id}, stop ${step.stop}`).toBeGreaterThan(0)
      }
    }
  })

  test('are all there, each with words for those who do not see it, and the index shows no other', () => {
    const index = readFileSync(resolve(folder, 'README.md'), 'utf8')
    const shown = [...index.matchAll(/!\[([^\]]+)\]\(([^)]+)\)/g)].map(([, words = '', file = '']) => ({ words, file }))
    const wanted = lessons.flatMap((lesson) => stepsOf(lesson.id).flatMap((step) => THEMES.flatMap((theme) => SIZES.map((size) => fileOf(lesson.id, step, size, theme)))))
    expect(shown.map(({ file }) => file)).toEqual(wanted)
    for (const { words, file } of shown) {
      expect(existsSync(resolve(folder, file)), file).toBe(true)
      expect(words.length, file).toBeGreaterThan(30)
    }
    for (const lesson of lessons) expect(index).toContain(`## Lesson ${lesson.number}: ${lesson.title}\n`)
  })
})
