import { describe, expect, it } from 'vitest'
import type { MessageRow, PictureRow, StateKind, StateRow, WhatRow } from '../../src/wire'
import { endedAt, rtspStateAt, stateBefore, ticksAt, videoAt } from '../../src/scene/session'

const CLIENT = 3

function state(at: number, change: StateKind): StateRow {
  return { at, node: CLIENT, change }
}

function message(at: number, what: WhatRow, client = CLIENT): MessageRow {
  return {
    id: at,
    at,
    from: 3,
    to: 9,
    client,
    transport: { kind: 'udp', src: 1, dst: 2 },
    what,
    length: 1,
    cause: null,
  }
}

const request = (method: string): WhatRow => ({ kind: 'request', method, cseq: 1 })
const response = (method: string, status = 200): WhatRow => ({
  kind: 'response',
  method,
  status,
  reason: 'OK',
  cseq: 1,
})

const states = [
  state(10, { kind: 'rtsp', client: CLIENT, state: 'Ready' }),
  state(12, { kind: 'rtsp', client: 7, state: 'Playing' }),
  state(20, { kind: 'rtsp', client: CLIENT, state: 'Playing' }),
  state(50, { kind: 'rtsp', client: CLIENT, state: 'Init' }),
  state(50, { kind: 'media', client: CLIENT, state: 'torn down' }),
  state(70, { kind: 'rtsp', client: CLIENT, state: 'Ready' }),
  state(80, { kind: 'rtsp', client: CLIENT, state: 'Playing' }),
]

const rtsp = [
  message(1, request('OPTIONS')),
  message(2, response('OPTIONS')),
  message(3, request('DESCRIBE'), 7),
  message(4, request('DESCRIBE')),
  message(5, response('DESCRIBE', 404)),
]

const picture = { id: 1, at: 30, client: CLIENT } as PictureRow
const session = { states, rtsp, pictures: [picture] }

describe('the RTSP state', () => {
  it("is the client's own, at that moment", () => {
    expect([0, 10, 15, 20, 50, 80].map((t) => rtspStateAt(states, CLIENT, t) ?? 'Init')).toEqual([
      'Init',
      'Ready',
      'Ready',
      'Playing',
      'Init',
      'Playing',
    ])
  })

  it('before what is kept is the one that the first change has left, or the one now', () => {
    const change = (state: string): StateRow => ({ at: 10, node: CLIENT, change: { kind: 'rtsp', client: CLIENT, state } })
    expect(stateBefore([change('Playing')], CLIENT, 'Init')).toBe('Ready')
    expect(stateBefore([change('Ready')], CLIENT, 'Init')).toBe('Playing')
    expect(stateBefore([change('Ready')], 9, 'Recording')).toBe('Recording')
  })
})

describe('the opening requests', () => {
  it("are ticked by their answers, not by other clients'", () => {
    const words = (t: number) => ticksAt(rtsp, CLIENT, t).map((tick) => tick.state)
    expect(words(0)).toEqual(['open', 'open', 'open', 'open'])
    expect(words(1)).toEqual(['asked', 'open', 'open', 'open'])
    expect(words(3)).toEqual(['done', 'open', 'open', 'open'])
    expect(words(9)).toEqual(['done', 'refused', 'open', 'open'])
  })
})

describe('the video area', () => {
  it('waits, shows, and ends, and goes all the way back', () => {
    expect(videoAt(session, CLIENT, 5).kind).toBe('waiting')
    expect(videoAt(session, CLIENT, 30)).toEqual({ kind: 'picture', picture })
    expect(videoAt(session, CLIENT, 60)).toEqual({ kind: 'ended', picture })
    expect(videoAt(session, CLIENT, 85)).toEqual({ kind: 'picture', picture })
  })
  it('ends when a real client leaves', () => {
    const left = [state(90, { kind: 'client', client: CLIENT, joined: false, name: 'ffplay' })]
    expect(endedAt(left, CLIENT, 89)).toBeNull()
    expect(endedAt(left, CLIENT, 90)).toBe(90)
  })
})
