import type { Step } from '../trace'
import type { Command, Nanos, Outcome, PictureRow, RoomState } from '../wire'
import { LiveClock } from './clock'
import type { Motion } from './session.svelte'
import type { Speed } from './types'

/** The three parts of a step's motion, milliseconds: hold, fill, move. */
export const MOTION = { hold: 300, fill: 350, move: 700 } as const
const MOTION_MS = MOTION.hold + MOTION.fill + MOTION.move
/** Reduced motion: the same step as a cross-fade. */
const FADE_MS = 250
/** With "beats", one step this often, milliseconds. */
const BEAT_MS = 1800

/** What letting time run needs of the session. */
export interface Runner {
  t: Nanos
  readonly live: Nanos
  playing: boolean
  following: boolean
  readonly speed: Speed
  readonly invited: boolean
  readonly reducedMotion: boolean
  readonly client: number | null
  readonly room: RoomState | null
  readonly rulesTime: boolean
  readonly worldStands: boolean
  motion: Motion | null
  setTime(t: Nanos): void
  pictureAt(client: number, t: Nanos): PictureRow | null
  command(command: Command, done?: (outcome: Outcome) => void): void
  /** With "beats", one step without a hand. */
  beat(): void
  /** The cursor has moved by itself. */
  passed(): void
}

/** Time as it passes: the cursor's, a step's motion, and the world's where this page rules it. */
export class Running {
  readonly clock = new LiveClock()
  #s: Runner
  #lastFrame = 0
  #motionStart = 0
  #beat = 0

  constructor(session: Runner) {
    this.#s = session
  }

  /** One frame of the page's one animation loop; `wall` in milliseconds. */
  frame(wall: number): void {
    const s = this.#s
    const passed = Math.min(250, this.#lastFrame === 0 ? 16 : wall - this.#lastFrame)
    this.#lastFrame = wall
    if (s.motion) {
      const length = s.reducedMotion ? FADE_MS : MOTION_MS
      if (this.#motionStart === 0) this.#motionStart = wall
      const progress = (wall - this.#motionStart) / length
      if (progress >= 1) this.finishMotion()
      else s.motion = { ...s.motion, progress }
    } else if (s.playing) {
      this.#advance(passed, wall)
    }
  }

  /** The next beat comes at once. */
  restartBeats(): void { this.#beat = 0 }

  startMotion(from: Step, to: Step): void {
    this.#motionStart = 0
    this.#s.motion = { from, to, progress: 0 }
  }

  /** Ends a motion where it leads. */
  finishMotion(): void {
    const s = this.#s
    if (!s.motion) return
    const to = s.motion.to
    s.motion = null
    s.setTime(Math.max(to.at, 0))
  }

  /** Lets the world go on at the cursor's speed. */
  runWorld(): void {
    const s = this.#s
    if (!s.rulesTime) return
    // Event by event: the world stands, and each beat moves it on.
    if (s.speed === 'beats') {
      this.freezeWorld()
      return
    }
    const pace = s.room?.pace
    if (pace?.kind === 'rate' && pace.rate === s.speed) return
    s.command({ kind: 'pace', pace: { kind: 'rate', rate: s.speed } })
  }

  freezeWorld(): void {
    const s = this.#s
    if (s.rulesTime && !s.worldStands) s.command({ kind: 'pace', pace: { kind: 'frozen' } })
  }

  #advance(passed: number, wall: number): void {
    const s = this.#s
    if (s.speed === 'beats') {
      if (this.#beat === 0 || wall - this.#beat >= BEAT_MS) {
        this.#beat = wall
        s.beat()
      }
      return
    }
    const speed = s.speed * 1_000_000
    if (s.reducedMotion && s.invited && s.client !== null && s.pictureAt(s.client, s.t)) {
      // With reduced motion the page waits on the first picture, the invitation beside it.
      s.playing = false
      this.freezeWorld()
      return
    }
    if (s.following) {
      s.setTime(this.clock.move(s.t, passed, wall, speed))
    } else {
      const t = s.t + passed * speed
      if (t >= s.live - 30 * speed) {
        // At the edge of what is known: from here the world moves with the cursor.
        s.setTime(Math.min(t, s.live))
        s.following = true
        this.runWorld()
      } else s.setTime(t)
    }
    s.passed()
  }
}
