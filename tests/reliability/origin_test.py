#!/usr/bin/env python3
"""Upstreams that die within their answer, stall, or are gone."""
import http.client
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check, until_ready  # noqa: E402


def broken_origin(folder):
    """An upstream that dies within its answer: the client must not take half for whole."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nContent-Type: application/octet-stream\r\n\r\nhalf")
            time.sleep(0.1)
            peer.close()

    threading.Thread(target=serve, daemon=True).start()
    path = pathlib.Path(folder, "broken.yaml")
    path.write_text(f"""version: 1
listen: [{{ address: 127.0.0.1:0, cleartext: true }}]
apis: [{{ name: broken, hosts: ['*'], upstream: http://127.0.0.1:{listener.getsockname()[1]} }}]
data: {folder}/broken-data
events: {{ directory: {folder}/broken-events }}
""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, text=True)
    port = int(next(line for line in until_ready(process) if "listening" in line).rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    try:
        connection.getresponse().read()
        check("an answer cut short is not passed off as whole", False)
    except (http.client.IncompleteRead, OSError):
        check("an answer cut short is not passed off as whole", True)
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    check("an upstream that is gone gives 502", connection.getresponse().status == 502)
    process.terminate()
    check("SIGTERM ends it in order", process.wait(40) == 0)


def drain(folder):
    """SIGTERM while an answer is on its way: it arrives whole, and nothing new is taken."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = threading.Event()

    def serve():
        peer, _ = listener.accept()
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
        asked.set()
        time.sleep(1)
        peer.sendall(b"done")
        peer.close()

    threading.Thread(target=serve, daemon=True).start()
    path = pathlib.Path(folder, "drain.yaml")
    path.write_text(f"""version: 1
listen: [{{ address: 127.0.0.1:0, cleartext: true }}]
apis: [{{ name: slow, hosts: ['*'], upstream: http://127.0.0.1:{listener.getsockname()[1]} }}]
data: {folder}/drain-data
""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, text=True)
    port = int(next(line for line in until_ready(process) if "listening" in line).rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    asked.wait(10)
    process.terminate()
    time.sleep(0.3)
    late = socket.socket()
    refused = late.connect_ex(("127.0.0.1", port)) != 0
    late.close()
    answer = connection.getresponse()
    check("a call under way at SIGTERM is answered whole", (answer.status, answer.read()) == (200, b"halfdone"))
    check("a new connection is refused meanwhile", refused)
    check("then it ends with 0", process.wait(40) == 0)
    listener.close()


def broken_answer_to_an_upload(folder):
    """An upstream that answers in the middle of an upload, and breaks the rules in its answer's body."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            peer.recv(1000)
            peer.sendall(b"HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\nno chunk\r\n")

    threading.Thread(target=serve, daemon=True).start()
    path = pathlib.Path(folder, "early.yaml")
    path.write_text(f"""version: 1
listen: [{{ address: 127.0.0.1:0, cleartext: true }}]
apis: [{{ name: early, hosts: ['*'], upstream: http://127.0.0.1:{listener.getsockname()[1]} }}]
data: {folder}/early-data
""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, text=True)
    port = int(next(line for line in until_ready(process) if "listening" in line).rsplit(":", 1)[1])
    statuses = []
    for _ in range(20):
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + b"x" * 200000)
        statuses.append(client.recv(65536).split(b" ")[1:2])
        client.close()
    check("a malformed answer to an unfinished upload gives 502", statuses == [[b"502"]] * 20, statuses)
    process.terminate()
    check("and the gateway ends in order", process.wait(40) == 0)
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


with tempfile.TemporaryDirectory(prefix="sallyport-test-") as place:
    broken_origin(place)
    broken_answer_to_an_upload(place)
    drain(place)
sys.exit(check.end())
