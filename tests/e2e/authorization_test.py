#!/usr/bin/env python3
"""Who may do what, on the sample API: its flaws of authentication and authorization work directly, are
stopped by the gateway, and a whole day of good calls passes without a refusal."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import ROOT, check, running_gate  # noqa: E402

POLICY = """\
    authenticate:
      optional: true
      forward_credentials: true
      issuers:
        - issuer: orders-shop
          audiences: orders-shop
          algorithms: HS256
          secret: {{ file: {folder}/shop/signing.key }}
          role_claims: role
          max_lifetime: 8h
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
STOPPED = ("API1", "API2", "API5")


def configure(folder):
    """The policy goes behind the API's first lines, as its owner would write it."""
    path = pathlib.Path(folder, "sallyport.yaml")
    lines = path.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.lstrip().startswith("upstream:"))
    path.write_text("".join(lines[:at]) + POLICY.format(folder=folder) + "".join(lines[at:]))


def exploit(base, *options):
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/exploit.py"), "--base", base, "--only", ",".join(STOPPED), *options],
                         capture_output=True, text=True, timeout=120)
    return {row.split()[0]: row for row in run.stdout.splitlines() if row.startswith("API")}


def main():
    with running_gate(configure=configure) as gate:
        direct = exploit(gate.origin)
        behind = exploit(f"https://localhost:{gate.port}", "--insecure")
        for name in STOPPED:
            check(f"{name} works on the API itself", "exploited" in direct.get(name, ""), direct)
            check(f"{name} is stopped by the gateway", "stopped" in behind.get(name, ""), behind)
        day = subprocess.run([sys.executable, str(ROOT / "examples/shop/simulate.py"), "--base", f"https://localhost:{gate.port}",
                              "--insecure", "--calls", "5000", "--minutes", "0"], capture_output=True, text=True, timeout=300)
        last = (day.stdout.strip().splitlines() or [day.stderr])[-1]
        check("a day of good calls ends as it does without the gateway", day.returncode == 0 and last.endswith("unexpected 0"), last)
    return check.end()


sys.exit(main())
