#!/usr/bin/env python3
"""The sample's flaws of single properties work directly and are stopped by the gateway, by role and schema."""
import json
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
    authorize_properties:
      mode: {mode}
      rules:
        - {{ schema: ProfilePatch, write: "*" }}
        - {{ schema: Colleague, read: [id, display_name, role] }}
        - {{ schema: Colleague, roles: [support, admin], read: "*" }}
"""
FLAWS = ("API3", "API3-fields")


def configure(mode):
    def write(folder):
        path = pathlib.Path(folder, "sallyport.yaml")
        lines = path.read_text().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if line.lstrip().startswith("upstream:"))
        path.write_text("".join(lines[:at]) + POLICY.format(folder=folder, mode=mode) + "".join(lines[at:]))
    return write


def exploit(base, *options):
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/exploit.py"), "--base", base, "--only", ",".join(FLAWS), *options],
                         capture_output=True, text=True, timeout=120)
    return {row.split()[0]: row for row in run.stdout.splitlines() if row.startswith("API")}


def log_in(gate, name, password):
    return json.loads(gate.ask("POST", "/login", {"email": name, "password": password})[1])["access_token"]


def colleague(gate, name, password):
    return json.loads(gate.ask("GET", "/users/u09?fields=display_name,email,password_hash", token=log_in(gate, name, password))[1])


def main():
    with running_gate(configure=configure("enforce")) as gate:
        direct = exploit(gate.origin)
        behind = exploit(f"https://localhost:{gate.port}", "--insecure")
        for name in FLAWS:
            check(f"{name} works on the API itself", "exploited" in direct.get(name, ""), direct)
            check(f"{name} is stopped by the gateway", "stopped" in behind.get(name, ""), behind)
        seen = colleague(gate, "ana@harbour.example", "lantern-ana-41")
        check("a customer sees what customers may see", set(seen) == {"id", "display_name"}, seen)
        seen = colleague(gate, "goran@harbour.example", "lantern-goran-47")
        check("support sees what the specification names", set(seen) == {"id", "display_name", "email"}, seen)
    with running_gate(configure=configure("observe")) as gate:
        seen = colleague(gate, "ana@harbour.example", "lantern-ana-41")
        check("observed, nothing is taken out", "password_hash" in seen, seen)
        told = [note for event in gate.events() for note in event.get("notes", []) if note.get("control") == "authorize_properties"]
        check("and the event says what would be", any("/password_hash" in note.get("detail", "") for note in told), told)
    return check.end()


sys.exit(main())
