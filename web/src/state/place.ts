import type { Subject } from '../trace'
import type { Nanos } from '../wire'
import { type Selection, STAGE_VIEWS, type StageView } from './types'

/** A place in a run, as it stands in the address: a reload comes back to it, and a link leads others there. */
export interface Place {
  run: string
  t: Nanos
  subject: Subject | null
  /** Which step of what is followed. */
  step: number | null
  /** The client that is watched, where it is not the first one. */
  client: number | null
  /** The number of the other future that is watched. */
  fork: number | null
  /** What a hand has selected in a packet. */
  selection: Selection | null
}

/** How the page looks at it: kept in the address also while time runs. */
export interface Look {
  view: StageView
  /** The layer that is looked at, 1 to 7; 0: all. */
  lens: number
}

/** What belongs to a place, and nothing else of the address: the room's key is never among it. */
const FIELDS = ['run', 't', 'message', 'frame', 'step', 'client', 'fork', 'select', 'view', 'lens'] as const

const fieldsOf = (fragment: string): URLSearchParams => new URLSearchParams(fragment.replace(/^#/, ''))

function numberOf(fields: URLSearchParams, name: string): number | null {
  const text = fields.get(name)
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null
}

/** Reads the place from an address's fragment (`#key=...&run=...&t=...`); `null` without one. */
export function readPlace(fragment: string): Place | null {
  const fields = fieldsOf(fragment)
  const run = fields.get('run')
  const t = numberOf(fields, 't')
  if (run === null || t === null) return null
  const [message, frame] = [numberOf(fields, 'message'), numberOf(fields, 'frame')]
  const subject: Subject | null = message !== null ? { kind: 'message', id: message } : frame !== null ? { kind: 'frame', id: frame } : null
  return {
    run, t, subject, step: subject === null ? null : numberOf(fields, 'step'),
    client: numberOf(fields, 'client'), fork: numberOf(fields, 'fork'), selection: readSelection(fields.get('select')),
  }
}

/** `frame`, `frame.layer` or `frame.layer.field.child...`. */
function readSelection(text: string | null): Selection | null {
  if (text === null || !/^\d{1,16}(\.\d{1,6}){0,16}$/.test(text)) return null
  const [frame = 0, layer = null, ...field] = text.split('.').map(Number)
  return { frame, layer, field: field.length > 0 ? field : null }
}

/** Reads how the page looks; what is not said or makes no sense is as at first. */
export function readLook(fragment: string): Look {
  const fields = fieldsOf(fragment)
  const lens = numberOf(fields, 'lens') ?? 0
  return { view: STAGE_VIEWS.find((view) => view === fields.get('view')) ?? 'valley', lens: lens <= 7 ? lens : 0 }
}

/** The fragment with the place (or, with `null`, without one) and the look in it; everything else stays. */
export function writePlace(fragment: string, place: Place | null, look: Look | null = null): string {
  const fields = fieldsOf(fragment)
  for (const name of FIELDS) fields.delete(name)
  if (place) {
    fields.set('run', place.run)
    fields.set('t', String(Math.round(place.t)))
    if (place.subject) fields.set(place.subject.kind, String(place.subject.id))
    if (place.subject && place.step !== null) fields.set('step', String(place.step))
    if (place.client !== null) fields.set('client', String(place.client))
    if (place.fork !== null) fields.set('fork', String(place.fork))
    const { selection } = place
    if (selection) fields.set('select', [selection.frame, ...(selection.layer === null ? [] : [selection.layer, ...(selection.field ?? [])])].join('.'))
  }
  if (look && look.view !== 'valley') fields.set('view', look.view)
  if (look && look.lens !== 0) fields.set('lens', String(look.lens))
  const text = fields.toString()
  return text === '' ? '' : `#${text}`
}
