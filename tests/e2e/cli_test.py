#!/usr/bin/env python3
"""The command line's manners: help, exit codes, completion, manual page, status for people and programs."""
import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from gate import PROGRAM, check, running_gate  # noqa: E402


def run(*arguments, **more):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, **more)


VERBS = [line.split()[0] for line in run("--help").stdout.split("Subcommands:")[1].split("\n\n")[0].splitlines() if line.startswith("  ") and line[2] != " "]


def help_texts():
    check("the help lists the verbs", {"run", "check", "init", "reload", "status", "version"} <= set(VERBS), VERBS)
    without = [verb for verb in VERBS if "Example" not in run(verb, "--help").stdout]
    check("every verb's help has an example", not without, without)
    for wrong in (["nonsense"], ["run", "--nonsense"], [], ["check", "--format", "xml"]):
        done = run(*wrong)
        check(f"wrong use ends with 2: {wrong}", done.returncode == 2 and done.stderr and not done.stdout, (done.returncode, done.stderr))


def completed(script, *words):
    ask = f'{script}\nCOMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _sallyport; echo "${{COMPREPLY[@]}}"'
    return subprocess.run(["bash", "-c", ask], capture_output=True, text=True).stdout.split()


def completion():
    bash = run("completion", "bash").stdout
    check("bash completes verbs", completed(bash, "sallyport", "re") == [verb for verb in VERBS if verb.startswith("re")], completed(bash, "sallyport", "re"))
    check("bash completes options", "--config" in completed(bash, "sallyport", "check", "--"), completed(bash, "sallyport", "check", "--"))
    check("bash completes values", completed(bash, "sallyport", "check", "--format", "j") == ["json"], completed(bash, "sallyport", "check", "--format", "j"))
    for shell in ("zsh", "fish"):
        script = run("completion", shell).stdout
        check(f"{shell} knows every verb", all(verb in script for verb in VERBS), script)
        if shutil.which(shell):
            done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True)
            check(f"{shell} takes it", done.returncode == 0, done.stderr)


def manual():
    page = run("manual").stdout
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z"], input=page, capture_output=True, text=True)
        check("groff takes the manual page", done.returncode == 0 and not done.stderr, done.stderr[:500])
    check("the manual page has every verb", all(f".SS {verb}" in page for verb in VERBS), page[:200])


def twice(folder):
    config = pathlib.Path(folder, "twice.yaml")
    config.write_text("""version: 1
listen: [{ address: 127.0.0.1:8080, cleartext: true }, { address: 127.0.0.1:8080, cleartext: true }]
apis: [{ name: a, hosts: ['*'], upstream: http://127.0.0.1:1 }]
""")
    done = run("check", "-c", str(config))
    check("two listeners at one address are refused", done.returncode == 2 and "two listeners at 127.0.0.1:8080" in done.stdout, done.stdout)


def status(gate):
    config = f"{gate.folder}/sallyport.yaml"
    gate.ask("GET", "/health")
    program = run("status", "-c", config, "--format", "json")
    check("status is JSON for programs", json.loads(program.stdout)["config"]["generation"] == 1, program.stdout)
    person = run("status", "-c", config)
    check("and a line for each figure for people", "config.generation: 1\n" in person.stdout, person.stdout)
    check("reload says what it did", run("reload", "-c", config).returncode == 0)
    idle = pathlib.Path(gate.folder, "idle.yaml")
    idle.write_text("version: 1\ndata: idle-data\n")
    silent = run("reload", "-c", str(idle))
    check("a gateway that does not run is a finding, with a hint", silent.returncode == 1 and "hint" in silent.stderr, (silent.returncode, silent.stderr))
    missing = run("status", "-c", f"{gate.folder}/missing.yaml")
    check("a missing configuration is named", missing.returncode == 2 and "missing.yaml" in missing.stderr, missing.stderr)


help_texts()
completion()
manual()
with running_gate() as running:
    status(running)
    twice(running.folder)
sys.exit(check.end())
