import type { Step, Subject } from '../trace'
import { items, SECOND } from '../trace'
import type { Nanos } from '../wire'
import { Following, sameSubject } from './following'
import { Seeking } from './seeking'
import type { Stage } from './stage'
import { type Mark, Trail } from './trail'
import type { Sent, StepSize } from './types'

/** How far back something to follow is looked for when nothing remembered is left. */
const BEHIND: Nanos = 3 * SECOND
/** How many presses are kept while a step waits for rows; more are forgotten. */
export const QUEUE = 8

/** What a step is: the next event of what is followed, then of what it caused. */
export class Stepper {
  #s: Stage
  #following: Following
  #seeking: Seeking
  #trail = new Trail()
  /** Presses that came while a step was waiting: they are made when it is. */
  #presses: StepSize[] = []
  /** The step to come back to when the rows of what is followed are here. */
  #return: number | null = null

  constructor(stage: Stage) {
    this.#s = stage
    this.#following = new Following(stage)
    this.#seeking = new Seeking(stage, this.#following, () => this.#remember())
  }

  // Orders.

  forward(size: StepSize = this.#s.stepSize): void {
    const s = this.#s
    s.invited = false
    s.trouble = null
    s.sent = null
    if (s.waiting && !s.playing) {
      if (this.#presses.length < QUEUE) this.#presses.push(size)
      return
    }
    if (s.motion) {
      s.finishMotion()
      return
    }
    if (s.playing) s.pause()
    if (!s.subject) this.followOne()
    else this.#go(size)
  }

  back(): void {
    const s = this.#s
    s.invited = false
    s.sent = null
    this.#stopSeeking()
    if (s.motion) {
      s.motion = null
    } else if (s.playing) s.pause()
    const mark = this.#trail.pop()
    if (mark) {
      this.#restore(mark)
      return
    }
    const index = this.#following.previous()
    if (s.journey && index !== undefined) this.#following.stand(index)
    else this.#before()
  }

  follow(subject: Subject | null): void {
    this.#s.finishMotion()
    this.#stopSeeking()
    if (subject === null) {
      this.leave()
      return
    }
    if (this.#s.playing) this.#s.pause()
    this.#s.invited = false
    this.#s.sent = null
    this.#remember()
    this.#following.begin(subject)
  }

  followOne(): void {
    const s = this.#s
    s.invited = false
    s.sent = null
    if (s.playing) s.pause()
    this.#remember()
    this.#seeking.want({ kind: 'item', from: s.t, past: null })
  }

  /** Follows a request that was ordered; time stands still for it. */
  followRequest(sent: Sent): void {
    const s = this.#s
    s.invited = false
    s.finishMotion()
    if (s.playing) s.pause()
    this.#remember()
    this.#seeking.want({ kind: 'new', from: sent.at, sent })
  }

  nextMessage(): void {
    const s = this.#s
    s.invited = false
    s.sent = null
    s.finishMotion()
    if (s.playing && s.speed !== 'beats') s.pause()
    this.#remember()
    this.#seeking.want({ kind: 'item', from: s.t, past: s.subject })
  }

  nextProblem(): void {
    const s = this.#s
    s.invited = false
    s.sent = null
    s.finishMotion()
    if (s.playing) s.pause()
    this.#remember()
    this.#seeking.want({ kind: 'problem', from: s.t })
  }

  /** With "beats", one step without a hand. */
  beat(): void {
    const s = this.#s
    if (s.waiting) return
    if (!s.subject) this.#seeking.want({ kind: 'item', from: s.t, past: null })
    else this.#go('layer')
  }

  /** Nothing is followed any more. */
  leave(): void {
    this.#following.leave()
    this.#stopSeeking()
    this.#return = null
    this.#trail.clear()
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
    this.#stopSeeking()
    s.stepIndex = this.#following.reached() ?? null
    const step = s.stepIndex === null ? undefined : steps[s.stepIndex]
    if (step) this.#following.select(step)
    this.#trail.clear()
  }

  /** While time runs: the step that was passed last. */
  passed(): void {
    const s = this.#s
    const journey = s.journey
    if (!journey) return
    const index = this.#following.reached()
    if (index !== undefined && index !== s.stepIndex) {
      s.stepIndex = index
      // What a hand has picked stays; what the steps showed goes with them.
      const step = journey.steps[index]
      if (step && (s.selection?.layer ?? null) === null) this.#following.select(step)
    }
    const last = journey.steps.at(-1)
    if (!journey.finished || !last || s.t < last.at) return
    const slow = typeof s.speed === 'number' && s.speed <= 0.01
    const pause = typeof s.speed === 'number' ? SECOND * s.speed : 0
    if (s.t < last.at + pause) return
    if (slow) this.#seeking.want({ kind: 'item', from: s.t, past: null })
    else this.leave()
  }

  /** Rows came: what is followed may have new events, and a step that waited may go on. */
  refresh(): void {
    const s = this.#s
    if (s.subject) this.#following.derive(s.subject)
    const back = this.#return
    if (back !== null && back < (s.journey?.steps.length ?? 0)) {
      this.#return = null
      this.#following.stand(back)
    }
    // Its frame may have come only now, with rows that were fetched.
    const step = s.stepIndex === null ? undefined : s.journey?.steps[s.stepIndex]
    if (step && s.selection === null && !s.playing) this.#following.select(step)
    this.#seeking.pursue()
    this.#press()
  }

  /** How many steps of the journey are shown, and which of them the cursor stands on (from 1). */
  count(): { n: number; of: number | null } | null {
    const s = this.#s
    if (!s.journey || s.stepIndex === null) return null
    const visible = this.#following.visible()
    return { n: visible.indexOf(s.stepIndex) + 1, of: s.journey.finished ? visible.length : null }
  }

  /** Stands on a step again, as soon as its rows are here. */
  comeBack(subject: Subject, index: number | null): void {
    this.#s.subject = subject
    this.#return = index
    this.refresh()
  }

  /**
   * Stands on a step of something that `pick` chooses among all; moves on to it where that is
   * followed already and it is further on. `false`: its rows are not here, and nothing is followed.
   * `at`: it is watched at this client, though it may be another's.
   */
  standOn(subject: Subject, pick: (steps: readonly Step[]) => number | null, at: number | null = null): boolean {
    const s = this.#s
    this.#stopSeeking()
    this.#return = null
    this.#trail.clear()
    const client = at ?? this.#following.ownerOf(subject)
    if (client !== null && client !== s.client) {
      // Its way may be another one to there.
      this.#following.leave()
      s.turnTo(client)
    }
    const from = sameSubject(subject, s.subject) ? s.stepIndex : null
    if (from === null) this.#following.begin(subject, at)
    const index = pick(s.journey?.steps ?? [])
    if (index === null) {
      this.leave()
      return false
    }
    if (from !== null && index > from) this.#following.moveTo(index)
    else this.#following.stand(index)
    return true
  }

  /** There is something to step to without another message. */
  hasNext(): boolean {
    const following = this.#following
    return following.next('layer') !== undefined || following.cause() !== null || following.expectsAnswer()
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
      this.#seeking.onward()
      return
    }
    const next = this.#following.next(size)
    if (next !== undefined) {
      this.#remember()
      this.#following.moveTo(next)
    } else if (s.journey?.finished) {
      this.#remember()
      this.#seeking.onward()
    } else {
      this.#seeking.want({ kind: 'step', size })
    }
  }

  /** Makes the presses that came while a step waited, as if they had come now. */
  #press(): void {
    while (this.#presses.length > 0 && !this.#s.waiting && !this.#s.playing) {
      const size = this.#presses.shift()
      if (size) this.forward(size)
    }
  }

  /** Gives up what was sought, and the presses that waited for it. */
  #stopSeeking(): void {
    this.#presses = []
    this.#seeking.stop()
  }

  #goToPicture(): void {
    const s = this.#s
    for (const segment of s.trace.segments(s.t, s.live + 1)) {
      const row = segment.pictures.find((p) => p.at > s.t && (s.client === null || p.client === s.client))
      if (!row) continue
      const message = row.slots.findLast((slot) => slot.message !== null)?.message
      if (message == null) continue
      this.#following.begin({ kind: 'message', id: message })
      this.#following.standOn('shown')
      return
    }
    // Not shown yet: go on with what is sent.
    this.#seeking.onward()
  }

  #remember(): void {
    const s = this.#s
    this.#trail.push({ subject: s.subject, index: s.stepIndex, t: s.t, hidden: s.hidden, selection: s.selection, client: s.client })
  }

  #restore(mark: Mark): void {
    const s = this.#s
    if (mark.subject === null) this.#following.leave()
    else if (!sameSubject(mark.subject, s.subject)) {
      s.subject = mark.subject
      s.journey = null
      s.stepIndex = null
      this.#following.derive(mark.subject)
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
    const earlier = items(s.trace, Math.max(0, s.t - BEHIND), s.t, s.client)
      .filter((item) => !(item.filter && s.filters[item.filter]) && !sameSubject(item.subject, s.subject))
    const item = earlier.findLast((one) => !this.#following.foreign(one.subject))
    if (item) this.#following.begin(item.subject)
  }
}
