#!/usr/bin/env python3
"""What a client gets for each thing that an upstream may do wrong; prints the table of docs/reliability.md."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from faulty_origin import FaultyOrigin  # noqa: E402
from gate import check  # noqa: E402
from upstream_gate import upstream_gate  # noqa: E402

CUT = "cut short"
# What it does; then GET and POST with that target alone, GET and POST with a good one beside it, and the rule in the event.
FAULTS = {
    "refuse": ("refuses the connection", 502, 502, 200, 200, "upstream_connect"),
    "reset": ("resets before it answers", 502, 502, 200, 502, "upstream_answer"),
    "half_head": ("resets within the head", 502, 502, 200, 502, "upstream_answer"),
    "half_body": ("ends within the body", CUT, CUT, CUT, CUT, "upstream_body"),
    "half_chunk": ("ends within a chunk", CUT, CUT, CUT, CUT, "upstream_body"),
    "garbage": ("answers what is no HTTP", 502, 502, 502, 502, "start_byte"),
    "two_lengths": ("says two lengths", 502, 502, 502, 502, "field_repeated"),
    "too_long": ("sends more than it said", 200, 200, 200, 200, ""),
    "silent": ("says nothing", 504, 504, 504, 504, "upstream_answer"),
    "trickle": ("sends a head byte by byte", 504, 504, 504, 504, "upstream_answer"),
    "unavailable": ("answers 503", 503, 503, 503, 503, ""),
    "early_close": ("closes behind each answer", 200, 200, 200, 200, ""),
    "switch": ("changes the protocol unasked", 502, 502, 502, 502, "upstream_upgrade"),
    "interim": ("sends 1,000 answers 103 first", 502, 502, 502, 502, "upstream_interim"),
    "few_interim": ("sends three answers 103 first", 200, 200, 200, 200, ""),
}


def outcome(gate, api, method):
    status, body, answer = gate.ask(api, method, body="x" if method == "POST" else None, timeout=20)
    if status is None:
        return CUT
    if status == 200 and body not in ("bad", "good"):
        return "wrong bytes"
    if status >= 500 and answer.getheader("Content-Type") not in ("application/problem+json", None):
        return "no problem details"
    return status


def matrix(gate, bad):
    rows = []
    for mode, (words, *expected, rule) in FAULTS.items():
        if mode == "refuse":
            bad.stop()
        else:
            bad.mode = mode
        found = []
        for api, method in (("alone", "GET"), ("alone", "POST")):
            found.append(outcome(gate, api, method))
        # In turn: of two calls in a row one begins at the bad target.
        for method in ("GET", "POST"):
            found.append(max((outcome(gate, "beside", method) for _ in range(2)), key=lambda one: (one == CUT, str(one))))
        rows.append((words, *found))
        check(f"{words}: GET {found[0]}, POST {found[1]}, with another GET {found[2]}, POST {found[3]}", found == expected, expected)
        if mode == "refuse":
            bad.start()
        bad.mode = "good"
        check(f"{words}: afterwards calls are served", all(gate.ask(api)[:2] in ((200, "bad"), (200, "good")) for api in ("alone", "beside", "beside")))
    return rows


def records(gate):
    """Each outcome but good ones is in the log, with the rule that was broken."""
    rules = {event.get("rule") for event in gate.events() if event.get("api") == "alone"}
    wanted = {fault[-1] for fault in FAULTS.values() if fault[-1]}
    check("events say what the upstream did wrong", wanted <= rules, (wanted - rules, rules))


def forged(gate, bad):
    """Bytes behind an answer are never taken for the next one."""
    bad.mode = "too_long"
    bodies = {gate.ask("alone")[1] for _ in range(30)}
    check("no call gets what another upstream answer left behind", bodies == {"bad"}, bodies)
    bad.mode = "good"


def main():
    bad, good = FaultyOrigin("bad"), FaultyOrigin("good")
    off = "breaker: { failures: 0 }, timeout: 500ms, connect_timeout: 1s"
    upstreams = {
        "alone": f"{{ targets: {bad.url}, {off} }}",
        "beside": f"{{ targets: [{bad.url}, {good.url}], balance: round_robin, {off} }}",
    }
    with upstream_gate(upstreams, workers=1) as gate:
        rows = matrix(gate, bad)
        records(gate)
        forged(gate, bad)
    print("\n| The target | GET | POST | GET, another target is good | POST, another target is good |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


main()
sys.exit(check.end())
