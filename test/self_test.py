#!/usr/bin/env python3
"""self_test - the tools that judge everything else must themselves notice what is wrong."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import text_test


def load(path):
    """A script without .py as a module."""
    loader = importlib.machinery.SourceFileLoader(path.name.replace("-", "_"), str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


def outcome(text):
    """What becomes of a test with this text."""
    with tempfile.NamedTemporaryFile("w", suffix=".t") as file:
        file.write(text)
        file.flush()
        return text_test.run_file(Path(file.name), dict(os.environ))


class TextTests(unittest.TestCase):
    def test_what_is_not_mentioned_must_be_empty(self):
        self.assertEqual(outcome("# why\n-- cmd\ntrue\n").problem, "")
        self.assertIn("actual stdout", outcome("# why\n-- cmd\necho x\n").problem)
        self.assertIn("actual stderr", outcome("# why\n-- cmd\necho x >&2\n").problem)
        self.assertIn("exit status 1", outcome("# why\n-- cmd\nfalse\n").problem)

    def test_lines(self):
        for expected, actual, same in [
            ("a\nb", "a\nb", True), ("a\nb", "a", False), ("a", "a\nb", False),
            ("a{{[0-9]+}}b", "a12b", True), ("a{{[0-9]+}}b", "ab", False),
            ("{{a|b}}c", "bc", True), ("{{a|b}}c", "a", False), ("a.c", "abc", False),
            ("{{...}}", "", True), ("{{...}}", "a\nb", True), ("a\n{{...}}\nb", "a\nb", True),
            ("a\n{{...}}\nb", "a\nx\nb\ny\nb", True), ("a\n{{...}}\nb", "a\nb\nc", False),
            ("{{...}}\nx\n{{...}}\nx", "x\nx", True), ("{{...}}\nx\n{{...}}\nx", "x", False),
        ]:
            with self.subTest(expected=expected, actual=actual):
                self.assertEqual(text_test.lines_match(expected.split("\n"), actual.split("\n")),
                                 same)

    def test_a_last_line_without_its_newline_differs(self):
        self.assertTrue(outcome("# why\n-- cmd\nprintf x\n-- stdout\nx\n").problem)

    def test_files_input_and_steps(self):
        self.assertEqual(outcome("# why\n-- file d/f\nhello\n-- cmd\ncat d/f -\n-- stdin\nyou\n"
                                 "-- stdout\nhello\nyou\n-- cmd\nls\n-- stdout\nd\n").problem, "")

    def test_malformed(self):
        for text in ["", "-- cmd\ntrue\n", "# why\n", "# why\n-- stdout\nx\n",
                     "# why\n-- cmd\ntrue\n-- exit\n", "# why\n-- cmd\ntrue\n-- sdtout\n",
                     "# why\nstray\n-- cmd\ntrue\n"]:
            with self.subTest(text=text):
                self.assertTrue(outcome(text).problem)

    def test_needs(self):
        self.assertEqual(outcome("# why\n-- needs no-such-program\n-- cmd\nfalse\n").skip,
                         "no no-such-program")

    def test_console_blocks(self):
        blocks = list(text_test.console_blocks(
            "<!-- any: [0-9]+ -->\n```console\n$ waggle a\none\n$ waggle b\n```\n"
            "```sh\n$ waggle c\n```\n"))
        self.assertEqual(blocks, [([("any", "[0-9]+")],
                                   [["waggle a\n", "one\n"], ["waggle b\n", ""]])])


class Counting(unittest.TestCase):
    def count(self, status, text):
        result = load(HERE / "run").count_results("x", status, text)
        return result.passed, result.failed, len(result.skips)

    def test_summary(self):
        self.assertEqual(self.count(0, "3 passed, 0 failed, 0 skipped\n"), (3, 0, 0))
        self.assertEqual(self.count(1, "a: no\n3 passed, 2 failed, 0 skipped\n"), (3, 2, 0))
        self.assertEqual(self.count(0, "skipped: x\n1 passed, 0 failed, 2 skipped\n"), (1, 0, 2))

    def test_tap(self):
        self.assertEqual(self.count(0, "1..2\nok 1 - a\nok 2 - b\n"), (2, 0, 0))
        self.assertEqual(self.count(1, "1..2\nok 1 - a\nnot ok 2 - b\n"), (1, 1, 0))
        self.assertEqual(self.count(0, "1..2\nok 1 - a\nnot ok 2 # SKIP b\n"), (1, 0, 1))

    def test_an_end_that_contradicts(self):
        self.assertEqual(self.count(-11, "3 passed, 0 failed, 0 skipped\n"), (3, 1, 0))
        self.assertEqual(self.count(-6, "ok 1 - a\n"), (1, 1, 0))
        self.assertEqual(self.count(1, ""), (0, 1, 0))
        self.assertEqual(self.count(0, ""), (1, 0, 0))
        self.assertEqual(self.count(77, "no bpf(2) here\n"), (0, 0, 1))
        # TAP that promises more than it delivers: the program stopped on the way.
        self.assertEqual(self.count(0, "1..3\nok 1 - a\n"), (1, 1, 0))


class Layers(unittest.TestCase):
    def check(self, layers, files):
        """What check-layers says of a tree of these files."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {"src/layers.txt": layers, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            (root / "scripts").mkdir()
            script = root / "scripts/check-layers"
            script.write_text((HERE.parent / "scripts/check-layers").read_text())
            done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1 if done.stdout else 0)
            return done.stdout

    def test_violations(self):
        rows = "include:\na:\nb: a\n"
        files = {"src/a/x.h": "", "src/b/y.h": '#include "a/x.h"\n#include <stdio.h>\n'}
        self.assertEqual(self.check(rows, files), "")
        self.assertIn("src/a/x.c:2: 'a' may not include 'b'",
                      self.check(rows, {**files, "src/a/x.c": '\n# include "b/y.h"\n'}))
        self.assertIn("no row", self.check(rows, {**files, "src/c/z.c": ""}))
        self.assertIn("there is no src/a/q.h", self.check(rows, {"src/a/x.c": '#include "a/q.h"\n'}))
        self.assertIn("a circle: a -> b -> a", self.check("a: b\nb: a\n", {}))
        self.assertIn("'c' has no row of its own", self.check("a: c\n", {}))
        self.assertIn("may not include", self.check(rows, {**files, "include/waggle/p.h":
                                                           '#include "b/y.h"\n'}))


if __name__ == "__main__":
    unittest.main()
