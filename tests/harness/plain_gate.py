"""A gateway by a configuration that a test writes itself, before an origin that answers 200 to /length/N."""
import contextlib
import pathlib
import shutil
import signal
import subprocess
import tempfile

from gate import PROGRAM, Gate, certificate
from origin import origin

HEAD = """\
version: 1
admin: {{ address: 127.0.0.1:0 }}
listen:
  - address: 127.0.0.1:0
    tls: {{ certificate: certs/edge.pem, key: {{ file: certs/k.pem }} }}
defaults:
  address_limit: {{ mode: off }}
  rate_limit: {{ mode: off }}
apis:
{apis}"""
API = """\
  - name: {name}
    hosts: ['*']
    base_path: /{path}
    upstream: http://127.0.0.1:{origin}
{controls}"""


class PlainGate(Gate):
    def __init__(self, folder, apis):
        """`apis`: its sections by the API's name, which is its path as well. Nothing is started yet."""
        self.folder = folder
        self.origin_port = origin()
        pathlib.Path(folder, "certs").mkdir()
        certificate(f"{folder}/certs")
        shutil.copy(f"{folder}/certs/c.pem", f"{folder}/certs/edge.pem")
        self.process = None
        self.configure(apis)

    def configure(self, apis):
        text = "".join(API.format(name=name, path=name, origin=self.origin_port, controls="".join(f"    {line}\n" for line in lines.splitlines()))
                       for name, lines in apis.items())
        pathlib.Path(self.folder, "sallyport.yaml").write_text(HEAD.format(apis=text))

    def start(self):
        super().start()
        self.admin = int(next(line for line in self.said if line.startswith("admin page")).rstrip("/").rsplit(":", 1)[1])

    def reload(self):
        run = subprocess.run([PROGRAM, "reload", "-c", f"{self.folder}/sallyport.yaml"], capture_output=True, text=True, timeout=60)
        return run.stdout + run.stderr

    def status(self, api, token=None, headers=()):
        answer, _ = self.ask("GET", f"/{api}/5", token=token, headers=headers)
        return answer.status

    def stop(self):
        """What it said on stderr."""
        if not self.process:
            return ""
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=40)[1]
        self.process = None
        return said


@contextlib.contextmanager
def plain_gate(apis):
    with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
        gate = PlainGate(folder, apis)
        try:
            yield gate
        finally:
            gate.stop()
