/** What lies over the page, of which at most one is open; nothing of it is kept. */
export const screen = $state({
  /** The list of all commands. */
  palette: false,
  /** The help with the keys. */
  help: false,
  /** The page shows nothing, so that people look at who speaks. */
  blank: false,
})
