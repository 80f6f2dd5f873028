import type { Session } from '../state/session.svelte'
import type { Subject } from '../trace'

/** From a hole to its cause: follows what was lost, and stands where that happened. */
export function showLoss(session: Session, subject: Subject): void {
  session.follow(subject)
  const drop = session.journey?.steps.find((step) => step.kind === 'drop')
  if (drop) session.seek(drop.at)
}
