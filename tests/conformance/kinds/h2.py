"""HTTP/2 over TLS (ALPN) or, with --h2c, without it by prior knowledge; everything goes to the origin."""
from kinds import Setup


def arguments(parser):
    parser.add_argument("--h2c", action="store_true", help="without TLS")


def configure(options, folder):
    listener = ["limits: { requests: 100000000 }"]
    return Setup(tls=not options.h2c, listener=listener + (["h2c: true"] if options.h2c else []))
