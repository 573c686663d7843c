"""What does xlcalc give for workbooks that Excel saved: `python -m tests.benchmarks.corpus FOLDER`.

FOLDER has workbooks and an `index.csv` with the columns `file` and `group`. By group are printed:
files; usable ones (written, and no cell wrong in silence); whole ones (every cell that Excel stored
comes out the same to 1e-9, volatile cells and what follows from them aside); the share of cells
that are right; cells and files that the command named as different; cells and files that are
different in silence; refused files, crashes and files over the time limit; seconds. Then the same
for xlcalc and each engine alone on bare input, which is files without the stored values of their
formulas, and for one changed input with `--change`.
"""

import argparse
import csv
import dataclasses
import json
import queue
import statistics
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.corpus_changes import changed
from tests.benchmarks.corpus_files import OURS, FileResult, measured
from tests.benchmarks.engine_values import EngineValues, installed, one_thread
from tests.benchmarks.recalc_command import BareCommand, options, sentence_kind
from tests.benchmarks.tables import percent, table
from xlcalc.calc.engines.local import ENGINES

ALL = "all"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a folder and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.corpus")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="only files with this text in their name")
    parser.add_argument("--limit", type=int, help="only so many files")
    parser.add_argument("--engines", default=",".join((OURS, *ENGINES)), help="measured alone")
    parser.add_argument("--jobs", type=int, default=2, help="files at a time")
    parser.add_argument("--seconds", type=float, default=30.0, help="time limit of a file")
    parser.add_argument("--change", action="store_true", help="change an input of each file too")
    parser.add_argument("--json", type=Path, help="file for all results")
    given = parser.parse_args(arguments)
    asked = [name for name in given.engines.split(",") if name]
    names = [name for name in asked if name == OURS or installed([name])]
    with (given.folder / "index.csv").open(encoding="utf-8", newline="") as index:
        rows = [row for row in csv.DictReader(index) if given.only in row["file"]][: given.limit]
    one_thread()
    results = _measure_all(given, rows, names)
    if given.json is not None:
        text = json.dumps([dataclasses.asdict(result) for result in results], indent=1)
        given.json.write_text(text, encoding="utf-8")
    for part in (
        xlcalc_table,
        sentences,
        *(lambda r, n=name: engine_table(r, n) for name in names),
    ):
        print(part(results), end="\n\n")
    if len(set(names) - {OURS}) > 1:
        print(together_table(results), end="\n\n")
    if given.change:
        print(change_table(results))


def _measure_all(
    given: argparse.Namespace, rows: list[dict[str, str]], names: list[str]
) -> list[FileResult]:
    options()  # asked once, before there are threads
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(rows)):
        waiting.put(number)
    results: dict[int, FileResult] = {}

    def work() -> None:
        engines = {name: BareCommand() if name == OURS else EngineValues(name) for name in names}
        with tempfile.TemporaryDirectory() as folder:
            while True:
                try:
                    number = waiting.get_nowait()
                except queue.Empty:
                    break
                path, scratch = given.folder / rows[number]["file"], Path(folder)
                result, excel = measured(
                    path, rows[number]["group"], engines, scratch, given.seconds
                )
                if given.change and excel is not None:
                    result.change = changed(path, excel, engines, scratch, given.seconds)
                results[number] = result
                print(f"\r{len(results)} of {len(rows)}", end="", file=sys.stderr, flush=True)
        for engine in engines.values():
            engine.close()

    threads = [threading.Thread(target=work) for _ in range(given.jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(file=sys.stderr)
    return [results[number] for number in range(len(rows))]


def _by_group(
    results: list[FileResult], row: Callable[[list[FileResult]], list[object]]
) -> list[list[object]]:
    """Return a row for each group, and one for all where there are several."""
    groups = sorted({result.group for result in results})
    rows = [[name, *row([one for one in results if one.group == name])] for name in groups]
    return rows if len(groups) == 1 else [*rows, [ALL, *row(results)]]


def xlcalc_table(results: list[FileResult]) -> str:
    """Return the table of the command's outcomes."""

    def row(some: list[FileResult]) -> list[object]:
        kinds = Counter(one.xlcalc.kind for one in some)
        seconds = [one.xlcalc.seconds for one in some]
        return [
            len(some),
            sum(one.usable for one in some),
            sum(one.whole for one in some),
            percent(sum(one.xlcalc.right for one in some), sum(one.cells for one in some)),
            f"{sum(one.named for one in some):,} in {sum(one.named > 0 for one in some)}",
            f"{sum(one.silent for one in some):,} in {sum(one.silent > 0 for one in some)}",
            kinds["differs"],
            kinds["refused"],
            kinds["crashed"],
            kinds["slow"],
            statistics.median(seconds),
            max(seconds),
        ]

    head = ["xlcalc recalc", "files", "usable", "whole", "cells right", "reported", "silent"]
    head += ["not written", "refused", "crashes", "too slow", "median s", "worst s"]
    return table(head, _by_group(results, row))


def sentences(results: list[FileResult]) -> str:
    """Return how often each sentence was given for what was not written."""
    counted = Counter(
        f"{one.xlcalc.kind}: {sentence_kind(one.xlcalc.sentence)}"
        for one in results
        if one.xlcalc.kind != "done"
    )
    counted.update(
        f"unreadable for Excel's values: {one.file}" for one in results if one.unreadable
    )
    rows = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return table(["why", "files"], rows)


def engine_table(results: list[FileResult], name: str) -> str:
    """Return the table of one engine alone."""

    def row(some: list[FileResult]) -> list[object]:
        known = [(one, one.engines[name]) for one in some if name in one.engines and one.cells]
        seconds = [own.seconds for _, own in known if own.kind == "done"] or [0.0]
        return [
            len(known),
            sum(own.kind == "done" and own.right == one.cells for one, own in known),
            percent(sum(own.right for _, own in known), sum(one.cells for one, _ in known)),
            sum(own.kind == "failed" for _, own in known),
            statistics.median(seconds),
            max(seconds),
        ]

    head = [f"{name} on bare input", "files", "whole", "cells right", "does not load"]
    return table([*head, "median s", "worst s"], _by_group(results, row))


def together_table(results: list[FileResult]) -> str:
    """Return how many engines are right about whole files."""

    def row(some: list[FileResult]) -> list[object]:
        known = [one for one in some if one.cells and one.engines]
        right = [
            sum(
                own.kind == "done" and own.right == one.cells
                for name, own in one.engines.items()
                if name != OURS
            )
            for one in known
        ]
        return [len(known), sum(n > 0 for n in right), sum(n > 1 for n in right)]

    head = ["engines together", "files", "whole in one or more", "whole in two or more"]
    return table(head, _by_group(results, row))


def change_table(results: list[FileResult]) -> str:
    """Return the table of what a changed input moved."""

    def row(some: list[FileResult]) -> list[object]:
        known = [one.change for one in some if one.change is not None and one.change["moved"]]
        total = Counter({"moved": 0})
        for one in known:
            for name in ("moved", "witnessed", "unwitnessed", "contradicted", "silent", "unnamed"):
                total[name] += one[name]
        return [
            len(known),
            total["moved"],
            total["witnessed"],
            total["unwitnessed"],
            total["contradicted"],
            sum(one["moved"] == one["witnessed"] for one in known),
            sum(one["xlcalc"] == "done" for one in known),
            f"{total['silent']:,} in {sum(one['silent'] > 0 for one in known)}",
            f"{total['unnamed']:,} in {sum(one['unnamed'] > 0 for one in known)}",
        ]

    head = ["one input changed", "files", "moved", "witnessed", "unwitnessed", "contradicted"]
    head += ["all witnessed", "xlcalc wrote", "silently contradicted", "unwitnessed unnamed"]
    return table(head, _by_group(results, row))


if __name__ == "__main__":
    main()
