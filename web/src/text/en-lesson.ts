import { clock } from './clock'

/** The words of lessons: menu, stops, questions, presenter's window, handout. */
export interface LessonWords {
  menu: string
  menuTitle: string
  /** What stands on the menu's button in a lesson. */
  called(number: number, title: string): string
  waiting: string
  none: string
  facts(minutes: number, stops: number, clicks: number): string
  goal: string
  before: string
  start: string
  startCalled(title: string): string
  running: string
  enter: string
  classes: string
  inClass(n: number, of: number, title: string): string
  language: string
  bad: string
  badAt(file: string, line: number | null): string
  plain: string
  /** The way to the networks, which stand below all lessons. */
  toPlain: string
  plainHint: string
  seed: string
  plainStart: string
  needsKey: string
  needsKeyFollow: string
  cutOff(names: readonly string[]): string
  preparing(title: string): string
  preparedTo(reached: string, until: string): string
  failed(reason: string): string
  cancel: string
  stale: string
  notTold(reason: string): string

  stop(n: number, of: number): string[]
  stopOf(n: number, of: number): string
  spoken(n: number, of: number, title: string): string
  /** For ears: that a lesson begins, and a question with its choices. */
  begins(number: number, title: string): string
  asks(question: string, choices: readonly string[]): string
  stops: string
  introduction: string
  end: string
  restart: string
  leave: string
  back: string
  backHint: string
  next: string
  previous: string
  more: string
  less: string

  begin: string
  goOn(stop: number): string
  ended: string
  endedHint: string
  nextLesson(number: number, title: string): string
  /** The next one of the class that was begun. */
  nextInClass(number: number, title: string): string
  /** After the last one. */
  allLessons: string

  question: string
  choices: string
  check: string
  reveal: string
  revealSure: string
  revealYes: string
  revealNo: string
  answerFirst: string
  clicker: string
  /** Said, not shown: the choice that a clicker or a digit has marked. */
  marked: (n: number, text: string) => string
  wrong: string
  right: string
  revealed: string
  fromRun(value: string): string
  hide: string
  show: string

  presenter: string
  presenterTitle: string
  presenterGone: string
  presenterHint: string
  caption: string
  nextCaption: string
  notes: string
  noNotes: string
  minutes(gone: number, of: number): string
  answerIs(value: string): string
  blocked: string

  handout: string
  handoutTitle(number: number, title: string): string
  print: string
  /** Otherwise they stay on the screen alone. */
  printAnswers: string
  packet: string
  layer: string
  field: string
  hex: string
  value: string
  answers: string
  noPackets: string
  collecting(n: number, of: number): string
  frameAt(at: string, where: string): string
  minutesLong(minutes: number): string
}

/** English. */
export const lesson: LessonWords = {
  menu: 'Lessons',
  menuTitle: 'Lessons',
  called: (number, title) => `Lesson ${number}: ${title}`,
  waiting: 'Asking what lessons there are …',
  none: 'This server has no lessons.',
  facts: (minutes, stops, clicks) => `${minutes} minutes, ${stops === 1 ? 'one stop' : `${stops} stops`}, ${clicks} clicks`,
  goal: 'Goal',
  before: 'You need',
  start: 'Start',
  startCalled: (title) => `Start: ${title}`,
  running: 'running now',
  enter: 'Enter this lesson',
  classes: 'Classes',
  inClass: (n, of, title) => `${n} of ${of}: ${title}`,
  language: 'Language',
  bad: 'Files that cannot be used',
  badAt: (file, line) => (line === null ? file : `${file}, line ${line}`),
  plain: 'A network without a lesson',
  toPlain: 'Choose a network without a lesson ↓',
  plainHint: 'Another run begins in this room. The same network and seed give the same bytes.',
  seed: 'Seed',
  plainStart: 'Begin this run',
  needsKey: 'Beginning a run needs the room’s key.',
  needsKeyFollow: 'Who holds the room’s key begins a lesson. Then everybody here can follow it, each at an own pace.',
  cutOff: (names) => `${names.join(', ')}: end ${names.length === 1 ? 'this connection' : 'these connections'} when another run begins. Until then no other can.`,
  preparing: (title) => `Preparing ${title}`,
  preparedTo: (reached, until) => `${reached} of ${until} are simulated.`,
  failed: (reason) => `The run could not be made: ${reason}`,
  cancel: 'Cancel',
  stale: 'The lesson’s file was changed after its run was made. Start the lesson again.',
  notTold: (reason) => `The lesson’s words did not come: ${reason}`,

  stop: (n, of) => ['stop', `${n} of ${of}`],
  stopOf: (n, of) => `stop ${n} of ${of}`,
  spoken: (n, of, title) => `Stop ${n} of ${of}. ${/[.?!]$/.test(title) ? title : `${title}.`}`,
  begins: (number, title) => `Lesson ${number}: ${title}. Page Down goes from stop to stop.`,
  asks: (question, choices) => `Question: ${question} ${choices.map((one, i) => `${i + 1}: ${one}`).join('; ')}`,
  stops: 'Stops',
  introduction: 'Introduction',
  end: 'End',
  restart: 'From the start',
  leave: 'Leave the lesson',
  back: 'Back to the lesson',
  backHint: 'Back to the stop where the lesson stands',
  next: 'Next stop',
  previous: 'Stop before',
  more: 'Read more',
  less: 'Close',

  begin: 'Begin',
  goOn: (stop) => `Go on at stop ${stop}`,
  ended: 'The lesson is over.',
  endedHint: 'The whole run stays here: go anywhere in it, step through any packet, or change something.',
  nextLesson: (number, title) => `Next: lesson ${number}, ${title}`,
  nextInClass: (number, title) => `Next in this class: lesson ${number}, ${title}`,
  allLessons: 'All lessons',

  question: 'Question',
  choices: 'Choices',
  check: 'Check',
  reveal: 'Reveal',
  revealSure: 'Show the answer to everybody?',
  revealYes: 'Yes, reveal it',
  revealNo: 'Not yet',
  answerFirst: 'Answer first.',
  clicker: 'With a clicker: Back marks the next answer, Next checks it.',
  marked: (n, text) => `Marked: ${n}, ${text}.`,
  wrong: 'Not so.',
  right: 'Right.',
  revealed: 'The answer.',
  fromRun: (value) => `This run says: ${value}`,
  hide: 'Fold the question',
  show: 'Show the question',

  presenter: 'Presenter’s window',
  presenterTitle: 'Presenter',
  presenterGone: 'The lesson’s window does not answer. Open this one again from its lesson menu.',
  presenterHint: 'Keep this window on your own screen. The other one shows no notes.',
  caption: 'Caption',
  nextCaption: 'Next',
  notes: 'Notes',
  noNotes: 'No notes for this stop.',
  minutes: (gone, of) => `${clock(gone * 1e9)} of ${of} min`,
  answerIs: (value) => `Answer: ${value}`,
  blocked: 'The browser did not open the window. Allow it, and press again.',

  handout: 'Handout',
  handoutTitle: (number, title) => `Lesson ${number}: ${title}`,
  print: 'Print',
  printAnswers: 'with the answers (for the teacher)',
  packet: 'The packet',
  layer: 'Layer',
  field: 'Field',
  hex: 'Hex',
  value: 'Value',
  answers: 'Answers',
  noPackets: 'The packets of this handout are those of the lesson’s run. This room shows another run, so they are left out: start the lesson, then open the handout again.',
  collecting: (n, of) => `Collecting the packets: ${n} of ${of}`,
  frameAt: (at, where) => `${at} s, ${where}`,
  minutesLong: (minutes) => `${minutes} minutes`,
}
