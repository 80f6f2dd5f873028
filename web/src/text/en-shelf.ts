import { count, plural } from './clock'

/** The words of the shelf: remote, receiver, details and packets. */
export interface ShelfWords {
  tabs: Record<'remote' | 'receiver' | 'details' | 'packets', string>
  remote: Record<'requests' | 'more', string> & { state(name: string): string }
  more: Record<
    | 'openStream' | 'open' | 'standsFor' | 'parameters' | 'volume' | 'parametersHint' | 'publish' | 'itsName' | 'publishHint'
    | 'redirect' | 'sendTo' | 'this' | 'all' | 'redirectThis' | 'redirectAll' | 'redirectHint' | 'redirectFirst' | 'ownProgram', string
  > & { orAddress(path: string): string; source: Record<string, string> }
  receiver: Record<'nothing' | 'gone' | 'inside' | 'received' | 'lost' | 'jitter' | 'late', string> & {
    picture(number: number | null): string
    needs(picture: string, packets: number): string
    soFar(picture: string, packets: number): string
    counts: Record<'received' | 'lost' | 'jitter' | 'late', (value: string) => string>
    slots: string
    slot(number: number, of: number, sequence: number | null, state: 'received' | 'waiting' | 'missing'): string
  }
  buffer: Record<'title' | 'list' | 'missing' | 'picture', string> & { after(delay: string): string; state: Record<'now' | 'ready' | 'coming', string> }
  details: Record<'pick' | 'opening' | 'nothing' | 'noRfc' | 'tree' | 'checked' | 'bits' | 'noField' | 'bytes' | 'bytesOf' | 'frame', string> & {
    definedIn(rfc: string): string
    meaning: string
    reassembled(number: number | null): string
    bytesLong(bytes: number): string
  }
  packets: Record<'filter' | 'filterHint' | 'find' | 'findHint' | 'previous' | 'next' | 'load' | 'clear' | 'list', string> & {
    columns: Record<'time' | 'way' | 'kind' | 'what', string>
    notHere(from: string, to: string): string
    noneHas(text: string, loadedOnly: boolean): string
    noMatch(loadedOnly: boolean): string
    fresh(n: number): string
    inList(n: number, loadedFrom: string | null): string
  }
  direction: string
  presetLine(up: string, down: string, source: string): string
}

/** English. */
export const shelf: ShelfWords = {
  tabs: { remote: 'Remote', receiver: 'Receiver', details: 'Details', packets: 'Packets' },
  remote: { requests: 'Requests', more: 'More: open, parameters, publish, redirect', state: (name) => `RTSP state: ${name}` },
  more: {
    openStream: 'Open a stream', open: 'Open',
    standsFor: 'This host stands for the real server: its application bytes are its own, its TCP/IP headers are simulated.',
    parameters: 'Parameters', volume: 'Volume', parametersHint: 'SET_PARAMETER tells the server; GET_PARAMETER asks it for all values.',
    publish: 'Publish', itsName: 'its name: live', publishHint: 'ANNOUNCE tells what will come, then SETUP and RECORD: this client sends to the server.',
    redirect: 'Redirect', sendTo: 'Send to', this: 'this', all: 'all', redirectThis: 'REDIRECT this client', redirectAll: 'REDIRECT all that play',
    redirectHint: 'REDIRECT: the server tells this client, or all that play, to go there.',
    redirectFirst: 'REDIRECT: the server tells this client, or all that play, to go there. Write a path or an address first.',
    ownProgram: 'This client is a program of its own: it plays what it was told to.',
    orAddress: (path) => `${path} or rtsp://…`,
    source: { open: 'being connected', connected: 'connected', failed: 'could not be reached', closed: 'the connection is over', left: 'left' },
  },
  receiver: {
    nothing: 'Nothing yet: the first RTP packet comes after PLAY.',
    gone: 'This program has left. Go back in time to see what came to it.',
    inside: 'Its jitter buffer is inside the program itself: nothing of it can be seen from here.',
    received: 'came to the player', lost: 'gaps in the sequence numbers', jitter: 'how unevenly they come, smoothed', late: 'after their picture was due: not used',
    counts: { received: (n) => `${n} received`, lost: (n) => `${n} lost`, jitter: (n) => `${n} jitter`, late: (n) => `${n} late` },
    picture: (number) => (number === null ? 'This picture' : `Picture ${number}`),
    needs: (picture, n) => `${picture} needs ${plural(n, 'packet')}`,
    soFar: (picture, n) => `${picture}: ${plural(n, 'packet')} so far`,
    slots: 'This picture’s packets',
    slot: (number, of, sequence, state) => `Packet ${number} of ${of}${sequence === null ? '' : `, sequence ${sequence}`}, ${{ received: 'received', waiting: 'not here yet', missing: 'missing' }[state]}`,
  },
  buffer: {
    title: 'Jitter buffer', list: 'Pictures in the jitter buffer', missing: ', packets missing', picture: 'picture',
    after: (delay) => `plays after ${delay}`, state: { now: 'now', ready: 'ready', coming: 'coming' },
  },
  details: {
    pick: 'Pick a field, or a byte below: the other one is marked.', opening: 'Opening the packet …', nothing: 'Nothing is open yet: stop, then pick a packet.',
    noRfc: 'no RFC', tree: 'Packet details', checked: ', checked', bits: 'Bits', noField: 'not part of a field', bytes: 'Bytes', bytesOf: 'Bytes of', frame: 'Frame',
    definedIn: (rfc) => `Defined in ${rfc}.`,
    meaning: 'Meaning of the field',
    reassembled: (number) => (number === null ? 'Reassembled' : `Reassembled ${number}`),
    bytesLong: (n) => plural(n, 'byte'),
  },
  packets: {
    filter: 'Filter packets', filterHint: 'Filter: rtp -rtcp', find: 'Find a packet', findHint: 'Find', previous: 'Find previous', next: 'Find next',
    load: 'Load earlier', clear: 'Clear', list: 'Packets',
    columns: { time: 'Time, s', way: 'From – to', kind: 'Kind', what: 'What' },
    notHere: (from, to) => `Not all packets of ${from} to ${to} are here.`,
    noneHas: (text, loadedOnly) => `No packet ${loadedOnly ? 'loaded here ' : ''}has “${text}”.`,
    noMatch: (loadedOnly) => `Nothing ${loadedOnly ? 'loaded here ' : ''}matches this filter`,
    fresh: (n) => `${count(n)} new ↓`,
    inList: (n, from) => `${plural(n, 'packet')} in the list${from === null ? '' : `; those before ${from} are not all loaded`}`,
  },
  direction: 'Direction',
  presetLine: (up, down, source) => `${up} up; ${down} down. ${source}`,
}
