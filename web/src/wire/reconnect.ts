import type { PageMessage, ServerMessage } from './generated'
import { VERSION } from './generated'
import type { Channel, OpenChannel, PictureMessage } from './socket'

/** How the page stands with its server. */
export type Status =
  | { kind: 'connecting' }
  | { kind: 'open' }
  /** Lost; another try comes at `retryAt` (milliseconds of `Date.now`). */
  | { kind: 'lost'; retryAt: number }
  /** The server speaks another version of the protocol: the page must be reloaded. */
  | { kind: 'outdated'; version: number }

/** What the conversation tells its owner. */
export interface ConversationEvents {
  status(status: Status): void
  message(message: ServerMessage): void
  picture(picture: PictureMessage): void
}

/** Seconds before the first, second, ... new try; the last one is used from then on. */
export const RETRY_SECONDS = [1, 2, 3] as const

/**
 * One conversation that outlives its links: it opens a link again when one is lost, and
 * asks for a new snapshot when a batch is missing.
 */
export class Conversation {
  #open: OpenChannel
  #events: ConversationEvents
  #link: Channel | null = null
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The number of the last batch that was passed on, for each run whose snapshot has come. */
  #batches = new Map<number, number>()
  #stopped = false

  constructor(open: OpenChannel, events: ConversationEvents) {
    this.#open = open
    this.#events = events
  }

  /** Opens the link now, also when a try is waiting for its time. */
  start(): void {
    clearTimeout(this.#timer)
    this.#stopped = false
    this.#link?.close()
    this.#batches.clear()
    this.#events.status({ kind: 'connecting' })
    this.#link = this.#open({
      opened: () => {},
      message: (message) => this.#receive(message),
      picture: (picture) => this.#events.picture(picture),
      closed: () => this.#lost(),
    })
  }

  /** Ends the conversation for good. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#link?.close()
    this.#link = null
  }

  send(message: PageMessage): void {
    this.#link?.send(message)
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'hello') {
      if (message.version !== VERSION) {
        this.stop()
        this.#events.status({ kind: 'outdated', version: message.version })
        return
      }
      this.#tries = 0
      this.#batches.set(message.run.number, message.batch)
      this.#events.status({ kind: 'open' })
    } else if (message.type === 'batch') {
      const last = this.#batches.get(message.run)
      // Until the snapshot is there, a batch has nothing to be added to.
      if (last === undefined || message.number <= last) return
      if (message.number !== last + 1) {
        this.#batches.delete(message.run)
        this.send({ type: 'resync' })
        return
      }
      this.#batches.set(message.run, message.number)
    } else if (message.type === 'lagged') {
      // The server says so and sends a new snapshot by itself.
      this.#batches.clear()
    }
    this.#events.message(message)
  }

  #lost(): void {
    this.#link = null
    if (this.#stopped) return
    const seconds = RETRY_SECONDS[Math.min(this.#tries, RETRY_SECONDS.length - 1)] ?? 3
    this.#tries += 1
    this.#events.status({ kind: 'lost', retryAt: Date.now() + seconds * 1000 })
    this.#timer = setTimeout(() => this.start(), seconds * 1000)
  }
}
