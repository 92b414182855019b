#!/usr/bin/env python3
"""Who may do what, on the sample API: its flaws of authentication and authorization work directly, are
stopped by the gateway, and a whole day of good calls passes without a refusal."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import ROOT, check, running_gate  # noqa: E402
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


def main():
    with running_gate(configure=policy(POLICY)) as gate:
        stops(gate, ("API1", "API2", "API5"))
        day = subprocess.run([sys.executable, str(ROOT / "examples/shop/simulate.py"), "--base", f"https://localhost:{gate.port}",
                              "--insecure", "--calls", "5000", "--minutes", "0"], capture_output=True, text=True, timeout=300)
        last = (day.stdout.strip().splitlines() or [day.stderr])[-1]
        check("a day of good calls ends as it does without the gateway", day.returncode == 0 and last.endswith("unexpected 0"), last)
    return check.end()


sys.exit(main())
