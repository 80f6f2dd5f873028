import { describe, expect, it } from 'vitest'
import { answerOf } from '../../src/scene/answer'
import { noticeOf, type Matters } from '../../src/text/notices'
import { fixture } from './support/fixture'

const well: Matters = { status: { kind: 'open' }, wall: 0, trouble: null, sent: null, viewer: false, history: 600e9, inVain: null }

describe('the notice', () => {
  it('is nothing while all is well', () => {
    expect(noticeOf(well)).toBeNull()
  })
  it('counts down to the next try, and is one matter all the while', () => {
    const first = noticeOf({ ...well, status: { kind: 'lost', retryAt: 3000 }, wall: 100 })
    const later = noticeOf({ ...well, status: { kind: 'lost', retryAt: 3000 }, wall: 2900 })
    expect(first?.text).toBe('Layercast stopped answering. You can still step through what is here; trying again in 3 s.')
    expect(later?.text).toContain('in 1 s')
    expect(later?.id).toBe(first?.id)
    expect(first?.act.label).toBe('Try now')
  })
  it('says where the kept history begins, and how much is kept', () => {
    expect(noticeOf({ ...well, trouble: { kind: 'historyLimit', at: 41.5e9 } })?.text).toBe('Packets before 0:41 are no longer kept (limit 10 min).')
    expect(noticeOf({ ...well, trouble: { kind: 'movedOn', at: 41.5e9 } })?.text).toBe('Packets before 0:41 are no longer kept (limit 10 min), so you were moved on to what is.')
    expect(noticeOf({ ...well, history: 20e9, trouble: { kind: 'historyLimit', at: 41e9 } })?.text).toContain('(limit 20 s)')
  })
  it('says who left and when', () => {
    expect(noticeOf({ ...well, trouble: { kind: 'clientLeft', text: 'ffplay', at: 12.45e9 } })?.text).toBe('ffplay left at 12.4 s; its packets stay on the tape.')
  })
  it('says who came, and that the network runs on where the page stands', () => {
    const came = { kind: 'clientCame', text: 'Lavf59.27.100', client: 7 }
    expect(noticeOf({ ...well, trouble: { ...came, stood: false } })).toMatchObject({ text: 'Lavf59.27.100 has come and takes part.', act: { id: 'watch', label: 'Watch it' }, closable: true })
    expect(noticeOf({ ...well, trouble: { ...came, stood: true } })?.text).toMatch(/the network runs on; you stay where you are\.$/)
  })
  it('says that PLAY was accepted and nothing came', () => {
    const notice = noticeOf({ ...well, inVain: { waited: 2.4e9, last: 'R1 had no route' } })
    expect(notice?.text).toBe('PLAY was accepted 2 s ago and no packet has come. Last event: R1 had no route.')
  })
  it('offers to follow a request that was sent while time ran', () => {
    const notice = noticeOf({ ...well, sent: { method: 'OPTIONS', from: 0, at: 5e9 } })
    expect(notice?.text).toBe('The client has sent OPTIONS while time ran on. It can be followed from its first word.')
    expect(noticeOf({ ...well, sent: { method: 'REDIRECT', from: null, at: 5e9 } })?.text).toContain('The server has sent REDIRECT')
    expect(notice?.act).toEqual({ id: 'follow', label: 'Follow this request' })
  })
  it('puts a lost connection before everything else', () => {
    const all = { ...well, status: { kind: 'lost', retryAt: 0 }, trouble: { kind: 'refused', text: 'No.' }, viewer: true } as const
    expect(noticeOf(all)?.id).toBe('lost')
    expect(noticeOf({ ...all, status: { kind: 'open' } })?.text).toBe('No.')
    expect(noticeOf({ ...all, status: { kind: 'open' }, trouble: null })?.id).toBe('viewer')
  })
})

describe('a request that can be followed', () => {
  it('is told with its answer, once that is written', () => {
    const sent = { method: 'OPTIONS', from: 0, at: 5e9, answer: { status: 200, reason: 'OK' } }
    expect(noticeOf({ ...well, sent })?.text).toContain('while time ran on, and was answered 200 OK.')
  })
  it('has the answer of the first such request behind the order', () => {
    const { trace } = fixture(1)
    const describe = trace.signalling.find(({ what }) => what.kind === 'request' && what.method === 'DESCRIBE')
    expect(answerOf(trace, { method: 'DESCRIBE', from: 0, at: 0 })).toEqual({ status: 200, reason: 'OK' })
    expect(answerOf(trace, { method: 'DESCRIBE', from: 0, at: (describe?.at ?? 0) + 1 })).toBeNull()
    expect(answerOf(trace, { method: 'DESCRIBE', from: 4, at: 0 })).toBeNull()
  })
})
