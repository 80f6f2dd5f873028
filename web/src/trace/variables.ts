import type { Nanos, TcpRow } from '../wire'

/** How many rows of TCP's variables are kept; the oldest go first. */
export const KEPT_VARIABLES = 40_000

/** The variables of TCP connections over time, by host and connection. */
export class Variables {
  #rows = new Map<string, TcpRow[]>()
  #count = 0

  add(row: TcpRow): void {
    const key = `${row.node}/${row.connection}`
    const list = this.#rows.get(key) ?? []
    if (!this.#rows.has(key)) this.#rows.set(key, list)
    let place = list.length
    while (place > 0 && (list[place - 1]?.at ?? 0) > row.at) place -= 1
    // Rows of one moment come in their order, and a segment may bring again what is here.
    for (let i = place - 1; i >= 0 && list[i]?.at === row.at; i -= 1) {
      if (JSON.stringify(list[i]) === JSON.stringify(row)) return
    }
    list.splice(place, 0, row)
    this.#count += 1
    if (this.#count > KEPT_VARIABLES) this.#forget()
  }

  /** The variables in force at a moment; `null` where none are known from before it. */
  at(node: number, connection: number, t: Nanos): TcpRow | null {
    const list = this.#rows.get(`${node}/${connection}`) ?? []
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((list[middle]?.at ?? 0) <= t) low = middle + 1
      else high = middle
    }
    return list[low - 1] ?? null
  }

  clear(): void {
    this.#rows.clear()
    this.#count = 0
  }

  /** Lets the older half of the longest list go. */
  #forget(): void {
    const longest = [...this.#rows.values()].sort((a, b) => b.length - a.length)[0]
    if (!longest) return
    const gone = Math.max(1, longest.length >> 1)
    longest.splice(0, gone)
    this.#count -= gone
  }
}
