#!/usr/bin/env python3
"""The main job on real input: the sample API behind the gateway, real sockets, real TLS."""
import http.client
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import ROOT, check, running_gate  # noqa: E402


def main_job(gate):
    answer, data = gate.ask("GET", "/internal/debug/config")
    check("an endpoint outside the spec is refused with 404", answer.status == 404, answer.status)
    check("the refusal is problem+json with a request id",
          answer.headers["Content-Type"] == "application/problem+json" and json.loads(data)["request_id"] == answer.headers["X-Request-ID"], data)
    answer, _ = gate.ask("GET", "/v0/orders")
    check("a retired operation is refused with 410", answer.status == 410, answer.status)
    answer, _ = gate.ask("DELETE", "/login")
    check("an undeclared method is refused with 405 and Allow", answer.status == 405 and "POST" in (answer.headers["Allow"] or ""), answer.headers["Allow"])
    answer, data = gate.ask("GET", "/orders", headers={"X-Forwarded-For": "6.6.6.6", "X_Sallyport_User": "root"})
    check("a declared operation reaches the API", answer.headers["X-Request-ID"] and answer.status in (200, 401), answer.status)
    check("the answer does not tell about the inside", not answer.headers["Server"] and not answer.headers["X-Powered-By"], str(answer.headers))
    check("security headers are there", answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Strict-Transport-Security"])
    plain = http.client.HTTPConnection("localhost", gate.port, timeout=10)
    plain.request("GET", "/orders")
    check("plain HTTP is refused", plain.getresponse().status == 400)
    answer, _ = gate.ask("GET", "/orders?access_token=tokensecret123&x=1", token="bearersecret456")
    events = gate.events()
    text = json.dumps(events)
    check("every call stands in the event log", len(events) == 6, len(events))
    check("with who, what, how it ended and why", all(e["client"]["ip"] == "127.0.0.1" and e["outcome"] for e in events)
          and {"operation_not_in_spec", "operation_retired", "method_not_in_spec", "plain_http"} <= {e.get("rule") for e in events},
          [e.get("rule") for e in events])
    check("credentials are not in it", "tokensecret123" not in text and "bearersecret456" not in text)
    check("forged fields are noted", any(n["rule"] == "spoofed_field" for e in events for n in e.get("notes", [])))


def exploits(gate):
    """What the sample's own attack player says is stopped today."""
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/exploit.py"), "--help"], capture_output=True, text=True)
    check("the attack player is there", run.returncode == 0)
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/exploit.py"), "--base", f"https://localhost:{gate.port}", "--insecure"],
                         capture_output=True, text=True, timeout=120)
    print(run.stdout)
    for name in ("API9", "API9-shadow", "API8", "API8-headers"):
        line = next((row for row in run.stdout.splitlines() if row.split()[:1] == [name]), "")
        check(f"{name} is stopped", "stopped" in line, line)
    replaced = [e for e in gate.events() if "sealed" in e]
    fields = [dict((name.lower(), value) for name, value in e["response_fields"]) for e in replaced]
    check("a replaced answer is recorded with the fields that the API sent",
          len(fields) > 0 and all("content-type" in f and "problem" not in f["content-type"] and "date" in f for f in fields), fields)


def good_day(gate):
    run = subprocess.run([sys.executable, str(ROOT / "examples/shop/simulate.py"), "--base", f"https://localhost:{gate.port}", "--insecure",
                          "--calls", "600", "--seed", "1", "--minutes", "0"], capture_output=True, text=True, timeout=120)
    check("a good day passes unharmed", run.returncode == 0 and "unexpected 0" in run.stdout, run.stdout[-400:] + run.stderr[-400:])


with running_gate() as running:
    main_job(running)
    exploits(running)
    good_day(running)
sys.exit(check.end())
