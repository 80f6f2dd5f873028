// Other windows of a lesson. Their addresses hold no key: the presenter's window hears
// everything from this one, and a handout needs only what everybody may see.

import { channelId } from '../../state/lesson/presenting'

function address(fragment: string): string {
  const url = new URL(location.href)
  url.hash = fragment
  return url.href
}

/** Opens the presenter's window; `false` when the browser forbids it. */
export function openPresenter(): boolean {
  return window.open(address(`presenter=${channelId()}`), `layercast-presenter-${channelId()}`, 'popup,width=1100,height=760') !== null
}

/** Opens the printable page of a lesson; `false` when the browser forbids it. */
export function openHandout(lesson: string): boolean {
  return window.open(address(`handout=${encodeURIComponent(lesson)}`), '_blank') !== null
}
