#!/usr/bin/env python3
"""A hundred reloads under load: no call fails; a bad configuration changes nothing."""
import json
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check, running_gate  # noqa: E402


def reload_under_load(gate):
    path = pathlib.Path(gate.folder, "sallyport.yaml")
    good = path.read_text()
    stopping, failures, done = threading.Event(), [], [0]

    def load():
        connection = gate.connect()
        while not stopping.is_set():
            try:
                connection.request("GET", "/orders")
                answer = connection.getresponse()
                answer.read()
                done[0] += 1
                if answer.status not in (200, 401):
                    failures.append(answer.status)
                if answer.headers["Connection"] == "close":
                    connection = gate.connect()
            except OSError as error:
                failures.append(repr(error))
                connection = gate.connect()

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    reloads = 0
    for _ in range(100):
        reloads += subprocess.run([PROGRAM, "reload", "-c", str(path)], capture_output=True).returncode == 0
    path.write_text(good.replace("version: 1", "version: 1\nnonsense: true"))
    bad = subprocess.run([PROGRAM, "reload", "-c", str(path)], capture_output=True, text=True)
    path.write_text(good)
    stopping.set()
    for thread in threads:
        thread.join()
    print(f"{reloads} reloads, {done[0]} calls meanwhile, {len(failures)} failed")
    check("100 reloads under load, no request failed", reloads == 100 and not failures and done[0] > 100, (reloads, done, failures[:5]))
    check("a bad configuration is refused whole, with its place", bad.returncode == 2 and "nonsense" in bad.stderr, bad.stderr)
    status = subprocess.run([PROGRAM, "status", "--format", "json", "-c", str(path)], capture_output=True, text=True)
    check("status says which configuration runs", json.loads(status.stdout)["config"]["generation"] == 101, status.stdout)


with running_gate() as running:
    reload_under_load(running)
sys.exit(check.end())
