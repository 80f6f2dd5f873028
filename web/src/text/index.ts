import type { Catalogue } from './catalogue'
import { en } from './en'

export type { Catalogue, FilmFact } from './catalogue'

/** The words of the page's language; another language is another file like `en.ts`. */
export const words: Catalogue = en
