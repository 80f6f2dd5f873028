/** The language that somebody gets: the first wish that is there, also where only its region differs; else the first that is there. */
export function languageOf(there: readonly string[], wishes: readonly (string | null | undefined)[]): string {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split('-')[0]
    if (base !== undefined && there.includes(base)) return base
  }
  return there[0] ?? 'en'
}

/** The first wish that is a language at all: `de` of `de-AT`. */
export function firstOf(wishes: readonly (string | null | undefined)[]): string {
  for (const wish of wishes) {
    const base = /^[a-z]{2}(?=-|$)/i.exec(wish ?? '')?.[0].toLowerCase()
    if (base !== undefined) return base
  }
  return 'en'
}

/** A language's name in itself: `Deutsch`. */
export function nameOfLanguage(id: string): string {
  try {
    const name = new Intl.DisplayNames([id], { type: 'language' }).of(id) ?? id
    return name.charAt(0).toLocaleUpperCase(id) + name.slice(1)
  } catch {
    return id
  }
}
