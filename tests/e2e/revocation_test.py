#!/usr/bin/env python3
"""Tokens, users, sessions and keys that are revoked: at once here, within a second on the other node, over restarts."""
import base64
import hashlib
import hmac
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check, running_gate  # noqa: E402
from redis import PASSWORD, redis, until  # noqa: E402
from shop_policy import AUTHENTICATE, policy  # noqa: E402

UNLIMITED = """defaults:
  address_limit: { mode: off }
  rate_limit: { mode: off }
"""
REMEMBERED = AUTHENTICATE.replace("      optional: true\n", "      remember: 1000\n      optional: true\n")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(gate, **claims):
    key = pathlib.Path(gate.folder, "shop/signing.key").read_text().strip().encode()
    now = int(time.time())
    body = dict({"iss": "orders-shop", "aud": "orders-shop", "sub": "u01", "tenant": "harbour", "role": "customer",
                 "scope": "orders:read orders:write profile files webhooks", "iat": now - 5, "exp": now + 3600}, **claims)
    signed = b64(b'{"alg":"HS256","typ":"JWT"}') + "." + b64(json.dumps(body).encode())
    return signed + "." + b64(hmac.new(key, signed.encode(), hashlib.sha256).digest())


def status(gate, credential):
    return gate.ask("GET", "/me", token=credential)[0].status


def revoke(gate, *words):
    run = subprocess.run([PROGRAM, "revoke", "-c", f"{gate.folder}/sallyport.yaml", *words], capture_output=True, text=True, timeout=60)
    return run.returncode, run.stdout, run.stderr


def alone():
    with running_gate(UNLIMITED, policy(REMEMBERED)) as gate:
        first, second = token(gate, jti="one", sid="s1"), token(gate, jti="two", sid="s2", sub="u02")
        check("good tokens are good", [status(gate, t) for t in (first, first, second)] == [200] * 3)
        code, said, _ = revoke(gate, "--jti", "one")
        check("a token is revoked, and how long is said", code == 0 and said.startswith("jti one is revoked until "), said)
        check("at once, though its signature is remembered", status(gate, first) == 401)
        check("and no other", status(gate, second) == 200)
        revoke(gate, "--session", "s2")
        check("a session", status(gate, second) == 401)
        again = token(gate, jti="three", sid="s3", sub="u02", iat=int(time.time()) + 3)
        revoke(gate, "--subject", "u02")
        check("a user's tokens of before", status(gate, token(gate, jti="four", sub="u02")) == 401)
        check("and not those of after", status(gate, again) == 200)
        code, said, _ = revoke(gate, "--list")
        check("the list has them", code == 0 and "3 revocations" in said and "session s2" in said, said)
        code, said, wrong = revoke(gate, "--jti", "x" * 257)
        check("too long a value is refused", code == 2 and "256 bytes" in wrong, wrong)
        check("so is nothing at all", revoke(gate)[0] == 2)
        check("and a length of time that is none", revoke(gate, "--jti", "a", "--for", "soon")[0] == 2)
        gate.process.kill()
        gate.process.wait()
        gate.start()
        check("a kill -9 and a start later they hold", [status(gate, t) for t in (first, second, again)] == [401, 401, 200])
        audit = subprocess.run([PROGRAM, "status", "--audit", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True)
        check("who did it is in the audit log", audit.returncode == 0 and "intact" in audit.stdout, audit.stdout)


def together(folder):
    with redis(folder) as server:
        pathlib.Path(folder, "password").write_text(PASSWORD + "\n")
        pathlib.Path(folder, "password").chmod(0o600)
        shared = UNLIMITED + f"shared: {{ redis: {{ servers: 127.0.0.1:{server.port}, password: {{ file: {folder}/password }} }} }}\n"
        with running_gate(shared, policy(REMEMBERED)) as one, running_gate(shared, policy(REMEMBERED)) as two:
            slowest = 0.0
            for i in range(10):
                theirs = token(two, jti=f"t{i}")
                check("a token is good on the other node", status(two, theirs) == 200) if i == 0 else status(two, theirs)
                revoke(one, "--jti", f"t{i}")
                slowest = max(slowest, until(lambda t=theirs: status(two, t) == 401, 5) or 99.0)
            check("each of ten is refused there within a second", slowest < 1.0, slowest)
            print(f"      slowest of ten: {slowest * 1000:.0f} ms", flush=True)
            server.kill()
            until(lambda: "away" in revoke(one, "--list", "--format", "json")[1])
            code, _, warned = revoke(one, "--jti", "late")
            check("without the store it is said that others do not hear", code == 0 and "WARNING" in warned, warned)
            check("it holds here at once", status(one, token(one, jti="late")) == 401)
            check("and what is known holds there", status(two, token(two, jti="t0")) == 401)
            server.start()  # empty: it keeps nothing
            late = token(two, jti="late")
            check("when the store is back the other hears", until(lambda: status(two, late) == 401, 10) is not None)
            server.kill()
            two.process.terminate()
            two.process.wait(40)
            two.start()
            check("what was heard holds over a restart, without the store", status(two, late) == 401)


alone()
with tempfile.TemporaryDirectory(prefix="sallyport-redis-") as scratch:
    together(scratch)
sys.exit(check.end())
