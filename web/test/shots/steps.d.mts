/** A step of a lesson that is shown. */
export interface Step {
  /** The stop's number; 0: the introduction. */
  stop: number
  answered: boolean
  /** The beginning of its files' names. */
  name: string
}
export interface Size {
  width: number
  height: number
  quality: number
}
export const CHOSEN_LESSONS: readonly string[]
export const SIZES: readonly Size[]
export const THEMES: readonly string[]
export function stepsOf(lesson: string): Step[]
export function fileOf(lesson: string, step: Step, size: Size, theme: string): string
