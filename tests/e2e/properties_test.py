#!/usr/bin/env python3
"""The sample's flaws of single properties work directly and are stopped by the gateway, by role and schema."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import check, running_gate  # noqa: E402
from shop_policy import AUTHENTICATE, policy, stops  # noqa: E402

POLICY = AUTHENTICATE + """\
    authorize_properties:
      mode: {mode}
      rules:
        - {{ schema: ProfilePatch, write: "*" }}
        - {{ schema: Colleague, read: [id, display_name, role] }}
        - {{ schema: Colleague, roles: [support, admin], read: "*" }}
"""


def log_in(gate, name, password):
    return json.loads(gate.ask("POST", "/login", {"email": name, "password": password})[1])["access_token"]


def colleague(gate, name, password):
    return json.loads(gate.ask("GET", "/users/u09?fields=display_name,email,password_hash", token=log_in(gate, name, password))[1])


def main():
    with running_gate(configure=policy(POLICY, mode="enforce")) as gate:
        stops(gate, ("API3", "API3-fields"))
        seen = colleague(gate, "ana@harbour.example", "lantern-ana-41")
        check("a customer sees what customers may see", set(seen) == {"id", "display_name"}, seen)
        seen = colleague(gate, "goran@harbour.example", "lantern-goran-47")
        check("support sees what the specification names", set(seen) == {"id", "display_name", "email"}, seen)
    with running_gate(configure=policy(POLICY, mode="observe")) as gate:
        seen = colleague(gate, "ana@harbour.example", "lantern-ana-41")
        check("observed, nothing is taken out", "password_hash" in seen, seen)
        told = [note for event in gate.events() for note in event.get("notes", []) if note.get("control") == "authorize_properties"]
        check("and the event says what would be", any("/password_hash" in note.get("detail", "") for note in told), told)
    return check.end()


sys.exit(main())
