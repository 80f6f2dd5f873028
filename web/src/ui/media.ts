import { MediaQuery } from 'svelte/reactivity'

/** The page is one column, and fingers touch it: the same width as in the styles. */
export const phone = new MediaQuery('(max-width: 860px)', false)

/** The system's colours take the place of the page's. */
export const forced = new MediaQuery('(forced-colors: active)', false)
