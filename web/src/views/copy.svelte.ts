/** What was copied last, for the words beside the button; kept for a moment. */
export const copied = $state<{ text: string | null; failed: boolean }>({ text: null, failed: false })

/** How long it is told that something was copied, milliseconds. */
const TOLD_MS = 4000
let timer: ReturnType<typeof setTimeout> | undefined

/** Copies a text; where the browser forbids its clipboard (a page that is not of this machine), by a selection. */
export async function copyText(text: string): Promise<boolean> {
  const done = await write(text)
  clearTimeout(timer)
  copied.text = text
  copied.failed = !done
  timer = setTimeout(() => (copied.text = null), TOLD_MS)
  return done
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const before = document.activeElement
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.append(area)
    area.select()
    let done = false
    try {
      done = document.execCommand('copy')
    } catch {
      done = false
    }
    area.remove()
    if (before instanceof HTMLElement) before.focus()
    return done
  }
}
