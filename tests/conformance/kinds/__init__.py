"""What `serve KIND` runs: one module a kind, found by its name.

A module has a docstring whose first line says what the kind is, and
    arguments(parser)            adds the options of its own; may be left out
    configure(options, folder)   -> Setup; `folder` is fresh and private
"""
import dataclasses
import os
import pathlib
import subprocess


@dataclasses.dataclass
class Setup:
    """Real configuration, as lines of YAML without their indent."""
    api: list[str] = dataclasses.field(default_factory=list)       # keys of the one API
    protocol: str = "http1"                                        # what its origin speaks
    listener: list[str] = dataclasses.field(default_factory=list)  # keys of the listener
    root: list[str] = dataclasses.field(default_factory=list)      # keys of the whole file
    apis: list[str] = dataclasses.field(default_factory=list)      # instead of the one API: the items of `apis`
    tls: bool = False


def certificate(folder):
    """A fresh self-signed certificate and its key, for localhost."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "30", "-keyout", f"{folder}/edge.key", "-out", f"{folder}/edge.pem", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return f"{folder}/edge.pem", f"{folder}/edge.key"


def private_copy(secret, path):
    """The secret in a file that only its owner reads: others are refused."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
        out.write(pathlib.Path(secret).read_text())
    return path
