#!/usr/bin/env python3
"""Runs the corpora of ../shared (or $SALLYPORT_SHARED) against the product, when they are there."""
import gzip
import http.server
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = pathlib.Path(os.environ.get("SALLYPORT_SHARED", ROOT.parent / "shared"))
RUNS = [("plain", [], "http1-run", ["--strict", "--origin-mode", mode]) for mode in ("strict", "te", "cl")]
RUNS += [("plain", ["--tls"], "http1-run", ["--strict", "--tls"]), ("path", [], "path-run", [])]
RUNS += [("jwt", ["--keys", str(SHARED / "corpora/jwt-keys")], "jwt-attacks", ["--strict"])]


# The least that the firewall must reach at its defaults: attacks stopped, good requests passed, in percent.
WAF_SETS = [("gotestwaf-visible", ["--min-tpr", "95", "--min-tnr", "97"]), ("benign-visible", ["--min-tnr", "97"])]


# Runners that start a part of the program by themselves: `sallyport debug PART`.
PARTS = [("json-run", [], "json"), ("json-schema-run", ["--format"], "json-schema")]


def run_part(runner, arguments, part):
    program = os.environ.get("SALLYPORT", str(ROOT / "build/release/sallyport"))
    run = subprocess.run([str(SHARED / "corpora/bin" / runner), *arguments, "--", program, "debug", part],
                         capture_output=True, text=True, timeout=600)
    last = run.stdout.strip().splitlines()[-1] if run.stdout.strip() else run.stderr
    counts = re.search(r"(\d+) passed, (\d+) failed", last)
    print(runner, *arguments, last)
    return (int(counts[1]), int(counts[2])) if counts else (0, 1)


# What is no description, or leads out of its folder: refused, and rightly so.
REFUSED = ("no OpenAPI description", "stands twice in path template", "leads out of the directory")


def openapi():
    """Every description loads in seconds, with its examples tried; large ones come packed."""
    program = os.environ.get("SALLYPORT", str(ROOT / "build/release/sallyport"))
    with tempfile.TemporaryDirectory() as folder:
        for path in (SHARED / "corpora/openapi").rglob("*"):
            target = pathlib.Path(folder, path.relative_to(SHARED / "corpora/openapi"))
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".gz":
                target.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
            elif path.is_file():
                target.write_bytes(path.read_bytes())
        files = sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.suffix in (".json", ".yaml"))
        began = time.monotonic()
        run = subprocess.run([program, "debug", "openapi", *files], capture_output=True, text=True, timeout=600)
        rows = [row for row in run.stdout.splitlines() if not row.startswith("  ")]
        bad = [row for row in rows if " operation" not in row or ";" in row]
        bad = [row for row in bad if not any(reason in row for reason in REFUSED)]
        print("\n".join(bad))
        print(f"openapi: {len(rows) - len(bad)} passed, {len(bad)} failed, {time.monotonic() - began:.1f} s")
        return len(rows) - len(bad), len(bad)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def waf(bin_folder, requests, bars):
    """The firewall before a backend that answers anything with 200."""
    port, origin = free_port(), free_port()
    backend = subprocess.Popen([str(bin_folder / "waf-backend"), "--port", str(origin)], stdout=subprocess.DEVNULL)
    serve = subprocess.Popen([str(ROOT / "tests/conformance/serve"), "waf", "--port", str(port), "--origin-port", str(origin)],
                             stdout=subprocess.PIPE, text=True)
    try:
        while (line := serve.stdout.readline()) and line != "ready\n":
            pass
        run = subprocess.run([str(bin_folder / "waf-score"), f"127.0.0.1:{port}", str(requests), *bars],
                             capture_output=True, text=True, timeout=300)
        print(run.stdout + run.stderr)
        return run.returncode == 0
    finally:
        for process in (serve, backend):
            process.terminate()
            process.wait(10)


class Answers(http.server.BaseHTTPRequestHandler):
    """An API that is content with everything, for runners that bring none."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def command(program, port, origin, arguments):
    if program.name == "jwt-attacks":
        server = http.server.ThreadingHTTPServer(("127.0.0.1", origin), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return [str(program), "run", f"127.0.0.1:{port}", *arguments]
    return [str(program), f"127.0.0.1:{port}", "--origin-port", str(origin), *arguments]


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
            run = subprocess.run(command(bin_folder / runner, port, origin, arguments), capture_output=True, text=True, timeout=600)
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
    for name, bars in WAF_SETS:
        good = waf(bin_folder, SHARED / f"corpora/waf/{name}.jsonl.gz", bars)
        passed, failed = passed + good, failed + (not good)
    for part in PARTS:
        good, bad = run_part(*part)
        passed += good
        failed += bad
    good, bad = openapi()
    passed += good
    failed += bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
