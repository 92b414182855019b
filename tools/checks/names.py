"""Names that say nothing about what a thing is for."""
import pathlib
import re

from checks.tree import Finding

EMPTY = r"(?:Manager|Helpers?|Utils?|Impl)"
TYPE = re.compile(r"^\s*(?:template\s*<.*>\s*)?(?:export\s+)?(?:default\s+)?(?:abstract\s+)?"
                  r"(?:class|struct|union|enum(?:\s+class|\s+struct)?|interface|type|concept|using)\s+"
                  r"(?:\[\[\w+\]\]\s*)?([A-Za-z_]\w*)")
WORD = re.compile(EMPTY + r"(?![a-z])")
FILE = re.compile(r"(?:^|[_-])(?:manager|helpers?|utils?|impl|misc|common)(?:$|[_-])")
SOURCES = (".cpp", ".hpp", ".py", ".ts", ".tsx", ".mjs")


def run(tree):
    for path in tree.files:
        if not (path.endswith(SOURCES) or tree.is_python(path)):
            continue
        if FILE.search(pathlib.PurePath(path).name.split(".")[0].lower()):
            yield Finding(path, 1, "the file's name does not say what is in it")
        for number, line in tree.lines(path):
            if (found := TYPE.match(line)) and (word := WORD.search(found.group(1))):
                yield Finding(path, number, f"`{found.group(1)}`: `{word.group()}` does not say what it is for")
