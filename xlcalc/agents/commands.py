"""How does a question of an agent become a command that can do no harm?

Every question is a command of xlcalc in a process of its own, with the limits of the command line.
Its arguments are a list that no shell reads, options carry their values behind `=`, and files are
absolute paths. `run --set=mfu=0.4 -- /folder/a.xlsx` prints JSON, which is the answer, and what it
says on stderr are remarks.
"""

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlcalc.agents.folder import Folder, RefusedError
from xlcalc.templates import TEMPLATES

Value = bool | int | float | str
"""What an input takes."""

MOST_SCENARIOS = 1_000
"""Scenarios of one question, at most."""
_LONGEST = 2_000_000
"""Length of an answer at most [byte]."""
_TOGETHER = 2
"""Commands at once, each with its own memory; further calls wait."""
_GRACE = 5.0
"""Time in which a command may itself say that its time is over [s]."""


class Commands:
    """Commands of xlcalc, each in a process with its limits.

    Parameters
    ----------
    folder : Folder
        Where workbooks are.
    scratch : Path
        A folder of this process alone, for templates and lists.
    seconds, gigabytes : float
        Limits of each command [s], [GB]; 0 for none.
    """

    def __init__(self, folder: Folder, scratch: Path, seconds: float, gigabytes: float) -> None:
        self.folder = folder
        self.scratch = scratch
        self.seconds = seconds
        self.gigabytes = gigabytes
        self._places = threading.BoundedSemaphore(_TOGETHER)
        self._making = threading.Lock()

    def workbook(self, name: str) -> Path:
        """Return the file of a workbook in the folder, or of a template, made when first asked for.

        Raises
        ------
        RefusedError
            If there is none, or it lies elsewhere.
        """
        if name not in TEMPLATES:
            return self.folder.file(name)
        path = self.scratch / f"{name}.xlsx"
        with self._making:
            if not path.exists():
                self._run("template", ["new", name, f"--output={path}"], [])
        return path

    def list_of(self, scenarios: Sequence[Mapping[str, Value | None]], name: str) -> Path:
        """Return a new file with a list of scenarios; None is an empty cell.

        Raises
        ------
        RefusedError
            If there are none, or too many.
        """
        if not 0 < len(scenarios) <= MOST_SCENARIOS:
            raise RefusedError(
                f"inputs must be 1 to {MOST_SCENARIOS:,} scenarios, got {len(scenarios):,}"
            )
        columns = list(dict.fromkeys(column for one in scenarios for column in one))
        rows = [[_text(one.get(column)) for column in columns] for one in scenarios]
        path = Path(tempfile.mkdtemp(dir=self.scratch)) / f"{name}.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
        return path

    def answer(
        self, command: str, options: Sequence[str], files: Sequence[Path], *, strict: bool = False
    ) -> dict[str, Any]:
        """Return what a command prints as JSON, and what it says beside that.

        Raises
        ------
        RefusedError
            If it prints none, or, where `strict` is set, says that it failed.
        """
        printed, said, failed = self._run(command, options, files)
        remarks = [line[8:] for line in said.splitlines() if line.startswith("xlcalc: ")]
        try:
            answer = json.loads(printed)
        except ValueError:
            answer = None
        if answer is None or (strict and failed and remarks):
            last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
            without = f"the command {command} gave no answer"
            raise RefusedError(remarks[-1] if remarks else last.removeprefix("Error: ") or without)
        return {"answer": answer, "remarks": remarks}

    def _run(
        self, command: str, options: Sequence[str], files: Sequence[Path]
    ) -> tuple[str, str, bool]:
        """Return what a command prints, what it says, and whether it failed."""
        words = [
            *(sys.executable, "-P", "-m", "xlcalc.cli"),
            *(f"--time-limit={self.seconds!r}", f"--memory-limit={self.gigabytes!r}"),
            *(command, *options, "--", *map(str, files)),
        ]
        with self._places, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                process = subprocess.Popen(  # noqa: S603  a list that no shell reads
                    words, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
                )
            except (OSError, ValueError):  # too long, or with characters that no text has
                raise RefusedError(f"the command {command} cannot be given these texts") from None
            try:
                process.wait(self.seconds + _GRACE if self.seconds else None)
            except subprocess.TimeoutExpired:
                raise RefusedError(
                    f"the command took more than {self.seconds:g} s; --time-limit gives it more"
                ) from None
            finally:
                if process.poll() is None:
                    _end(process)
            texts = []
            for file in (out, err):
                if file.seek(0, os.SEEK_END) > _LONGEST:
                    raise RefusedError("the answer is too long; name the results that are wanted")
                file.seek(0)
                texts.append(self._without_places(file.read().decode(errors="replace")))
        return texts[0], texts[1], process.returncode != 0

    def _without_places(self, text: str) -> str:
        """Return a text in which files are named as they were asked for."""
        for place in (self.folder.path, self.scratch):
            start = f"{place}{os.sep}"
            text = text.replace(json.dumps(start, ensure_ascii=False)[1:-1], "").replace(start, "")
        return text


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and what it has begun."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _text(value: Value | None) -> str:
    """Return a value as a person would enter it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else repr(value)


def settings(inputs: Mapping[str, Value]) -> list[str]:
    """Return the options that set inputs."""
    for name in inputs:
        if "=" in name:
            raise RefusedError(f'an input has a name without "=", got "{name}"')
    return [f"--set={name}={_text(value)}" for name, value in inputs.items()]


def optional(option: str, value: object) -> list[str]:
    """Return an option, unless it is left out."""
    return [] if value is None else [f"--{option}={value}"]
