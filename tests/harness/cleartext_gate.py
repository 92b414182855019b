"""A gateway without TLS, by one API's section that a test writes itself."""
import contextlib
import http.client
import pathlib
import subprocess
import tempfile

from gate import PROGRAM, check, until_ready

CONFIG = """\
version: 1
data: {folder}/data
events: {{ directory: {folder}/events }}
defaults:
  address_limit: {{ mode: off }}
  rate_limit: {{ mode: off }}
listen: [{{ address: 127.0.0.1:0, cleartext: true }}]
apis:
  - name: api
    hosts: ['*']
    upstream: http://127.0.0.1:{origin}
{controls}"""


@contextlib.contextmanager
def cleartext_gate(origin, controls, files=None):
    """Gives a connection to it. `controls` may name `files` (text by name) as {folder}/NAME."""
    with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
        for name, text in (files or {}).items():
            pathlib.Path(folder, name).write_text(text)
        lines = "".join(f"    {line}\n" for line in controls.format(folder=folder).splitlines())
        pathlib.Path(folder, "sallyport.yaml").write_text(CONFIG.format(folder=folder, origin=origin, controls=lines))
        gate = subprocess.Popen([PROGRAM, "run", "-c", f"{folder}/sallyport.yaml"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            port = int(next(line for line in until_ready(gate) if line.startswith("listening on")).rsplit(":", 1)[1])
            yield http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        finally:
            gate.terminate()
            check("it ends well", gate.wait(20) == 0, gate.stderr.read())
