import type { Lens } from '../scene/lens'
import type { Id } from '../wire'

/** A packet under the pointer or the focus, in any view: all views outline the same one. */
export interface Pointed {
  message: Id | null
  frame: Id | null
}

/** What lies over the valley: a picture's frames on the cables, its family, a frame's octets, sums of octets, two packets beside each other. */
export type Sheet = 'train' | 'family' | 'bytes' | 'octets' | 'difference'

/** How the page looks at what it shows: nothing here changes what is shown, or when. */
export class Looking {
  /** The layer that is looked at; 0: all. Others are paler on stage, bar, strip and lists. */
  lens = $state<Lens>(0)
  /** The packet that is pointed at. */
  packet = $state.raw<Pointed | null>(null)

  /** What lies over the valley, if anything. */
  sheet = $state.raw<Sheet | null>(null)
  /** Frames that are pinned, at most two: their difference can be looked at. */
  pins = $state.raw<readonly Id[]>([])

  /** How often somebody has zoomed: that is said to who does not see it, and what follows from a step is not. */
  zoomed = $state(0)

  /** Opens a sheet, or closes the one that is open. */
  toggle(sheet: Sheet): void { this.sheet = this.sheet === sheet ? null : sheet }

  /** Pins a frame, or takes its pin away; a third takes the place of the second. With two the difference opens. */
  pin(frame: Id): void {
    if (this.pins.includes(frame)) this.pins = this.pins.filter((one) => one !== frame)
    else this.pins = [...this.pins.slice(0, 1), frame]
    if (this.pins.length === 2) this.sheet = 'difference'
    else if (this.sheet === 'difference') this.sheet = null
  }

  /** Takes all pins away. */
  unpin(): void {
    this.pins = []
    if (this.sheet === 'difference') this.sheet = null
  }

  /** Points at a message (and a frame of it), or at nothing. */
  point(message: Id | null, frame: Id | null = null): void {
    if (message === null && frame === null) {
      if (this.packet !== null) this.packet = null
    } else if (this.packet?.message !== message || this.packet.frame !== frame) this.packet = { message, frame }
  }
  /** Whether a message or a frame is the one that is pointed at. */
  pointsAt(message: Id | null, frame: Id | null = null): boolean {
    const { packet } = this
    return packet !== null && ((message !== null && packet.message === message) || (frame !== null && packet.frame === frame))
  }
}
