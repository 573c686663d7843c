"""What does a batch cost beside its rivals: `python -m tests.benchmarks.batch`.

The training budget is written for 1,000 scenarios by one process. In turn with it run: openpyxl
(load, set, save, without calculating), XlsxWriter writing the same sheets (a sample of both), and
the bare cost of deflating the changed sheets and writing the files. Ratios are of times that were
taken in one run; `--scale` adds whole batches, by one process and by two, and 100,000 scenarios for
memory and rate.
"""

import argparse
import functools
import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import openpyxl
import xlsxwriter
from isal import isal_zlib

from xlcalc.build import build_template
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised.compiled import VectorisedWorkbook
from xlcalc.dialects import Form
from xlcalc.ooxml.archive import LEVEL
from xlcalc.runs.filling import Filling
from xlcalc.runs.jobs import BLOCK
from xlcalc.runs.report import batch

COUNT = 1000
SAMPLE = 12
"""Workbooks of the slow ways, of which each takes as long as another."""
ROUNDS = 5
COLUMNS = ("params", "tokens", "gpus", "mfu", "run_name")


def scenarios(count: int, seed: int = 1) -> dict[str, list[object]]:
    """Return the values of the inputs, a list each."""
    source = random.Random(seed)  # noqa: S311  the same scenarios at every run
    return {
        "params": [source.uniform(1e9, 1e12) for _ in range(count)],
        "tokens": [source.uniform(1e11, 1e13) for _ in range(count)],
        "gpus": [float(source.randint(100, 10_000)) for _ in range(count)],
        "mfu": [source.uniform(0.2, 0.6) for _ in range(count)],
        "run_name": [f"Run {number}" for number in range(count)],
    }


def seconds(call) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def compare(folder: Path) -> None:
    model = WorkbookModel(build_template("training_budget", Form("lambda")), "training_budget")
    data = model.package.to_bytes()
    rows = scenarios(SAMPLE)
    compiled = VectorisedWorkbook(model, COLUMNS)
    places = {name: (cell.sheet, cell.position) for name, cell in compiled.inputs.items()}
    filling = Filling(
        model.formulas, compiled.live, list(places.values()), model.package, keeps_formulas=True
    )
    every = {place: np.ones(BLOCK, np.bool_) for place in places.values()}
    evaluated = []

    def evaluate() -> None:
        evaluated.clear()
        for start in range(0, COUNT, BLOCK):
            block = {name: column[start : start + BLOCK] for name, column in rows.items()}
            evaluated.append(compiled.run(block, BLOCK))

    def write(target: Path) -> None:
        for number, values in enumerate(evaluated):
            files = filling.files(values, every, BLOCK)
            for row in range(BLOCK):
                put(target / f"{number * BLOCK + row}.xlsx", files.file(row))

    changed = list(filling.parts)
    parts = [model.package.part(part) for part in changed]
    rest = b"\0" * (len(data) - sum(len(isal_zlib.compress(p, LEVEL, -15)) for p in parts))

    def bare(target: Path) -> None:
        for number in range(COUNT):
            bodies = [isal_zlib.compress(part, LEVEL, -15) for part in parts]
            put(target / f"{number}.xlsx", b"".join((rest, *bodies)))

    cells = {name: (cell.sheet, cell.position) for name, cell in model.inputs.items()}

    def by_openpyxl(target: Path) -> None:
        for row in range(SAMPLE):
            workbook = openpyxl.load_workbook(io.BytesIO(data))
            for name, column in rows.items():
                sheet, position = cells[name]
                workbook[sheet].cell(*position).value = column[row]
            workbook.save(target / f"{row}.xlsx")

    sheets = [
        (sheet.title, list(sheet.iter_rows(values_only=True)))
        for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets
    ]

    def by_xlsxwriter(target: Path) -> None:
        for row in range(SAMPLE):
            workbook = xlsxwriter.Workbook(target / f"{row}.xlsx")
            for title, lines in sheets:
                sheet = workbook.add_worksheet(title)
                for number, line in enumerate(lines):
                    for column, value in enumerate(line):
                        if isinstance(value, str) and value.startswith("="):
                            sheet.write_formula(number, column, value, None, 1.0)
                        elif value is not None:
                            sheet.write(number, column, value)
            workbook.close()

    best = dict.fromkeys(("evaluate", "write", "bare", "openpyxl", "xlsxwriter"), float("inf"))
    for number in range(ROUNDS):
        rows = scenarios(COUNT, number)  # others in each round: no answer is known already
        best["evaluate"] = min(best["evaluate"], seconds(evaluate) / COUNT)
        for name, call, count in (
            ("write", write, COUNT),
            ("bare", bare, COUNT),
            ("openpyxl", by_openpyxl, SAMPLE),
            ("xlsxwriter", by_xlsxwriter, SAMPLE),
        ):
            # A folder each, and none is removed before the end: some file systems are slow to make
            # files where others were removed a moment ago.
            target = folder / f"{name}-{number}"
            target.mkdir()
            best[name] = min(best[name], seconds(functools.partial(call, target)) / count)
    ours = best["evaluate"] + best["write"]
    print(f"evaluating a scenario   {best['evaluate'] * 1e6:8.0f} µs")
    print(f"writing its workbook    {best['write'] * 1e6:8.0f} µs")
    print(f"bare deflate and write  {best['bare'] * 1e6:8.0f} µs: {ours / best['bare']:.2f} times")
    print(
        f"openpyxl                {best['openpyxl'] * 1e6:8.0f} µs: {best['openpyxl'] / ours:.0f}"
    )
    print(
        f"XlsxWriter              {best['xlsxwriter'] * 1e6:8.0f} µs: "
        f"{best['xlsxwriter'] / ours:.0f}"
    )


def put(path: Path, data: bytes) -> None:
    """Write a file as the batch does."""
    temporary = f"{path.parent}/.part"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.write(descriptor, data)
    os.close(descriptor)
    os.replace(temporary, path)


def listed(folder: Path, count: int) -> Path:
    """Return a CSV file of scenarios."""
    path = folder / f"{count}.csv"
    rows = scenarios(count)
    with path.open("w", encoding="utf-8") as file:
        file.write(f"scenario,{','.join(rows)}\n")
        for number, values in enumerate(zip(*rows.values(), strict=True)):
            file.write(f"run {number},{','.join(map(str, values))}\n")
    return path


def scale(folder: Path, count: int) -> None:
    """Run whole batches in processes of their own; print time and peak memory of each."""
    for number, jobs in ((1000, 1), (20_000, 1), (20_000, 2), (count, 1), (count, 2)):
        source = listed(folder, number)
        with tempfile.TemporaryDirectory(dir=folder) as target:
            command = [sys.executable, "-m", "tests.benchmarks.batch", "--one", str(source), target]
            done = subprocess.run(
                [*command, "--jobs", str(jobs)], capture_output=True, text=True, check=True
            )
        print(f"{number:>7,} scenarios, {jobs} process{'es' * (jobs > 1)}: {done.stdout.strip()}")


def one(source: Path, target: Path, jobs: int) -> None:
    took = seconds(lambda: batch("training_budget", source, target, jobs=jobs))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    count = sum(1 for _ in source.open(encoding="utf-8")) - 1
    print(f"{took:.1f} s, {count / took:,.0f} a second, {peak:.0f} MB at the peak")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, nargs="?", const=100_000, metavar="SCENARIOS")
    parser.add_argument("--folder", type=Path, help="where the files go; a temporary folder")
    parser.add_argument("--one", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(*options.one, options.jobs)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        compare(Path(folder))
        if options.scale:
            scale(Path(folder), options.scale)


if __name__ == "__main__":
    main()
