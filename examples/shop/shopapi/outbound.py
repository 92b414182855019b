"""Calls the shop itself makes: to its shipping partner and to web hooks.

For safety nothing here ever connects beyond loopback (127.0.0.0/8) and no name is resolved.
The well-known hosts of the examples stand for the neighbour the sample serves itself.
"""

import http.client
import ipaddress
from urllib.parse import urlsplit

from .api import answer, unprocessable

NEIGHBOURS = ("partner.example", "metadata.internal", "169.254.169.254")
MAX_ANSWER = 64 * 1024
TIMEOUT_SECONDS = 3


def loopback_address(shop, host, port):
    """Where to connect for a host of a URL; only ever a loopback address."""
    if host in NEIGHBOURS:
        return "127.0.0.1", shop.neighbour_port
    if host == "localhost":
        return "127.0.0.1", port
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        raise unprocessable("url: the sample connects to loopback only") from None
    if not address.is_loopback:
        raise unprocessable("url: the sample connects to loopback only")
    return str(address), port


def fetch(shop, method, url, body=None):
    """Fetch a URL; (status, content type, text). Redirects are not followed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        raise unprocessable("url: malformed") from None
    if parts.scheme != "http":
        raise unprocessable("url: http only")
    address, port = loopback_address(shop, host, port)
    connection = http.client.HTTPConnection(address, port, timeout=TIMEOUT_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "orders-shop"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, target, body, headers)
        reply = connection.getresponse()
        text = reply.read(MAX_ANSWER).decode("utf-8", "replace")
        return reply.status, reply.headers.get("Content-Type", ""), text
    except (OSError, http.client.HTTPException, ValueError):
        raise unprocessable("url: no answer") from None
    finally:
        connection.close()


def test_webhook(call):
    """Send a test event to a web hook and show the answer.

    The flaw (API7): there is no list of allowed hosts, so inside addresses are reached as well.
    """
    body = call.body()
    url = call.text(body, "url", 500)
    method = body.get("method", "POST")
    if method not in ("GET", "POST"):
        raise unprocessable("method: GET or POST")
    event = b'{"event":"test"}' if method == "POST" else None
    status, content_type, text = fetch(call.shop, method, url, event)
    return answer({"status": status, "content_type": content_type, "body": text[:4096]})
