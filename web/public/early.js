// Opens the link to the server while the page's own script is still on its way, so that what the
// server says first is here when there is something to show it. The page takes the link over
// (src/wire/early.ts); the presenter's window and the pretended world need none.
(() => {
  /** So many messages are kept until then; a page that takes none has failed. */
  const MOST = 500
  const fragment = new URLSearchParams(location.hash.slice(1))
  if (fragment.has('presenter') || new URLSearchParams(location.search).has('fixture')) return
  const address = new URL('ws', location.href)
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const key = fragment.get('key')
  if (key !== null) address.search = `?key=${encodeURIComponent(key)}`
  const socket = new WebSocket(address.href)
  socket.binaryType = 'arraybuffer'
  const heard = []
  socket.onmessage = ({ data }) => {
    heard.push(data)
    if (heard.length > MOST) socket.close()
  }
  window.layercastEarly = { address: address.href, socket, heard }
})()
