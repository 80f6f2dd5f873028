import type { Journey, Step } from '../trace'

/**
 * A picture is shown without what this message carried: the step at which it was lost, where it
 * stays. `null` where the message arrived, or the step is about something else.
 */
export function lostBefore(step: Step, journey: Journey): Step | null {
  if (step.kind !== 'shown' || journey.steps.some((one) => one.kind === 'deliver')) return null
  return journey.steps.findLast((one) => one.kind === 'drop' && one.aside === step.aside) ?? null
}
