"""WebSocket frame by frame: a client and an origin that can say what no library would."""
import base64
import contextlib
import hashlib
import os
import socket
import struct
import threading

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def frame(opcode, payload=b"", fin=True, masked=True, reserved=0, length=None):
    """`length` is what the header says, when that is not the truth."""
    size = len(payload) if length is None else length
    head = bytes([fin << 7 | reserved << 4 | opcode])
    short = size if size < 126 else 126 if size < 65536 else 127
    head += bytes([masked << 7 | short]) + (b"" if size < 126 else struct.pack(">H", size) if size < 65536 else struct.pack(">Q", size))
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def close(code, reason=b"", masked=True):
    return frame(CLOSE, struct.pack(">H", code) + reason, masked=masked)


def accept_for(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


def head_of(connection):
    """Bytes up to and with the empty line, and what came behind."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data.decode("latin-1"), b""
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    return head.decode("latin-1"), rest


def fields_of(head):
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])}


class Frames:
    """Frames read from a socket. `get` gives (opcode, payload), or None at the end of the connection."""

    def __init__(self, connection, rest=b""):
        self.connection, self.rest, self.masked = connection, rest, None

    def take(self, size):
        while len(self.rest) < size:
            try:
                more = self.connection.recv(65536)
            except OSError:
                more = b""
            if not more:
                return None
            self.rest += more
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def get(self):
        head = self.take(2)
        if head is None:
            return None
        size, self.masked = head[1] & 127, bool(head[1] & 128)
        if size >= 126:
            size = int.from_bytes(self.take(2 if size == 126 else 8), "big")
        key = self.take(4) if self.masked else b"\0\0\0\0"
        payload = self.take(size)
        return None if payload is None else (head[0] & 15, bytes(byte ^ key[i % 4] for i, byte in enumerate(payload)))

    def close_code(self):
        """Reads on to the Close frame: its code, 0 without one, None when the connection ends before."""
        while got := self.get():
            if got[0] == CLOSE:
                return int.from_bytes(got[1][:2], "big")
        return None


class Client(Frames):
    """A handshake that may be changed field by field (None leaves one out); `status` is 101 when it worked."""

    def __init__(self, port, path="/ws", fields=None, method="GET", version="HTTP/1.1", behind=b""):
        super().__init__(socket.create_connection(("127.0.0.1", port), 10))
        self.connection.settimeout(20)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        all_fields = {"Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13",
                      **(fields or {})}
        text = "".join(f"{name}: {value}\r\n" for name, values in all_fields.items() if values is not None for value in ([values] if isinstance(values, str) else values))
        self.connection.sendall(f"{method} {path} {version}\r\n{text}\r\n".encode("latin-1") + behind)
        head, self.rest = head_of(self.connection)
        self.head, self.fields = head, fields_of(head)
        self.status = int(head.split(" ")[1]) if head else 0

    def send(self, *frames):
        with contextlib.suppress(OSError):  # the gateway may have ended it: what it said is read and checked
            self.connection.sendall(b"".join(frames))

    def end(self):
        self.connection.close()


class Origin:
    """Opens every WebSocket that it is asked for; `behave(frames, connection)` is what it then does, `answer` changes fields of its 101."""

    def __init__(self, behave, answer=None):
        self.behave, self.answer, self.heads = behave, answer or {}, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection, contextlib.suppress(OSError):  # how the gateway ends a connection is no failure of this peer
            connection.settimeout(20)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head, rest = head_of(connection)
            self.heads.append(head)
            asked = fields_of(head)
            if asked.get("upgrade") != "websocket":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain")
                return
            fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept_for(asked["sec-websocket-key"]), **self.answer}
            connection.sendall(("HTTP/1.1 101 Yes\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None) + "\r\n").encode())
            self.behave(Frames(connection, rest), connection)
