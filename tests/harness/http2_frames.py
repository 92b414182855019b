"""HTTP/2 frame by frame: a client that can say what no library would, and an origin that keeps what reached it."""
import contextlib
import socket
import ssl
import struct
import sys
import threading
import time

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's hpack, whichever Python runs this

from hpack import Decoder  # noqa: E402

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED, ACK = 1, 4, 8, 1


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def integer(value, bits, first=0):
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    out, value = bytes([first | limit]), value - limit
    while value >= 128:
        out, value = out + bytes([value % 128 | 128]), value // 128
    return out + bytes([value])


def literal(name, value):
    """A field that is not indexed, without Huffman coding: any bytes."""
    return b"\0" + integer(len(name), 7) + name + integer(len(value), 7) + value


def block(*fields):
    return b"".join(literal(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields)


def get(path="/", *more, method="GET", authority="localhost"):
    return ((":method", method), (":scheme", "https"), (":authority", authority), (":path", path), *more)


class Client:
    """One connection. `closed` says how it ended: None, "goaway" or "end"; `answers` (statuses) and `resets` by stream."""

    def __init__(self, port, cafile=None, hello=True, settings=((1, 0),)):
        raw = socket.create_connection(("localhost", port), 10)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if cafile:
            context = ssl.create_default_context(cafile=cafile)
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(raw, server_hostname="localhost")
            self.protocol = self.socket.selected_alpn_protocol()
        else:
            self.socket = raw
        self.answers, self.bodies, self.resets, self.ended, self.closed, self.goaway_code = {}, {}, {}, set(), None, None
        self.fields, self.trailers, self.decoder = {}, {}, Decoder()
        self.pings, self.window_updates, self.rest = 0, 0, b""
        if hello:
            self.send(PREFACE + frame(SETTINGS, payload=b"".join(struct.pack(">HI", *one) for one in settings)))

    def send(self, data):
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            self.closed = self.closed or "end"
            return False

    def request(self, stream, fields, body=None, end=True):
        flags = END_HEADERS | (END_STREAM if body is None and end else 0)
        data = frame(HEADERS, flags, stream, block(*fields))
        if body is not None:
            data += frame(DATA, END_STREAM if end else 0, stream, body)
        return self.send(data)

    def read(self, until, seconds=3):
        """Reads frames until the condition holds or the connection or the time is over."""
        end = time.monotonic() + seconds
        while not until(self) and self.closed != "end":
            left = end - time.monotonic()
            if left <= 0:
                break
            self.socket.settimeout(left)
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                break
            except OSError:
                more = b""
            if not more:
                self.closed = "end"
            self.rest += more
            self.take()
        return until(self)

    def take(self):
        while len(self.rest) >= 9:
            size = int.from_bytes(self.rest[:3], "big")
            if len(self.rest) < 9 + size:
                return
            kind, flags, stream = self.rest[3], self.rest[4], int.from_bytes(self.rest[5:9], "big")
            payload, self.rest = self.rest[9:9 + size], self.rest[9 + size:]
            if kind == HEADERS:
                fields = dict(self.decoder.decode(payload))
                if stream in self.answers and self.answers[stream] >= 200:
                    self.trailers[stream] = fields
                else:
                    self.fields[stream], self.answers[stream] = fields, int(fields[":status"])
            elif kind == DATA:
                self.bodies[stream] = self.bodies.get(stream, b"") + payload
            elif kind == RST_STREAM:
                self.resets[stream] = int.from_bytes(payload, "big")
            elif kind == SETTINGS and not flags & ACK:
                self.send(frame(SETTINGS, ACK))
            elif kind == PING and flags & ACK:
                self.pings += 1
            elif kind == WINDOW_UPDATE:
                self.window_updates += 1
            elif kind == GOAWAY:
                self.closed, self.goaway_code = self.closed or "goaway", int.from_bytes(payload[4:8], "big")
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                self.ended.add(stream)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()


class Origin:
    """Answers every request with 200 and keeps what it was asked, byte for byte."""

    def __init__(self, body=b"hello\n", delay=0):
        self.requests, self.body, self.delay = [], body, delay
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(peer,), daemon=True).start()

    def answer(self, peer):
        data = b""
        with contextlib.suppress(OSError):
            while True:
                while b"\r\n\r\n" not in data:
                    more = peer.recv(65536)
                    if not more:
                        return
                    data += more
                head, data = data.split(b"\r\n\r\n", 1)
                size = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
                self.requests.append(head)
                while len(data) < size:
                    more = peer.recv(65536)
                    if not more:
                        return
                    data += more
                body, data = data[:size], data[size:]
                self.requests[-1] += b"\r\n\r\n" + body
                time.sleep(self.delay)
                answer = self.body if b" /big" not in head[:60] else b"x" * 300_000
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + (b"" if head.startswith(b"HEAD") else answer))
