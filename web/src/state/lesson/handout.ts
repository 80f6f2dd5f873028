// What a handout shows of a run: each stop's packet, as it was there.

import { bench, type Bench, stepLayer } from '../../scene'
import { journey, SECOND, type Step, type Trace } from '../../trace'
import type { Detail, DetailField, DetailLayer, Id, LessonRun, Nanos, StopPlace, Topology } from '../../wire'
import { lensLayer } from '../../scene/lens'
import { stepAt, subjectOf } from './landing'

/** A field of the header that a stop is about. */
export interface Line {
  name: string
  hex: string
  value: string
  /** The stop is about this one. */
  meant: boolean
}

/** The packet of a stop. */
export interface Sheet {
  t: Nanos
  /** The device where it is looked at. */
  node: string
  step: Step
  bench: Bench
  /** The method or status of an RTSP message. */
  method: string | null
  /** The header that the stop is about. */
  layer: { title: string; osi: number; lines: Line[] } | null
}

/** What collecting needs of the session. */
export interface Source {
  readonly trace: Trace
  readonly topology: Topology
  readonly client: number | null
  readonly fiveLayers: boolean
  setTime(t: Nanos): void
  want(from: Nanos, to: Nanos): void
  detailOf(frame: Id): Detail | null
  fetchDetail(frame: Id): void
}

/** Longer values are cut: the whole message stands nowhere on paper. */
const LONGEST_HEX = 16
const LONGEST_VALUE = 80

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text)

function line(detail: Detail, layer: DetailLayer, field: DetailField, meant: string | null): Line {
  const first = field.start >> 3
  const octets = (detail.sources[layer.source] ?? '').slice(first * 2, ((field.start + field.length + 7) >> 3) * 2).match(/../g) ?? []
  const isMeant = (one: DetailField): boolean => one.name === meant || one.children.some(isMeant)
  return {
    name: field.label, value: cut(field.value, LONGEST_VALUE),
    hex: octets.length > LONGEST_HEX ? `${octets.slice(0, LONGEST_HEX).join(' ')} …` : octets.join(' '), meant: meant !== null && isMeant(field),
  }
}

/** The layer that a stop is about: the one with its field, its lens's, or the step's. */
function layerOf(detail: Detail, step: Step, field: string | null, lens: number, five: boolean): DetailLayer | undefined {
  const has = (fields: readonly DetailField[]): boolean => fields.some((one) => one.name === field || has(one.children))
  const named = field === null ? undefined : detail.layers.find((one) => one.name === field || has(one.fields))
  if (named) return named
  const at = lensLayer(detail.layers, lens as Parameters<typeof lensLayer>[1], five) ?? stepLayer(step, detail)
  return at === null ? undefined : detail.layers[at]
}

/** The sheet of a stop from what is in memory; `null` while something of it is missing (which is asked for), or where it follows nothing. */
export function sheetOf(source: Source, place: StopPlace, field: string | null, lens: number): Sheet | null {
  const subject = subjectOf(place)
  if (!subject) return null
  const way = journey(source.trace, source.topology, subject, source.client)
  const index = stepAt(way.steps, place)
  const step = index === null ? undefined : way.steps[index]
  if (!step) return null
  const sending = step.message ? (source.trace.framesOf(step.message.id)[0] ?? null) : null
  const wanted = [step.frame, step.next, sending].flatMap((frame) => (frame ? [frame.id] : []))
  for (const frame of wanted) source.fetchDetail(frame)
  if (wanted.some((frame) => source.detailOf(frame) === null)) return null
  const shown = place.frame ?? (step.kind === 'route' ? step.next : step.frame)?.id ?? sending?.id
  if (shown !== undefined) source.fetchDetail(shown)
  const detail = shown === undefined ? null : source.detailOf(shown)
  if (shown !== undefined && !detail) return null
  const layer = detail ? layerOf(detail, step, field, lens, source.fiveLayers) : undefined
  const what = step.message?.what
  return {
    t: place.t,
    node: source.topology.nodes.find((one) => one.id === (place.node ?? step.node))?.name ?? '',
    step,
    bench: bench(step, (frame) => source.detailOf(frame), sending),
    method: what?.kind === 'request' ? what.method : what?.kind === 'response' ? String(what.status) : null,
    layer: detail && layer ? { title: layer.title, osi: layer.osi, lines: layer.fields.map((one) => line(detail, layer, one, field)) } : null,
  }
}

/** So long one stop may take, milliseconds: a server that does not answer must not hold up the rest. */
export const PATIENCE = 15_000
const LOOK_EVERY = 40

/** Collects the sheets one after the other; a stop that follows nothing, or cannot be had, has none. */
export async function collect(source: Source, run: LessonRun, about: readonly { field: string | null; lens: number }[], told: (sheets: (Sheet | null)[]) => void): Promise<void> {
  const sheets: (Sheet | null)[] = []
  for (const [i, place] of run.stops.entries()) {
    source.setTime(place.t)
    let sheet: Sheet | null = null
    for (let waited = 0; subjectOf(place) && waited < PATIENCE && !sheet; waited += LOOK_EVERY) {
      const from = Math.max(0, place.t - 4 * SECOND)
      const missing = source.trace.missing(from, place.t + SECOND).length > 0
      if (missing) source.want(from, place.t + SECOND)
      else sheet = sheetOf(source, place, about[i]?.field ?? null, about[i]?.lens ?? 0)
      if (!sheet) await new Promise((done) => setTimeout(done, LOOK_EVERY))
    }
    sheets.push(sheet)
    told([...sheets])
  }
}
