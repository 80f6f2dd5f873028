import type { Lens } from '../scene/lens'
import type { Id } from '../wire'

/** A packet under the pointer or the focus, in any view: all views outline the same one. */
export interface Pointed {
  message: Id | null
  frame: Id | null
}

/** How the page looks at what it shows: nothing here changes what is shown, or when. */
export class Looking {
  /** The layer that is looked at; 0: all. Others are paler on stage, bar, strip and lists. */
  lens = $state<Lens>(0)
  /** The packet that is pointed at. */
  packet = $state.raw<Pointed | null>(null)

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
