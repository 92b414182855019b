#!/usr/bin/env python3
"""API keys as their owner works with them: made, used, rotated, revoked while the gateway runs, and seen nowhere."""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import stat
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check  # noqa: E402
from plain_gate import plain_gate  # noqa: E402

SECRET = "a shared secret of thirty-two letters"
KEYS = "authenticate: { api_keys: { file: api-keys.json } }\n"
BOTH = """\
authenticate:
  needs: token_and_key
  api_keys: { file: api-keys.json }
  issuers: [{ issuer: me, audiences: shop, algorithms: HS256, secret: { file: secret } }]
"""


def keys(gate, verb, *arguments):
    run = subprocess.run([PROGRAM, "keys", verb, "-f", f"{gate.folder}/api-keys.json", *arguments], capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout, run.stderr


def create(gate, *arguments):
    return keys(gate, "create", "--name", "partner", *arguments)[1].strip()


def token(**claims):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    claims = {"iss": "me", "aud": "shop", "exp": int(time.time()) + 600, **claims}
    signed = part(b'{"alg":"HS256"}') + "." + part(json.dumps(claims).encode())
    return signed + "." + part(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest())


def status(gate, api, key=None, **more):
    return gate.status(api, headers={"X-API-Key": key} if key else {}, **more)


def made_and_used(gate):
    code, out, err = keys(gate, "create", "--name", "partner", "--api", "length", "--scope", "orders:read")
    key = out.strip()
    check("create prints a key and nothing else", code == 0 and re.fullmatch(r"slp_\w{8}_\w{38}\n", out), out)
    check("and says that it is shown this once", "this once" in err and key not in err, err)
    mode = stat.S_IMODE(pathlib.Path(gate.folder, "api-keys.json").stat().st_mode)
    check("the file is its owner's alone", mode == 0o600, oct(mode))
    gate.start()
    check("with the key a call passes", status(gate, "length", key) == 200)
    check("without, it is refused", status(gate, "length") == 401)
    check("a mistyped key is refused", status(gate, "length", key[:-1] + ("a" if key[-1] != "a" else "b")) == 401)
    check("for another API it is refused", status(gate, "chunked", key, token=token()) == 401)
    code, out, _ = keys(gate, "list")
    check("list tells what it is for", code == 0 and all(word in out for word in (key[4:12], "partner", "length", "orders:read", "good")), out)
    check("and not the key", key not in out and key[13:] not in out)
    return key


def rotated_and_revoked(gate, key):
    code, out, _ = keys(gate, "rotate", key[4:12], "--overlap", "1h")
    fresh = out.strip()
    until = time.monotonic() + 5
    while status(gate, "length", fresh) != 200 and time.monotonic() < until:
        pass
    check("rotate makes a key that the running gateway takes", code == 0 and status(gate, "length", fresh) == 200, out)
    check("and the old one is good for the overlap", status(gate, "length", key) == 200)
    code, _, _ = keys(gate, "revoke", key[4:12])
    revoked = time.monotonic()
    while status(gate, "length", key) == 200 and time.monotonic() < revoked + 10:
        pass
    took = time.monotonic() - revoked
    check("a revoked key is refused soon, without a reload", code == 0 and status(gate, "length", key) == 401, took)
    check("the new one is good still", status(gate, "length", fresh) == 200)
    check("what is revoked is not rotated", keys(gate, "rotate", key[4:12])[0] == 2)
    check("an id that there is not is said", "no key" in keys(gate, "revoke", "nobody")[2])
    return fresh


def both_layers(gate):
    anyones = create(gate, "--api", "chunked")
    adas = create(gate, "--api", "chunked", "--subject", "ada")
    until = time.monotonic() + 5
    while status(gate, "chunked", adas, token=token(sub="ada")) != 200 and time.monotonic() < until:
        pass
    check("key and token together pass", status(gate, "chunked", anyones, token=token(sub="bob")) == 200)
    check("the key alone does not", status(gate, "chunked", anyones) == 401)
    check("nor the token alone", gate.status("chunked", token(sub="bob")) == 401)
    check("a key of one user passes with that user's token", status(gate, "chunked", adas, token=token(sub="ada")) == 200)
    check("and with no other's", status(gate, "chunked", adas, token=token(sub="bob")) == 401)
    return [anyones, adas]


def seen_nowhere(gate, all_keys):
    events = gate.events()
    actor = next((event for event in events if event.get("status") == 200), {})
    check("events name the key by its id", any(key[4:12] in json.dumps(events) for key in all_keys), actor)
    said = gate.stop()
    found = [str(path) for path in pathlib.Path(gate.folder).rglob("*") if path.is_file()
             and any(key[13:].encode() in path.read_bytes() for key in all_keys)]
    check("no file has a key in it, and nothing was said of one", not found and not any(key[13:] in said for key in all_keys), found)


def main():
    with plain_gate({"length": KEYS, "chunked": BOTH}) as gate:
        secret = pathlib.Path(gate.folder, "secret")
        secret.touch(0o600)
        secret.write_text(SECRET)
        first = made_and_used(gate)
        second = rotated_and_revoked(gate, first)
        seen_nowhere(gate, [first, second, *both_layers(gate)])
    return check.end()


sys.exit(main())
