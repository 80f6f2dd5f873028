import type { FateRow } from '../wire/generated'

/** Whether a frame with this fate entered the cable and was lost there, rather than dropped at the port. */
export function lostOnCable(fate: FateRow | null | undefined): boolean {
  return fate?.kind === 'lost' || fate?.kind === 'lostInBurst' || fate?.kind === 'ordered'
}

/** What became of a lost frame: its fate on the cable, or why a device dropped it. */
export type Loss = { kind: 'fate'; fate: FateRow } | { kind: 'dropped'; reason: string }
