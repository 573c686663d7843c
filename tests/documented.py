"""The examples of the documentation: what its pages show, and what happens when it is done.

A block whose fence has a title is a file that the reader saves under that name. A block of
`console` has commands behind `$` with what they print. They run in a shell as they stand, in an
empty folder, with no variable of this process but PATH: its first folder has `xlcalc` and `python`
alone. `XLCALC_NEWCOMER` may name the `bin` of an environment in which xlcalc was just installed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

DOCS = ROOT / "docs"
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_TITLED = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of a page in a language, `console`, `csv` or another."""
    text = page.read_text(encoding="utf-8")
    return re.findall(
        rf"^```{language}(?: title=\"[^\"]+\")?\n(.*?)^```", text, re.MULTILINE | re.DOTALL
    )


def files(page: Path) -> dict[str, str]:
    """Return the files that a page asks its reader to save, by their names."""
    return dict(_TITLED.findall(page.read_text(encoding="utf-8")))


def commands(page: Path) -> list[tuple[str, str]]:
    """Return the commands that a page shows, with what they print as it says."""
    return [found for block in blocks(page, "console") for found in _COMMAND.findall(block)]


def done(page: Path, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each command of a page, what it says that it prints, and what it prints in a folder.

    Parameters
    ----------
    page : Path
        A page of `docs/`, or the README.
    folder : Path
        An empty folder, which gets the files of the page and a folder of the reader's own.
    """
    for name, text in files(page).items():
        (folder / name).write_text(text, encoding="utf-8")
    environment = newcomer(folder / ".home")
    for command, output in commands(page):
        yield command, output, printed(command, folder, environment)


def newcomer(home: Path) -> dict[str, str]:
    """Return the variables of a reader who has xlcalc and nothing else of this process."""
    home.mkdir()
    installed = os.environ.get("XLCALC_NEWCOMER")
    # Without a buffer, what a command prints and what it says come in the order of a terminal.
    environment = {"HOME": str(home), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    if not installed:
        installed = str(home)
        environment["PYTHONPATH"] = str(ROOT)
        for name, module in {"xlcalc": "-m xlcalc.cli", "python": ""}.items():
            script = home / name
            script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
            script.chmod(0o755)
    return environment | {"PATH": os.pathsep.join((installed, "/usr/bin", "/bin"))}


def printed(command: str, folder: Path, environment: dict[str, str]) -> str:
    """Return what a command prints in a folder, and what it says of mistakes."""
    ran = subprocess.run(
        ["sh", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        timeout=120,
        check=False,
    )
    return ran.stdout
