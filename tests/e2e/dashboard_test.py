#!/usr/bin/env python3
"""The admin page of a running gateway: metrics and health by plain HTTP, the rest in Chromium."""
import http.client
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("SALLYPORT", str(ROOT / "build/release/sallyport"))
SHOP = ROOT / "examples/shop"
passed = failed = 0


def check(what, good, seen=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok    " if good else "FAIL  ") + what + ("" if good else f": {seen!r}"), flush=True)


def until_ready(process):
    lines = []
    while line := process.stdout.readline():
        lines.append(line.strip())
        if line.startswith("ready"):
            return lines
    raise SystemExit("did not become ready: " + "\n".join(lines))


def get(port, path, **fields):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=fields)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def traffic(port):
    day = subprocess.run([sys.executable, str(SHOP / "simulate.py"), "--base", f"https://localhost:{port}", "--insecure", "--calls", "200",
                          "--seed", "3", "--minutes", "0"], capture_output=True, text=True, timeout=120)
    check("good traffic goes through", day.returncode == 0, day.stdout[-300:] + day.stderr[-300:])
    run = subprocess.run([sys.executable, str(SHOP / "exploit.py"), "--base", f"https://localhost:{port}", "--insecure"],
                         capture_output=True, text=True, timeout=120)
    check("attacks were played", "stopped" in run.stdout, run.stdout[-300:] + run.stderr[-300:])


def outside(admin):
    check("it lives", get(admin, "/livez") == (200, "ok\n"), get(admin, "/livez"))
    status, text = get(admin, "/readyz")
    check("it is ready", status == 200 and '"ready":true' in text, text)
    status, text = get(admin, "/metrics")
    called = sum(float(n) for n in re.findall(r"^sallyport_http_requests_total\{.*\} (\S+)$", text, re.M))
    check("metrics count the calls", status == 200 and called >= 200, called)
    named = re.sub(r'target="[^"]*"', "", text)  # the APIs' own servers
    check("no path, address or credential is a label", not re.search(r'="(/internal/debug|127\.0\.0\.1|Bearer)', named))
    check("calls are not told without login", get(admin, "/api/v1/calls")[0] in (401, 403), get(admin, "/api/v1/calls"))
    check("another site's name does not reach it (DNS rebinding)", get(admin, "/livez", Host="evil.example")[0] == 421)


def in_browser(admin, password, folder):
    modules = ROOT / "dashboard/node_modules"
    if not shutil.which("node") or not shutil.which("chromium") or not (modules / "playwright-core").is_dir():
        print("skipped: the browser walk needs node, chromium and dashboard/node_modules (npm --prefix dashboard install)")
        return
    secret = pathlib.Path(folder, "password")
    secret.touch(0o600)
    secret.write_text(password)
    shots = ROOT / "build/test-logs/dashboard"
    walk = subprocess.run(["node", "e2e/overview.mjs", "--base", f"http://127.0.0.1:{admin}", "--password-file", str(secret), "--shots", str(shots)],
                          cwd=ROOT / "dashboard", capture_output=True, text=True, timeout=240)
    lines = walk.stdout.splitlines()
    for line in lines:
        if line.startswith(("ok ", "FAIL ")):
            check("browser: " + line[6:], line.startswith("ok "), walk.stdout[-500:])
    check("the walk came to its end", walk.returncode == 0 and lines, walk.stdout[-500:] + walk.stderr[-500:])


def main():
    with tempfile.TemporaryDirectory() as folder:
        sample = subprocess.Popen([sys.executable, str(SHOP / "server.py"), "--port", "0", "--quiet", "--data", f"{folder}/shop"],
                                  stdout=subprocess.PIPE, text=True)
        gateway = None
        try:
            origin = until_ready(sample)[-1].split()[1]
            subprocess.run([PROGRAM, "init", "--spec", str(SHOP / "openapi.yaml"), "--upstream", origin, "--name", "shop", "--listen", "127.0.0.1:0",
                            "--admin", "127.0.0.1:0", "-o", f"{folder}/sallyport.yaml"], check=True, capture_output=True)
            with open(f"{folder}/sallyport.yaml", "a") as config:
                # A day in seconds, from one address: limits have a test of their own.
                config.write("defaults:\n  address_limit: { mode: off }\n  protect_logins: { mode: off }\n  rate_limit: { mode: off }\n")
            gateway = subprocess.Popen([PROGRAM, "run", "-c", f"{folder}/sallyport.yaml"], stdout=subprocess.PIPE, text=True)
            said = "\n".join(until_ready(gateway))
            port = int(re.search(r"listening on \S*:(\d+)", said)[1])
            admin = int(re.search(r"admin page on http://\S*:(\d+)/", said)[1])
            password = re.search(r"admin password: (\S+)", said)[1]
            kept = pathlib.Path(folder, "data/admin.password")
            check("only a hash of the password is kept, for its owner", password not in kept.read_text() and kept.stat().st_mode & 0o077 == 0)
            traffic(port)
            outside(admin)
            in_browser(admin, password, folder)
            gateway.send_signal(signal.SIGTERM)
            check("it stops in order", gateway.wait(40) == 0)
        finally:
            for process in (gateway, sample):
                if process:
                    process.kill()
                    process.wait()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
