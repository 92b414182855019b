#!/usr/bin/env python3
"""GraphQL: what is too much never reaches the API, and clients hear it in their own protocol's shape."""
import http.client
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check, until_ready  # noqa: E402

CONFIG = """
version: 1
data: {folder}/data
events: {{ directory: {folder}/events }}
defaults:
  address_limit: {{ mode: off }}
  rate_limit: {{ mode: off }}
listen: [{{ address: 127.0.0.1:0, cleartext: true }}]
apis:
  - name: graph
    hosts: ['*']
    upstream: http://127.0.0.1:{origin}
    graphql: {{}}
"""
asked = []


class Origin(http.server.BaseHTTPRequestHandler):
    """A server that knows no field, and says so as graphql-js does."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        message = 'Cannot query field "usr" on type "Query". Did you mean "user"?' if b"usr" in asked[-1] else None
        body = json.dumps({"errors": [{"message": message}]} if message else {"data": {"user": {"id": 1}}}).encode()
        self.send_response(400 if message else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def ask(connection, body, accept="*/*"):
    connection.request("POST", "/graphql", json.dumps(body), {"Content-Type": "application/json", "Accept": accept})
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), json.loads(answer.read())


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(f"{folder}/sallyport.yaml").write_text(CONFIG.format(folder=folder, origin=server.server_port))
        gate = subprocess.Popen([PROGRAM, "run", "-c", f"{folder}/sallyport.yaml"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            port = int(next(line for line in until_ready(gate) if line.startswith("listening on")).rsplit(":", 1)[1])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            got = ask(connection, {"query": "{ user { id } }"})
            check("a small query is answered", got == (200, "application/json", {"data": {"user": {"id": 1}}}), got)
            deep = "{ a " * 11 + "} " * 11
            many = "{ " + " ".join(f"x{i}: a" for i in range(16)) + " }"
            bomb = "{ ...F0 }" + "".join(f" fragment F{i} on T {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30)) + " fragment F30 on T { a }"
            before = len(asked)
            for name, body in (("DEPTH", {"query": deep}), ("ALIASES", {"query": many}), ("NODES", {"query": bomb}), ("COST", {"query": "{ a(first: 100) { b(first: 100) { c } } }"}),
                               ("BATCH", [{"query": "{ a }"}] * 6), ("INTROSPECTION", {"query": "{ __schema { types { name } } }"})):
                status, kind, answer = ask(connection, body)
                code = answer["errors"][0]["extensions"]["code"]
                check(f"refused in GraphQL's shape: {name}", (status, kind, code) == (400, "application/json", f"SALLYPORT_{name}"), (status, kind, answer))
            kind = ask(connection, {"query": deep}, "application/graphql-response+json")[1]
            check("and in the type that the client asks for", kind == "application/graphql-response+json", kind)
            hashed = ask(connection, {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}})
            check("a hash alone is not known", hashed[0] == 200 and hashed[2]["errors"][0]["message"] == "PersistedQueryNotFound", hashed)
            check("none of them reached the API", len(asked) == before, asked[before:])
            wrong = ask(connection, {"query": "{ usr { id } }"})
            check("errors suggest no names", wrong == (400, "application/json", {"errors": [{"message": 'Cannot query field "usr" on type "Query".'}]}), wrong)
        finally:
            gate.terminate()
            check("it ends well", gate.wait(20) == 0, gate.stderr.read())
    server.shutdown()
    return check.end()


sys.exit(main())
