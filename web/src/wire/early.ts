/** A link that was opened before the page's script was here (`public/early.js`), and what was heard on it. */
export interface EarlyLink {
  address: string
  socket: WebSocket
  heard: (string | ArrayBuffer)[]
}

declare global {
  interface Window {
    layercastEarly?: EarlyLink
  }
}

/** Takes the early link to `address` over, once; `null` where there is none that still holds. */
export function takeEarly(address: string, from: Pick<Window, 'layercastEarly'> = window): EarlyLink | null {
  const early = from.layercastEarly
  delete from.layercastEarly
  if (!early) return null
  const holds = early.socket.readyState === WebSocket.CONNECTING || early.socket.readyState === WebSocket.OPEN
  if (holds && early.address === address) return early
  early.socket.onmessage = null
  early.socket.close()
  return null
}
