"""clang-tidy over the compile database of build/dev.

A verdict is kept in build/tidy-cache under a hash of all that it can depend on in the project:
the file, the project headers it includes, its command and .clang-tidy.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess

from checks.tree import Finding

PROGRAM = "clang-tidy-19"
DATABASE = "build/dev/compile_commands.json"
CACHE = "build/tidy-cache"
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
COMPLAINT = re.compile(r"^(.+?):(\d+):\d+: (?:error|warning): (.*)$")


def run(tree, every=False):
    wanted = tree.with_suffix(".cpp") if every else sources_of(tree)
    if not wanted:
        return
    if not (tree.root / DATABASE).is_file():
        yield Finding(DATABASE, 1, "clang-tidy needs it: cmake --preset dev")
        return
    commands = {}
    for entry in json.loads((tree.root / DATABASE).read_text()):
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), tree.root)
        commands[path] = entry["command"]
    jobs = [path for path in wanted if path in commands]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        seen = set()
        for findings in pool.map(lambda path: judge(tree, path, commands[path]), jobs):
            yield from (finding for finding in findings if finding not in seen)
            seen.update(findings)


def sources_of(tree):
    """What was changed: sources, and for headers the source of the same name."""
    names = {path.removesuffix(".hpp") + ".cpp" if path.endswith(".hpp") else path for path in tree.changed}
    return [path for path in tree.with_suffix(".cpp") if path in names]


def judge(tree, path, command):
    kept = tree.root / CACHE / digest(tree, path, command)
    if kept.is_file():
        return [Finding(*row) for row in json.loads(kept.read_text())]
    done = subprocess.run([PROGRAM, "--quiet", "-p", "build/dev", *more(path), path], cwd=tree.root, capture_output=True, text=True)
    findings = []
    for line in done.stdout.splitlines():
        if found := COMPLAINT.match(line):
            where = os.path.relpath(os.path.join(tree.root, found.group(1)), tree.root)
            findings.append(Finding(where, int(found.group(2)), found.group(3)))
    if done.returncode != 0 and not findings:
        return [Finding(path, 1, f"{PROGRAM}: {done.stderr.strip()[-200:] or 'failed'}")]
    kept.parent.mkdir(parents=True, exist_ok=True)
    temporary = kept.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps([[f.path, f.line, f.message] for f in findings]))
    temporary.replace(kept)
    return findings


def more(path):
    """What follows every path is for the program: GoogleTest's macros cost it minutes a file, and tests run under
    sanitizers anyway. `for (auto _ : state)` is how Google Benchmark loops: its variable is never read."""
    if path.endswith("_test.cpp"):
        return ["--checks=-clang-analyzer-*"]
    return ["--checks=-clang-analyzer-deadcode.DeadStores"] if path.endswith("_bench.cpp") else []


def digest(tree, path, command):
    total = hashlib.sha256(command.encode())
    seen = set()
    waiting = [".clang-tidy", path]
    while waiting:
        name = waiting.pop()
        if name in seen or not (tree.root / name).is_file():
            continue
        seen.add(name)
        text = tree.text(name)
        total.update(f"{name}\0{text}\0".encode())
        folder = str(pathlib.PurePath(name).parent)
        for include in INCLUDE.findall(text):
            waiting += [f"{folder}/{include}", f"src/{include}", f"include/{include}"]
    return total.hexdigest()
