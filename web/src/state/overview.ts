import type { Nanos, OverviewCell, Rows } from '../wire'

/** The width of one cell of the overview. */
export const CELL: Nanos = 100_000_000

/** Counts new rows into the overview's cells. */
export function addToOverview(cells: OverviewCell[], start: Nanos, rows: Rows, now: Nanos): void {
  const cell = (at: Nanos): OverviewCell | undefined => {
    const place = Math.floor((at - start) / CELL)
    if (place < 0 || at > now + CELL) return undefined
    while (cells.length <= place) cells.push({ rtsp: 0, rtp: 0, rtcp: 0, drops: 0 })
    return cells[place]
  }
  for (const row of rows.messages) {
    const here = cell(row.at)
    if (!here) continue
    if (row.what.kind === 'rtp') here.rtp += 1
    else if (row.what.kind === 'rtcp') here.rtcp += 1
    else if (row.what.kind !== 'unknown') here.rtsp += 1
  }
  for (const row of rows.hops) if (row.fate) { const here = cell(row.queued); if (here) here.drops += 1 }
  for (const row of rows.receipts) if (row.outcome.kind === 'dropped') { const here = cell(row.at); if (here) here.drops += 1 }
}

/** Cells that may stay before the oldest moment kept, so that not every batch moves the array. */
const SLACK = 100

/** Drops the cells before the oldest moment kept; answers where the first one lies now. */
export function trimOverview(cells: OverviewCell[], start: Nanos, oldest: Nanos): Nanos {
  const gone = Math.floor((oldest - start) / CELL)
  if (gone < SLACK) return start
  cells.splice(0, gone)
  return start + gone * CELL
}
