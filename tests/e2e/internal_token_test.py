#!/usr/bin/env python3
"""What an API is told of who calls: it gets the gateway's token and not the client's key, and a second API, which
believes nothing but such tokens, takes it by the published keys."""
import base64
import json
import pathlib
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check  # noqa: E402
from http_origin import Handler, serve  # noqa: E402
from plain_gate import plain_gate  # noqa: E402

OUTER = """\
authenticate: { api_keys: { file: api-keys.json } }
internal_token: { issuer: "https://gate.test", key_file: internal.json, audience: inner }
"""
INNER = """\
authenticate:
  issuers: [{{ issuer: "https://gate.test", audiences: inner, algorithms: ES256, jwks_url: "{keys}", max_lifetime: 1m }}]
"""


class Echo(Handler):
    """Tells the fields that it got."""

    def do_GET(self):
        self.reply({name.lower(): value for name, value in self.headers.items()})


def published(gate):
    with urllib.request.urlopen(f"http://127.0.0.1:{gate.admin}/.well-known/jwks.json", timeout=20) as answer:
        return answer.read().decode()


def call(gate, key, **headers):
    answer, body = gate.ask("GET", "/outer/1", headers={"X-API-Key": key, **headers})
    return answer.status, json.loads(body)


def main():
    origin = serve(Echo)
    with plain_gate({}) as gate:
        made = subprocess.run([PROGRAM, "keys", "create", "-f", f"{gate.folder}/api-keys.json", "--name", "partner", "--api", "outer",
                               "--scope", "orders:read"], capture_output=True, text=True, timeout=60)
        key = made.stdout.strip()
        gate.origin_port = origin.server_port
        gate.configure({"outer": OUTER})
        gate.start()
        status, fields = call(gate, key, X_Sallyport_Token="forged")
        token = fields.get("x-sallyport-token", "")
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==")) if token.count(".") == 2 else {}
        check("the API gets the gateway's token", status == 200 and claims.get("iss") == "https://gate.test", fields)
        check("it says who calls", (claims.get("sub"), claims.get("scope"), claims.get("aud")) == ("partner", "orders:read", "inner"), claims)
        check("the client's key does not get there", "x-api-key" not in fields and "forged" not in json.dumps(fields), fields)
        keys = published(gate)
        check("one key is published, without its private half", len(json.loads(keys)["keys"]) == 1 and '"d"' not in keys, keys)
        mode = pathlib.Path(gate.folder, "internal.json").stat().st_mode & 0o777
        check("the private half is its owner's alone", mode == 0o600, oct(mode))

        gate.configure({"outer": OUTER, "inner": INNER.format(keys=f"http://127.0.0.1:{gate.admin}/.well-known/jwks.json")})
        said = gate.reload()
        check("another API is told where the keys are", "reloaded" in said, said)
        check("and takes the token", gate.status("inner", token) == 200)
        check("but not an altered one", gate.status("inner", token[:-8] + "AAAAAAAA") == 401)
        check("and nobody without", gate.status("inner") == 401)
        gate.configure({"outer": OUTER})
        gate.stop()
        gate.start()
        check("a restart changes no key", json.loads(published(gate)) == json.loads(keys))
    return check.end()


sys.exit(main())
