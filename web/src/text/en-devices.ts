import { count } from './clock'

/** The words of what devices know. */
export interface DeviceWords extends Record<
  | 'switchTable' | 'nothingLearnt' | 'card' | 'behind' | 'age' | 'networks' | 'network' | 'over' | 'own' | 'neighbours' | 'nobodyAsked' | 'address'
  | 'connections' | 'noConnection' | 'showLost' | 'noLossYet' | 'inFlight' | 'unsent' | 'peerWindow' | 'ownWindow' | 'waiting' | 'sentAgain'
  | 'state' | 'unknown' | 'nat' | 'protocol' | 'inside' | 'outside'
  | 'cwndHint' | 'ssthreshHint' | 'srttHint' | 'rtoHint', string> {
  /** What can be opened with a click on the stage. */
  open: { any: string; link: (name: string) => string; node: (name: string) => string }
  /** RFC 4861's states of a neighbour. */
  states: Readonly<Record<string, string>>
  protocols: Readonly<Record<number, string>>
  connection(number: number): string
  phase(algorithm: string, phase: string): string
  /** What both ends agreed on when the connection opened. */
  agreed(mss: number, sack: boolean, timestamps: boolean): string
  scales(theirs: number, own: number): string
  stalled(connection: number, start: number, end: number, link: string | null): string
}

const PHASES: Record<string, string> = {
  slowStart: 'slow start: the window doubles with each round trip', avoidance: 'congestion avoidance: the window grows slowly', recovery: 'recovery: what was lost is sent again first',
}

/** English. */
export const devices: DeviceWords = {
  open: { any: 'Devices and cables', link: (name) => `Cable ${name}: weather`, node: (name) => `${name}: tables` },
  state: 'state, for', unknown: 'not known yet', nat: 'Address translation', protocol: 'kind', inside: 'inside', outside: 'seen as',
  states: { incomplete: 'asked', reachable: 'reachable', stale: 'stale', delay: 'waiting', probe: 'asked again' },
  protocols: { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' },
  switchTable: 'Which card is behind which port',
  nothingLearnt: 'Nothing learnt yet: frames go out of every port.',
  card: 'MAC address', behind: 'behind', age: 'for',
  networks: 'Networks of its own', network: 'network', over: 'over cable', own: 'own address',
  neighbours: 'Neighbour cache', nobodyAsked: 'Empty: nobody’s MAC address was needed yet.', address: 'address',
  connections: 'TCP connections', noConnection: 'None is open.', connection: (number) => `Connection ${number}`,
  showLost: 'Show it', noLossYet: 'none yet', inFlight: 'in flight', unsent: 'not sent yet', peerWindow: 'peer’s window', ownWindow: 'own window',
  waiting: 'out of order', sentAgain: 'sent again',
  cwndHint: 'Congestion window: so much may be in the network at once', ssthreshHint: 'Below it the window grows fast, above it slowly',
  srttHint: 'Smoothed round-trip time', rtoHint: 'After so long without an acknowledgement it is sent again',
  phase: (algorithm, phase) => `${algorithm === 'cubic' ? 'CUBIC' : 'NewReno'}, ${PHASES[phase] ?? phase}`,
  agreed: (mss, sack, timestamps) => `MSS ${count(mss)} B${sack ? ', SACK' : ''}${timestamps ? ', timestamps' : ''}`,
  scales: (theirs, own) => `windows scaled by ${2 ** theirs} and ${2 ** own}`,
  stalled: (connection, start, end, link) =>
    `Connection ${connection} waits for octets ${count(start)} to ${count(end - 1)}${link === null ? ', which are late' : `, lost on cable ${link}`}: what came after them cannot be handed up.`,
}
