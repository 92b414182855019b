#!/usr/bin/env python3
"""HTTP/2 to the upstream: one connection for many calls, bodies and trailers both ways, and what an upstream may do wrong."""
import concurrent.futures
import http.client
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import BUILD, PROGRAM, UNLIMITED, certificate, check, until_ready  # noqa: E402
from http2_frames import DATA, END_HEADERS, END_STREAM, HEADERS, WINDOW_UPDATE, Client, block, frame  # noqa: E402
from http2_origin import H2Origin  # noqa: E402
from origin import CONTENT  # noqa: E402


MEMORY = 32 if "san" not in BUILD else 400  # MiB; sanitizers hold back what was freed


def ask(port, path, method="GET", body=None, headers=()):
    """By HTTP/1.1: status, body, or the exception that ended it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(), answer
    except (http.client.HTTPException, OSError) as error:
        return None, error, None
    finally:
        connection.close()


def head(path, *more, method="GET"):
    return ((":method", method), (":scheme", "http"), (":authority", "plain.test"), (":path", path), *more)


def good_calls(port, origin):
    for size in (0, 1, 65_535, 65_536, 3_000_000):
        status, body, _ = ask(port, f"/length/{size}")
        check(f"an answer of {size} bytes", status == 200 and body == CONTENT[:size], (status, len(body) if status else body))
    for size in (0, 1, 65_536, 200_000, 3_000_000):
        status, body, _ = ask(port, "/echo", "POST", CONTENT[:size])
        check(f"a body of {size} bytes and back", status == 200 and body == CONTENT[:size][::-1], (status, body if not status else len(body)))
    status, body, _ = ask(port, "/echo", "POST", iter([CONTENT[:100_000], CONTENT[100_000:300_000]]))
    check("a body of unknown length", status == 200 and body == CONTENT[:300_000][::-1], status)
    status, body, answer = ask(port, "/length/10", "HEAD")
    check("HEAD", (status, body, answer and answer.getheader("content-length")) == (200, b"", "10"), (status, body))
    status, body, _ = ask(port, "/x?a=b", headers={"X-Mixed-Case": "1", "Connection": "close", "TE": "trailers", "Cookie": "a=1; b=2"})
    fields = origin.requests[-1]["fields"]
    named = dict(fields)
    check("the request is in lower case, with its pseudo-fields first, and without fields of the connection",
          status == 200 and [name for name, _ in fields][:4] == [":method", ":scheme", ":authority", ":path"] and named[":path"] == "/x?a=b" and named["x-mixed-case"] == "1" and
          all(name == name.lower() for name, _ in fields) and not {"connection", "host", "transfer-encoding"} & set(named), fields)
    check("and says what the gateway has to say", {"x-request-id", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "traceparent"} <= set(named) and named["cookie"] == "a=1; b=2", fields)
    check("all of it on one connection", origin.connections == 1, origin.connections)
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda size: ask(port, f"/length/{size}")[:2] == (200, CONTENT[:size]), range(1000, 1200)))
    check("many calls at a time", all(answers) and len(answers) == 200, answers.count(False))


def bad_answers(port, events):
    for path, what in {"/reset": "a reset", "/cut": "the end", "/status": "no status", "/upper": "a field in upper case", "/interims": "too many interim answers"}.items():
        status, body, _ = ask(port, path)
        check(f"{what} instead of an answer is a 502", status == 502, (status, body))
        status, body, _ = ask(port, "/length/5")
        check("and the next call is well", status == 200 and body == CONTENT[:5], (status, body))
    for path, what in {"/half": "half a body", "/lies": "more than announced", "/pseudo": "a pseudo-field in a trailer"}.items():
        status, body, _ = ask(port, path)
        check(f"{what}: the client does not take it for whole", status in (None, 502), (status, body))
    status, body, _ = ask(port, "/interim")
    check("interim answers are passed over", (status, body) == (200, b"final"), (status, body))
    began = time.monotonic()
    status, _, _ = ask(port, "/silent")
    check("silence is a 504", status == 504 and time.monotonic() - began < 5, status)
    status, body, _ = ask(port, "/length/5")
    check("and the next call finds another connection", (status, body) == (200, CONTENT[:5]), (status, body))


def retries(port, origin):
    for method in ("GET", "POST"):
        for path in ("/refuse", "/goaway"):
            client = Client(port)  # the gateway has the whole request before it sends any of it
            client.request(1, head(f"{path}/{method}", method=method), b"abc" if method == "POST" else None)
            client.read(lambda c: 1 in c.ended, 10)
            seen = [request for request in origin.requests if request["path"] == f"{path}/{method}"]
            check(f"{method} {path}: not processed, so it is sent again", client.answers.get(1) == 200 and len(seen) == 1, (client.answers, client.bodies, len(seen)))
            client.close()
    before = len(origin.requests)
    status, _, _ = ask(port, "/refuse/always")
    check("but once only", status == 502 and len(origin.requests) == before, status)
    before = len(origin.requests)
    status, _, _ = ask(port, "/cut", "POST", b"abc")
    check("what may have been processed is not sent again", status == 502 and len(origin.requests) == before + 1, (status, len(origin.requests) - before))


def streams(port, origin):
    client = Client(port)
    client.request(1, head("/trailers", ("te", "trailers")))
    client.read(lambda c: 1 in c.ended)
    check("trailers reach a client of HTTP/2", client.bodies.get(1) == b"body" and client.trailers.get(1, {}).get("x-sum") == "abc", (client.bodies, client.trailers))
    check("te: trailers reaches the upstream", dict(origin.requests[-1]["fields"]).get("te") == "trailers", origin.requests[-1])
    client.request(3, head("/only"))
    client.read(lambda c: 3 in c.ended)
    check("trailers without a body", 3 in client.ended and client.trailers.get(3, {}).get("x-sum") == "abc", client.trailers)
    client.request(5, head("/x", method="POST"), b"body", end=False)
    client.send(frame(HEADERS, END_HEADERS | END_STREAM, 5, block(("x-user", "admin"))))
    client.read(lambda c: 5 in c.ended)
    check("a client's trailers go no further", client.answers.get(5) == 200 and origin.requests[-1]["trailers"] is None, origin.requests[-1])
    client.request(7, head("/early", method="POST"), b"z" * 10, end=False)
    client.send(frame(DATA, 0, 7, b"z" * 16_000) * 3)
    before = client.window_updates
    client.read(lambda c: c.window_updates > before)
    client.send(frame(DATA, 0, 7, b"z" * 16_000) * 2)
    check("an answer before the end of the body", client.read(lambda c: c.bodies.get(7) == b"early" and (7 in c.ended)), (client.bodies.get(7), client.resets))
    client.close()

    client = Client(port)
    client.request(1, head("/silent"))
    time.sleep(0.2)
    client.send(frame(3, 0, 1, b"\0\0\0\x08"))
    ended = time.monotonic() + 3
    while ("/silent", 8) not in origin.resets and time.monotonic() < ended:
        time.sleep(0.02)
    check("a client's reset reaches the upstream", ("/silent", 8) in origin.resets, origin.resets)
    client.close()


def back_pressure(port, origin, process):
    def memory():
        text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS")) / 1024

    before = memory()
    client = Client(port, settings=((1, 0), (4, 1_000)))
    for stream in range(1, 101, 2):
        client.request(stream, head("/length/3000000"))
    client.read(lambda c: all(len(c.bodies.get(stream, b"")) == 1_000 for stream in range(1, 101, 2)))
    status, body, _ = ask(port, "/length/3000000")
    check("fifty clients that do not read hold up nobody", status == 200 and body == CONTENT, status)
    check("and little memory", memory() - before < MEMORY, memory() - before)
    client.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 10_000_000)) + frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 3_000_000)))
    client.read(lambda c: 1 in c.ended, 10)
    check("what was held up arrives whole", client.bodies.get(1) == CONTENT, len(client.bodies.get(1, b"")))
    client.close()
    before = memory()
    client = Client(port)
    client.request(1, head("/deaf", ("content-length", "8000000"), method="POST"), end=False)
    for at in range(500):
        if not client.send(frame(DATA, 0, 1, b"z" * 16_000)):
            break
    client.read(lambda c: 1 in c.resets or c.closed)
    check("an upstream that takes nothing stops the client: it goes beyond its window alone", client.resets.get(1) == 3 or client.goaway_code == 3, (client.resets, client.goaway_code))
    check("and costs little memory", memory() - before < MEMORY, memory() - before)
    client.close()


with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    certificate(folder)
    plain, secure, old = H2Origin(), H2Origin((f"{folder}/c.pem", f"{folder}/k.pem")), H2Origin((f"{folder}/c.pem", f"{folder}/k.pem"), alpn=("http/1.1",))
    narrow = H2Origin(max_streams=2)
    path = pathlib.Path(folder, "sallyport.yaml")
    path.write_text(f"""version: 1
workers: 1
listen: [{{ address: 127.0.0.1:0, cleartext: true, h2c: true }}]
apis:
  - {{ name: plain, hosts: ['plain.test', '127.0.0.1'], max_body: 64MiB, upstream: {{ targets: "http://127.0.0.1:{plain.port}", protocol: h2, timeout: 2s }} }}
  - {{ name: secure, hosts: [secure.test], upstream: {{ targets: "https://localhost:{secure.port}", protocol: h2, ca: c.pem }} }}
  - {{ name: old, hosts: [old.test], upstream: {{ targets: "https://localhost:{old.port}", protocol: h2, ca: c.pem }} }}
  - {{ name: narrow, hosts: [narrow.test], upstream: {{ targets: "http://127.0.0.1:{narrow.port}", protocol: h2 }} }}
data: data
{UNLIMITED}""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = next(int(line.rsplit(":", 1)[1]) for line in until_ready(process) if line.startswith("listening"))
    good_calls(port, plain)
    status, body, _ = ask(port, "/length/100000", headers={"Host": "secure.test"})
    check("with TLS, agreed on by ALPN", (status, body) == (200, CONTENT[:100_000]) and dict(secure.requests[-1]["fields"])[":scheme"] == "https", status)
    status, _, _ = ask(port, "/length/1", headers={"Host": "old.test"})
    check("not with an upstream that does not agree", status == 502 and not old.requests, status)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: ask(port, "/length/9", headers={"Host": "narrow.test"})[0], range(100)))
    check("an upstream of two streams a connection is asked for no more", set(answers) == {200} and narrow.connections > 1, (answers, narrow.connections))
    streams(port, plain)
    back_pressure(port, plain, process)
    bad_answers(port, None)
    retries(port, plain)
    check("the gateway lives", process.poll() is None)
    process.terminate()
    check("and ends in order", process.wait(20) == 0)
sys.exit(check.end())
