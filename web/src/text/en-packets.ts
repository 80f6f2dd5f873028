import type { FrameRow, WhatRow } from '../wire'

/** The words of the list of packets: a line says who, to whom, and what. */
export interface PacketWords {
  outside: string
  everyone: string
  whoHas(target: string): string
  isHere(target: string): string
  type(type: number, code: number | null): string
  icmp(type: number, code: number): string
  igmp(type: number, group: string | null): string
  /** Why a segment goes again, behind its flags; empty when it does not. */
  again(frame: FrameRow): string
  response(status: number, reason: string, method: string | null): string
  rtp(what: WhatRow & { kind: 'rtp' }): string
  unknown(bytes: number): string
}

/** English. */
export const packets: PacketWords = {
  outside: 'outside',
  everyone: 'everyone',
  whoHas: (target) => `Who has ${target}?`,
  isHere: (target) => `${target} is here`,
  type: (type, code) => `Type ${type}${code === null ? '' : `, code ${code}`}`,
  icmp: (type, code) => {
    switch (type) {
      case 0: return 'Echo reply'
      case 3: return `Unreachable (code ${code})`
      case 8: return 'Echo request'
      case 11: return 'Time exceeded'
      default: return `Type ${type}, code ${code}`
    }
  },
  igmp: (type, group) => {
    switch (type) {
      case 0x11: return `Who is in ${group ?? 'any group'}?`
      case 0x12:
      case 0x16: return `In ${group ?? 'any group'}`
      case 0x17: return `Leaves ${group ?? 'any group'}`
      default: return `Type ${type}`
    }
  },
  again: ({ cause }) => {
    switch (cause.kind) {
      case 'timeout': return ` again (attempt ${cause.attempt})`
      case 'fastRetransmit': return ' again'
      case 'zeroWindowProbe': return ' window probe'
      case 'captured': return cause.seen === 'repeats' ? ' again' : cause.seen === 'keepAlive' ? ' keep-alive' : ''
      default: return ''
    }
  },
  response: (status, reason, method) => `${status} ${reason}${method ? `, to ${method}` : ''}`,
  rtp: (what) => what.picture !== null && what.index !== null && what.of !== null
    ? `picture ${what.picture}, ${what.index + 1}/${what.of} #${what.sequence}`
    : what.marker ? `#${what.sequence}, last of its picture` : `#${what.sequence}`,
  unknown: (bytes) => `${bytes} bytes of an unknown kind`,
}
