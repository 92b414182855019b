#!/usr/bin/env python3
"""Events on their way out: a file, a webhook that is away at first, and a real rsyslog over TLS, over kill -9."""
import hashlib
import hmac
import http.server
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import UNLIMITED, certificate, check, running_gate  # noqa: E402

SECRET = "a-secret-of-the-hook"
RSYSLOG = """global(workDirectory="{d}" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="{d}/c.pem"
       defaultNetstreamDriverCertFile="{d}/c.pem" defaultNetstreamDriverKeyFile="{d}/k.pem")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="raw" type="string" string="%app-name% %msg%\\n")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="{d}/port" ruleset="take")
ruleset(name="take") {{ action(type="omfile" file="{d}/received" template="raw") }}
"""


class Hook(http.server.ThreadingHTTPServer):
    """Refuses until `open`; then keeps the ids of the events."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.open, self.refused, self.forged = False, 0, 0
        self.ids = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = dict(part.split("=") for part in self.headers["Sallyport-Signature"].split(","))
        good = hmac.new(SECRET.encode(), fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        self.server.forged += not hmac.compare_digest(good, fields["v1"])
        if self.server.open:
            self.server.ids += [json.loads(line)["event"]["id"] for line in body.decode().splitlines()]
        else:
            self.server.refused += 1
        self.send_response(204 if self.server.open else 503)
        self.end_headers()

    def log_message(self, *_):
        pass


def until(what, seconds=30):
    end = time.monotonic() + seconds
    while not (seen := what()) and time.monotonic() < end:
        time.sleep(0.05)
    return seen


def start_rsyslog(folder):
    """The process and its port; nothing when it is not installed."""
    if not shutil.which("rsyslogd") or not list(pathlib.Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so")):
        print("skipped: rsyslog with TLS (rsyslog, rsyslog-gnutls)")
        return None, 0
    certificate(folder)
    pathlib.Path(folder, "rsyslog.conf").write_text(RSYSLOG.format(d=folder))
    process = subprocess.Popen(["rsyslogd", "-n", "-f", f"{folder}/rsyslog.conf", "-i", f"{folder}/pid"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    port = until(lambda: pathlib.Path(folder, "port").exists() and pathlib.Path(folder, "port").read_text().strip())
    return process, int(port or 0)


def configure(folder, out):
    path = pathlib.Path(folder, "sallyport.yaml")
    text = path.read_text()
    path.write_text(text.replace("events: { directory: data/events }", "events: { directory: data/events, out: [" + ", ".join(out) + "] }"))
    check("outlets are configured", path.read_text() != text)


def received(folder):
    path = pathlib.Path(folder, "received")
    return path.read_text().splitlines() if path.exists() else []


def main():
    with tempfile.TemporaryDirectory(prefix="sallyport-siem-") as siem:
        hook = Hook()
        rsyslog, port = start_rsyslog(siem)
        secret = pathlib.Path(siem, "secret")
        secret.touch(0o600)
        secret.write_text(SECRET)
        out = [f"{{ name: file, format: ocsf, file: {siem}/ocsf.jsonl }}",
               f"{{ name: hook, format: ecs, webhook: 'http://127.0.0.1:{hook.server_port}/in', secret: {{ file: {secret} }} }}"]
        if rsyslog:
            out.append(f"{{ name: siem, format: cef, syslog: 'tls://localhost:{port}', ca: {siem}/c.pem }}")
        try:
            with running_gate(UNLIMITED, lambda folder: configure(folder, out)) as gate:
                began = time.monotonic()
                for _ in range(20):
                    gate.ask("GET", "/products")
                check("a hook that refuses holds up no call", time.monotonic() - began < 10)
                check("it is tried again", until(lambda: hook.refused >= 2), hook.refused)
                gate.process.kill()  # with events that nobody took yet
                gate.process.wait()
                hook.open = True
                gate.start()
                for _ in range(5):
                    gate.ask("GET", "/me")
                ids = {e["id"] for e in gate.events()}
                check("all calls are in the log", len(ids) == 25, len(ids))
                check("the hook got every one of them, over kill -9", until(lambda: set(hook.ids) >= ids), (len(set(hook.ids)), len(ids)))
                check("each delivery was signed", hook.forged == 0, hook.forged)
                lines = pathlib.Path(siem, "ocsf.jsonl")
                check("the file has them, too", until(lambda: lines.exists() and {json.loads(x)["metadata"]["uid"] for x in lines.read_text().splitlines()} >= ids))
                check("as API Activity", {json.loads(x)["class_uid"] for x in lines.read_text().splitlines()} == {6003})
                check("no credential left", "Bearer" not in lines.read_text())
                if rsyslog:
                    def all_there():
                        return ids <= {part.split("=")[1] for line in received(siem) for part in line.split() if part.startswith("externalId=")}
                    check("rsyslog took them over TLS", until(all_there), len(received(siem)))
                    check("as sallyport's, in CEF", all(line.startswith("sallyport ") and "CEF:0|Sallyport|" in line for line in received(siem)), received(siem)[:2])
                    rsyslog.send_signal(signal.SIGTERM)
                    rsyslog.wait(20)
                    gate.ask("GET", "/products")
                    check("a syslog server that is away holds up no call", gate.ask("GET", "/products")[0].status in (200, 401))
        finally:
            hook.shutdown()
            if rsyslog:
                rsyslog.kill()
                rsyslog.wait()
    sys.exit(check.end())


main()
