#!/usr/bin/env python3
"""Each kind of violation, planted into a small copy of a checkout, is found; the copy without it is clean."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent
CHECK = TOOLS / "check"
ROOM = "src/controls/page_size"

CLEAN = {
    "tools/layers.txt": "public:\nbase: public\nhttp: public base\ncontrols: public base http\napps: public base http controls\n",
    "include/sallyport/thing.hpp": "#pragma once\n#include <string>\n",
    "src/base/text.hpp": "#pragma once\n#include <sallyport/thing.hpp>\n",
    "src/http/head.cpp": '#include "base/text.hpp"\n',
    "src/controls/registry.def": "CONTROL(page_size)  // alone\n",
    f"{ROOM}/README.md": "# page_size\n",
    f"{ROOM}/config.hpp": "#pragma once\n",
    f"{ROOM}/page_size.cpp": '#include "controls/page_size/config.hpp"\n',
    f"{ROOM}/page_size_test.cpp": '#include "controls/page_size/config.hpp"\n',
    f"{ROOM}/cases/a.yaml": "[]\n",
    "apps/sallyport/main.cpp": '#include "verbs.hpp"\n\nint main() { return 0; }\n',
    "apps/sallyport/verbs.hpp": "#pragma once\n",
    "tools/script": "#!/usr/bin/env python3\n",
}


class Gate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        for path, text in CLEAN.items():
            self.write(path, text)
        for settings in (".clang-format", ".clang-tidy"):
            shutil.copy(TOOLS.parent / settings, self.root)
        self.write(".gitignore", "/build/\n")
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def check(self, *arguments):
        done = subprocess.run([sys.executable, str(CHECK), "--root", str(self.root), *arguments],
                              capture_output=True, text=True)
        return done.returncode, done.stdout

    def assertFinds(self, check, place, words, *arguments):
        code, output = self.check("--only", check, *arguments)
        lines = output.splitlines()
        self.assertEqual(code, 1, output)
        self.assertTrue(any(line.startswith(place) and words in line for line in lines), output)
        self.assertEqual(len(lines), 1, output)

    def test_clean_copy_has_no_finding(self):
        self.assertEqual(self.check("--no-tidy"), (0, ""))

    def test_unknown_check_is_a_usage_error(self):
        self.assertEqual(self.check("--only", "nothing")[0], 2)

    # layering
    def test_arrow_upwards(self):
        self.write("src/base/text.cpp", '\n#include "http/head.hpp"\n')
        self.assertFinds("layering", "src/base/text.cpp:2:", "`base` may not include `http`")

    def test_public_header_includes_a_room(self):
        self.write("include/sallyport/thing.hpp", '#include "base/text.hpp"\n')
        self.assertFinds("layering", "include/sallyport/thing.hpp:1:", "public header")

    def test_public_header_includes_a_library(self):
        self.write("include/sallyport/thing.hpp", "#include <boost/asio.hpp>\n")
        self.assertFinds("layering", "include/sallyport/thing.hpp:1:", "public header")

    def test_include_of_no_room(self):
        self.write("src/http/head.cpp", '#include "nowhere/text.hpp"\n')
        self.assertFinds("layering", "src/http/head.cpp:1:", "no file of a room")

    def test_room_outside_the_table(self):
        self.write("src/cellar/wine.cpp", "\n")
        self.assertFinds("layering", "src/cellar/wine.cpp:1:", "`cellar` is not in")

    def test_circle_in_the_table(self):
        self.write("tools/layers.txt", CLEAN["tools/layers.txt"].replace("base: public", "base: public http"))
        self.assertFinds("layering", "tools/layers.txt:2:", "not above it")

    # size
    def test_over_800_lines(self):
        self.write("src/base/long.cpp", "// Long because: no reason is good enough\n" + "\n" * 800)
        self.assertFinds("size", "src/base/long.cpp:801:", "refused")

    def test_800_lines_with_a_reason(self):
        self.write("src/base/long.cpp", "// Long because it is one table\n" + "\n" * 799)
        self.assertEqual(self.check("--only", "size"), (0, ""))

    def test_over_400_lines_without_a_reason(self):
        for path in ("src/base/long.cpp", "dashboard/src/Long.tsx"):
            with self.subTest(path):
                self.write(path, "\n" * 401)
                self.assertFinds("size", f"{path}:401:", "Long because")
                (self.root / path).unlink()

    def test_400_lines_need_no_reason(self):
        self.write("src/base/long.cpp", "\n" * 400)
        self.assertEqual(self.check("--only", "size"), (0, ""))

    def test_a_long_script_without_extension(self):
        self.write("tools/script", "#!/usr/bin/env bash\n" + "\n" * 400)
        self.assertFinds("size", "tools/script:401:", "Long because")

    # names
    def test_empty_names(self):
        for declaration in ("class StreamManager {};", "struct PathHelper {};", "enum class UtilKind { a };",
                            "class [[nodiscard]] StreamImpl final {};"):
            with self.subTest(declaration):
                self.write("src/base/names.hpp", f"\n{declaration}\n")
                self.assertFinds("names", "src/base/names.hpp:2:", "does not say what it is for")

    def test_words_that_only_begin_alike(self):
        self.write("src/base/names.hpp", "struct Implication {};\nstruct Utility {};\n")
        self.assertEqual(self.check("--only", "names"), (0, ""))

    def test_file_of_utilities(self):
        self.write("src/base/string_utils.hpp", "\n")
        self.assertFinds("names", "src/base/string_utils.hpp:1:", "file's name")

    # rooms
    def test_control_that_lacks_a_file(self):
        for file, words in (("README.md", "lacks README.md"), ("config.hpp", "lacks config.hpp"),
                            ("page_size_test.cpp", "lacks a *_test.cpp"), ("cases/a.yaml", "lacks cases/*.yaml")):
            with self.subTest(file):
                (self.root / ROOM / file).rename(self.root / "kept")
                self.assertFinds("rooms", f"{ROOM}/page_size.cpp:1:", words)
                (self.root / "kept").rename(self.root / ROOM / file)

    def test_control_that_nobody_lists(self):
        self.write("src/controls/registry.def", "")
        self.assertFinds("rooms", f"{ROOM}/page_size.cpp:1:", "is not in src/controls/registry.def")

    def test_listed_control_without_folder(self):
        self.write("src/controls/registry.def", CLEAN["src/controls/registry.def"] + "CONTROL(ghost)  // gone\n")
        self.assertFinds("rooms", "src/controls/registry.def:2:", "has no folder")

    def test_place_without_a_reason(self):
        self.write("src/controls/registry.def", "CONTROL(page_size)\n")
        self.assertFinds("rooms", "src/controls/registry.def:1:", "no reason")

    # paths
    def test_path_of_a_machine(self):
        self.write("docs/page.md", "Look\nat " + "/" + "root/project/file.txt.\n")
        self.assertFinds("paths", "docs/page.md:2:", "a path of one machine")

    # reference
    def program(self):
        self.write("build/dev/sallyport", "#!/bin/sh\necho \"keys $*\"\n")
        os.chmod(self.root / "build/dev/sallyport", 0o755)

    def test_stale_reference(self):
        self.program()
        self.assertEqual(self.check("--only", "reference", "--fix"), (0, ""))
        self.assertEqual(self.check("--only", "reference"), (0, ""))
        page = self.root / "docs/reference/configuration.md"
        page.write_text(page.read_text().replace("keys", "cays"))
        self.assertFinds("reference", "docs/reference/configuration.md:4:", "not what the program says")

    # format
    @unittest.skipUnless(shutil.which("clang-format-19"), "clang-format-19 is not installed")
    def test_layout(self):
        self.write("src/base/layout.cpp", "int a;\nint   b;\n")
        self.assertFinds("format", "src/base/layout.cpp:2:", "clang-format")
        self.assertEqual(self.check("--only", "format", "--fix"), (0, ""))
        self.assertEqual((self.root / "src/base/layout.cpp").read_text(), "int a;\nint b;\n")

    # tidy
    @unittest.skipUnless(shutil.which("clang-tidy-19"), "clang-tidy-19 is not installed")
    def test_tidy(self):
        path = "src/base/odd.cpp"
        self.write(path, "int odd(int a) {\n  if (a == a) return 1;\n  return 0;\n}\n")
        command = f"clang++-19 -std=c++23 -c {self.root}/{path}"
        database = [{"directory": str(self.root), "file": str(self.root / path), "command": command}]
        self.write("build/dev/compile_commands.json", json.dumps(database))
        self.assertFinds("tidy", f"{path}:2:", "misc-redundant-expression", "--all")
        self.assertFinds("tidy", f"{path}:2:", "misc-redundant-expression", "--all")  # from the cache
        self.write(path, "int odd(int a) { return a; }\n")
        self.assertEqual(self.check("--only", "tidy", "--all"), (0, ""))


if __name__ == "__main__":
    unittest.main()
