#!/usr/bin/env python3
"""Tokens of a real OpenID provider: keys by discovery and by URL, rotated under load, provider down; tokens
that are bound to a key, and such that say nothing themselves."""
import base64
import json
import pathlib
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import check  # noqa: E402
from plain_gate import plain_gate  # noqa: E402
from provider import running_provider  # noqa: E402

ISSUER = """\
authenticate:
  issuers:
    - issuer: {issuer}
      audiences: [https://api.test/rs256, https://api.test/es256, https://api.test/eddsa]
      algorithms: [RS256, ES256, EdDSA]
      profile: at_jwt
      ca: certs/c.pem
      {keys}
"""
INTROSPECTION = """\
authenticate:
  introspection:
    url: {issuer}/token/introspection
    client: gateway
    secret: {{ file: gateway.secret }}
    issuer: {issuer}
    audiences: https://api.test/opaque
    ca: certs/c.pem
    keep: 1s
"""
ALGORITHMS = ("rs256", "es256", "eddsa")


def policies(issuer):
    """The paths of the origin's kinds are the APIs' names."""
    by_discovery = ISSUER.format(issuer=issuer, keys="discovery: true\n      refresh_rest: 1s")
    by_url = ISSUER.format(issuer=issuer, keys=f"jwks_url: {issuer}/jwks")
    return {"length": by_discovery, "chunked": by_url, "close": INTROSPECTION.format(issuer=issuer)}


def by_unknown_key(token):
    head, rest = token.split(".", 1)
    fields = json.loads(base64.urlsafe_b64decode(head + "=="))
    fields["kid"] = str(uuid.uuid4())
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode() + "." + rest


class Load:
    """Threads that call as fast as they can, each time with the newest token; `end` gives the statuses."""

    def __init__(self, gate, token):
        self.gate, self.token = gate, token
        self.statuses, self.done = [], threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def run(self):
        connection = self.gate.connect()
        while not self.done.is_set():
            connection.request("GET", "/length/5", headers={"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            answer.read()
            self.statuses.append(answer.status)
            if answer.status != 200:
                connection.close()
        connection.close()

    def reach(self, count, seconds):
        """So many calls more, and that time over."""
        count, until = len(self.statuses) + count, time.monotonic() + seconds
        while (len(self.statuses) < count or time.monotonic() < until) and any(t.is_alive() for t in self.threads):
            self.threads[0].join(0.02)

    def end(self):
        self.done.set()
        for thread in self.threads:
            thread.join()
        return self.statuses


def good_tokens(gate, provider):
    for name in ALGORITHMS:
        token = provider.token(name)
        check(f"{name}: a token passes, by discovery and by URL", [gate.status("length", token), gate.status("chunked", token)] == [200, 200])
        check(f"{name}: altered, it does not", gate.status("length", token[:-8] + "AAAAAAAA") == 401)
    check("without a token nobody passes", gate.status("length") == 401)
    before = provider.tell("counts")
    said = gate.reload()
    check("a reload keeps keys that were fetched", "reloaded" in said and provider.tell("counts") == before, (said, before))
    check("and they still verify", gate.status("length", provider.token("es256")) == 200)


def unknown_keys(gate, provider):
    token = provider.token("es256")
    before = provider.tell("counts")["jwks"]
    statuses = {gate.status("chunked", by_unknown_key(token)) for _ in range(200)}
    asked = provider.tell("counts")["jwks"] - before
    check("two hundred unknown keys are refused", statuses == {401}, statuses)
    check("and the provider was asked once", asked == 1, asked)
    check("a good token passes as before", gate.status("chunked", token) == 200)


def introspection(gate, provider):
    token = provider.token("opaque")
    before = provider.tell("counts")["introspection"]
    statuses = [gate.status("close", token) for _ in range(5)]
    asked = provider.tell("counts")["introspection"] - before
    check("a token that says nothing itself passes when the provider knows it", set(statuses) == {200}, statuses)
    check("and is asked about once in a while", 1 <= asked <= 3, asked)
    check("one that it does not know is refused", gate.status("close", token[:-3] + "abc") == 401)
    check("one for another audience is refused", (status := gate.status("close", provider.token("opaque2"))) == 401, status)
    provider.post("/token/revocation", {"token": token})
    until = time.monotonic() + 10
    while (status := gate.status("close", token)) != 401 and time.monotonic() < until:
        pass
    check("one that is revoked is refused soon", status == 401, status)
    provider.tell("down")
    check("with the provider down nothing passes unchecked", gate.status("close", token[:-3] + "xyz") == 503)
    provider.tell("up")


def possession(gate, provider):
    token = provider.bound_token("es256")
    url = f"https://localhost:{gate.port}/length/5"

    def status(proof, scheme="DPoP"):
        return gate.status("length", headers={"Authorization": f"{scheme} {token}", "DPoP": proof})

    once = provider.proof("GET", url, token)
    check("a token that is bound to a key passes with a proof", status(once) == 200)
    check("the same proof a second time does not", status(once) == 401)
    check("nor the token as a plain bearer", gate.status("length", token) == 401)
    check("nor with a proof for another method", status(provider.proof("POST", url, token)) == 401)
    check("or another address", status(provider.proof("GET", url + "5", token)) == 401)
    check("or another token", status(provider.proof("GET", url, token + "x")) == 401)
    check("a fresh proof passes", status(provider.proof("GET", url, token)) == 200)


def rotation(gate, provider):
    load = Load(gate, provider.token("rs256"))
    load.reach(50, 1.1)
    for turn, name in enumerate((*ALGORITHMS, "rs256")):
        provider.tell("add")
        load.token = provider.token(name)  # signed by a key that the gateway has not seen
        load.reach(100, 1.1 if turn < 3 else 0)
    statuses = load.end()
    check("keys are rotated four times under load and no good call fails", len(statuses) >= 400 and set(statuses) == {200},
          {status: statuses.count(status) for status in set(statuses)})
    old = provider.token("rs256")
    provider.tell("rotate")
    load = Load(gate, old)
    load.reach(20, 1.1)
    load.end()
    check("a token of the new keys passes", gate.status("length", provider.token("rs256")) == 200)
    check("keys that are published no more verify no more", gate.status("length", old) == 401)


def provider_down(gate, provider):
    token = provider.token("es256")
    check("a token passes before", gate.status("length", token) == 200)
    provider.tell("down")
    statuses = [gate.status("length", token) for _ in range(50)]
    check("with the provider down, known keys go on", set(statuses) == {200}, statuses)
    statuses, until = [], time.monotonic() + 1.5  # longer than the rest between two fetches
    while len(statuses) < 50 or time.monotonic() < until:
        statuses.append(gate.status("length", by_unknown_key(token)))
    check("and unknown ones are refused", set(statuses) == {401}, statuses)
    said = gate.stop()
    check("the operator heard of it once", said.count("cannot be fetched") == 1, said)
    gate.start()
    check("a gateway that starts meanwhile refuses tokens", gate.status("length", token) == 401)
    rules = {event.get("reason", {}).get("rule") for event in gate.events() if event.get("status") == 401}
    check("and its events say why", "unknown_key" in json.dumps(gate.events()[-1]), rules)
    provider.tell("up")
    until = time.monotonic() + 10
    while (status := gate.status("length", token)) != 200 and time.monotonic() < until:
        pass
    check("as soon as the provider is back they pass", status == 200, status)


def main():
    with plain_gate({}) as gate, running_provider(f"{gate.folder}/certs") as provider:
        secret = pathlib.Path(gate.folder, "gateway.secret")
        secret.touch(0o600)
        secret.write_text("gateway secret/+")
        gate.configure(policies(provider.issuer))
        gate.start()
        good_tokens(gate, provider)
        unknown_keys(gate, provider)
        introspection(gate, provider)
        possession(gate, provider)
        rotation(gate, provider)
        provider_down(gate, provider)
    return check.end()


sys.exit(main())
