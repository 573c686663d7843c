"""The examples of the documentation: what its pages show, and what happens when it is done."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

DOCS = ROOT / "docs"
FILES = {
    "guides/analysis.md": ["plan.csv"],
    "guides/own_template.md": ["teams.csv"],
}
"""What the lists that a page shows are called in its commands."""


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of a page in a language, `console`, `csv` or another."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[tuple[str, str]]:
    """Return the commands that a page shows, with what they print as it says."""
    return [
        (command, output)
        for block in blocks(page, "console")
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


def done(page: Path, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each command of a page, what it says that it prints, and what it prints in a folder.

    Parameters
    ----------
    page : Path
        A page of `docs/`.
    folder : Path
        An empty folder, which gets the lists that the page shows.
    """
    names = FILES.get(page.relative_to(DOCS).as_posix(), [])
    for name, text in zip(names, blocks(page, "csv"), strict=False):
        (folder / name).write_text(text, encoding="utf-8")
    for script in blocks(page, "python") if names else []:
        subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)
    for command, output in commands(page):
        yield command, output, printed(command, folder)


def printed(command: str, folder: Path) -> str:
    """Return what a command of xlcalc prints in a folder, and what it says of mistakes."""
    words = shlex.split(command)
    assert "xlcalc" == words[0]
    ran = subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", *words[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=folder,
        timeout=120,
        check=False,
    )
    return ran.stdout
