import type { Client, Command, FaultOn, FaultWhat, LinkDirection, Nanos, Outcome, RequestMethod, RoomState, Weather } from '../wire'
import type { RequestWords, Sent } from './types'

/** What giving orders needs of the session. */
export interface Desk {
  readonly holdsKey: boolean
  readonly run: number
  readonly original: number
  readonly room: RoomState | null
  readonly atLive: boolean
  readonly playing: boolean
  readonly live: Nanos
  readonly client: number | null
  readonly watched: Client | null
  sent: Sent | null
  command(command: Command, done?: (outcome: Outcome) => void): void
  /** Follows what was ordered as soon as it is sent. */
  followRequest(sent: Sent): void
}

/** What the holder of the room's key lets clients and server do, and why that cannot be done now. */
export class Orders {
  #d: Desk

  constructor(desk: Desk) {
    this.#d = desk
  }

  /** Why nothing can be ordered now, in words; `null` when it can. */
  refusal(): string | null {
    if (!this.#d.holdsKey) return 'Requests need the room’s key.'
    if (this.#d.room?.capture?.run === this.#d.run) return 'This is a recording of another network: what happened there cannot be changed.'
    if (this.#d.run !== this.#d.original) return 'This is another future: requests go to the original.'
    return this.#d.atLive ? null : 'Go live to send a request.'
  }

  /** Why a request cannot be sent now, in words; `null` when it can. */
  requestRefusal(method: RequestMethod): string | null {
    const order = this.refusal()
    if (order !== null) return order
    const client = this.#d.watched
    if (!client) return 'No client is watched.'
    if (client.real) return 'This client is a program of its own: it sends its requests itself.'
    const request = client.requests.find((r) => r.method === method)
    return request ? request.refused : 'This player does not send such requests.'
  }

  /** Sends an RTSP request from the watched client. */
  request(method: RequestMethod, asked: RequestWords = {}): void {
    const { client } = this.#d
    if (client === null || this.requestRefusal(method) !== null) return
    this.#order({ kind: 'request', client, method, from: null, ...asked }, method, client)
  }

  /** The watched client leaves what it plays and plays this: a path of the server, or an address. */
  open(url: string): void {
    const { client } = this.#d
    if (client !== null && this.refusal() === null) this.#order({ kind: 'open', client, url }, null, client)
  }

  /** Why the watched player's buffer cannot be made deeper or shallower now, in words; `null` when it can. */
  playoutRefusal(): string | null {
    const order = this.refusal()
    if (order !== null) return order
    return this.#d.watched?.real ? 'This client is a program of its own: its buffer is inside it.' : null
  }

  /** The watched player shows each picture so long after its first packet, from now on. */
  playoutDelay(delay: Nanos): void {
    const { client } = this.#d
    if (client !== null && this.playoutRefusal() === null) this.#d.command({ kind: 'playoutDelay', client, delay })
  }

  /** The server sends the watched client, or all that play, elsewhere. */
  redirect(to: string, all: boolean): void {
    const { client } = this.#d
    if (this.refusal() !== null || (client === null && !all)) return
    this.#order({ kind: 'redirect', client: all ? null : client, to }, 'REDIRECT', null)
  }

  /** Why the weather cannot be changed now, in words; `null` when it can. */
  weatherRefusal(): string | null {
    const d = this.#d
    if (!d.holdsKey) return 'Changing the weather needs the room’s key.'
    if (d.run !== d.original) return 'This is another future: its weather follows the original’s.'
    return d.atLive ? null : 'So it was at this moment. Go live to change it.'
  }

  /** A direction of a link behaves in another way from now on. */
  weather(link: number, direction: LinkDirection, weather: Weather): void {
    if (this.weatherRefusal() === null) this.#d.command({ kind: 'weather', link, direction, weather })
  }

  /** Something happens to a coming frame of a link's direction, once. */
  fault(link: number, direction: LinkDirection, on: FaultOn, what: FaultWhat): void {
    if (this.weatherRefusal() === null) this.#d.command({ kind: 'fault', link, direction, on, what })
  }

  /** Follows the request that was sent while time ran. */
  followSent(): void {
    const { sent } = this.#d
    this.#d.sent = null
    if (sent) this.#d.followRequest(sent)
  }

  /** Gives an order and lets follow what it sends. `method`: the request that it makes, where one is sure; `from`: who sends it, or the server. */
  #order(command: Command, method: string | null, from: number | null): void {
    const d = this.#d
    const stands = !d.playing
    const at = d.live
    // What was offered of the order before is old now.
    d.sent = null
    d.command(command, (outcome) => {
      if (outcome.kind !== 'done') return
      // In a world that stands still the request is the next thing to follow; else it is offered.
      if (stands) d.followRequest({ method, from, at })
      else d.sent = { method, from, at }
    })
  }
}
