#!/usr/bin/env python3
"""The embedding example: at most 50 lines, and it judges as the gateway does."""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ["SALLYPORT_BUILD"]) / "examples/embed/embed"
CASES = {
    "good": ("GET /orders/7 HTTP/1.1\r\nHost: a\r\n\r\n", "pass /orders/7"),
    "spelled": ("GET /%6Frders/./7 HTTP/1.1\r\nHost: a\r\n\r\n", "pass /orders/7"),
    "shut": ("GET /admin/users HTTP/1.1\r\nHost: a\r\n\r\n", "403 access: rule"),
    "hidden": ("GET /x/../%61dmin/users HTTP/1.1\r\nHost: a\r\n\r\n", "403 access: rule"),
    "smuggled": ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400 "),
}

passed = failed = 0


def check(what, good, seen=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"{'ok   ' if good else 'FAIL '} {what}{'' if good else f': {seen}'}", flush=True)


with tempfile.TemporaryDirectory(prefix="sallyport-embed-") as folder:
    for name, (head, _) in CASES.items():
        pathlib.Path(folder, name).write_bytes(head.encode())
    run = subprocess.run([PROGRAM, *CASES], cwd=folder, capture_output=True, text=True, timeout=60)
lines = dict(line.split(": ", 1) for line in run.stdout.splitlines())
check("it runs", run.returncode == 0, run.stderr)
for name, (_, verdict) in CASES.items():
    check(f"{name}: {verdict}", lines.get(name, "").startswith(verdict), lines.get(name))
length = len((HERE / "main.cpp").read_text().splitlines())
check("it is short", length <= 50, length)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
