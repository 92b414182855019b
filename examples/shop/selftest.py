#!/usr/bin/env python3
"""Check the sample API and its traffic programs on a free port with a throw-away database.

Usage: python3 examples/shop/selftest.py
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from shopapi.operations import OPERATIONS
from shopapi.people import BY_NAME
from shopapi.store import Store
from shopclient.client import Client, Target

HERE = pathlib.Path(__file__).resolve().parent
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
ORDER = {"items": [{"sku": "LAMP-LED", "quantity": 2}]}

# operationId: who calls, path, JSON body, expected status. Order matters: {new} is the order
# that createOrder made.
CALLS = {
    "getHealth": (None, "/health", None, 200),
    "login": (None, "/login", {"email": BY_NAME["ana"].email,
                               "password": BY_NAME["ana"].password}, 200),
    "getMe": ("ana", "/me", None, 200),
    "getProfile": ("ana", "/me/profile", None, 200),
    "patchProfile": ("ana", "/me/profile", {"phone": "+358 40 555 0001"}, 200),
    "listMyOrders": ("ana", "/me/orders", None, 200),
    "getUser": ("ana", "/users/u02?fields=display_name", None, 200),
    "listProducts": ("ana", "/products", None, 200),
    "listOrders": ("ana", "/orders?limit=5&status=delivered", None, 200),
    "createOrder": ("ana", "/orders", ORDER, 201),
    "getOrder": ("ana", "/orders/{new}", None, 200),
    "quoteShipping": ("ana", "/orders/{new}/shipping-quote", {"carrier": "tern"}, 200),
    "getInvoice": ("ana", "/orders/{new}/invoice", None, 200),
    "cancelOrder": ("ana", "/orders/{new}/cancel", None, 200),
    "exportOrders": ("goran", "/exports/orders?format=csv", None, 200),
    "putFile": ("ana", "/files/a.txt", b"a small file", 201),
    "listFiles": ("ana", "/files", None, 200),
    "getFile": ("ana", "/files/a.txt", None, 200),
    "headFile": ("ana", "/files/a.txt", None, 200),
    "deleteFile": ("ana", "/files/a.txt", None, 204),
    "testWebhook": ("ana", "/webhooks/test", {"url": "http://partner.example/hooks/orders"}, 200),
    "listUsers": ("ines", "/admin/users", None, 200),
    "patchUser": ("ines", "/admin/users/u01", {"active": True}, 200),
    "refundOrder": ("ines", "/admin/orders/{new}/refund", None, 200),
    "listOrdersV0": (None, "/v0/orders", None, 200),
}

# What has to be refused: title, who calls, method, path, JSON body, expected status.
REFUSALS = (
    ("no token", None, "GET", "/me", None, 401),
    ("wrong password", None, "POST", "/login", {"email": "a@b.example", "password": "x"}, 401),
    ("customer in the admin area", "ana", "GET", "/admin/users", None, 403),
    ("customer takes an export", "ana", "GET", "/exports/orders", None, 403),
    ("cancel someone else's order", "ana", "POST", "/orders/1004/cancel", None, 404),
    ("unknown path", "ana", "GET", "/nowhere", None, 404),
    ("unknown method", "ana", "DELETE", "/orders", None, 405),
    ("order without items", "ana", "POST", "/orders", {}, 422),
    ("web hook beyond loopback", "ana", "POST", "/webhooks/test",
     {"url": "http://192.0.2.1/"}, 422),
    ("web hook to a name", "ana", "POST", "/webhooks/test", {"url": "http://hook.test/"}, 422),
    ("web hook to an odd address", "ana", "POST", "/webhooks/test",
     {"url": "http://2130706433/"}, 422),
)


class Checks:
    """Counts what passed and what failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, title, good, detail=""):
        """One assertion."""
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {title} {detail}".rstrip())


def documented_operations(path):
    """(method, path, operationId) of each operation, read line by line from block-style YAML."""
    found, inside, url, method = set(), False, "", ""
    for line in path.read_text("utf-8").splitlines():
        if re.match(r"\S", line):
            inside = line.rstrip() == "paths:"
        elif inside and (match := re.fullmatch(r"  (/\S*):", line)):
            url = match[1]
        elif inside and (match := re.fullmatch(r"    (\w+):", line)) and match[1] in METHODS:
            method = match[1].upper()
        elif inside and (match := re.fullmatch(r"      operationId: (\w+)", line)):
            found.add((method, url, match[1]))
    return found


def run(name, *arguments):
    """Run one of the programs beside this one to its end."""
    return subprocess.run([sys.executable, str(HERE / name), *arguments], text=True,
                          capture_output=True, timeout=60, check=False)


class Caller:
    """Calls the sample as any of the users, over one connection."""

    def __init__(self, base):
        self.client = Client(Target(argparse.Namespace(
            base=base, host_header=None, cacert=None, insecure=False)), "selftest/1.0")
        self.tokens = {}

    def call(self, who, method, path, body=None):
        """One call; bytes are sent as text, other bodies as JSON."""
        headers = []
        if who:
            headers.append(("Authorization", f"Bearer {self.token(who)}"))
        if isinstance(body, bytes):
            headers.append(("Content-Type", "text/plain"))
        elif body is not None:
            headers.append(("Content-Type", "application/json"))
            body = json.dumps(body).encode()
        return self.client.call(method, path, headers, body)

    def token(self, who):
        """The token of a user."""
        if who not in self.tokens:
            person = BY_NAME[who]
            answer = self.call(None, "POST", "/login",
                               {"email": person.email, "password": person.password})
            self.tokens[who] = answer.json()["access_token"]
        return self.tokens[who]


def check_operations(checks, caller):
    """Every operation answers, what is wrong is refused, the connection does not stall."""
    table = {(o.method, o.path, o.operation_id) for o in OPERATIONS if o.documented}
    documented = documented_operations(HERE / "openapi.yaml")
    checks.check("openapi.yaml agrees with the table", table == documented, table ^ documented)
    checks.check("every operation is called", {o[2] for o in table} == set(CALLS))
    methods, new = {operation.operation_id: operation.method for operation in OPERATIONS}, 0
    for name, (who, path, body, status) in CALLS.items():
        answer = caller.call(who, methods[name], path.format(new=new), body)
        checks.check(name, answer.status == status, answer.status)
        if name == "createOrder":
            new = (answer.json() or {}).get("id", 0)
    for title, who, method, path, body, status in REFUSALS:
        answer = caller.call(who, method, path, body)
        problem = answer.header("content-type") == "application/problem+json"
        checks.check(title, answer.status == status and problem, answer.status)
    shadow = caller.call(None, "GET", "/internal/debug/config")
    checks.check("the shadow answers", shadow.status == 200)
    checks.check("the shadow is in no document",
                 "/internal" not in (HERE / "openapi.yaml").read_text("utf-8"))
    started = time.monotonic()
    for _ in range(50):
        caller.call(None, "GET", "/health")
    checks.check("50 calls on one connection do not stall", time.monotonic() - started < 1.5)
    checks.check("one connection served all calls", caller.client.connections == 1)


def check_traffic(checks, base, directory):
    """The simulator meets nothing unexpected, its recording is whole, the exploits work."""
    for name, more in (("plain.har", ()), ("redacted.har", ("--redact",))):
        har = directory / name
        played = run("simulate.py", "--base", base, "--calls", "500", "--seed", "7",
                     "--minutes", "0", "--har", str(har), *more)
        last = (played.stdout.splitlines() or [""])[-1]
        checks.check(f"simulation, {name}", played.returncode == 0
                     and re.fullmatch(r"calls 500, 2xx \d+, 4xx \d+, 5xx 0, unexpected 0", last),
                     last + played.stderr)
        text = har.read_text("utf-8") if har.exists() else "{}"
        log = json.loads(text).get("log", {})
        checks.check(f"{name} is whole", log.get("version") == "1.2" and len(log["entries"]) == 500)
        checks.check(f"secrets in {name}", ("Bearer eyJ" in text) == (not more)
                     and (BY_NAME["ana"].password in text) == (not more))
    exploits = run("exploit.py", "--base", base, "--expect-exploited")
    checks.check("the exploits work", exploits.returncode == 0, exploits.stdout + exploits.stderr)
    items = {re.split(r"[- ]", line)[0] for line in exploits.stdout.splitlines()}
    checks.check("an exploit for each item", items == {f"API{n}" for n in range(1, 11)}, items)


def check_seed(checks, directory):
    """The same seed makes the same database."""
    dumps = []
    for name in ("first", "second"):
        (directory / name).mkdir()
        store = Store(directory / name, 5)
        dumps.append("\n".join(store.db.iterdump()))
        store.close()
    checks.check("the seed decides the data", dumps[0] == dumps[1])


def main():
    """Start the sample, check it, stop it."""
    checks = Checks()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        with subprocess.Popen([sys.executable, str(HERE / "server.py"), "--port", "0", "--data",
                               str(directory / "data"), "--quiet"], stdout=subprocess.PIPE,
                              text=True) as server:
            try:
                ready = server.stdout.readline().strip()
                checks.check("the sample starts",
                             re.fullmatch(r"ready http://127\.0\.0\.1:\d+", ready), ready)
                if not checks.failed:
                    base = ready.split()[1]
                    caller = Caller(base)
                    check_operations(checks, caller)
                    caller.client.close()
                    check_traffic(checks, base, directory)
            finally:
                server.terminate()
            checks.check("the sample stops when asked", server.wait(10) == 0)
        check_seed(checks, directory)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
