import type { Id, PageMessage, ServerMessage } from './generated'

/** A decoded picture message: the JPEG that a player showed. */
export interface PictureMessage {
  /** The player's host. */
  client: number
  /** The picture on the tape. */
  picture: Id
  /** The JPEG file. */
  jpeg: Uint8Array
}

/** What a link to a server tells its owner. */
export interface ChannelEvents {
  opened(): void
  message(message: ServerMessage): void
  picture(picture: PictureMessage): void
  closed(): void
}

/** An open (or opening) link to a server. */
export interface Channel {
  send(message: PageMessage): void
  close(): void
}

/** Opens a link; the page's one way to reach a server, real or pretended. */
export type OpenChannel = (events: ChannelEvents) => Channel

const PICTURE_HEADER = 12

/**
 * Reads a binary message: 4 octets little endian client node, 8 octets little endian
 * picture id, then the JPEG. Answers `null` when it is too short to be one.
 */
export function readPicture(data: ArrayBuffer): PictureMessage | null {
  if (data.byteLength <= PICTURE_HEADER) return null
  const view = new DataView(data)
  return {
    client: view.getUint32(0, true),
    picture: Number(view.getBigUint64(4, true)),
    jpeg: new Uint8Array(data, PICTURE_HEADER),
  }
}

/** Writes what `readPicture` reads. */
export function writePicture(picture: PictureMessage): ArrayBuffer {
  const out = new ArrayBuffer(PICTURE_HEADER + picture.jpeg.length)
  const view = new DataView(out)
  view.setUint32(0, picture.client, true)
  view.setBigUint64(4, BigInt(picture.picture), true)
  new Uint8Array(out, PICTURE_HEADER).set(picture.jpeg)
  return out
}

/** A link over a WebSocket. */
export function webSocketChannel(url: string): OpenChannel {
  return (events) => {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    let over = false
    const end = (): void => {
      if (over) return
      over = true
      events.closed()
    }
    socket.onopen = () => events.opened()
    socket.onclose = end
    socket.onerror = () => {
      socket.close()
      end()
    }
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (over) return
      if (typeof event.data === 'string') {
        let message: ServerMessage
        try {
          message = JSON.parse(event.data) as ServerMessage
        } catch {
          // Not ours: start again with a fresh snapshot.
          socket.close()
          end()
          return
        }
        events.message(message)
      } else {
        const picture = readPicture(event.data)
        if (picture) events.picture(picture)
      }
    }
    return {
      send: (message) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
      },
      close: () => {
        over = true
        socket.close()
      },
    }
  }
}
