#!/usr/bin/env python3
"""Who may do what, on the sample API: its flaws of authentication and authorization work directly, are
stopped by the gateway, and a whole day of good calls passes without a refusal."""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, ROOT, check, running_gate  # noqa: E402
from shop_policy import AUTHENTICATE, policy, stops  # noqa: E402

POLICY = AUTHENTICATE + """\
    authorize:
      - {{ tags: admin, roles: admin }}
      - {{ operations: exportOrders, roles: [support, admin] }}
      - {{ paths: /**, anyone: true }}
    authorize_objects:
      - {{ operations: getOrder, checks: [{{ response: tenant, is: tenant }}] }}
      - {{ operations: getOrder, unless_roles: [support, admin], checks: [{{ response: customer_id }}] }}
      - {{ operations: listOrders, checks: [{{ response: "items[].tenant", is: tenant }}] }}
      - {{ operations: listOrders, unless_roles: [support, admin], checks: [{{ response: "items[].customer_id" }}] }}
"""


def explained(gate, *words):
    return subprocess.run([PROGRAM, "check", "-c", f"{gate.folder}/sallyport.yaml", *words], capture_output=True, text=True)


def explains(gate):
    token = pathlib.Path(gate.folder, "ana.token")
    answer, data = gate.ask("POST", "/login", {"email": "ana@harbour.example", "password": "lantern-ana-41"})
    token.write_text(json.loads(data)["access_token"] + "\n")
    done = explained(gate, "--explain", "GET /exports/orders?format=csv", "--token", str(token))
    check("check --explain says who is asked for and which rule refuses", done.returncode == 0
          and re.search(r"^route +operation GET /exports/orders", done.stdout, re.M)
          and re.search(r"^caller +\S+ \(jwt\), .*roles customer", done.stdout, re.M)
          and re.search(r"^  head authenticate +passed$", done.stdout, re.M)
          and re.search(r"^  head authorize +DENIED +security: ", done.stdout, re.M)
          and re.search(r"^  head authorize_objects +not asked$", done.stdout, re.M)
          and done.stdout.endswith("ends      with 403, by authorize: security\n"), done.stdout)
    answer, _ = gate.ask("GET", "/exports/orders?format=csv", token=token.read_text().strip())
    check("and the gateway does so", answer.status == 403, answer.status)
    done = explained(gate, "--explain", "GET /orders", "--token", str(token))
    check("a good request ends at the API", done.returncode == 0 and done.stdout.endswith("ends      at the API\n"), done.stdout)
    done = explained(gate, "--explain", "GET /orders")
    check("without a token nobody is known", "caller    nobody is known" in done.stdout and "ends      with 401" in done.stdout, done.stdout)
    for words in (["--explain", "GET"], ["--explain", "GET /orders", "--header", "X"], ["--explain", "GET /a b"], ["--explain", "GET /orders", "--token", "missing"],
                  ["--explain", "GET /orders", "--header", "X: a\r\n\r\nGET /"], ["--explain", "GET /orders", "--client", "x"]):
        done = explained(gate, *words)
        check(f"an error: {words}", done.returncode == 2 and done.stdout.startswith(("--", "GET /orders", "missing")), done.stdout)


def roles(gate):
    done = explained(gate, "--roles")
    lines = [line.split() for line in done.stdout.splitlines()]
    table = {tuple(line[:2]): line[2:] for line in lines if line[0] in ("GET", "POST")}
    check("check --roles is a table", done.returncode == 0 and lines[1] == ["operation", "nobody", "known", "any", "caller", "admin", "support"], done.stdout)
    check("exports are for support and administrators", table.get(("GET", "/exports/orders")) == ["-", "-", "yes", "yes"], done.stdout)
    check("a log-in is anybody's", table.get(("POST", "/login")) == ["yes"] * 4, done.stdout)
    check("orders are for whoever is known", table.get(("GET", "/orders/{order_id}")) == ["-", "yes", "yes", "yes"], done.stdout)


def main():
    with running_gate(configure=policy(POLICY)) as gate:
        explains(gate)
        roles(gate)
        stops(gate, ("API1", "API2", "API5"))
        day = subprocess.run([sys.executable, str(ROOT / "examples/shop/simulate.py"), "--base", f"https://localhost:{gate.port}",
                              "--insecure", "--calls", "5000", "--minutes", "0"], capture_output=True, text=True, timeout=300)
        last = (day.stdout.strip().splitlines() or [day.stderr])[-1]
        check("a day of good calls ends as it does without the gateway", day.returncode == 0 and last.endswith("unexpected 0"), last)
    return check.end()


sys.exit(main())
