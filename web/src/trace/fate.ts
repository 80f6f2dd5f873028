import type { FateRow } from '../wire/generated'

/** Whether a frame with this fate entered the cable and was lost there, rather than dropped at the port. */
export function lostOnCable(fate: FateRow | null | undefined): boolean {
  return fate?.kind === 'lost' || fate?.kind === 'lostInBurst' || fate?.kind === 'ordered'
}

/** What the sending device did, for a sentence that begins with its name. */
export function fateWords(fate: FateRow): string {
  switch (fate.kind) {
    case 'queueFull': return 'had no room in its queue'
    case 'linkDown': return 'could not send: the cable is down'
    case 'tooBig': return `could not send: the cable carries packets of at most ${fate.mtu} bytes`
    case 'ordered': return 'sent a frame that was lost, as somebody had ordered'
    case 'lost':
    case 'lostInBurst': return 'sent a frame that the cable lost'
  }
}
