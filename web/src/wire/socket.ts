import { takeEarly } from './early'
import type { Id, PageMessage, ServerMessage } from './generated'

/** A decoded picture message: the JPEG that a player showed. */
export interface PictureMessage {
  /** The number of its run: 0 for the original. */
  run: number
  /** The player's host. */
  client: number
  /** The picture on the tape. */
  picture: Id
  /** What never came, in pixels; grey in the JPEG. */
  missing: Rect[]
  /** The JPEG file. */
  jpeg: Uint8Array
}

/** A rectangle of a picture, in pixels. */
export interface Rect {
  left: number
  top: number
  width: number
  height: number
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

const PICTURE_HEADER = 18
const RECT = 8

/**
 * Reads a binary message, all numbers little endian: 4 octets run, 4 octets client node, 8
 * octets picture id, 2 octets number of missing rectangles, each left, top, width and height of
 * 2 octets, then the JPEG. Answers `null` when it is too short to be one.
 */
export function readPicture(data: ArrayBuffer): PictureMessage | null {
  if (data.byteLength <= PICTURE_HEADER) return null
  const view = new DataView(data)
  const holes = view.getUint16(16, true)
  const start = PICTURE_HEADER + holes * RECT
  if (data.byteLength <= start) return null
  return {
    run: view.getUint32(0, true),
    client: view.getUint32(4, true),
    picture: Number(view.getBigUint64(8, true)),
    missing: Array.from({ length: holes }, (_, index) => {
      const at = PICTURE_HEADER + index * RECT
      return {
        left: view.getUint16(at, true),
        top: view.getUint16(at + 2, true),
        width: view.getUint16(at + 4, true),
        height: view.getUint16(at + 6, true),
      }
    }),
    jpeg: new Uint8Array(data, start),
  }
}

/** Writes what `readPicture` reads. */
export function writePicture(picture: PictureMessage): ArrayBuffer {
  const start = PICTURE_HEADER + picture.missing.length * RECT
  const out = new ArrayBuffer(start + picture.jpeg.length)
  const view = new DataView(out)
  view.setUint32(0, picture.run, true)
  view.setUint32(4, picture.client, true)
  view.setBigUint64(8, BigInt(picture.picture), true)
  view.setUint16(16, picture.missing.length, true)
  picture.missing.forEach((rect, index) => {
    const at = PICTURE_HEADER + index * RECT
    view.setUint16(at, rect.left, true)
    view.setUint16(at + 2, rect.top, true)
    view.setUint16(at + 4, rect.width, true)
    view.setUint16(at + 6, rect.height, true)
  })
  new Uint8Array(out, start).set(picture.jpeg)
  return out
}

/** A link over a WebSocket. */
export function webSocketChannel(url: string): OpenChannel {
  return (events) => {
    const early = takeEarly(url)
    const socket = early?.socket ?? new WebSocket(url)
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
    const hear = (data: string | ArrayBuffer): void => {
      if (over) return
      if (typeof data === 'string') {
        let message: ServerMessage
        try {
          message = JSON.parse(data) as ServerMessage
        } catch {
          // Not ours: start again with a fresh snapshot.
          socket.close()
          end()
          return
        }
        events.message(message)
      } else {
        const picture = readPicture(data)
        if (picture) events.picture(picture)
      }
    }
    // What was heard before comes first, and never before the caller has its link.
    const waiting: (string | ArrayBuffer)[] = early?.heard ?? []
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (waiting.length > 0) waiting.push(data)
      else hear(data)
    }
    queueMicrotask(() => {
      if (early && socket.readyState === WebSocket.OPEN) events.opened()
      for (let data = waiting[0]; data !== undefined; data = waiting[0]) {
        hear(data)
        waiting.shift()
      }
    })
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
