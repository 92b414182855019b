#!/usr/bin/env python3
"""kill -9 in the middle of the traffic: the log has every call that a client saw answered."""
import http.client
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import check, running_gate  # noqa: E402


def killed(gate):
    """kill -9 while logging: whatever a client saw answered is in the log afterwards."""
    seen = set()
    for _ in range(20):
        stopping = threading.Event()

        def load():
            connection = gate.connect()
            while not stopping.is_set():
                try:
                    connection.request("GET", "/orders")
                    answer = connection.getresponse()
                    answer.read()
                    seen.add(answer.headers["X-Request-ID"])
                except (OSError, http.client.HTTPException):
                    return

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.15)
        gate.process.kill()
        gate.process.wait()
        stopping.set()
        for thread in threads:
            thread.join()
        gate.start()
    ids = [event["id"] for event in gate.events()]
    print(f"{len(seen)} calls answered over 20 kills, {len(seen - set(ids))} of them not in the log")
    check("kill -9 twenty times: nothing that was answered is lost", len(seen) > 100 and seen <= set(ids), (len(seen), len(seen - set(ids))))
    check("and nothing is in the log twice", len(ids) == len(set(ids)), len(ids) - len(set(ids)))


with running_gate() as running:
    killed(running)
sys.exit(check.end())
