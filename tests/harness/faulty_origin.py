"""An upstream that says its name and errs as it is told to: `mode` is one of

good           200 with its name
unavailable    503
reset          a reset instead of an answer
half_head      a part of a head, then a reset
half_body      half of what it announced, then the end
half_chunk     a chunk that never ends, then the end
garbage        no HTTP at all
two_lengths    two Content-Length that differ
too_long       more bytes than Content-Length says
silent         no answer
trickle        a head, byte by byte, for ever
early_close    a good answer, and the connection is closed behind it without a word
switch         101, which nobody asked for
interim        a storm of 103, then a good answer
few_interim    three of 103, then a good answer
hold           waits until `released`, then good

`stop()` refuses connections, `start()` takes them again at the same port.
"""
import socket
import struct
import threading
import time


class FaultyOrigin:
    def __init__(self, name="a", mode="good"):
        self.name, self.mode = name, mode
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.requests = []  # heads
        self.bodies = []
        self.now = self.most = self.connections = 0
        self.port = 0
        self.peers = set()
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"http://{self.address}"

    def start(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def stop(self):
        """Also ends the connections that are kept."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            peers, self.peers = self.peers, set()
        for peer in peers:
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self, listener):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                self.peers.add(peer)
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        try:
            while self.answer_one(peer):
                pass
        except OSError:
            pass
        with self.lock:
            self.peers.discard(peer)
        peer.close()

    def read(self, peer):
        data = b""
        while b"\r\n\r\n" not in data:
            more = peer.recv(65536)
            if not more:
                return None
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += peer.recv(65536)
        return head.decode(), body

    def good(self):
        text = self.name.encode()
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)

    def answer_one(self, peer):
        """True: the connection goes on."""
        got = self.read(peer)
        if got is None:
            return False
        with self.lock:
            self.requests.append(got[0])
            self.bodies.append(got[1])
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return self.answer(peer, self.mode)
        finally:
            with self.lock:
                self.now -= 1

    def answer(self, peer, mode):
        if mode == "unavailable":
            peer.sendall(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n")
            return True
        if mode == "reset" or mode == "half_head":
            if mode == "half_head":
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
                time.sleep(0.02)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if mode == "half_body":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"h" * 50_000)
            return False
        if mode == "half_chunk":
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\nhalf")
            return False
        if mode == "garbage":
            peer.sendall(b"\x16\x03\x01\x00\x05hello, this is no HTTP\r\n\r\n")
            return False
        if mode == "two_lengths":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")
            return False
        if mode == "too_long":
            peer.sendall(self.good() + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
            return True
        if mode == "silent":
            while peer.recv(65536):
                pass
            return False
        if mode == "trickle":
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"s" * 600:
                peer.sendall(bytes([byte]))
                time.sleep(0.05)
            return False
        if mode == "early_close":
            peer.sendall(self.good())
            return False
        if mode == "switch":
            peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
            return False
        if mode in ("interim", "few_interim"):
            peer.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * (1000 if mode == "interim" else 3))
        if mode == "hold":
            self.released.wait(20)
        peer.sendall(self.good())
        return True
