import type { Trace } from '../trace'
import type { Nanos } from '../wire'

/** A request that was ordered: its method where it is sure, who sends it (`null`: the server), and after which moment. */
export interface Ordered {
  method: string | null
  from: number | null
  at: Nanos
}

/** How a request that was ordered has been answered; `null` while it is not. */
export function answerOf(trace: Trace, sent: Ordered): { status: number; reason: string } | null {
  for (const message of trace.signalling) {
    const what = message.what
    if (message.at < sent.at || what.kind !== 'request') continue
    if ((sent.from !== null && message.from !== sent.from) || (sent.method !== null && what.method !== sent.method)) continue
    const answer = trace.answers(message.id)[0]?.what
    return answer?.kind === 'response' ? { status: answer.status, reason: answer.reason } : null
  }
  return null
}
