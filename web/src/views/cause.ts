import type { Session } from '../state/session.svelte'
import type { Step, Subject } from '../trace'

/** From a hole to its cause: follows what was lost, and stands where that happened. */
export function showLoss(session: Session, subject: Subject): void {
  session.follow(subject)
  const drop = session.journey?.steps.find((step) => step.kind === 'drop')
  if (drop) session.seek(drop.at)
}

/** Follows a message, and stands on the first of its steps that fits. */
export function goToStep(session: Session, message: number, fits: (step: Step) => boolean): void {
  session.follow({ kind: 'message', id: message })
  const step = session.journey?.steps.find(fits)
  if (step) session.seek(step.at)
}
