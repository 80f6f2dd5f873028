/** What the keys do, as the help says it in English; other languages have a word for each beside it. */
export const KEYS: readonly { keys: string; does: string }[] = [
  { keys: 'Space', does: 'Play and pause time' },
  { keys: '→   PageDown', does: 'Step forward; while a step moves, finish it' },
  { keys: '←   PageUp', does: 'Step back' },
  { keys: 'Shift + →', does: 'Next hop' },
  { keys: 'Ctrl + →', does: 'Next message' },
  { keys: '1 … 7', does: 'Look at one layer, the others paler; 1: also the bits on the cable' },
  { keys: '0', does: 'Look at all layers again' },
  { keys: '+   −', does: 'Zoom: flow, frame train, packet, bytes, bits' },
  { keys: 'P', does: 'Pin this packet; two pins show their difference' },
  { keys: 'T', does: 'Family tree of this picture' },
  { keys: 'O', does: 'What the headers cost' },
  { keys: 'F', does: 'Copy the field as a display filter' },
  { keys: 'D', does: 'What if this packet were lost' },
  { keys: 'N', does: 'Next problem' },
  { keys: 'U', does: 'Run until an event' },
  { keys: 'V', does: 'Next view: valley, ladder, charts' },
  { keys: 'L', does: 'Go live' },
  { keys: 'B', does: 'Blank the page, and show it again' },
  { keys: 'Ctrl + K', does: 'All commands, found by writing' },
  { keys: '?', does: 'This help' },
]

/** True where letters are written rather than pressed. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio'))
  )
}
