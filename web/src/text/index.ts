import type { Catalogue } from './catalogue'
import { writeNumbers } from './clock'
import { en } from './en'
import { languageOf } from './languages'

export type { Catalogue, FilmFact } from './catalogue'
export { nameOfLanguage } from './languages'

/**
 * A language is a file beside `en.ts`, named by its two letters, whose `catalogue` holds the
 * areas that are translated; the rest stays English. It is fetched only where it is spoken.
 */
const files = import.meta.glob<{ catalogue: Partial<Catalogue> }>(['./[a-z][a-z].ts', '!./en.ts'])

/** The languages that the page speaks. */
export const LANGUAGES: readonly string[] = ['en', ...Object.keys(files).map((file) => file.slice(2, 4)).sort()]

/** The words of the page's language. It is chosen before the first of them is shown, and then stays. */
export let words: Catalogue = en

/** A refusal in the page's language, where there is one. */
export function said(why: string | null): string | null { return why === null ? null : words.heard(why) }

/** Speaks the first of the wished languages that there is; answers which. */
export async function speak(wishes: readonly (string | null | undefined)[]): Promise<string> {
  const language = languageOf(LANGUAGES, wishes)
  const file = files[`./${language}.ts`]
  words = file ? { ...en, ...(await file()).catalogue } : en
  writeNumbers(language === 'en' ? 'en-US' : language)
  return language
}
