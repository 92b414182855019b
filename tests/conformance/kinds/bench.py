"""--scenario NAME --log DIR_OR_FILE [--cert F --key F]: as the benchmark asks for."""
from kinds import Setup

TLS = ("tls", "tls-new-rsa", "tls-new-ecdsa", "tls-resume", "idle-tls")
# What a scenario needs besides proxying: keys of the API.
SCENARIOS = {
    "rate": ["rate_limit: [{ name: per_client, by: header:X-Client-Id, limit: 100/s, burst: 100 }]"],
}


def arguments(parser):
    parser.add_argument("--scenario", default="get")


def configure(options, folder):
    return Setup(tls=options.scenario in TLS, api=list(SCENARIOS.get(options.scenario, ())),
                 listener=["limits: { requests: 100000000, connections: 20000 }", "timeouts: { keep_alive: 10m }"])
