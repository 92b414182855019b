"""Policies for the sample API, and its flaws: exploited directly, stopped through the gateway."""
import pathlib
import subprocess
import sys

from gate import ROOT, check

# Who calls, by the sample's own tokens.
AUTHENTICATE = """\
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
"""


def policy(text, **words):
    """For Gate(configure=…): the text goes behind the API's first lines, as its owner would write it."""
    def configure(folder):
        path = pathlib.Path(folder, "sallyport.yaml")
        lines = path.read_text().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if line.lstrip().startswith("upstream:"))
        path.write_text("".join(lines[:at]) + text.format(folder=folder, **words) + "".join(lines[at:]))
    return configure


def exploit(base, flaws, *options):
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/exploit.py"), "--base", base, "--only", ",".join(flaws), *options],
                         capture_output=True, text=True, timeout=120)
    return {row.split()[0]: row for row in run.stdout.splitlines() if row.startswith("API")}


def stops(gate, flaws):
    direct = exploit(gate.origin, flaws)
    behind = exploit(f"https://localhost:{gate.port}", flaws, "--insecure")
    for name in flaws:
        check(f"{name} works on the API itself", "exploited" in direct.get(name, ""), direct)
        check(f"{name} is stopped by the gateway", "stopped" in behind.get(name, ""), behind)
