import type { Id, Nanos, OverviewCell, PictureRow, RequestMethod, Rows } from '../wire'
import { emptyRows, FixtureWorld, type Change } from './world'

const MS = 1_000_000
const TENTH = 100 * MS

/** One run of the pretended world, and all of its rows. */
export class FixtureRun {
  readonly world: FixtureWorld
  readonly rows: Rows = emptyRows()
  readonly pictures = new Map<Id, PictureRow>()
  /** The requests that a person has sent, for other futures. */
  readonly requests: { at: Nanos; method: RequestMethod }[] = []
  batch = 0
  /** The page gets its rows. */
  watched = false

  constructor(readonly number: number, change: Change | null = null) {
    this.world = new FixtureWorld(change)
  }

  /** Runs on to a moment; answers the new rows. */
  run(t: Nanos): Rows {
    const rows = this.world.runUntil(t)
    for (const key of Object.keys(rows) as (keyof Rows)[]) (this.rows[key] as unknown[]).push(...rows[key])
    for (const row of rows.pictures) this.pictures.set(row.id, row)
    return rows
  }

  request(method: RequestMethod): void {
    this.requests.push({ at: this.world.now, method })
    this.world.request(method)
  }

  /** The same run again, with a change, up to a moment. */
  again(number: number, change: Change, until: Nanos): FixtureRun {
    const other = new FixtureRun(number, change)
    for (const { at, method } of this.requests) {
      other.run(at)
      other.request(method)
    }
    other.run(until)
    return other
  }

  between(from: Nanos, to: Nanos): Rows {
    const inside = (at: Nanos): boolean => at >= from && at < to
    const r = this.rows
    return {
      messages: r.messages.filter((m) => inside(m.at)), frames: r.frames.filter((f) => inside(f.at)),
      hops: r.hops.filter((h) => inside(h.queued)), receipts: r.receipts.filter((x) => inside(x.at)),
      deliveries: r.deliveries.filter((d) => inside(d.at)), states: r.states.filter((s) => inside(s.at)),
      tcp: r.tcp.filter((row) => inside(row.at)), pictures: r.pictures.filter((p) => inside(p.at)),
    }
  }

  /** What a snapshot holds: the last two seconds, all states and all RTSP. */
  snapshot(): Rows {
    const { now } = this.world
    const rows = this.between(now - 2000 * MS, now + 1)
    rows.states = [...this.rows.states]
    const early = this.rows.messages.filter((m) => m.at < now - 2000 * MS && (m.what.kind === 'request' || m.what.kind === 'response'))
    rows.messages = [...early, ...rows.messages]
    return rows
  }

  overview(): OverviewCell[] {
    const overview: OverviewCell[] = Array.from({ length: Math.ceil(this.world.now / TENTH) }, () => ({ rtsp: 0, rtp: 0, rtcp: 0, drops: 0 }))
    for (const m of this.rows.messages) {
      const cell = overview[Math.floor(m.at / TENTH)]
      if (!cell) continue
      if (m.what.kind === 'rtp') cell.rtp += 1
      else if (m.what.kind === 'rtcp') cell.rtcp += 1
      else cell.rtsp += 1
    }
    for (const h of this.rows.hops) if (h.fate) (overview[Math.floor(h.queued / TENTH)] ?? { drops: 0 }).drops += 1
    for (const x of this.rows.receipts) if (x.outcome.kind === 'dropped') (overview[Math.floor(x.at / TENTH)] ?? { drops: 0 }).drops += 1
    return overview
  }
}
