import type { Session } from '../state/session.svelte'
import { words } from '../text'
import type { LessonAnswer, LessonQuestion, TextBlock, TextRun } from '../wire'
import { answerInWords } from '../state/lesson/answer'
import { known, type Asking } from '../state/lesson/progress'

export const plain = (runs: readonly TextRun[]): string => runs.map((run) => run.text).join('')

/** What a screen reader is told of the moment, with the sentence that the caption shows: each place once, and nothing while time runs. */
export function spoken(session: Session, sentence: string): string {
  const { lesson, step } = session
  // Of a lesson that has just begun the words are on their way: what stands here meanwhile is not worth saying.
  if (session.playing || (lesson.taught !== null && lesson.text === null && lesson.refused === null)) return ''
  const { card } = lesson.text ?? {}
  if (lesson.leads && card && lesson.introducing) return `${words.lesson.begins(card.number, card.title)} ${sentence}`
  if (lesson.leads && lesson.ended) return `${words.lesson.ended} ${sentence}`
  if (lesson.leads && !lesson.away && lesson.stop) {
    const { title, question } = lesson.stop
    const asked = question ? ` ${words.lesson.asks(plain(question.ask), question.choices.map((choice) => plain(choice.text)))}` : ''
    return `${words.lesson.spoken(lesson.at + 1, lesson.stopsOfText.length, title)} ${sentence}${asked}`
  }
  const counter = step && !lesson.leads ? session.stepCount : null
  if (!step || !counter) return sentence
  const place = session.topology.nodes.find((node) => node.id === step.node)?.name ?? ''
  return `${words.spoken(counter.n, counter.of, place, step.layer, session.fiveLayers)} ${sentence}`
}

const read = (block: TextBlock): string => (block.kind === 'code' ? block.text : block.kind === 'list' ? block.items.map(plain).join('. ') : plain(block.runs))

/** What came of an answer, in the order in which it is read. */
export function answered(question: LessonQuestion, asking: Asking, answer: LessonAnswer): string {
  const { lesson } = words
  if (asking.asked === 'answerFirst') return `${lesson.answerFirst} ${lesson.clicker}`
  if (asking.asked === 'confirm') return lesson.revealSure
  if (asking.asked === 'wrong') return `${lesson.wrong} ${plain(question.choices[asking.chosen ?? -1]?.why ?? [])}`
  if (!known(asking)) return ''
  const outcome = asking.asked === 'right' ? lesson.right : lesson.revealed
  return [`${outcome} ${lesson.fromRun(answerInWords(question, answer))}.`, ...question.explain.map(read)].join(' ')
}
