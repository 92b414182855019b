#!/usr/bin/env python3
"""WebSocket: `ws` as client and server through the gateway; then frame by frame what no library would say, by clients and by
APIs; limits, time-outs, the end of the program, and what events say of it."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

import http2_frames as http2  # noqa: E402
from gate import PROGRAM, ROOT, UNLIMITED, certificate, check, until_ready  # noqa: E402
from node_clients import clients  # noqa: E402
from websocket_frames import BINARY, CLOSE, PING, TEXT, Client, Origin, close, frame  # noqa: E402

PEER = str(ROOT / "tests/harness/websocket_peer.mjs")
API = """  - name: {name}
    hosts: ['*']
    base_path: /{name}
    upstream: http://127.0.0.1:{port}
    websocket: {{ paths: [/{name}, '/{name}/*'], {rules} }}
{more}"""


def echo(frames, connection):
    """Says everything again, and answers a close."""
    while got := frames.get():
        connection.sendall(frame(got[0], got[1], masked=False))
        if got[0] == CLOSE:
            return


heard, gone, released = [], threading.Event(), threading.Event()


def listen(frames, _):
    """Keeps what it hears, and says nothing."""
    while got := frames.get():
        heard.append((got, frames.masked))
        if got[0] == CLOSE:
            break
    gone.set()


def say(*data, rest=True):
    """Says that at once, then answers a close."""
    def behave(frames, connection):
        connection.sendall(b"".join(data))
        if rest:
            heard.append(frames.close_code())
            gone.set()
    return behave


def half(frames, connection):
    connection.sendall(frame(TEXT, b"x" * 50, masked=False, length=100))


def flood(frames, connection):
    """Sends until nobody takes it any more."""
    try:
        while not released.is_set():
            connection.sendall(frame(BINARY, b"z" * 60000, masked=False))
    finally:
        gone.set()


ANSWERS = {
    "badkey": {"Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
    "nokey": {"Sec-WebSocket-Accept": None},
    "extended": {"Sec-WebSocket-Extensions": "permessage-deflate"},
    "unasked": {"Sec-WebSocket-Protocol": "chat.v2"},
    "noupgrade": {"Upgrade": "h2c"},
    "noconnection": {"Connection": None},
}
BEHAVIOURS = {
    "echo": echo,
    "listen": listen,
    "masks": say(frame(TEXT, b"masked", masked=True)),
    "badtext": say(frame(TEXT, b"good", masked=False) + frame(TEXT, b"\xff", masked=False)),
    "leaves": say(frame(TEXT, b"bye", masked=False), rest=False),
    "half": half,
    "early": say(close(4002, b"early", masked=False)),
    "flood": flood,
}


class Gate:
    def __init__(self, folder, apis):
        certificate(folder)
        path = pathlib.Path(folder, "sallyport.yaml")
        path.write_text(f"""version: 1
workers: 1
listen:
  - {{ address: 127.0.0.1:0, cleartext: true, timeouts: {{ body: 300ms, write: 2s }} }}
  - {{ address: 127.0.0.1:0, cleartext: true, h2c: true }}
  - {{ address: 127.0.0.1:0, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }} }}
data: data
events: {{ directory: events, sync: 0s }}
{UNLIMITED}apis:
{apis}""")
        self.folder = folder
        self.process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port, self.h2c_port, self.tls_port = [int(line.rsplit(":", 1)[1]) for line in until_ready(self.process) if line.startswith("listening")]

    def events(self):
        return [json.loads(line) for path in sorted(pathlib.Path(self.folder, "events").glob("events-*.jsonl")) for line in path.read_text().splitlines()]


def real_peers(gate):
    environment = {**os.environ, "CLIENTS": CLIENTS}
    run = subprocess.run(["node", PEER, "client", str(gate.port), str(gate.tls_port), f"{gate.folder}/c.pem"], capture_output=True, text=True, timeout=90, env=environment)
    for line in run.stdout.splitlines():
        if line.startswith(("ok ", "FAIL")):
            check(line[6:], line.startswith("ok"))
    check("the client came to its end", run.returncode == 0, run.stderr)


def handshakes(gate):
    port = gate.port

    def status(fields=None, **more):
        client = Client(port, "/echo", fields, **more)
        client.end()
        return client.status

    check("a handshake works", status() == 101)
    for what, fields, expected in (
            ("no key", {"Sec-WebSocket-Key": None}, 400),
            ("a key of 15 bytes", {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j"}, 400),
            ("a key that is no base64", {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=*"}, 400),
            ("two keys", {"Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ=="] * 2}, 400),
            ("a key of the connection alone", {"Connection": "Upgrade, Sec-WebSocket-Key"}, 400),
            ("no version", {"Sec-WebSocket-Version": None}, 426),
            ("version 8", {"Sec-WebSocket-Version": "8"}, 426),
            ("a body", {"Content-Length": "4"}, 400),
            ("a body in chunks", {"Transfer-Encoding": "chunked"}, 400),
            ("a subprotocol that is no token", {"Sec-WebSocket-Protocol": "a b"}, 400),
            ("another origin", {"Origin": "https://evil.test"}, 403),
            ("the origin null", {"Origin": "null"}, 403),
            ("an origin that begins like the host", {"Origin": f"http://127.0.0.1:{port}.evil.test"}, 403),
            ("the host at another port", {"Origin": "http://127.0.0.1:1"}, 403)):
        check(f"{what}: {expected}", status(fields) == expected, status(fields))
    refusal = Client(port, "/echo", {"Sec-WebSocket-Version": "8"})
    check("the version that is spoken is named", refusal.fields.get("sec-websocket-version") == "13", refusal.head)
    for what, fields, more in (("no Upgrade", {"Upgrade": None}, {}), ("no Connection: Upgrade", {"Connection": "keep-alive"}, {}),
                               ("another protocol", {"Upgrade": "h2c"}, {}), ("POST", {"Content-Length": "0"}, {"method": "POST"}),
                               ("HTTP/1.0", {}, {"version": "HTTP/1.0"})):
        check(f"{what} is a call like any other", status(fields, **more) == 200, status(fields, **more))
    check("Upgrade among others, in any case", status({"Upgrade": "foo/1, WebSocket", "Connection": "keep-alive, upgrade"}) == 101)
    client = Client(port, "/echo", behind=frame(TEXT, b"at once"))
    check("frames right behind the head are not lost", client.get() == (TEXT, b"at once"))
    client = Client(port, "/echo", {"Sec-WebSocket-Protocol": ["a, b", "c"], "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"})
    check("Accept is for the client's own key", client.fields.get("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", client.head)
    check("extensions do not reach the API, subprotocols do", "xtensions" not in ORIGINS["echo"].heads[-1] and "a, b,c" in ORIGINS["echo"].heads[-1], ORIGINS["echo"].heads[-1])
    check("and the key is not the client's", "dGhlIHNhbXBsZSBub25jZQ==" not in ORIGINS["echo"].heads[-1])
    for name in ANSWERS:
        check(f"an API's handshake that is wrong ({name}) is 502", Client(port, f"/{name}").status == 502)


def violations(gate):
    """Whatever a client may not say ends with the code that it is told, and with a Close for the API."""
    def told(*frames, path="/echo"):
        client = Client(gate.port, path)
        client.send(*frames)
        return client.close_code()

    for what, data, code in (
            ("no mask", frame(TEXT, b"x", masked=False), 1002),
            ("a reserved bit", frame(TEXT, b"x", reserved=4), 1002),
            ("a reserved opcode", frame(3, b"x"), 1002),
            ("a long ping", frame(PING, b"x" * 126), 1002),
            ("a ping in fragments", frame(PING, b"x", fin=False), 1002),
            ("a continuation of nothing", frame(0, b"x"), 1002),
            ("a text within a text", frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"), 1002),
            ("close code 1005", close(1005), 1002),
            ("a close of one byte", frame(CLOSE, b"\x03"), 1002),
            ("a reason that is no UTF-8", close(1000, b"\xff"), 1007),
            ("a text that is no UTF-8", frame(TEXT, b"\xed\xa0\x80"), 1007),
            ("a text that ends within a character", frame(TEXT, b"\xe2\x82", fin=False) + frame(0, b""), 1007),
            ("too long a message", frame(BINARY, b"x" * 70000), 1009),
            ("one that is only announced", frame(BINARY, b"", length=1 << 40), 1009),
            ("one of many fragments", frame(BINARY, b"x" * 40000, fin=False) + frame(0, b"x" * 40000), 1009)):
        got = told(data)
        check(f"{what}: {code}", got == code, got)
    heard.clear()
    gone.clear()
    client = Client(gate.port, "/listen")
    client.send(frame(TEXT, b"good") + frame(PING, b"p") + frame(TEXT, b"b\xff"))
    check("bad UTF-8 is 1007", client.close_code() == 1007)
    gone.wait(10)
    check("the API hears what was good, masked, and that the client left", heard == [((TEXT, b"good"), True), ((PING, b"p"), True), ((CLOSE, b"\x03\xe9"), True)], heard)
    gone.clear()
    client = Client(gate.port, "/listen")
    text = frame(TEXT, b"x" * 3000 + b"\xff" + b"x" * 3000)
    client.send(text[:2000])
    time.sleep(0.2)
    client.send(text[2000:])
    check("so it is when half of the frame went on already", client.close_code() == 1007)
    check("and then the API's connection just ends", gone.wait(10) and heard[-1][0][0] != TEXT, heard[-1])


def apis(gate):
    """What an API may not do, and what it may."""
    def told(path):
        client = Client(gate.port, path)
        got = []
        while one := client.get():
            got.append(one)
            if one[0] == CLOSE:
                client.send(frame(*one))
        return got

    heard.clear()
    gone.clear()
    check("an API that masks: 1011 for the client", told("/masks") == [(CLOSE, b"\x03\xf3")])
    check("and it is told 1002", gone.wait(10) and heard == [1002], heard)
    heard.clear()
    gone.clear()
    check("bad UTF-8 of an API: what was good, then 1011", told("/badtext") == [(TEXT, b"good"), (CLOSE, b"\x03\xf3")])
    check("and it is told 1007", gone.wait(10) and heard == [1007], heard)
    check("an API that leaves without a word: 1011", told("/leaves") == [(TEXT, b"bye"), (CLOSE, b"\x03\xf3")])
    got = told("/half")
    check("one that leaves within a frame: nothing that looks whole", got == [], got)
    client = Client(gate.port, "/early")
    check("a close of the API at once arrives", client.get() == (CLOSE, b"\x0f\xa2early"))
    client.send(close(4002))
    check("and ends the connection when it is answered", client.get() is None)


def limits(gate):
    client = Client(gate.port, "/slow")
    client.send(b"".join(frame(TEXT, b"%d" % i) for i in range(10)))
    check("as many messages as a second may have", [client.get() for _ in range(10)] == [(TEXT, b"%d" % i) for i in range(10)])
    client.send(b"".join(frame(PING) for _ in range(11)))
    check("more of them, pings too, end it with 1008", client.close_code() == 1008)
    client = Client(gate.port, "/slow")
    client.send(frame(TEXT, b"a", fin=False) + b"".join(frame(0, b"", fin=False) for _ in range(11)))
    check("so do fragments of nothing", client.close_code() == 1008)
    client = Client(gate.port, "/slow")
    for i in range(3):
        time.sleep(0.6)  # longer than the listener's `body`, shorter than `idle`
        client.send(frame(TEXT, b"alive"))
        if client.get() != (TEXT, b"alive"):
            check("a WebSocket may rest", False, i)
            break
    began = time.monotonic()
    code = client.close_code()
    check("until it is idle: 1001", code == 1001 and 0.9 < time.monotonic() - began < 6, (code, time.monotonic() - began))
    client = Client(gate.port, "/flood")
    gone.clear()
    check("a client that takes nothing is cut", gone.wait(15))
    released.set()
    client.end()


def over_http2(gate):
    """RFC 8441: the same WebSocket in a stream of HTTP/2."""
    def connect(client, stream, path, *more, protocol="websocket"):
        fields = ((":method", "CONNECT"), (":protocol", protocol), (":scheme", "http"), (":authority", f"127.0.0.1:{gate.port}"), (":path", path),
                  ("sec-websocket-version", "13"), *more)
        client.send(http2.frame(http2.HEADERS, http2.END_HEADERS, stream, http2.block(*fields)))
        client.read(lambda c: stream in c.answers or stream in c.resets)
        return client.answers.get(stream)

    client = http2.Client(gate.h2c_port)
    check("a stream becomes a WebSocket: 200", connect(client, 1, "/echo") == 200, (client.answers, client.resets, client.closed))
    check("without the fields that HTTP/2 has no use for", not {"sec-websocket-accept", "upgrade", "connection"} & client.fields[1].keys(), client.fields[1])
    check("the API is asked by HTTP/1.1, with a key", ORIGINS["echo"].heads[-1].startswith("GET /echo HTTP/1.1") and "Sec-WebSocket-Key: " in ORIGINS["echo"].heads[-1], ORIGINS["echo"].heads[-1])
    said = frame(TEXT, b"by HTTP/2")
    for part in (said[:1], said[1:5], said[5:]):
        client.send(http2.frame(http2.DATA, 0, 1, part))
    expected = frame(TEXT, b"by HTTP/2", masked=False)
    check("frames go there and come back", client.read(lambda c: c.bodies.get(1) == expected), client.bodies)
    client.send(http2.frame(http2.DATA, 0, 1, close(4100)))
    expected += close(4100, masked=False)
    check("so does a close, and then the stream ends", client.read(lambda c: 1 in c.ended) and client.bodies[1] == expected, (client.bodies, client.ended))
    check("a subprotocol too", connect(client, 3, "/chat", ("sec-websocket-protocol", "chat.v2")) == 200 and client.fields[3].get("sec-websocket-protocol") == "chat.v2", client.fields)
    check("other streams go on beside it", connect(client, 5, "/echo") == 200)
    client.send(http2.frame(http2.DATA, 0, 5, frame(TEXT, b"\xff")))
    check("a rule that is broken ends one with its code", client.read(lambda c: 5 in c.ended) and client.bodies[5] == close(1007, masked=False), client.bodies)
    check("another origin: 403", connect(client, 7, "/echo", ("origin", "https://evil.test")) == 403)
    check("another version: 426", connect(client, 9, "/echo", ("sec-websocket-version", "8")) in (400, 426))
    check("where none is declared: 501", connect(client, 11, "/elsewhere") == 501, client.answers)
    check("another protocol: 501", connect(client, 13, "/echo", protocol="connect-udp") == 501, client.answers)
    check("what the API answers instead goes on", connect(client, 15, "/live/refused") == 409, client.answers)
    gone.clear()
    connect(client, 17, "/listen")
    client.send(http2.frame(http2.RST_STREAM, 0, 17, b"\0\0\0\x08"))
    check("a stream that is reset is a client that went away", gone.wait(10))
    client.close()


def configuration(gate):
    """What cannot be meant is an error, and the one that is running goes on."""
    for what, section, told in (
            ("no paths", "paths: []", "nowhere to open"),
            ("a path that is none", "paths: live", "live"),
            ("an origin with a path", "paths: /x, origins: 'https://a.test/x'", "is no origin"),
            ("an origin in upper case", "paths: /x, origins: 'https://A.test'", "is no origin"),
            ("a subprotocol that is no token", "paths: /x, subprotocols: 'a b'", "no name of a subprotocol"),
            ("an unknown key", "paths: /x, max_frame: 1KiB", "max_frame")):
        path = pathlib.Path(gate.folder, "wrong.yaml")
        path.write_text(f"version: 1\nlisten: [{{ address: 127.0.0.1:0, cleartext: true }}]\napis:\n"
                        f"  - {{ name: a, hosts: ['*'], upstream: 'http://127.0.0.1:9', websocket: {{ {section} }} }}\n")
        run = subprocess.run([PROGRAM, "check", "-c", str(path)], capture_output=True, text=True)
        check(f"{what} is an error", run.returncode != 0 and told in run.stdout + run.stderr, run.stdout + run.stderr)
    path.write_text("version: 1\nlisten: [{ address: 127.0.0.1:0, cleartext: true }]\napis:\n"
                    "  - { name: a, hosts: ['*'], upstream: { targets: 'http://127.0.0.1:9', protocol: h2 }, websocket: { paths: /x } }\n")
    run = subprocess.run([PROGRAM, "check", "-c", str(path)], capture_output=True, text=True)
    check("an API of HTTP/2 is an error", run.returncode != 0 and "HTTP/1.1" in run.stdout + run.stderr, run.stdout + run.stderr)


def ending(gate):
    gone.clear()
    heard.clear()
    client = Client(gate.port, "/listen")
    client.end()
    check("an API whose client went away hears 1001", gone.wait(10) and heard[-1] == ((CLOSE, b"\x03\xe9"), True), heard)
    client = Client(gate.port, "/echo")
    client.send(frame(TEXT, b"one"), frame(PING, b"two"), close(4321, b"done"), frame(TEXT, b"too late"))
    got = [client.get() for _ in range(4)]
    check("what comes behind a close is nobody's", got == [(TEXT, b"one"), (PING, b"two"), (CLOSE, b"\x10\xe1done"), None], got)
    client = Client(gate.port, "/echo")
    client.send(frame(TEXT, b"still here"))
    check("a WebSocket is open when the program is to end", client.get() == (TEXT, b"still here"))
    began = time.monotonic()
    gate.process.send_signal(signal.SIGTERM)
    check("it is ended with 1001", client.close_code() == 1001)
    client.send(close(1001))
    check("then the program ends, soon", gate.process.wait(20) == 0 and time.monotonic() - began < 8, gate.process.returncode)
    gate.process.stderr.read()


def recorded(gate):
    events = [event for event in gate.events() if event.get("status") == 101]
    notes = [note for event in events for note in event.get("notes", []) if note["control"] == "websocket"]
    check("each WebSocket has one event", len(events) > 40 and len(notes) == len(events), (len(events), len(notes)))
    text = json.dumps(notes)
    for rule in ("closed_by_client", "closed_by_api", "client_gone", "api_gone", "idle", "draining", "text_encoding", "message_rate", "message_size"):
        check(f"one says {rule}", f'"{rule}"' in text)
    last = next(event for event in events if "close code 4321" in json.dumps(event))
    check("and how much there was", "close code 4321; 1 messages from the client, 1 from the API" in json.dumps(last) and last["bytes_out"] == 5 + 5 + 8 and last["bytes_in"] >= 9 + 9 + 12, last)
    denied = [event for event in events if event["outcome"] == "denied"]
    check("what a client broke is a denial", len(denied) >= 18 and all(event["control"] == "websocket" for event in denied), len(denied))
    refused = [event for event in gate.events() if event.get("status") == 403 and event.get("rule") == "origin"]
    check("refused origins are named", len(refused) >= 5, len(refused))


CLIENTS = clients()
ORIGINS = {name: Origin(BEHAVIOURS.get(name, echo), ANSWERS.get(name)) for name in (*BEHAVIOURS, *ANSWERS)}
server = subprocess.Popen(["node", PEER, "server"], stdout=subprocess.PIPE, text=True, env={**os.environ, "CLIENTS": CLIENTS})
upstream = until_ready(server)[-1].split()[1]
with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    apis_text = API.format(name="live", port=upstream, rules="max_message: 1MiB, messages_per_second: 100000, origins: 'https://app.example.com'",
                           more="    access: [{ action: deny, paths: [/live/shut] }]\n")
    apis_text += API.format(name="chat", port=upstream, rules="subprotocols: [chat.v2, chat.v1]", more="")
    apis_text += API.format(name="slow", port=ORIGINS["echo"].port, rules="messages_per_second: 10, idle: 1500ms", more="")
    for name, one in ORIGINS.items():
        apis_text += API.format(name=name, port=one.port, rules="", more="")
    apis_text += f"  - {{ name: rest, hosts: ['*'], upstream: 'http://127.0.0.1:{upstream}' }}\n"
    gate = None
    try:
        gate = Gate(folder, apis_text)
        for part in (real_peers, handshakes, violations, apis, limits, over_http2, configuration, ending, recorded):
            part(gate)
    finally:
        if gate:
            gate.process.kill()
            gate.process.wait()
        server.kill()
        server.wait()
sys.exit(check.end())
