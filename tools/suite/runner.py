"""Runs steps one after another, each with a log of its own, and adds up what they checked."""
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import time

TAIL = 30
HEAD = 10
LIMIT = 1800  # seconds for one command


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: str = ""  # the reason, when nothing was run
    seconds: float = 0

    def __add__(self, other):
        return Outcome(self.passed + other.passed, self.failed + other.failed)


class Failure(Exception):
    """The step cannot go on: something it needs could not be made."""


# How the frameworks in use say their figures. Each pattern's groups are passed or failed checks.
PASSED = [re.compile(r"\[  PASSED  \] (\d+) tests?\."), re.compile(r"^\s*Tests\s.*?(\d+) passed", re.M),
          re.compile(r"^(\d+) passed, \d+ failed", re.M)]
FAILED = [re.compile(r"\[  FAILED  \] (\d+) tests?, listed below"), re.compile(r"^\s*Tests\s+(\d+) failed", re.M),
          re.compile(r"^\d+ passed, (\d+) failed", re.M)]
UNITTEST = re.compile(r"^Ran (\d+) tests? in", re.M)
UNITTEST_FAILED = re.compile(r"^FAILED \((.*)\)", re.M)
PROBLEM = re.compile(r"\[  FAILED  \] \w+\.|: Failure$|^FAIL\b|\berror: |^Traceback|^E(?:RROR|xception)\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def count(output, code):
    """The checks that a command's output tells of; without any the command itself is one."""
    output = COLOUR.sub("", output)
    passed = sum(int(n) for pattern in PASSED for n in pattern.findall(output))
    failed = sum(int(n) for pattern in FAILED for n in pattern.findall(output))
    bad = sum(int(n) for text in UNITTEST_FAILED.findall(output) for n in re.findall(r"(?:failures|errors)=(\d+)", text))
    ran = sum(int(n) for n in UNITTEST.findall(output))
    passed += max(0, ran - bad)
    failed += bad
    if code != 0 and failed == 0:
        failed = 1
    if passed + failed == 0:
        passed = 1
    return Outcome(passed, failed)


class Log:
    """What the commands of one step said; all of them run in the checkout."""

    def __init__(self, root, path, environment):
        self.root = root
        self.path = path
        self.environment = environment
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    def start(self, command, more=None, into=None):
        with open(into or self.path, "ab") as out:
            out.write(f"\n$ {' '.join(map(str, command))}\n".encode())
            out.flush()
            return subprocess.Popen(command, cwd=self.root, stdout=out, stderr=subprocess.STDOUT,
                                    stdin=subprocess.DEVNULL, env=self.environment | (more or {}), start_new_session=True)

    def wait(self, process, limit=LIMIT):
        """The exit code; a command that does not end in time is killed with all that it started."""
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            self.say(f"did not end within {limit} s: killed")
            return 124
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def say(self, line):
        with open(self.path, "a") as out:
            out.write(f"{line}\n")

    def check(self, command, more=None, limit=LIMIT):
        """Runs it and counts what it checked."""
        begin = self.path.stat().st_size
        code = self.wait(self.start(command, more), limit)
        with open(self.path, "rb") as written:
            written.seek(begin)
            return count(written.read().decode(errors="replace"), code)

    def need(self, command, what):
        """Runs what has nothing to count but must succeed."""
        if self.wait(self.start(command)) != 0:
            raise Failure(what)

    def excerpt(self):
        """The first lines that name a problem, and the last ones."""
        lines = self.path.read_text(errors="replace").splitlines()
        first = [line for line in lines[:-TAIL] if PROBLEM.search(line)][:HEAD]
        return first + (["…"] if first else []) + lines[-TAIL:]


def run_steps(steps, root, settings):
    """Runs all, whatever fails; prints progress, a table, and as the last line the sum."""
    logs = root / "build/test-logs"
    results = []
    for step in steps:
        print(f"▶ {step.name}: {step.what}", flush=True)
        log = Log(root, logs / f"{step.name}.log", settings.environment)
        began = time.monotonic()
        try:
            outcome = step.run(log, settings)
        except Failure as failure:
            log.say(f"stopped: {failure}")
            outcome = Outcome(failed=1)
        except KeyboardInterrupt:
            print("  interrupted", flush=True)
            results.append((step, Outcome(failed=1, seconds=time.monotonic() - began)))
            return print_sum(results)
        outcome.seconds = time.monotonic() - began
        results.append((step, outcome))
        print_result(log, outcome, root)
    return print_sum(results)


def print_result(log, outcome, root):
    if outcome.skipped:
        print(f"  skipped: {outcome.skipped}", flush=True)
        return
    print(f"  {outcome.passed} passed, {outcome.failed} failed, {outcome.seconds:.0f} s", flush=True)
    if outcome.failed:
        for line in log.excerpt():
            print(f"  | {line}")
        print(f"  log: {pathlib.Path(log.path).relative_to(root)}", flush=True)


def print_sum(results):
    print()
    print(f"{'step':<14} {'passed':>7} {'failed':>7} {'time':>7}")
    for step, outcome in results:
        if outcome.skipped:
            print(f"{step.name:<14} {'skipped: ' + outcome.skipped}")
        else:
            print(f"{step.name:<14} {outcome.passed:>7} {outcome.failed:>7} {outcome.seconds:>6.0f}s")
    passed = sum(outcome.passed for _, outcome in results)
    failed = sum(outcome.failed for _, outcome in results)
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return failed == 0
