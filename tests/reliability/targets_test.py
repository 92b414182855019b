#!/usr/bin/env python3
"""Targets die, err, stall and come back one after the other under load, and configurations are swapped: good calls go on."""
import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from faulty_origin import FaultyOrigin  # noqa: E402
from gate import check  # noqa: E402
from upstream_gate import upstream_gate  # noqa: E402

CLIENTS = 6


def configuration(origins, connect):
    targets = ", ".join(origin.url for origin in origins)
    return {"api": f"{{ targets: [{targets}], connect_timeout: {connect}, timeout: 5s, breaker: {{ open: 300ms, longest: 300ms }},"
                   " health: { path: /healthz, interval: 200ms, timeout: 1s, healthy: 1, unhealthy: 2 } }"}


def main():
    origins = [FaultyOrigin(name) for name in "abc"]
    answers, failures, stop = {}, [], threading.Event()
    lock = threading.Lock()
    with upstream_gate(configuration(origins, "2s")) as gate:
        def client():
            while not stop.is_set():
                status, body, _ = gate.ask("api")
                with lock:
                    answers[body] = answers.get(body, 0) + 1
                    if status != 200:
                        failures.append((status, body))

        clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for one in clients:
            one.start()
        for turn in range(2):
            for origin in origins:
                origin.stop()
                check(f"{origin.name} is gone, and the node knows", gate.wait(lambda one=origin: gate.target("api", one)["state"] != "up"))
                check("a configuration is swapped meanwhile", gate.reload(configuration(origins, f"{3 + turn}s"))[0])
                origin.start()
                check("it is back, and the node knows", gate.wait(lambda one=origin: gate.target("api", one)["state"] == "up"))
            for origin in origins:
                before = len(origin.requests)
                origin.mode = "reset"
                gate.wait(lambda one=origin, seen=before: len(one.requests) > seen + 4)
                origin.mode = "good"
                gate.wait(lambda one=origin: gate.target("api", one)["state"] == "up")
        stop.set()
        for one in clients:
            one.join()
        check("no call failed", not failures, failures[:5])
        check("each target answered", set(answers) == {"a", "b", "c"}, answers)
        check("nothing is under way any more", gate.wait(lambda: sum(gate.target("api", one)["calls_now"] for one in origins) == 0))
        print(f"{sum(answers.values())} calls meanwhile, {len(failures)} failed: {answers}")


main()
sys.exit(check.end())
