"""C++ is laid out by clang-format."""
import concurrent.futures
import os
import re
import subprocess

from checks.tree import Finding

PROGRAM = "clang-format-19"
COMPLAINT = re.compile(r"^(.+?):(\d+):\d+: (?:error|warning): ")
BATCH = 16


def run(tree, fix=False):
    files = tree.with_suffix(".cpp", ".hpp")
    batches = [files[i:i + BATCH] for i in range(0, len(files), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for output in pool.map(lambda batch: format_batch(tree, batch, fix), batches):
            seen = set()
            for line in output.splitlines():
                if (found := COMPLAINT.match(line)) and found.group(1) not in seen:
                    seen.add(found.group(1))
                    yield Finding(found.group(1), int(found.group(2)), "not laid out by clang-format: tools/check --fix")


def format_batch(tree, batch, fix):
    how = ["-i"] if fix else ["--dry-run", "-Werror"]
    return subprocess.run([PROGRAM, *how, *batch], cwd=tree.root, capture_output=True, text=True).stderr
