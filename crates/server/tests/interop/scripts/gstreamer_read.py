"""Reads with GStreamer's rtspsrc: gstreamer_read.py URL udp|tcp WHAT...

WHAT is done in order: "25" takes so many pictures, "pause" sends PAUSE and then PLAY,
"seek=10" goes to that second. Pictures go to standard output, raw and grey.
"""
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import Gst, GstApp  # noqa: E402,F401

PATIENCE = 40 * Gst.SECOND

Gst.init(None)
url, protocol, *steps = sys.argv[1:]
pipeline = Gst.parse_launch(
    "rtspsrc location=%s protocols=%s latency=500 ! rtpjpegdepay ! jpegdec ! videoconvert"
    " ! video/x-raw,format=GRAY8 ! appsink name=sink sync=false async=false max-buffers=200" % (url, protocol)
)
sink = pipeline.get_by_name("sink")


def reach(state):
    pipeline.set_state(state)
    result, _, _ = pipeline.get_state(PATIENCE)
    if result == Gst.StateChangeReturn.FAILURE:
        message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        sys.exit("no %s: %s" % (state.value_nick, message.parse_error() if message else "?"))


reach(Gst.State.PLAYING)
for step in steps:
    if step == "pause":
        # Nothing comes while paused, so that nobody can wait for a first picture.
        pipeline.set_state(Gst.State.PAUSED)
        time.sleep(1)
        reach(Gst.State.PLAYING)
    elif step.startswith("seek="):
        flags = Gst.SeekFlags.FLUSH | Gst.SeekFlags.ACCURATE
        if not pipeline.seek_simple(Gst.Format.TIME, flags, int(step[5:]) * Gst.SECOND):
            sys.exit("no seek")
        pipeline.get_state(PATIENCE)
    else:
        for _ in range(int(step)):
            sample = sink.emit("try-pull-sample", PATIENCE)
            if sample is None:
                message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
                sys.exit("no picture: %s" % (message.parse_error(),) if message else "no picture")
            done, mapped = sample.get_buffer().map(Gst.MapFlags.READ)
            sys.stdout.buffer.write(mapped.data)
            sample.get_buffer().unmap(mapped)
pipeline.set_state(Gst.State.NULL)
