import type { Session } from './session.svelte'

const NOT_SENT = 'The file could not be sent to the server.'

/** Hands a capture file in. The server turns all pages to it, or says why it cannot be shown. */
export async function openCapture(session: Session, file: File): Promise<void> {
  const key = new URLSearchParams(location.hash.slice(1)).get('key')
  const headers: HeadersInit = key === null ? {} : { 'X-Layercast-Key': key }
  try {
    const answer = await fetch(`capture?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file, headers })
    // What stands between here and the server may refuse without a word.
    if (!answer.ok) session.trouble = { kind: 'refused', text: (await answer.text()).trim() || NOT_SENT }
  } catch {
    session.trouble = { kind: 'refused', text: NOT_SENT }
  }
}
