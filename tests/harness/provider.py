"""A real OpenID provider (npm oidc-provider, tests/npm) on a port of its own."""
import base64
import contextlib
import json
import ssl
import subprocess
import urllib.parse
import urllib.request

from gate import ROOT

SOURCE = ROOT / "tests/npm"
INSTALLED = ROOT / "build/npm"


def install():
    """What `tools/setup --groups test` does; done here when it was not."""
    subprocess.run([str(ROOT / "tools/setup-npm")], check=True, stdout=subprocess.DEVNULL)


class Provider:
    def __init__(self, folder):
        """`folder` has k.pem and c.pem (gate.certificate)."""
        install()
        self.process = subprocess.Popen(["node", str(INSTALLED / "provider.mjs"), f"{folder}/k.pem", f"{folder}/c.pem"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.issuer = json.loads(self.process.stdout.readline())["issuer"]
        self.context = ssl.create_default_context(cafile=f"{folder}/c.pem")

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def token(self, name, scope="orders:read", **headers):
        """By client credentials, for the audience https://api.test/NAME: rs256, es256, eddsa, or one that begins with opaque."""
        form = {"grant_type": "client_credentials", "resource": f"https://api.test/{name}", "scope": scope}
        return self.post("/token", form, **headers)["access_token"]

    def proof(self, method, url, token=""):
        return self.tell(f"proof {method} {url} {token}")["proof"]

    def bound_token(self, name):
        """One that is bound to the key of proof()."""
        return self.token(name, DPoP=self.proof("POST", self.issuer + "/token"))

    def post(self, path, form, **headers):
        basic = base64.b64encode(b"app:app-secret").decode()
        request = urllib.request.Request(self.issuer + path, urllib.parse.urlencode(form).encode(),
                                         {"Authorization": f"Basic {basic}", **headers})
        with urllib.request.urlopen(request, context=self.context, timeout=20) as answer:
            return json.loads(answer.read() or b"{}")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)


@contextlib.contextmanager
def running_provider(folder):
    provider = Provider(folder)
    try:
        yield provider
    finally:
        provider.stop()
