#!/usr/bin/env python3
"""HTTP/2 as curl, nghttp and h2load speak it: bodies of every length both ways, many streams, many requests."""
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, UNLIMITED, certificate, check, until_ready  # noqa: E402
from origin import CONTENT, origin as start  # noqa: E402


def run(*command, **options):
    return subprocess.run(command, capture_output=True, timeout=60, **options)


def with_curl(folder, port):
    def curl(path, *more):
        answer = run("curl", "-sS", "--http2", "--cacert", f"{folder}/c.pem", "-w", "%{stderr}%{http_version} %{http_code}",
                     f"https://localhost:{port}{path}", *more)
        return answer.stderr.decode(), answer.stdout

    for kind in ("length", "chunked", "close"):
        for size in (0, 1, 65_535, 65_536, 3_000_000):
            said, body = curl(f"/{kind}/{size}")
            check(f"curl: an answer of {size} bytes, {kind}", said == "2 200" and body == CONTENT[:size], (said, len(body)))
    said, body = curl("/dies/100000")
    check("curl: half an answer is an error", said != "2 200", said)
    for size in (1, 65_535, 65_536, 200_000, 3_000_000):
        pathlib.Path(folder, "up").write_bytes(CONTENT[:size])
        for how, more in (("of known length", ()), ("of unknown length", ("-H", "content-length:"))):
            said, body = curl("/echo/0", "--data-binary", f"@{folder}/up", *more)
            check(f"curl: a body of {size} bytes {how} and back", said == "2 200" and body == CONTENT[:size][::-1], (said, len(body)))
    said, body = curl("/length/10", "-I")
    check("curl: HEAD", said == "2 200" and b"content-length: 10" in body.lower(), (said, body))


def with_nghttp(folder, port):
    answer = run("nghttp", "-nv", "--no-dep", *(f"https://localhost:{port}/length/{size}" for size in range(1, 60)))
    check("nghttp: many requests of one connection", answer.stdout.count(b":status: 200") == 59, answer.stdout[-300:])
    answer = run("nghttp", "-n", "-s", f"https://localhost:{port}/length/100000", "-m", "20")
    check("nghttp: with priorities", answer.stdout.count(b" 200 ") == 20, answer.stdout[-300:])


def with_h2load(port, streams, requests=3_000):
    answer = run("h2load", "-n", str(requests), "-c", "4", "-m", str(streams), f"https://localhost:{port}/length/100").stdout.decode()
    done = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored", answer)
    codes = re.search(r"(\d+) 2xx", answer)
    good = done and codes and done.groups() == (str(requests), "0", "0") and codes[1] == str(requests)
    check(f"h2load: {requests} requests, {streams} at a time", good, answer[-600:])


with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    certificate(folder)
    origin = start()
    path = pathlib.Path(folder, "sallyport.yaml")
    path.write_text(f"""version: 1
workers: 1
listen:
  - {{ address: 127.0.0.1:0, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }}, limits: {{ requests: 1000000 }} }}
apis: [{{ name: all, hosts: ['*'], max_body: 8MiB, upstream: "http://127.0.0.1:{origin}" }}]
data: data
{UNLIMITED}""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = next(int(line.rsplit(":", 1)[1]) for line in until_ready(process) if line.startswith("listening"))
    with_curl(folder, port)
    with_nghttp(folder, port)
    for streams in (1, 10, 100):
        with_h2load(port, streams)
    process.terminate()
    check("and it ends in order", process.wait(20) == 0)
sys.exit(check.end())
