#!/usr/bin/env python3
"""What the gateway shows: an OCSP response to clients that ask (from a file), and its own certificate to upstreams that ask."""
import http.client
import pathlib
import shutil
import ssl
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from authorities import Authority, openssl  # noqa: E402
from gate import PROGRAM, check  # noqa: E402
from http_origin import Handler, serve  # noqa: E402
from plain_gate import plain_gate  # noqa: E402


class Api(Handler):
    def do_GET(self):
        shown = self.connection.getpeercert() or {}
        self.reply({"subject": str(shown.get("subject"))})


def configuration(gate, origin, upstream="", tls=""):
    pathlib.Path(gate.folder, "sallyport.yaml").write_text(
        "version: 1\nadmin: { address: 127.0.0.1:0 }\nlisten:\n  - address: 127.0.0.1:0\n"
        f"    tls: {{ certificate: certs/edge.pem, key: {{ file: certs/edge.key }}{tls} }}\n"
        f"apis:\n  - name: open\n    hosts: ['*']\n    base_path: /\n    upstream: {{ targets: 'https://localhost:{origin}', ca: certs/root.pem{upstream} }}\n")


def respond(authority, folder, holder, name, *more):
    """A response of this authority about that certificate, as a responder would give it."""
    out = pathlib.Path(folder, "certs", name)
    openssl("ocsp", "-index", authority.folder / "index", "-rsigner", authority.certificate, "-rkey", authority.key, "-CA", authority.certificate,
            "-issuer", authority.certificate, "-cert", holder.certificate, "-respout", out, *more)
    return out


def register(authority, holder, name):
    """Into the authority's index, from which its responder answers."""
    with open(authority.folder / "index", "a") as index:
        serial = subprocess.run(["openssl", "x509", "-in", holder.certificate, "-noout", "-serial"], capture_output=True, text=True).stdout.strip().split("=")[1]
        index.write(f"V\t491231235959Z\t\t{serial}\tunknown\t/CN={name}\n")


def stapled(gate, version):
    run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{gate.port}", "-servername", "localhost", "-CAfile", f"{gate.folder}/certs/root.pem", "-status", version],
                         input="", capture_output=True, text=True, timeout=20)
    return "OCSP Response Status: successful" in run.stdout and "Cert Status: good" in run.stdout, run.stdout


def staples(gate, root, edge, origin):
    other = root.issue("other", "DNS:localhost")
    register(root, edge, "edge")
    register(root, other, "other")
    respond(root, gate.folder, edge, "good.ocsp", "-ndays", "1")
    respond(root, gate.folder, other, "other.ocsp", "-ndays", "1")
    configuration(gate, origin, tls=", ocsp: certs/good.ocsp")
    gate.start()
    for version in ("-tls1_2", "-tls1_3"):
        good, said = stapled(gate, version)
        check(f"the response is stapled, {version}", good, said[:600])
    for name, text, word in (("other.ocsp", None, "another certificate"), ("text.ocsp", "nothing", "no OCSP response"), ("missing.ocsp", None, "cannot read")):
        if text:
            pathlib.Path(gate.folder, "certs", name).write_text(text)
        configuration(gate, origin, tls=f", ocsp: certs/{name}")
        said = gate.reload()
        check(f"reload is refused: {word}", word in said, said)
    check("what ran goes on", stapled(gate, "-tls1_3")[0])
    root.revoke(edge)
    respond(root, gate.folder, edge, "revoked.ocsp", "-ndays", "1")
    configuration(gate, origin, tls=", ocsp: certs/revoked.ocsp")
    said = gate.reload()
    check("a response that says `revoked` is refused", "is revoked" in said, said)
    gate.stop()


def upstreams(gate, root, origin, stranger):
    certs = pathlib.Path(gate.folder, "certs")
    ours, more = root.issue("gateway"), root.issue("second")
    for name, holder in (("ours", ours), ("more", more), ("stranger", stranger)):
        shutil.copy(holder.certificate, certs / f"{name}.pem")
        shutil.copy(holder.key, certs / f"{name}.key")

    def ask():
        context = ssl.create_default_context(cafile=certs / "root.pem")
        connection = http.client.HTTPSConnection("localhost", gate.port, context=context, timeout=20)
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    configuration(gate, origin)
    gate.start()
    check("without a certificate the upstream refuses", ask()[0] == 502)
    configuration(gate, origin, ", certificate: certs/ours.pem, key: { file: certs/ours.key }")
    gate.reload()
    seen = ask()
    check("with one it knows the gateway", seen[0] == 200 and "'gateway'" in seen[1], seen)
    configuration(gate, origin, ", certificate: certs/more.pem, key: { file: certs/more.key }")
    gate.reload()
    seen = ask()
    check("another one is shown at once: kept connections are not shared", seen[0] == 200 and "'second'" in seen[1], seen)
    configuration(gate, origin, ", certificate: certs/stranger.pem, key: { file: certs/stranger.key }")
    gate.reload()
    check("a stranger's is refused by the upstream", ask()[0] == 502)
    for wrong, word in ((", certificate: certs/ours.pem", "belong together"), (", certificate: certs/ours.pem, key: { file: certs/more.key }", "does not fit"),
                        (", certificate: certs/none.pem, key: { file: certs/ours.key }", "cannot read")):
        configuration(gate, origin, wrong)
        run = subprocess.run([PROGRAM, "run", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True, timeout=30)
        check(f"a start is refused: {word}", run.returncode != 0 and word in run.stderr, run.stderr)


def main():
    with plain_gate({}) as gate:
        certs = pathlib.Path(gate.folder, "certs")
        root = Authority(gate.folder, "Root")
        shutil.copy(root.certificate, certs / "root.pem")
        edge = root.issue("edge", "DNS:localhost", extensions="basicConstraints=CA:FALSE\n")
        (certs / "edge.pem").write_text(pathlib.Path(edge.certificate).read_text() + root.certificate.read_text())
        shutil.copy(edge.key, certs / "edge.key")
        server = serve(Api)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(edge.certificate, edge.key)
        context.load_verify_locations(root.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True)
        staples(gate, root, edge, server.server_port)
        upstreams(gate, root, server.server_port, Authority(gate.folder, "Strangers").issue("gateway"))
    return check.end()


sys.exit(main())
