#!/usr/bin/env python3
"""Brute force, scraping and exports against the sample API, with the limits that stand without any configuration."""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check, running_gate  # noqa: E402

GORAN = {"email": "goran@harbour.example", "password": "lantern-goran-47"}
# Callers as an application in front would name them; without authentication they are counted by this field.
SCRAPE = """defaults:
  rate_limit: [{ name: reader, by: header:X-Reader, limit: 300/m }]
"""


def log_in(gate, who):
    answer, data = gate.ask("POST", "/login", who)
    return answer, json.loads(data).get("access_token") if answer.status == 200 else None


def brute_force(gate, spent):
    seen = [gate.ask("POST", "/login", {"email": "ana@harbour.example", "password": f"guess-{i}"})[0] for i in range(30)]
    through = sum(answer.status == 401 for answer in seen)
    check("of a brute force ten guesses a minute come through", through == 10 - spent, through)
    last = seen[-1]
    check("the others are refused with 429", all(a.status == 429 for a in seen[10 - spent:]), [a.status for a in seen])
    check("as problem+json", last.headers["Content-Type"] == "application/problem+json")
    check("with when to come back", 1 <= int(last.headers["Retry-After"]) <= 60, last.headers["Retry-After"])
    check("and the RateLimit fields", last.headers["RateLimit-Policy"] == '"login_address";q=10;w=60'
          and re.fullmatch(r'"login_address";r=0;t=\d+', last.headers["RateLimit"] or ""), str(last.headers))
    answer, _ = log_in(gate, GORAN)
    check("the right password is not asked about either", answer.status == 429, answer.status)
    answer, _ = gate.ask("GET", "/products")
    check("other calls go on", answer.status in (200, 401), answer.status)


def exports(gate, token):
    seen = [gate.ask("GET", "/exports/orders?format=csv", token=token)[0] for _ in range(12)]
    check("five exports an hour come through", [a.status for a in seen] == [200] * 5 + [429] * 7, [a.status for a in seen])
    check("good answers say what is left", [a.headers["RateLimit"] for a in seen[:2]] == ['"export";r=4;t=3600', '"export";r=3;t=3600'],
          [a.headers["RateLimit"] for a in seen[:2]])
    check("the refusal says when", 3500 < int(seen[-1].headers["Retry-After"]) <= 3600, seen[-1].headers["Retry-After"])


def hits(gate):
    events = [e for e in gate.events() if e.get("status") == 429]
    rules = {e.get("rule") for e in events}
    check("each refusal is an event with its rule", {"login_address", "export"} <= rules, rules)


def suggest(gate, *files):
    return subprocess.run([PROGRAM, "check", "-c", f"{gate.folder}/sallyport.yaml", "--suggest-limits", *files], capture_output=True, text=True)


def suggestions(gate):
    gate.events()  # waits until they are written
    logs = sorted(str(path) for path in pathlib.Path(gate.folder, "data/events").glob("events-*.jsonl"))
    done = suggest(gate, *logs)
    check("limits are suggested from the event log", done.returncode == 0, done.stdout + done.stderr)
    login = re.search(r"^  login .* now 10/m, suggested 10/m; 1 of \d callers? (is|are) over what stands now", done.stdout, re.M)
    check("a brute force does not raise the limit of log-ins", login, done.stdout)
    export = re.search(r"^  export +(\d+) +1 +13 +13 +13 +13 /h  now 5/h, suggested 20/h", done.stdout, re.M)
    check("thirteen exports by one caller are seen as its need", export and export[1] == "13", done.stdout)
    check("with keys to take over", re.search(r"^apis:\n  - name: \w+\n    rate_limit:\n      limits: \{.*export: 20/h.*\}$", done.stdout, re.M), done.stdout)
    other = pathlib.Path(gate.folder, "other.log")
    other.write_text('127.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n')
    done = suggest(gate, str(other))
    check("a file that is no event log is an error that names it", done.returncode == 2 and "other.log" in done.stdout, done.stdout)


def reload_keeps(gate, token):
    done = subprocess.run([PROGRAM, "reload", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True)
    check("reload", done.returncode == 0, done.stderr)
    answer, _ = gate.ask("GET", "/exports/orders?format=csv", token=token)
    check("counters survive a reload", answer.status == 429, answer.status)


def classes(gate):
    done = subprocess.run([PROGRAM, "check", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True)
    check("check prints what it inferred, and why", "POST /login is of class login: POST, and operationId says `login`" in done.stdout
          and "GET /exports/orders is of class export" in done.stdout, done.stdout)


def scrape(gate):
    connection = gate.connect()
    statuses = []
    for page in range(400):
        connection.request("GET", f"/products?page={page}", headers={"X-Reader": "greedy"})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
        if answer.headers["Connection"] == "close":
            connection = gate.connect()
    refused = statuses.count(429)
    check("of a scrape 300 pages a minute come through", 100 <= refused <= 101 or statuses.index(429) == 300, (refused, len(statuses)))
    connection.request("GET", "/products", headers={"X-Reader": "another"})
    answer = connection.getresponse()
    answer.read()
    check("another reader reads on", answer.status != 429, answer.status)


with running_gate("") as running:
    _, support = log_in(running, GORAN)
    exports(running, support)
    brute_force(running, 1)
    reload_keeps(running, support)
    hits(running)
    classes(running)
    suggestions(running)
with running_gate(SCRAPE) as running:
    scrape(running)
sys.exit(check.end())
