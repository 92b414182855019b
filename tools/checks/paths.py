"""No path of somebody's machine in a file of the project."""
import re

from checks.tree import Finding

# A folder of a person or of a build machine, at the beginning of a path. /home/app and the like
# stand in sample stack traces.
MACHINE = re.compile(r"(?<![\w./%*-])/(?:work|root|Users|home/(?!app/|user/|node/))[\w-]*/[\w.-]+")
NOT_TEXT = (".png", ".jpg", ".ico", ".woff2", ".pem", ".der", ".bin", ".har", "package-lock.json")


def run(tree):
    for path in tree.files:
        if path.endswith(NOT_TEXT) or "/cases/" in path or "/corpus/" in path:
            continue
        for number, line in tree.lines(path):
            if found := MACHINE.search(line):
                yield Finding(path, number, f"a path of one machine: {found.group()}")
