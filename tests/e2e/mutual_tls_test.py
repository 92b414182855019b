#!/usr/bin/env python3
"""Client certificates: who gets a connection, what the gateway then knows, revocation, reload, and sessions that are resumed."""
import base64
import hashlib
import hmac
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from authorities import Authority  # noqa: E402
from gate import PROGRAM, check  # noqa: E402
from http_origin import Handler, serve  # noqa: E402
from plain_gate import plain_gate  # noqa: E402

BILLING = "spiffe://example.org/ns/prod/billing"
APIS = {
    "open": "",
    "held": "client_certificate: {}\n",
    "prod": "client_certificate: { names: 'spiffe://example.org/ns/prod/*' }\n",
    "known": f"authenticate: {{ services: [{{ certificate: '{BILLING}', client: billing, roles: ops }}] }}\n",
    "ops": f"authenticate: {{ services: [{{ certificate: '{BILLING}', client: billing, roles: ops }}, {{ certificate: 'dns:shop.test' }}] }}\n"
           "authorize: { rules: [{ paths: /**, roles: ops }] }\n",
    "bound": "authenticate: { issuers: [{ issuer: 'https://id.test/', audiences: shop, algorithms: HS256, secret: { file: certs/hs.key } }] }\n",
}
SECRET = b"a secret of thirty-two bytes ..."


SEEN = []  # the field names of each call that came to the API


class Api(Handler):
    def do_GET(self):
        SEEN.append({name.lower() for name in self.headers})
        self.reply({})


def trust(gate, mode="required", more=""):
    path = pathlib.Path(gate.folder, "sallyport.yaml")
    text = path.read_text()
    start, end = text.index("    tls:"), text.index("defaults:")
    path.write_text(text[:start] + "    tls:\n      certificate: certs/edge.pem\n      key: { file: certs/k.pem }\n"
                    f"      client_certificates: {{ mode: {mode}, ca: certs/clients.pem{more} }}\n" + text[end:])


class Client:
    """Calls over one context, with the session of the last connection where it is wanted."""

    def __init__(self, gate, holder=None, version=None):
        self.gate = gate
        self.context = ssl.create_default_context(cafile=f"{gate.folder}/certs/edge.pem")
        if holder:
            self.context.load_cert_chain(*holder.pair)
        if version:
            self.context.minimum_version = self.context.maximum_version = version
        self.session, self.resumed = None, False

    def get(self, api, headers=(), resume=False):
        """The status, or what ended the connection."""
        try:
            with socket.create_connection(("127.0.0.1", self.gate.port), timeout=10) as plain, \
                    self.context.wrap_socket(plain, server_hostname="localhost", session=self.session if resume else None) as tls:
                lines = "".join(f"{name}: {value}\r\n" for name, value in dict(headers).items())
                tls.sendall(f"GET /{api}/5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n".encode())
                answer = http.client.HTTPResponse(tls)
                answer.begin()
                answer.read()
                self.session, self.resumed = tls.session, tls.session_reused
                return answer.status
        except (ssl.SSLError, ConnectionError, http.client.HTTPException) as error:
            return type(error).__name__ + " " + str(error)


def refused(answer):
    return isinstance(answer, str)


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def thumbprint(holder):
    der = ssl.PEM_cert_to_DER_cert(pathlib.Path(holder.certificate).read_text())
    return url64(hashlib.sha256(der).digest())


def token(bound_to):
    """For the API `bound`, bound to that thumbprint (RFC 8705 §3.1) if there is one."""
    claims = {"iss": "https://id.test/", "aud": "shop", "sub": "ada", "exp": int(time.time()) + 600}
    if bound_to:
        claims["cnf"] = {"x5t#S256": bound_to}
    text = url64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + "." + url64(json.dumps(claims).encode())
    return text + "." + url64(hmac.digest(SECRET, text.encode(), "sha256"))


def bound_tokens(gate, billing, shop):
    """While a certificate is optional."""
    def seen(bound_to):
        fields = {"Authorization": f"Bearer {token(bound_to)}"}
        return [Client(gate, holder).get("bound", fields) for holder in (billing, shop, None)]
    check("a token that is bound to nothing", seen(None) == [200, 200, 200], seen(None))
    check("a bound token comes over a connection with its certificate alone", seen(thumbprint(billing)) == [200, 401, 401], seen(thumbprint(billing)))
    rules = [line["rule"] for line in gate.events() if line.get("api") == "bound" and line["status"] == 401]
    check("and the event says why another does not", set(rules) == {"certificate_binding", "bound_token"}, rules)


def required(gate, billing, shop, stranger, server_only):
    check("a certificate is taken", Client(gate, billing).get("open") == 200)
    check("by TLS 1.2 as well", Client(gate, billing, ssl.TLSVersion.TLSv1_2).get("open") == 200)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for what, holder in (("none", None), ("a stranger's", stranger), ("one for servers only", server_only)):
            answer = Client(gate, holder, version).get("open")
            check(f"{what} is refused, {version.name}", refused(answer), answer)
    for api, answers in {"held": (200, 200), "prod": (200, 403), "known": (200, 401), "ops": (200, 403)}.items():
        seen = (Client(gate, billing).get(api), Client(gate, shop).get(api))
        check(f"{api}: each certificate gets its answer", seen == answers, seen)
    event = [line for line in gate.events() if line.get("api") == "known" and line["status"] == 200][0]
    shown = event["client"]["certificate"]
    check("the event says which certificate", shown == {"sha256": thumbprint(billing), "subject": "CN=billing", "issuer": "CN=Clients", "serial": "1001", "name": BILLING}, shown)
    check("and who called", event["actor"] == {"how": "mtls", "subject": BILLING, "issuer": "CN=Clients", "client": "billing"}, event["actor"])
    for line in gate.events():
        if line.get("api") == "prod" and line["status"] == 403:
            check("and why one was refused", line["rule"] == "other_certificate", line["rule"])
    refusals = {(line["rule"], line["detail"]) for line in gate.events() if line.get("rule") == "certificate_refused"}
    check("refused handshakes have events with the reason", {("certificate_refused", why) for why in ("unable to get local issuer certificate", "unsuitable certificate purpose")} <= refusals, refusals)
    curl = ["curl", "-s", "--cacert", f"{gate.folder}/certs/edge.pem", "--cert", billing.certificate, "--key", billing.key, "-o", "/dev/null", "-w", "%{http_code} %{http_version}"]
    for version in ("--http1.1", "--http2"):
        run = subprocess.run([*curl, version, f"https://localhost:{gate.port}/prod/5"], capture_output=True, text=True, timeout=20)
        check(f"curl {version} with a certificate", run.stdout.split()[0] == "200" and run.stdout.split()[1][0] == version[6], run.stdout)
    run = subprocess.run([*curl[:4], *curl[8:], f"https://localhost:{gate.port}/prod/5"], capture_output=True, text=True, timeout=20)
    check("and without", run.returncode != 0 and run.stdout.startswith("000"), run.stdout)


def optional(gate, billing, stranger):
    trust(gate, "optional")
    said = gate.reload()
    check("reload with `optional`", "eload" in said, said)
    seen = [Client(gate).get(api) for api in ("open", "held", "prod", "known")]
    check("without a certificate: what needs none", seen == [200, 403, 403, 401], seen)
    seen = [Client(gate, billing).get(api) for api in ("open", "held", "prod", "known")]
    check("with one: everything", seen == [200, 200, 200, 200], seen)
    check("a bad one is refused all the same", refused(Client(gate, stranger).get("open")))


def forged_fields(gate):
    """What proxies write about certificates, from a client: the API must not see it."""
    names = ("X-Forwarded-Client-Cert", "Client-Cert", "Client-Cert-Chain", "X-SSL-Client-Cert", "X-SSL-Client-Verify", "SSL-Client-Cert", "X-Client-Cert")
    Client(gate).get("open", {name: "forged" for name in names})
    check("the API sees no forged certificate", not SEEN[-1] & {name.lower() for name in names}, SEEN[-1])


def revocation(gate, clients, billing, shop):
    certs = pathlib.Path(gate.folder, "certs")
    old = {}
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        client = old[version] = Client(gate, shop, version)
        seen = client.get("held"), client.get("held", resume=True)
        check(f"a session is resumed and its client known, {version.name}", seen == (200, 200) and client.resumed, (seen, client.resumed))
    clients.revoke(shop)
    (certs / "crl.pem").write_text(clients.list())
    trust(gate, "required", ", crl: certs/crl.pem")
    said = gate.reload()
    check("reload with a list", "eload" in said, said)
    check("who is not on it goes on", Client(gate, billing).get("held") == 200)
    for version, client in old.items():
        answer = client.get("held", resume=True)
        check(f"a revoked one does not go on by its session, {version.name}", refused(answer), answer)
        answer = Client(gate, shop, version).get("held")
        check(f"a revoked one is refused, {version.name}", refused(answer), answer)
    details = [line["detail"] for line in gate.events() if line.get("rule") == "certificate_refused"]
    check("the event says that it was revoked", details[-1] == "certificate revoked", details[-1])
    fresh = Client(gate, billing)
    seen = fresh.get("held"), fresh.get("held", resume=True)
    check("others resume again", seen == (200, 200) and fresh.resumed, (seen, fresh.resumed))


def bad_files(gate, clients, billing):
    """Each is said, and what ran goes on."""
    certs = pathlib.Path(gate.folder, "certs")
    (certs / "expired.pem").write_text(clients.list("20250101000000Z", "20250102000000Z"))
    (certs / "none.pem").write_text("nothing\n")
    for more, word in ((", crl: certs/missing.pem", "cannot read"), (", crl: certs/expired.pem", "has expired"), (", crl: certs/none.pem", "no PEM"),
                       (", crl: certs/clients.pem", "no PEM with revocation lists"), (", depth: 3", "depth")):
        trust(gate, "required", more)
        said = gate.reload()
        check(f"reload is refused: {word}", word in said, said)
        run = subprocess.run([PROGRAM, "run", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True, timeout=30)
        check(f"and so is a start: {word}", run.returncode not in (0, None) and word in run.stderr, (run.returncode, run.stderr))
        check("what ran goes on", Client(gate, billing).get("held") == 200)


def new_authority(gate, billing):
    other = Authority(gate.folder, "Others")
    pathlib.Path(gate.folder, "certs/clients.pem").write_text(other.certificate.read_text())
    session = Client(gate, billing)
    check("before the change", session.get("held") == 200)
    trust(gate)
    said = gate.reload()
    check("reload with other authorities", "eload" in said, said)
    check("the old ones' clients are refused", refused(Client(gate, billing).get("held")) and refused(session.get("held", resume=True)))
    check("the new ones' are taken", Client(gate, other.issue("new")).get("held") == 200)
    between = Authority(gate.folder, "Between", other)
    check("with their chain", Client(gate, between.issue("deep")).get("held") == 200)
    trust(gate, "required", ", max_intermediates: 0")
    gate.reload()
    check("but no longer one than is allowed", refused(Client(gate, between.issue("deeper")).get("held")))


def main():
    with plain_gate(APIS) as gate:
        clients, strangers = Authority(gate.folder, "Clients"), Authority(gate.folder, "Strangers")
        pathlib.Path(gate.folder, "certs/clients.pem").write_text(clients.certificate.read_text())
        billing, shop = clients.issue("billing", f"URI:{BILLING}"), clients.issue("shop", "DNS:shop.test")
        stranger = strangers.issue("billing", f"URI:{BILLING}")
        server_only = clients.issue("server", extensions="extendedKeyUsage=serverAuth\n")
        gate.origin_port = serve(Api).server_port
        gate.configure(APIS)
        secret = pathlib.Path(gate.folder, "certs/hs.key")
        secret.write_bytes(SECRET)
        secret.chmod(0o600)
        trust(gate)
        gate.start()
        required(gate, billing, shop, stranger, server_only)
        optional(gate, billing, stranger)
        bound_tokens(gate, billing, shop)
        forged_fields(gate)
        revocation(gate, clients, billing, shop)
        bad_files(gate, clients, billing)
        new_authority(gate, billing)
    return check.end()


sys.exit(main())
