import { pictureInView } from '../scene/family'
import type { Subject, Trace } from '../trace'
import type { Nanos, PictureRow } from '../wire'
import type { Looking, Sheet } from './looking.svelte'
import type { Selection } from './types'

/** From all that flows to one bit. */
export const ZOOMS = ['flow', 'train', 'packet', 'byte', 'bit'] as const
export type Zoom = (typeof ZOOMS)[number]

/** What zooming needs of the session. */
export interface Zoomed {
  readonly looking: Looking
  readonly trace: Trace
  readonly t: Nanos
  readonly client: number | null
  readonly playing: boolean
  readonly subject: Subject | null
  readonly selection: Selection | null
  readonly onWire: boolean
  pictureAt(client: number, t: Nanos): PictureRow | null
  pause(): void
  play(): void
  follow(subject: Subject | null): void
  followOne(): void
  showWire(on: boolean): void
}

/** The picture whose family and frames are shown: the followed packet's, or the one on the screen. */
export function timestampInView(s: Zoomed): number | null {
  const screen = s.client === null ? null : s.pictureAt(s.client, s.t)
  return pictureInView(s.trace, s.subject?.kind === 'message' ? s.subject.id : null, screen, s.client, s.t)
}

/** How near the page is to what it shows. */
export function zoomOf(s: Zoomed): Zoom {
  if (s.looking.sheet === 'train') return 'train'
  if (s.looking.sheet === 'bytes') return 'byte'
  if (s.selection === null || s.subject === null) return 'flow'
  return s.onWire ? 'bit' : 'packet'
}

/** Whether there is anything nearer, or farther away. */
export const canZoom = (zoom: Zoom, by: 1 | -1): boolean => ZOOMS[ZOOMS.indexOf(zoom) + by] !== undefined

/** Goes one step nearer (1) or farther away (-1); time stands still from the frame train on. */
export function zoom(s: Zoomed, by: 1 | -1): void {
  const to = ZOOMS[ZOOMS.indexOf(zoomOf(s)) + by]
  if (to === undefined) return
  const sheets: Partial<Record<Zoom, Sheet>> = { train: 'train', byte: 'bytes' }
  s.looking.zoomed += 1
  if (to !== 'flow' && s.playing) s.pause()
  s.looking.sheet = sheets[to] ?? null
  switch (to) {
    case 'flow':
      s.follow(null)
      break
    case 'packet':
      if (s.subject === null) s.followOne()
      if (s.onWire) s.showWire(false)
      break
    case 'byte':
      if (s.onWire) s.showWire(false)
      break
    case 'bit':
      s.showWire(true)
      break
    case 'train': break
  }
}
