#!/usr/bin/env python3
"""Run the sample API (a deliberately flawed orders shop) on 127.0.0.1.

Usage: python3 examples/shop/server.py --port P --data DIR [--seed N] [--quiet]
"""

import argparse
import pathlib
import signal
import sys
import threading

from shopapi import neighbours
from shopapi.httpd import Server
from shopapi.shop import Shop


class Stop(Exception):
    """A signal asked the service to end."""


def stop(_signal, _frame):
    """Signal handler: leave the accept loop, once."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stop


def log(method, path, status, seconds):
    """One line per call on standard error; neither query nor headers are logged."""
    sys.stderr.write(f"{method} {path!r} {status} {seconds * 1000:.1f}ms\n")


def main():
    """Start, serve, stop."""
    parser = argparse.ArgumentParser(description="The sample API: a flawed orders shop.")
    parser.add_argument("--port", type=int, default=9001, help="0 picks a free port")
    parser.add_argument("--neighbour-port", type=int, default=0,
                        help="port of the partner and metadata service (default: a free one)")
    parser.add_argument("--data", type=pathlib.Path, required=True,
                        help="directory of the database, which is made anew at every start")
    parser.add_argument("--seed", type=int, default=1, help="seed of the sample data")
    parser.add_argument("--quiet", action="store_true", help="do not log the calls")
    options = parser.parse_args()

    options.data.mkdir(parents=True, exist_ok=True)
    shop = Shop(options.data, options.seed)
    try:
        neighbour = Server(options.neighbour_port, neighbours.handle)
        server = Server(options.port, shop.handle, None if options.quiet else log)
    except OSError as error:
        print(f"server.py: cannot listen: {error.strerror}", file=sys.stderr)
        return 1
    shop.neighbour_port = neighbour.port
    threading.Thread(target=neighbour.serve, daemon=True).start()
    try:
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        print(f"ready http://127.0.0.1:{server.port}", flush=True)
        server.serve()
    except Stop:
        pass
    server.close()
    shop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
