"""The files of a checkout, and what a check says about one of them."""
import dataclasses
import functools
import pathlib
import subprocess


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Tree:
    """A checkout: its files are those that git tracks or would add."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    @functools.cached_property
    def files(self):
        """Paths relative to the root, sorted; deleted ones are left out."""
        return [path for path in self._git("ls-files", "-co", "--exclude-standard") if (self.root / path).is_file()]

    @functools.cached_property
    def changed(self):
        """Files that differ from the last commit, and those of commits that were not pushed."""
        names = set(self._git("diff", "--name-only", "HEAD")) | set(self._git("ls-files", "-o", "--exclude-standard"))
        names |= set(self._git("diff", "--name-only", "@{upstream}...HEAD"))
        return [path for path in self.files if path in names]

    def with_suffix(self, *suffixes):
        return [path for path in self.files if path.endswith(suffixes)]

    @functools.cache
    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def lines(self, path):
        """(number, text) of each line."""
        return enumerate(self.text(path).splitlines(), 1)

    def is_python(self, path):
        return path.endswith(".py") or self._interpreter(path).endswith("python3")

    def is_shell(self, path):
        return path.endswith(".sh") or self._interpreter(path).endswith(("bash", "/sh"))

    def _interpreter(self, path):
        if "." in pathlib.PurePath(path).name:
            return ""
        first = self.text(path).split("\n", 1)[0]
        return first.strip() if first.startswith("#!") else ""

    def _git(self, *arguments):
        done = subprocess.run(["git", *arguments, "-z"], cwd=self.root, capture_output=True, text=True)
        return sorted(set(filter(None, done.stdout.split("\0")))) if done.returncode == 0 else []
