import { describe, expect, it } from 'vitest'
import { act, arrive, BEGINNING, known, ready, restored, type Act, type Outline, type Progress } from '../../src/state/lesson/progress'
import { settingsAt } from '../../src/state/lesson/settings'
import { stepAt, subjectOf } from '../../src/state/lesson/landing'
import { journey, type Step } from '../../src/trace'
import { followingOf } from '../../src/state/lesson/following'
import { answerInWords } from '../../src/state/lesson/answer'
import type { LessonCard, LessonQuestion, LessonStop, TextRun } from '../../src/wire'
import { firstOf, languageOf } from '../../src/text/languages'
import { fixture, topology } from './support/fixture'

/** Three stops; the second asks, and its third choice is right. */
const outline: Outline = [null, { choices: 3, right: 2 }, null]
const next: Act = { kind: 'next' }
const back: Act = { kind: 'back' }
const after = (from: Progress, ...acts: Act[]): Progress => acts.reduce((progress, one) => act(outline, progress, one), from)
const asked = after(BEGINNING, next, next)

describe('going through a lesson', () => {
  it('leads from the introduction over the stops to the end, and back the same way', () => {
    let progress = BEGINNING
    const way = [progress.at]
    for (const one of [next, next, { kind: 'choose', choice: 2 }, { kind: 'check' }, next, next, next] as Act[]) {
      progress = act(outline, progress, one)
      way.push(progress.at)
    }
    expect(way).toEqual([-1, 0, 1, 1, 1, 2, 3, 3])
    expect(after(progress, back, back).at).toBe(1)
    expect(after(BEGINNING, back)).toBe(BEGINNING)
  })

  it('stops at a question, and Next never reveals its answer', () => {
    const told = after(asked, next, next, next, next)
    expect(told).toMatchObject({ at: 1, question: { asked: 'answerFirst', chosen: null } })
    expect(told.question && known(told.question)).toBe(false)
  })

  it('checks only what is chosen, says when it is wrong, and lets try again', () => {
    expect(after(asked, { kind: 'check' })).toMatchObject({ question: { asked: 'answerFirst', tried: [] } })
    const wrong = after(asked, { kind: 'choose', choice: 0 }, { kind: 'check' })
    expect(wrong).toMatchObject({ at: 1, question: { asked: 'wrong', chosen: 0, tried: [0] } })
    // The same one again is not checked again; Next waits for another.
    expect(wrong.question && ready(wrong.question)).toBe(false)
    expect(after(wrong, next)).toMatchObject({ at: 1, question: { asked: 'answerFirst' } })
    expect(after(wrong, { kind: 'choose', choice: 2 }, next)).toMatchObject({ at: 1, question: { asked: 'right' } })
    expect(after(wrong, { kind: 'choose', choice: 1 }, { kind: 'choose', choice: 0 })).toMatchObject({ question: { asked: 'wrong' } })
    expect(after(asked, { kind: 'choose', choice: 3 })).toBe(asked)
  })

  it('reveals only when that is confirmed', () => {
    const sure = after(asked, { kind: 'reveal' })
    expect(sure).toMatchObject({ question: { asked: 'confirm' } })
    expect(after(sure, next)).toMatchObject({ at: 1, question: { asked: 'answerFirst' } })
    expect(after(sure, { kind: 'keepTrying' })).toMatchObject({ question: { asked: 'open' } })
    expect(after(asked, { kind: 'confirm' })).toBe(asked)
    const revealed = after(sure, { kind: 'confirm' })
    expect(revealed).toMatchObject({ question: { asked: 'revealed' } })
    expect(after(revealed, { kind: 'choose', choice: 1 })).toBe(revealed)
    expect(after(revealed, next).at).toBe(2)
  })

  it('hides the answer again with Back, and only then goes back', () => {
    const right = after(asked, { kind: 'choose', choice: 2 }, next)
    expect(after(right, back)).toMatchObject({ at: 1, question: { asked: 'open', chosen: null, tried: [] } })
    expect(after(right, back, back).at).toBe(0)
    // Coming back to it from behind finds it hidden, too.
    expect(after(right, next, back)).toMatchObject({ at: 1, question: { asked: 'open' } })
  })

  it('can be got through with two buttons', () => {
    // Next says how; then Back marks, and Next checks.
    let progress = after(asked, next)
    const seen: unknown[] = []
    for (let press = 0; press < 12 && progress.at === 1; press += 1) {
      progress = after(progress, back)
      seen.push(progress.question?.chosen)
      progress = after(progress, next)
      if (progress.question && known(progress.question)) progress = after(progress, next)
    }
    expect(seen).toEqual([0, 1, 2])
    expect(progress.at).toBe(2)
  })

  it('lets a clicker go back when nothing more is left to mark', () => {
    const marked = after(asked, next, back, back, back, back)
    expect(marked).toMatchObject({ at: 1, question: { chosen: null, clicker: false } })
    expect(after(marked, back).at).toBe(0)
  })

  it('jumps anywhere within the lesson', () => {
    expect(after(asked, { kind: 'jump', to: 2 })).toEqual({ at: 2, question: null })
    expect([-9, 99].map((to) => arrive(outline, to).at)).toEqual([-1, 3])
  })
})

describe('coming back', () => {
  it('finds the same stop and the same question', () => {
    const wrong = after(asked, { kind: 'choose', choice: 0 }, { kind: 'check' })
    for (const progress of [BEGINNING, asked, after(asked, { kind: 'choose', choice: 2 }, next), after(wrong, { kind: 'choose', choice: 1 })]) {
      expect(restored(outline, JSON.parse(JSON.stringify(progress)))).toEqual(progress)
    }
    expect(restored(outline, wrong)).toMatchObject({ question: { chosen: 0, tried: [0] } })
  })
  it('believes nothing that cannot be', () => {
    for (const kept of [null, 7, 'x', {}, { at: 'x' }, { at: 9 }, { at: 0.5 }, { at: -2 }]) expect(restored(outline, kept), JSON.stringify(kept)).toBeNull()
    expect(restored(outline, { at: 1, question: { asked: 'right', chosen: 0, tried: [2, 9, 'x'] } })).toMatchObject({ question: { asked: 'open', chosen: 0, tried: [] } })
    expect(restored(outline, { at: 0, question: { asked: 'right' } })).toEqual({ at: 0, question: null })
  })
})

describe('what a stop shows', () => {
  const stop = (more: Partial<LessonStop>): LessonStop => ({ title: '', caption: [], more: [], notes: [], until: '', ...more })
  it('is what it says, or what the stops before it said', () => {
    const stops = [stop({}), stop({ tab: 'details', lens: 3 }), stop({ view: 'ladder' }), stop({ lens: 0 })]
    expect([-1, 0, 1, 2, 3].map((at) => settingsAt(stops, at))).toEqual([
      { tab: null, view: null, lens: null }, { tab: null, view: null, lens: null }, { tab: 'details', view: null, lens: 3 },
      { tab: 'details', view: 'ladder', lens: 3 }, { tab: 'details', view: 'ladder', lens: 0 },
    ])
  })
})

describe('the step of a stop', () => {
  const { trace } = fixture(1)
  const message = trace.signalling.find((one) => one.what.kind === 'request')
  if (!message) throw new Error('the pretended world sends requests')
  const { steps } = journey(trace, topology, { kind: 'message', id: message.id }, 0)
  const at = (index: number | null): Step | undefined => (index === null ? undefined : steps[index])

  it('is the one at its moment, device and layer', () => {
    for (const step of steps) {
      const found = at(stepAt(steps, { t: step.at, node: step.node, layer: step.layer, message: message.id, ...(step.hop ? { link: step.hop.link } : {}) }))
      expect([found?.at, found?.node, found?.layer]).toEqual([step.at, step.node, step.layer])
    }
  })
  it('is the one that layers 6 and 5 have together', () => {
    const format = steps.find((step) => step.kind === 'format')
    expect(format).toBeDefined()
    for (const layer of [5, 6]) expect(at(stepAt(steps, { t: (format?.at ?? 0) + 20_000, node: format?.node ?? 0, layer, direction: 'down' }))).toBe(format)
  })
  it('is the one before where nothing happens at that moment, and none without steps', () => {
    const last = steps.at(-1)
    expect(at(stepAt(steps, { t: (last?.at ?? 0) + 1e9 }))).toBe(last)
    expect(stepAt(steps, { t: 0 })).toBe(0)
    expect(stepAt([], { t: 0 })).toBeNull()
  })
  it('belongs to the message, else to the frame, else to nothing', () => {
    expect(subjectOf({ t: 0, message: 4, frame: 5 })).toEqual({ kind: 'message', id: 4 })
    expect(subjectOf({ t: 0, frame: 5 })).toEqual({ kind: 'frame', id: 5 })
    expect(subjectOf({ t: 0, picture: 5 })).toBeNull()
  })
})

describe('the language', () => {
  it('is the first wish that is there, whatever its region', () => {
    expect(languageOf(['en', 'de'], [null, 'fr-FR', 'de-AT', 'en'])).toBe('de')
    expect(languageOf(['en', 'de'], ['fr'])).toBe('en')
    expect(firstOf([undefined, '12', 'FR-ca', 'de'])).toBe('fr')
    expect(firstOf([])).toBe('en')
  })
})

describe('what follows a lesson', () => {
  const card = (id: string, number: number, language = 'en'): LessonCard =>
    ({ id, number, language, title: `${id} ${language}`, languages: [language], minutes: 5, goal: '', before: '', scenario: 'classroom', stops: 1, clicks: 1 })
  const list = {
    cards: [card('c', 3), card('a', 1), card('b', 2), card('b', 2, 'de')],
    classes: [{ id: 'morning', title: {}, lessons: ['a', 'c'] }, { id: 'back', title: {}, lessons: ['c', 'b'] }],
  }

  it('is the next number where it was begun alone, in the language that is wished', () => {
    expect(followingOf(list, 'a', null, 'en')).toEqual({ card: list.cards[2] })
    expect(followingOf(list, 'a', null, 'de')?.card.title).toBe('b de')
    expect(followingOf(list, 'c', null, 'en')).toBeNull()
    expect(followingOf(list, 'gone', null, 'en')).toBeNull()
  })

  it('is the class’s next where a class was begun, and nothing at its end', () => {
    expect(followingOf(list, 'a', 'morning', 'en')).toEqual({ card: list.cards[0], class: 'morning' })
    expect(followingOf(list, 'c', 'morning', 'en')).toBeNull()
    expect(followingOf(list, 'c', 'back', 'en')?.card.id).toBe('b')
    // A class that does not have it was another day's.
    expect(followingOf(list, 'b', 'morning', 'en')?.card.id).toBe('c')
  })
})

describe('the answer of a run', () => {
  const plain = (text: string): TextRun[] => [{ text, style: 'plain' }]
  const question: LessonQuestion = {
    ask: plain('How many?'), explain: [],
    choices: [{ text: plain('154 bytes'), why: [] }, { text: plain('No, it stays as it is'), why: [] }],
  }
  it('is its value where the choice names it, else the words of the choice', () => {
    expect(answerInWords(question, { right: 0, value: '154' })).toBe('154')
    expect(answerInWords(question, { right: 1, value: '1' })).toBe('No, it stays as it is')
  })
})
