"""A typical file is about 100 lines; over 400 deserves a reason, over 800 is two files."""
from checks.tree import Finding

SOURCES = (".cpp", ".hpp", ".inc", ".py", ".ts", ".tsx", ".mjs", ".js", ".sh")
REASON_OVER = 400
REFUSED_OVER = 800
REASON = "Long because"


def run(tree):
    for path in tree.files:
        if not (path.endswith(SOURCES) or tree.is_python(path) or tree.is_shell(path)):
            continue
        lines = tree.text(path).splitlines()
        if len(lines) > REFUSED_OVER:
            yield Finding(path, REFUSED_OVER + 1, f"{len(lines)} lines: over {REFUSED_OVER} is refused, split it")
        elif len(lines) > REASON_OVER and not any(REASON in line for line in lines[:10]):
            yield Finding(path, REASON_OVER + 1,
                          f"{len(lines)} lines: over {REASON_OVER} needs `{REASON} …` in its first 10 lines")
