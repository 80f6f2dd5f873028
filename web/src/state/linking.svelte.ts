import { isWritten, lastFrame, mediaWith, meet, signallingOf, termsAt, termsIn, termsOfRow, type Term, type TermPlace } from '../scene/terms'
import { regionOf, type Region } from '../scene/region'
import type { Trace } from '../trace'
import type { Detail, Id, MessageRow, Nanos } from '../wire'
import type { Looking } from './looking.svelte'
import type { Hover, Selection } from './types'

/** What linking needs of the session. */
export interface Linked {
  readonly trace: Trace
  readonly rowsVersion: number
  readonly t: Nanos
  readonly client: number | null
  readonly selection: Selection | null
  readonly hovered: Hover | null
  readonly looking: Looking
  detailOf(frame: Id): Detail | null
  fetchDetail(frame: Id): void
}

/** Where what is arranged in words and what then carries it belong together. */
export interface Partner {
  /** The message that the other half is in. */
  message: MessageRow
  /** Its frame, and where in it. */
  frame: Id
  place: TermPlace | null
}

/** What the parts of the page have in common: from a field to all that is about the same. */
export class Linking {
  #s: Linked
  /** Details never change: what each names is looked for once. */
  #known = new WeakMap<Detail, TermPlace[]>()

  constructor(session: Linked) {
    this.#s = session
  }

  /** All that a detail names or carries. */
  places(detail: Detail): readonly TermPlace[] {
    let found = this.#known.get(detail)
    if (!found) this.#known.set(detail, (found = termsIn(detail)))
    return found
  }

  /** What lies under the pointer or the focus, in the opened packet or in a list. */
  readonly terms: readonly Term[] = $derived.by(() => {
    const { hovered, selection, looking, trace, client, rowsVersion } = this.#s
    void rowsVersion
    const detail = selection ? this.#s.detailOf(selection.frame) : null
    const own = hovered && detail ? termsAt(this.places(detail), hovered.source, hovered.start, hovered.length).map((one) => one.term) : []
    const pointed = looking.packet?.message == null ? undefined : trace.message(looking.packet.message)
    return pointed ? [...own, ...termsOfRow(pointed, client)] : own
  })

  /** What has been picked in the opened packet, and what is under the pointer before that. */
  readonly picked: readonly TermPlace[] = $derived.by(() => {
    const { selection, hovered } = this.#s
    const detail = selection ? this.#s.detailOf(selection.frame) : null
    if (!selection || !detail) return []
    const here = this.places(detail)
    const over = hovered ? termsAt(here, hovered.source, hovered.start, hovered.length) : []
    if (over.length > 0) return over
    if (selection.layer === null || selection.field === null) return []
    const field = selection.field
    return here.filter((one) => one.layer === selection.layer && field.every((part, i) => one.field[i] === part))
  })

  /** Some bits of a detail are about what is under the pointer, here or elsewhere. */
  lit(detail: Detail, source: number, start: number, length: number): boolean {
    if (this.terms.length === 0) return false
    return termsAt(this.places(detail), source, start, length).some((one) => meet([one.term], this.terms))
  }

  /** A message is about it: media by its rows, signalling by its text where that is here. */
  litMessage(id: Id): boolean {
    if (this.terms.length === 0) return false
    const { trace, client } = this.#s
    const message = trace.message(id)
    if (!message) return false
    const { what } = message
    if (what.kind !== 'request' && what.kind !== 'response') return meet(termsOfRow(message, client), this.terms)
    const frame = lastFrame(trace, id)
    const detail = frame === null ? null : this.#s.detailOf(frame)
    return detail !== null && this.places(detail).some((one) => isWritten(one.term) && meet([one.term], this.terms))
  }

  /** A host's port is what is under the pointer: the numbers, for its fourth layer. */
  portsOf(kind: 'clientPort' | 'serverPort'): readonly number[] {
    return this.terms.find((term) => term.kind === kind && isWritten(term))?.values ?? []
  }

  /** The other half of what is picked: a media packet for words, the words for a field of the media. */
  partner(places: readonly TermPlace[]): Partner | null {
    const { trace, client, t, selection } = this.#s
    const terms = places.map((one) => one.term)
    if (terms.length === 0) return null
    if (terms.some(isWritten)) {
      const from = selection ? (trace.frame(selection.frame)?.at ?? t) : t
      const message = mediaWith(trace, terms, client, from)
      const frame = message ? trace.framesOf(message.id)[0] : undefined
      if (!message || !frame) return null
      return { message, frame: frame.id, place: this.#place(frame.id, terms, false) }
    }
    for (const message of signallingOf(trace, terms.map((term) => term.kind), client, t)) {
      const frame = lastFrame(trace, message.id)
      if (frame === null) continue
      const place = this.#place(frame, terms, true)
      if (place) return { message, frame, place }
    }
    return null
  }

  #place(frame: Id, terms: readonly Term[], written: boolean): TermPlace | null {
    const detail = this.#s.detailOf(frame)
    if (!detail) {
      // Asked for outside of what is being drawn: it is drawn again when it is here.
      queueMicrotask(() => this.#s.fetchDetail(frame))
      return null
    }
    const places = this.places(detail).filter((one) => isWritten(one.term) === written)
    // What was named first comes first.
    for (const term of terms) {
      const found = places.find((one) => meet([one.term], [term]))
      if (found) return found
    }
    return null
  }

  /** The part of its picture that an RTP packet carries; `null` until its octets are here. */
  region(message: Id): Region | null {
    const frame = this.#s.trace.framesOf(message)[0]
    if (!frame) return null
    const detail = this.#s.detailOf(frame.id)
    if (!detail) {
      queueMicrotask(() => this.#s.fetchDetail(frame.id))
      return null
    }
    return regionOf(detail)
  }
}
