"""A keep-alive HTTP client for one user, over plain HTTP or TLS."""

import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30


def add_arguments(parser):
    """The options every program that talks to the API has."""
    parser.add_argument("--base", required=True, help="base URL, as https://127.0.0.1:8443")
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--insecure", action="store_true", help="do not verify the certificate")
    trust.add_argument("--cacert", help="file of the certificate authority to trust")
    parser.add_argument("--host-header", help="host name to ask for (also as TLS server name)")


class Unreachable(Exception):
    """No answer came back."""


@dataclass
class Answer:
    """What came back for one call."""

    status: int
    reason: str
    headers: list
    body: bytes

    def header(self, name):
        """The value of a header, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def json(self):
        """The JSON body, or None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Target:
    """Where the API is and how its certificate is checked; shared by all clients."""

    def __init__(self, options):
        parts = urlsplit(options.base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SystemExit("--base: an http or https URL is required")
        self.address = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        self.authority = options.host_header or parts.netloc
        self.server_name = urlsplit(f"//{self.authority}").hostname
        self.origin = f"{parts.scheme}://{self.authority}"
        self.prefix = parts.path.rstrip("/")
        self.tls = None
        if parts.scheme == "https":
            self.tls = ssl.create_default_context(cafile=options.cacert)
            if options.insecure:
                self.tls.check_hostname = False
                self.tls.verify_mode = ssl.CERT_NONE

    def connect(self):
        """A new connection."""
        sock = socket.create_connection(self.address, TIMEOUT_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            sock = self.tls.wrap_socket(sock, server_hostname=self.server_name)
        return sock


def closed_by_peer(sock):
    """Whether an idle connection has been closed by the other side."""
    sock.settimeout(0)
    try:
        sock.recv(1)
        return True  # an end of stream, or bytes nobody asked for
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(TIMEOUT_SECONDS)


class Client:
    """One user's connection; opened when needed and kept alive between the calls."""

    def __init__(self, target, user_agent, recorder=None, label=""):
        self.target = target
        self.user_agent = user_agent
        self.recorder = recorder
        self.label = label
        self.connection = None
        self.connections = 0

    def ready(self):
        """An open connection: the old one if it still lives."""
        if self.connection and (self.connection.sock is None
                                or closed_by_peer(self.connection.sock)):
            self.close()
        if self.connection is None:
            sock = self.target.connect()
            self.connection = http.client.HTTPConnection(*self.target.address)
            self.connection.sock = sock
            self.connection.auto_open = 0
            self.connections += 1
        return self.connection

    def call(self, method, path, headers=(), body=None):
        """Send one request and read its answer, or raise Unreachable."""
        sent = [("Host", self.target.authority), ("User-Agent", self.user_agent),
                ("Accept-Encoding", "identity"), *headers]
        if body is not None or method in ("POST", "PUT", "PATCH"):
            sent.append(("Content-Length", str(len(body or b""))))
        started, clock = time.time(), time.monotonic()
        try:
            connection = self.ready()
            connection.putrequest(method, self.target.prefix + path, skip_host=True,
                                  skip_accept_encoding=True)
            for name, value in sent:
                connection.putheader(name, value)
            connection.endheaders(body)
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{type(error).__name__}: {error}") from None
        answer = Answer(reply.status, reply.reason, reply.getheaders(), content)
        if self.recorder:
            self.recorder.add(self, started, time.monotonic() - clock, method,
                              self.target.prefix + path, sent, body, answer)
        return answer

    def close(self):
        """Close the connection, if there is one."""
        if self.connection:
            self.connection.close()
            self.connection = None
