import { type Columns, empty, type Grain, joined, piecesOf } from '../scene/series'
import type { View } from '../scene/lanes'
import { SECOND } from '../trace'
import type { Get, Nanos, Series } from '../wire'

/** How many pieces are kept; ten minutes at the coarsest have thirty. */
export const KEPT_PIECES = 64

/** How far the run must have gone on before a piece that was not over is asked for again. */
const FRESH: Nanos = SECOND

/** What the store needs of the session. */
export interface SeriesDesk {
  readonly run: number
  readonly client: number | null
  readonly live: Nanos
  readonly oldest: Nanos
  readonly connected: boolean
  /** The run does not go on: its last moments are all there will be. */
  readonly worldStands: boolean
  get(get: Get): void
}

interface Piece {
  series: Series
  /** Up to when it counts. */
  until: Nanos
}

/** The numbers for charts: asked for piece by piece, one at a time, and kept. */
export class SeriesStore {
  #desk: SeriesDesk
  #pieces = new Map<string, Piece>()
  #asked: { key: string; live: Nanos } | null = null
  /** Why a piece did not come; nothing more is asked for until something else is looked at. */
  #refused = new Set<string>()
  /** Grows whenever a piece came. */
  version = $state(0)

  constructor(desk: SeriesDesk) {
    this.#desk = desk
  }

  #key(grain: Grain, piece: number): string {
    return `${this.#desk.run} ${this.#desk.client} ${grain.cell} ${piece}`
  }

  /** Asks for what is missing of a stretch, the end of the run first; answers whether all of it is here. */
  want(view: View, grain: Grain): boolean {
    const { client, live, oldest, connected, worldStands } = this.#desk
    if (client === null) return true
    const length = grain.cell * grain.cells
    const missing = piecesOf(view, grain, oldest, live).filter((number) => {
      const key = this.#key(grain, number)
      const piece = this.#pieces.get(key)
      if (this.#refused.has(key)) return false
      const end = Math.min((number + 1) * length, live)
      return !piece || (piece.until < end && (worldStands || end - piece.until >= FRESH || end === (number + 1) * length))
    })
    const last = missing.at(-1)
    if (last !== undefined && connected && this.#asked === null) {
      this.#asked = { key: this.#key(grain, last), live }
      this.#desk.get({ kind: 'series', client, from: last * length, cell: grain.cell, cells: grain.cells })
    }
    return missing.every((number) => this.#pieces.has(this.#key(grain, number)))
  }

  /** A piece came. */
  take(series: Series): void {
    const asked = this.#asked
    this.#asked = null
    if (!asked) return
    this.#pieces.delete(asked.key)
    this.#pieces.set(asked.key, { series, until: asked.live })
    for (const old of this.#pieces.keys()) {
      if (this.#pieces.size <= KEPT_PIECES) break
      this.#pieces.delete(old)
    }
    this.version += 1
  }

  refused(): void {
    if (this.#asked) this.#refused.add(this.#asked.key)
    this.#asked = null
    this.version += 1
  }

  /** The connection is lost: nothing that was asked for will come. */
  forgetWaiting(): void { this.#asked = null }

  /** Another run is shown under the same number. */
  clear(): void {
    this.#pieces.clear()
    this.#refused.clear()
    this.#asked = null
    this.version += 1
  }

  /** What is here of a stretch. Read `version` beside it. */
  columns(view: View, grain: Grain): Columns {
    const { client, live, oldest } = this.#desk
    if (client === null) return empty(grain.cell)
    const pieces = piecesOf(view, grain, oldest, live).flatMap((number) => this.#pieces.get(this.#key(grain, number)) ?? [])
    // Cells behind the moment up to which a piece counts say nothing.
    const until = pieces.at(-1)?.until ?? live
    return joined(pieces.map((piece) => piece.series), grain.cell, Math.max(view.from, oldest) - grain.cell, Math.min(view.to, Math.floor(until / grain.cell) * grain.cell))
  }
}
