"""An RTSP server made of gst-rtsp-server: plays a Motion JPEG file over and over.

gst_server.py FILE RATE [USER PASSWORD {basic|digest}]

It prints the port on which it listens, and runs until its standard input ends.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
path, rate, *login = sys.argv[1:]
END = b"\xff\xd9"  # of a picture: in its coded data no such octets follow one another
with open(path, "rb") as file:
    pictures = [part + END for part in file.read().split(END)[:-1]]
SPAN = Gst.SECOND // int(rate)


class Factory(GstRtspServer.RTSPMediaFactory):
    """Makes the pipeline; everybody who comes shares it."""

    def __init__(self):
        super().__init__()
        self.set_launch(
            f"( appsrc name=source format=time caps=image/jpeg,framerate={rate}/1 "
            "! jpegparse ! rtpjpegpay name=pay0 pt=26 )"
        )
        self.set_shared(True)
        self.next = 0

    def do_configure(self, media):
        self.next = 0
        media.get_element().get_by_name_recurse_up("source").connect("need-data", self.feed)

    def feed(self, source, _octets):
        buffer = Gst.Buffer.new_wrapped(pictures[self.next % len(pictures)])
        buffer.pts = buffer.dts = self.next * SPAN
        buffer.duration = SPAN
        self.next += 1
        source.emit("push-buffer", buffer)


server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factory = Factory()
if login:
    user, password, method = login
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, user)
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(user, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, True)
    permissions.add_permission_for_role(user, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory("/numbers", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)

loop = GLib.MainLoop()


def until_end_of_input():
    sys.stdin.read()
    loop.quit()


threading.Thread(target=until_end_of_input, daemon=True).start()
loop.run()
