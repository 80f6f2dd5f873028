/**
 * Brings a part of a list into sight by scrolling that list alone. Where nothing but the page
 * scrolls (a phone), it stays where it is: what the reader looks at must not run away.
 */
export function bringIntoSight(part: HTMLElement | null | undefined): void {
  const list = part && scrolling(part.parentElement)
  if (!list) return
  const [one, all] = [part.getBoundingClientRect(), list.getBoundingClientRect()]
  // What sticks to its lower edge covers what lies there.
  const covered = parseFloat(getComputedStyle(list).scrollPaddingBottom) || 0
  const top = all.top + list.clientTop
  const bottom = top + list.clientHeight - covered
  if (one.top < top || one.height > bottom - top) list.scrollTop -= top - one.top
  else if (one.bottom > bottom) list.scrollTop += one.bottom - bottom
}

/** The nearest element around that has something to scroll; `null`: the page alone. */
function scrolling(from: HTMLElement | null): HTMLElement | null {
  for (let box = from; box && box !== document.body && box !== document.documentElement; box = box.parentElement) {
    if (box.scrollHeight > box.clientHeight && /auto|scroll/.test(getComputedStyle(box).overflowY)) return box
  }
  return null
}
