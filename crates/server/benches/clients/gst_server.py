"""gst-rtsp-server with an AVI file of JPEG pictures, one pipeline for all clients."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service("0")
factory = GstRtspServer.RTSPMediaFactory.new()
# The largest RTP packet is Layercast's (DEFAULT_MAX_PACKET).
factory.set_launch(
    f'( filesrc location="{sys.argv[1]}" ! avidemux ! jpegparse ! rtpjpegpay name=pay0 pt=26 mtu=1388 )'
)
factory.set_shared(True)
server.get_mount_points().add_factory("/demo", factory)
server.attach(None)
print(f"RTSP: rtsp://127.0.0.1:{server.get_bound_port()}/demo", flush=True)
GLib.MainLoop().run()
