// How far a class is in a lesson, and what is asked of it. Pure.

/** What a lesson is made of, as far as going through it needs: for each stop the question there. */
export type Outline = readonly (Quiz | null)[]

/** A question: how many choices there are, and which of them the run has made right. */
export interface Quiz {
  choices: number
  right: number
}

/** How a question stands. */
export type Asked =
  /** It waits for a choice, or for Check. */
  | 'open'
  /** Next was pressed without a choice: it says so, and how a clicker answers. */
  | 'answerFirst'
  /** What was checked is wrong: it says why, and waits for another choice. */
  | 'wrong'
  /** Whether to reveal the answer is asked. */
  | 'confirm'
  /** What was checked is right. */
  | 'right'
  /** The answer was revealed. */
  | 'revealed'

/** A question that stops the lesson. */
export interface Asking {
  asked: Asked
  /** The choice that is marked. */
  chosen: number | null
  /** The wrong choices that were checked. */
  tried: readonly number[]
  /** Back marks the next choice instead of going back: the way of a clicker, which has two buttons. */
  clicker: boolean
}

/** How far the class is. */
export interface Progress {
  /** The stop, from 0; -1: the introduction; as many as there are: the end. */
  at: number
  /** The question of this stop. */
  question: Asking | null
}

/** What one can do in a lesson. */
export type Act =
  | { kind: 'next' | 'back' | 'check' | 'reveal' | 'confirm' | 'keepTrying' }
  | { kind: 'choose'; choice: number }
  | { kind: 'jump'; to: number }

const FRESH: Asking = { asked: 'open', chosen: null, tried: [], clicker: false }

/** Where a lesson begins. */
export const BEGINNING: Progress = { at: -1, question: null }

/** Arrives somewhere; an answer that was known there is hidden again. */
export function arrive(outline: Outline, at: number): Progress {
  const place = Math.max(-1, Math.min(outline.length, Math.trunc(at)))
  return { at: place, question: outline[place] ? FRESH : null }
}

/** Whether the answer is to be seen. */
export const known = (question: Asking): boolean => question.asked === 'right' || question.asked === 'revealed'

/** What a checked choice or a wish makes of the progress; the same object where nothing changes. */
export function act(outline: Outline, progress: Progress, what: Act): Progress {
  const { question } = progress
  const quiz = outline[progress.at]
  const asking = (change: Partial<Asking>): Progress => (question ? { ...progress, question: { ...question, ...change } } : progress)
  switch (what.kind) {
    case 'jump': return arrive(outline, what.to)
    case 'next':
      if (!question || !quiz || known(question)) return progress.at >= outline.length ? progress : arrive(outline, progress.at + 1)
      return ready(question) ? check(progress, question, quiz) : asking({ asked: 'answerFirst', clicker: true })
    case 'back':
      if (!question || !quiz) return progress.at < 0 ? progress : arrive(outline, progress.at - 1)
      if (known(question)) return { ...progress, question: FRESH }
      if (question.asked === 'confirm') return asking({ asked: 'open' })
      return question.clicker ? asking(marked(question, quiz)) : arrive(outline, progress.at - 1)
    case 'choose':
      if (!question || !quiz || known(question) || what.choice < 0 || what.choice >= quiz.choices) return progress
      return asking({ chosen: what.choice, asked: question.tried.includes(what.choice) ? 'wrong' : 'open' })
    case 'check':
      if (!question || !quiz || known(question)) return progress
      return ready(question) ? check(progress, question, quiz) : asking({ asked: 'answerFirst' })
    case 'reveal': return question && !known(question) ? asking({ asked: 'confirm' }) : progress
    case 'confirm': return question?.asked === 'confirm' ? asking({ asked: 'revealed', clicker: false }) : progress
    case 'keepTrying': return question?.asked === 'confirm' ? asking({ asked: 'open' }) : progress
  }
}

/** A choice is marked that was not found wrong yet: Check can be pressed. */
export function ready(question: Asking): boolean {
  return question.chosen !== null && !question.tried.includes(question.chosen) && question.asked !== 'confirm' && !known(question)
}

function check(progress: Progress, question: Asking, quiz: Quiz): Progress {
  if (question.chosen === quiz.right) return { ...progress, question: { ...question, asked: 'right', clicker: false } }
  const tried = question.chosen === null ? question.tried : [...question.tried, question.chosen]
  return { ...progress, question: { ...question, asked: 'wrong', tried } }
}

/** The next choice that was not found wrong is marked; behind the last one none is, and Back goes back again. */
function marked(question: Asking, quiz: Quiz): Partial<Asking> {
  for (let choice = (question.chosen ?? -1) + 1; choice < quiz.choices; choice += 1) {
    if (!question.tried.includes(choice)) return { chosen: choice, asked: 'open' }
  }
  return { chosen: null, asked: 'open', clicker: false }
}

/** Progress as it was kept, if it can be one of this lesson. */
export function restored(outline: Outline, kept: unknown): Progress | null {
  if (typeof kept !== 'object' || kept === null || !('at' in kept) || typeof kept.at !== 'number' || !Number.isInteger(kept.at)) return null
  if (kept.at < -1 || kept.at > outline.length) return null
  const progress = arrive(outline, kept.at)
  const quiz = outline[progress.at]
  const question = 'question' in kept && typeof kept.question === 'object' ? (kept.question as Partial<Asking> | null) : null
  if (!quiz || !question) return progress
  const choice = (one: unknown): one is number => typeof one === 'number' && Number.isInteger(one) && one >= 0 && one < quiz.choices
  const chosen = choice(question.chosen) ? question.chosen : null
  const tried = Array.isArray(question.tried) ? question.tried.filter(choice).filter((one) => one !== quiz.right) : []
  const asked = question.asked === 'revealed' || (question.asked === 'right' && chosen === quiz.right) ? question.asked : 'open'
  return { ...progress, question: { asked, chosen, tried, clicker: question.clicker === true && asked === 'open' } }
}
