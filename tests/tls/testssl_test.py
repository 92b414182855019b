#!/usr/bin/env python3
"""testssl.sh against a gateway as `sallyport init` configures it: nothing above LOW."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("SALLYPORT", str(ROOT / "build/release/sallyport"))
TOLERATED = {"OK", "INFO", "LOW"}
# Findings about the certificate that every self-signed one has: users bring their own.
OF_A_SELF_SIGNED_CERTIFICATE = {"cert_trust", "cert_chain_of_trust", "cert_revocation", "cert_crlDistributionPoints", "cert_ocspURL",
                                "cert_expirationStatus", "overall_grade", "DNS_CAArecord"}
# What the scanner itself could not do: it gives TLS 1.3 no time to send a ticket. resumption() looks at that.
OF_THE_SCANNER = {"engine_problem", "sessionresumption_ticket"}


def resumption(port, certificate, version):
    """Does a second connection go on with the session of the first?"""
    context = ssl.create_default_context(cafile=certificate)
    context.minimum_version = context.maximum_version = version
    session = None
    for again in (False, True):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname="localhost", session=session) as tls:
                tls.sendall(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                while tls.recv(4096):  # TLS 1.3 sends its tickets behind the handshake
                    pass
                session = tls.session
                if again:
                    return tls.session_reused


def main():
    scanner = shutil.which("testssl") or shutil.which("testssl.sh")
    if not scanner:
        print("skipped: testssl.sh is not installed (tools/setup)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, "init", "--spec", str(ROOT / "examples/shop/openapi.yaml"), "--upstream", "http://127.0.0.1:9", "--listen",
                        "127.0.0.1:0", "--admin", "127.0.0.1:0", "-o", f"{folder}/sallyport.yaml"], check=True, capture_output=True)
        gateway = subprocess.Popen([PROGRAM, "run", "-c", f"{folder}/sallyport.yaml"], stdout=subprocess.PIPE, text=True)
        try:
            port = None
            for line in gateway.stdout:
                if found := re.match(r"listening on \S*:(\d+)", line):
                    port = found[1]
                if line.startswith("ready"):
                    break
            resumed = {version.name: resumption(int(port), f"{folder}/certs/edge.pem", version) for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)}
            report = pathlib.Path(folder, "report.json")
            subprocess.run([scanner, "--quiet", "--color", "0", "--warnings", "off", "--nodns", "min", "--connect-timeout", "5", "--openssl-timeout", "5",
                            "--jsonfile", str(report), f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=540)
            findings = json.loads(report.read_text())
        finally:
            gateway.send_signal(signal.SIGTERM)
            gateway.wait(40)
    passed = failed = 0
    for finding in findings:
        kind = finding["id"].split(" ")[0]
        if kind in OF_A_SELF_SIGNED_CERTIFICATE | OF_THE_SCANNER:
            continue
        good = finding["severity"] in TOLERATED
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f"FAIL  {finding['id']}: {finding['severity']}: {finding['finding']}")
    for version, good in resumed.items():
        passed, failed = passed + bool(good), failed + (not good)
        print(("ok    " if good else "FAIL  ") + f"{version} sessions are resumed")
    # A scan that could not connect finds nothing: that is no good result.
    seen = {finding["id"] for finding in findings}
    for wanted in ("TLS1_2", "TLS1_3", "heartbleed", "ROBOT", "BEAST", "cipher_order"):
        good = any(one.startswith(wanted) for one in seen)
        passed, failed = passed + good, failed + (not good)
        print(("ok    " if good else "FAIL  ") + f"the scan looked at {wanted}")
    print(f"{passed} passed, {failed} failed")
    return int(failed != 0)


sys.exit(main())
