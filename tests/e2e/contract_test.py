#!/usr/bin/env python3
"""Answers are brought down to the contract, whatever their framing, coding and size."""
import gzip
import json
import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from cleartext_gate import cleartext_gate  # noqa: E402
from gate import check  # noqa: E402
from http_origin import Handler, serve  # noqa: E402

SPEC = """
openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders/{framing}/{count}:
    parameters:
      - { name: framing, in: path, required: true, schema: { type: string } }
      - { name: count, in: path, required: true, schema: { type: integer } }
    get: &orders
      responses:
        "200":
          description: ok
          content:
            application/json: { schema: { type: array, items: { type: object, properties: { id: { type: integer }, name: { type: string } } } } }
            text/event-stream: {}
    head: *orders
"""
CONTROLS = "spec: {folder}/spec.yaml\ncontract: {{ responses: minimise, max_answer: 2MiB }}"
first_seen = threading.Event()


def orders(count, secret):
    return [{"id": i, "name": "ü" * (i % 9), **({"password": "hunter2", "inside": {"host": ["10.0.0.1"]}} if secret else {})} for i in range(count)]


class Origin(Handler):
    """Answers by the path: /orders/FRAMING/COUNT."""

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        _, _, framing, count = self.path.split("/")
        body = json.dumps(orders(int(count), True)).encode()
        self.send_response(200)
        if framing == "stream":
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"6\r\none\n\n\n\r\n")
            self.stream_ended = first_seen.wait(10)
            self.wfile.write(b"6\r\ntwo\n\n\n\r\n0\r\n\r\n")
            return
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", '"of-the-whole"')
        if framing == "gzip":
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        if framing == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        elif framing == "close":
            self.close_connection = True
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        for at in range(0, len(body), 9_999):
            piece = body[at:at + 9_999]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if framing == "chunked" else piece)
        if framing == "chunked":
            self.wfile.write(b"0\r\n\r\n")


def minimised(connection):
    for framing in ("length", "chunked", "close", "gzip"):
        wrong = []
        for count in (0, 1, 100, 3_000, 10_000):
            connection.request("GET", f"/orders/{framing}/{count}")
            answer = connection.getresponse()
            body = answer.read()
            told = answer.getheader("Content-Length"), answer.getheader("Content-Encoding")
            # What fits passes as it came.
            expected = (str(len(body)), "gzip" if framing == "gzip" and count == 0 else None)
            plain = gzip.decompress(body) if told[1] == "gzip" else body
            good = answer.status == 200 and json.loads(plain) == orders(count, False) and told == expected
            if not good or (count and answer.getheader("ETag")):
                wrong.append((count, answer.status, body[:200], told))
        check(f"answers of every size have what the contract names, framing {framing}", not wrong, wrong)


def bounds(connection):
    for framing in ("length", "chunked"):
        connection.request("GET", f"/orders/{framing}/30000")
        answer = connection.getresponse()
        body = answer.read()
        check(f"an answer that is too long to be looked at does not pass, framing {framing}", answer.status == 502 and b"hunter2" not in body, (answer.status, body[:100]))
    connection.request("HEAD", "/orders/length/1")
    answer = connection.getresponse()
    answer.read()
    check("HEAD does not tell the length of what is not sent", answer.status == 200 and answer.getheader("Content-Length") is None, answer.getheaders())


def streams(connection):
    connection.request("GET", "/orders/stream/0")
    answer = connection.getresponse()
    first = answer.read1(100)
    first_seen.set()
    check("an answer that need not be looked at is not held back", first + answer.read() == b"one\n\n\ntwo\n\n\n", first)


def main():
    with cleartext_gate(serve(Origin).server_port, CONTROLS, {"spec.yaml": SPEC}) as connection:
        minimised(connection)
        bounds(connection)
        streams(connection)
    return check.end()


sys.exit(main())
