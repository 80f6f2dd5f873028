"""Reads with aiortsp: aiortsp_read.py URL PACKETS. The scheme rtsp:// is UDP, rtspt:// TCP.

Writes each RTP packet to standard output, its length before it in two octets.
"""
import asyncio
import sys

from aiortsp.rtsp.reader import RTSPReader


async def read(url, count):
    async with RTSPReader(url, timeout=20) as reader:
        async for packet in reader.iter_packets():
            octets = bytes(packet)
            sys.stdout.buffer.write(len(octets).to_bytes(2, "big") + octets)
            count -= 1
            if count == 0:
                break


asyncio.run(read(sys.argv[1], int(sys.argv[2])))
