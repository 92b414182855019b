#!/usr/bin/env python3
"""HTTP/2 frame by frame: what is malformed reaches no upstream, what floods is bounded, what is good is served."""
# Long because each attack is a few frames and a check, read one after another.
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import BUILD, PROGRAM, certificate, check, until_ready  # noqa: E402
from http2_frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PADDED, PING, PREFACE, PRIORITY,  # noqa: E402
                PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Client, Origin, block, frame, get, integer, literal)


FLOW_CONTROL_ERROR = 3  # RFC 9113 §7
MEMORY = 32 if "san" not in BUILD else 400  # MiB that an attack may add; sanitizers hold back what was freed


def with_path(path):
    return get(path)


def replaced(name, value):
    return tuple((key, value if key == name else old) for key, old in get("/x"))


def without(name):
    return tuple(field for field in get("/x") if field[0] != name)


# RFC 9113 §8: each is refused, as a stream or as a connection, and the origin sees nothing.
MALFORMED = {
    "value with LF": get("/x", ("x-a", "1\nx-b: 2")),
    "value with CRLF and a request": get("/x", ("x-a", "1\r\n\r\nGET /admin HTTP/1.1\r\nHost: h\r\n\r\n")),
    "value with NUL": get("/x", ("x-a", "1\0")),
    "value with space before": get("/x", ("x-a", " 1")),
    "name with space": get("/x", ("x a", "1")),
    "name with CRLF": get("/x", ("x\r\ny", "1")),
    "name with colon": get("/x", ("x:y", "1")),
    "name in upper case": get("/x", ("X-A", "1")),
    "empty name": get("/x", ("", "1")),
    "Transfer-Encoding disguised": get("/x", ("transfer_encoding", "chunked")),
    "transfer-encoding": get("/x", ("transfer-encoding", "chunked")),
    "connection": get("/x", ("connection", "close")),
    "keep-alive": get("/x", ("keep-alive", "1")),
    "proxy-connection": get("/x", ("proxy-connection", "close")),
    "upgrade": get("/x", ("upgrade", "websocket")),
    "te other than trailers": get("/x", ("te", "gzip")),
    "path of a space": with_path(" "),
    "path without slash": with_path("x"),
    "path with tab": with_path("/a\tb"),
    "path with CRLF": with_path("/a HTTP/1.1\r\nx: y"),
    "empty path": with_path(""),
    "path in absolute form": with_path("http://localhost/x"),
    "method with CRLF": get("/x", method="GET / HTTP/1.1\r\nx: y"),
    "method of a space": get("/x", method=" "),
    "empty method": get("/x", method=""),
    "CONNECT": get("/x", method="CONNECT"),
    "authority with CRLF": get("/x", authority="localhost\r\nx: y"),
    "authority with bytes behind a NUL in brackets": get("/x", authority="[::\0\r\nx: y]"),
    "authority with path": get("/x", authority="localhost/x"),
    "authority with user": get("/x", authority="user@localhost"),
    "authority that is not Host": get("/x", ("host", "other")),
    "authority that is not the SNI": get("/x", authority="other"),
    "unknown scheme": replaced(":scheme", "ftp"),
    "scheme without TLS": replaced(":scheme", "http"),
    "no method": without(":method"),
    "no scheme": without(":scheme"),
    "no path": without(":path"),
    "no authority and no Host": without(":authority"),
    "two methods": (*get("/x"), (":method", "POST")),
    "two paths": (*get("/x"), (":path", "/y")),
    "unknown pseudo-field": get("/x", (":protocol", "websocket")),
    "pseudo-field behind a field": (("x-a", "1"), *get("/x")),
    "two lengths": get("/x", ("content-length", "1"), ("content-length", "2")),
    "a length and no body": get("/x", ("content-length", "5")),
    "too many fields": get("/x", *((f"x{i}", "1") for i in range(101))),
    "too long a head": get("/x", *((f"x{i}", "y" * 8_000) for i in range(8))),
}


def injections(new, origin):
    for name, fields in MALFORMED.items():
        before = len(origin.requests)
        client = new()
        client.request(1, fields)
        ended = client.read(lambda c: 1 in c.ended or 1 in c.resets or c.closed)
        refused = client.answers.get(1, 500) >= 400
        check(f"refused: {name}", ended and refused and len(origin.requests) == before, (client.answers, client.resets, client.closed, origin.requests[before:]))
        client.close()

    bodies = {
        "body shorter than its length": (("content-length", "10"), frame(DATA, END_STREAM, 1, b"12345")),
        "body longer than its length": (("content-length", "3"), frame(DATA, END_STREAM, 1, b"12345")),
        "trailer with pseudo-field": (("x-a", "1"), frame(DATA, 0, 1, b"12345") + frame(HEADERS, END_HEADERS | END_STREAM, 1, block((":path", "/y")))),
        "trailer with CRLF": (("x-a", "1"), frame(DATA, 0, 1, b"12345") + frame(HEADERS, END_HEADERS | END_STREAM, 1, block(("x", "1\r\ny: 2")))),
        "trailer that does not end the stream": (("x-a", "1"), frame(DATA, 0, 1, b"12345") + frame(HEADERS, END_HEADERS, 1, block(("x", "1")))),
    }
    for name, (field, rest) in bodies.items():
        before = len(origin.requests)
        client = new()
        client.request(1, get("/x", field, method="POST"), end=False)
        client.send(rest)
        ended = client.read(lambda c: 1 in c.resets or c.closed or 1 in c.ended)
        check(f"refused: {name}", ended and client.answers.get(1, 500) >= 400 and len(origin.requests) == before, (client.answers, client.resets, client.closed, origin.requests[before:]))
        client.close()


def good(new, origin):
    def ask(fields, body=None):
        client = new()
        before = len(origin.requests)
        client.request(1, fields, body)
        client.read(lambda c: 1 in c.ended or c.closed)
        seen = origin.requests[before:]
        status = client.answers.get(1), client.bodies.get(1)
        client.close()
        return status, seen

    answer, seen = ask(get("/a?b=c"))
    check("a plain GET is served", answer == (200, b"hello\n") and len(seen) == 1 and seen[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n"), (answer, seen))
    answer, seen = ask(get("/x", ("cookie", "a=1"), ("cookie", "b=2")))
    check("crumbs of a cookie are joined", answer[0] == 200 and seen[0].count(b"ookie") == 1 and b"cookie: a=1; b=2\r\n" in seen[0] + b"\r\n", seen)
    answer, seen = ask(get("/x", ("te", "trailers")))
    check("te: trailers is fine", answer[0] == 200 and b"\r\nte:" not in seen[0].lower(), seen)
    answer, seen = ask((*without(":authority"), ("host", "localhost")))
    check("Host alone names the host", answer[0] == 200 and len(seen) == 1, (answer, seen))
    answer, seen = ask(get("/x", method="POST"), b"some body")
    check("a body arrives with its length", answer[0] == 200 and seen[0].endswith(b"\r\n\r\nsome body") and b"Content-Length: 9" in seen[0], seen)
    answer, seen = ask(get("/x", ("content-length", "9"), method="POST"), b"some body")
    check("so does one that announced it", answer[0] == 200 and seen[0].endswith(b"\r\n\r\nsome body"), seen)
    answer, seen = ask(get("/x", method="HEAD"))
    check("HEAD has no body", answer == (200, None), answer)
    client = new()
    client.request(1, get("/x", ("x-a", "1"), method="POST"), b"body", end=False)
    client.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, block(("x-checksum", "1"))))
    client.read(lambda c: 1 in c.ended or c.closed)
    check("trailers are checked and dropped", client.answers.get(1) == 200 and b"checksum" not in origin.requests[-1], client.answers)
    client.request(3, get("/big"))
    client.read(lambda c: len(c.bodies.get(3, b"")) >= 65_535, 1)
    held = len(client.bodies.get(3, b""))
    for _ in range(8):
        client.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 60_000)) + frame(WINDOW_UPDATE, 0, 3, struct.pack(">I", 60_000)))
    client.read(lambda c: 3 in c.ended)
    check("a body waits for its window and is whole", held <= 65_535 and client.bodies.get(3) == b"x" * 300_000, (held, len(client.bodies.get(3, b""))))
    client.request(5, get("/x"), end=False)
    client.send(frame(PRIORITY, 0, 5, struct.pack(">IB", 0x80000000, 255)) + frame(99, 0, 0, b"?") + frame(DATA, END_STREAM | PADDED, 5, b"\3" + b"abc" + b"\0\0\0"))
    client.read(lambda c: 5 in c.ended)
    check("priority, unknown frames and padding do no harm", client.answers.get(5) == 200, client.answers)
    for stream in range(7, 207, 2):
        client.request(stream, get(f"/n/{stream}"))
    client.read(lambda c: len(c.ended) >= 103)
    check("a hundred streams at once", sum(status == 200 for status in client.answers.values()) == 103, len(client.answers))
    client.close()
    client = new()
    client.request(1, get("/upload", method="POST"), end=False)
    for _ in range(16):
        client.send(frame(DATA, 0, 1, b"y" * 4_000))
    client.send(frame(DATA, END_STREAM, 1, b""))
    client.read(lambda c: 1 in c.ended)
    check("a body of many frames", client.answers.get(1) == 200 and origin.requests[-1].endswith(b"y" * 64_000), client.answers)
    client.close()


# Each ends the connection (RFC 9113 §3.4, §4-6; RFC 7541 §5, §6).
SECOND = frame(HEADERS, END_HEADERS | END_STREAM, 1, block(*get("/x")))
BROKEN = {
    "SETTINGS acknowledged with payload": frame(SETTINGS, ACK, 0, b"\0" * 6),
    "SETTINGS of a bad size": frame(SETTINGS, 0, 0, b"\0" * 5),
    "SETTINGS on a stream": frame(SETTINGS, 0, 1),
    "INITIAL_WINDOW_SIZE of 2^31": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 << 31)),
    "MAX_FRAME_SIZE too small": frame(SETTINGS, 0, 0, struct.pack(">HI", 5, 100)),
    "WINDOW_UPDATE that overflows": frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 0x7fffffff)) * 2,
    "WINDOW_UPDATE of 0": frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\0"),
    "DATA on stream 0": frame(DATA, 0, 0, b"x"),
    "DATA on an idle stream": frame(DATA, 0, 5, b"x"),
    "HEADERS on stream 0": frame(HEADERS, END_HEADERS, 0, block(*get("/x"))),
    "HEADERS on an even stream": frame(HEADERS, END_HEADERS | END_STREAM, 2, block(*get("/x"))),
    "RST_STREAM of an idle stream": frame(RST_STREAM, 0, 7, b"\0\0\0\1"),
    "PUSH_PROMISE from a client": frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2" + block(*get("/x"))),
    "PING of a bad size": frame(PING, 0, 0, b"1234567"),
    "a frame longer than allowed": frame(DATA, 0, 1, b"x" * 16_385),
    "padding longer than the frame": frame(HEADERS, END_HEADERS | END_STREAM | PADDED, 1, b"\xff" + block(*get("/x"))[:20]),
    "CONTINUATION out of place": frame(CONTINUATION, END_HEADERS, 1, b""),
    "another frame within a header block": frame(HEADERS, END_STREAM, 1, block(*get("/x"))) + frame(PING, 0, 0, b"12345678"),
    "HPACK: index 0": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x80"),
    "HPACK: index beyond the table": frame(HEADERS, END_HEADERS | END_STREAM, 1, integer(100, 7, 0x80)),
    "HPACK: integer that overflows": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff" + b"\xff" * 10 + b"\x7f"),
    "HPACK: Huffman padding of more than 7 bits": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\0\x01a\x82\xff\xff"),
    "HPACK: string longer than the block": frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\0\x01a\x7f\xff"),
    "HPACK: table larger than allowed": frame(HEADERS, END_HEADERS | END_STREAM, 1, integer(65_536, 5, 0x20) + block(*get("/x"))),
}


def broken_frames(new, origin):
    for name, data in BROKEN.items():
        client, before = new(), len(origin.requests)
        client.send(data)
        ended = client.read(lambda c: c.closed)
        check(f"ends the connection: {name}", ended and len(origin.requests) == before, (client.answers, client.resets))
        client.close()
    client = new(hello=False)
    client.send(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + frame(SETTINGS))
    check("ends the connection: a bad preface", client.read(lambda c: c.closed), client.closed)
    client.close()


def memory(process):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS")) / 1024


def floods(new, origin, process):
    """What is unpleasant is bounded: another client is answered within 2 s, memory stays, abusers are cut."""
    def others_are_served():
        client, began = new(), time.monotonic()
        client.request(1, get("/other"))
        client.read(lambda c: 1 in c.ended)
        client.close()
        return client.answers.get(1) == 200 and time.monotonic() - began < 2

    def attack(name, act, must_end):
        client, before = new(), memory(process)
        act(client)
        served = others_are_served()
        ended = client.read(lambda c: c.closed, 5) if must_end else True
        grown = memory(process) - before
        check(f"flood: {name}", served and ended and grown < MEMORY, (served, ended, grown))
        client.close()

    def resets(client):
        for stream in range(1, 1001, 2):
            if not client.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, block(*get("/reset"))) + frame(RST_STREAM, 0, stream, b"\0\0\0\x08")):
                break

    def own_resets(client):
        for stream in range(1, 1001, 2):
            if not client.send(frame(HEADERS, END_HEADERS, stream, block(*get("/reset", method="POST"))) + frame(WINDOW_UPDATE, 0, stream, b"\0\0\0\0")):
                break

    def continuations(client):
        client.send(frame(HEADERS, END_STREAM, 1, block(*get("/x"))))
        for i in range(2_000):
            if not client.send(frame(CONTINUATION, 0, 1, literal(b"x%d" % i, b"y" * 16_000))):
                break

    def bomb(client):
        # A value of 4000 bytes goes into the table, then one byte a time names it again.
        table = b"\x40" + integer(1, 7) + b"x" + integer(4_000, 7) + b"y" * 4_000
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, block(*get("/x")) + table + b"\xbe" * 10_000))

    def windows(client):
        client.send(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0)))
        for stream in range(1, 201, 2):
            client.request(stream, get("/big"))

    def many(client):
        for stream in range(1, 2_001, 2):
            if not client.request(stream, get("/many")):
                break

    attack("rapid reset", resets, True)
    attack("resets that the client makes us send", own_resets, True)
    attack("CONTINUATION", continuations, True)
    attack("one byte that stands for thousands", bomb, False)
    attack("PING, replies unread", lambda c: [c.send(frame(PING, 0, 0, b"12345678") * 100) for _ in range(1_000)], True)
    attack("SETTINGS", lambda c: c.send(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 70_000)) * 1_000), True)
    attack("PRIORITY", lambda c: c.send(frame(PRIORITY, 0, 1, b"\0\0\0\0\1") * 20_000), True)
    attack("DATA without data", lambda c: c.request(1, get("/x", method="POST"), end=False) and c.send(frame(DATA, 0, 1) * 20_000), True)
    attack("unknown frames of 16 KiB", lambda c: [c.send(frame(77, 0, 0, b"u" * 16_384)) for _ in range(2_000)], False)
    attack("a hundred answers and no window", windows, False)
    attack("a thousand streams", many, False)


def beyond_window(new, process):
    """A client that sends on and on while its upstream takes nothing: what is beyond the window is not kept."""
    before = memory(process)
    # How much is unread when the window is overrun depends on where the frames fall.
    for size in (16_384, 16_000, 15_001, 12_345, 9_999, 8_192, 5_000, 1_021):
        client = new()
        client.request(1, get("/x", ("content-length", str(32 << 20)), method="POST", authority="stalled.test"), end=False)
        some = frame(DATA, 0, 1, b"z" * size)
        for _ in range((32 << 20) // size):
            if not client.send(some):
                break
        client.read(lambda c: 1 in c.resets or c.closed)
        check(f"DATA of {size} bytes beyond the window ends its stream or the connection", client.resets.get(1, client.goaway_code) == FLOW_CONTROL_ERROR, (client.resets, client.goaway_code))
        client.close()
    check("and is not kept", memory(process) - before < MEMORY, memory(process) - before)
    # The same within one read: before anything of the call has run.
    client = new()
    client.request(1, get("/x", ("content-length", "8"), method="POST", authority="stalled.test"), b"z" * 16_000)
    check("a body beyond its length ends its stream", client.read(lambda c: 1 in c.resets), client.resets)
    client.close()
    other = new()
    other.request(1, get("/after"))
    check("the gateway lives on", other.read(lambda c: 1 in c.ended) and process.poll() is None, other.answers)
    other.close()


def slow(new):
    client = new()
    client.send(frame(HEADERS, END_STREAM, 1, block(*get("/x"))))
    check("a header block that does not end costs the connection", client.read(lambda c: c.closed, 5), client.closed)
    client.close()
    client = new()
    client.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, block(*get("/x")))[:20])
    check("so does a frame that does not end", client.read(lambda c: c.closed, 5), client.closed)
    client.close()
    client = new()
    client.request(1, get("/x", method="POST"), b"part", end=False)
    check("a body that does not end costs its stream", client.read(lambda c: 1 in c.resets, 5), client.resets)
    client.close()
    client = new(settings=((1, 0), (4, 0)))
    client.request(1, get("/big"))
    check("so does an answer that is not taken", client.read(lambda c: 1 in c.resets, 6), client.resets)
    client.request(3, get("/x", method="HEAD"))
    check("and the connection lives on", client.read(lambda c: c.answers.get(3) == 200), client.answers)
    client.close()
    client, began = new(), time.monotonic()
    for stream in range(1, 1_000, 2):
        client.request(stream, get("/x"))
        if not client.read(lambda c: stream in c.ended) or time.monotonic() - began > 1.5:
            break
        client.read(lambda c: False, 0.01)  # not too many of them: a connection has a number of requests, too
    check("a busy connection outlives the time-out of its handshake", time.monotonic() - began > 1.5 and not client.closed, (time.monotonic() - began, client.closed))
    client.close()
    client = new()
    client.request(1, get("/x"))
    client.read(lambda c: 1 in c.ended)
    check("an idle connection is ended in order", client.read(lambda c: c.closed == "end", 6) and client.goaway_code == 0, (client.closed, client.goaway_code))


def drains(new, process):
    client = new()
    client.request(1, get("/x"))
    client.read(lambda c: 1 in c.ended)
    client.request(3, get("/slow", method="POST"), b"half", end=False)
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    told = client.read(lambda c: c.closed == "goaway")
    client.send(frame(DATA, END_STREAM, 3, b"rest"))
    client.read(lambda c: 3 in c.ended)
    check("SIGTERM: GOAWAY, and the call that is under way ends well", told and client.answers.get(3) == 200 and client.goaway_code == 0, (told, client.answers))
    check("and then the program", process.wait(20) == 0)


def stalled_origin():
    """Accepts connections and reads nothing."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    certificate(folder)
    origin, stalled = Origin(), stalled_origin()
    path = pathlib.Path(folder, "sallyport.yaml")
    path.write_text(f"""version: 1
workers: 1
listen:
  - {{ address: 127.0.0.1:0, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }} }}
  - {{ address: 127.0.0.1:0, cleartext: true, h2c: true }}
  - {{ address: 127.0.0.1:0, cleartext: true }}
  - {{ address: 127.0.0.1:0, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }}, timeouts: {{ handshake: 800ms, head: 500ms, body: 500ms, write: 500ms, keep_alive: 1s }} }}
  - {{ address: 127.0.0.1:0, http2: false, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }} }}
apis:
  - {{ name: all, hosts: ['*'], upstream: "http://127.0.0.1:{origin.port}" }}
  - {{ name: stalled, hosts: [stalled.test], max_body: 64MiB, upstream: "http://127.0.0.1:{stalled.getsockname()[1]}" }}
data: data
""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    tls, h2c, plain, hasty, old = [int(line.rsplit(":", 1)[1]) for line in until_ready(process) if line.startswith("listening")]

    def new(**options):
        return Client(tls, cafile=f"{folder}/c.pem", **options)

    check("ALPN chooses h2", new().protocol == "h2")
    good(new, origin)
    injections(new, origin)
    broken_frames(new, origin)
    clear = Client(h2c)
    clear.request(1, replaced(":scheme", "http"))
    check("prior knowledge where h2c is declared", clear.read(lambda c: 1 in c.ended) and clear.answers[1] == 200, clear.answers)
    other = Client(plain)
    other.request(1, get("/x"))
    other.read(lambda c: c.closed == "end")
    check("and nowhere else", b"505" in other.rest[:20] or other.closed == "end" and not other.answers, other.rest[:60])
    try:
        refused = Client(old, cafile=f"{folder}/c.pem").protocol != "h2"
    except OSError:
        refused = True
    check("http2: false offers none", refused)
    floods(new, origin, process)
    beyond_window(lambda: Client(h2c), process)
    slow(lambda **options: Client(hasty, cafile=f"{folder}/c.pem", **options))
    drains(new, process)
sys.exit(check.end())
