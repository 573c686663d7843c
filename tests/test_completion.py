"""What Tab completes in a shell, as the page says."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "completion.md").read_text(encoding="utf-8")
LINES = {
    shell: line.replace("\\|", "|")
    for shell, line in re.findall(r"^\| (\w+)[^|]* \| `((?:[^`|]|\\\|)*)`", PAGE, re.MULTILINE)
}
DEADLINE = 30.0
"""Seconds in which a shell answers."""
PROMPT = "[next] "


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Variables under which `xlcalc` is this one, and no start file of a person is read."""
    home = tmp_path_factory.mktemp("home")
    (home / "bin").mkdir()
    (home / "bin" / "xlcalc").write_text(f'#!/bin/sh\nexec {sys.executable} -m xlcalc "$@"\n')
    (home / "bin" / "xlcalc").chmod(0o755)
    return os.environ | {
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "INPUTRC": os.devnull,
        "TERM": "dumb",
        "PS1": PROMPT,
    }


class Shell:
    """A bash at a terminal, in a folder with two workbooks, that has read the line of the page."""

    def __init__(self, environment, folder):
        command = ["bash", "--norc", "--noprofile", "-i"]
        self._process, self._terminal = pty.fork()
        if not self._process:
            os.chdir(folder)
            os.execvpe("bash", command, environment)  # noqa: S606  at a terminal of its own
        self._read_until(PROMPT)
        os.write(self._terminal, f"{LINES['bash']}\n".encode())
        self._read_until(f"\n{PROMPT}")

    def completed(self, begun):
        """Return the line that is there after Tab behind some text."""
        os.write(self._terminal, f"{begun}\t#end".encode())
        line = self._read_until("#end")
        os.write(self._terminal, b"\x15\n")  # Ctrl-U empties the line
        self._read_until(f"\n{PROMPT}")
        return line.removesuffix("#end")

    def _read_until(self, end):
        shown, deadline = "", time.monotonic() + DEADLINE
        while end not in shown:
            left = deadline - time.monotonic()
            assert left > 0, shown
            if select.select([self._terminal], [], [], left)[0]:
                shown += os.read(self._terminal, 4096).decode().replace("\r", "")
        return shown

    def stop(self):
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)


@pytest.fixture(scope="module")
def shell(environment, tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    (folder / "plan.xlsx").touch()
    (folder / "model 2027.xlsx").touch()
    shell = Shell(environment, folder)
    yield shell
    shell.stop()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize(
    ("expected", "begun"),
    [
        ("xlcalc template ", "xlcalc temp"),
        ("xlcalc batch --name-template ", "xlcalc batch --name-"),
        ("xlcalc template new training_budget ", "xlcalc template new trai"),
        ("xlcalc evaluate model_landscape ", "xlcalc evaluate model_l"),
        ("xlcalc run model\\ 2027.xlsx ", "xlcalc run model"),
        ("xlcalc check plan.xlsx ", "xlcalc check pl"),
        ("xlcalc functions TRAIN_FLOPS ", "xlcalc functions TRAIN_FL"),
        ("xlcalc catalogue show grids ", "xlcalc catalogue show gr"),
        ("xlcalc convert plan.xlsx --dialect native ", "xlcalc convert plan.xlsx --dialect n"),
        ("xlcalc report --lang zh ", "xlcalc report --lang z"),
    ],
)
def test_bash_completes_what_is_begun(expected, begun, shell):
    assert expected == shell.completed(begun)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("zsh", 'eval "$(_XLCALC_COMPLETE=zsh_source xlcalc)"'),
        ("fish", "_XLCALC_COMPLETE=fish_source xlcalc | source"),
    ],
)
def test_the_line_of_another_shell_reads_a_script_for_it(name, line, environment):
    assert line == LINES[name]
    command = f"_XLCALC_COMPLETE={name}_source xlcalc"
    done = subprocess.run(
        ["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert f"_XLCALC_COMPLETE={name}_complete" in done.stdout
    if shutil.which(name):
        subprocess.run([name, "-n"], input=done.stdout, check=True, text=True, timeout=60)
