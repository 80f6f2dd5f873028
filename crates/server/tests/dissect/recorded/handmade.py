"""Writes the captures in this folder that no real host would send: handmade.pcap and its kin.

Usage: python3 handmade.py, in this folder.
"""

import socket
import struct
import zlib

MAC = b"\x02\0\0\0\0\xc1"
TO = b"\x02\0\0\0\0\x5e"
CLIENT, SERVER = b"\x0a\0\1\2", b"\x0a\0\2\2"


def six(text):
    return socket.inet_pton(socket.AF_INET6, text)


A, B, LINK_LOCAL, ALL = six("fd00:1::2"), six("fd00:2::2"), six("fe80::1"), six("ff02::1")


def checksum(octets):
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def eth(kind, payload, least=60):
    frame = TO + MAC + struct.pack(">H", kind) + payload
    return frame + bytes(max(0, least - len(frame)))


def ip6(following, payload, src=A, dst=B, hops=64, traffic=0, flow=0x12345):
    head = struct.pack(">IHBB", 6 << 28 | traffic << 20 | flow, len(payload), following, hops)
    return head + src + dst + payload


def summed(protocol, octets, at, src=A, dst=B):
    octets = octets[:at] + b"\0\0" + octets[at + 2 :]
    pseudo = src + dst + struct.pack(">II", len(octets), protocol)
    return octets[:at] + struct.pack(">H", checksum(pseudo + octets)) + octets[at + 2 :]


def udp6(src, dst, data):
    return summed(17, struct.pack(">HHHH", src, dst, 8 + len(data), 0) + data, 6)


def tcp(src, dst, flags, options=b"", data=b""):
    words = (20 + len(options)) // 4
    head = struct.pack(">HHIIHHHH", src, dst, 1000, 2000, words << 12 | flags, 65535, 0, 0)
    return head + options + data


def icmp6(kind, code, body, src=A, dst=B):
    return summed(58, bytes([kind, code, 0, 0]) + body, 2, src, dst)


def ip4(protocol, payload, ttl=64, fragment=0x4000, ident=7, options=b"", length=None, wrong=0):
    words = 5 + len(options) // 4
    length = 4 * words + len(payload) if length is None else length
    head = struct.pack(">BBHHHBBH4s4s", 0x40 | words, 0xB9, length, ident, fragment, ttl, protocol, 0, CLIENT, SERVER)
    head += options
    total = checksum(head) ^ wrong
    return head[:10] + struct.pack(">H", total) + head[12:] + payload


def udp4(src, dst, data, length=None):
    length = 8 + len(data) if length is None else length
    return struct.pack(">HHHH", src, dst, length, 0) + data


def icmp4(octets):
    return octets[:2] + struct.pack(">H", checksum(octets[:2] + b"\0\0" + octets[4:])) + octets[4:]


def pcap(name, frames, link=1, order="<", magic=0xA1B2C3D4, most=None):
    with open(name, "wb") as file:
        file.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link))
        for number, frame in enumerate(frames):
            kept = frame[:most]
            file.write(struct.pack(order + "IIII", 1000 + number, number, len(kept), len(frame)) + kept)


def version_six():
    quoted = ip6(17, udp6(5000, 5001, b"hello"))
    quoted_tcp = ip6(6, tcp(40000, 8554, 2, bytes([2, 4, 5, 0xA0])))
    source, target = bytes([1, 1]) + MAC, bytes([2, 1]) + MAC
    prefix = bytes([3, 4, 64, 0xC0]) + struct.pack(">III", 86400, 14400, 0) + six("fd00:1::")
    mtu = struct.pack(">BBHI", 5, 1, 0, 1500)
    dns = struct.pack(">BBHI", 25, 3, 0, 600) + A
    alert = bytes([58, 0, 5, 2, 0, 0, 1, 0])
    plain = udp6(5000, 5001, b"x" * 32)
    options = bytes([2, 4, 5, 0xA0, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7])
    sack = bytes([1, 1, 5, 18]) + struct.pack(">IIII", 1, 2, 3, 4)

    def neighbour(kind, body):
        return ip6(58, icmp6(kind, 0, body, LINK_LOCAL, ALL), LINK_LOCAL, ALL, 255)

    def group(kind, body):
        return ip6(0, alert + icmp6(kind, 0, body, LINK_LOCAL, ALL), LINK_LOCAL, ALL, 1)

    def piece(offset, more, octets, ident=0xABCD):
        return ip6(44, bytes([17, 0]) + struct.pack(">HI", offset | more, ident) + octets)

    return [
        eth(0x86DD, packet)
        for packet in [
            ip6(17, udp6(5000, 5001, b"hello"), traffic=0xB9),
            ip6(6, summed(6, tcp(40000, 8555, 2, options), 16)),
            ip6(6, summed(6, tcp(40000, 8555, 0x110, sack, b"data"), 16)),
            ip6(6, tcp(40000, 8555, 0x10)),
            ip6(58, icmp6(128, 0, struct.pack(">HH", 7, 1) + b"abcdefgh")),
            ip6(58, icmp6(129, 0, struct.pack(">HH", 7, 1) + b"abcdefgh")),
            ip6(58, icmp6(1, 4, bytes(4) + quoted)),
            ip6(58, icmp6(1, 0, bytes(4) + quoted_tcp)),
            ip6(58, icmp6(2, 0, struct.pack(">I", 1280) + quoted)),
            ip6(58, icmp6(3, 0, bytes(4) + quoted)),
            ip6(58, icmp6(4, 1, struct.pack(">I", 6) + quoted)),
            neighbour(133, bytes(4) + source),
            neighbour(134, struct.pack(">BBHII", 64, 0x48, 1800, 30000, 1000) + source + mtu + prefix + dns),
            neighbour(135, bytes(4) + B + source),
            neighbour(136, struct.pack(">I", 0xE0000000) + B + target),
            neighbour(137, bytes(4) + A + B + target + bytes([4, 6]) + bytes(6) + quoted[:40]),
            group(130, struct.pack(">HH", 10000, 0) + bytes(16)),
            group(131, struct.pack(">HH", 0, 0) + ALL),
            group(132, struct.pack(">HH", 0, 0) + ALL),
            group(143, struct.pack(">HHBBH", 0, 1, 4, 0, 0) + ALL),
            ip6(43, bytes([17, 2, 0, 1]) + bytes(4) + B + plain),
            ip6(60, bytes([17, 0, 1, 4, 0, 0, 0, 0]) + plain),
            ip6(60, bytes([17, 1, 0x1E, 4, 1, 2, 3, 4, 1, 6, 0, 0, 0, 0, 0, 0]) + plain),
            piece(0, 1, plain[:24]),
            piece(24, 0, plain[24:]),
            piece(0, 0, plain, 3),
            ip6(59, b"zz"),
        ]
    ]


def tagged():
    plain = ip4(17, udp4(5000, 5001, b"hello"))
    arp = bytes.fromhex("0001080006040001") + MAC + CLIENT + bytes(6) + SERVER
    return [
        eth(0x8100, struct.pack(">HH", 0x3005, 0x0800) + plain),
        eth(0x8100, struct.pack(">HH", 7, 0x8100) + struct.pack(">HH", 8, 0x86DD) + ip6(17, udp6(1, 2, b"a"))),
        eth(0x8100, struct.pack(">HH", 7, 0x0806) + arp, 64),
    ]


def version_four():
    plain = udp4(5000, 5001, b"hello")
    segment = tcp(40000, 8555, 0x10)
    whole = udp4(5000, 5001, bytes(range(48)))
    alert = bytes([148, 4, 0, 0])
    route = bytes([7, 11, 8]) + b"\x0a\0\0\1" + bytes(4) + b"\0"
    return [
        eth(0x0800, packet)
        for packet in [
            ip4(1, icmp4(struct.pack(">BBHHH", 3, 4, 0, 0, 1400) + ip4(17, plain))),
            ip4(1, icmp4(struct.pack(">BBHI", 11, 0, 0, 0) + ip4(6, segment))),
            ip4(1, icmp4(struct.pack(">BBHI", 12, 0, 0, 5 << 24) + ip4(6, segment[:8]))),
            ip4(1, icmp4(struct.pack(">BBHI", 5, 1, 0, 0x0A000101) + ip4(6, segment[:8]))),
            ip4(17, plain, wrong=1),
            ip4(17, plain, options=alert),
            ip4(17, plain, options=route),
            ip4(17, whole[:24], fragment=0x2000),
            ip4(17, whole[16:40], fragment=0x2002),
            ip4(17, whole[40:], fragment=5),
            ip4(17, udp4(5000, 5001, b"short", length=30)),
            ip4(17, udp4(5000, 5001, b"longer than it says", length=13)),
            ip4(6, tcp(40000, 8555, 0xFFF)),
            ip4(6, tcp(40000, 8555, 0x12, bytes([2, 4, 5, 0xB4, 1, 3, 3, 7, 4, 2, 0, 0]))),
            ip4(17, plain, length=200),
        ]
    ]


def described():
    """A description of which some attributes have no value."""
    lines = ["v=0", "o=- 1 1 IN IP4 10.0.0.1", "s=x", "c=IN IP4 0.0.0.0", "t=0 0", "a=recvonly", "a=tool:y", "b=AS:5"]
    lines += ["m=video 0 RTP/AVP 26", "a=sendonly", "a=framerate:25", "a=rtcp-mux", "a=control:track1", ""]
    body = "\r\n".join(lines)
    head = f"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
    segment = struct.pack(">HHIIBBHHH", 8554, 40000, 1, 1, 0x50, 0x18, 1000, 0, 0)
    return [eth(0x0800, ip4(6, segment + (head + body).encode()))]


class Session:
    """An RTSP connection on port 8554, and datagrams beside it."""

    def __init__(self, port):
        self.ports, self.next, self.frames = (port, 8554), [1000, 5000], []
        option = bytes([2, 4, 5, 0xB4])
        self.segment(0, 0x02, b"", option)
        self.segment(1, 0x12, b"", option)

    def segment(self, side, flags, data, options=b""):
        """From the client (0) or the server (1)."""
        src, dst = ((CLIENT, SERVER), (SERVER, CLIENT))[side]
        words = (20 + len(options)) // 4
        ports = self.ports[side], self.ports[1 - side]
        head = struct.pack(">HHIIHHHH", *ports, self.next[side], self.next[1 - side], words << 12 | flags, 65535, 0, 0)
        octets = head + options + data
        total = checksum(src + dst + struct.pack(">BBH", 0, 6, len(octets)) + octets)
        packet = between(src, dst, ip4(6, octets[:16] + struct.pack(">H", total) + octets[18:]))
        self.frames.append(eth(0x0800, packet))
        self.next[side] += len(data) + bool(flags & 2)

    def ask(self, data):
        self.segment(0, 0x18, data if isinstance(data, bytes) else data.encode())

    def answer(self, data):
        self.segment(1, 0x18, data if isinstance(data, bytes) else data.encode())

    def setup(self, wanted, given):
        self.ask(f"SETUP rtsp://10.0.2.2:8554/demo/track1 RTSP/1.0\r\nCSeq: 3\r\nTransport: {wanted}\r\n\r\n")
        self.answer(f"RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 12345678;timeout=60\r\nTransport: {given}\r\n\r\n")
        return self

    def media(self, data, offset=0):
        """From the server's pair of ports to the client's."""
        octets = struct.pack(">HHHH", 6000 + offset, 50000 + offset, 8 + len(data), 0) + data
        total = checksum(SERVER + CLIENT + struct.pack(">BBH", 0, 17, len(octets)) + octets) or 0xFFFF
        packet = between(SERVER, CLIENT, ip4(17, octets[:6] + struct.pack(">H", total) + octets[8:]))
        self.frames.append(eth(0x0800, packet))


def between(src, dst, packet):
    """The packet with other addresses."""
    packet = packet[:10] + b"\0\0" + src + dst + packet[20:]
    return packet[:10] + struct.pack(">H", checksum(packet[:20])) + packet[12:]


UDP = "RTP/AVP;unicast;client_port=50000-50001", "RTP/AVP;unicast;client_port=50000-50001;server_port=6000-6001"
TCP = "RTP/AVP/TCP;unicast;interleaved=0-1", "RTP/AVP/TCP;unicast;interleaved=0-1"
SSRC = 0xDEADBEEF


def rtp(kind, number, payload, extension=None, sources=(), padding=0, marker=0, version=2):
    first = version << 6 | bool(padding) << 5 | (extension is not None) << 4 | len(sources)
    octets = bytes([first, marker << 7 | kind]) + struct.pack(">HII", number, 90000, SSRC)
    octets += b"".join(struct.pack(">I", source) for source in sources)
    if extension is not None:
        octets += struct.pack(">HH", extension[0], len(extension[1]) // 4) + extension[1]
    return octets + payload + (bytes(padding - 1) + bytes([padding]) if padding else b"")


def jpeg(offset=0, kind=1, q=80, extra=b"", data=b"\x11" * 50):
    return struct.pack(">IBBBB", offset, kind, q, 40, 30) + extra + data


def media():
    """RTP headers and RTP/JPEG headers as odd as they can be."""
    session = Session(40001).setup(*UDP)
    tables = bytes([0, 0]) + struct.pack(">H", 128) + bytes(128)
    for packet in [
        rtp(26, 1, jpeg(), sources=(1, 2, 3), marker=1),
        rtp(26, 2, jpeg(), (0xBEDE, bytes([0x10, 0xAA, 0x21, 1, 2, 0, 0, 0]))),
        rtp(26, 3, jpeg(), (0x1000, bytes([1, 2, 0xAA, 0xBB, 2, 0, 0, 0]))),
        rtp(26, 4, jpeg(), (0xABCD, bytes(range(12)))),
        rtp(26, 5, jpeg(), (0xABCD, b"")),
        rtp(26, 6, jpeg(), padding=4),
        rtp(26, 7, jpeg(), padding=200),
        rtp(26, 8, b""),
        rtp(26, 9, b"\1\2\3"),
        rtp(26, 10, jpeg(kind=65, extra=struct.pack(">HH", 4, 0xFFFF))),
        rtp(26, 11, jpeg(q=255, extra=tables)),
        rtp(26, 12, jpeg(q=200, extra=bytes(4))),
        rtp(26, 13, jpeg(q=255, extra=bytes([1, 3]) + struct.pack(">H", 256) + bytes(256))),
        rtp(26, 14, jpeg(kind=64, q=130, extra=struct.pack(">HH", 1, 0xC001) + tables)),
        rtp(26, 15, jpeg(q=255, extra=bytes([0, 0]) + struct.pack(">H", 500))),
        rtp(26, 16, jpeg(), version=1),
        rtp(96, 17, b"abc"),
        rtp(0, 18, b"\xff" * 160),
        rtp(13, 19, b"\x20"),
        rtp(26, 20, jpeg(), sources=range(15))[:30],
        b"\x80",
        b"",
    ]:
        session.media(packet)
    return session.frames


def rtcp(kind, count, body, padding=0):
    body += b"\0" * (-len(body) % 4) + (bytes(padding - 1) + bytes([padding]) if padding else b"")
    return bytes([0x80 | bool(padding) << 5 | count, kind]) + struct.pack(">H", len(body) // 4) + body


def reports():
    """RTCP of every kind: reports, descriptions, goodbyes, applications, feedback, extended reports."""
    session = Session(40002).setup(*UDP)
    own = struct.pack(">I", SSRC)
    block = struct.pack(">IIIIII", 7, 0x05FFFFFF, 0x10001, 33, 0xAABB, 0xCCDD)
    sent = rtcp(200, 1, own + struct.pack(">IIIII", 0xE0000000, 0x80000000, 90000, 5, 500) + block)
    heard = rtcp(201, 0, own)
    texts = [(1, b"name"), (2, b"me"), (6, b"tool"), (7, b"n")]
    items = b"".join(bytes([kind, len(text)]) + text for kind, text in texts)
    private = bytes([8, 4, 1]) + b"pqr"

    def extended(kind, specific, body):
        return heard + rtcp(207, 0, own + bytes([kind, specific]) + struct.pack(">H", len(body) // 4) + body)

    numbers = struct.pack(">IHH", 9, 1, 2)
    for packet in [
        sent + rtcp(202, 1, own + items + private + b"\0"),
        heard + rtcp(203, 1, own + bytes([6]) + b"reason"),
        heard + rtcp(203, 2, own + own),
        heard + rtcp(203, 0, b""),
        heard + rtcp(204, 5, own + b"ABCD" + bytes(range(8))),
        heard + rtcp(205, 1, own + struct.pack(">IHH", 9, 100, 0xFFFF)),
        heard + rtcp(206, 1, own + struct.pack(">I", 9)),
        heard + rtcp(206, 4, own + struct.pack(">IIB3x", 0, 9, 3)),
        heard + rtcp(206, 15, own + bytes(4) + b"REMB" + bytes([1, 0x0B, 0xFF, 0xFF]) + struct.pack(">I", 9)),
        extended(3, 0, struct.pack(">IHHI", 9, 1, 2, 77)),
        extended(4, 0, struct.pack(">II", 0xE0000000, 1)),
        extended(5, 0, struct.pack(">III", 9, 1, 2)),
        extended(6, 0xE8, numbers + struct.pack(">IIIIII", 3, 4, 5, 6, 7, 8) + bytes([1, 2, 3, 4])),
        extended(7, 0, struct.pack(">IBB", 9, 64, 128) + bytes(26)),
        extended(99, 0, bytes(4)),
        rtcp(201, 1, own + block, 8),
        rtcp(202, 2, own + bytes([1, 1, 65, 0]) + struct.pack(">I", 7) + bytes([1, 2, 65, 66, 0, 0, 0, 0])),
        sent[:-5],
        bytes([0x81, 200, 0, 200]) + bytes(20),
        bytes([0x41, 200, 0, 6]) + bytes(24),
    ]:
        session.media(packet, 1)
    return session.frames


def messages():
    """RTSP with bodies of any octets, several messages in a segment, and messages that segments cut."""
    session = Session(40003)
    session.ask("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    head = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS,\r\n DESCRIBE\r\nContent-Type: application/octet-stream\r\n"
    session.answer(head.encode() + b"Content-Length: 8\r\n\r\n" + bytes([0, 1, 2, 255, 254, 13, 10, 36]))
    session.ask("GET_PARAMETER rtsp://x/ RTSP/1.0\nCSeq: 2\nContent-Length: 5\n\nabc\r\n")
    session.answer("RTSP/1.0 451 Parameter Not Understood\r\nCSeq: 2\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n")
    session.ask("DESCRIBE rtsp://x/a b RTSP/1.0\r\ncseq:4\r\nAccept : application/sdp\r\nSession:  abc\r\n\r\n")
    session.answer("RTSP/1.0 200\r\nCSeq: 4\r\n\r\n")
    session.ask("FOO rtsp://x RTSP/1.0\r\nCSeq: 5\r\n\r\n")
    session.ask("PLAY rtsp://x RTSP/2.0\r\nCSeq: 6\r\nRange: npt=0-\r\n\r\n")
    picture = b"\xff\xd8" + bytes(16) + b"\xff\xd9"
    head = b"ANNOUNCE rtsp://x RTSP/1.0\r\nCSeq: 8\r\nContent-Type: image/jpeg\r\nContent-Length: 20\r\n\r\n"
    session.ask(head + picture)
    for part in ("PLAY rtsp://x RTS", "P/1.0\r\nCSe", "q: 9\r\n\r\n"):
        session.ask(part)
    return session.frames


def interleaved():
    """Frames of media in the connection: several in a segment, empty, on a channel of nobody, cut."""
    session = Session(40004).setup(*TCP)

    def framed(channel, data):
        return bytes([36, channel]) + struct.pack(">H", len(data)) + data

    report = framed(1, rtcp(200, 0, struct.pack(">IIIIII", SSRC, 0xE0000000, 0, 90000, 5, 500)))
    session.answer(framed(0, rtp(26, 1, jpeg())) + report + framed(0, rtp(26, 2, jpeg(50), marker=1)))
    session.answer(framed(0, b""))
    session.answer(framed(5, b"hello"))
    long = framed(0, rtp(26, 3, jpeg(data=bytes(1000))))
    session.answer(long[:500])
    session.answer(long[500:] + b"RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n")
    session.ask(framed(1, rtcp(201, 0, struct.pack(">I", 7))) + b"TEARDOWN rtsp://x RTSP/1.0\r\nCSeq: 5\r\n\r\n")
    for part in (report[:2], report[2:3], report[3:]):
        session.answer(part)
    # Sent again: a segment that goes on with what was put together before, and one that does not.
    session.answer(long[:300])
    for part in (long[300:] + framed(0, rtp(26, 4, jpeg())), framed(0, rtp(26, 5, jpeg())) + report):
        session.answer(part)
        session.frames.append(session.frames[-1])
    return session.frames


def odd():
    """Options, errors and packets in packets that are rarely seen."""

    def options(octets):
        octets += b"\0" * (-len(octets) % 4)
        words = (20 + len(octets)) // 4
        head = struct.pack(">HHIIHHHH", 1000, 2000, 1, 2, words << 12 | 0x10, 65535, 0, 0)
        return ip4(6, head + octets + b"xy")

    plain = ip4(17, udp4(1, 2, b"a"))
    inner6 = ip6(17, udp6(1, 2, b"a"))
    whole = ip4(17, udp4(1, 2, b"abcd"))
    tcp_options = [
        bytes([254, 4, 1, 2]),
        bytes([34, 2]),
        bytes([34, 10]) + bytes(8),
        bytes([19, 18]) + bytes(16),
        bytes([28, 4, 0x80, 5]),
        bytes([30, 12, 0, 1]) + bytes(8),
        bytes([5, 34]) + bytes(32),
        bytes([2, 3, 1]),
        bytes([3, 2]),
        bytes([3, 3, 15]),
        bytes([8, 9]) + bytes(7),
        bytes([1, 1, 1, 2, 40, 1]),
        bytes([7, 0]),
        bytes([4, 2, 4, 2, 0]),
        bytes([14, 3, 1]),
    ]
    # Where they quote a packet, the second octet counts its words (RFC 4884).
    errors = [struct.pack(">BBHBBH", kind, 0, 0, 0, 8, 2) + whole for kind in range(19)]
    who = struct.pack(">HHBB", 1, 0x0800, 6, 4)
    resolution = [who + struct.pack(">H", kind) + MAC + CLIENT + bytes(6) + SERVER for kind in (1, 2, 3, 4, 8, 9)]
    return (
        [eth(0x0800, options(octets)) for octets in tcp_options]
        + [eth(0x0800, ip4(1, icmp4(octets))) for octets in errors]
        + [eth(0x0806, octets) for octets in resolution]
        + [eth(0x0800, ip4(4, plain)), eth(0x86DD, ip6(41, inner6))]
        + [eth(0x88CC, bytes(30)), eth(0x8847, struct.pack(">I", 0x140) + plain), eth(0x0800, ip4(50, bytes(20)))]
    )


def split():
    """Messages and frames whose headers segments cut, with others behind; headers with spaces around
    their values; descriptions of groups; media of a type that only the description explains."""
    session = Session(40005).setup(*TCP)

    def framed(channel, data):
        return bytes([36, channel]) + struct.pack(">H", len(data)) + data

    def asked(number, more=""):
        return f"GET_PARAMETER rtsp://x/{number} RTSP/1.0\r\nCSeq: {number}\r\n{more}\r\n"

    one, two = asked(1), asked(2)
    body = asked(4, "Content-Length: 10\r\n") + "0123456789"
    for parts in (
        (one[:20], one[20:] + two),
        (body[:-4], body[-4:] + one),
        (body[:20], body[20:-4], body[-4:] + one),
    ):
        for part in parts:
            session.ask(part)
    frame = framed(0, rtp(26, 1, jpeg()))
    report = framed(1, rtcp(200, 0, struct.pack(">IIIIII", SSRC, 0xE0000000, 0, 90000, 5, 500)))
    answer = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
    for parts in (
        (frame[:2], frame[2:] + frame + report),
        (frame[:30], frame[30:] + frame + report[:3], report[3:] + frame),
        (answer[:10], answer[10:-1], answer[-1:] + frame + frame),
        (frame[:3], frame[3:] + answer + frame[:4], frame[4:]),
    ):
        for part in parts:
            session.answer(part)
    for header in (
        "Session: abc  ",
        "Session:\tabc\t ",
        "Session:   ",
        "Session: a b;timeout=60 ",
        "Session: abc\r\n  ;timeout=5",
        "Transport: RTP/AVP;unicast ",
        "Transport: RTP/AVP;\r\n unicast",
        "Transport:",
        "Content-Type: text/x  ",
        "Content-Type:",
        "Content-Length: 0  ",
    ):
        session.ask(f"PLAY rtsp://x RTSP/1.0\r\n{header}\r\nCSeq: 1\r\n\r\n")
    session.ask("play rtsp://x RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    start = "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=x\r\nt=0 0\r\n"
    for line in (
        "c=IN IP4 239.1.1.1/127",
        "c=IN IP4 239.1.1.1/127/3",
        "c=IN IP6 ff15::1/3",
        "c=IN IP4 1.2.3.4 ",
        "t=1 2 3",
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96\r\na=fmtp:96",
        "a=x:\0y",
        "m=video 0 RTP/AVP 96\r\nc=IN IP4 239.2.2.2/5\r\na=rtpmap:96 H264/90000\r\na=control:track1",
    ):
        text = f"{start}{line}\r\n"
        head = f"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: {len(text)}\r\n\r\n"
        session.answer(head + text)
    # One that is taken apart here and one that is not, in one segment.
    session.answer(framed(0, rtp(96, 1, b"\x41" + bytes(20))) + framed(0, rtp(0, 2, bytes(20))))
    return session.frames


def stops(*numbers):
    return b"".join(bytes([10, 9, 0, number]) for number in numbers)


def by_options():
    """IPv4 packets whose options name their way, or are too short for their kind."""

    def packet(octets):
        return ip4(17, udp4(1, 2, b"a"), options=octets + bytes(-len(octets) % 4))

    ways = [bytes([kind, 15, at]) + stops(1, 2, 3) for kind in (131, 137) for at in (4, 8, 12, 16, 5, 0)]
    ways += [bytes([131, 3, 4]), bytes([131, 6, 4]) + b"abc", bytes([137, 9, 4]) + stops(1) + b"ab", bytes([131, 7, 8]) + stops(1)]
    ways += [bytes([131, 11, 4]) + stops(1, 2) + bytes([7, 7, 4]) + stops(9)]
    ways += [bytes([131, 7, 4]) + stops(1) + bytes([137, 7, 4]) + stops(2)]
    short = [(bytes([kind, least]) + bytes(least))[:least] + b"\1" for kind in (7, 68, 82, 130, 131, 136, 148) for least in (2, 3)]
    unknown = [bytes([kind, 4, 1, 2, 1, 1]) for kind in (30, 72, 94, 151, 205)]
    return [eth(0x0800, packet(octets)) for octets in ways + short + unknown]


def in_packets():
    """GRE in its forms, with IPv4, IPv6 and Ethernet inside."""
    inner = ip4(17, udp4(1, 2, b"a"))
    plain = struct.pack(">HH", 0, 0x0800)

    def gre(flags, kind, body, parts=b""):
        return ip4(47, struct.pack(">HH", flags, kind) + parts + body)

    summed = struct.pack(">HHHH", 0x8000, 0x0800, 0, 0) + inner
    summed = summed[:4] + struct.pack(">H", checksum(summed)) + summed[6:]
    packets = [
        gre(0, 0x0800, inner),
        gre(0, 0x86DD, ip6(17, udp6(1, 2, b"a"))),
        gre(0, 0x6558, eth(0x0800, inner)),
        gre(0x2000, 0x0800, inner, struct.pack(">I", 77)),
        gre(0x1000, 0x0800, inner, struct.pack(">I", 5)),
        ip4(47, summed),
        gre(0xB000, 0x0800, inner, struct.pack(">HHII", 1, 0, 6, 7)),
        gre(0x0FF8, 0x0800, inner),
        gre(0, 0x1234, b"abcd"),
        gre(0, 0, b""),
        ip4(47, b"\0\0\x08"),
        ip4(47, plain + ip4(47, plain + inner)),
    ]
    return [eth(0x0800, packet) for packet in packets] + [eth(0x86DD, ip6(47, plain + inner))]


def carried():
    """What GRE carries besides packets and frames: PPP of PPTP, labels, mirrored frames, redirected packets."""
    inside = ip4(17, udp4(1, 2, b"abcd"))
    frame = bytes.fromhex("0200000000c2") + MAC + struct.pack(">H", 0x800) + inside
    six_inside = ip6(17, udp6(1, 2, b"x"))
    bodies = []
    for message in (b"\xff\x03\x00\x21" + inside, b"\x00\x21" + inside, b"\x21" + inside, b"\x00\x57" + six_inside):
        bodies.append(struct.pack(">HHHHI", 0x3001, 0x880B, len(message), 77, 5) + message)
        bodies.append(struct.pack(">HHHHII", 0x3081, 0x880B, len(message), 77, 5, 6) + message)
    bodies.append(struct.pack(">HHHHI", 0x2081, 0x880B, 0, 77, 6))
    label = struct.pack(">I", 0x00010140)
    for labelled in (label + inside, struct.pack(">I", 0x00010040) + label + inside, label + six_inside):
        bodies.append(struct.pack(">HH", 0, 0x8847) + labelled)
    bodies.append(struct.pack(">HHI", 0x1000, 0x88BE, 9) + struct.pack(">HHI", 0x1005, 1, 0) + frame)
    bodies.append(struct.pack(">HH", 0, 0x88BE) + frame)
    bodies.append(struct.pack(">HHI", 0x1000, 0x22EB, 9) + struct.pack(">HHIHH", 0x2005, 1, 0, 0, 0) + frame)
    bodies.append(struct.pack(">HHI", 0x1000, 0x22EB, 9) + struct.pack(">HHIHH", 0x2005, 1, 0, 0, 1) + bytes(8) + frame)
    bodies.append(struct.pack(">HH", 0, 0x883E) + inside)
    bodies.append(struct.pack(">HH", 0, 0x883E) + bytes(4) + inside)
    bodies.append(struct.pack(">HH", 0, 0x8100) + struct.pack(">HH", 0x6005, 0x800) + inside)
    routed = struct.pack(">HBB", 0x800, 0, 4) + bytes([10, 0, 0, 1]) + bytes(4)
    bodies.append(struct.pack(">HHHH", 0x4000, 0x800, 0, 0) + routed + inside)
    frames = [eth(0x800, ip4(47, body)) for body in bodies]
    frames.append(eth(0x8847, label + inside))
    return frames


def quoted():
    """Errors about echoes, about errors, with more behind what they quote, and with less."""
    frames = []

    def four(packet, kind=11, code=0, rest=bytes(4)):
        frames.append(eth(0x800, ip4(1, icmp4(bytes([kind, code, 0, 0]) + rest + packet))))

    def version6(packet, kind=3, code=0, rest=bytes(4)):
        frames.append(eth(0x86DD, ip6(58, icmp6(kind, code, rest + packet))))

    echo = ip4(1, icmp4(bytes([8, 0, 0, 0, 0, 1, 0, 2]) + bytes(range(40))))
    for count in (17, 20, 22, 26, 28, 32, len(echo)):
        four(echo[:count])
    four(ip4(1, icmp4(bytes([3, 3, 0, 0, 0, 0, 0, 0]) + ip4(17, udp4(5, 6, b"x" * 8)))))
    # Seconds and millionths near the time of the capture, in both orders, and once too far off.
    for order, seconds in (("<", 1000), (">", 90), ("<", 900000)):
        timed = icmp4(bytes([8, 0, 0, 0, 0, 1, 0, 2]) + struct.pack(order + "II", seconds, 1234) + bytes(range(20)))
        frames.append(eth(0x800, ip4(1, timed)))
        four(ip4(1, timed))
    four(ip4(4, ip4(17, udp4(5, 6, b"x" * 8))))
    probe = ip4(17, udp4(5000, 33435, b"z" * 100))
    extension = struct.pack(">HHHBBI", 0x2000, 0, 8, 1, 1, 0x00010140)
    four(probe + extension)
    four(probe + extension, rest=bytes([0, 32, 0, 0]))
    four(ip4(17, udp4(5, 6, b"z" * 10)) + bytes(20))
    echo = ip6(58, icmp6(128, 0, struct.pack(">HH", 1, 2) + bytes(range(40))))
    for count in (24, 40, 48, 52, len(echo)):
        version6(echo[:count])
    version6(ip6(58, icmp6(135, 0, bytes(4) + B)))
    version6(ip6(60, bytes([17, 0, 1, 4, 0, 0, 0, 0]) + udp6(5, 6, b"x" * 8)), 1, 4)
    return frames


def unfinished():
    """A length that is not written yet, pieces that are cut off, and what stands behind a packet."""
    frames = []
    packet = ip4(6, tcp(1000, 8554, 0x18, data=b"q" * 80))
    frames.append(eth(0x800, packet[:2] + bytes(2) + packet[4:]))
    whole = udp4(5000, 5001, bytes(range(64)))
    frames.append(eth(0x800, ip4(17, whole[:40], fragment=0x2000, ident=90, length=200)))
    frames.append(eth(0x800, ip4(1, icmp4(bytes([8, 0, 0, 0, 0, 1, 0, 2]) + b"z" * 32), fragment=0x2000, ident=91, length=99)))
    short = ip4(17, udp4(1, 2, b"abc"))
    for behind in (bytes(15) + b"\x99" * 5, b"\x77" * 20, bytes(15) + bytes(range(1, 40))):
        frames.append(eth(0x800, short + behind))
    payload = udp6(5000, 5001, b"x" * 16)
    for options in ("01 00 84 00 7f 23", "05 02 00 00 26 09"):
        header = bytes([17, 0]) + bytes.fromhex(options)
        frames.append(eth(0x86DD, ip6(60, header + payload)))
    frames.append(eth(0x86DD, ip6(17, payload, src=bytes(12) + b"\x00\x83\x00\x01")))
    return frames


def short_options():
    """TCP options of lengths that do not suit them, and reports of groups that are cut short."""

    def segment(octets):
        return eth(0x0800, ip4(6, tcp(1000, 2000, 0x10, octets + bytes(-len(octets) % 4), b"xy")))

    blocks = [(bytes([5, length]) + bytes(range(1, 40)))[:length] + b"\1" for length in range(2, 35)]
    group = bytes([239, 1, 1, 1])

    def record(kind, sources, count=None, aux=0):
        count = len(sources) if count is None else count
        return bytes([kind, aux]) + struct.pack(">H", count) + group + b"".join(sources)

    def report(count, records):
        return bytes([0x22, 0, 0, 0, 0, 0]) + struct.pack(">H", count) + records

    messages = [
        report(1, record(1, [group], aux=1) + b"auxd"),
        report(1, record(3, [group], count=5)),
        report(1, record(3, [], aux=9)),
        report(3, record(3, [group]) + record(5, [group, group])[:9]),
        report(2, record(6, [group]) + record(6, [group])[:3]),
        report(9, b""),
        bytes([0x11, 200, 0, 0]) + group + bytes([10, 125, 0, 0]),
        bytes([0x11, 0x8F, 0, 0]) + group + bytes([2, 0x8F, 0, 1]) + group,
        bytes([0x11, 0x8F, 0, 0]) + group,
        bytes([1, 0, 0, 0]) + group + bytes(12),
    ]
    alert = bytes([148, 4, 0, 0])
    return [segment(octets) for octets in blocks] + [
        eth(0x0800, ip4(2, icmp4(octets), options=alert)) for octets in messages
    ]


def sections(name):
    """pcapng: a section in each order of octets; options, times of every kind, unknown blocks."""
    framed = eth(0x0800, ip4(17, udp4(5000, 5001, b"hello")))
    checked = framed + struct.pack("<I", zlib.crc32(framed))
    raw = ip4(17, udp4(5000, 5001, b"raw"))
    cooked = struct.pack(">HHH8sH", 4, 1, 6, MAC + b"\0\0", 0x0800) + raw
    file = b""
    for order in "<>":

        def block(kind, body):
            body += b"\0" * (-len(body) % 4)
            return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)

        def option(code, value):
            return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

        def interface(link, most, *options):
            return block(1, struct.pack(order + "HHI", link, 0, most) + b"".join(options) + option(0, b""))

        def packet(number, ticks, data, whole=None, *options):
            whole = whole or len(data)
            head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), whole)
            return block(6, head + data + b"\0" * (-len(data) % 4) + b"".join(options))

        mark = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)
        file += block(0x0A0D0D0A, mark + option(4, b"by hand") + option(0, b""))
        offset = option(14, struct.pack(order + "q", 1000))
        file += interface(1, 0, option(2, b"eth0"), option(9, b"\x09"), option(13, b"\x04"), offset)
        file += interface(101, 40, option(9, b"\x83")) + interface(113, 0) + interface(1, 0, option(13, b"\x00"))
        flags = option(2, struct.pack(order + "I", 0x81))
        file += packet(0, 1700000000000000007, checked, None, option(1, b"a comment"), flags)
        file += packet(1, 8000, raw[:26], len(raw)) + packet(2, 5000000, cooked) + packet(3, 5000001, framed)
        file += block(3, struct.pack(order + "I", len(checked)) + checked)
        file += block(2, struct.pack(order + "HHIIII", 3, 0xFFFF, 0, 5000002, len(framed), len(framed)) + framed)
        file += block(5, struct.pack(order + "III", 0, 0, 77)) + block(0x77777777, b"unknown")
        own = struct.pack(order + "I", 32473) + b"mine"
        file += block(0xBAD, own) + block(0x40000BAD, own) + block(9, b"__REALTIME_TIMESTAMP=1\nMESSAGE=hello\n\n")
        file += packet(0, 1700000000000000009, framed + bytes(4))
    with open(name, "wb") as out:
        out.write(file)


def main():
    plain = ip4(17, udp4(5000, 5001, b"hello"))
    other = ip6(17, udp6(1, 2, b"a"))
    pcap("handmade-ipv6.pcap", version_six())
    pcap("handmade-ipv6-cut.pcap", version_six(), most=70)
    pcap("handmade-ipv4.pcap", version_four(), order=">")
    pcap("handmade-sdp.pcap", described())
    pcap("handmade-media.pcap", media())
    pcap("handmade-media-cut.pcap", media(), most=72)
    pcap("handmade-reports.pcap", reports())
    pcap("handmade-messages.pcap", messages())
    pcap("handmade-interleaved.pcap", interleaved())
    pcap("handmade-odd.pcap", odd())
    pcap("handmade-ways.pcap", by_options())
    pcap("handmade-gre.pcap", in_packets())
    pcap("handmade-carried.pcap", carried())
    pcap("handmade-quoted.pcap", quoted())
    pcap("handmade-quoted-cut.pcap", quoted(), most=96)
    pcap("handmade-unfinished.pcap", unfinished())
    pcap("handmade-short.pcap", short_options())
    pcap("handmade-split.pcap", split())
    sections("handmade-sections.pcapng")
    pcap("handmade-vlan.pcap", tagged(), magic=0xA1B23C4D)
    cooked = struct.pack(">HHH8sH", 4, 1, 6, MAC + b"\0\0", 0x0800)
    pcap("handmade-sll.pcap", [cooked + plain], 113)
    cooked = struct.pack(">HHIHBB8s", 0x0800, 0, 3, 1, 4, 6, MAC + b"\0\0")
    pcap("handmade-sll2.pcap", [cooked + plain], 276)
    pcap("handmade-raw.pcap", [plain, other], 101)
    pcap("handmade-null.pcap", [struct.pack("<I", 2) + plain, struct.pack("<I", 30) + other], 0)
    pcap("handmade-loop.pcap", [struct.pack(">I", 2) + plain, struct.pack(">I", 24) + other], 108)


main()
