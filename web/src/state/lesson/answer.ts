import type { LessonAnswer, LessonQuestion } from '../../wire'

/** The run's answer as a person reads it: the value, or the words of the choice that stand for it. */
export function answerInWords(question: LessonQuestion, { right, value }: LessonAnswer): string {
  const words = question.choices[right]?.text.map((run) => run.text).join('') ?? value
  return words.includes(value) ? value : words
}
