/**
 * A choice made with the pointer lets go of the focus, so that the page's arrow keys step again;
 * made with the keyboard it keeps it, as anybody who uses the keyboard expects.
 */
export function release(node: HTMLElement): { destroy(): void } {
  let pointer = false
  const pressed = (): void => { pointer = true }
  const typed = (): void => { pointer = false }
  const chosen = (event: Event): void => {
    // A click that no pointer made (a key, a screen reader) has no detail.
    if (!pointer || (event instanceof MouseEvent && event.detail === 0)) return
    const target = event.target
    if (target instanceof HTMLElement) target.closest<HTMLElement>('button, input, select')?.blur()
  }
  node.addEventListener('pointerdown', pressed)
  node.addEventListener('keydown', typed)
  node.addEventListener('change', chosen)
  node.addEventListener('click', clicked)
  function clicked(event: MouseEvent): void {
    // A list opens with a click; its choice comes as a change.
    if (!(event.target instanceof HTMLSelectElement)) chosen(event)
  }
  return {
    destroy: () => {
      node.removeEventListener('pointerdown', pressed)
      node.removeEventListener('keydown', typed)
      node.removeEventListener('change', chosen)
      node.removeEventListener('click', clicked)
    },
  }
}
