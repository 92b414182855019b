#!/usr/bin/env python3
"""Clients of every kind at once for some seconds: good ones get what they asked for, none waits for ever, nothing is left over."""
import os
import pathlib
import random
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, certificate, check, until_ready  # noqa: E402
from origin import CONTENT, origin  # noqa: E402

SECONDS = 8
SIZES = (0, 1, 900, 16_384, 70_000, 400_000)
KINDS = ("length", "chunked", "slow", "close", "echo")


class Client:
    """Speaks HTTP over a bare socket, so that it can also misbehave."""

    def __init__(self, port, context, dice):
        self.dice = dice
        self.raw = socket.create_connection(("localhost", port), timeout=20)
        self.raw.settimeout(20)
        self.wire = context.wrap_socket(self.raw, server_hostname="localhost") if context else self.raw
        self.data = b""

    def ask(self, kind, size):
        if kind != "echo":
            return self.wire.sendall(b"GET /%s/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % (kind.encode(), size))
        if self.dice.random() < 0.5:
            return self.wire.sendall(b"POST /echo/0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size + CONTENT[:size])
        pieces = b"".join(b"%x\r\n" % len(p) + p + b"\r\n" for p in (CONTENT[at:min(at + 5000, size)] for at in range(0, size, 5000)))
        return self.wire.sendall(b"POST /echo/0 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n")

    def more(self):
        piece = self.wire.recv(65536)
        if not piece:
            raise ConnectionError("closed")
        self.data += piece

    def until(self, mark):
        while mark not in self.data:
            self.more()
        before, self.data = self.data.split(mark, 1)
        return before

    def take(self, size):
        while len(self.data) < size:
            self.more()
        body, self.data = self.data[:size], self.data[size:]
        return body

    def answer(self):
        head = self.until(b"\r\n\r\n").lower()
        if b"transfer-encoding: chunked" in head:
            body = b""
            while size := int(self.until(b"\r\n"), 16):
                body += self.take(size)
                self.take(2)
            self.take(2)
        else:
            body = self.take(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        return int(head.split(b" ")[1]), body, b"connection: close" in head


def good(client, dice, seen):
    for _ in range(dice.randint(1, 6)):
        batch = [(dice.choice(KINDS), dice.choice(SIZES)) for _ in range(dice.choice((1, 1, 1, 3)))]
        if len(batch) > 1:
            batch = [("length", size) for _, size in batch]  # pipelined: without bodies of their own
        for kind, size in batch:
            client.ask(kind, size)
        for kind, size in batch:
            status, body, closing = client.answer()
            expected = CONTENT[:size][::-1] if kind == "echo" else CONTENT[:size]
            seen["good" if (status, body) == (200, expected) else "wrong"] += 1
            if closing:
                return


def bad(client, dice, seen):
    """Leaves in every way: within a head, within a body, with a reset, with half of it closed, or sends nonsense."""
    how = dice.randrange(6)
    if how == 0:
        client.wire.sendall(b"GET /length/1000 HTT")
    elif how == 1:
        client.wire.sendall(b"POST /echo/0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n" + bytes(dice.choice((0, 10, 60_000))))
    elif how == 2:
        client.ask(dice.choice(("length", "slow")), 400_000)
        client.wire.recv(dice.choice((1, 5000, 100_000)))
    elif how == 3:
        client.ask("dies", dice.choice(SIZES))
        if client.answer()[0] == 200:  # 502 when nothing had been sent on yet, else the connection breaks off
            seen["wrong"] += 1
    elif how == 4:
        client.raw.sendall(b"\x16\x03\x01 nonsense\n\n\r\n")
    else:
        client.ask("length", 900)
        client.raw.shutdown(socket.SHUT_WR)
    if dice.random() < 0.5:
        client.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.raw.close()


def churn(ports, context, seed, end, seen, errors):
    dice = random.Random(seed)
    while time.monotonic() < end:
        tls = dice.random() < 0.5
        try:
            client = Client(ports[tls], context if tls else None, dice)
            if dice.random() < 0.4:
                try:
                    bad(client, dice, seen)
                except OSError:
                    pass  # it was refused before it was done
                seen["bad"] += 1
            else:
                good(client, dice, seen)
                client.wire.close()
        except (OSError, ValueError, IndexError) as error:
            errors.append(repr(error))


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    certificate(folder)
    path = pathlib.Path(folder, "sallyport.yaml")
    path.write_text(f"""version: 1
listen:
  - {{ address: 127.0.0.1:0, cleartext: true, timeouts: {{ head: 2s, body: 2s, keep_alive: 2s }} }}
  - {{ address: 127.0.0.1:0, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }}, timeouts: {{ head: 2s, body: 2s, keep_alive: 2s }} }}
apis: [{{ name: churn, hosts: ['*'], upstream: http://127.0.0.1:{origin()} }}]
data: data
""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ports = [int(line.rsplit(":", 1)[1]) for line in until_ready(process) if line.startswith("listening")]
    context = ssl.create_default_context(cafile=f"{folder}/c.pem")
    before = descriptors(process)
    seen, errors = {"good": 0, "wrong": 0, "bad": 0}, []
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=churn, args=(ports, context, seed, end, seen, errors)) for seed in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    print(f"{seen['good']} good answers among {seen['bad']} clients that misbehaved")
    check("every client came to its end", not any(thread.is_alive() for thread in threads))
    check("good clients got what they asked for", seen["good"] > 100 and seen["wrong"] == 0, seen)
    check("and no error", not errors, (len(errors), errors[:5]))
    limit = time.monotonic() + 20
    while descriptors(process) > before + 70 and time.monotonic() < limit:
        time.sleep(0.1)
    client = Client(ports[0], None, random.Random(1))
    client.ask("length", 900)
    check("it serves on", client.answer()[:2] == (200, CONTENT[:900]))
    check("connections of those that left are closed", descriptors(process) <= before + 70, (before, descriptors(process)))
    process.terminate()
    check("SIGTERM ends it in order", process.wait(40) == 0)
sys.exit(check.end())
