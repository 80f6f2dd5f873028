// The frames of one picture as a train over the cables: where each is, when. Pure.

import { lostOnCable } from '../trace/fate'
import type { Trace } from '../trace'
import type { Id, Nanos } from '../wire'
import type { Family } from './family'
import type { Layout } from './layout'

/** A frame on a cable: its bits go out from `start` to `end`, and its last one arrives at `arrive`. */
export interface Car {
  frame: Id
  message: Id
  sequence: number
  number: number
  cable: number
  queued: Nanos
  start: Nanos
  end: Nanos
  arrive: Nanos
  lost: boolean
  /** +1 towards the server. */
  direction: 1 | -1
}

/** All of a picture's frames, by cable and time. */
export interface FrameTrain { cars: Car[]; from: Nanos; to: Nanos }

/** `null` while nothing of it has been on a cable. */
export function frameTrain(trace: Trace, layout: Layout, family: Family): FrameTrain | null {
  const cars: Car[] = []
  for (const piece of family.pieces) {
    for (const packet of piece.packets) {
      for (const { frame } of packet.frames) {
        for (const hop of trace.hops(frame)) {
          const cable = layout.cables.findIndex((line) => line.link === hop.link)
          if (cable < 0) continue
          // What never entered the cable is shown where it waited.
          const entered = !hop.fate || lostOnCable(hop.fate)
          cars.push({
            frame, message: piece.message, sequence: piece.sequence, number: piece.number, cable, queued: hop.queued, start: hop.start, end: entered ? hop.end : hop.queued,
            arrive: entered ? hop.arrive : hop.queued, lost: hop.fate != null, direction: layout.indexOf(hop.from) === layout.cables[cable]?.from ? 1 : -1,
          })
        }
      }
    }
  }
  if (cars.length === 0) return null
  cars.sort((a, b) => a.start - b.start)
  return { cars, from: Math.min(...cars.map((car) => car.queued)), to: Math.max(...cars.map((car) => car.arrive)) }
}
