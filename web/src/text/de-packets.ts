import type { PacketWords } from './en-packets'

/** German. */
export const packets: PacketWords = {
  outside: 'außerhalb',
  everyone: 'alle',
  whoHas: (target) => `Wer hat ${target}?`,
  isHere: (target) => `${target} ist hier`,
  type: (type, code) => `Typ ${type}${code === null ? '' : `, Code ${code}`}`,
  icmp: (type, code) => {
    switch (type) {
      case 0: return 'Echo-Antwort'
      case 3: return `Unerreichbar (Code ${code})`
      case 8: return 'Echo-Anfrage'
      case 11: return 'Zeit abgelaufen'
      default: return `Typ ${type}, Code ${code}`
    }
  },
  igmp: (type, group) => {
    switch (type) {
      case 0x11: return `Wer ist in ${group ?? 'irgendeiner Gruppe'}?`
      case 0x12:
      case 0x16: return `In ${group ?? 'irgendeiner Gruppe'}`
      case 0x17: return `Verlässt ${group ?? 'eine Gruppe'}`
      default: return `Typ ${type}`
    }
  },
  again: ({ cause }) => {
    switch (cause.kind) {
      case 'timeout': return ` noch einmal (Versuch ${cause.attempt})`
      case 'fastRetransmit': return ' noch einmal'
      case 'zeroWindowProbe': return ' Fensterprobe'
      case 'captured': return cause.seen === 'repeats' ? ' noch einmal' : cause.seen === 'keepAlive' ? ' Keep-Alive' : ''
      default: return ''
    }
  },
  response: (status, reason, method) => `${status} ${reason}${method ? `, auf ${method}` : ''}`,
  rtp: (what) => what.picture !== null && what.index !== null && what.of !== null
    ? `Bild ${what.picture}, ${what.index + 1}/${what.of} #${what.sequence}`
    : what.marker ? `#${what.sequence}, letztes seines Bildes` : `#${what.sequence}`,
  unknown: (bytes) => `${bytes} Byte unbekannter Art`,
}
