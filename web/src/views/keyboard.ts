import { displayFilter } from '../scene/displayfilter'
import { screen } from '../state/screen.svelte'
import type { Session } from '../state/session.svelte'
import { STAGE_VIEWS } from '../state/types'
import { zoom } from '../state/zooming'
import { copyText } from './copy.svelte'

/** Inputs that use the keys themselves: text and lists take arrows, letters and Space. */
const TYPES = 'input, select, textarea, [contenteditable], [role="tree"], [role="treeitem"], [role="grid"], [role="listbox"], [role="menuitem"], [role="row"]'
/** These use the arrows, but neither Space nor letters: a tab is chosen as soon as it has the focus. */
const ARROWS = '[role="slider"], [role="tab"]'
/** What Space presses. */
const PRESSED = 'button, a, summary, [role="button"], [role="option"]'

/** What is selected in a packet, as a display filter. */
export function selectedFilter(session: Session): string | null {
  const { selection } = session
  const detail = selection ? session.detailOf(selection.frame) : null
  if (!selection || selection.layer === null || !detail) return null
  return displayFilter(detail, [selection.layer, ...(selection.field ?? [])].join('.'))
}

/** What a key does on the page; `false` when it is not one of the page's keys. */
export function onKey(session: Session, event: KeyboardEvent, letters: boolean): boolean {
  if (event.altKey || event.defaultPrevented) return false
  // Where everything can be done, whatever has the focus.
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    screen.palette = !screen.palette
    return true
  }
  if (event.metaKey) return false
  const target = event.target instanceof Element ? event.target : null
  // Clickers send these two wherever the focus is.
  if (event.key === 'PageDown') {
    session.stepForward()
    return true
  }
  if (event.key === 'PageUp') {
    session.stepBack()
    return true
  }
  if (target?.closest(TYPES)) return false
  const arrows = target?.closest(ARROWS) != null
  if (arrows && event.key.startsWith('Arrow')) return false
  switch (event.key) {
    case 'ArrowRight':
      if (event.ctrlKey) session.stepForward(session.stepSize === 'picture' ? 'picture' : 'message')
      else if (event.shiftKey) session.stepForward('hop')
      else session.stepForward()
      return true
    case 'ArrowLeft':
      session.stepBack()
      return true
    case ' ':
      if (!arrows && target?.closest(PRESSED)) return false
      session.toggle()
      return true
  }
  if (!letters || event.ctrlKey) return false
  if (/^[0-7]$/.test(event.key)) {
    if (session.lesson.asks) {
      session.lesson.act({ kind: 'choose', choice: Number(event.key) - 1 })
      return true
    }
    session.lens(Number(event.key))
    return true
  }
  switch (event.key) {
    case 'n':
    case 'N':
      session.nextProblem()
      return true
    case 'd':
    case 'D':
      if (!session.selection || session.playing) return false
      session.asking = session.selection.frame
      return true
    case 'p':
    case 'P':
      if (!session.selection) return false
      session.looking.pin(session.selection.frame)
      return true
    case 't':
    case 'T':
      session.looking.toggle('family')
      return true
    case 'o':
    case 'O':
      session.looking.toggle('octets')
      return true
    case '+':
      zoom(session, 1)
      return true
    case '-':
      zoom(session, -1)
      return true
    case 'f':
    case 'F': {
      const filter = selectedFilter(session)
      if (filter !== null) void copyText(filter)
      return filter !== null
    }
    case 'v':
    case 'V':
      session.view = STAGE_VIEWS[(STAGE_VIEWS.indexOf(session.view) + 1) % STAGE_VIEWS.length] ?? 'valley'
      return true
    case 'u':
    case 'U':
      session.until.open = true
      return true
    case 'b':
    case 'B':
    case '.': // as some clickers say it
      screen.blank = true
      return true
    case 'l':
    case 'L':
      session.goLive()
      return true
  }
  return false
}
