#!/usr/bin/env python3
"""Several targets behind an API: who is asked, what happens when one does not answer, and when all do not."""
import concurrent.futures
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from faulty_origin import FaultyOrigin  # noqa: E402
from gate import check  # noqa: E402
from http2_origin import H2Origin  # noqa: E402
from upstream_gate import upstream_gate  # noqa: E402


def listed(*origins, **more):
    rest = "".join(f", {key}: {value}" for key, value in more.items())
    return "{ targets: [" + ", ".join(origin if isinstance(origin, str) else origin.url for origin in origins) + "]" + rest + " }"


def weighted(origin, weight, zone="z"):
    return f"{{ url: {origin.url}, weight: {weight}, zone: {zone} }}"


def shares(gate, a, b):
    found = gate.names("turns", 40)
    check("round robin keeps to the weights", abs(found.get("a", 0) - 30) <= 2 and found.get("b", 0) + found["a"] == 40, found)
    found = gate.names("least", 60)
    check("least requests asks both", min(found.get("a", 0), found.get("b", 0)) > 10, found)
    for by, headers in (("header", lambda i: {"X-Tenant": f"t{i}"}), ("cookie", lambda i: {"Cookie": f"x=1; sid=s{i}"})):
        sticky = [gate.names(f"by-{by}", 4, headers=headers(i)) for i in range(12)]
        check(f"hash by {by}: the same caller comes to the same target", all(len(found) == 1 for found in sticky), sticky)
        check(f"hash by {by}: different callers do not", len({name for found in sticky for name in found}) == 2, sticky)
    check("hash by client: one address, one target", len(gate.names("by-client", 10)) == 1)
    check("the gateway's zone is preferred", gate.names("zones", 20) == {"b": 20})


def busy_ones_are_spared(gate, slow, quick):
    """A call hangs at one target: the calls of meanwhile go to the other."""
    slow.mode = "hold"
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        hanging = [pool.submit(gate.ask, "spared") for _ in range(6)]
        gate.wait(lambda: slow.now >= 1)
        time.sleep(0.2)
        found = gate.names("spared", 40, timeout=5)
        check("a busy target gets few of the calls", found.get("b", 0) >= 30, found)
        slow.released.set()
        check("and every call that waited is answered", all(call.result()[0] == 200 for call in hanging))
    slow.mode = "good"


def a_target_dies(gate, a, b):
    a.stop()
    found = gate.names("pair", 40)
    check("a dead target costs no call", found == {"b": 40}, found)
    check("nor one with a body", gate.ask("pair", "POST", body="x" * 1000)[:2] == (200, "b"))
    check("nor one whose body is streamed", gate.ask("pair", "POST", body="x" * 300_000)[:2] == (200, "b"))
    seen = gate.target("pair", a)
    check("its breaker is open, and status says so", seen["state"] in ("open", "trying") and seen["failures"] >= 3 and seen["openings"] >= 1, seen)
    a.start()
    check("it comes back by itself", gate.wait(lambda: gate.ask("pair")[1] == "a"), gate.target("pair", a))
    check("the breaker closes", gate.wait(lambda: gate.target("pair", a)["state"] == "up"))


def a_target_breaks_off(gate, a, b):
    a.mode = "reset"
    gets = gate.names("eager", 12)
    check("what is idempotent is asked of the other", gets == {"b": 12}, gets)
    a.requests.clear()
    posts = [gate.ask("frail", "POST", body="x")[0] for _ in range(8)]
    check("a POST that was sent is never sent again", posts.count(502) == len(a.requests) > 0 and posts.count(200) + posts.count(502) == 8, (posts, len(a.requests)))
    a.mode = "good"


def the_budget_of_retries(gate, a, b):
    """Ten at first, and one of ten calls more."""
    a.mode = b.mode = "reset"
    before = len(a.requests) + len(b.requests)
    asked = 60
    found = gate.names("budget", asked)
    sent = len(a.requests) + len(b.requests) - before
    check("an upstream in trouble is not asked twice as much", found == {502: asked} and asked + 10 <= sent <= asked + 16, (found, sent))
    a.mode = b.mode = "good"


def nobody_is_left(gate, c):
    c.stop()
    found = gate.names("alone", 6)
    status, body, answer = gate.ask("alone")
    check("with none left: 503 and when to come back", status == 503 and 1 <= int(answer.getheader("Retry-After") or 0) <= 60, (status, body, found))
    check("as problem details that say nothing of the inside", answer and answer.getheader("Content-Type") == "application/problem+json" and c.address not in body, body)
    c.start()
    check("and it comes back", gate.wait(lambda: gate.ask("alone")[0] == 200))


def checks_of_health(gate, a, b):
    check("checks go to each target", gate.wait(lambda: all(any("/healthz?deep=1" in head for head in one.requests) for one in (a, b))))
    check("under their own name", any("User-Agent: sallyport-health" in head for head in a.requests), a.requests[-1:])
    a.mode = "unavailable"
    check("one that fails them is down", gate.wait(lambda: gate.target("checked", a)["state"] == "down"))
    check("and gets no calls", gate.names("checked", 20) == {"b": 20})
    b.mode = "silent"
    check("one that does not answer them as well", gate.wait(lambda: gate.target("checked", b)["state"] == "down"))
    check("with none left: 503", gate.ask("checked")[0] == 503)
    a.mode = b.mode = "good"
    check("both come back", gate.wait(lambda: set(gate.names("checked", 20)) == {"a", "b"}))


def limits(gate, held):
    """Two calls at a time; one more waits, further ones are turned away."""
    held.mode = "hold"
    held.released.clear()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(gate.ask, "narrow") for _ in range(2)]
        check("two are at the target", gate.wait(lambda: held.now == 2))
        late = pool.submit(gate.ask, "narrow")
        time.sleep(0.3)
        turned_away = gate.ask("narrow")
        check("beyond the line: 503 at once", turned_away[0] == 503 and turned_away[2].getheader("Retry-After") == "1", turned_away[:2])
        held.released.set()
        results = [call.result()[0] for call in (*calls, late)]
    check("who waited was served", results == [200] * 3, results)
    check("never more than two at a time", held.most == 2, held.most)
    held.released.clear()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(gate.ask, "narrow") for _ in range(2)]
        gate.wait(lambda: held.now == 2)
        began = time.monotonic()
        status = gate.ask("narrow")[0]
        took = time.monotonic() - began
        check("who waits too long gets 503", status == 503 and 0.7 < took < 5, (status, took))
        held.released.set()
        check("and nobody else does", [call.result()[0] for call in calls] == [200, 200])


def canary(gate, main, new):
    found = gate.names("new", 200)
    check("a share of the calls goes to the canary", 8 <= found.get("n", 0) <= 45 and found["n"] + found["m"] == 200, found)
    check("calls with its header all do", gate.names("new", 10, headers={"X-Canary": "yes"}) == {"n": 10})
    check("another value does not", gate.names("new", 10, headers={"X-Canary": "no"}).get("m", 0) >= 5)
    new.stop()
    found = gate.names("new", 20, headers={"X-Canary": "yes"})
    check("a canary that died stops to get calls", gate.names("new", 20, headers={"X-Canary": "yes"}) == {"m": 20}, found)
    new.start()


def mirror(gate, main, shadow):
    check("the answer is that of the API", gate.ask("mirrored", "POST", "/a?b=c", body="copy me", headers={"X-Mark": "1"})[:2] == (200, "m"))
    check("the shadow gets the same", gate.wait(lambda: shadow.bodies == [b"copy me"]) and "POST /a?b=c" in shadow.requests[0] and "X-Mark: 1" in shadow.requests[0], shadow.requests)
    slow = socket.create_connection(("127.0.0.1", gate.port), timeout=10)
    slow.sendall(b"POST /slow HTTP/1.1\r\nHost: mirrored\r\nContent-Length: 6\r\n\r\nin")
    time.sleep(0.2)
    slow.sendall(b" two")
    check("also when its body comes in pieces", slow.recv(9) == b"HTTP/1.1 " and gate.wait(lambda: b"in two" in shadow.bodies), shadow.bodies)
    slow.close()
    gate.ask("mirrored", "POST", body="x" * 2000)
    shadow.mode = "silent"
    began = time.monotonic()
    found = gate.names("mirrored", 150)
    took = time.monotonic() - began
    check("a shadow that hangs slows no call", found == {"m": 150} and took < 20, (found, took))
    check("and is not sent more than may be under way", shadow.most <= 128 and gate.wait(lambda: gate.status()["not_mirrored"] > 0), shadow.most)
    check("a body beyond its limit is not copied", not any(len(body) == 2000 for body in shadow.bodies))


def reload_keeps(gate, a, b, upstreams):
    a.stop()
    gate.names("pair", 30)
    opened = gate.target("pair", a)
    done, said = gate.reload({**upstreams, "pair": listed(a, b, breaker="{ open: 60s, failures: 3 }", balance="round_robin", timeout="9s")})
    after = gate.target("pair", a)
    check("a reload keeps what is known of a target", done and opened["state"] == after["state"] == "open" and after["failures"] >= opened["failures"], (said, opened, after))
    done, said = gate.reload({**upstreams, "pair": listed(b, timeout="9s")})
    check("a target that is taken out is gone", done and set(gate.status()["upstreams"]["pair"]) == {b.address}, said)
    a.start()


def by_http2():
    """gRPC's own health checks, and calls that one connection of many refuses."""
    one, two = H2Origin(), H2Origin()
    origins = f"{{ targets: [http://127.0.0.1:{one.port}, http://127.0.0.1:{two.port}], protocol: h2, balance: round_robin"
    quick = "health: {{ path: {}, interval: 100ms, timeout: 1s, healthy: 1, unhealthy: 1 }}"
    apis = {"grpc": f"{origins}, {quick.format('/grpc.health.v1.Health/Check')} }}", "plain": f"{origins}, {quick.format('/length/1')} }}"}
    with upstream_gate(apis) as gate:
        def state(api, origin):
            return gate.status()["upstreams"][api][f"127.0.0.1:{origin.port}"]["state"]

        check("targets of HTTP/2 are checked", gate.wait(lambda: {"/length/1", "/grpc.health.v1.Health/Check"} <= {request["path"] for request in two.requests}))
        asked = next(request for request in two.requests if request["path"].startswith("/grpc"))
        fields = dict(asked["fields"])
        check("by gRPC's protocol", (fields[":method"], fields["content-type"], fields["te"], asked["body"]) == ("POST", "application/grpc", "trailers", bytes(5)), asked)
        time.sleep(0.3)
        check("one that is SERVING is up", state("grpc", one) == state("grpc", two) == "up")
        for words, health in (("NOT_SERVING", (b"\x08\x02", [("grpc-status", "0")])), ("SERVING in an error", (b"\x08\x01", [("grpc-status", "5")])),
                              ("an empty answer", (b"", [("grpc-status", "0")])), ("an answer without trailers", (b"\x08\x01", [])),
                              ("more than an answer", (b"\x08\x01" * 20, [("grpc-status", "0")]))):
            one.health = health
            check(f"one that gives {words} is down", gate.wait(lambda: state("grpc", one) == "down"))
            one.health = two.health
            check("and up again", gate.wait(lambda: state("grpc", one) == "up"))
        check("what a target refuses is asked again, also a POST", [gate.ask("plain", "POST", f"/refuse/{i}", body="x")[0] for i in range(6)] == [200] * 6)
        one.stop()
        found = [gate.ask("plain", path="/length/5")[0] for _ in range(20)]
        check("a dead target of HTTP/2 costs no call", found == [200] * 20, found)
        check("and is down", gate.wait(lambda: state("plain", one) == "down"))


def what_makes_no_sense(gate, a, upstreams):
    """Refused as a whole, with a hint; the old configuration serves on."""
    for more, said in (({"hash_by": "'body:x'"}, "hash_by"), ({"health": "healthz"}, "begins with"), ({"health": "{ path: /, expect: 42 }"}, "expect"),
                       ({"canary": f"{{ targets: {a.url} }}"}, "nobody would come"), ({"canary": f"{{ targets: {a.url}, header: 'a b: c' }}"}, "header"),
                       ({"balance": "random"}, "round_robin"), ({"breaker": "{ share: 101 }"}, "from 0 to 100"), ({"limits": "{ cals: 1 }"}, "calls")):
        done, text = gate.reload({**upstreams, "least": listed(a, **more)})
        check(f"{more} is refused", not done and said in text and "nothing was changed" in text, text)
    check("and calls go on", gate.ask("least")[0] == 200)


def main():
    a, b, c = FaultyOrigin("a"), FaultyOrigin("b"), FaultyOrigin("c")
    held, m, n, shadow = FaultyOrigin("h"), FaultyOrigin("m"), FaultyOrigin("n"), FaultyOrigin("s")
    x, y, p, q = (FaultyOrigin(name) for name in "abpq")
    quick = "{ failures: 3, open: 500ms, longest: 500ms }"
    upstreams = {
        "turns": listed(weighted(a, 3), weighted(b, 1), balance="round_robin"),
        "least": listed(a, b),
        "by-header": listed(a, b, balance="hash", hash_by="'header:X-Tenant'"),
        "by-cookie": listed(a, b, balance="hash", hash_by="'cookie:sid'"),
        "by-client": listed(a, b, balance="hash"),
        "zones": listed(weighted(a, 1, "far"), weighted(b, 1, "near"), zone="near"),
        "spared": listed(a, b),
        "pair": listed(a, b, breaker=quick, balance="round_robin"),
        "eager": listed(a, b, breaker="{ failures: 0 }", balance="round_robin"),
        "frail": listed(a, b, breaker="{ failures: 0 }", balance="round_robin"),
        "budget": listed(p, q, breaker="{ failures: 0 }", retry="{ attempts: 1, budget: 10 }"),
        "alone": listed(c, breaker="{ failures: 3, open: 1s, longest: 1s, share: 100 }"),
        "checked": listed(x, y, health="{ path: '/healthz?deep=1', interval: 100ms, timeout: 300ms, unhealthy: 2, healthy: 2 }"),
        "narrow": listed(held, limits="{ calls: 2, waiting: 1, wait: 1s }"),
        "new": listed(m, canary=f"{{ targets: {n.url}, share: 10, header: 'X-Canary: yes' }}", breaker="{ failures: 3, share: 100 }"),
        "mirrored": listed(m, mirror=f"{{ target: {shadow.url}, body: 1KiB }}"),
    }
    with upstream_gate(upstreams) as gate:
        shares(gate, a, b)
        busy_ones_are_spared(gate, a, b)
        a_target_dies(gate, a, b)
        a_target_breaks_off(gate, a, b)
        the_budget_of_retries(gate, p, q)
        nobody_is_left(gate, c)
        checks_of_health(gate, x, y)
        canary(gate, m, n)
        mirror(gate, m, shadow)
        answered = [event["upstream"] for event in gate.events() if event.get("api") == "pair" and event.get("status") == 200]
        check("events name the target that answered", set(answered) == {a.address, b.address}, set(answered))
        reload_keeps(gate, a, b, upstreams)
        what_makes_no_sense(gate, a, upstreams)
    with upstream_gate({"narrow": upstreams["narrow"]}, workers=1) as gate:
        limits(gate, held)
    by_http2()


main()
sys.exit(check.end())
