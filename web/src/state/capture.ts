import type { Session } from './session.svelte'

/** Hands a capture file in. The server turns all pages to it, or says why it cannot be shown. */
export async function openCapture(session: Session, file: File): Promise<void> {
  const key = new URLSearchParams(location.hash.slice(1)).get('key')
  const headers: HeadersInit = key === null ? {} : { 'X-Layercast-Key': key }
  try {
    const answer = await fetch(`capture?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file, headers })
    if (!answer.ok) session.trouble = { kind: 'refused', text: (await answer.text()).trim() }
  } catch {
    session.trouble = { kind: 'refused', text: 'The file could not be sent to the server.' }
  }
}
