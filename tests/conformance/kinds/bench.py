"""--scenario NAME --log DIR_OR_FILE [--cert F --key F]: as the benchmark asks for."""
import os

import kinds
from kinds import Setup

TLS = ("tls", "tls-new-rsa", "tls-new-ecdsa", "tls-resume", "idle-tls", "h2")


def tokens(algorithm, remember=0):
    """Tokens of the benchmark's issuer, verified with the key it names in BENCH_JWT_KEY."""
    def keys(folder):
        key = os.environ["BENCH_JWT_KEY"]
        where = f"public_key: {key}" if algorithm != "HS256" else \
            f"secret: {{ file: {kinds.private_copy(key, f'{folder}/jwt.secret')} }}"
        return ["authenticate:", f"  remember: {remember}", "  issuers:",
                f"    - {{ issuer: https://id.example.com, audiences: orders, algorithms: {algorithm}, {where} }}"]
    return keys


# What a scenario needs besides proxying: keys of the API, or what makes them in a folder.
SCENARIOS = {
    "rate": ["rate_limit: [{ name: per_client, by: header:X-Client-Id, limit: 100/s, burst: 100 }]"],
    "waf-get": ["crs: { packaged: true }"],
    "waf-post": ["crs: { packaged: true }"],
    **{f"jwt-{name.lower()}": tokens(name, int(os.environ.get("BENCH_JWT_REMEMBER", "0")))
       for name in ("HS256", "RS256", "ES256")},
}


def arguments(parser):
    parser.add_argument("--scenario", default="get")


def configure(options, folder):
    lines = SCENARIOS.get(options.scenario, ())
    grpc = options.scenario == "grpc"  # HTTP/2 without TLS on both sides
    return Setup(tls=options.scenario in TLS, api=list(lines(folder) if callable(lines) else lines), protocol="h2" if grpc else "http1",
                 listener=["limits: { requests: 100000000, connections: 20000 }", "timeouts: { keep_alive: 10m }", *(["h2c: true"] if grpc else [])])
