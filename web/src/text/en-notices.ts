import type { NoticeAct } from './notices'

/** The words of notices: what is wrong or worth a word, where, and what to do. */
export interface NoticeWords {
  acts: Record<NoticeAct, string>
  lost(seconds: number): string
  outdated: string
  historyLimit(at: string, limit: string): string
  movedOn(at: string, limit: string): string
  /** `name`: who left, where that is known. */
  clientLeft(name: string | undefined, at: string): string
  /** A program outside has come; `stood`: time stands still here, and the network runs. */
  clientCame(name: string, stood: boolean): string
  refused: string
  noProblem: string
  sent(fromServer: boolean, method: string | null, answer: { status: number; reason: string } | null): string
  inVain(waited: string, last: string | null): string
  viewer: string
}

/** English. */
export const notice: NoticeWords = {
  acts: { start: 'Start of this run', tryNow: 'Try now', reload: 'Reload', show: 'Show it', follow: 'Follow this request', watch: 'Watch it', dismiss: 'Close' },
  lost: (seconds) => `Layercast stopped answering. You can still step through what is here; ${seconds > 0 ? `trying again in ${seconds} s` : 'trying again now'}.`,
  outdated: 'Layercast was renewed while this page was open. Reload the page to go on.',
  historyLimit: (at, limit) => `Packets before ${at} are no longer kept (limit ${limit}).`,
  movedOn: (at, limit) => `Packets before ${at} are no longer kept (limit ${limit}), so you were moved on to what is.`,
  clientCame: (name, stood) => `${name} has come and takes part.${stood ? ' It cannot wait, so the network runs on; you stay where you are.' : ''}`,
  clientLeft: (name, at) => `${name ?? 'A client'} left at ${at}; its packets stay on the tape.`,
  refused: 'That was refused.',
  noProblem: 'No lost or late packet lies after this moment in what is kept here.',
  sent: (fromServer, method, answer) =>
    `The ${fromServer ? 'server' : 'client'} ${method === null ? 'has sent its next request' : `has sent ${method}`} while time ran on${answer === null ? '' : `, and was answered ${answer.status} ${answer.reason.slice(0, 20)}`}. It can be followed from its first word.`,
  inVain: (waited, last) => `PLAY was accepted ${waited} ago and no packet has come.${last === null ? '' : ` Last event: ${last}.`}`,
  viewer: 'You are watching the teacher’s room: stepping is yours, requests need the room key.',
}
