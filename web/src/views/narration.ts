import { factOf, type Bench } from '../scene'
import type { Session } from '../state/session.svelte'
import { words, type FilmFact } from '../text'
import { SECOND, type Step } from '../trace'

/** The sentence of a step. */
export function stepCaption(session: Session, step: Step): string {
  return words.caption(factOf(step, { topology: session.topology, detailOf: (frame) => session.detailOf(frame), sending: (message) => session.trace.framesOf(message)[0]?.id ?? null }))
}

/** What stands over the bar: what the PDU is called and how long it is. */
export function stepTitle(session: Session, step: Step, bench: Bench): string {
  const pdu = words.pdu(bench.pdu, bench.bytes)
  if (!bench.lost) return pdu
  const what = step.message?.what
  const node = session.topology.nodes.find((n) => n.id === step.node)?.name ?? ''
  return words.lostTitle(what?.kind === 'rtp' ? what.sequence : null, step.hop?.fate?.kind === 'lost' ? null : node)
}

/** What the page shows while nothing is followed. */
export function filmFact(session: Session): FilmFact {
  void session.rowsVersion
  const { trace, t } = session
  if (session.status.kind !== 'open' && session.hello === null) return { kind: 'connecting' }
  let packets = 0
  let last = 0
  let first = t
  let per = 0
  const window = 2 * SECOND
  for (const segment of trace.segments(t - window, t + 1)) {
    for (const message of segment.messages) {
      if (message.at <= t - window || message.at > t || message.what.kind !== 'rtp') continue
      if (session.client !== null && message.client !== session.client) continue
      packets += 1
      first = Math.min(first, message.at)
      if (message.what.marker) last += 1
      per = message.what.of ?? per
    }
  }
  if (!session.playing) return { kind: 'still' }
  if (packets > 0) {
    // Whole pictures are counted, so that the number does not flicker.
    const seconds = Math.min(window, Math.max(t - first, SECOND / 2)) / SECOND
    if (per > 0 && last > 0) return { kind: 'pictures', packets: per, rate: per * Math.round(last / seconds) }
    return { kind: 'packets', rate: Math.round(packets / seconds) }
  }
  const state = session.client === null ? 'Init' : session.rtspState(session.client, t)
  const started = trace.signalling.some((m) => m.at <= t)
  if (!started) return { kind: 'nothingYet' }
  const over = trace.states.findLast((s) => s.at <= t && s.change.kind === 'media' && s.change.client === session.client)?.change
  if (over?.kind === 'media' && over.state === 'torn down' && state === 'Init') return { kind: 'ended' }
  if (over?.kind === 'media' && over.state === 'ended') return { kind: 'clipOver' }
  return over === undefined ? { kind: 'arranging' } : { kind: 'quiet' }
}
