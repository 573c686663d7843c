"""LibreOffice Calc with our add-in: a macro asks, in a profile of its own.

A step is the name of a procedure of `calc.bas` with its arguments behind the book.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.conftest import ROOT
from tools import libreoffice_backport
from tools.libreoffice import _PROFILE, _literal

_ASKING = {"Show", "Values", "Measure", "Describe"}
_LOCALE = (
    '<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" '
    'oor:op="fuse"><value>{}</value></prop></item></oor:items>'
)


@dataclass(frozen=True)
class Office:
    """One LibreOffice: its programs."""

    soffice: str
    unopkg: str


INSTALLED = Office("/usr/bin/soffice", "/usr/bin/unopkg")
UNPACKED = Office(*(str(libreoffice_backport.folder() / p) for p in ("soffice25", "unopkg25")))

needs_installed = pytest.mark.skipif(
    not (
        Path(INSTALLED.soffice).exists()
        and Path("/usr/lib/libreoffice/program/pythonloader.py").exists()
    ),
    reason="LibreOffice Calc with python3-uno is not installed",
)
needs_unpacked = pytest.mark.skipif(
    not Path(UNPACKED.soffice).exists(),
    reason="LibreOffice 25.2 is not there; run: python -m tools.libreoffice_backport",
)


class Calc:
    """A LibreOffice in which our add-in is installed."""

    def __init__(self, office: Office, addin: Path, folder: Path, language: str = "") -> None:
        self.office, self.folder = office, folder
        self.profile = folder / "profile"
        (folder / "shared").mkdir(parents=True)
        # Other interpreters on the PATH would lend LibreOffice's Python their libraries.
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
        # unopkg refuses root, but for what is shared by all users: a folder of ours here.
        self.options = [
            f"-env:UserInstallation={self.profile.as_uri()}",
            f"-env:UNO_SHARED_PACKAGES={(folder / 'shared').as_uri()}",
        ]
        self._write_profile("", language)
        self._run(office.unopkg, "add", "--shared", *self.options, str(addin))
        empty = folder / "empty.csv"
        empty.write_text("1\n", encoding="utf-8")
        # The first start takes note of the add-in, the next one has its texts.
        self._office("--convert-to", "ods", "--outdir", str(folder), str(empty))

    def ask(
        self, steps: Sequence[tuple], book: str = "private:factory/scalc", **environment: str
    ) -> list[list[str]]:
        """Take steps in a book, and return the fields that each asking one printed."""
        printed = self.folder / "printed.txt"
        lines = ["Sub Main", f"Open {_literal(str(printed))} For Output As #1"]
        lines += ["On Error Goto Failed", f"book = Opened({_literal(book)})"]
        for procedure, *arguments in steps:
            call = f"{procedure}({', '.join(['book', *map(_literal, arguments)])})"
            lines.append(f"book = {call}" if procedure == "Saved" else call)
        lines += ['Print #1, "done"', "Goto Leave", "Failed:", 'Print #1, "failed: " & Error']
        lines += ["Leave:", "Close #1", "StarDesktop.terminate()", "End Sub"]
        self._write_profile("\n".join(lines))
        self._office("macro:///Standard.Edits.Main", **environment)
        *answers, last = printed.read_text(encoding="utf-8").splitlines()
        assert "done" == last, [*answers, last]
        assert len(answers) == sum(step[0] in _ASKING for step in steps)
        return [answer.split("\t") for answer in answers]

    def _office(self, *arguments: str, **environment: str) -> None:
        self._run(
            self.office.soffice,
            *("--headless", "--norestore", *self.options, *arguments),
            **environment,
        )

    def _run(self, *command: str, **environment: str) -> None:
        with subprocess.Popen(
            command,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # it says that Java is missing
            start_new_session=True,
        ) as process:
            try:
                process.wait(timeout=180)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        assert 0 == process.returncode

    def _write_profile(self, main: str, language: str = "") -> None:
        """Write the macro, and the first time what a profile needs so that it is kept."""
        module = (
            '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Edits" '
            f'script:language="StarBasic">{escape(PROCEDURES)}\n{escape(main)}</script:module>'
        )
        files = _PROFILE | {"basic/Standard/Edits.xba": module}
        if language:
            settings = files["registrymodifications.xcu"]
            files["registrymodifications.xcu"] = settings.replace(
                "</oor:items>", _LOCALE.format(language)
            )
        for name, text in files.items():
            path = self.profile / "user" / name
            if name != "basic/Standard/Edits.xba" and path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', encoding="utf-8")


PROCEDURES = (ROOT / "tests" / "calc.bas").read_text(encoding="utf-8")
