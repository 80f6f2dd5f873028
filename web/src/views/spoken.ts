import type { Session } from '../state/session.svelte'
import { words } from '../text'
import type { TextRun } from '../wire'

const plain = (runs: readonly TextRun[]): string => runs.map((run) => run.text).join('')

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
