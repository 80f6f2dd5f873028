import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { takeEarly, type EarlyLink } from '../../src/wire/early'
import { webSocketChannel } from '../../src/wire/socket'

/** A socket that is open, and says what the test says. */
class Socket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 3
  static made: string[] = []
  readyState = Socket.OPEN
  binaryType = ''
  onmessage: ((event: { data: string }) => void) | null = null
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  constructor(address?: string) { if (address !== undefined) Socket.made.push(address) }
  close(): void { this.readyState = Socket.CLOSED }
  send(): void {}
}

const HERE = 'ws://here/ws'
const early = (address = HERE, heard: string[] = []): EarlyLink & { socket: Socket } => ({ address, socket: new Socket(), heard }) as unknown as EarlyLink & { socket: Socket }

describe('a link that was opened before the page was there', () => {
  beforeEach(() => {
    Socket.made = []
    vi.stubGlobal('WebSocket', Socket)
    vi.stubGlobal('window', {})
  })
  afterEach(() => vi.unstubAllGlobals())

  it('is taken over once, and only for its own address and while it holds', () => {
    const link = early()
    const from: { layercastEarly?: EarlyLink } = { layercastEarly: link }
    expect(takeEarly(HERE, from)).toBe(link)
    expect(takeEarly(HERE, from)).toBeNull()
    const other = early('ws://here/ws?key=a')
    expect(takeEarly(HERE, { layercastEarly: other })).toBeNull()
    expect(other.socket.readyState).toBe(Socket.CLOSED)
    const gone = early()
    gone.socket.close()
    expect(takeEarly(HERE, { layercastEarly: gone })).toBeNull()
  })

  it('tells what was heard before first, in order, after its owner has it; then what comes', async () => {
    const link = early(HERE, ['{"n":1}', '{"n":2}'])
    window.layercastEarly = link
    const told: unknown[] = []
    const open = webSocketChannel(HERE)
    const channel = open({ opened: () => told.push('open'), message: (message) => told.push(message), picture: () => {}, closed: () => told.push('closed') })
    expect(told).toEqual([])
    link.socket.onmessage?.({ data: '{"n":3}' })
    await Promise.resolve()
    link.socket.onmessage?.({ data: '{"n":4}' })
    expect(told).toEqual(['open', { n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }])
    expect(Socket.made).toEqual([])
    channel.close()
    expect(link.socket.readyState).toBe(Socket.CLOSED)
    // The next try opens one of its own.
    open({ opened: () => {}, message: () => {}, picture: () => {}, closed: () => {} })
    expect(Socket.made).toEqual([HERE])
  })
})
