/** A stop as its file has it. */
export interface WrittenStop {
  title: string
  /** The caption without its marks. */
  caption: string
  /** How many choices its question has; 0 without one. */
  choices: number
  /** The layer of `show`. */
  layer: number | null
  tab: string | null
}

/** A lesson as its file has it. */
export interface Written {
  id: string
  language: string
  title: string
  number: number
  goal: string
  stops: WrittenStop[]
}

/** The lessons that come with Layercast in a language, by number; none where there is no folder of lessons. */
export function writtenLessons(language: string): Written[]
