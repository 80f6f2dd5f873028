import { describe, expect, test } from 'vitest'
import { writtenLessons } from '../browser/lesson-files'
import { CHOSEN_LESSONS, stepsOf } from '../shots/steps.mjs'

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
})
