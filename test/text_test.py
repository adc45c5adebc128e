#!/usr/bin/env python3
"""text_test - tests of command lines, written as text.

A file is one behaviour:

    # Why this test exists.
    -- needs tcpdump root
    -- file prog.s
    r0 = 1
    exit
    -- cmd
    waggle asm prog.s | wc -c
    -- stdin
    -- stdout
    {{[0-9]+}}
    -- stderr
    -- exit 0

'file NAME' makes a file in the empty folder where the test runs; 'cmd' is for the shell, with
waggle on PATH; what 'stdin', 'stdout' and 'stderr' do not say is empty, and 'exit' is 0 unless
said.  Each further 'cmd' begins a further step in the same folder.  In expected lines, {{regex}}
stands for what the expression matches, and a line {{...}} for any number of lines.  'needs' names
programs, 'root', 'bpf' (root, and a kernel that runs programs), 'libbpf' (its headers), 'native' (a
waggle that is not emulated), or 'libelf' or 'libdw' (which waggle may be built without); without them
the test is skipped.  A section line that must itself begin with
"-- " is written "\\-- ".

usage: test/text_test.py BIN_DIR FILE.t...     runs these with the programs of BIN_DIR first
"""

import ctypes
import difflib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT = 30  # seconds, for one command
SECTION = re.compile(r"^-- (\w+)(?: (.*))?$")


@dataclass
class Outcome:
    """Of one test; both empty when it passed."""

    problem: str = ""
    skip: str = ""


@dataclass
class Step:
    cmd: str
    stdin: str = ""
    stdout: str = ""
    stderr: str = ""
    exit: int = 0


@dataclass
class Script:
    files: dict = field(default_factory=dict)
    needs: list = field(default_factory=list)
    steps: list = field(default_factory=list)


class Malformed(Exception):
    """A test that is not written as it should be."""


def split_sections(text):
    """Yield (line number, kind, argument, body) of each section."""
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    if not lines or not lines[0].startswith("# "):
        raise Malformed("1: the first line is not '# why this test exists'")
    current = None
    for number, line in enumerate(lines, 1):
        match = SECTION.match(line)
        if match:
            if current:
                yield current[0], current[1], current[2], "".join(current[3])
            current = (number, match.group(1), match.group(2), [])
        elif current:
            current[3].append((line[1:] if line.startswith("\\-- ") else line) + "\n")
        elif line.strip() and not line.startswith("#"):
            raise Malformed(f"{number}: text before the first section")
    if current:
        yield current[0], current[1], current[2], "".join(current[3])


def parse(text):
    script = Script()
    for number, kind, argument, body in split_sections(text):
        if kind == "file" and argument:
            script.files[argument] = body
        elif kind == "needs" and argument:
            script.needs += argument.split()
        elif kind == "cmd":
            script.steps.append(Step(body))
        elif kind in ("stdin", "stdout", "stderr") and script.steps:
            setattr(script.steps[-1], kind, body)
        elif kind == "exit" and script.steps and argument and argument.isdigit():
            script.steps[-1].exit = int(argument)
        else:
            raise Malformed(f"{number}: a section '{kind}' cannot be here, or lacks its word")
    if not script.steps:
        raise Malformed("1: there is no section 'cmd'")
    return script


def line_matches(expected, actual):
    """Is @actual what @expected says, {{regex}} parts included?"""
    parts = re.split(r"\{\{(.*?)\}\}", expected)
    pattern = "".join(f"(?:{p})" if i % 2 else re.escape(p) for i, p in enumerate(parts))
    return re.fullmatch(pattern, actual) is not None


def lines_match(expected, actual):
    """Are the lines those expected?  A line {{...}} takes as many as it must, which is found as
    for '*' in a file pattern: try none, and on a mismatch later one more."""
    e = a = 0
    retry = None  # (the line after the last {{...}}, the first actual line to try it on)
    while a < len(actual):
        if e < len(expected) and expected[e] == "{{...}}":
            e, retry = e + 1, (e + 1, a)
        elif e < len(expected) and line_matches(expected[e], actual[a]):
            e, a = e + 1, a + 1
        elif retry:
            e, a = retry[0], retry[1] + 1
            retry = (e, a)
        else:
            return False
    return all(line == "{{...}}" for line in expected[e:])


def compare(what, expected, actual):
    """A readable difference, or nothing."""
    want, got = expected.split("\n"), actual.split("\n")
    if lines_match(want, got):
        return ""
    # Lines that match by an expression are not what the reader looks for.
    shown = [next((e for e in want if e != "{{...}}" and line_matches(e, g)), g) for g in got]
    diff = difflib.unified_diff(want, shown, "expected " + what, "actual " + what, lineterm="")
    return "\n".join(diff) + "\n"


def waggle_version(env):
    return subprocess.run(["waggle", "version"], capture_output=True, text=True, env=env,
                          check=False).stdout


def missing_bpf(env):
    """Why this machine's kernel does not run the programs of the waggle at hand; asked without it."""
    if os.uname().machine not in waggle_version(env):
        return "an emulated program cannot call bpf(2)"
    number = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
    array = struct.pack("IIIII", 2, 4, 8, 1, 0).ljust(72, b"\0")
    fd = ctypes.CDLL(None, use_errno=True).syscall(number, 0, array, len(array))
    if fd < 0:
        return "bpf(2) is refused: " + os.strerror(ctypes.get_errno())
    os.close(fd)
    return ""


def missing_need(needs, env=None):
    for need in needs:
        if need == "root":
            if os.geteuid() != 0:
                return "not root"
        elif need == "bpf":
            if os.geteuid() != 0:
                return "not root"
            if why := missing_bpf(env):
                return why
        elif need in ("libelf", "libdw"):
            version = waggle_version(env)
            if re.search(rf"^{need}: +none$", version, re.M):
                return f"built without {need}"
        elif need == "native":
            if os.uname().machine not in waggle_version(env):
                return "an emulated program is not started as others are"
        elif need == "libbpf":
            if not os.path.exists("/usr/include/bpf/libbpf.h"):
                return "no headers of libbpf"
        elif not shutil.which(need):
            return f"no {need}"
    return ""


def run_step(step, folder, env):
    """What is wrong with what the step did, or nothing."""
    try:
        done = subprocess.run(["sh", "-c", step.cmd], input=step.stdin.encode(), cwd=folder,
                              env=env, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return f"$ {step.cmd}no end within {TIMEOUT} s\n"
    problem = ""
    if done.returncode != step.exit:
        problem += f"exit status {done.returncode}, expected {step.exit}\n"
    problem += compare("stdout", step.stdout, done.stdout.decode(errors="backslashreplace"))
    problem += compare("stderr", step.stderr, done.stderr.decode(errors="backslashreplace"))
    return f"$ {step.cmd}{problem}" if problem else ""


def run_file(path, env):
    try:
        script = parse(path.read_text())
    except Malformed as e:
        return Outcome(problem=f"{path.name}:{e}\n")
    skip = missing_need(script.needs, env)
    if skip:
        return Outcome(skip=skip)
    with tempfile.TemporaryDirectory() as folder:
        for name, body in script.files.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body)
        for step in script.steps:
            problem = run_step(step, folder, env)
            if problem:
                return Outcome(problem=problem)
    return Outcome()


def console_blocks(text):
    """Yield (options, commands) of each ```console block; commands are (line, output).

    An HTML comment right before a block says more: <!-- any: REGEX --> that what the expression
    matches may differ, <!-- needs: PROGRAM... --> as in a test file.
    """
    for match in re.finditer(r"((?:<!-- .*? -->\n)*)```console\n(.*?)```\n", text, re.S):
        options = re.findall(r"<!-- (\w+): (.*?) -->", match.group(1))
        commands = []
        for line in match.group(2).splitlines(keepends=True):
            if line.startswith("$ "):
                commands.append([line[2:], ""])
            elif commands and line.startswith("> ") and not commands[-1][1]:
                commands[-1][0] += line[2:]
            elif commands:
                commands[-1][1] += line
        yield options, commands


def run_document(path, root, env):
    """An outcome to each command line that begins with waggle, run where the repository is."""
    for options, commands in console_blocks(path.read_text()):
        skip = missing_need([n for kind, v in options if kind == "needs" for n in v.split()], env)
        for command, output in commands:
            if not command.startswith("waggle"):
                continue
            if skip:
                yield Outcome(skip=skip)
                continue
            done = subprocess.run(["sh", "-c", command], cwd=root, env=env, timeout=TIMEOUT,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, errors="replace")
            actual = done.stdout
            for kind, regex in options:
                if kind == "any":
                    actual, output = re.sub(regex, "*", actual), re.sub(regex, "*", output)
            problem = compare("output", output, actual)
            yield Outcome(problem=f"$ {command}{problem}" if problem else "")


def main(bin_dir, *names):
    env = {**os.environ, "LC_ALL": "C.UTF-8",
           "PATH": f"{Path(bin_dir).resolve()}:{os.environ['PATH']}"}
    outcomes = [(name, run_file(Path(name), env)) for name in names]
    for name, outcome in outcomes:
        if outcome.problem:
            print(f"{name}:\n{outcome.problem}", end="")
        elif outcome.skip:
            print(f"skipped: {outcome.skip}")
    failed = sum(bool(o.problem) for _, o in outcomes)
    skipped = sum(bool(o.skip) for _, o in outcomes)
    print(f"{len(outcomes) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
