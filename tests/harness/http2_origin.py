"""An upstream that speaks HTTP/2 (the h2 library): answers by the path, and keeps what it was asked.

/length/N      N bytes of CONTENT            /echo        the body, backwards
/trailers      a body and trailers           /only        trailers, no body
/refuse        REFUSED_STREAM the first time /goaway      GOAWAY before this request the first time
/reset         RST_STREAM INTERNAL_ERROR     /half        part of a body, then RST_STREAM
/cut           ends the connection           /silent      nothing
/interim       two 103 before the answer     /interims    nine of them
/lies          another length than announced /early       an answer before the body is read
/upper         a field name in upper case    /pseudo      a pseudo-field in a trailer
/status        no status                     /deaf        takes nothing of a body (its window stays shut)
/grpc.health.v1.Health/Check    `health`: the status of HealthCheckResponse, and the trailers behind it
"""
import contextlib
import socket
import ssl
import sys
import threading

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's h2, whichever Python runs this

from h2.config import H2Configuration  # noqa: E402
from h2.connection import H2Connection  # noqa: E402
from h2.errors import ErrorCodes  # noqa: E402
from h2.events import (ConnectionTerminated, DataReceived, RequestReceived, SettingsAcknowledged, StreamEnded,  # noqa: E402, F401
                       StreamReset, TrailersReceived, WindowUpdated)
from h2.settings import SettingCodes, Settings  # noqa: E402

from origin import CONTENT  # noqa: E402


class H2Origin:
    def __init__(self, certificate=None, alpn=("h2",), max_streams=100):
        self.requests, self.resets, self.connections, self.seen, self.max_streams = [], [], 0, set(), max_streams
        self.health = (b"\x08\x01", [("grpc-status", "0")])
        self.peers, self.at_once, self.most_at_once = [], 0, 0
        self.context = None
        if certificate:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(*certificate)
            self.context.set_alpn_protocols(list(alpn))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def stop(self):
        """Refuses connections, and ends those that it has."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            with contextlib.suppress(OSError):  # it may have left by itself
                peer.shutdown(socket.SHUT_RDWR)

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self.quietly, args=(peer,), daemon=True).start()

    def quietly(self, peer):
        with contextlib.suppress(OSError):
            if self.context:
                peer = self.context.wrap_socket(peer, server_side=True)
            self.peers.append(peer)
            Peer(self, peer).run()
        peer.close()


class Peer:
    """One connection."""

    def __init__(self, origin, peer):
        self.origin, self.peer = origin, peer
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="latin-1", validate_outbound_headers=False,
                                               normalize_outbound_headers=False, validate_inbound_headers=True))
        self.h2.local_settings = Settings(client=False, initial_values={SettingCodes.MAX_CONCURRENT_STREAMS: origin.max_streams})
        self.streams, self.pending, self.gone, self.ended = {}, {}, set(), False

    def flush(self):
        self.peer.sendall(self.h2.data_to_send())

    def run(self):
        self.h2.initiate_connection()
        self.flush()
        while data := self.peer.recv(65536):
            for event in self.h2.receive_data(data):
                self.take(event)
            self.flush()

    def take(self, event):
        stream = getattr(event, "stream_id", None)
        if self.ended or stream in self.gone:
            return
        if isinstance(event, RequestReceived):
            self.streams[stream] = {"fields": event.headers, "path": dict(event.headers)[":path"], "body": b"", "trailers": None}
            self.origin.at_once += 1
            self.origin.most_at_once = max(self.origin.most_at_once, self.origin.at_once)
            if self.streams[stream]["path"] == "/early":
                self.answer(stream, b"early")
            self.begun(stream)
        elif isinstance(event, DataReceived):
            self.streams[stream]["body"] += event.data
            if self.streams[stream]["path"] != "/deaf":
                self.h2.acknowledge_received_data(event.flow_controlled_length, stream)
        elif isinstance(event, TrailersReceived):
            self.streams[stream]["trailers"] = event.headers
        elif isinstance(event, StreamEnded):
            self.origin.requests.append(self.streams[stream])
            self.origin.at_once -= 1
            if self.streams[stream]["path"] != "/early":
                self.complete(stream, self.streams[stream])
        elif isinstance(event, StreamReset):
            self.origin.resets.append((self.streams.get(stream, {}).get("path"), event.error_code))
            self.pending.pop(stream, None)
            self.gone.add(stream)
        elif isinstance(event, WindowUpdated):
            for one in [stream] if stream else list(self.pending):
                self.push(one)

    def first_time(self, path):
        first = path not in self.origin.seen
        self.origin.seen.add(path)
        return first

    def begun(self, stream):
        path = self.streams[stream]["path"]
        if path.startswith("/refuse") and (path == "/refuse/always" or self.first_time(path)):
            self.reset(stream, ErrorCodes.REFUSED_STREAM)
        elif path.startswith("/goaway") and self.first_time(path):
            self.h2.close_connection(ErrorCodes.NO_ERROR, last_stream_id=max(0, stream - 2))
            self.ended = True

    def reset(self, stream, code):
        self.h2.reset_stream(stream, code)
        self.gone.add(stream)

    def answer(self, stream, body, fields=(), trailers=(), status="200"):
        self.h2.send_headers(stream, [(":status", status), *fields])
        self.pending[stream] = (memoryview(body), trailers)
        self.push(stream)

    def push(self, stream):
        """As much of a body as the windows take."""
        while stream in self.pending:
            body, trailers = self.pending[stream]
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if body and room <= 0:
                return
            piece, rest = body[:room], body[room:]
            last = not rest
            self.pending[stream] = (rest, trailers)
            if last:
                del self.pending[stream]
            self.h2.send_data(stream, bytes(piece), end_stream=last and not trailers)
            if last and trailers:
                self.h2.send_headers(stream, trailers, end_stream=True)

    def complete(self, stream, request):
        path = request["path"]
        if path.startswith("/length/"):
            body = CONTENT[:int(path[8:])]
            if dict(request["fields"])[":method"] == "HEAD":
                self.h2.send_headers(stream, [(":status", "200"), ("content-length", str(len(body)))], end_stream=True)
            else:
                self.answer(stream, body, [("content-length", str(len(body)))])
        elif path == "/echo":
            self.answer(stream, request["body"][::-1])
        elif path == "/trailers":
            self.answer(stream, b"body", trailers=[("x-sum", "abc"), ("grpc-status", "0")])
        elif path == "/only":
            self.answer(stream, b"", trailers=[("x-sum", "abc")])
        elif path == "/reset":
            self.reset(stream, ErrorCodes.INTERNAL_ERROR)
        elif path == "/half":
            self.h2.send_headers(stream, [(":status", "200")])
            self.h2.send_data(stream, b"half")
            self.reset(stream, ErrorCodes.INTERNAL_ERROR)
        elif path == "/cut":
            self.flush()
            self.peer.shutdown(socket.SHUT_RDWR)
        elif path.startswith("/interim"):
            for _ in range(2 if path == "/interim" else 9):
                self.h2.send_headers(stream, [(":status", "103"), ("link", "</x>")])
            self.answer(stream, b"final")
        elif path == "/lies":
            self.answer(stream, b"12345", [("content-length", "4")])
        elif path == "/upper":
            self.answer(stream, b"", [("X-Upper", "1")])
        elif path == "/pseudo":
            self.answer(stream, b"body", trailers=[(":path", "/x")])
        elif path == "/grpc.health.v1.Health/Check":
            message, trailers = self.origin.health
            self.answer(stream, bytes([0, 0, 0, 0, len(message)]) + message, [("content-type", "application/grpc")], trailers)
        elif path == "/status":
            self.h2.send_headers(stream, [("x", "1")], end_stream=True)
        elif path != "/silent" and path != "/deaf":
            self.answer(stream, b"hello\n")
