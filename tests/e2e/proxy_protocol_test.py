#!/usr/bin/env python3
"""The PROXY protocol in front of connections, with and without TLS: who the client then is, who may say so, and what is closed."""
import contextlib
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import check  # noqa: E402
from http_origin import Handler, serve  # noqa: E402
from plain_gate import plain_gate  # noqa: E402

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
SEEN = []  # X-Forwarded-For of each call that came to the API


class Api(Handler):
    def do_GET(self):
        SEEN.append(self.headers["X-Forwarded-For"])
        self.reply({})


def v1(client, port=50123):
    return f"PROXY {'TCP6' if ':' in client else 'TCP4'} {client} {'2001:db8::1' if ':' in client else '198.51.100.1'} {port} 443\r\n".encode()


def v2(client, port=50123, command=0x21, tlvs=b""):
    six = ":" in client
    family = socket.AF_INET6 if six else socket.AF_INET
    body = socket.inet_pton(family, client) + socket.inet_pton(family, "2001:db8::1" if six else "198.51.100.1") + struct.pack(">HH", port, 443) + tlvs
    return SIGNATURE + struct.pack(">BBH", command, 0x21 if six else 0x11, len(body)) + body


def listeners(gate, trusted):
    path = pathlib.Path(gate.folder, "sallyport.yaml")
    text = path.read_text()
    proxy = f"    proxy_protocol: true\n    trusted_proxies: {trusted}\n    timeouts: {{ handshake: 2s }}\n"
    path.write_text(text[:text.index("listen:")] + "listen:\n  - address: 127.0.0.1:0\n    tls: { certificate: certs/edge.pem, key: { file: certs/k.pem } }\n" + proxy +
                    "  - address: 127.0.0.1:0\n    cleartext: true\n" + proxy + text[text.index("defaults:"):])


def ports(gate):
    return [int(line.split()[2].rsplit(":", 1)[1]) for line in gate.said if line.startswith("listening on")]


def status(data):
    return int(data.split()[1]) if data.startswith(b"HTTP/1.1 ") else None


def plain(port, header, path="/open/5", piece=0):
    """Header and request in one segment, or in pieces; the status, or None when it was closed."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    data = header + request
    answer = b""
    # A reset while it is still sent is a refusal too: then there is no answer, and None is returned.
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer, contextlib.suppress(ConnectionError):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(data), piece or len(data)):
            peer.sendall(data[at:at + (piece or len(data))])
        while more := peer.recv(65536):
            answer += more
    return status(answer)


def over_tls(gate, port, header):
    """The header and the first bytes of TLS in one segment."""
    context = ssl.create_default_context(cafile=f"{gate.folder}/certs/edge.pem")
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(came, goes, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        pending = header

        def until_done(step):
            nonlocal pending
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    peer.sendall(pending + goes.read())
                    pending = b""
                    data = peer.recv(65536)
                    if not data:
                        raise ConnectionError from None
                    came.write(data)
        try:
            until_done(tls.do_handshake)
            tls.write(b"GET /open/5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            peer.sendall(goes.read())
            return status(until_done(lambda: tls.read(65536)))
        except (ConnectionError, ssl.SSLError):
            return None


def clients(gate, secure, clear):
    for what, header in (("1", v1), ("2", v2)):
        for client in ("203.0.113.7", "2001:db8::7"):
            seen = plain(clear, header(client)), SEEN[-1]
            check(f"version {what}: {client}", seen == (200, client), seen)
            seen = over_tls(gate, secure, header(client)), SEEN[-1]
            check(f"version {what} before TLS: {client}", seen == (200, client), seen)
        seen = plain(clear, header("203.0.113.8"), piece=1), SEEN[-1]
        check(f"version {what} byte by byte", seen == (200, "203.0.113.8"), seen)
        check(f"version {what}: access goes by the client that it names", plain(clear, header("192.0.2.66"), "/shut/5") == 403)
    seen = plain(clear, v2("203.0.113.9", tlvs=b"\x04\0\x05hello\x20\0\0")), SEEN[-1]
    check("TLVs are skipped", seen == (200, "203.0.113.9"), seen)
    for what, header in (("LOCAL", v2("203.0.113.9", command=0x20)), ("UNKNOWN", b"PROXY UNKNOWN\r\n")):
        seen = plain(clear, header), SEEN[-1]
        check(f"{what}: the proxy itself", seen == (200, "127.0.0.1"), seen)
    run = subprocess.run(["curl", "-s", "--haproxy-protocol", "--cacert", f"{gate.folder}/certs/edge.pem", "-o", "/dev/null", "-w", "%{http_code}",
                          f"https://localhost:{secure}/open/5"], capture_output=True, text=True, timeout=20)
    check("curl --haproxy-protocol", run.stdout == "200", run.stdout)
    events = [line for line in gate.events() if line["client"]["ip"] == "203.0.113.7"]
    check("events have the client's address and port", len(events) == 4 and {line["client"]["port"] for line in events} == {50123}, events)


def closed(gate, secure, clear):
    bad = {
        "no header": b"", "a line that is none": b"PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "a line without end": b"PROXY " + b"A" * 200,
        "another version": SIGNATURE + b"\x31\x11\0\x0c" + bytes(12), "UDP": SIGNATURE + b"\x21\x12\0\x0c" + bytes(12),
        "a TLV that is too long": v2("203.0.113.7", tlvs=b"\x04\0\x09ab"), "a header that is too long": SIGNATURE + b"\x21\x11\xff\xff" + bytes(70_000)}
    before = len(SEEN)
    for what, header in bad.items():
        check(f"closed: {what}", plain(clear, header) is None)
    check("closed: TLS without a header", over_tls(gate, secure, b"") is None)
    check("the API saw none of it", len(SEEN) == before)
    rules = [line["rule"] for line in gate.events() if line.get("control") == "proxy_protocol"]
    check("each has an event", rules == ["proxy_header"] * (len(bad) + 1), rules)
    with socket.create_connection(("127.0.0.1", clear), timeout=10) as peer:
        peer.sendall(b"PROXY TCP4")
        begun = time.monotonic()
        check("closed: half a header, after the handshake's time", peer.recv(1) == b"" and time.monotonic() - begun < 8)


def haproxy(gate, secure):
    """The protocol's own author as the proxy."""
    config = pathlib.Path(gate.folder, "haproxy.cfg")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        config.write_text("global\n  maxconn 50\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 10s\n  timeout server 10s\n"
                          f"listen one\n  bind fd@{free.fileno()}\n  server gate 127.0.0.1:{secure} send-proxy-v2 proxy-v2-options unique-id,crc32c\n")
        free.listen()
        process = subprocess.Popen(["haproxy", "-q", "-db", "-f", str(config)], pass_fds=[free.fileno()])
    try:
        run = subprocess.run(["curl", "-s", "--retry", "5", "--retry-connrefused", "--interface", "127.0.0.9", "--cacert", f"{gate.folder}/certs/edge.pem", "-o", "/dev/null",
                              "-w", "%{http_code}", "--connect-to", f"localhost:443:127.0.0.1:{port}", "https://localhost/open/5"], capture_output=True, text=True, timeout=30)
        check("haproxy, send-proxy-v2", (run.stdout, SEEN[-1]) == ("200", "127.0.0.9"), (run.stdout, SEEN[-1]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def main():
    with plain_gate({"open": "", "shut": "access: [{ action: deny, addresses: 192.0.2.0/24 }]\n"}) as gate:
        gate.origin_port = serve(Api).server_port
        gate.configure({"open": "", "shut": "access: [{ action: deny, addresses: 192.0.2.0/24 }]\n"})
        listeners(gate, "127.0.0.0/8")
        gate.start()
        secure, clear = ports(gate)
        clients(gate, secure, clear)
        closed(gate, secure, clear)
        haproxy(gate, secure)
        listeners(gate, "198.51.100.0/24")
        check("reload with other proxies", "eload" in gate.reload())
        check("whom nobody trusts is closed", plain(clear, v1("203.0.113.7")) is None and over_tls(gate, secure, v2("203.0.113.7")) is None)
        rules = [line["rule"] for line in gate.events() if line.get("control") == "proxy_protocol"]
        listeners(gate, "[]")
        said = gate.reload()
        check("a header that anybody may send is refused at load", "anybody could say" in said, said)
        check("and that has an event", rules[-2:] == ["proxy_untrusted"] * 2, rules[-2:])
    return check.end()


sys.exit(main())
