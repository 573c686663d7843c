"""How do programs without Excel compare: `python -m tests.benchmarks.peers FOLDER`.

FOLDER has workbooks that Excel saved and an `index.csv` with the columns `file` and `group`, as for
`tests.benchmarks.corpus`. Each program gets the files without the stored values of their formulas.
A row is printed for each: files; files that it calculated; whole ones (every cell that Excel stored
comes out the same to 1e-9, volatile cells and what follows from them aside); cells that are right,
that have an error or nothing in place of Excel's value, and that are wrong; cells of files that it
did not calculate; the median and the longest time of a file that it calculated.

xlcalc is measured as its command, with the start of Python and of its engines, and told to write
where its engines differ; for the others the start of the program is left out. `--sample N` takes N
files, as many from each group as there are, the same ones at every run.
"""

import argparse
import contextlib
import csv
import hashlib
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

from tests.benchmarks import libreoffice
from tests.benchmarks.cell_values import CellFailure, Key, Value, same
from tests.benchmarks.corpus_files import OURS, Excel, shown
from tests.benchmarks.engine_values import EngineValues, installed, one_thread
from tests.benchmarks.processes import MEMORY
from tests.benchmarks.python_peers import PythonPeer, installed_peers
from tests.benchmarks.recalc_command import BareCommand, options
from tests.benchmarks.stored_values import values_of
from tests.benchmarks.tables import percent, table
from xlcalc.calc.engines.interface import EngineError
from xlcalc.calc.engines.local import ENGINES

LIBREOFFICE = "LibreOffice"
_EXAMPLES = 5


class Program(Protocol):
    """What calculates one workbook after the other."""

    def values(
        self, data: bytes, cells: Sequence[Key], seconds: float
    ) -> tuple[list[Value], float]:
        """Return the values of cells, and the seconds that a workbook took."""

    def close(self) -> None:
        """End what runs."""


@dataclass
class Outcome:
    """What a program gave for one file."""

    file: str
    cells: int
    right: int = 0
    absent: int = 0
    wrong: int = 0
    seconds: float = 0.0
    why: str = ""
    examples: list[tuple[str, object, object]] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the programs on a folder and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, metavar="N", help="only N files, from all groups")
    everything = (OURS, *ENGINES, LIBREOFFICE, *installed_peers())
    parser.add_argument("--programs", default=",".join(everything), help="which are measured")
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of a file")
    parser.add_argument("--json", type=Path, help="file for all results")
    given = parser.parse_args(arguments)
    names = [name for name in given.programs.split(",") if name in programs_here()]
    one_thread()
    options()
    files = list(sample(given.folder, given.sample))
    results = {}
    for name in names:
        print(f"{name}: {len(files)} files", file=sys.stderr)
        if name == LIBREOFFICE:
            results[name] = _by_libreoffice(files, given.seconds)
        else:
            with contextlib.closing(program(name)) as one:
                results[name] = _by_program(one, files, given.seconds)
    if given.json is not None:
        content = {name: [asdict(one) for one in found] for name, found in results.items()}
        given.json.write_text(json.dumps(content, indent=1), encoding="utf-8")
    print(peers_table(results))


def programs_here() -> list[str]:
    """Return the programs that are installed here, in the order of the table."""
    office = [LIBREOFFICE] if libreoffice.version() else []
    return [OURS, *installed(ENGINES), *office, *installed_peers()]


def program(name: str) -> Program:
    """Return a program by its name."""
    if name == OURS:
        return BareCommand()
    return EngineValues(name, MEMORY) if name in ENGINES else PythonPeer(name, MEMORY)


def sample(folder: Path, count: int | None) -> Iterator[tuple[str, Excel]]:
    """Give some usable files of a folder, in turn from each group, the same ones at every run.

    Parameters
    ----------
    folder : Path
        A folder with `index.csv`.
    count : int or None
        How many, all if there are fewer; None for all.
    """
    groups: dict[str, list[str]] = {}
    with (folder / "index.csv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index):
            groups.setdefault(row["group"], []).append(row["file"])
    mixed = [
        sorted(files, key=lambda name: hashlib.sha256(name.encode()).digest())
        for _, files in sorted(groups.items())
    ]
    found = 0
    for name in (name for turn in zip_longest(*mixed) for name in turn if name is not None):
        if found == count:
            return
        try:
            excel = Excel((folder / name).read_bytes())
        except Exception as error:  # noqa: BLE001  a file that nobody can read is named
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        if excel.cells:
            found += 1
            yield name, excel


def _by_program(one: Program, files: list[tuple[str, Excel]], seconds: float) -> list[Outcome]:
    found = []
    for name, excel in files:
        try:
            got, taken = one.values(excel.bare, excel.cells, seconds)
        except EngineError as error:
            found.append(Outcome(name, len(excel.cells), why=str(error)))
        else:
            found.append(_judged(name, excel, got, taken))
    return found


def _by_libreoffice(files: list[tuple[str, Excel]], seconds: float) -> list[Outcome]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for number, (_, excel) in enumerate(files):
            source = Path(folder) / f"bare{number}.xlsx"
            source.write_bytes(excel.bare)
            sources.append(source)
        made = libreoffice.converted(sources, Path(folder) / "converted", seconds, MEMORY)
        for (name, excel), one in zip(files, made, strict=True):
            if one.file is None:
                found.append(Outcome(name, len(excel.cells), why=one.why))
            else:
                got = values_of(one.file.read_bytes(), excel.cells)
                found.append(_judged(name, excel, got, one.seconds))
    return found


def _judged(name: str, excel: Excel, got: Sequence[Value], seconds: float) -> Outcome:
    outcome = Outcome(name, len(excel.cells), seconds=seconds)
    for key, want, have in zip(excel.cells, excel.want, got, strict=True):
        if same(want, have):
            outcome.right += 1
        elif have is None or isinstance(have, CellFailure):
            outcome.absent += 1
        else:
            outcome.wrong += 1
            if len(outcome.examples) < _EXAMPLES:
                outcome.examples.append((str(key), shown(want), shown(have)))
    return outcome


def peers_table(results: dict[str, list[Outcome]]) -> str:
    """Return a row for each program."""
    rows = []
    for name, found in results.items():
        done = [one for one in found if not one.why]
        cells = sum(one.cells for one in found)
        right = sum(one.right for one in found)
        seconds = [one.seconds for one in done] or [0.0]
        rows.append([
            f"{name} {_version(name)}",
            len(found),
            len(done),
            sum(one.right == one.cells for one in done),
            right,
            percent(right, cells),
            sum(one.absent for one in found),
            sum(one.wrong for one in found),
            cells - sum(one.cells for one in done),
            statistics.median(seconds),
            max(seconds),
        ])  # fmt: skip
    head = ["on bare input", "files", "calculated", "whole", "cells right", "share"]
    head += ["error or empty", "wrong", "not calculated", "median s", "worst s"]
    return table(head, rows)


def _version(name: str) -> str:
    return libreoffice.version() if name == LIBREOFFICE else version(ENGINES.get(name, name))


if __name__ == "__main__":
    main()
