"""What does `xlcalc recalc` do with a workbook: the real command, in a process of its own.

`recalculate(file, target, seconds)` gives its status, what it wrote, and the differences that it
named. All that is known here of the command's output stands in `reported`.
"""

import contextlib
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.cell_values import Key, Value, position
from tests.benchmarks.processes import MEMORY, end, limit_memory
from tests.benchmarks.stored_values import values_of
from xlcalc.calc.engines.interface import EngineError

_LINE = re.compile(r"^\s*(?:xlcalc: )?(?P<at>\S.*?![A-Z]{1,3}[0-9]+)\s+.*? → ")


@dataclass
class Outcome:
    """What became of one file.

    `kind` is done, differs (differences were named and nothing was written), refused, crashed or
    slow; `named` has the verdict on each cell that the command named.
    """

    kind: str
    seconds: float
    status: int | None = None
    sentence: str = ""
    named: dict[tuple[str, int, int], str] = field(default_factory=dict)
    written: bytes | None = None

    def names(self, key: Key) -> bool:
        """Whether the command said something of a cell."""
        return (key.sheet.lower(), key.row, key.column) in self.named


def reported(stdout: str, stderr: str) -> dict[tuple[str, int, int], str]:
    """Return the cells that the command names, with the verdict on each.

    They are a list in JSON, `{"sheet", "cell", "stored", "calculated", "formula", "verdict"}`,
    alone or under "differences"; or lines such as `Sheet!C5  35 → 0  =SUM(…)`.
    """
    begin = re.search(r"^[\[{]", stdout, re.MULTILINE)
    with contextlib.suppress(ValueError):
        found, _ = json.JSONDecoder().raw_decode(stdout, begin.start() if begin else 0)
        rows = found.get("differences", []) if isinstance(found, dict) else found
        return {_place(row["sheet"], row["cell"]): str(row.get("verdict", "")) for row in rows}
    lines = (_LINE.match(line) for line in f"{stdout}\n{stderr}".splitlines())
    return {_place(*line["at"].rsplit("!", 1)): "" for line in lines if line is not None}


def _place(sheet: str, cell: str) -> tuple[str, int, int]:
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return (sheet.lower(), *position(cell))


@functools.cache
def options() -> tuple[str, ...]:
    """Return the options of the command that matter here and that it offers."""
    shown = subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", "recalc", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    known = ("--json", "--accept-differences")
    return tuple(option for option in known if re.search(rf"{option}\b", shown.stdout))


def recalculate(file: Path, target: Path, seconds: float, *, accept: bool = False) -> Outcome:
    """Run the command on a file; what it writes to `target` is read and deleted.

    With `accept` the command is told to write in spite of differences, where it has an option for
    that.
    """
    target.unlink(missing_ok=True)
    command = [sys.executable, "-m", "xlcalc.cli", "recalc", str(file), "-o", str(target)]
    command += [option for option in options() if accept or option == "--json"]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "1000", "NO_COLOR": "1"}
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        limit_memory(process, MEMORY)
        try:
            stdout, stderr = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            end(process)
            return Outcome("slow", seconds, None, f"over {seconds:g} s")
    taken = time.perf_counter() - began
    written = target.read_bytes() if target.exists() else None
    target.unlink(missing_ok=True)
    named = reported(stdout, stderr)
    status = process.returncode
    last = stderr.strip().splitlines()[-1:] or [f"status {status}"]
    if status not in (0, 1, 2) or "Traceback (most recent call last)" in stderr:
        return Outcome("crashed", taken, status, last[0], named, written)
    if written is not None and status == 0:
        return Outcome("done", taken, status, "", named, written)
    first = next((line for line in stderr.splitlines() if line.startswith("xlcalc:")), last[0])
    return Outcome("differs" if named else "refused", taken, status, first, named, written)


class BareCommand:
    """The command as an engine is asked: what it writes for a file without stored values."""

    def values(
        self, data: bytes, cells: Sequence[Key], seconds: float
    ) -> tuple[list[Value], float]:
        """Return the values of cells that the command wrote, and the seconds it took.

        Raises
        ------
        EngineError
            If it wrote nothing.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "bare.xlsx"
            file.write_bytes(data)
            outcome = recalculate(file, Path(folder) / "out.xlsx", seconds, accept=True)
        if outcome.written is None:
            raise EngineError(outcome.sentence)
        return values_of(outcome.written, cells), outcome.seconds

    def close(self) -> None:
        """Do nothing: each file has a process of its own."""


def sentence_kind(sentence: str) -> str:
    """Return a sentence without what is particular to a file, so that sentences can be counted."""
    text = sentence.removeprefix("xlcalc: ")
    text = re.sub(r"'?[^'!]{1,60}'?!\$?[A-Z]{1,3}\$?[0-9]+", "CELL", text, count=1)
    text = re.sub(r"/\S.*?\.xls[xm]", "FILE", text)
    text = re.sub(r"turn from .* into (#\S+?):.*", r"turn from a value into \1", text, flags=re.S)
    return text[:110]
