"""The steps of ./test. Scripts that test (*_test.sh or *_test.py) are found by folder."""
import dataclasses
import pathlib
import typing

from suite.runner import Failure, Log, Outcome

SCRIPTS = {"_test.sh": ["bash"], "_test.py": ["python3", "-B"]}
SHIPPED = ("sallyport", "embed")  # what is measured as it is shipped; benchmarks are compiled by dev and asan-ubsan
OWN_STEP = ("e2e", "conformance", "reliability")  # folders of tests/ that have a step of their own


@dataclasses.dataclass
class Settings:
    root: pathlib.Path
    environment: dict
    quick: bool = False
    every_source: bool = False          # clang-tidy over all sources
    corpora: pathlib.Path | None = None
    fuzz_seconds: int = 60
    built: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Step:
    name: str
    what: str
    run: typing.Callable[[Log, Settings], Outcome]
    quick: bool = False


def build(log, settings, preset, *targets):
    """Configures and builds, once in a run; what failed once is not tried again."""
    key = (preset, targets)
    if settings.built.get((preset, ()), settings.built.get(key)) is None:
        settings.built[key] = False
        log.need(["cmake", "--preset", preset], f"{preset} cannot be configured")
        extra = ["--target", *targets] if targets else []
        log.need(["cmake", "--build", "--preset", preset, *extra], f"{preset} does not build")
        settings.built[key] = True
    if not settings.built.get((preset, ()), settings.built.get(key)):
        raise Failure(f"{preset} does not build")


def scripts_in(settings, *folders):
    found = []
    for folder in folders:
        found += [path for path in sorted((settings.root / folder).glob("*")) if path.name[-8:] in SCRIPTS]
    return found


def run_scripts(log, settings, preset, scripts):
    folder = settings.root / "build" / preset
    program = {"SALLYPORT": str(folder / "sallyport"), "SALLYPORT_BUILD": str(folder)}
    return sum((log.check([*SCRIPTS[script.name[-8:]], str(script)], program) for script in scripts), Outcome())


def ctest(log, settings, preset, *selection):
    """The tests that cmake knows; one after another where they start servers."""
    return log.check(["ctest", "--test-dir", f"build/{preset}", "-V", "--no-tests=ignore", *selection])


def has_ctest(settings, preset, label):
    """Does a test other than the unit tests stand in cmake's list?"""
    lists = (settings.root / "build" / preset).rglob("CTestTestfile.cmake")
    return any(f'LABELS "{label}"' in path.read_text() for path in lists)


def check(log, settings):
    build(log, settings, "dev")
    how = ["--no-tidy"] if settings.quick else ["--all"] if settings.every_source else []
    return log.check(["tools/check", *how])


def gate_tests(log, settings):
    return log.check(["python3", "-B", "tools/check_test.py"])


def unit(log, settings):
    build(log, settings, "dev")
    return ctest(log, settings, "dev", "-L", "unit", "-j", "2")


def end_to_end(log, settings, preset):
    outcome = Outcome()
    if has_ctest(settings, preset, "e2e"):
        outcome += ctest(log, settings, preset, "-L", "e2e")
    folders = ["tests/e2e"] if preset == "dev" else ["tests/e2e", "tests/reliability"]
    outcome += run_scripts(log, settings, preset, scripts_in(settings, *folders))
    return outcome if outcome.passed + outcome.failed else Outcome(skipped="no tests in tests/e2e")


def e2e(log, settings):
    build(log, settings, "dev")
    return end_to_end(log, settings, "dev")


def new_control(log, settings):
    """In a build that this run has made already, if there is one: what it compiles again is then in ccache."""
    preset = next((preset for preset in ("dev", "asan-ubsan") if settings.built.get((preset, ()))), "dev")
    build(log, settings, preset)
    return log.check(["tools/new-control_test.sh"], {"SALLYPORT_PRESET": preset})


def release(log, settings):
    """The program as it is shipped, and the folders of tests/ and examples/ that need it."""
    build(log, settings, "release", *SHIPPED)
    folders = [f"tests/{path.name}" for path in sorted((settings.root / "tests").glob("*")) if path.name not in OWN_STEP]
    folders += [f"examples/{path.name}" for path in sorted((settings.root / "examples").glob("*"))]
    outcome = log.check(["build/release/sallyport", "version"])
    return outcome + run_scripts(log, settings, "release", scripts_in(settings, *folders))


def conformance(log, settings):
    if settings.corpora is None:
        return Outcome(skipped="no corpora")
    scripts = scripts_in(settings, "tests/conformance")
    if not scripts:
        return Outcome(skipped="no tests in tests/conformance")
    build(log, settings, "release", *SHIPPED)
    return run_scripts(log, settings, "release", scripts)


def asan_ubsan(log, settings):
    build(log, settings, "asan-ubsan")
    outcome = ctest(log, settings, "asan-ubsan", "-L", "unit", "-j", "2")
    return outcome + end_to_end(log, settings, "asan-ubsan")


def tsan(log, settings):
    build(log, settings, "tsan", "sallyport")
    return end_to_end(log, settings, "tsan")


def fuzz(log, settings):
    """Four at a time, on builds that asan-ubsan has made; what a fuzzer learned is kept in build/fuzz-corpus and used again."""
    names = sorted(path.stem for path in (settings.root / "src").rglob("*_fuzz.cpp"))
    if not names:
        return Outcome(skipped="no fuzzers")
    build(log, settings, "asan-ubsan")
    outcome = Outcome()
    for first in range(0, len(names), 4):
        group = [(name, start_fuzzer(log, settings, name)) for name in names[first:first + 4]]
        for name, process in group:
            good = log.wait(process, settings.fuzz_seconds + 120) == 0
            log.say(f"{name}: {'good' if good else 'FAILED: see fuzz-' + name + '.log and build/test-logs/' + name + '-*'}")
            outcome += Outcome(passed=int(good), failed=int(not good))
    return outcome


def start_fuzzer(log, settings, name):
    learned = settings.root / "build/fuzz-corpus" / name
    learned.mkdir(parents=True, exist_ok=True)
    seeds = [path for path in settings.root.glob(f"**/corpus/{name}") if "build" not in path.parts]
    output = log.path.with_name(f"fuzz-{name}.log")
    output.write_text("")
    return log.start([f"build/asan-ubsan/{name}", f"-max_total_time={settings.fuzz_seconds}", "-timeout=10", "-rss_limit_mb=1024",
                      "-print_final_stats=1", f"-artifact_prefix=build/test-logs/{name}-", str(learned), *map(str, seeds)],
                     into=output)


def sample(log, settings):
    return log.check(["python3", "-B", "examples/shop/selftest.py"])


def dashboard(log, settings):
    if not (settings.root / "dashboard/node_modules").is_dir():
        log.need(["npm", "--prefix", "dashboard", "install", "--no-save", "--no-audit", "--no-fund"], "npm install failed")
    return log.check(["npm", "--prefix", "dashboard", "test"])


def reliability(log, settings):
    scripts = scripts_in(settings, "tests/reliability")
    if not scripts:
        return Outcome(skipped="no tests in tests/reliability")
    build(log, settings, "release", *SHIPPED)
    return run_scripts(log, settings, "release", scripts)


STEPS = [
    Step("check", "tools/check: layout, layering, sizes, names, docs", check, quick=True),
    Step("unit", "unit tests, development build", unit, quick=True),
    Step("gate", "tests of tools/check", gate_tests),
    Step("sample", "self-test of the sample API", sample),
    Step("dashboard", "unit tests of the dashboard", dashboard),
    Step("e2e", "the program from outside", e2e),
    Step("release", "release build, embedding, allocations", release),
    Step("conformance", "the corpora of HTTP, paths and peers", conformance),
    Step("reliability", "crashes, reloads and failing peers", reliability),
    Step("asan-ubsan", "unit tests and e2e, address and undefined-behaviour sanitizers", asan_ubsan),
    Step("new-control", "tools/new-control makes a room that compiles", new_control),
    Step("tsan", "e2e, thread sanitizer", tsan),
    Step("fuzz", "every fuzzer for a while", fuzz),
]
