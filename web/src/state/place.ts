import type { Subject } from '../trace'
import type { Nanos } from '../wire'

/** A place in a run, as it stands in the address: reloading the page comes back to it. */
export interface Place {
  run: string
  t: Nanos
  subject: Subject | null
  /** Which step of what is followed. */
  step: number | null
}

/** Reads the place from an address's fragment (`#key=...&run=...&t=...`); `null` without one. */
export function readPlace(fragment: string): Place | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  const number = (name: string): number | null => {
    const text = fields.get(name)
    return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null
  }
  const run = fields.get('run')
  const t = number('t')
  if (run === null || t === null) return null
  const [message, frame] = [number('message'), number('frame')]
  const subject: Subject | null = message !== null ? { kind: 'message', id: message } : frame !== null ? { kind: 'frame', id: frame } : null
  return { run, t, subject, step: subject === null ? null : number('step') }
}

/** The fragment with the place in it, or (null) without one; everything else stays. */
export function writePlace(fragment: string, place: Place | null): string {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  for (const name of ['run', 't', 'message', 'frame', 'step']) fields.delete(name)
  if (place) {
    fields.set('run', place.run)
    fields.set('t', String(Math.round(place.t)))
    if (place.subject) fields.set(place.subject.kind, String(place.subject.id))
    if (place.subject && place.step !== null) fields.set('step', String(place.step))
  }
  const text = fields.toString()
  return text === '' ? '' : `#${text}`
}
