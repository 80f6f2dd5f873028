import { preferences } from '../state/preferences.svelte'

/** The page speaks another language from now on: it is loaded again, at the same place of the run. */
export function speakAnother(language: string): void {
  preferences.set({ language })
  const address = new URL(location.href)
  address.searchParams.delete('lang')
  if (address.href === location.href) location.reload()
  else location.href = address.href
}
