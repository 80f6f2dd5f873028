import type { Command, Get, Nanos, Outcome, PageMessage, PictureMessage, RoomState, Rows, Series, ServerMessage, Found, Lesson, LessonCard, LessonClass, BadLesson } from '../wire'
import { keyOf, type RunMemory } from './memory.svelte'
import type { Trouble } from './types'

/** What asking needs of the session. */
export interface Asker {
  readonly run: number
  readonly original: number
  readonly room: RoomState | null
  readonly series: { take(series: Series): void; refused(): void }
  readonly until: { found(found: Found | null): void; refused(reason: string): void }
  readonly lesson: {
    listed(cards: readonly LessonCard[], classes: readonly LessonClass[], bad: readonly BadLesson[]): void
    heard(lesson: Lesson): void
    notTold(reason: string): void
  }
  waiting: boolean
  trouble: Trouble | null
  memoryOf(run: number): RunMemory | undefined
  send(message: PageMessage): void
  /** Rows of a run came. */
  filled(memory: RunMemory | undefined, rows: Rows, from: Nanos | null, to: Nanos | null): void
  /** Rows or details came, for which something may have waited. */
  refresh(): void
}

/** What was asked of the server: by the number of the question or order, of which run. */
interface Asked {
  run: number
  get?: Get
  command?: Command
  done?: (outcome: Outcome) => void
}

/** A message that answers a question or an order. */
export type Answer = Extract<ServerMessage, { id: number }>

/** Questions and orders on their way to the server, and what becomes of their answers. */
export class Asking {
  #s: Asker
  #number = 0
  #asked = new Map<number, Asked>()

  constructor(session: Asker) {
    this.#s = session
  }

  command(command: Command, done?: (outcome: Outcome) => void): void {
    const id = this.#note(done ? { run: this.#s.run, command, done } : { run: this.#s.run, command })
    this.#s.send({ type: 'command', id, command })
  }
  get(get: Get, run: number): void {
    const id = this.#note({ run, get })
    const first = run === this.#s.original && !this.#s.room?.capture
    this.#s.send(first ? { type: 'get', id, get } : { type: 'get', id, run, get })
  }
  #note(asked: Asked): number {
    this.#number += 1
    this.#asked.set(this.#number, asked)
    return this.#number
  }

  /** The connection is lost, and with it all answers. */
  forget(): void { this.#asked.clear() }

  /** A picture answers by itself, without the question's number. */
  picture(picture: PictureMessage): void {
    for (const [id, { run, get }] of this.#asked) {
      if (run === picture.run && get?.kind === 'picture' && get.picture === picture.picture) this.#asked.delete(id)
    }
    const memory = this.#s.memoryOf(picture.run)
    if (!memory) return
    memory.pictures.add(picture)
    memory.picturesVersion += 1
  }

  answered(answer: Answer): void {
    const s = this.#s
    const asked = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    const memory = s.memoryOf(asked?.run ?? s.run)
    switch (answer.type) {
      case 'segment': {
        const get = asked?.get?.kind === 'segment' ? asked.get : null
        s.filled(memory, answer.rows, get?.from ?? null, get?.to ?? null)
        break
      }
      case 'detail':
        memory?.details.add(keyOf(answer.detail.frame, asked?.get?.kind === 'detail' ? (asked.get.on ?? null) : null), answer.detail)
        if (memory) memory.detailsVersion += 1
        s.refresh()
        break
      case 'checked':
        memory?.checks.answered(keyOf(answer.check.frame, answer.check.on ?? null), answer.check.answer)
        if (memory) memory.detailsVersion += 1
        break
      case 'lessons': s.lesson.listed(answer.lessons, answer.classes, answer.bad); break
      case 'lesson': s.lesson.heard(answer.lesson); break
      case 'found': s.until.found(answer.found); break
      case 'series': s.series.take(answer.series); break
      case 'answer':
        if (answer.outcome.kind === 'refused' && asked) this.#refused(asked, memory, answer.outcome.reason)
        asked?.done?.(answer.outcome)
        break
    }
  }

  #refused({ get, command }: Asked, memory: RunMemory | undefined, reason: string): void {
    const s = this.#s
    if (command) {
      s.waiting = false
      s.trouble = { kind: 'refused', text: reason }
    }
    switch (get?.kind) {
      case 'series': s.series.refused(); break
      case 'find': s.until.refused(reason); break
      case 'lesson': s.lesson.notTold(reason); break
      case 'segment':
        if (memory) memory.segmentAsked = false
        break
      case 'picture': memory?.pictures.refused(get.picture); this.#seen(memory, 'picturesVersion'); break
      case 'check': memory?.checks.refused(keyOf(get.frame, get.on ?? null), reason); this.#seen(memory, 'detailsVersion'); break
      case 'detail': this.#noDetail(memory, keyOf(get.frame, get.on ?? null), reason); break
    }
  }
  #noDetail(memory: RunMemory | undefined, key: string, reason: string): void {
    memory?.details.refused(key)
    memory?.refusals.set(key, reason)
    this.#seen(memory, 'detailsVersion')
  }
  #seen(memory: RunMemory | undefined, what: 'detailsVersion' | 'picturesVersion'): void {
    if (memory) memory[what] += 1
  }
}
