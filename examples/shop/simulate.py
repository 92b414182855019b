#!/usr/bin/env python3
"""Play a day of good traffic against the sample API: ten users, three roles, two tenants.

Usage: python3 examples/shop/simulate.py --base https://127.0.0.1:8443 [--insecure | --cacert F]
         [--host-header H] --calls 5000 --seed 1 --minutes 3 [--har FILE [--redact]]

Each user's calls, their order and their think times follow from the seed; the numbers of new
orders depend on which user comes first. Every call knows its expected
status; the exit code is 1 if any call was answered otherwise.
"""

import argparse
import math
import random
import sys
import threading
import time

from shopapi import VERSION
from shopapi.people import PEOPLE
from shopclient.client import Client, Target, Unreachable, add_arguments
from shopclient.har import Recorder
from shopclient.journeys import Journey

WEIGHTS = {"customer": 10, "support": 11, "admin": 9}
NIGHT_CALLS = 8
DAY_END, NIGHT_START = 0.93, 0.95  # as fractions of the whole play
MAX_FAILURES_IN_A_ROW = 10


def shares(calls):
    """How many of the calls each user makes; they add up."""
    weights = [WEIGHTS[person.role] for person in PEOPLE]
    counts = [calls * weight // sum(weights) for weight in weights]
    for index in range(calls - sum(counts)):
        counts[index] += 1
    return counts


def plan(person, count, rng):
    """The user's day: (when, as a fraction of the day; the session begins here; at night)."""
    night = min(NIGHT_CALLS, count // 4) if person.role == "support" else 0
    gaps, begins = [], []
    left = 0
    for _ in range(count - night):
        begins.append(left == 0)
        if left == 0:
            left = rng.randint(25, 70)
            gaps.append(rng.expovariate(1 / 60))  # time away between the sessions
        else:
            gaps.append(rng.lognormvariate(0, 0.8))  # think time
        left -= 1
    total = sum(gaps) + rng.expovariate(1 / 20)
    steps, position = [], 0.0
    for gap, begin in zip(gaps, begins):
        position += gap
        share = position / total
        # Two busy times: late in the morning and in the evening.
        busy = share - 0.05 * math.sin(4 * math.pi * share)
        steps.append((busy * DAY_END, begin, False))
    for index in range(night):
        when = NIGHT_START + (1 - NIGHT_START) * index / night
        steps.append((when, index == 0, True))
    return steps


class Tally:
    """Counts the answers of all users."""

    def __init__(self, calls):
        self.calls = calls
        self.lock = threading.Lock()
        self.done = self.unexpected = 0
        self.classes = {2: 0, 4: 0, 5: 0}

    def count(self, status, complaint):
        """Count one call; say so when it went another way than expected."""
        with self.lock:
            self.done += 1
            if status // 100 in self.classes:
                self.classes[status // 100] += 1
            if complaint:
                self.unexpected += 1
                if self.unexpected <= 20:
                    print(f"unexpected: {complaint}", file=sys.stderr)
            if self.done % max(1, self.calls // 10) == 0 and self.done < self.calls:
                print(f"{self.done} of {self.calls} calls, unexpected {self.unexpected}",
                      flush=True)

    def summary(self):
        """The closing line."""
        return (f"calls {self.done}, 2xx {self.classes[2]}, 4xx {self.classes[4]}, "
                f"5xx {self.classes[5]}, unexpected {self.unexpected}")


def complaint_about(call, answer):
    """Why the answer is not the expected one; empty when it is."""
    what = f"{call.method} {call.path.partition('?')[0]}"
    if answer.status not in call.expect:
        return f"{what}: {answer.status} instead of {' or '.join(map(str, call.expect))}"
    if answer.status < 300 and call.wants:
        media_type = answer.header("content-type").partition(";")[0]
        if media_type != call.wants:
            return f"{what}: {media_type or 'no type'} instead of {call.wants}"
        if media_type == "application/json" and not isinstance(answer.json(), dict):
            return f"{what}: the body is not a JSON object"
    return ""


def play(person, steps, journey, client, tally, start, seconds):
    """One user's day. After an unexpected answer the user begins a new session."""
    session, answer, failures = None, None, 0
    for when, begins, night in steps:
        time.sleep(max(0.0, start + when * seconds - time.monotonic()))
        if begins or session is None:
            session, answer = journey.night() if night else journey.session(), None
        call = session.send(answer)
        try:
            answer = client.call(call.method, call.path, call.headers, call.body)
            status, complaint = answer.status, complaint_about(call, answer)
            failures = 0
        except Unreachable as error:
            status, complaint = 0, f"{call.method} {call.path.partition('?')[0]}: {error}"
            failures += 1
        tally.count(status, complaint and f"{person.name}: {complaint}")
        if complaint:
            session = None
        if failures == MAX_FAILURES_IN_A_ROW:
            print(f"{person.name} gives up", file=sys.stderr)
            break
    client.close()


def main():
    """Plan the day, play it, report."""
    parser = argparse.ArgumentParser(description="Play a day of good traffic.")
    add_arguments(parser)
    parser.add_argument("--calls", type=int, default=5000, help="calls of the whole day")
    parser.add_argument("--seed", type=int, default=1, help="seed of the day")
    parser.add_argument("--minutes", type=float, default=3,
                        help="how long the day takes; 0 plays as fast as possible")
    parser.add_argument("--har", help="record the calls to this file (HAR 1.2)")
    parser.add_argument("--redact", action="store_true",
                        help="replace tokens and passwords in the recording")
    options = parser.parse_args()

    target = Target(options)
    recorder = Recorder("orders-shop-simulator", VERSION, options.redact) if options.har else None
    tally = Tally(options.calls)
    start, threads = time.monotonic() + 0.05, []
    for person, count in zip(PEOPLE, shares(options.calls)):
        rng = random.Random(f"{options.seed}/{person.id}")
        steps = plan(person, count, rng)
        colleagues = [other for other in PEOPLE
                      if other.tenant == person.tenant and other != person]
        journey = Journey(person, colleagues, rng)
        client = Client(target, journey.user_agent, recorder, person.name.lower())
        threads.append(threading.Thread(target=play, daemon=True, args=(
            person, steps, journey, client, tally, start, options.minutes * 60)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if recorder:
        recorder.write(options.har)
    print(tally.summary())
    return 1 if tally.unexpected or tally.done != options.calls else 0


if __name__ == "__main__":
    sys.exit(main())
