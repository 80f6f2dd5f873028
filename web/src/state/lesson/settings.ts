// What a stop shows beside its moment: a stop that says nothing leaves it as the one before did.

import type { LessonStop, LessonTab, LessonView } from '../../wire'

/** How the page looks at a stop; `null`: no stop up to here has said. */
export interface Settings {
  tab: LessonTab | null
  view: LessonView | null
  lens: number | null
}

/** The settings at a stop: its own, or those of the last stop before it that has some. */
export function settingsAt(stops: readonly LessonStop[], at: number): Settings {
  const settings: Settings = { tab: null, view: null, lens: null }
  for (const stop of stops.slice(0, at + 1)) {
    settings.tab = stop.tab ?? settings.tab
    settings.view = stop.view ?? settings.view
    settings.lens = stop.lens ?? settings.lens
  }
  return settings
}
