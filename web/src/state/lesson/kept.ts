// Where a browser keeps how far it was in lessons, so that reloading or coming back lands on the same stop.

const KEY = 'layercast.lessons'
/** For so many runs it is kept; the oldest goes first. */
export const KEPT_RUNS = 24

/** How far somebody was in the lesson of a run. */
export interface Kept {
  /** The run's id. */
  run: string
  lesson: string
  /** As `restored` reads it. */
  progress: unknown
  /** The lesson was left: the run is shown without it. */
  left: boolean
  /** When the first stop was reached, milliseconds since 1970. */
  begun: number | null
  /** The class that it was begun in, where it was. */
  class?: string | null
}

function all(): Kept[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(found) ? found.filter((one): one is Kept => typeof one === 'object' && one !== null && typeof one.run === 'string' && typeof one.lesson === 'string') : []
  } catch {
    return []
  }
}

/** What is kept of a run. */
export const keptOf = (run: string): Kept | null => all().find((one) => one.run === run) ?? null

/** What is kept of the last other run of a lesson: its stops lie at the same moments. */
export const keptElsewhere = (lesson: string, run: string): Kept | null => all().findLast((one) => one.lesson === lesson && one.run !== run) ?? null

/** Keeps how far it is in a run. */
export function keep(kept: Kept): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...all().filter((one) => one.run !== kept.run), kept].slice(-KEPT_RUNS)))
  } catch {
    // Without storage it holds until the page is closed.
  }
}
