"""Writes the captures in this folder that no real host would send: handmade.pcap and its kin.

Usage: python3 handmade.py, in this folder.
"""

import socket
import struct

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


def main():
    plain = ip4(17, udp4(5000, 5001, b"hello"))
    other = ip6(17, udp6(1, 2, b"a"))
    pcap("handmade-ipv6.pcap", version_six())
    pcap("handmade-ipv6-cut.pcap", version_six(), most=70)
    pcap("handmade-ipv4.pcap", version_four(), order=">")
    pcap("handmade-sdp.pcap", described())
    pcap("handmade-vlan.pcap", tagged(), magic=0xA1B23C4D)
    cooked = struct.pack(">HHH8sH", 4, 1, 6, MAC + b"\0\0", 0x0800)
    pcap("handmade-sll.pcap", [cooked + plain], 113)
    cooked = struct.pack(">HHIHBB8s", 0x0800, 0, 3, 1, 4, 6, MAC + b"\0\0")
    pcap("handmade-sll2.pcap", [cooked + plain], 276)
    pcap("handmade-raw.pcap", [plain, other], 101)
    pcap("handmade-null.pcap", [struct.pack("<I", 2) + plain, struct.pack("<I", 30) + other], 0)
    pcap("handmade-loop.pcap", [struct.pack(">I", 2) + plain, struct.pack(">I", 24) + other], 108)


main()
