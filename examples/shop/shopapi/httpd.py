"""A small HTTP/1.1 server: one thread per connection, keep-alive, one write per response."""

import email.utils
import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

IDLE_SECONDS = 75
MAX_LINE = 16 * 1024
MAX_HEADERS = 100
MAX_BODY = 64 * 1024 * 1024

REASONS = {
    200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
    413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content",
    431: "Request Header Fields Too Large", 500: "Internal Server Error",
    501: "Not Implemented",
}


class BadRequest(Exception):
    """The bytes received are not a request this server can frame; the connection closes."""

    def __init__(self, status, detail):
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass
class Request:
    """One framed request; header names are lower case."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes = b""
    close: bool = False


@dataclass
class Response:
    """One response; the server adds Date, Content-Length and Connection."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: list = field(default_factory=list)


def read_line(stream):
    """One line without its line end; None at the end of the stream."""
    line = stream.readline(MAX_LINE + 1)
    if not line:
        return None
    if len(line) > MAX_LINE:
        raise BadRequest(431, "line too long")
    if not line.endswith(b"\n"):
        raise BadRequest(400, "truncated line")
    return line.rstrip(b"\r\n")


def read_headers(stream):
    """The header section as a dict; a repeated field is joined with a comma."""
    headers = {}
    for _ in range(MAX_HEADERS + 1):
        line = read_line(stream)
        if line is None:
            raise BadRequest(400, "truncated header section")
        if not line:
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "malformed header field")
        name, value = name.lower(), value.strip()
        if name in ("host", "content-length") and name in headers:
            raise BadRequest(400, f"repeated {name}")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raise BadRequest(431, "too many header fields")


def read_exactly(stream, size):
    """Exactly `size` bytes of the body."""
    data = stream.read(size)
    if len(data) != size:
        raise BadRequest(400, "truncated body")
    return data


def read_chunked(stream):
    """A chunked body, trailers dropped."""
    parts, total = [], 0
    while True:
        digits = (read_line(stream) or b"").split(b";")[0].strip()
        try:
            size = int(digits, 16) if digits.isalnum() else -1
        except ValueError:
            size = -1
        if size < 0:
            raise BadRequest(400, "malformed chunk size")
        if size == 0:
            read_headers(stream)
            return b"".join(parts)
        total += size
        if total > MAX_BODY:
            raise BadRequest(413, "body too large")
        parts.append(read_exactly(stream, size))
        if read_line(stream) != b"":
            raise BadRequest(400, "malformed chunk end")


def read_request(stream, conn):
    """The next request on the connection; None when the peer closed it."""
    line = read_line(stream)
    if line == b"":
        line = read_line(stream)
    if line is None:
        return None
    words = line.decode("latin-1").split(" ")
    if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadRequest(400, "malformed request line")
    method, target, version = words
    headers = read_headers(stream)
    if version == "HTTP/1.1" and "host" not in headers:
        raise BadRequest(400, "missing host")
    try:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise BadRequest(400, "malformed target") from None
    tokens = [token.strip().lower() for token in headers.get("connection", "").split(",")]
    request = Request(
        method, unquote(parts.path), query, headers,
        close="close" in tokens or (version == "HTTP/1.0" and "keep-alive" not in tokens))
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None and length is not None:
        raise BadRequest(400, "both content-length and transfer-encoding")
    if headers.get("expect", "").lower() == "100-continue":
        conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if coding is not None:
        if coding.lower() != "chunked":
            raise BadRequest(501, "unknown transfer coding")
        request.body = read_chunked(stream)
    elif length is not None:
        if not (length.isascii() and length.isdigit()):
            raise BadRequest(400, "malformed content-length")
        if int(length) > MAX_BODY:
            raise BadRequest(413, "body too large")
        request.body = read_exactly(stream, int(length))
    return request


def encode(response, head_only, close):
    """Head and body as one block of bytes, so that one write carries both."""
    lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}",
             f"Date: {email.utils.formatdate(usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.content_type:
        lines.append(f"Content-Type: {response.content_type}")
    if response.status != 204:
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append(f"Connection: {'close' if close else 'keep-alive'}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if head_only or response.status == 204 else head + response.body


class Server:
    """Accepts connections on 127.0.0.1 and hands each request to `handler`."""

    def __init__(self, port, handler, log=None):
        self.handler = handler
        self.log = log
        self.active = 0
        self.guard = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port = self.listener.getsockname()[1]

    def serve(self):
        """Accept until the listener is closed (or a signal handler raises)."""
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=(conn,), daemon=True).start()

    def close(self, grace=1.0):
        """Stop accepting, then wait a moment for the requests in flight."""
        self.listener.close()
        deadline = time.monotonic() + grace
        while self.active and time.monotonic() < deadline:
            time.sleep(0.01)

    def converse(self, conn):
        """Serve the requests of one connection until either side closes it."""
        try:
            with conn, conn.makefile("rb", 65536) as stream:
                conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                conn.settimeout(IDLE_SECONDS)
                while self.exchange(conn, stream):
                    pass
        except OSError:
            pass

    def exchange(self, conn, stream):
        """One request and its response; False when the connection is to close."""
        try:
            request = read_request(stream, conn)
        except BadRequest as error:
            body = f"{error.detail}\n".encode()
            conn.sendall(encode(Response(error.status, body, "text/plain"), False, True))
            return False
        if request is None:
            return False
        with self.guard:
            self.active += 1
        try:
            started = time.monotonic()
            response = self.handler(request)
            conn.sendall(encode(response, request.method == "HEAD", request.close))
        finally:
            with self.guard:
                self.active -= 1
        if self.log:
            self.log(request.method, request.path, response.status, time.monotonic() - started)
        return not request.close
