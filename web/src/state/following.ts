import type { Step, Subject } from '../trace'
import { clientOf, journey as derive, SECOND } from '../trace'
import type { Nanos } from '../wire'
import type { Stage } from './stage'
import type { StepSize } from './types'

/** How long after a request its response is waited for. */
const ANSWER_WITHIN: Nanos = 10 * SECOND

/** The same thing is followed. */
export const sameSubject = (a: Subject | null, b: Subject | null): boolean => a?.kind === b?.kind && a?.id === b?.id

/** Two derivations of a journey have the same step. */
const sameStep = (a: Step, b: Step): boolean =>
  a.kind === b.kind && a.at === b.at && a.node === b.node && a.frame?.id === b.frame?.id

/** What is followed: its journey, the steps of it that are shown, and where the cursor stands on it. */
export class Following {
  #s: Stage
  /** Where what is followed reaches several clients, the one that it is watched at. */
  #seen: { subject: Subject; client: number } | null = null

  constructor(stage: Stage) {
    this.#s = stage
  }

  /** Follows something from its first event; `client`: as it comes to that client, whosever it is. */
  begin(subject: Subject, client: number | null = null): void {
    const s = this.#s
    this.#seen = client === null ? null : { subject, client }
    s.subject = subject
    s.stepIndex = null
    s.journey = null
    this.derive(subject)
    const first = this.visible()[0]
    if (first !== undefined) this.stand(first)
  }

  /** Nothing is followed any more. */
  leave(): void {
    const s = this.#s
    s.subject = null
    s.journey = null
    s.stepIndex = null
    s.motion = null
    s.hidden = 0
  }

  /** The journey anew from the rows that are here; the cursor stays on its step. */
  derive(subject: Subject): void {
    const s = this.#s
    const before = s.step
    const client = this.#seen && sameSubject(this.#seen.subject, subject) ? this.#seen.client : this.ownerOf(subject)
    if (client !== null) s.turnTo(client)
    if (s.journey?.finished && sameSubject(s.journey.subject, subject)) return
    const next = derive(s.trace, s.topology, subject, s.client)
    // What was followed has left memory: keep what is known of it.
    if (next.steps.length < (s.journey?.steps.length ?? 0)) return
    s.journey = next
    if (before) {
      const index = next.steps.findIndex((step) => sameStep(step, before))
      if (index >= 0) s.stepIndex = index
    } else if (s.stepIndex === null) {
      const first = this.visible()[0]
      if (first !== undefined) this.stand(first)
    }
    for (const step of next.steps) {
      if (step.frame) s.fetchDetail(step.frame.id)
      if (step.next) s.fetchDetail(step.next.id)
    }
  }

  /** It belongs to another client than the one watched. */
  foreign(subject: Subject): boolean {
    const owner = this.ownerOf(subject)
    return owner !== null && owner !== this.#s.client
  }

  /** The client of the room that something belongs to, where it is known. */
  ownerOf(subject: Subject): number | null {
    const { trace, room, topology } = this.#s
    const clients = (room?.clients ?? []).map((client) => client.node)
    const owner = clientOf(trace, subject, clients, topology)
    return owner !== null && clients.includes(owner) ? owner : null
  }

  /** The places of the steps that the filters leave. */
  visible(): number[] {
    const s = this.#s
    return (s.journey?.steps ?? []).flatMap((step, i) => (this.#left(step) ? [] : [i]))
  }

  /** A step that is left out: by a filter, or because the chosen model has no such layer. */
  #left(step: Step): boolean {
    const s = this.#s
    if (step.filter && s.filters[step.filter]) return true
    return s.fiveLayers && step.kind === 'format' && step.message?.what.kind !== 'rtp'
  }

  /** The place of the next step. */
  next(size: StepSize): number | undefined {
    const s = this.#s
    const after = this.visible().filter((i) => i > (s.stepIndex ?? -1))
    if (size !== 'hop') return after[0]
    const here = s.step
    const steps = s.journey?.steps ?? []
    const final = (step: Step | undefined): boolean => step?.kind === 'deliver' || step?.kind === 'drop' || step?.kind === 'shown'
    const other = after.find((i) => steps[i]?.node !== here?.node || final(steps[i]))
    return other ?? (s.journey?.finished ? after.at(-1) : undefined)
  }

  /** The place of the last step at or before the cursor. */
  reached(): number | undefined {
    const s = this.#s
    return this.visible().filter((i) => (s.journey?.steps[i]?.at ?? Infinity) <= s.t).at(-1)
  }

  /** The place of the step before the one that the cursor stands on. */
  previous(): number | undefined {
    return this.visible().filter((i) => i < (this.#s.stepIndex ?? 0)).at(-1)
  }

  /** What this message caused, as far as it is known. */
  cause(): Subject | null {
    const s = this.#s
    if (s.subject?.kind !== 'message') return null
    const answer = s.trace.answers(s.subject.id)[0]
    return answer ? { kind: 'message', id: answer.id } : null
  }

  /** A request was delivered, and its response has not been written yet. */
  expectsAnswer(): boolean {
    const s = this.#s
    if (s.subject?.kind !== 'message' || !s.journey?.finished) return false
    const message = s.trace.message(s.subject.id)
    if (message?.what.kind !== 'request') return false
    return s.trace.answers(message.id).length === 0 && s.trace.live < message.at + ANSWER_WITHIN
  }

  /** Makes the step at a place, with its motion. */
  moveTo(index: number): void {
    const s = this.#s
    const from = s.step
    const to = s.journey?.steps[index]
    if (!to) return
    const between = (s.journey?.steps ?? []).slice((s.stepIndex ?? -1) + 1, index)
    s.hidden += between.filter((step) => step.filter && s.filters[step.filter]).length
    s.stepIndex = index
    this.select(to)
    if (from && to.at >= from.at) s.startMotion(from, to)
    else s.setTime(to.at)
  }

  /** Stands on the step at a place at once. */
  stand(index: number): void {
    const s = this.#s
    const step = s.journey?.steps[index]
    if (!step) return
    s.motion = null
    s.stepIndex = index
    s.setTime(step.at)
    this.select(step)
  }

  /** Stands on the first step of a kind, if there is one. */
  standOn(kind: Step['kind']): void {
    const index = (this.#s.journey?.steps ?? []).findIndex((step) => step.kind === kind)
    if (index >= 0) this.stand(index)
  }

  /** Bench and strip show the frame that the step is about. */
  select(step: Step): void {
    const s = this.#s
    const frame = (step.kind === 'route' ? step.next : step.frame) ?? this.#frameToCome(step)
    s.selection = frame ? { frame: frame.id, layer: null, field: null } : null
    if (frame) s.fetchDetail(frame.id)
  }

  #frameToCome(step: Step): Step['frame'] {
    return step.message ? (this.#s.trace.framesOf(step.message.id)[0] ?? null) : null
  }
}
