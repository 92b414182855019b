"""A gateway without TLS before upstreams that a test makes: `{ targets: …, … }` by the name of an API, which is its host as well."""
import contextlib
import http.client
import json
import pathlib
import subprocess
import tempfile
import time

from gate import PROGRAM, check, events_in, until_ready

CONFIG = """\
version: 1
data: {folder}/data
workers: {workers}
events: {{ directory: {folder}/data/events }}
defaults:
  address_limit: {{ mode: off }}
  rate_limit: {{ mode: off }}
listen: [{{ address: 127.0.0.1:0, cleartext: true }}]
apis:
{apis}"""


class UpstreamGate:
    def __init__(self, folder, upstreams, workers):
        self.folder, self.workers = folder, workers
        self.file = f"{folder}/sallyport.yaml"
        self.configure(upstreams)
        self.process = subprocess.Popen([PROGRAM, "run", "-c", self.file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = int(next(line for line in until_ready(self.process) if line.startswith("listening on")).rsplit(":", 1)[1])

    def configure(self, upstreams):
        apis = "".join(f"  - {{ name: {name}, hosts: ['{name}'], upstream: {text} }}\n" for name, text in upstreams.items())
        pathlib.Path(self.file).write_text(CONFIG.format(folder=self.folder, workers=self.workers, apis=apis))

    def reload(self, upstreams):
        self.configure(upstreams)
        done = subprocess.run([PROGRAM, "reload", "-c", self.file], capture_output=True, text=True, timeout=60)
        return done.returncode == 0, done.stdout + done.stderr

    def ask(self, api, method="GET", path="/", body=None, headers=(), timeout=10):
        """Status, body and fields; None and the error when the answer did not come whole."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {"Host": api, **dict(headers)})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer
        except (http.client.HTTPException, OSError) as error:
            return None, type(error).__name__, None
        finally:
            connection.close()

    def names(self, api, count, **more):
        """How often which origin answered; the status of what is no 200."""
        found = {}
        for _ in range(count):
            status, body, _ = self.ask(api, **more)
            key = body if status == 200 else status
            found[key] = found.get(key, 0) + 1
        return found

    def status(self):
        done = subprocess.run([PROGRAM, "status", "-c", self.file, "--format", "json"], capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout)

    def target(self, api, origin):
        return self.status()["upstreams"][api][origin.address]

    def wait(self, what, seconds=10):
        """Until it holds; True when it did."""
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def events(self):
        return events_in(self.folder)


@contextlib.contextmanager
def upstream_gate(upstreams, workers=2):
    with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
        gate = UpstreamGate(folder, upstreams, workers)
        try:
            yield gate
        finally:
            gate.process.terminate()
            said = gate.process.communicate(timeout=40)[1]
            check("the gateway ends in order", gate.process.returncode == 0, said)
