#!/usr/bin/env python3
"""Guessing passwords of the sample API: by brute force, spraying and stuffing, while good users come and go."""
import concurrent.futures
import http.client
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, ROOT, check, running_gate  # noqa: E402
from redis import PASSWORD, redis  # noqa: E402
from shop_policy import stops  # noqa: E402

ANA = ("ana@harbour.example", "lantern-ana-41")
BELA = ("bela@harbour.example", "lantern-bela-42")
USERS = [("chidi@harbour.example", "lantern-chidi-43"), ("dana@meadow.example", "orchard-dana-44"), ("emil@meadow.example", "orchard-emil-45"),
         ("farah@meadow.example", "orchard-farah-46"), ("goran@harbour.example", "lantern-goran-47"), ("hana@meadow.example", "orchard-hana-48")]
# Only this control counts here, so that what is refused is refused by it.
ALONE = """defaults:
  address_limit: { mode: off }
  rate_limit: { mode: off }
"""


def log_in(gate, who, source="127.0.0.1", agent="Browser/1"):
    """The status, from an address of this machine; the rest of 127/8 is as good as other networks."""
    context = ssl.create_default_context(cafile=f"{gate.folder}/certs/edge.pem")
    connection = http.client.HTTPSConnection("localhost", gate.port, context=context, timeout=20, source_address=(source, 0))
    body = json.dumps({"email": who[0], "password": who[1]})
    connection.request("POST", "/login", body, {"Content-Type": "application/json", "User-Agent": agent})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def everywhere(number):
    return f"127.{1 + number // 200}.{1 + number % 200}.7"


def rules(gate):
    found = {}
    for event in gate.events():
        if event.get("control") == "protect_logins" and event.get("status") == 429:
            found[event["rule"]] = found.get(event["rule"], 0) + 1
    return found


def brute_force(gate):
    check("Bela has logged in before", log_in(gate, BELA, "127.0.0.2", "Bela")[0] == 200)
    with concurrent.futures.ThreadPoolExecutor(16) as many:
        seen = list(many.map(lambda i: log_in(gate, (BELA[0], f"guess-{i}"), everywhere(i), f"bot/{i}"), range(200)))
    through = sum(status == 401 for status, _ in seen)
    check("of 200 guesses from 200 networks at once ten come through", through == 10, through)
    waits = [int(headers["Retry-After"]) for status, headers in seen if status == 429]
    check("the others hear when to come back", len(waits) == 190 and all(1 <= wait <= 90 for wait in waits), waits[:5])
    check("the right password is refused from there as well", log_in(gate, BELA, everywhere(5), "bot/5")[0] == 429)
    check("Bela gets in from where she always does", log_in(gate, BELA, "127.0.0.2", "Bela")[0] == 200)
    check("and with her telephone from somewhere new", log_in(gate, BELA, "127.77.0.2", "Bela")[0] == 200)
    missing = [log_in(gate, ("nobody@nowhere.example", f"guess-{i}"), everywhere(i), f"bot/{i}") for i in range(12)]
    check("an account that nobody has is as any other", [s for s, _ in missing] == [401] * 10 + [429] * 2, [s for s, _ in missing])


def spraying(gate):
    seen = [log_in(gate, (f"member{i}@harbour.example", "Winter2026!"), everywhere(i), f"spray/{i}")[0] for i in range(40)]
    check("one password is tried on ten accounts, from as many networks", seen.count(401) == 10 and seen.count(429) == 30, seen)


def stuffing(gate):
    one = [log_in(gate, (f"leaked{i}@else.example", f"leak-{i}"), "127.90.0.1")[0] for i in range(40)]
    check("one address tries fifteen accounts", one.count(401) == 15, one)
    near = [log_in(gate, (f"dump{i}@else.example", f"dump-{i}"), f"127.91.0.{1 + i}", f"list/{i}")[0] for i in range(100)]
    check("the addresses of one network try sixty", near.count(401) == 60, near.count(401))
    good = [log_in(gate, who, f"127.50.{i}.1", f"Own/{i}")[0] for i, who in enumerate(USERS)]
    check("good users come in through it all", good == [200] * len(USERS), good)


def good_day(gate, calls):
    day = subprocess.run([sys.executable, str(ROOT / "examples/shop/simulate.py"), "--base", f"https://localhost:{gate.port}", "--insecure",
                          "--calls", str(calls), "--minutes", "0"], capture_output=True, text=True, timeout=600)
    last = day.stdout.strip().splitlines()[-1] if day.stdout.strip() else day.stderr
    check(f"a good day of {calls} calls is unharmed", day.returncode == 0 and last.endswith("unexpected 0"), last)
    refused = [event for event in gate.events() if event.get("control") == "protect_logins" and event.get("status") == 429]
    check("nobody is refused on it", not refused, refused[:2])


def shown(gate):
    done = subprocess.run([PROGRAM, "check", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True)
    check("check says what is a log-in, and why", "shop: POST /login is a log-in: " in done.stdout, done.stdout[:400])
    text = "".join(path.read_text() for path in pathlib.Path(gate.folder, "data/events").glob("events-*.jsonl"))
    check("failed tries are noted", "login_failed" in text and "account #" in text)
    check("and no account is named", "member1@" not in text and "leaked1@" not in text)


def nodes(folder):
    with redis(folder) as server:
        pathlib.Path(folder, "password").write_text(PASSWORD + "\n")
        pathlib.Path(folder, "password").chmod(0o600)
        shared = ALONE + f"shared: {{ redis: {{ servers: 127.0.0.1:{server.port}, budget: 1s, password: {{ file: {folder}/password }} }} }}\n"
        with running_gate(shared) as one, running_gate(shared) as two:
            check("Ana logs in on one node", log_in(one, ANA, "127.0.0.3", "Ana")[0] == 200)
            with concurrent.futures.ThreadPoolExecutor(8) as many:
                seen = list(many.map(lambda i: log_in((one, two)[i % 2], (ANA[0], f"guess-{i}"), everywhere(i), f"bot/{i}")[0], range(60)))
            check("two nodes let ten guesses through together", seen.count(401) == 10 and seen.count(429) == 50,
                  (seen.count(401), seen.count(429), seen.count(503)))
            check("she is known on the other", log_in(two, ANA, "127.0.0.3", "Ana")[0] == 200)
            again = [log_in((one, two)[i % 2], ANA, "127.0.0.3", "Ana")[0] for i in range(30)]
            check("as often as she likes", again == [200] * 30, again)
            server.kill()
            check("without the store log-ins are shut", log_in(one, ANA, "127.0.0.3", "Ana")[0] == 503)


slow = "san" in pathlib.Path(PROGRAM).resolve().parent.name
with running_gate(ALONE) as running:
    good_day(running, 500 if slow else 5000)
    brute_force(running)
    spraying(running)
    stuffing(running)
    fired = rules(running)
    check("events say which counter it was", {"account", "spraying", "stuffing"} <= set(fired), fired)
    shown(running)
with running_gate(ALONE) as running:
    stops(running, ["API2-guessing"])
with tempfile.TemporaryDirectory(prefix="sallyport-redis-") as scratch:
    nodes(scratch)
sys.exit(check.end())
