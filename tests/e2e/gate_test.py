#!/usr/bin/env python3
"""The main job on real input: the sample API behind the gateway, real sockets, real TLS."""
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("SALLYPORT", str(ROOT / "build/release/sallyport"))
passed = failed = 0


def check(what, good, seen=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok    " if good else "FAIL  ") + what + ("" if good else f": {seen!r}"), flush=True)


def until_ready(process):
    lines = []
    while line := process.stdout.readline():
        lines.append(line.strip())
        if line.startswith("ready"):
            return lines
    raise SystemExit("did not become ready: " + "\n".join(lines))


class Gate:
    """A gateway before the sample API."""

    def __init__(self, folder):
        self.folder = folder
        self.sample = subprocess.Popen([sys.executable, str(ROOT / "examples/shop/server.py"), "--port", "0", "--quiet", "--data", f"{folder}/shop"],
                                       stdout=subprocess.PIPE, text=True)
        origin = until_ready(self.sample)[-1].split()[1]
        init = subprocess.run([PROGRAM, "init", "--spec", str(ROOT / "examples/shop/openapi.yaml"), "--upstream", origin, "--name", "shop",
                               "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "-o", f"{folder}/sallyport.yaml"], capture_output=True, text=True)
        check("init writes a configuration", init.returncode == 0, init.stderr)
        self.start()

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "run", "-c", f"{self.folder}/sallyport.yaml"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = until_ready(self.process)
        self.port = int(next(line for line in lines if line.startswith("listening on")).rsplit(":", 1)[1])

    def connect(self):
        context = ssl.create_default_context(cafile=f"{self.folder}/certs/edge.pem")
        return http.client.HTTPSConnection("localhost", self.port, context=context, timeout=20)

    def ask(self, method, path, body=None, token=None, headers=()):
        connection = self.connect()
        fields = dict(headers, **({"Authorization": f"Bearer {token}"} if token else {}), **({"Content-Type": "application/json"} if body else {}))
        connection.request(method, path, json.dumps(body) if body else None, fields)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer, data

    def events(self):
        time.sleep(0.3)  # the writer's longest rest, and some
        lines = []
        for path in sorted(pathlib.Path(self.folder, "data/events").glob("events-*.jsonl")):
            lines += [json.loads(line) for line in path.read_text().splitlines()]
        return lines

    def stop(self):
        for process in (self.process, self.sample):
            process.send_signal(signal.SIGTERM)
            process.wait(40)




def main_job(gate):
    answer, data = gate.ask("GET", "/internal/debug/config")
    check("an endpoint outside the spec is refused with 404", answer.status == 404, answer.status)
    check("the refusal is problem+json with a request id",
          answer.headers["Content-Type"] == "application/problem+json" and json.loads(data)["request_id"] == answer.headers["X-Request-ID"], data)
    answer, _ = gate.ask("GET", "/v0/orders")
    check("a retired operation is refused with 410", answer.status == 410, answer.status)
    answer, _ = gate.ask("DELETE", "/login")
    check("an undeclared method is refused with 405 and Allow", answer.status == 405 and "POST" in (answer.headers["Allow"] or ""), answer.headers["Allow"])
    answer, data = gate.ask("GET", "/orders", headers={"X-Forwarded-For": "6.6.6.6", "X_Sallyport_User": "root"})
    check("a declared operation reaches the API", answer.headers["X-Request-ID"] and answer.status in (200, 401), answer.status)
    check("the answer does not tell about the inside", not answer.headers["Server"] and not answer.headers["X-Powered-By"], str(answer.headers))
    check("security headers are there", answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Strict-Transport-Security"])
    plain = http.client.HTTPConnection("localhost", gate.port, timeout=10)
    plain.request("GET", "/orders")
    check("plain HTTP is refused", plain.getresponse().status == 400)
    answer, _ = gate.ask("GET", "/orders?access_token=tokensecret123&x=1", token="bearersecret456")
    events = gate.events()
    text = json.dumps(events)
    check("every call stands in the event log", len(events) == 6, len(events))
    check("with who, what, how it ended and why", all(e["client"]["ip"] == "127.0.0.1" and e["outcome"] for e in events)
          and {"operation_not_in_spec", "operation_retired", "method_not_in_spec", "plain_http"} <= {e.get("rule") for e in events},
          [e.get("rule") for e in events])
    check("credentials are not in it", "tokensecret123" not in text and "bearersecret456" not in text)
    check("forged fields are noted", any(n["rule"] == "spoofed_field" for e in events for n in e.get("notes", [])))


def exploits(gate):
    """What the sample's own attack player says is stopped today."""
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/exploit.py"), "--help"], capture_output=True, text=True)
    check("the attack player is there", run.returncode == 0)
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/exploit.py"), "--base", f"https://localhost:{gate.port}", "--insecure"],
                         capture_output=True, text=True, timeout=120)
    print(run.stdout)
    for name in ("API9", "API9-shadow", "API8", "API8-headers"):
        line = next((row for row in run.stdout.splitlines() if row.split()[:1] == [name]), "")
        check(f"{name} is stopped", "stopped" in line, line)
    replaced = [e for e in gate.events() if "sealed" in e]
    fields = [dict((name.lower(), value) for name, value in e["response_fields"]) for e in replaced]
    check("a replaced answer is recorded with the fields that the API sent",
          len(fields) > 0 and all("content-type" in f and "problem" not in f["content-type"] and "date" in f for f in fields), fields)


def good_day(gate):
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/simulate.py"), "--base", f"https://localhost:{gate.port}", "--insecure",
                          "--calls", "600", "--seed", "1", "--minutes", "0"], capture_output=True, text=True, timeout=120)
    check("a good day passes unharmed", run.returncode == 0 and "unexpected 0" in run.stdout, run.stdout[-400:] + run.stderr[-400:])


def reload_under_load(gate):
    path = pathlib.Path(gate.folder, "sallyport.yaml")
    good = path.read_text()
    stopping, failures, done = threading.Event(), [], [0]

    def load():
        connection = gate.connect()
        while not stopping.is_set():
            try:
                connection.request("GET", "/orders")
                answer = connection.getresponse()
                answer.read()
                done[0] += 1
                if answer.status not in (200, 401):
                    failures.append(answer.status)
                if answer.headers["Connection"] == "close":
                    connection = gate.connect()
            except OSError as error:
                failures.append(repr(error))
                connection = gate.connect()

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    reloads = 0
    for _ in range(100):
        reloads += subprocess.run([PROGRAM, "reload", "-c", str(path)], capture_output=True).returncode == 0
    path.write_text(good.replace("version: 1", "version: 1\nnonsense: true"))
    bad = subprocess.run([PROGRAM, "reload", "-c", str(path)], capture_output=True, text=True)
    path.write_text(good)
    stopping.set()
    for thread in threads:
        thread.join()
    check("100 reloads under load, no request failed", reloads == 100 and not failures and done[0] > 100, (reloads, done, failures[:5]))
    check("a bad configuration is refused whole, with its place", bad.returncode == 2 and "nonsense" in bad.stderr, bad.stderr)
    status = subprocess.run([PROGRAM, "status", "-c", str(path)], capture_output=True, text=True)
    check("status says which configuration runs", json.loads(status.stdout)["config"]["generation"] == 101, status.stdout)


def killed(gate):
    """kill -9 while logging: whatever a client saw answered is in the log afterwards."""
    seen = set()
    for _ in range(20):
        stopping = threading.Event()

        def load():
            connection = gate.connect()
            while not stopping.is_set():
                try:
                    connection.request("GET", "/orders")
                    answer = connection.getresponse()
                    answer.read()
                    seen.add(answer.headers["X-Request-ID"])
                except (OSError, http.client.HTTPException):
                    return

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.15)
        gate.process.kill()
        gate.process.wait()
        stopping.set()
        for thread in threads:
            thread.join()
        gate.start()
    ids = [event["id"] for event in gate.events()]
    check("kill -9 twenty times: nothing that was answered is lost", len(seen) > 100 and seen <= set(ids), (len(seen), len(seen - set(ids))))
    check("and nothing is in the log twice", len(ids) == len(set(ids)), len(ids) - len(set(ids)))


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


def main():
    with tempfile.TemporaryDirectory(prefix="sallyport-e2e-") as folder:
        gate = Gate(folder)
        try:
            main_job(gate)
            exploits(gate)
            good_day(gate)
            reload_under_load(gate)
            killed(gate)
        finally:
            gate.stop()
        broken_origin(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
