"""Every control is a whole room, and registry.def lists each one."""
import re

from checks.tree import Finding

FOLDER = "src/controls"
REGISTRY = f"{FOLDER}/registry.def"
ENTRY = re.compile(r"^CONTROL\((\w+)\)(\s*//\s*\S)?")


def registered(tree):
    """{control: line} of the registry, and findings about its lines."""
    entries, findings = {}, []
    for number, line in tree.lines(REGISTRY):
        if found := ENTRY.match(line):
            entries[found.group(1)] = number
            if not found.group(2):
                findings.append(Finding(REGISTRY, number, f"`{found.group(1)}` has no reason for its place"))
    return entries, findings


def run(tree):
    if REGISTRY not in tree.files:
        return
    entries, findings = registered(tree)
    yield from findings
    inside = {}
    for path in tree.files:
        parts = path.split("/")
        if path.startswith(FOLDER + "/") and len(parts) > 3:
            inside.setdefault(parts[2], []).append("/".join(parts[3:]))
    # A folder without config.hpp, which the registry does not name, serves the rooms' tests.
    rooms = {name: files for name, files in inside.items() if name in entries or "config.hpp" in files}
    for name, number in entries.items():
        if name not in inside:
            yield Finding(REGISTRY, number, f"`{name}` has no folder {FOLDER}/{name}")
    for name, files in sorted(rooms.items()):
        first = f"{FOLDER}/{name}/{name}.cpp"
        if name not in entries:
            yield Finding(first, 1, f"`{name}` is not in {REGISTRY}")
        for what, there in (("README.md", "README.md" in files), ("config.hpp", "config.hpp" in files),
                            (f"{name}.cpp", f"{name}.cpp" in files),
                            ("a *_test.cpp", any(f.endswith("_test.cpp") for f in files)),
                            ("cases/*.yaml", any(re.fullmatch(r"cases/.+\.ya?ml", f) for f in files))):
            if not there:
                yield Finding(first, 1, f"the control `{name}` lacks {what}")
