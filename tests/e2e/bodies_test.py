#!/usr/bin/env python3
"""Bodies of every size and framing arrive as they were sent, on connections that are used again."""
import hashlib
import http.client
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, certificate, check, until_ready  # noqa: E402
from origin import CONTENT, origin  # noqa: E402

SIZES = (0, 1, 1000, 16_000, 16_384, 40_000, 65_536, 65_537, 300_000, 3_000_000)


def same(got, size):
    return hashlib.sha256(got).digest() == hashlib.sha256(CONTENT[:size]).digest()


def downloads(name, connect):
    connection = connect()
    for kind in ("length", "chunked", "slow", "close"):
        wrong = []
        for size in SIZES:
            connection.request("GET", f"/{kind}/{size}")
            if not same(connection.getresponse().read(), size):
                wrong.append(size)
        check(f"{name}: bodies of every size, framing {kind}", not wrong, wrong)
    wrong = []
    for size in SIZES:
        connection.request("POST", "/echo/0", CONTENT[:size])
        if not same(connection.getresponse().read()[::-1], size):
            wrong.append(size)
        connection.request("POST", "/echo/0", iter([CONTENT[at:min(at + 7000, size)] for at in range(0, size, 7000)]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        if not same(connection.getresponse().read()[::-1], size):
            wrong.append((size, "chunked"))
    check(f"{name}: what is sent comes back, reversed", not wrong, wrong)


def slow_client(connect):
    """One that reads slowly gets everything, too: the gateway waits, and holds what it must."""
    connection = connect()
    connection.request("GET", "/length/3000000")
    answered, got = connection.getresponse(), b""
    while piece := answered.read(100_000):
        got += piece
        time.sleep(0.02)
    check("a slow reader gets the whole body", same(got, 3_000_000), len(got))


def leavers(connect):
    """Clients that leave within a long body leave nothing behind: the next ones get theirs."""
    for _ in range(20):
        connection = connect()
        connection.request("GET", "/slow/3000000")
        connection.getresponse().read(70_000)
        connection.close()
    connection = connect()
    wrong = []
    for size in SIZES * 3:
        connection.request("GET", f"/length/{size}")
        if not same(connection.getresponse().read(), size):
            wrong.append(size)
    check("after clients that left within a body nothing is mixed up", not wrong, wrong)


def patience(plain, hasty):
    """The time-out of one side (2 s of the upstream, 1 s of the hasty listener) does not run while the other is waited for."""
    connection = http.client.HTTPConnection("localhost", plain, timeout=20)
    connection.request("GET", "/huge/3000000")
    answered = connection.getresponse()
    got = answered.read(50_000)
    time.sleep(3)  # all sockets are full meanwhile
    got += answered.read()
    check("a client that pauses does not cost the upstream's time-out", got == CONTENT * 20, len(got))
    connection = http.client.HTTPConnection("localhost", hasty, timeout=20)
    connection.request("GET", "/pauses/40000")
    check("an upstream that pauses does not cost the client's", same(connection.getresponse().read(), 40_000))
    began = time.monotonic()
    client = socket.create_connection(("localhost", hasty))
    client.settimeout(20)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sendall(b"GET /huge/3000000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    time.sleep(4)  # nothing is read
    received = 0
    try:
        while piece := client.recv(65536):
            received += len(piece)
    except ConnectionError:
        pass
    check("a client that reads nothing is cut, and holds nothing after that", received < 60_000_000 and time.monotonic() - began < 10, (received, time.monotonic() - began))


with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    certificate(folder)
    path = pathlib.Path(folder, "sallyport.yaml")
    path.write_text(f"""version: 1
listen:
  - {{ address: 127.0.0.1:0, cleartext: true }}
  - {{ address: 127.0.0.1:0, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }} }}
  - {{ address: 127.0.0.1:0, cleartext: true, timeouts: {{ write: 1s }} }}
apis: [{{ name: bodies, hosts: ['*'], upstream: {{ targets: "http://127.0.0.1:{origin()}", timeout: 2s }}, max_body: 8MiB }}]
data: data
""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    plain, tls, hasty = [int(line.rsplit(":", 1)[1]) for line in until_ready(process) if line.startswith("listening")]
    context = ssl.create_default_context(cafile=f"{folder}/c.pem")
    downloads("plain", lambda: http.client.HTTPConnection("localhost", plain, timeout=20))
    downloads("TLS", lambda: http.client.HTTPSConnection("localhost", tls, timeout=20, context=context))
    slow_client(lambda: http.client.HTTPConnection("localhost", plain, timeout=20))
    leavers(lambda: http.client.HTTPConnection("localhost", plain, timeout=20))
    patience(plain, hasty)
    process.terminate()
    check("SIGTERM ends it in order", process.wait(40) == 0)
sys.exit(check.end())
