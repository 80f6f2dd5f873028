import type { Journey, Step, Subject, Trace } from '../../trace'
import { SECOND } from '../../trace'
import type { BadLesson, Command, Detail, Get, Hello, Id, Lesson, LessonAnswer, LessonCard, LessonClass, LessonRun, LessonStop, Nanos, Outcome, RoomState, StopPlace } from '../../wire'
import { pathOfField } from '../../scene/fields'
import { lensLayer } from '../../scene/lens'
import type { Looking } from '../looking.svelte'
import type { Motion } from '../session.svelte'
import { type Selection, type ShelfTab, STAGE_VIEWS, type StageView, type StepSize } from '../types'
import { keep, keptElsewhere, keptOf } from './kept'
import { stepAt, subjectOf } from './landing'
import type { Told } from './presenting'
import { act, arrive, BEGINNING, type Act, type Outline, type Progress, ready, restored } from './progress'
import { settingsAt } from './settings'
import { type Following, followingOf } from './following'

/** What lessons need of the session. */
export interface School {
  readonly trace: Trace
  readonly hello: Hello | null
  readonly room: RoomState | null
  readonly holdsKey: boolean
  readonly run: number
  readonly original: number
  readonly oldest: Nanos
  readonly live: Nanos
  readonly client: number | null
  readonly journey: Journey | null
  readonly motion: Motion | null
  readonly looking: Looking
  readonly t: Nanos
  readonly selection: Selection | null
  readonly fiveLayers: boolean
  playing: boolean
  following: boolean
  invited: boolean
  stepSize: StepSize
  view: StageView
  shelf: ShelfTab
  command(command: Command, done?: (outcome: Outcome) => void): void
  get(get: Get, run?: number): void
  want(from: Nanos, to: Nanos): void
  setTime(t: Nanos): void
  finishMotion(): void
  pause(): void
  turnTo(client: number): void
  watchRuns(run: number, beside: number | null): void
  select(frame: Id | null, layer?: number | null, field?: readonly number[] | null): void
  detailOf(frame: Id): Detail | null
  fetchDetail(frame: Id): void
  follow(subject: null): void
  standOn(subject: Subject, pick: (steps: readonly Step[]) => number | null, at?: number | null): boolean
}

/** A stop as a flag of the timeline. */
export interface Flag {
  /** From 1. */
  number: number
  title: string
  t: Nanos
  /** The lesson stands on it. */
  here: boolean
}

/** The run that was made for a lesson. */
interface Taught {
  number: number
  id: string
  lesson: LessonRun
}

/** How far before a stop its message is looked for, when it was sent long before. */
const LONG_AGO: Nanos = 8 * SECOND

/** Lessons: which there are, the one of the room's run, and how far this page is in it. */
export class Lessons {
  #s: School
  /** Cards, classes and bad files; `null` until they were asked for. */
  list = $state.raw<{ cards: readonly LessonCard[]; classes: readonly LessonClass[]; bad: readonly BadLesson[] } | null>(null)
  /** The language that lessons are wished in. */
  language = 'en'
  /** The room's run, where it was made for a lesson. */
  taught = $state.raw<Taught | null>(null)
  /** The words of its lesson. */
  text = $state.raw<Lesson | null>(null)
  /** How far this page is; `null`: not in the lesson. */
  progress = $state.raw<Progress | null>(null)
  /** Grows whenever the page turns to another moment without a motion. */
  cuts = $state(0)
  /** Why the words did not come. */
  refused = $state<string | null>(null)
  /** The page only looks at the lesson's run, and goes through no lesson: a handout. */
  aside = false
  /** When the first stop was reached, milliseconds since 1970. */
  begun = $state<number | null>(null)
  /** The class that is taught, where one was begun. */
  chosenClass = $state<string | null>(null)
  /** The menu with all lessons is open. */
  listOpen = $state(false)
  /** Real players and servers are cut off by the run that is begun next. */
  cutOff = $state(false)
  /** A stop of an earlier run of this lesson, to go on at. */
  earlier = $state<number | null>(null)

  /** Where the cursor was put for the stop; `null` until it is there. */
  #landed = $state<Nanos | null>(null)
  /** A place whose rows are not here yet. */
  #coming: { place: StopPlace; field: string | null } | null = null
  /** A field, or the lens's layer, to be opened as soon as the frame's detail is here. */
  #field: { frame: Id; name: string | null } | null = null

  constructor(session: School) {
    this.#s = session
  }

  // What views ask for.

  get stopsOfText(): readonly LessonStop[] { return this.text?.stops ?? [] }
  /** This page is in a lesson (perhaps looking around meanwhile). */
  get on(): boolean { return this.progress !== null && this.taught !== null && this.text !== null }
  /** Next and Back go from stop to stop. */
  get leads(): boolean { return this.on && this.#s.stepSize === 'stop' && this.#s.run === this.taught?.number }
  get at(): number { return this.progress?.at ?? -1 }
  /** The stop that the lesson stands on. */
  get stop(): LessonStop | null { return this.on ? (this.text?.stops[this.at] ?? null) : null }
  get answer(): LessonAnswer | null { return this.taught?.lesson.answers[this.at] ?? null }
  /** A question waits for an answer, and is in view. */
  get asks(): boolean { return this.leads && !this.away && this.progress?.question != null && !this.#known }
  /** What Right, PageDown and a clicker do; its button is the page's one black button. `null`: nothing yet, a choice is waited for. */
  get primary(): 'stop' | 'begin' | 'check' | 'nextLesson' | 'list' | null {
    const { progress } = this
    if (!this.leads || !progress) return 'stop'
    if (this.introducing) return 'begin'
    if (this.ended) return this.canGoOn ? 'nextLesson' : this.following ? null : 'list'
    if (!progress.question || this.#known) return 'stop'
    return ready(progress.question) ? 'check' : this.away ? 'stop' : null
  }
  /** Another lesson follows, and this page may begin it. */
  get canGoOn(): boolean { return this.ended && this.following !== null && this.#s.holdsKey && this.#s.room?.next === undefined }
  get ended(): boolean { return this.on && this.at >= this.stopsOfText.length }
  get introducing(): boolean { return this.on && this.at < 0 }
  /** The stops, for the timeline; empty outside a lesson. */
  get stops(): readonly Flag[] {
    if (!this.on) return []
    return (this.taught?.lesson.stops ?? []).map(({ t }, i) => ({ number: i + 1, title: this.text?.stops[i]?.title ?? '', t, here: i === this.at }))
  }
  /** The page looks at something else than the stop. */
  get away(): boolean {
    const s = this.#s
    if (!this.stop) return false
    if (s.run !== this.taught?.number || s.playing) return true
    return this.#landed !== null && Math.abs((s.motion?.to.at ?? s.t) - this.#landed) > 1
  }
  /** The words fit the run: a file that was changed since is another lesson. */
  get stale(): boolean { return this.taught !== null && this.text !== null && this.text.stops.length !== this.taught.lesson.stops.length }
  /** The lesson after this one: its class's next, where a class was begun, or else the next number; `null` after the last. */
  get following(): Following | null {
    const lesson = this.taught?.lesson.lesson
    return lesson === undefined || this.list === null ? null : followingOf(this.list, lesson, this.chosenClass, this.language)
  }

  /** How things stand, for the presenter's window; `null` outside a lesson. */
  get told(): Told | null {
    const { text, taught, progress } = this
    return text && taught && progress ? { kind: 'told', lesson: text, answers: taught.lesson.answers, progress, away: this.away, begun: this.begun } : null
  }

  /** Real players and servers that take part, by name: without an end of their connections no other run begins. */
  get outsiders(): readonly string[] {
    const { room } = this.#s
    const players = (room?.clients ?? []).filter((one) => one.real && one.left === null)
    const servers = (room?.sources ?? []).filter((one) => one.left === null && (one.state === 'open' || one.state === 'connected'))
    return [...players, ...servers].map((one) => one.name)
  }

  // What views do.

  /** Asks what lessons there are. */
  fetch(): void { this.#s.get({ kind: 'lessons' }) }

  /** The room begins a lesson's run, or another one. */
  begin(what: { lesson: string; class?: string } | { scenario: string; seed: string }): void {
    const cut = this.cutOff && this.outsiders.length > 0 ? { cutOff: true } : {}
    if ('lesson' in what) {
      this.chosenClass = what.class ?? null
      this.#s.command({ kind: 'begin', lesson: what.lesson, ...cut })
    } else this.#s.command({ kind: 'begin', scenario: what.scenario, ...(what.seed === '' ? {} : { seed: what.seed }), ...cut })
  }
  cancel(): void { this.#s.command({ kind: 'cancelBegin' }) }

  /** Enters the lesson of the room's run, where this page left it or at its beginning. */
  enter(progress: Progress = BEGINNING): void {
    if (!this.text || !this.taught || this.stale) return
    this.progress = progress
    this.#s.stepSize = 'stop'
    this.#keep(false)
    this.#land()
  }
  /** Enters it again where it was left. */
  comeBack(): void {
    const kept = this.taught && keptOf(this.taught.id)
    this.enter((kept && restored(this.#outline, kept.progress)) ?? BEGINNING)
  }
  leave(): void {
    if (!this.on) return
    this.#keep(true)
    this.progress = null
    this.#coming = null
    if (this.#s.stepSize === 'stop') this.#s.stepSize = 'layer'
  }
  restart(): void {
    this.begun = null
    this.enter(BEGINNING)
  }
  jump(to: number): void {
    if (!this.on) return
    this.#s.stepSize = 'stop'
    this.#home()
    this.progress = arrive(this.#outline, to)
    this.#keep(false)
    this.#land()
  }
  /** Back to the stop, from wherever the page looks around, also from another future. */
  returnToStop(): void {
    if (!this.on) return
    this.#s.stepSize = 'stop'
    this.#home()
    this.#land()
  }
  act(what: Act): void {
    const before = this.progress
    if (!before) return
    const after = act(this.#outline, before, what)
    if (after === before) return
    this.progress = after
    if (this.begun === null && after.at >= 0) this.begun = Date.now()
    this.#keep(false)
    if (after.at !== before.at) this.#land()
  }
  /** The next stop; a step that moves is finished first. */
  next(): void {
    const s = this.#s
    if (s.motion) s.finishMotion()
    else if (this.away && this.progress?.question && !this.#known) this.returnToStop()
    else if (this.canGoOn) this.goOn()
    else if (this.primary === 'list') this.listOpen = true
    else this.act({ kind: 'next' })
  }
  /** The lesson that follows begins. */
  goOn(): void {
    const next = this.following
    if (next) this.begin({ lesson: next.card.id, ...(next.class === undefined ? {} : { class: next.class }) })
  }
  /** What Next did, undone; who looked around comes back to the stop. */
  back(): void {
    if (this.away) this.returnToStop()
    else this.act({ kind: 'back' })
  }

  // What the session tells.

  /** How things stand in a run: perhaps one that was made for a lesson. `linked`: the page's address names a moment of it. */
  welcome(hello: Hello, linked: boolean): void {
    if (hello.run.number !== hello.room.original || this.taught?.id === hello.run.id) return
    const { lesson } = hello.run
    this.cutOff = false
    this.progress = null
    this.#coming = null
    this.text = null
    this.refused = null
    if (this.#s.stepSize === 'stop') this.#s.stepSize = 'layer'
    this.taught = lesson ? { number: hello.run.number, id: hello.run.id, lesson } : null
    if (!lesson) return
    this.#linked = linked
    this.#s.get({ kind: 'lesson', lesson: lesson.lesson, language: this.language })
    if (this.list === null) this.fetch()
  }
  #linked = false

  listed(cards: readonly LessonCard[], classes: readonly LessonClass[], bad: readonly BadLesson[]): void { this.list = { cards, classes, bad } }

  heard(lesson: Lesson): void {
    const { taught } = this
    if (this.aside) this.text = lesson
    if (!taught || lesson.card.id !== taught.lesson.lesson) return
    this.text = lesson
    if (this.progress !== null || this.stale || this.aside) return
    const kept = keptOf(taught.id)
    this.begun = kept?.begun ?? null
    this.chosenClass ??= kept?.class ?? null
    const before = keptElsewhere(lesson.card.id, taught.id)
    const stop = before ? (restored(this.#outline, before.progress)?.at ?? -1) : -1
    this.earlier = kept === null && stop > 0 && stop < this.stopsOfText.length ? stop : null
    // Who came by a link to a moment wants that moment.
    if (kept ? !kept.left : !this.#linked) this.enter(restored(this.#outline, kept?.progress) ?? BEGINNING)
  }
  notTold(reason: string): void { this.refused = reason }

  /** Rows or details came: a stop that waited for them is reached, its field opened. */
  refresh(): void {
    const target = this.#coming?.place.t
    // Who has gone elsewhere meanwhile is left there.
    if (target !== undefined && (this.#s.playing || Math.abs(this.#s.t - target) > 1 && this.#s.t < this.#s.live)) {
      this.#coming = null
      this.#landed = target
    } else this.#pursue()
    this.#openField()
  }

  // How.

  get #outline(): Outline {
    return this.stopsOfText.map((stop, i) => {
      const answer = this.taught?.lesson.answers[i]
      return stop.question && answer ? { choices: stop.question.choices.length, right: answer.right } : null
    })
  }
  get #known(): boolean {
    const asked = this.progress?.question?.asked
    return asked === 'right' || asked === 'revealed'
  }
  #keep(left: boolean): void {
    const { taught, progress } = this
    if (taught && progress) keep({ run: taught.id, lesson: taught.lesson.lesson, progress, left, begun: this.begun, class: this.chosenClass })
  }
  /** Shows the lesson's own run, where another future is shown. */
  #home(): void {
    const { taught } = this
    if (taught && this.#s.run !== taught.number) this.#s.watchRuns(taught.number, null)
  }

  /** Turns the page to the stop: its moment, what it follows, and how it looks at it. */
  #land(): void {
    const s = this.#s
    const at = this.at
    s.finishMotion()
    s.invited = false
    if (s.playing) s.pause()
    s.playing = false
    s.following = false
    this.#field = null
    const settings = settingsAt(this.stopsOfText, at)
    if (settings.tab !== null) s.shelf = settings.tab
    // Where no stop has said, it looks as a lesson begins: however one comes here, it is the same.
    s.view = STAGE_VIEWS.find((one) => one === settings.view) ?? 'valley'
    s.looking.lens = (settings.lens ?? 0) as typeof s.looking.lens
    const client = this.#clientAt(at)
    if (client !== null && at < 0) s.turnTo(client)
    // At the end the last stop stays in view.
    if (at >= this.stopsOfText.length) return
    const place = this.taught?.lesson.stops[at] ?? { t: s.oldest }
    this.#landed = null
    this.#coming = { place, field: this.stopsOfText[at]?.field ?? null }
    this.#pursue()
  }

  /** The client that a stop looks at, where it does. */
  #clientOf(place: StopPlace): number | null {
    return this.#s.room?.clients.find((one) => one.node === place.node)?.node ?? null
  }
  /** The client that is watched at a stop: the last one that a stop has looked at, or the first. */
  #clientAt(at: number): number | null {
    const before = (this.taught?.lesson.stops ?? []).slice(0, at + 1).map((place) => this.#clientOf(place))
    return before.findLast((one) => one !== null) ?? this.#s.room?.clients[0]?.node ?? null
  }

  #pursue(): void {
    const s = this.#s
    const coming = this.#coming
    if (!coming) return
    const { place, field } = coming
    const moment = Math.max(s.oldest, Math.min(place.t, s.live))
    const subject = subjectOf(place)
    const client = this.#clientOf(place)
    const wasThere = s.journey !== null && (client === null || client === s.client) && subject !== null && s.journey.subject.kind === subject.kind && s.journey.subject.id === subject.id
    if (subject === null || !wasThere) {
      if (s.t !== place.t || s.journey !== null) this.cuts += 1
      s.follow(null)
      s.select(null)
      s.setTime(moment)
    }
    const watched = client ?? this.#clientAt(this.at)
    if (subject === null && watched !== null) s.turnTo(watched)
    if (subject !== null && !s.standOn(subject, (steps) => stepAt(steps, place), client)) {
      // Its rows are on their way; what was sent long before comes with an earlier part.
      if (s.trace.missing(place.t - SECOND, place.t + SECOND).length > 0) return
      const earlier = Math.max(s.oldest, place.t - LONG_AGO)
      if (s.trace.missing(earlier, place.t).length > 0) {
        s.want(earlier, place.t)
        return
      }
      s.setTime(moment)
    }
    this.#coming = null
    this.#landed = s.motion?.to.at ?? s.t
    if (place.frame !== undefined) s.select(place.frame)
    const frame = s.selection?.frame
    if (frame !== undefined && (field !== null || s.looking.lens > 1)) this.#field = { frame, name: field }
    this.#openField()
  }

  #openField(): void {
    const wanted = this.#field
    const detail = wanted && this.#s.detailOf(wanted.frame)
    if (!wanted || !detail) return
    this.#field = null
    const path = wanted.name === null ? null : pathOfField(detail, wanted.name)
    const layer = path?.layer ?? lensLayer(detail.layers, this.#s.looking.lens, this.#s.fiveLayers)
    if (this.#s.selection?.frame === wanted.frame && layer !== null) this.#s.select(wanted.frame, layer, path?.field ?? null)
  }
}
