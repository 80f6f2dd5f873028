import type { Loss } from '../trace/fate'

/** The words of the timeline, and what is said of a lost frame there and in the ladder. */
export interface TimelineWords {
  time: string
  live: string
  behindLive(behind: string): string
  zoom: string
  shorter: string
  longer: string
  /** Beside the lanes seen from far away. */
  all: string
  allHint: string
  /** Instead of a device's name. */
  cable: string
  /** Who lost a frame, and how; `name`: a device, or `cable`. */
  loss(name: string, loss: Loss): string
}

const DROPS: Readonly<Record<string, string>> = {
  badFcs: 'found a wrong FCS',
  badIpChecksum: 'found a wrong IP checksum',
  badTransportChecksum: 'found a wrong checksum',
  ttl: 'saw the TTL end',
  noRoute: 'had no route',
  noMembers: 'had no member of the group',
  localGroup: 'keeps this group on its network',
  wrongSide: 'got it from the wrong side',
  portClosed: 'had nobody at that port',
  duplicate: 'had it already',
}

function did(loss: Loss): string {
  if (loss.kind === 'dropped') return DROPS[loss.reason] ?? `dropped it (${loss.reason})`
  switch (loss.fate.kind) {
    case 'queueFull': return 'had no room in its queue'
    case 'linkDown': return 'could not send: the cable is down'
    case 'tooBig': return `could not send: the cable carries packets of at most ${loss.fate.mtu} bytes`
    case 'ordered': return 'sent a frame that was lost, as somebody had ordered'
    case 'lost':
    case 'lostInBurst': return 'sent a frame that the cable lost'
  }
}

/** English. */
export const timeline: TimelineWords = {
  time: 'Time',
  live: 'live',
  behindLive: (behind) => `${behind} behind live`,
  zoom: 'Timeline zoom',
  shorter: 'Show a shorter time',
  longer: 'Show a longer time',
  all: 'counts all clients',
  allHint: 'Seen so far away, the lanes count what all clients of the room send and get.',
  cable: 'A cable',
  loss: (name, loss) => `${name} ${did(loss)}`,
}
