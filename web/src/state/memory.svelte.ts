import { SECOND, Trace } from '../trace'
import { damagingHop } from '../scene/weather'
import type { Detail, Hello, Id, Nanos, OnCable, OverviewCell, PictureRow, Rows } from '../wire'
import { Checks } from './checks'
import { Details } from './details'
import { addToOverview, trimOverview } from './overview'
import { Pictures } from './pictures'

/** What a frame's detail is kept by: as it was sent, or as it arrived over a cable that damaged it. */
export const keyOf = (frame: Id, on: OnCable | null): string => (on === null ? String(frame) : `${frame}@${on.link}/${on.start}`)

/** The coding of the media that a client sends or gets at a moment, as its packets name it; `null` until one of them has been opened. */
export function codecOf(memory: RunMemory, client: number, t: Nanos, detailOf: (frame: Id) => Detail | null, fetch: (frame: Id) => void): string | null {
  const { trace, codecs } = memory
  const found = trace.segments(Math.max(0, t - SECOND), t + 1).flatMap((segment) => segment.messages)
    .findLast((message) => message.at <= t && message.what.kind === 'rtp' && message.client === client)
  if (found?.what.kind !== 'rtp') return null
  const key = `${client} ${found.what.ssrc} ${found.what.payloadType}`
  const known = codecs.get(key)
  const frame = known?.frame ?? trace.framesOf(found.id)[0]?.id
  if (known?.name || frame === undefined) return known?.name ?? null
  const summary = detailOf(frame)?.layers.find((layer) => layer.name === 'rtp')?.summary
  // The first frame asked for stays the one that is waited for.
  codecs.set(key, { frame, name: summary?.split(',')[0] ?? null })
  if (summary === undefined) fetch(frame)
  return codecs.get(key)?.name ?? null
}

/** What the page holds of one run: the original, or another future of it. */
export class RunMemory {
  /** 0 for the original, others for its forks. */
  readonly run: number
  /** The rows that are in memory. Read `rowsVersion` beside it. */
  readonly trace = new Trace()
  /** The JPEGs that players showed. Read `picturesVersion` beside it. */
  readonly pictures = new Pictures()
  /** Dissected frames. Read `detailsVersion` beside it. */
  readonly details = new Details()
  /** Why frames could not be dissected. */
  readonly refusals = new Map<string, string>()
  /** Frames that an installed tshark has read. Read `detailsVersion` beside it. */
  readonly checks = new Checks()
  /** The codings known, by client, source and payload type, each with the frame that tells. */
  readonly codecs = new Map<string, { frame: Id; name: string | null }>()

  /** Grows whenever `trace` changed. */
  rowsVersion = $state(0)
  /** Grows whenever `pictures` got one. */
  picturesVersion = $state(0)
  /** Grows whenever a detail came. */
  detailsVersion = $state(0)

  /** The timeline's counts, a cell for each tenth of a second; the first is at `overviewStart`. Read `rowsVersion` beside it. */
  overview: OverviewCell[] = []
  overviewStart: Nanos = 0
  /** The latest moment that is known. */
  live = $state<Nanos>(0)
  /** Nothing before this moment is kept. */
  oldest = $state<Nanos>(0)
  /** Its snapshot has come. */
  here = $state(false)
  /** Rows of a time are on their way; one question at a time. */
  segmentAsked = false

  constructor(run: number) {
    this.run = run
  }

  /** Something of a picture can be shown, as far as is known: of one without its tables nothing can. Read `picturesVersion` beside it. */
  shows(picture: PictureRow): boolean {
    return picture.complete || !this.pictures.isRefused(picture.id)
  }

  /** The cable that has damaged a frame by a moment. */
  damage(frame: Id, t: Nanos): OnCable | null {
    const hop = damagingHop(this.trace.hops(frame), t)
    return hop && { link: hop.link, start: hop.start }
  }

  /** Takes a snapshot over. */
  welcome(hello: Hello): void {
    this.trace.oldest = hello.oldest
    this.trace.coveredFrom = Math.max(0, hello.now - 2 * SECOND)
    this.overview = [...hello.overview]
    this.overviewStart = hello.oldest
    this.trace.add(hello.rows)
    this.here = true
  }

  /** Takes new rows over, `t` and `reading` being what is looked at; answers whether anything is new. */
  add(rows: Rows | null, now: Nanos, t: Nanos, reading: Nanos | null): boolean {
    const { trace } = this
    const before = trace.live
    trace.live = Math.max(now, trace.live)
    if (rows) {
      trace.add(rows)
      addToOverview(this.overview, this.overviewStart, rows, now)
      this.overviewStart = trimOverview(this.overview, this.overviewStart, trace.oldest)
    }
    trace.fill(Math.max(trace.coveredFrom, before - 2 * SECOND), now)
    trace.trim(t, reading)
    this.live = trace.live
    this.oldest = trace.oldest
    // While the world stands, batches come without rows: nothing has changed then.
    const grown = rows === null || now !== before || Object.values(rows).some((list) => list.length > 0)
    if (grown) this.rowsVersion += 1
    return grown
  }

  /** Takes rows of a time over that were asked for. */
  fill(rows: Rows, from: Nanos | null, to: Nanos | null, t: Nanos, reading: Nanos | null): void {
    this.segmentAsked = false
    this.trace.add(rows)
    if (from !== null && to !== null) this.trace.fill(from, to)
    this.trace.trim(t, reading)
    this.rowsVersion += 1
  }

  /** The connection is lost: nothing that was asked for will come. */
  forgetWaiting(): void {
    this.segmentAsked = false
    this.details.forgetWaiting()
    this.checks.forgetWaiting()
    this.detailsVersion += 1
  }

  clear(): void {
    this.trace.clear()
    this.pictures.clear()
    this.details.clear()
    this.refusals.clear()
    this.checks.clear()
    this.codecs.clear()
    this.here = false
  }
}
