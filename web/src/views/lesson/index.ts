// What the page needs only in a lesson: fetched with the first one.
export { default as LessonCard } from './LessonCard.svelte'
export { default as Question } from './Question.svelte'
