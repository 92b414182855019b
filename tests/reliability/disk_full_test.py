#!/usr/bin/env python3
"""A full disk: calls go on as fast as before, what is not recorded is counted and said, and it ends by itself."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, Gate, check  # noqa: E402

DISK = "SALLYPORT_TEST_DISK"  # set within the namespace that has the small file system


def within_small_disk():
    """Runs this script again where it may mount 24 MiB of memory as a file system of its own."""
    how = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    disk = subprocess.run(["mktemp", "-d", "/tmp/sallyport-test-disk-XXXXXX"], capture_output=True, text=True, check=True).stdout.strip()
    mounted = f"mount -t tmpfs -o size=24m none {disk}"
    try:
        if not shutil.which("unshare") or subprocess.run([*how, "sh", "-c", mounted], capture_output=True).returncode:
            print("skipped: this machine lets nobody mount a small file system")
            return 0
        again = f'{mounted} && exec "$0" -B "$1"'
        return subprocess.run([*how, "sh", "-c", again, sys.executable, __file__], env=dict(os.environ, **{DISK: disk})).returncode
    finally:
        os.rmdir(disk)


def status(gate):
    done = subprocess.run([PROGRAM, "status", "--format", "json", "-c", f"{gate.folder}/sallyport.yaml"], capture_output=True, text=True)
    return json.loads(done.stdout)["events"]


def until(what, seconds):
    end = time.monotonic() + seconds
    while not (good := what()) and time.monotonic() < end:
        time.sleep(0.05)
    return good


def slowest_of(gate, calls):
    slowest, statuses = 0.0, set()
    connection = gate.connect()
    for _ in range(calls):
        begin = time.monotonic()
        connection.request("GET", "/orders")
        answer = connection.getresponse()
        answer.read()
        statuses.add(answer.status)
        slowest = max(slowest, time.monotonic() - begin)
        if answer.headers["Connection"] == "close":
            connection = gate.connect()
    connection.close()
    return slowest, statuses


def full_disk(folder):
    gate = Gate(folder)
    said = []
    threading.Thread(target=lambda: said.extend(gate.process.stderr), daemon=True).start()
    try:
        before, good = slowest_of(gate, 50)
        ballast = pathlib.Path(folder, "ballast")
        with open(ballast, "wb", buffering=0) as out:
            try:
                while out.write(b"x" * 4096):
                    pass
            except OSError as error:
                check("the disk is full", error.errno == 28, error)
        slowest, statuses = slowest_of(gate, 400)
        check("calls are answered as before", statuses == good, statuses)
        check("and none waits for the disk", slowest < 2, (before, slowest))
        check("status says that events are refused", until(lambda: status(gate)["degraded"], 10), status(gate))
        check("and counts what was given up", until(lambda: slowest_of(gate, 20) and status(gate)["shed"] > 0, 30), status(gate))
        check("stderr says so too", until(lambda: any("No space left" in line for line in said), 5), said[-3:])
        ballast.unlink()
        slowest_of(gate, 50)
        check("with space again it goes on by itself", until(lambda: not status(gate)["degraded"], 20), status(gate))
        last = status(gate)
        print(f"{last['written']} events written, {last['shed']} given up while the disk was full; slowest call {slowest * 1000:.0f} ms")
        written = len(gate.events())  # each line of the log is whole
        check("the log has what was counted, each line whole", written == status(gate)["written"], (written, status(gate)))
        slowest_of(gate, 50)
        gate.events()  # the writer's rest is over
        now = status(gate)
        check("and every later call is in it", (now["written"], now["shed"]) == (last["written"] + 50, last["shed"]), (last, now))
    finally:
        gate.stop()


if DISK not in os.environ:
    sys.exit(within_small_disk())
full_disk(os.environ[DISK])
sys.exit(check.end())
