import { dissect } from '../../../src/dev/dissect'
import { FixtureWorld, topology } from '../../../src/dev/world'
import { SECOND, Trace } from '../../../src/trace'
import type { Detail } from '../../../src/wire'

/** A trace of the first seconds of the fixture world, and the details of its frames. */
export function fixture(seconds: number): { trace: Trace; world: FixtureWorld; detailOf: (frame: number) => Detail | null } {
  const world = new FixtureWorld()
  const trace = new Trace()
  trace.add(world.runUntil(seconds * SECOND))
  trace.live = seconds * SECOND
  trace.fill(0, trace.live)
  const details = new Map<number, Detail>()
  const detailOf = (id: number): Detail | null => {
    const known = details.get(id)
    if (known) return known
    const row = trace.frame(id)
    const spec = world.specs.get(id)
    if (!row || !spec) return null
    const detail = dissect(row, spec)
    details.set(id, detail)
    return detail
  }
  return { trace, world, detailOf }
}

export { topology }
