#!/usr/bin/env python3
"""Runs the corpora of ../shared (or $SALLYPORT_SHARED) against the product, when they are there."""
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = pathlib.Path(os.environ.get("SALLYPORT_SHARED", ROOT.parent / "shared"))
RUNS = [("plain", [], "http1-run", ["--strict", "--origin-mode", mode]) for mode in ("strict", "te", "cl")]
RUNS += [("plain", ["--tls"], "http1-run", ["--strict", "--tls"]), ("path", [], "path-run", [])]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    bin_folder = SHARED / "corpora/bin"
    if not bin_folder.is_dir():
        print("skipped: no corpora")
        return 0
    passed = failed = 0
    for kind, options, runner, arguments in RUNS:
        port, origin = free_port(), free_port()
        serve = subprocess.Popen([str(ROOT / "tests/conformance/serve"), kind, "--port", str(port), "--origin-port", str(origin), *options],
                                 stdout=subprocess.PIPE, text=True)
        try:
            while (line := serve.stdout.readline()) and line != "ready\n":
                pass
            run = subprocess.run([str(bin_folder / runner), f"127.0.0.1:{port}", "--origin-port", str(origin), *arguments],
                                 capture_output=True, text=True, timeout=600)
            print("\n".join(row for row in run.stdout.splitlines() if "FAIL" in row))
            last = run.stdout.strip().splitlines()[-1] if run.stdout.strip() else run.stderr
            counts = re.search(r"(\d+) passed, (\d+) failed", last)
            print(kind, *options, *arguments, last)
            passed += int(counts[1]) if counts else 0
            failed += int(counts[2]) if counts else 1
        finally:
            serve.terminate()
            serve.wait(10)
            time.sleep(0.1)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
