"""docs/reference is what the program says about itself."""
import subprocess

from checks.tree import Finding

PROGRAMS = ("build/dev/sallyport", "build/release/sallyport")
PAGES = {
    "docs/reference/configuration.md": ["reference"],
    "docs/reference/sallyport.schema.json": ["reference", "--format", "schema"],
}
HEADINGS = {
    "docs/reference/configuration.md":
        "<!-- Made by `sallyport reference`; tools/check --fix makes it anew. -->\n# Configuration\n\n",
}


def run(tree, fix=False):
    programs = [tree.root / path for path in PROGRAMS if (tree.root / path).is_file()]
    if not programs:
        return
    program = max(programs, key=lambda path: path.stat().st_mtime)
    for page, arguments in PAGES.items():
        done = subprocess.run([program, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            yield Finding(page, 1, f"sallyport {' '.join(arguments)} failed")
            continue
        wanted = HEADINGS.get(page, "") + done.stdout.rstrip("\n") + "\n"
        there = (tree.root / page).read_text() if (tree.root / page).is_file() else ""
        if wanted == there:
            continue
        if fix:
            (tree.root / page).parent.mkdir(parents=True, exist_ok=True)
            (tree.root / page).write_text(wanted)
            continue
        pairs = zip(wanted.splitlines(), there.splitlines())
        line = next((i for i, (a, b) in enumerate(pairs, 1) if a != b), 1)
        yield Finding(page, line, "not what the program says: build it, then tools/check --fix")
