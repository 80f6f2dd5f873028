import type { BadLesson, Id, Lesson, LessonAnswer, LessonCard, LessonClass, LessonRun, LessonStop, Rows, StopPlace, TextBlock, TextRun } from '../wire'

const plain = (text: string): TextRun => ({ text, style: 'plain' })
const strong = (text: string): TextRun => ({ text, style: 'strong' })
const paragraph = (...runs: TextRun[]): TextBlock => ({ kind: 'paragraph', runs })

const card = (id: string, number: number, title: string, language: string, stops: number): LessonCard => ({
  id, number, title, language, languages: id === '01-pretended' ? ['en', 'de'] : ['en'], minutes: 6, goal: 'Say what happens to a request on its way.', before: 'What a network is.', clicks: stops + 2,
  scenario: 'classroom', stops,
})

/** How much of the pretended world a lesson shows, nanoseconds. */
export const LENGTH = 6_000_000_000

const STOPS: readonly LessonStop[] = [
  {
    title: 'The player asks', caption: [plain('The player writes '), strong('OPTIONS'), plain(': it wants to know which requests the server knows.')],
    more: [paragraph(plain('Every RTSP request has a number, '), { text: 'CSeq', style: 'code' }, plain(', that its answer repeats.')), { kind: 'list', first: null, items: [[plain('one request')], [plain('one answer')]] }],
    notes: [paragraph(plain('Read the first line aloud.'))], until: 'message where rtsp.method == "OPTIONS"', tab: 'details', view: 'valley', lens: 0, field: 'rtsp.method',
  },
  {
    title: 'Down to the cable', caption: [plain('The same request leaves the player as bits, wrapped in three headers.')], more: [], notes: [],
    until: 'leaves Client of the same message', lens: 2,
  },
  {
    title: 'At the router', caption: [plain('R1 takes the frame apart. What does it do to TTL?')], more: [], notes: [paragraph(plain('Let them vote first.'))],
    until: 'receipt R1 of the same message', tab: 'remote',
    question: {
      ask: [plain('TTL was 64 when the packet left. What is it behind the router?')],
      choices: [
        { text: [plain('64')], why: [plain('A switch leaves it alone, a router does not.')] },
        { text: [plain('63')], why: [plain('Each router takes one away.')] },
        { text: [plain('0')], why: [plain('Then the packet would go no further.')] },
      ],
      explain: [paragraph(plain('Each router takes one away, so that no packet circles for ever.'))],
    },
  },
  {
    title: 'A picture', caption: [plain('Two seconds later pictures come. This one is whole.')], more: [], notes: [], until: 'picture', tab: 'receiver', lens: 0,
  },
]

const german: Record<string, string> = {
  'The player asks': 'Der Player fragt', 'Down to the cable': 'Hinunter zum Kabel', 'At the router': 'Am Router', 'A picture': 'Ein Bild',
}

/** The lessons of the pretended world. */
export const lessonList: { lessons: LessonCard[]; classes: LessonClass[]; bad: BadLesson[] } = {
  lessons: [
    card('01-pretended', 1, 'A request on its way', 'en', STOPS.length), card('01-pretended', 1, 'Eine Frage unterwegs', 'de', STOPS.length),
    card('02-short', 2, 'The first stop only', 'en', 1),
  ],
  classes: [{ id: 'morning', title: { en: 'A short morning', de: 'Ein kurzer Vormittag' }, lessons: ['01-pretended', '02-short'] }],
  bad: [{ file: '99-mine.en.md', line: 4, reason: 'minutes: 90 is more than 45.' }],
}

/** A lesson in a language, or in another one; `null` when there is none. */
export function lessonOf(id: string, language: string): Lesson | null {
  const cards = lessonList.lessons.filter((one) => one.id === id)
  const found = cards.find((one) => one.language === language) ?? cards.find((one) => one.language === 'en')
  if (!found) return null
  const stops = STOPS.slice(0, found.stops).map((stop) => (found.language === 'de' ? { ...stop, title: german[stop.title] ?? stop.title } : stop))
  return { card: found, introduction: [paragraph(plain('The player wants to know '), strong('what the server can do'), plain('.'))], notes: [paragraph(plain('Ask how many devices lie between them.'))], stops }
}

/** Where the stops are in a run, and its answers. */
export function lessonRun(lesson: Lesson, rows: Rows): LessonRun {
  const message = rows.messages.find((one) => one.what.kind === 'request' && one.what.method === 'OPTIONS')
  const frame = rows.frames.find((one) => one.parent === null && message !== undefined && one.carried.kind === 'tcp' && one.carried.messages.includes(message.id))
  const id: Id = frame?.id ?? 0
  const left = rows.hops.find((one) => one.frame === id && one.link === 0)
  const routed = rows.receipts.find((one) => one.node === 2 && one.outcome.kind === 'routed' && one.frame === id)
  const picture = rows.pictures.find((one) => one.complete && one.at > 2_000_000_000)
  const at = message === undefined ? {} : { message: message.id }
  const places: StopPlace[] = [
    { t: message?.at ?? 0, ...at, frame: id, node: 0, layer: 7, direction: 'down' },
    { t: left?.start ?? 0, ...at, frame: id, node: 0, link: 0, layer: 1 },
    { t: routed?.at ?? 0, ...at, frame: id, node: 2, layer: 3 },
    { t: picture?.at ?? 0, node: 0, ...(picture === undefined ? {} : { picture: picture.id }) },
  ]
  const answers: (LessonAnswer | null)[] = [null, null, { right: 1, value: '63' }, null]
  return { lesson: lesson.card.id, stops: places.slice(0, lesson.stops.length), answers: answers.slice(0, lesson.stops.length) }
}
