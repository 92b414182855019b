#!/usr/bin/env python3
"""The inventory over the admin API and over a restart, the audit log, and `discover` on the gateway's own log."""
import csv
import http.client
import io
import json
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, ROOT, UNLIMITED, check, running_gate, until_ready  # noqa: E402


class Page:
    """The admin API after a log-in."""

    def __init__(self, port, password):
        self.port = port
        answer, _ = self.send("POST", "/login", {"password": password})
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def send(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        fields = {"X-Sallyport-Request": "1", **({"Cookie": self.cookie} if hasattr(self, "cookie") else {})}
        connection.request(method, "/api/v1" + path, json.dumps(body) if body else None, fields)
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def get(self, path):
        answer, text = self.send("GET", path)
        assert answer.status == 200, (path, answer.status, text)
        return json.loads(text)


def until(what, seconds=20):
    """Asks again until it is true; the last answer."""
    end = time.monotonic() + seconds
    while not (seen := what()) and time.monotonic() < end:
        time.sleep(0.05)
    return seen


def start(gate):
    """Like Gate.start, and keeps what it prints of the admin page."""
    gate.process = subprocess.Popen([PROGRAM, "run", "-c", f"{gate.folder}/sallyport.yaml"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = "\n".join(until_ready(gate.process))
    gate.port = int(re.search(r"listening on \S*:(\d+)", said)[1])
    gate.admin = int(re.search(r"admin page on http://\S*:(\d+)/", said)[1])
    found = re.search(r"admin password: (\S+)", said)
    gate.password = found[1] if found else gate.password


def audit(gate):
    return subprocess.run([PROGRAM, "status", "--audit", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True)


def row(page, method, path):
    found = [e for e in page.get("/endpoints?limit=500")["endpoints"] if (e["method"], e["path"]) == (method, path)]
    return found[0] if found else {"calls": 0, "states": []}


def inventory(gate, page):
    for _ in range(3):
        gate.ask("GET", "/products")
    gate.ask("GET", "/health")
    gate.ask("GET", "/internal/debug/config")
    gate.ask("POST", "/login", {"email": "ana@harbour.example", "password": "not hers"})
    until(lambda: row(page, "GET", "/internal/debug/config")["calls"])
    seen = row(page, "GET", "/products")
    check("a declared endpoint has its calls", seen["calls"] == 3 and "documented" in seen["states"], seen)
    check("and its time", seen["first_seen"] and seen["last_seen"], seen)
    shadow = row(page, "GET", "/internal/debug/config")
    check("an undeclared one is a shadow", shadow["states"] == ["shadow"], shadow["states"])
    check("search, state and order are the server's", [e["path"] for e in page.get("/endpoints?q=debug&state=shadow")["endpoints"]] == ["/internal/debug/config"])
    check("a page has its length", len(page.get("/endpoints?limit=2&offset=1")["endpoints"]) == 2)
    check("a strange order is refused", page.send("GET", "/endpoints?sort=strange")[0].status == 400)
    answer, text = page.send("GET", "/endpoints.csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    check("CSV has every endpoint", answer.status == 200 and len(rows) == page.get("/endpoints")["total"], len(rows))
    until(lambda: page.get("/data")["types"])
    check("the data map says what bodies carried", any(t["type"] == "email" for t in page.get("/data")["types"]), page.get("/data"))


def over_a_restart(gate):
    gate.process.send_signal(signal.SIGTERM)
    check("it stops in order", gate.process.wait(40) == 0)
    check("the audit log is intact while nothing runs", audit(gate).returncode == 0, audit(gate).stdout)
    start(gate)
    page = Page(gate.admin, gate.password)
    check("counts go on", row(page, "GET", "/products")["calls"] == 3, row(page, "GET", "/products"))
    check("a shadow stays known", "shadow" in row(page, "GET", "/internal/debug/config")["states"])
    gate.ask("GET", "/products")
    until(lambda: row(page, "GET", "/products")["calls"] == 4)
    check("and are added to", row(page, "GET", "/products")["calls"] == 4)
    check("calls stand in their hour", until(lambda: sum(page.get("/series?span=hour&steps=2")["calls"]) >= 6), page.get("/series"))
    actions = [e["action"] for e in page.get("/audit")["entries"]]
    check("starts, stops and log-ins are on record", actions[:4] == ["login", "start", "stop", "login"], actions)


def after_kill(gate):
    """What the store had acknowledged is there, and the chain of the audit log holds."""
    for _ in range(3):
        gate.process.kill()
        gate.process.wait()
        start(gate)
    page = Page(gate.admin, gate.password)
    check("after kill -9 the counts of before are there", row(page, "GET", "/products")["calls"] >= 3, row(page, "GET", "/products"))
    check("and the audit log is intact", audit(gate).returncode == 0, audit(gate).stdout)


def tampering(gate):
    gate.process.send_signal(signal.SIGTERM)
    gate.process.wait(40)
    store = sqlite3.connect(f"{gate.folder}/data/sallyport.db")
    store.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 2")
    store.commit()
    check("a changed entry is found", audit(gate).returncode == 1 and "entry 2 was changed" in audit(gate).stdout, audit(gate).stdout)
    store.execute("DELETE FROM audit WHERE seq = 2")
    store.commit()
    store.close()
    check("a missing one, too", audit(gate).returncode == 1 and "entry 2 is missing" in audit(gate).stdout, audit(gate).stdout)
    start(gate)


def discover(gate):
    logs = [str(p) for p in sorted(pathlib.Path(gate.folder, "data/events").glob("events-*.jsonl"))]
    spec = str(ROOT / "examples/shop/openapi.yaml")
    run = subprocess.run([PROGRAM, "discover", "traffic", *logs, "--format", "openapi"], capture_output=True, text=True)
    learned = json.loads(run.stdout)
    check("the event log becomes a specification", run.returncode == 0 and list(learned["paths"]) == ["/health"], run.stderr)
    run = subprocess.run([PROGRAM, "discover", "traffic", *logs, "--spec", spec, "--format", "json"], capture_output=True, text=True)
    check("calls that the gateway refused are no difference", not [d for d in json.loads(run.stdout)["differences"] if d["kind"] == "undeclared"], run.stdout[:500])
    log = pathlib.Path(gate.folder, "access.log")
    log.write_text('192.0.2.1 - - [x] "GET /internal/debug/config HTTP/1.1" 200 1 "-" "-"\n')
    run = subprocess.run([PROGRAM, "discover", "traffic", str(log), "--spec", spec], capture_output=True, text=True)
    check("an answered call outside of the specification is", run.returncode == 1 and "undeclared GET     /internal/debug/config" in run.stdout, run.stdout)
    run = subprocess.run([PROGRAM, "discover", "spec", "--register", spec], capture_output=True, text=True)
    check("--register fails on what has no owner", run.returncode == 1 and "lacks owner, data" in run.stdout, run.stdout[:300])


def main():
    with running_gate(UNLIMITED) as gate:
        gate.process.send_signal(signal.SIGTERM)
        gate.process.wait(40)
        pathlib.Path(gate.folder, "data/admin.password").unlink()
        start(gate)
        inventory(gate, Page(gate.admin, gate.password))
        over_a_restart(gate)
        after_kill(gate)
        discover(gate)
        tampering(gate)
    sys.exit(check.end())


main()
