import type { Fact, Who } from '../scene'
import { count, rate, span } from './clock'
import { fateWords } from './en-weather'

/** Who, in the middle of a sentence. */
export function who(w: Who): string {
  if (w.kind === 'members') return 'the group’s members'
  return w.kind === 'name' ? w.name : `the ${w.kind}`
}
const cap = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const Who = (w: Who): string => cap(who(w))
/** The last two bytes of a hardware address: cards of different networks may share the last one. */
const short = (mac: string | null): string => (mac === null || mac === '' ? 'the next card' : `…:${mac.split(':').slice(-2).join(':')}`)
const bytes = (n: number): string => `${count(n)} ${n === 1 ? 'byte' : 'bytes'}`

/** Words from a body, so short that they leave room for the sentence. */
const listed = (lines: readonly string[]): string => {
  const text = lines.join(', ')
  return text.length <= 40 && lines.length <= 3 ? text : `${lines.length} parameters`
}

function request(f: Fact & { kind: 'request' }): string {
  const me = Who(f.who)
  if (f.auth === 'Digest') return `${me} sends ${f.method.slice(0, 20)} with a Digest: computed from name, password and the server’s nonce, so that the password itself never travels.`
  if (f.auth !== null) return `${me} sends ${f.method.slice(0, 20)} with name and password in Base64: anybody on the way could read them.`
  switch (f.method) {
    case 'OPTIONS': return `${me} asks with OPTIONS which methods the server knows, because it must not use one that is missing.`
    case 'DESCRIBE': return `${me} asks with DESCRIBE what there is to play, so that it learns the tracks and how they are coded.`
    case 'SETUP':
      if (f.ports) return `SETUP tells the server where to send the picture: UDP ports ${f.ports[0]} and ${f.ports[1]} on the client. Watch for ${f.ports[0]} in every media packet.`
      if (f.channels) return `SETUP asks for the picture inside this TCP connection, as channels ${f.channels[0]} and ${f.channels[1]}, so that no other port is needed.`
      return 'SETUP asks the server to prepare one track and says how its packets shall travel.'
    case 'PLAY': return 'PLAY asks the server to start sending: the session is ready, so the first picture can follow at once.'
    case 'PAUSE': return 'PAUSE asks the server to stop sending but to keep the session, so that PLAY can go on from there.'
    case 'TEARDOWN': return 'TEARDOWN ends the session: the server stops sending and forgets what it knew of it.'
    case 'ANNOUNCE': return `${me} tells with ANNOUNCE what it will send, in SDP, so that the server can describe it to whoever wants to play it.`
    case 'RECORD': return `RECORD turns the stream around: from now on ${who(f.who)} sends media to the server, which passes it on to those who play it.`
    case 'REDIRECT': return `${me} sends REDIRECT: the client shall end this session and ask for its stream at the address in Location.`
    case 'SET_PARAMETER': return f.body.length > 0
      ? `${me} sets ${listed(f.body)} with SET_PARAMETER, and the server keeps it for this session.`
      : `${me} sends SET_PARAMETER without a line: it sets nothing and only shows that ${who(f.who)} is still there.`
    case 'GET_PARAMETER': return f.body.length > 0
      ? `${me} asks with GET_PARAMETER for ${listed(f.body)}: what the server knows of this session.`
      : `GET_PARAMETER only says that ${who(f.who)} is still there, because the server ends sessions that stay silent.`
    default: return `${me} writes a request of ${bytes(f.bytes)}: ${f.method.slice(0, 20)}.`
  }
}

function response(f: Fact & { kind: 'response' }): string {
  const me = Who(f.who)
  if (f.status === 401) return f.auth === 'Basic'
    ? `${me} answers 401 and asks for name and password. Basic sends both so that anybody on the way can read them.`
    : `${me} answers 401: it wants to know who asks. Its nonce is used for the answer, so that an answer overheard is soon worth nothing.`
  if (f.status >= 300 && f.status < 400) return `${me} answers ${f.status} ${f.reason.slice(0, 30)}: the stream is elsewhere, at the address in Location, so ${who(f.to)} must ask there.`
  if (f.status >= 300) return `${me} answers ${f.status} ${f.reason.slice(0, 30)}: it does not do what was asked, and the number says why.`
  switch (f.method) {
    case 'OPTIONS': return `${me} answers ${f.status} ${f.reason.slice(0, 20)} and lists its methods, so that the client knows what it may ask.`
    case 'DESCRIBE': return `${me} answers with a description in SDP, so that the client knows each track, its coding and its address.`
    case 'SETUP':
      if (f.channels) return `${me} has made a session: channels ${f.channels[0]} and ${f.channels[1]} of this connection will carry the media, so no other port is needed.`
      return `${me} has made a session and names its own ports, so that both ends know where packets come from and go to.`
    case 'PLAY': return `${me} accepts PLAY and names its first sequence number, so that the client knows where the picture starts.`
    case 'PAUSE': return `${me} has stopped sending and keeps the session, so the state goes back to Ready.`
    case 'ANNOUNCE': return `${me} has read what will come, so whoever asks for this name can be told as soon as media flows.`
    case 'RECORD': return `${me} accepts RECORD: it waits for media now, and passes each packet on to everyone who plays this stream.`
    case 'REDIRECT': return `${me} has understood: it will leave this session and go where it was sent.`
    case 'GET_PARAMETER': return `${me} answers with what it was asked for, so that ${who(f.to)} knows how the session stands.`
    case 'SET_PARAMETER': return `${me} has set it for this session, and says so with ${f.status}.`
    case 'TEARDOWN': return `${me} has ended the session and forgotten its state, so no packet of it follows.`
    default: return `${me} answers ${f.status} ${f.reason.slice(0, 30)}, so that ${who(f.to)} knows how its request went.`
  }
}

function rtp(f: Fact & { kind: 'rtp' }): string {
  // The server decodes nothing: it passes on what is published.
  const can = f.to.kind === 'server' ? `${who(f.to)} knows that it is whole` : `${who(f.to)} can start decoding now`
  if (f.marker && f.of === 1) return `This one packet, number ${f.sequence}, carries a whole picture: it is first and last of it, so ${can}.`
  if (f.marker && f.of !== null) return `The marker bit is 1: this is the last of the picture’s ${f.of} packets, so ${can}.`
  if (f.marker) return `The marker bit is 1: this is the last packet of the picture, so ${can}.`
  if (f.index !== null && f.of !== null && f.picture !== null) {
    return `${Who(f.who)} cuts picture ${f.picture} into ${f.of} packets. This is packet ${f.index + 1}, ${f.tcp ? `numbered ${f.sequence} although TCP alone keeps their order` : `number ${f.sequence}, so that ${who(f.to)} can order them`}.`
  }
  if (f.tcp) return `RTP gives this piece the number ${f.sequence}, as it would over UDP, although TCP lets none get lost.`
  return `RTP gives this piece of the picture the number ${f.sequence}, so that ${who(f.to)} can order packets and notice a missing one.`
}

function rtcp(types: readonly string[], me: string): string {
  if (types.includes('BYE')) return `${me} says BYE with RTCP: this source stops, so nobody waits for more of its packets.`
  if (types.includes('SR')) return `${me} reports with RTCP how many packets and bytes it has sent, and which time of its clock belongs to which RTP timestamp.`
  if (types.includes('RR')) return `${me} reports with RTCP how many packets it misses and how unevenly the others arrive, so that the server learns of loss and jitter.`
  return `${me} sends RTCP, the report channel beside the media: ${types.join(', ').slice(0, 30)}.`
}

function igmp(f: Fact & { kind: 'igmp' }): string {
  const group = f.group ?? 'any group'
  switch (f.type) {
    case 17: return `${Who(f.who)} asks with IGMP who on this network wants ${group}, so that it passes on only what somebody watches.`
    case 23: return `${Who(f.who)} leaves ${group} with IGMP, so the router will ask whether anybody else here still wants it.`
    default: return `${Who(f.who)} reports with IGMP that it is in ${group}, so routers pass the group’s packets on to this network.`
  }
}

function acknowledgement(f: Fact & { kind: 'tcpAck' }): string {
  const me = Who(f.who)
  switch (f.because) {
    case 'delayed': return `${me} waited for data that could carry this ACK along. None came in time, so TCP confirms alone.`
    case 'everySecondSegment': return `Two segments have arrived, so ${who(f.who)} confirms them: TCP may not leave more than one unconfirmed.`
    case 'outOfOrder':
    case 'duplicate': return `A segment is missing, so ${who(f.who)} repeats its last ACK: it still waits for the same byte.`
    case 'windowUpdate': return `The program has read its data, so ${who(f.who)} tells that its window is open again.`
    case 'fin': return `${me} confirms the FIN: that direction of the connection is closed now.`
    default: return f.number === null
      ? `${me} confirms what has arrived, so that ${who(f.to)} need not send it again.`
      : `${me} confirms every byte before ${f.number}, so that ${who(f.to)} need not send them again.`
  }
}

function drop(reason: string, me: string): string {
  switch (reason) {
    case 'badIpChecksum': return `The IP header’s checksum is wrong, so ${me} cannot trust its addresses and drops the packet.`
    case 'badTransportChecksum': return `The checksum over header and data is wrong, so ${me} drops the packet rather than hand on damaged data.`
    case 'ttl': return `TTL has reached 0, so ${me} drops the packet: it may have been going in circles.`
    case 'noRoute': return `${cap(me)} knows no way to this address, so it drops the packet.`
    case 'noMembers': return `Nobody on the other networks of ${me} has joined this group, so it drops the packet: multicast goes only where somebody wants it.`
    case 'localGroup': return `Packets for this group stay on their own network, so ${me} does not pass it on.`
    case 'wrongSide': return `The packet’s source is not on the network where it came from, so ${me} drops it: copies must not go in rings.`
    case 'notOurAddress': return `The card let the frame in, but the packet is for a group that ${me} is not in, so IP drops it.`
    case 'portClosed': return `No program listens on this port, so ${me} drops the data.`
    case 'duplicate': return `TCP has these bytes already, so ${me} drops the copy and confirms again.`
    case 'arpFailed': return `Nobody answered the ARP question, so ${me} cannot address the frame and drops the packet.`
    default: return `${cap(me)} drops it: ${reason.slice(0, 60)}.`
  }
}

/** The sentence of a step: who does what, and why. */
export function caption(f: Fact): string {
  switch (f.kind) {
    case 'request': return request(f)
    case 'response': return response(f)
    case 'rtp': return rtp(f)
    case 'rtcp': return rtcp(f.types, Who(f.who))
    case 'unknownMessage': return `${Who(f.who)} hands ${bytes(f.bytes)} to the transport layer. No protocol known here explains them.`
    case 'interleave': return `RTSP puts 4 bytes in front: $, channel${f.channel === null ? '' : ` ${f.channel}`} and length, so that ${who(f.to)} can tell ${f.media ? 'media' : 'reports'} from RTSP words in one connection.`
    case 'deinterleave': return `${Who(f.who)} reads $${f.channel === null ? '' : ` and channel ${f.channel}`}: no RTSP words, but an ${f.media ? 'RTP' : 'RTCP'} packet of ${bytes(f.bytes)} comes next in this connection.`
    case 'formatText': return `Layers 6 and 5 add no bytes to this ${f.request ? 'request' : 'response'}: one is about its format, text, the other about the session both ends remember.`
    case 'formatOther': return `The format is ${f.coding.slice(0, 16)}: its own headers are inside the payload, as that format’s RTP rules say. Layer 6 adds nothing else.`
    case 'formatJpeg': return f.tables
      ? `The format has a header of its own: ${bytes(f.bytes)} of RTP/JPEG say where this piece belongs and bring the tables to decode it.`
      : `The format has a header of its own: RTP/JPEG says where in the picture this piece belongs, and how large the picture is.`
    case 'formatFile': return `No header of the format’s own: the whole picture file is the payload. These ${bytes(f.bytes)} are more than one frame can carry.`
    case 'tcpData': return `TCP puts ${bytes(f.header)} in front: port ${f.port} names the program, and the sequence number lets ${who(f.to)} notice anything missing.`
    case 'tcpPart': return `The message is too long for one segment, so TCP cuts it: this segment carries ${bytes(f.bytes)} of it.`
    case 'tcpOpen': return `Before the first RTSP word, both ends agree where counting starts: ${who(f.who)} sends SYN with its own first sequence number.`
    case 'tcpAccept': return `${Who(f.who)} answers with SYN and ACK: it names its own first sequence number and confirms the other one.`
    case 'tcpConfirm': return `${Who(f.who)} confirms the number it was given: both know now that the other hears them, and the connection stands.`
    case 'tcpClose': return `${Who(f.who)} has nothing more to send, so it closes its direction of the connection with FIN.`
    case 'tcpAbort': return `${Who(f.who)} breaks the connection off with RST: nothing more will be sent or read.`
    case 'tcpProbe': return `The other window is closed, so ${who(f.who)} asks with a tiny segment whether there is room again.`
    case 'tcpRefused': return `No program listens on port ${f.port}, so ${who(f.who)} refuses with RST.`
    case 'tcpAck': return acknowledgement(f)
    case 'tcpTimeout': return `No acknowledgement came within ${span(f.rto)}, so TCP sends the same ${bytes(f.bytes)} again. The message is late, but nothing will be missing.`
    case 'tcpFast': return `Three ACKs have asked for the same byte, so TCP repeats these ${bytes(f.bytes)} at once instead of waiting for its timer.`
    case 'tcpAfterTimeout': return `What followed the lost segment may be lost too, so TCP sends these ${bytes(f.bytes)} again as well.`
    case 'tcpPartial': return `The ACK confirmed only part of what was lost, so TCP repeats the next ${bytes(f.bytes)} at once.`
    case 'tcpBySack': return `SACK tells that later bytes have arrived, so TCP takes these ${bytes(f.bytes)} for lost and sends them again before a third duplicate ACK.`
    case 'tcpHole': return `SACK shows a hole where these ${bytes(f.bytes)} belong, so TCP sends just them again, and nothing that has arrived.`
    case 'tcpRescue': return `The end of what was sent may be lost, too, so TCP sends its last ${bytes(f.bytes)} once more: an ACK for them will tell.`
    case 'tcpPathMtu': return `A cable on the way carries only smaller packets, as ICMP has told, so TCP sends these ${bytes(f.bytes)} again in smaller segments.`
    case 'tcpLetGo': return letGo(f)
    case 'fate': return fateWords(f.fate, who(f.who), f.tcp) ?? drop('lost', who(f.who))
    case 'udp': return `UDP puts only ${f.header} bytes in front: ports, length and a checksum. It numbers nothing, so a lost datagram stays lost.`
    case 'icmpv6': return icmpv6(f)
    case 'tag': return f.removed
      ? `${Who(f.who)} takes the tag of VLAN ${f.vlan} out and computes a new FCS: behind this port nobody knows of VLANs.`
      : `${Who(f.who)} puts a tag of 4 bytes in and computes a new FCS: on this cable the frame says that it belongs to VLAN ${f.vlan}.`
    case 'nat': return f.source
      ? `${Who(f.who)} hides the sender: ${f.from} becomes ${f.to}. It notes both, so that answers find their way back in.`
      : `${Who(f.who)} finds ${f.from} in its translation table: the packet is for ${f.to} inside, so it writes that address and port instead.`
    case 'ip': if (f.v6) return `IPv6 puts 40 bytes in front: ${f.destination === '' ? 'the destination' : f.destination} names the host. There is no checksum: the layers above and below have theirs.`
      return f.group ? `IP puts 20 bytes in front: ${f.destination} names a group. Routers pass the packet on to every network where a host has joined.` : `IP puts 20 bytes in front: ${f.destination === '' ? 'the destination address' : f.destination} names the host, on whichever network it is, so that routers can find it.`
    case 'icmp': return `${Who(f.who)} writes an ICMP message: IP’s own way to report errors and to answer echoes.`
    case 'igmp': return igmp(f)
    case 'fragment': return `The datagram is too long for one frame, so IP cuts it: this fragment ${f.last ? 'is the last one and ' : ''}carries its bytes from ${f.offset} on.`
    case 'waitForMac': return `${Who(f.who)} ${f.ip === null ? 'does not know the next device’s' : `knows ${f.ip} but not its`} MAC address, so this packet waits until ARP has the answer.`
    case 'ethernet': return `Ethernet adds addresses for this network only, from ${short(f.from)} to ${short(f.to)}, and an FCS that reveals flipped bits.`
    case 'arpQuestion': return `${Who(f.who)} knows ${f.target} but not its MAC address, so it asks every device on its network: who has ${f.target}?`
    case 'arpAnswer': return `${Who(f.who)} has the address ${f.ip ?? 'asked for'}, so it answers the one that asked: my MAC address is ${short(f.mac)}.`
    case 'queue': return `The cable is busy with an earlier frame, so this one waits ${span(f.wait)} in ${f.who.kind === 'name' ? `${f.who.name}’s` : `${who(f.who)}’s`} queue.`
    case 'bits': return `${bytes(f.bytes)} leave as bits: ${span(f.time)} to send at ${rate(f.rate)}, then ${span(f.delay)} on the way, because signals need time.`
    case 'bitsHeld': return `${f.ordered ? 'A person ordered it: the' : 'The'} cable holds this frame back for ${span(f.late)}, so frames that were sent after it overtake it.`
    case 'bitsCopied': return 'The cable delivers this frame a second time: the receiver must notice that it has these bytes already.'
    case 'switched': return f.learned
      ? `${Who(f.who)} learns from the sender ${short(f.source)} on which port it is, and sends the frame out of port ${f.port}${f.changed ? '' : ', unchanged to the last bit'}.`
      : `${Who(f.who)} reads only the Ethernet addresses: ${short(f.mac)} was last seen on port ${f.port}, so the frame leaves there${f.changed ? '' : ', unchanged to the last bit'}.`
    case 'flooded': return f.broadcast
      ? `The frame is for everyone, so ${who(f.who)} sends it out of every port but the one it came from.`
      : f.group
      ? `The address is a multicast group’s, which no single port has, so ${who(f.who)} sends the frame out of every other port.`
      : `${Who(f.who)} does not know yet where ${short(f.mac)} is, so it sends the frame out of every other port.`
    case 'routerIn': return `${Who(f.who)} checks the FCS: no bit flipped. ${f.group ? 'It takes in what is for groups' : 'The frame is for its own card'}, so it takes the Ethernet header off.`
    case 'route': return f.v6 ? `${Who(f.who)} lowers the hop limit from ${f.from} to ${f.to}, so that a stray packet cannot circle for ever. IPv6 has no header checksum to mend.` : `${Who(f.who)} lowers TTL from ${f.from} to ${f.to}, so that a stray packet cannot circle for ever. The header changed, so ${who(f.who)} computes a new checksum.`
    case 'routerOut': return `A new network, a new Ethernet header: ${who(f.who)} writes ${short(f.from)} as sender, ${short(f.to)} as receiver, and a new FCS.`
    case 'hostLink': return f.group
      ? `The card computes the FCS again: no bit flipped. The address is that of a group ${who(f.who)} is in, so it unpacks the frame.`
      : `The card computes the FCS again: no bit flipped. ${cap(short(f.mac))} is its own address, so ${who(f.who)} unpacks the frame.`
    case 'arpRead': return f.question
      ? `${Who(f.who)} reads the question: ${f.ip ?? 'the address'} is its own address, so it will answer, and it notes who asked.`
      : `${Who(f.who)} notes that ${f.ip ?? 'the address'} is at ${short(f.mac)}, so everything that waited for it can leave now.`
    case 'notForMe': return `The address is another card’s, so ${who(f.who)} leaves the frame unread.`
    case 'hostNetwork':
      if (f.cut) return `A piece of a datagram: IP keeps it until all pieces with its identification are here, and hands on the whole to ${f.next}.`
      if (f.group) return `${f.ip ?? 'The destination'} is a multicast group that ${who(f.who)} belongs to, and the header checksum is correct, so IP hands the rest to ${f.next}.`
      if (f.v6) return `${(f.ip ?? 'The destination').slice(0, 40)} is an address of ${who(f.who)}, so IPv6 hands the rest to ${f.next}.`
      return `${f.ip ?? 'The destination'} is ${who(f.who)}’s own address and the header checksum is correct, so IP hands the rest to ${f.next}.`
    case 'hostUdp': return `The UDP checksum is correct, and a program on ${who(f.who)} waits at port ${f.port}, so it gets the data at once.`
    case 'hostTcp': return hostTcp(f)
    case 'deliverRequest': return `${Who(f.who)} reads ${f.method.slice(0, 20)}: all headers below are gone, and the words are exactly what ${who(f.from)} wrote.`
    case 'deliverResponse': return `${Who(f.who)} reads ${f.status} ${f.reason.slice(0, 30)}${f.method === null ? '' : ` to its ${f.method.slice(0, 20)}`}: exactly what ${who(f.from)} wrote.`
    case 'deliverRtp': return f.real
      ? `${Who(f.who)} is a real program: it gets packet ${f.sequence} through a real socket, and its own window shows what it makes of it.`
      : `Number ${f.sequence} tells where this piece belongs. ${Who(f.who)} keeps it until its picture is due, so that uneven arrival does not show.`
    case 'deliverOther': return `${Who(f.who)} reads the report, exactly as it was written, and adapts what it knows of the other end.`
    case 'shown': return shown(f)
    case 'dropFcs': return f.packet && f.udp
      ? `A bit flipped on the cable, so the FCS is wrong: ${who(f.who)} drops packet ${f.packet.index} of ${f.packet.of}. UDP never resends: the picture keeps a hole.`
      : `${Who(f.who)} computes another FCS than the one received: at least one bit flipped on the cable, so it drops the frame and tells nobody.`
    case 'dropQueue': return f.tcp
      ? `${Who(f.who)}’s queue for this cable is full at ${bytes(f.limit)}, so the frame is dropped. No ACK comes, so TCP will send it again.`
      : `${Who(f.who)}’s queue for this cable is full at ${bytes(f.limit)}, so the frame is dropped. Nobody is told, but the numbers will have a gap.`
    case 'lost': return f.tcp
      ? 'The cable loses this frame. Only the tape shows it: no ACK will come for its bytes, so TCP will send them again.'
      : 'The cable loses this frame. Only the tape shows it: the receiver must notice a gap in the numbers, the sender hears nothing.'
    case 'drop': return drop(f.reason, who(f.who))
  }
}

function icmpv6(f: Fact & { kind: 'icmpv6' }): string {
  const target = (f.target ?? 'an address').slice(0, 40)
  switch (f.type) {
    case 133: return `${Who(f.who)} asks with ICMPv6 which routers are on this network.`
    case 134: return `${Who(f.who)} tells with ICMPv6 that it is a router, and which addresses belong to this network.`
    case 135: return `${Who(f.who)} asks the group of ${target}: which card has it? IPv6 asks with ICMPv6 what ARP asks for IPv4.`
    case 136: return `${Who(f.who)} answers: ${target} is at its own card, so packets can be sent there now.`
    case 2: return `${Who(f.who)} reports that a packet was too big for the next cable: routers do not cut IPv6 packets, so the sender must.`
    default: return `${Who(f.who)} writes an ICMPv6 message of type ${f.type}: IPv6’s own way to report and to ask.`
  }
}

function letGo(f: Fact & { kind: 'tcpLetGo' }): string {
  const sends = `so ${who(f.who)} sends the next ${bytes(f.bytes)}`
  switch (f.because) {
    case 'congestionWindow': return `An ACK has made room in the congestion window, ${sends}, which had waited for it.`
    case 'window': return `${Who(f.to)} has room again and told so, ${sends}, which had waited for it.`
    case 'limitedTransmit': return `A duplicate ACK shows that a segment has left the network, ${sends} to keep ACKs coming (limited transmit).`
    case 'recovery': return `What was lost is sent again already, and there is room for more, ${sends} of new data.`
    default: return `TCP may send more now, ${sends}.`
  }
}

function hostTcp(f: Fact & { kind: 'hostTcp' }): string {
  if (f.flags.includes('SYN') && f.flags.includes('ACK')) return `${Who(f.who)} reads SYN and ACK: its own number is confirmed, and it knows now where the other side counts from.`
  if (f.flags.includes('SYN')) return `A program waits at port ${f.port}, so ${who(f.who)} notes where the other side starts counting and will answer.`
  if (f.flags.includes('RST')) return `${Who(f.who)} reads RST: the connection is over at once.`
  if (f.flags.includes('FIN')) return `${Who(f.who)} reads FIN: the other side will send nothing more on this connection.`
  if (f.bytes === 0 && f.opening) return `${Who(f.who)} reads the ACK to its SYN: both ends count from agreed numbers now, and the connection is open.`
  if (f.bytes === 0) return `${Who(f.who)} reads the ACK: those bytes have arrived, so it need not keep copies of them any longer.`
  return `TCP checks port, sequence number and checksum: nothing is missing, so the program at port ${f.port} gets ${bytes(f.bytes)}.`
}

function shown(f: Fact & { kind: 'shown' }): string {
  const picture = f.picture === null ? 'The picture' : `Picture ${f.picture}`
  if (f.missing === 0) return `${picture} is due, and all of its ${f.packets} packets came in time, so ${who(f.who)} decodes and shows it.`
  const lost = f.missing === 1 ? '1 of its packets' : `${f.missing} of its packets`
  if (f.nothing) return `${picture} is due, but ${lost} never came, and nothing can be decoded without, so ${who(f.who)} still shows the one before.`
  return `${picture} is due, but ${lost} never came in time, so ${who(f.who)} shows it with a hole.`
}
