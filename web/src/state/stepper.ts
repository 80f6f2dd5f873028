import type { Item, Journey, Step, Subject } from '../trace'
import { clientOf, items, journey as derive, nextProblem, SECOND } from '../trace'
import type { AdvanceTo, Nanos, Pace, RoomState, Topology } from '../wire'
import type { Trace } from '../trace'
import type { Motion } from './session.svelte'
import { CELL } from './overview'
import type { Filters, Selection, Speed, StepSize, Trouble } from './types'

/** How many steps can be taken back exactly. */
export const TRAIL = 500
/** How often a world that stands still is moved on by one event before a step gives up. */
const ADVANCES = 400
/** How long after a request its response is waited for. */
const ANSWER_WITHIN: Nanos = 10 * SECOND
/** How far ahead something to follow is looked for in memory. */
const AHEAD: Nanos = 3 * SECOND

/** What the stepper needs of the session. */
export interface Stage {
  readonly trace: Trace
  readonly topology: Topology
  readonly room: RoomState | null
  readonly rulesTime: boolean
  readonly step: Step | null
  readonly worldStands: boolean
  readonly overview: readonly { drops: number }[]
  readonly overviewStart: Nanos
  t: Nanos
  live: Nanos
  playing: boolean
  following: boolean
  speed: Speed
  invited: boolean
  reducedMotion: boolean
  subject: Subject | null
  journey: Journey | null
  stepIndex: number | null
  motion: Motion | null
  waiting: boolean
  stepSize: StepSize
  filters: Filters
  /** TCP/IP's five layers: OSI's 6 and 5 have no step of their own. */
  readonly fiveLayers: boolean
  hidden: number
  selection: Selection | null
  readonly client: number | null
  trouble: Trouble | null
  pause(): void
  /** Watches a client; what is followed stays. */
  turnTo(client: number): void
  finishMotion(): void
  setTime(t: Nanos): void
  startMotion(from: Step, to: Step): void
  fetchDetail(frame: number): void
  want(from: Nanos, to: Nanos): void
  command(command: { kind: 'advance'; to: AdvanceTo } | { kind: 'pace'; pace: Pace }, done?: () => void): void
}

/** Something that is done as soon as the rows for it are here. */
type Goal = 'step' | 'item' | 'new' | 'problem'

interface Mark {
  subject: Subject | null
  index: number | null
  t: Nanos
  hidden: number
  selection: Selection | null
  client: number | null
}

const sameSubject = (a: Subject | null, b: Subject | null): boolean => a?.kind === b?.kind && a?.id === b?.id

/** Two derivations of a journey have the same step. */
const sameStep = (a: Step, b: Step): boolean =>
  a.kind === b.kind && a.at === b.at && a.node === b.node && a.frame?.id === b.frame?.id

/** What a step is: the next event of what is followed, then of what it caused. */
export class Stepper {
  #s: Stage
  #trail: Mark[] = []
  #goal: Goal | null = null
  #size: StepSize = 'layer'
  #advances = 0
  #advancing = false
  #from: Nanos = 0
  /** The step to come back to when the rows of what is followed are here. */
  #return: number | null = null

  constructor(stage: Stage) {
    this.#s = stage
  }

  // Orders.

  forward(size: StepSize = this.#s.stepSize): void {
    const s = this.#s
    s.invited = false
    s.trouble = null
    if (s.motion) {
      s.finishMotion()
      return
    }
    if (s.playing) s.pause()
    this.#advances = 0
    this.#size = size
    if (!s.subject) this.followOne()
    else this.#go(size)
  }

  back(): void {
    const s = this.#s
    s.invited = false
    s.waiting = false
    this.#goal = null
    if (s.motion) {
      s.motion = null
    } else if (s.playing) s.pause()
    const mark = this.#trail.pop()
    if (mark) {
      this.#restore(mark)
      return
    }
    const index = this.#visible().filter((i) => i < (s.stepIndex ?? 0)).at(-1)
    if (s.journey && index !== undefined) this.#stand(index)
    else this.#before()
  }

  follow(subject: Subject | null): void {
    this.#s.finishMotion()
    if (subject === null) {
      this.leave()
      return
    }
    if (this.#s.playing) this.#s.pause()
    this.#s.invited = false
    this.#remember()
    this.#begin(subject)
  }

  followOne(): void {
    const s = this.#s
    s.invited = false
    if (s.playing) s.pause()
    this.#remember()
    this.#from = s.t
    this.#want('item')
  }

  /** Follows what the client sends from now on. */
  followNew(): void {
    this.#remember()
    this.#from = this.#s.live
    this.#want('new')
  }

  nextMessage(): void {
    const s = this.#s
    s.invited = false
    s.finishMotion()
    if (s.playing && s.speed !== 'beats') s.pause()
    this.#remember()
    this.#from = s.t
    this.#want('item')
  }

  nextProblem(): void {
    const s = this.#s
    s.invited = false
    s.finishMotion()
    if (s.playing) s.pause()
    this.#remember()
    this.#from = s.t
    this.#want('problem')
  }

  /** With "beats", one step without a hand. */
  beat(): void {
    if (this.#s.waiting) return
    this.#advances = 0
    if (!this.#s.subject) {
      this.#from = this.#s.t
      this.#want('item')
    } else this.#go('layer')
  }

  /** Nothing is followed any more. */
  leave(): void {
    const s = this.#s
    s.subject = null
    s.journey = null
    s.stepIndex = null
    s.motion = null
    s.waiting = false
    s.hidden = 0
    this.#goal = null
    this.#return = null
    this.#trail = []
  }

  /** After the cursor was put somewhere: the step it stands on, if what is followed is under way there. */
  place(): void {
    const s = this.#s
    const steps = s.journey?.steps ?? []
    const first = steps[0]
    const last = steps.at(-1)
    if (!first || !last || s.t < first.at || s.t > last.at + SECOND) {
      this.leave()
      return
    }
    s.stepIndex = this.#visible().filter((i) => (steps[i]?.at ?? Infinity) <= s.t).at(-1) ?? null
    const step = s.stepIndex === null ? undefined : steps[s.stepIndex]
    if (step) this.#select(step)
    this.#trail = []
  }

  /** While time runs: the step that was passed last. */
  passed(): void {
    const s = this.#s
    const journey = s.journey
    if (!journey) return
    const index = this.#visible().filter((i) => (journey.steps[i]?.at ?? Infinity) <= s.t).at(-1)
    if (index !== undefined && index !== s.stepIndex) {
      s.stepIndex = index
      // What a hand has picked stays; what the steps showed goes with them.
      const step = journey.steps[index]
      if (step && (s.selection?.layer ?? null) === null) this.#select(step)
    }
    const last = journey.steps.at(-1)
    if (!journey.finished || !last || s.t < last.at) return
    const slow = typeof s.speed === 'number' && s.speed <= 0.01
    const pause = typeof s.speed === 'number' ? SECOND * s.speed : 0
    if (s.t < last.at + pause) return
    if (slow) {
      this.#from = s.t
      this.#want('item')
    } else this.leave()
  }

  /** Rows came: what is followed may have new events, and a step that waited may go on. */
  refresh(): void {
    const s = this.#s
    if (s.subject) this.#derive(s.subject)
    const back = this.#return
    if (back !== null && back < (s.journey?.steps.length ?? 0)) {
      this.#return = null
      this.#stand(back)
    }
    // Its frame may have come only now, with rows that were fetched.
    const step = s.stepIndex === null ? undefined : s.journey?.steps[s.stepIndex]
    if (step && s.selection === null && !s.playing) this.#select(step)
    this.#pursue()
  }

  /** How many steps of the journey are shown, and which of them the cursor stands on (from 1). */
  count(): { n: number; of: number | null } | null {
    const s = this.#s
    if (!s.journey || s.stepIndex === null) return null
    const visible = this.#visible()
    return { n: visible.indexOf(s.stepIndex) + 1, of: s.journey.finished ? visible.length : null }
  }

  /** Stands on a step again, as soon as its rows are here. */
  comeBack(subject: Subject, index: number | null): void {
    this.#s.subject = subject
    this.#return = index
    this.refresh()
  }

  /** There is something to step to without another message. */
  hasNext(): boolean {
    return this.#next('layer') !== undefined || this.#cause() !== null || this.#expectsAnswer()
  }

  // How.

  #go(size: StepSize): void {
    const s = this.#s
    if (size === 'picture') {
      this.#remember()
      this.#goToPicture()
      return
    }
    if (size === 'message') {
      this.#remember()
      this.#nextSubject()
      return
    }
    const next = this.#next(size)
    if (next !== undefined) {
      this.#remember()
      this.#moveTo(next)
    } else if (s.journey?.finished) {
      this.#remember()
      this.#nextSubject()
    } else {
      this.#want('step')
    }
  }

  /** The message that this one caused, or else the next one. */
  #nextSubject(): void {
    const caused = this.#cause()
    if (caused) {
      this.#begin(caused)
      return
    }
    this.#from = this.#s.t
    this.#want('item')
  }

  #want(goal: Goal): void {
    this.#goal = goal
    this.#advances = 0
    this.#s.waiting = true
    this.#pursue()
  }

  /** Tries to reach the goal with the rows that are here; otherwise asks for more. */
  #pursue(): void {
    const s = this.#s
    const goal = this.#goal
    if (!goal) return
    if (goal === 'step') {
      const next = this.#next(this.#size)
      if (next !== undefined) {
        this.#reached()
        this.#remember()
        this.#moveTo(next)
        return
      }
      if (s.journey?.finished && !this.#expectsAnswer()) {
        this.#reached()
        this.#remember()
        this.#nextSubject()
        return
      }
      if (s.journey?.finished) {
        const caused = this.#cause()
        if (caused) {
          this.#reached()
          this.#remember()
          this.#begin(caused)
          return
        }
      }
    } else if (goal === 'problem') {
      const problem = nextProblem(s.trace, this.#from, s.client)
      if (problem) {
        this.#reached()
        this.#begin(problem.message === null ? { kind: 'frame', id: problem.frame } : { kind: 'message', id: problem.message })
        const index = (s.journey?.steps ?? []).findIndex((step) => step.kind === 'drop')
        if (index >= 0) this.#stand(index)
        return
      }
      if (!this.#fetchProblem()) {
        this.#reached()
        s.trouble = { kind: 'noProblem' }
      }
      return
    } else {
      const item = this.#nextItem(goal)
      if (item) {
        this.#reached()
        this.#begin(item.subject)
        return
      }
    }
    this.#askForMore()
  }

  #reached(): void {
    this.#goal = null
    this.#s.waiting = false
  }

  /** The next thing to follow from `#from` on; counts what the filters leave out. */
  #nextItem(goal: Goal): Item | null {
    const s = this.#s
    const candidates = items(s.trace, this.#from, Math.max(this.#from + AHEAD, s.live + 1), s.client)
      .filter((item) => item.at <= s.live && !sameSubject(item.subject, s.subject))
    let hidden = 0
    for (const item of candidates) {
      if (goal === 'new' && (item.message?.from !== s.client || item.message.what.kind !== 'request')) continue
      if (item.filter && s.filters[item.filter]) {
        hidden += 1
        continue
      }
      if (this.#foreign(item.subject)) continue
      s.hidden += hidden
      return item
    }
    return null
  }

  /** Looks for the next drop in the timeline's counts and asks for its rows. */
  #fetchProblem(): boolean {
    const s = this.#s
    const first = Math.max(0, Math.floor((this.#from - s.overviewStart) / CELL) + 1)
    for (let cell = first; cell < s.overview.length; cell += 1) {
      if ((s.overview[cell]?.drops ?? 0) === 0) continue
      const at = s.overviewStart + cell * CELL
      const missing = s.trace.missing(at - SECOND, at + SECOND)
      if (missing.length === 0) continue
      s.want(at - SECOND, at + SECOND)
      return true
    }
    return false
  }

  /** The world stands still: let it go on a little. Otherwise the rows come by themselves. */
  #askForMore(): void {
    const s = this.#s
    if (!s.worldStands || !s.rulesTime || this.#advancing) return
    if (this.#advances >= ADVANCES) {
      this.#reached()
      return
    }
    this.#advances += 1
    this.#advancing = true
    const subject = s.subject
    const to: AdvanceTo =
      this.#goal !== 'step' || !subject || s.journey?.finished || this.#advances > 3 ? { kind: 'event' }
      : subject.kind === 'message' ? { kind: 'message', message: subject.id } : { kind: 'frame', frame: subject.id }
    const live = s.live
    s.command({ kind: 'advance', to }, () => {
      this.#advancing = false
      // The rows came before the answer; where nothing came, nothing will.
      if (this.#goal && s.live === live && this.#advances > 3) this.#reached()
      else this.#pursue()
    })
  }

  #begin(subject: Subject): void {
    const s = this.#s
    s.subject = subject
    s.stepIndex = null
    s.journey = null
    this.#derive(subject)
    const first = this.#visible()[0]
    if (first !== undefined) this.#stand(first)
  }

  #derive(subject: Subject): void {
    const s = this.#s
    const before = s.step
    const owner = this.#owner(subject)
    if (owner !== null) s.turnTo(owner)
    if (s.journey?.finished && sameSubject(s.journey.subject, subject)) return
    const next = derive(s.trace, s.topology, subject)
    // What was followed has left memory: keep what is known of it.
    if (next.steps.length < (s.journey?.steps.length ?? 0)) return
    s.journey = next
    if (before) {
      const index = next.steps.findIndex((step) => sameStep(step, before))
      if (index >= 0) s.stepIndex = index
    } else if (s.stepIndex === null) {
      const first = this.#visible()[0]
      if (first !== undefined) this.#stand(first)
    }
    for (const step of next.steps) {
      if (step.frame) s.fetchDetail(step.frame.id)
      if (step.next) s.fetchDetail(step.next.id)
    }
  }

  /** The client of the room that something belongs to, where it is known. */
  #owner(subject: Subject): number | null {
    const { trace, room, topology } = this.#s
    const clients = (room?.clients ?? []).map((client) => client.node)
    const owner = clientOf(trace, subject, clients, topology)
    return owner !== null && clients.includes(owner) ? owner : null
  }

  /** It belongs to another client than the one watched. */
  #foreign(subject: Subject): boolean {
    const owner = this.#owner(subject)
    return owner !== null && owner !== this.#s.client
  }

  /** The places of the steps that the filters leave. */
  #visible(): number[] {
    const s = this.#s
    return (s.journey?.steps ?? []).flatMap((step, i) => (this.#left(step) ? [] : [i]))
  }

  /** A step that is left out: by a filter, or because the chosen model has no such layer. */
  #left(step: Step): boolean {
    const s = this.#s
    if (step.filter && s.filters[step.filter]) return true
    return s.fiveLayers && step.kind === 'format' && step.message?.what.kind !== 'rtp'
  }

  #next(size: StepSize): number | undefined {
    const s = this.#s
    const after = this.#visible().filter((i) => i > (s.stepIndex ?? -1))
    if (size !== 'hop') return after[0]
    const here = s.step
    const steps = s.journey?.steps ?? []
    const final = (step: Step | undefined): boolean => step?.kind === 'deliver' || step?.kind === 'drop' || step?.kind === 'shown'
    const other = after.find((i) => steps[i]?.node !== here?.node || final(steps[i]))
    return other ?? (s.journey?.finished ? after.at(-1) : undefined)
  }

  #cause(): Subject | null {
    const s = this.#s
    if (s.subject?.kind !== 'message') return null
    const answer = s.trace.answers(s.subject.id)[0]
    return answer ? { kind: 'message', id: answer.id } : null
  }

  /** A request was delivered, and its response has not been written yet. */
  #expectsAnswer(): boolean {
    const s = this.#s
    if (s.subject?.kind !== 'message' || !s.journey?.finished) return false
    const message = s.trace.message(s.subject.id)
    if (message?.what.kind !== 'request') return false
    return s.trace.answers(message.id).length === 0 && s.trace.live < message.at + ANSWER_WITHIN
  }

  #moveTo(index: number): void {
    const s = this.#s
    const from = s.step
    const to = s.journey?.steps[index]
    if (!to) return
    const between = (s.journey?.steps ?? []).slice((s.stepIndex ?? -1) + 1, index)
    s.hidden += between.filter((step) => step.filter && s.filters[step.filter]).length
    s.stepIndex = index
    this.#select(to)
    if (from && to.at >= from.at) s.startMotion(from, to)
    else s.setTime(to.at)
  }

  #stand(index: number): void {
    const s = this.#s
    const step = s.journey?.steps[index]
    if (!step) return
    s.motion = null
    s.stepIndex = index
    s.setTime(step.at)
    this.#select(step)
  }

  /** Bench and strip show the frame that the step is about. */
  #select(step: Step): void {
    const s = this.#s
    const frame = (step.kind === 'route' ? step.next : step.frame) ?? this.#frameToCome(step)
    s.selection = frame ? { frame: frame.id, layer: null, field: null } : null
    if (frame) s.fetchDetail(frame.id)
  }

  #frameToCome(step: Step): Step['frame'] {
    return step.message ? (this.#s.trace.framesOf(step.message.id)[0] ?? null) : null
  }

  #goToPicture(): void {
    const s = this.#s
    for (const segment of s.trace.segments(s.t, s.live + 1)) {
      const row = segment.pictures.find((p) => p.at > s.t && (s.client === null || p.client === s.client))
      if (!row) continue
      const message = row.slots.findLast((slot) => slot.message !== null)?.message
      if (message == null) continue
      this.#begin({ kind: 'message', id: message })
      const index = (s.journey?.steps ?? []).findIndex((step) => step.kind === 'shown')
      if (index >= 0) this.#stand(index)
      return
    }
    // Not shown yet: go on with what is sent.
    this.#nextSubject()
  }

  #remember(): void {
    const s = this.#s
    this.#trail.push({ subject: s.subject, index: s.stepIndex, t: s.t, hidden: s.hidden, selection: s.selection, client: s.client })
    if (this.#trail.length > TRAIL) this.#trail.shift()
  }

  #restore(mark: Mark): void {
    const s = this.#s
    const trail = this.#trail
    if (mark.subject === null) {
      this.leave()
      this.#trail = trail
    } else if (!sameSubject(mark.subject, s.subject)) {
      s.subject = mark.subject
      s.journey = null
      s.stepIndex = null
      this.#derive(mark.subject)
    }
    if (mark.client !== null) s.turnTo(mark.client)
    s.motion = null
    s.stepIndex = mark.index
    s.hidden = mark.hidden
    s.selection = mark.selection
    s.setTime(mark.t)
  }

  /** Nothing remembered: the last thing before the cursor, at its last event. */
  #before(): void {
    const s = this.#s
    const earlier = items(s.trace, Math.max(0, s.t - AHEAD), s.t, s.client)
      .filter((item) => !(item.filter && s.filters[item.filter]) && !sameSubject(item.subject, s.subject))
    const item = earlier.findLast((one) => !this.#foreign(one.subject))
    if (item) this.#begin(item.subject)
  }
}
