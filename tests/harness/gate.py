"""A gateway before the sample API, for the tests that look at it from outside."""
import contextlib
import http.client
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("SALLYPORT", str(ROOT / "build/release/sallyport"))
BUILD = pathlib.Path(os.environ.get("SALLYPORT_BUILD", "")).name  # that of a sanitizer has "san" in it
# All people of the sample sit at one address and live a day in seconds: limits have a test of their own.
UNLIMITED = "defaults:\n  address_limit: { mode: off }\n  protect_logins: { mode: off }\n  rate_limit: { mode: off }\n"


class Checks:
    """Counts what held and what did not; `end` prints the line that ./test reads."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, good, seen=""):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        print(("ok    " if good else "FAIL  ") + what + ("" if good else f": {seen!r}"), flush=True)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


check = Checks()


def until_ready(process):
    lines = []
    while line := process.stdout.readline():
        lines.append(line.strip())
        if line.startswith("ready"):
            return lines
    raise SystemExit("did not become ready: " + "\n".join(lines))


def certificate(folder):
    """A key and a certificate for localhost: k.pem and c.pem."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-keyout", f"{folder}/k.pem",
                    "-out", f"{folder}/c.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)


def events_in(folder):
    """All events that a gateway with its data there has written."""
    time.sleep(0.3)  # the writer's longest rest, and some
    lines = []
    for path in sorted(pathlib.Path(folder, "data/events").glob("events-*.jsonl")):
        lines += [json.loads(line) for line in path.read_text().splitlines()]
    return lines


class Gate:
    """Starts both; `stop` ends them with SIGTERM. `configure(folder)` may change the configuration before."""

    def __init__(self, folder, more=UNLIMITED, configure=None):
        self.folder = folder
        self.sample = subprocess.Popen([sys.executable, str(ROOT / "examples/shop/server.py"), "--port", "0", "--quiet", "--data", f"{folder}/shop"],
                                       stdout=subprocess.PIPE, text=True)
        self.origin = until_ready(self.sample)[-1].split()[1]
        init = subprocess.run([PROGRAM, "init", "--spec", str(ROOT / "examples/shop/openapi.yaml"), "--upstream", self.origin, "--name", "shop",
                               "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "-o", f"{folder}/sallyport.yaml"], capture_output=True, text=True)
        check("init writes a configuration", init.returncode == 0, init.stderr)
        with open(f"{folder}/sallyport.yaml", "a") as config:
            config.write(more)
        if configure:
            configure(folder)
        self.start()

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "run", "-c", f"{self.folder}/sallyport.yaml"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = until_ready(self.process)
        self.port = int(next(line for line in self.said if line.startswith("listening on")).rsplit(":", 1)[1])

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
        return events_in(self.folder)

    def stop(self):
        for process in (self.process, self.sample):
            process.send_signal(signal.SIGTERM)
            process.wait(40)


@contextlib.contextmanager
def running_gate(more=UNLIMITED, configure=None):
    with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
        gate = Gate(folder, more, configure)
        try:
            yield gate
        finally:
            gate.stop()
