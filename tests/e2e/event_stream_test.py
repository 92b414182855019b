#!/usr/bin/env python3
"""Server-sent events and long polling: what an upstream says goes to the client when it says it, by HTTP/1.1 and HTTP/2."""
import http.client
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, UNLIMITED, check, until_ready  # noqa: E402
from http2_frames import Client, get  # noqa: E402

EVENTS = 5


class Source:
    """Says one event each time that `more` is released, and keeps whether its client has left."""

    def __init__(self):
        self.more, self.left = threading.Semaphore(0), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.speak, args=(peer,), daemon=True).start()

    def speak(self, peer):
        head = b""
        while b"\r\n\r\n" not in head:
            head += peer.recv(65536)
        if head.startswith(b"GET /poll"):
            self.more.acquire()
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnews")
            return peer.close()
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(EVENTS):
            self.more.acquire()
            event = b"id: %d\ndata: x\n\n" % number
            peer.sendall(b"%x\r\n" % len(event) + event + b"\r\n")
        if head.startswith(b"GET /forever"):
            while peer.recv(65536):
                pass
            self.left.set()
            return peer.close()
        peer.sendall(b"0\r\n\r\n")
        peer.close()


def by_http1(source, port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/events", headers={"Accept": "text/event-stream"})
    answer = connection.getresponse()  # the head comes before the first event
    check("HTTP/1.1: the head comes at once", answer.status == 200 and answer.getheader("content-type") == "text/event-stream", answer.status)
    for number in range(EVENTS):
        source.more.release()
        event = answer.readline() + answer.readline() + answer.readline()
        check(f"HTTP/1.1: event {number} comes before the next is said", event == b"id: %d\ndata: x\n\n" % number, event)
    check("HTTP/1.1: and the end", answer.read() == b"")
    connection.request("GET", "/poll")
    source.more.release()
    check("HTTP/1.1: a poll is answered when there is news", connection.getresponse().read() == b"news")
    connection.close()


def by_http2(source, port):
    client = Client(port)
    client.request(1, tuple((name, "http" if name == ":scheme" else value) for name, value in get("/events")))
    client.read(lambda c: 1 in c.answers, 10)
    check("HTTP/2: the head comes at once", client.answers.get(1) == 200 and 1 not in client.bodies, client.answers)
    said = b""
    for number in range(EVENTS):
        said += b"id: %d\ndata: x\n\n" % number
        source.more.release()
        check(f"HTTP/2: event {number} comes before the next is said", client.read(lambda c: c.bodies.get(1) == said, 10), client.bodies.get(1))
    check("HTTP/2: and the end", client.read(lambda c: 1 in c.ended, 10))
    client.request(3, tuple((name, "http" if name == ":scheme" else value) for name, value in get("/forever")))
    for _ in range(EVENTS):
        source.more.release()
    client.read(lambda c: len(c.bodies.get(3, b"")) == len(said), 10)
    client.send(b"\0\0\4\3\0\0\0\0\3\0\0\0\x08")  # RST_STREAM, CANCEL
    check("HTTP/2: a client that leaves ends the upstream's stream", source.left.wait(10))
    client.close()


with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    source = Source()
    path = pathlib.Path(folder, "sallyport.yaml")
    path.write_text(f"""version: 1
workers: 1
listen: [{{ address: 127.0.0.1:0, cleartext: true, h2c: true }}]
apis: [{{ name: all, hosts: ['*'], upstream: "http://127.0.0.1:{source.port}" }}]
data: data
{UNLIMITED}""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = next(int(line.rsplit(":", 1)[1]) for line in until_ready(process) if line.startswith("listening"))
    by_http1(source, port)
    by_http2(source, port)
    process.terminate()
    check("and the gateway ends in order", process.wait(20) == 0)
sys.exit(check.end())
