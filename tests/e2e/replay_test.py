#!/usr/bin/env python3
"""What the gateway decided, `sallyport replay` decides again from the event log alone, and nothing else."""
import json
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, ROOT, UNLIMITED, check, until_ready  # noqa: E402

SHOP = ROOT / "examples/shop"

SECTIONS = """
    access: [{ action: deny, paths: /admin/** }, { action: deny, methods: PUT }]
    error_hygiene: { stack_traces: false }
"""


class Gate:
    """A gateway before the sample API, with SECTIONS for its API."""

    def __init__(self, folder):
        self.folder = folder
        self.config = folder / "sallyport.yaml"
        self.sample = subprocess.Popen([sys.executable, str(SHOP / "server.py"), "--port", "0", "--quiet", "--data", f"{folder}/shop"],
                                       stdout=subprocess.PIPE, text=True)
        origin = until_ready(self.sample)[-1].split()[1]
        init = subprocess.run([PROGRAM, "init", "--spec", str(SHOP / "openapi.yaml"), "--upstream", origin, "--name", "shop", "--listen", "127.0.0.1:0",
                               "--admin", "127.0.0.1:0", "-o", str(self.config)], capture_output=True, text=True)
        check("init writes a configuration", init.returncode == 0, init.stderr)
        with open(self.config, "a") as config:
            config.write(UNLIMITED)
        self.plain = self.config.read_text()
        upstream = next(line for line in self.plain.splitlines() if "upstream:" in line)
        self.config.write_text(self.plain.replace(upstream, upstream + SECTIONS))
        self.process = subprocess.Popen([PROGRAM, "run", "-c", str(self.config)], stdout=subprocess.PIPE, text=True)
        self.port = int(next(line for line in until_ready(self.process) if line.startswith("listening on")).rsplit(":", 1)[1])

    def ask(self, method, target, *fields, body="", host="localhost", sni="localhost", version="HTTP/1.1"):
        """The status of a request that is sent just as it is written here."""
        context = ssl.create_default_context(cafile=f"{self.folder}/certs/edge.pem")
        context.check_hostname = sni is not None
        lines = [f"{method} {target} {version}", f"Host: {host}", "Connection: close", *fields]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain, \
                context.wrap_socket(plain, server_hostname=sni) as secure:
            secure.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
            answer = b""
            while piece := secure.recv(65536):
                answer += piece
        return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]

    def variant(self, name, old, new):
        """The configuration with one change, in a file of its own."""
        path = self.folder / name
        text = self.config.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new))
        return path

    def stop(self):
        for process in (self.process, self.sample):
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(40) for process in (self.process, self.sample)]
        check("the gateway ends in order", codes[0] == 0, codes)


def replay(*arguments, config):
    run = subprocess.run([PROGRAM, "replay", *map(str, arguments), "-c", str(config), "--format", "json"], capture_output=True, text=True, timeout=120)
    try:
        return run.returncode, json.loads(run.stdout)
    except ValueError:
        check("replay prints JSON", False, (run.returncode, run.stdout[-500:], run.stderr[-500:]))
        return run.returncode, {"calls": [], "errors": [], "summary": {}}


def play(gate):
    """Calls of every kind; the expected statuses say that each was what it should be."""
    status, data = gate.ask("POST", "/login", body='{"email":"ines@harbour.example","password":"lantern-ines-49"}')
    check("login works", status == 200, (status, data))
    token = "Authorization: Bearer " + json.loads(data)["access_token"]
    wanted = [
        (200, "GET", "/health", ()), (200, "HEAD", "/health", ()), (200, "GET", "/products", (token,)), (200, "GET", "/products?limit=2&sort=name", (token,)),
        (200, "GET", "/me", (token,)), (200, "GET", "/orders?limit=2", (token,)), (200, "GET", "/me/orders", (token,)),
        (200, "GET", "/orders/1002", (token, "Cookie: sid=31d4d96e407aad42; theme=dark")), (404, "GET", "/orders/999999", (token,)),
        (401, "GET", "/orders?access_token=4a8a08f09d37b73795649038408b5f33", ()),
        (200, "GET", "/%70roducts", (token,)), (200, "GET", "/./products", (token,)),           # other spellings of a good path
        (200, "GET", "/products", (token, "X-Forwarded-For: 6.6.6.6", "X_Sallyport_User: root")),  # forged
        (200, "GET", "http://localhost/products", (token,)), (200, "GET", "/products", (token, "Expect: 100-continue")),
        (404, "GET", "/internal/debug/config", ()), (404, "GET", "/", ()), (404, "POST", "/internal", ()),  # shadow
        (410, "GET", "/v0/orders", ()), (410, "GET", "/v0/orders?limit=5", (token,)),                       # retired
        (405, "DELETE", "/login", ()), (405, "PURGE", "/products", ()), (405, "OPTIONS", "/orders", ()),    # not declared
        (403, "GET", "/admin/users", (token,)), (403, "GET", "/Admin/users", ()), (403, "PUT", "/files/a.txt", ()),  # shut
        (500, "GET", "/orders/1001/invoice", (token,)),                                                     # held back
        (400, "GET", "/a/%zz", ()), (400, "GET", "/%2e%2e%2fetc", ()), (400, "GET", "/products;v=1", ()), (400, "GET", "/files%2Fa", ()),
        (405, "TRACE", "/health", ()), (400, "GET", "/health", ("Content-Length: 3", "Transfer-Encoding: chunked")),
        (413, "POST", "/orders", ("Content-Length: 99999999",)),
    ]
    wrong = [(call, seen) for call in wanted if (seen := gate.ask(*call[1:3], *call[3])[0]) != call[0]]
    check(f"{len(wanted)} calls of every kind are answered as they should be", not wrong, wrong)
    check("HTTP/1.0 is answered", gate.ask("GET", "/health", version="HTTP/1.0")[0] == 200)
    check("a host that is not the one of TLS is refused", gate.ask("GET", "/health", host="other.example")[0] == 421)
    check("a host that no API claims is not found", gate.ask("GET", "/health", host="other.example", sni=None)[0] == 404)
    check("a chunked body passes", gate.ask("POST", "/login", "Content-Type: application/json", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0")[0] == 422)
    time.sleep(0.3)  # the writer's longest rest, and some
    return len(wanted) + 5


def log_of(gate):
    return sorted((gate.folder / "data/events").glob("events-*.jsonl"))


def unchanged(gate, calls):
    code, told = replay(*log_of(gate), "--all", config=gate.config)
    summary = told["summary"]
    check("every call of the log is replayed", summary.get("calls") == calls, (summary, calls))
    check("every verdict is the same as the gateway's", code == 0 and summary.get("same") == calls,
          [call for call in told["calls"] if call["result"] != "same"])
    kinds = {(call["now"]["outcome"], call["now"].get("control", ""), call["now"].get("rule", "")) for call in told["calls"]}
    check("of all kinds", {("forwarded", "", ""), ("denied", "unknown_operation", "operation_not_in_spec"), ("denied", "access", "rule"),
                           ("denied", "unknown_operation", "operation_retired"), ("denied", "unknown_operation", "method_not_in_spec"),
                           ("denied", "http", "sni_mismatch"), ("denied", "unknown_operation", "no_api"), ("denied", "http", "path_parameters"),
                           ("denied", "http", "body_limit"), ("denied", "http", "method_trace")} <= kinds, kinds)
    held = [call for call in told["calls"] if "/invoice" in call["target"]]
    check("what was held back is held back again", len(held) == 1 and held[0]["now"]["status"] == 500
          and {"control": "error_hygiene", "action": "rewrote", "rule": "server_error"} in held[0]["now"]["notes"], held)
    stood = [call for call in told["calls"] if "Authorization" in call.get("stand_ins", [])]
    check("what stands in for credentials is said", len(stood) >= 7 and any("query" in call.get("stand_ins", []) for call in told["calls"]), len(stood))
    text = subprocess.run([PROGRAM, "replay", *map(str, log_of(gate)), "-c", str(gate.config)], capture_output=True, text=True)
    check("as text it says the same", text.returncode == 0 and f"{calls} calls: {calls} same" in text.stdout, text.stdout[-600:] + text.stderr)


def targets(told):
    return sorted(call["target"] for call in told["calls"] if call["result"] == "changed")


def changes(gate):
    """Each change of the configuration changes just the verdicts that it is about."""
    deny = gate.variant("deny.yaml", "access: [", "access: [{ action: deny, paths: /products }, ")
    code, told = replay(*log_of(gate), config=deny)
    changed = [call for call in told["calls"] if call["result"] == "changed"]
    check("a rule that shuts /products changes the calls of /products only", code == 1 and targets(told) == ["/products"] * 8, targets(told))
    check("from forwarded, or refused for its method, to denied by the rule",
          sorted(call["recorded"].get("rule", call["recorded"]["outcome"]) for call in changed) == ["forwarded"] * 7 + ["method_not_in_spec"]
          and all((call["now"]["outcome"], call["now"]["control"], call["now"]["status"]) == ("denied", "access", 403) for call in changed), changed[:2])
    check("all others stay the same", told["summary"]["same"] == told["summary"]["calls"] - 8, told["summary"])

    allow = gate.variant("allow.yaml", "{ action: deny, paths: /admin/** }, ", "")
    code, told = replay(*log_of(gate), config=allow)
    check("without the rule for /admin its calls go on", code == 1 and targets(told) == ["/Admin/users", "/admin/users"], targets(told))
    check("one to the API, one into the specification's 404",
          sorted(call["now"]["outcome"] + call["now"].get("rule", "") for call in told["calls"]) == ["deniedoperation_not_in_spec", "passes"], told["calls"])

    shown = gate.variant("shown.yaml", "error_hygiene: { stack_traces: false }", "error_hygiene: { stack_traces: false, server_errors: false }")
    code, told = replay(*log_of(gate), config=shown)
    check("what would leak with the same status is a change", code == 1 and targets(told) == ["/orders/1001/invoice"], told["calls"])

    observed = gate.variant("observed.yaml", "error_hygiene: {", "unknown_operation: { mode: observe }\n    error_hygiene: {")
    code, told = replay(*log_of(gate), config=observed)
    check("an observing control lets its denials through, and says so", code == 1 and len(targets(told)) == 9
          and all(any(note["action"].startswith("would_") for note in call["now"].get("notes", [])) for call in told["calls"]), targets(told))

    known = gate.variant("path.yaml", "error_hygiene: {", "path_parameters: true\n    error_hygiene: {")
    code, told = replay(*log_of(gate), config=known)
    check("an API that opts in to `;` changes that call", code == 1 and targets(told) == ["/products;v=1"], targets(told))


def honesty(gate, calls):
    """What the log does not hold is said, and never called the same."""
    curious = gate.variant("curious.yaml", "error_hygiene: { stack_traces: false }", "error_hygiene: {}")
    code, told = replay(*log_of(gate), "--all", config=curious)
    partial = [call for call in told["calls"] if call["result"] == "partial"]
    check("a control that wants bodies is told that the log has none", code == 0 and partial and all(call["lacks"] == ["response body"] for call in partial)
          and told["summary"]["same"] + len(partial) == calls and told["summary"]["lacks"] == {"response body": len(partial)}, told["summary"])

    damaged = gate.folder / "damaged.jsonl"
    lines = [line for path in log_of(gate) for line in path.read_text().splitlines()]
    damaged.write_text("\n".join([lines[0], lines[1][:-20], "", lines[2], '{"v":1}', "x" * 500_000, lines[3]]))
    code, told = replay(damaged, config=gate.config)
    check("damaged lines are errors with their place, the others are replayed", code == 2 and told["summary"]["calls"] == 3
          and [error["where"].split(":")[1] for error in told["errors"]] == ["2", "3", "5", "6"], told["errors"])
    run = subprocess.run([PROGRAM, "replay", str(damaged), "-c", str(gate.config)], capture_output=True, text=True)
    check("as text, too", run.returncode == 2 and f"{damaged}:2:" in run.stderr and f"{damaged}:6" in run.stderr, run.stderr)
    for name, content in (("empty", ""), ("words", "hello\n"), ("har", '{"log": {"version": "1.2"}}'), ("none", '{"log": {"entries": []}}')):
        (gate.folder / name).write_text(content)
        code, told = replay(gate.folder / name, config=gate.config)
        check(f"{name}: nothing to replay is an error", code == 2 and len(told["errors"]) == 1, (code, told))
    check("an unknown file is an error", replay("/nonexistent", config=gate.config)[0] == 2)
    check("so is a configuration that cannot be read", subprocess.run([PROGRAM, "replay", str(damaged), "-c", "/nonexistent"], capture_output=True).returncode == 2)


def archive(gate):
    """A day recorded through the gateway as an archive: the same answers; and with one rule more, others."""
    har = gate.folder / "day.har"
    day = subprocess.run([sys.executable, str(SHOP / "simulate.py"), "--base", f"https://localhost:{gate.port}", "--insecure", "--calls", "150", "--seed", "5",
                          "--minutes", "0", "--har", str(har)], capture_output=True, text=True, timeout=120)
    # The rules of this gate are in a day's way here and there: what counts is what was answered.
    entries = json.loads(har.read_text())["log"]["entries"]
    check("a day is recorded", len(entries) == 150, day.stderr[-300:])
    code, told = replay(har, "--all", "--client", "127.0.0.1", config=gate.config)
    check("its calls get the recorded answers", code == 0 and told["summary"]["same"] == 150, [call for call in told["calls"] if call["result"] != "same"][:3])
    deny = gate.variant("deny_me.yaml", "access: [", "access: [{ action: deny, paths: /me/** }, ")
    code, told = replay(har, config=deny)
    expected = sum(entry["request"]["url"].split("/", 3)[3].split("?")[0].split("/")[0] == "me" and entry["response"]["status"] != 403 for entry in entries)
    check("and with one more rule just its calls get others", code == 1 and expected > 0 and len(targets(told)) == expected, (len(targets(told)), expected))
    code, told = replay(har, "--all", "--host", "other.example", config=gate.config)
    check("sent to another host they go nowhere", told["summary"]["decisions"] == {"denied 404 by unknown_operation: no_api": 150}, told["summary"])
    hostile = {"log": {"version": "1.2", "entries": [
        {"startedDateTime": "2026-01-01T00:00:00Z", "request": {"method": "GET", "url": url, "httpVersion": "HTTP/1.1", "headers": headers, "bodySize": 0}}
        for url, headers in (("https://localhost/products", [{"name": "X-A", "value": "1\r\nHost: evil"}]),
                             ("https://localhost/products", [{"name": "Content-Length", "value": "1"}, {"name": "Transfer-Encoding", "value": "chunked"}]),
                             ("https://localhost/a/%zz", []), ("https://localhost/a b", []))]}}
    (gate.folder / "hostile.har").write_text(json.dumps(hostile))
    code, told = replay(gate.folder / "hostile.har", "--all", config=gate.config)
    check("ambiguous requests of an archive are refused as from a socket", [(call["now"]["control"], call["now"]["status"]) for call in told["calls"]]
          == [("http", 400)] * 4, told["calls"])


def main():
    with tempfile.TemporaryDirectory(prefix="sallyport-replay-") as folder:
        gate = Gate(pathlib.Path(folder))
        try:
            calls = play(gate)
            unchanged(gate, calls)
            changes(gate)
            honesty(gate, calls)
            archive(gate)
        finally:
            gate.stop()
    return check.end()


sys.exit(main())
