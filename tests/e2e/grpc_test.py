#!/usr/bin/env python3
"""gRPC as @grpc/grpc-js speaks it, client and server: every kind of call, deadlines, and errors in gRPC's shape; and gRPC-Web
as browsers speak it, by fetch."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, ROOT, UNLIMITED, certificate, check, until_ready  # noqa: E402
from node_clients import clients  # noqa: E402

PEER = str(ROOT / "tests/harness/grpc_peer.mjs")
WEB_CLIENT = str(ROOT / "tests/harness/grpc_web_client.mjs")


def silent_port():
    """Takes connections and says nothing, not even what HTTP/2 begins with."""
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, listener.getsockname()[1]


environment = {**os.environ, "CLIENTS": clients()}
with tempfile.TemporaryDirectory(prefix="sallyport-test-") as folder:
    certificate(folder)
    server = subprocess.Popen(["node", PEER, "server"], stdout=subprocess.PIPE, text=True, env=environment)
    upstream = until_ready(server)[-1].split()[1]
    closed, down = silent_port()
    closed.close()
    path = pathlib.Path(folder, "sallyport.yaml")
    path.write_text(f"""version: 1
workers: 1
listen:
  - {{ address: 127.0.0.1:0, tls: {{ certificate: c.pem, key: {{ file: k.pem }} }} }}
  - {{ address: 127.0.0.1:0, cleartext: true, h2c: true }}
apis:
  - name: orders
    hosts: [localhost]
    max_body: 4MiB
    grpc_web: true
    upstream: {{ targets: "http://127.0.0.1:{upstream}", protocol: h2 }}
    access: [{{ action: deny, paths: [/shop.v1.Orders/Forbidden] }}]
  - {{ name: plain, hosts: [127.0.0.1], upstream: {{ targets: "http://127.0.0.1:{upstream}", protocol: h2 }} }}
  - {{ name: down, hosts: [down.test], upstream: {{ targets: "http://127.0.0.1:{down}", protocol: h2 }} }}
  - {{ name: hasty, hosts: [hasty.test], upstream: {{ targets: "http://127.0.0.1:{upstream}", protocol: h2, timeout: 300ms }} }}
data: data
{UNLIMITED}""")
    process = subprocess.Popen([PROGRAM, "run", "-c", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    port, plain = [line.rsplit(":", 1)[1] for line in until_ready(process) if line.startswith("listening")]
    client = subprocess.run(["node", PEER, "client", port, f"{folder}/c.pem", plain], capture_output=True, text=True, timeout=60, env=environment)
    for line in client.stdout.splitlines():
        if line.startswith(("ok ", "FAIL")):
            check(line[6:], line.startswith("ok"))
    check("the client came to its end", client.returncode == 0, client.stderr)
    check("its deadline ended the call at the server too", server.stdout.readline().strip() == "cancelled")
    web = subprocess.run(["node", WEB_CLIENT, plain], capture_output=True, text=True, timeout=60)
    for line in web.stdout.splitlines():
        if line.startswith(("ok ", "FAIL")):
            check("gRPC-Web, " + line[6:], line.startswith("ok"))
    check("the client of gRPC-Web came to its end", web.returncode == 0, web.stderr)
    process.terminate()
    check("the gateway ends in order", process.wait(20) == 0)
    server.kill()
    server.wait()
sys.exit(check.end())
