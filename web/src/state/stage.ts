import type { Journey, Step, Subject, Trace } from '../trace'
import type { AdvanceTo, Nanos, Pace, RoomState, Topology } from '../wire'
import type { Motion } from './session.svelte'
import type { Filters, Selection, Sent, Speed, StepSize, Trouble } from './types'

/** What following and stepping need of the session. */
export interface Stage {
  readonly trace: Trace
  readonly topology: Topology
  readonly room: RoomState | null
  readonly rulesTime: boolean
  readonly step: Step | null
  readonly worldStands: boolean
  readonly overview: readonly { drops: number }[]
  readonly overviewStart: Nanos
  t: Nanos
  live: Nanos
  playing: boolean
  following: boolean
  speed: Speed
  invited: boolean
  reducedMotion: boolean
  subject: Subject | null
  journey: Journey | null
  stepIndex: number | null
  motion: Motion | null
  waiting: boolean
  stepSize: StepSize
  filters: Filters
  /** TCP/IP's five layers: OSI's 6 and 5 have no step of their own. */
  readonly fiveLayers: boolean
  hidden: number
  selection: Selection | null
  readonly client: number | null
  trouble: Trouble | null
  /** What was offered to be followed; any step takes it back. */
  sent: Sent | null
  pause(): void
  /** Watches a client; what is followed stays. */
  turnTo(client: number): void
  finishMotion(): void
  setTime(t: Nanos): void
  startMotion(from: Step, to: Step): void
  fetchDetail(frame: number): void
  want(from: Nanos, to: Nanos): void
  command(command: { kind: 'advance'; to: AdvanceTo } | { kind: 'pace'; pace: Pace }, done?: () => void): void
}
