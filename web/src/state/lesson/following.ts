// Which lesson follows when one is over.

import type { LessonCard, LessonClass } from '../../wire'

/** The lesson that follows, and the class in which it does; without one it is the next number. */
export interface Following {
  card: LessonCard
  class?: string
}

/** The lesson after `lesson`: the next one of the class that was begun (which may go back in number), or else the one with the next number; `null` after the last. */
export function followingOf(list: { cards: readonly LessonCard[]; classes: readonly LessonClass[] }, lesson: string, begun: string | null, language: string): Following | null {
  const cardOf = (id: string | undefined): LessonCard | undefined =>
    list.cards.find((one) => one.id === id && one.language === language) ?? list.cards.find((one) => one.id === id)
  const own = list.classes.find((one) => one.id === begun && one.lessons.includes(lesson))
  if (own) {
    const card = cardOf(own.lessons[own.lessons.indexOf(lesson) + 1])
    return card ? { card, class: own.id } : null
  }
  const here = cardOf(lesson)
  if (!here) return null
  const after = list.cards.filter((one) => one.number > here.number || (one.number === here.number && one.id > here.id))
  const next = after.sort((a, b) => a.number - b.number || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))[0]
  const card = cardOf(next?.id)
  return card ? { card } : null
}
