"""Reads with libcurl, whose RTSP the curl program reaches only in part: curl_read.py URL PACKETS.

It asks OPTIONS, DESCRIBE, SETUP, PLAY, takes RTP from the connection, asks PAUSE,
GET_PARAMETER, SET_PARAMETER and TEARDOWN. Each answer's status line goes to standard error; each RTP packet
to standard output, its length before it in two octets.
"""
import ctypes
import ctypes.util
import sys
from urllib.parse import urlsplit, unquote

curl = ctypes.CDLL(ctypes.util.find_library("curl") or "libcurl.so.4")
curl.curl_easy_init.restype = ctypes.c_void_p
curl.curl_easy_strerror.restype = ctypes.c_char_p
curl.curl_slist_append.restype = ctypes.c_void_p
curl.curl_slist_append.argtypes = [ctypes.c_void_p, ctypes.c_char_p]

# Options and requests as curl.h numbers them.
URL, TIMEOUT, WRITEFUNCTION, HEADERFUNCTION = 10002, 13, 20011, 20079
COPYPOSTFIELDS, HTTPHEADER, CUSTOMAUTH, USERPWD = 10165, 10023, 107, 10005
RTSP_REQUEST, RTSP_STREAM_URI, RTSP_TRANSPORT, INTERLEAVEFUNCTION = 189, 10191, 10192, 20196
OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER, RECEIVE = 1, 2, 4, 5, 6, 7, 8, 9, 11
ANY_AUTH = 0xFFFFFFEF
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p)

handle = ctypes.c_void_p(curl.curl_easy_init())
base, wanted = sys.argv[1], int(sys.argv[2])
received, body = 0, b""


def option(number, value):
    if isinstance(value, str):
        value = ctypes.c_char_p(value.encode())
    elif isinstance(value, int):
        value = ctypes.c_long(value)
    curl.curl_easy_setopt(handle, ctypes.c_int(number), value)
    return value


@CALLBACK
def on_interleaved(data, size, count, _):
    global received
    octets = ctypes.string_at(data, size * count)
    if octets[:2] == b"$\x00":
        received += 1
        if received <= wanted:
            sys.stdout.buffer.write(octets[2:])
    return size * count


@CALLBACK
def on_header(data, size, count, _):
    line = ctypes.string_at(data, size * count)
    if line.startswith(b"RTSP/1.0 "):
        sys.stderr.write(line.decode().strip() + "\n")
    return size * count


@CALLBACK
def on_body(data, size, count, _):
    global body
    body += ctypes.string_at(data, size * count)
    return size * count


def ask(request, uri, name):
    sys.stderr.write(name + " ")
    sys.stderr.flush()
    option(RTSP_STREAM_URI, uri)
    option(RTSP_REQUEST, request)
    code = curl.curl_easy_perform(handle)
    if code != 0:
        sys.exit("%s: %s" % (name, curl.curl_easy_strerror(code).decode()))


parts = urlsplit(base)
if parts.username:
    option(USERPWD, "%s:%s" % (unquote(parts.username), unquote(parts.password)))
    option(CUSTOMAUTH, ANY_AUTH)
    base = base.replace(parts.netloc, parts.netloc.split("@")[1])
option(URL, base)
option(TIMEOUT, 30)
option(INTERLEAVEFUNCTION, on_interleaved)
option(HEADERFUNCTION, on_header)
option(WRITEFUNCTION, on_body)
ask(OPTIONS, base, "OPTIONS")
ask(DESCRIBE, base, "DESCRIBE")
tracks = [line for line in body.decode().splitlines() if line.startswith("a=control:") and line != "a=control:*"]
if not tracks:
    sys.exit("DESCRIBE: no description")
track = tracks[0].split(":", 1)[1]
option(RTSP_TRANSPORT, "RTP/AVP/TCP;unicast;interleaved=0-1")
ask(SETUP, track if "://" in track else base + "/" + track, "SETUP")
ask(PLAY, base, "PLAY")
while received < wanted:
    code = option(RTSP_REQUEST, RECEIVE) and curl.curl_easy_perform(handle)
    if code != 0:
        sys.exit("RECEIVE: " + curl.curl_easy_strerror(code).decode())
ask(PAUSE, base, "PAUSE")
ask(GET_PARAMETER, base, "GET_PARAMETER")
body = b""
plain = ctypes.c_void_p(curl.curl_slist_append(None, b"Content-Type: text/parameters"))
option(HTTPHEADER, plain)
option(COPYPOSTFIELDS, "position\r\n")
ask(GET_PARAMETER, base, "GET_PARAMETER")
sys.stderr.write(body.decode())
option(COPYPOSTFIELDS, ctypes.c_char_p(None))
option(HTTPHEADER, ctypes.c_void_p(None))
ask(TEARDOWN, base, "TEARDOWN")
