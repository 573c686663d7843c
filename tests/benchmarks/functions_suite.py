"""Which functions give what Excel gives: `python -m tests.benchmarks.functions_suite FOLDER`.

FOLDER has suites as `suite_cases` and `document_cases` describe them. Each case is put to xlcalc
and to each engine alone, many of them in one workbook; where one fails, its cases are asked in ever
smaller workbooks. A case is as Excel, differs, or is unknown: the workbook is refused, the engine
dies, or the cell is #NAME? or #CALC!, by which engines say that they cannot calculate it. Totals
are of the cases that no locale touches.

`--divergences FILE` writes each of these cases that xlcalc gives otherwise than Excel, as CSV or,
where the name of the file ends on .md, as a table.
"""

import argparse
import contextlib
import csv
import functools
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.cell_values import CellFailure, Value, position
from tests.benchmarks.corpus_files import OURS, shown
from tests.benchmarks.document_cases import document_suites
from tests.benchmarks.engine_values import EngineValues, installed, one_thread
from tests.benchmarks.recalc_command import BareCommand, sentence_kind
from tests.benchmarks.suite_cases import UNKNOWN, Case, Suite, suites
from tests.benchmarks.tables import percent, table
from xlcalc.calc.engines.interface import EngineError
from xlcalc.calc.engines.local import ENGINES

VERDICTS = ("as Excel", "differs", "unknown")
_BLAMED = re.compile(r"^(?:xlcalc: )?'?(?P<sheet>[^'!]+)'?!(?P<cell>[A-Z]+[0-9]+) in ")

Answers = dict[Case, tuple[str, list[Value], str]]
"""Verdict, values and sentence for each case."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask the suites of a folder and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.functions_suite")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engines", default=",".join(ENGINES), help="engines to ask alone")
    parser.add_argument("--only", default="", help="only functions with this text in their name")
    parser.add_argument("--jobs", type=int, default=2, help="workbooks at a time")
    parser.add_argument("--seconds", type=float, default=30.0, help="time limit of a workbook")
    parser.add_argument("--divergences", type=Path, help="file for what xlcalc gives otherwise")
    parser.add_argument("--json", type=Path, help="file for all results")
    given = parser.parse_args(arguments)
    names = [OURS, *installed([name for name in given.engines.split(",") if name])]
    one_thread()
    with tempfile.TemporaryDirectory() as scratch:
        found = [*suites(given.folder), *document_suites(given.folder, Path(scratch))]
    for suite in found:
        suite.cases = [case for case in suite.cases if given.only.upper() in case.function]
    results: dict[str, Answers] = {}
    for name in names:
        print(name, file=sys.stderr)
        with ThreadPoolExecutor(given.jobs) as pool:
            parts = [found[first :: given.jobs] for first in range(given.jobs)]
            for part in pool.map(functools.partial(_asked, name, given.seconds), parts):
                results.setdefault(name, {}).update(part)
    cases = [case for suite in found for case in suite.cases]
    if given.json is not None:
        text = json.dumps([_as_json(case, results) for case in cases], indent=1)
        given.json.write_text(text, encoding="utf-8")
    if given.divergences is not None:
        write_divergences(given.divergences, divergences(cases, results[OURS]))
    print(function_table(cases, results), end="\n\n")
    for suite_name in dict.fromkeys(case.suite for case in cases):
        print(
            total_table([case for case in cases if case.suite == suite_name], results), end="\n\n"
        )


def _asked(name: str, seconds: float, some: Sequence[Suite]) -> Answers:
    """Return what xlcalc or an engine gives for the cases of some suites."""
    with contextlib.closing(BareCommand() if name == OURS else EngineValues(name)) as engine:
        found: Answers = {}
        for suite in some:
            found |= answers(engine, suite, seconds)
    return found


def answers(engine: EngineValues | BareCommand, suite: Suite, seconds: float) -> Answers:
    """Return what an engine gives for each case of a suite."""
    found: Answers = {}
    cases = suite.cases
    waiting = [cases[at : at + suite.batch] for at in range(0, len(cases), suite.batch)]
    while waiting:
        batch = waiting.pop()
        cells = [cell for case in batch for cell in case.cells]
        try:
            got, _ = engine.values(suite.workbook(batch), cells, seconds)
        except EngineError as error:
            blamed = _blamed(str(error), batch)
            if len(batch) == 1 or blamed is not None:
                guilty = blamed or batch[0]
                found[guilty] = ("unknown", [], str(error))
                rest = [case for case in batch if case is not guilty]
                waiting += [rest] if rest else []
            else:
                half = len(batch) // 2
                waiting += [batch[:half], batch[half:]]
            continue
        values = iter(got)
        for case in batch:
            own = [next(values) for _ in case.cells]
            found[case] = (_verdict(case, own), own, "")
    return found


def _verdict(case: Case, got: list[Value]) -> str:
    if case.right(got):
        return "as Excel"
    unknown = isinstance(got[0], CellFailure) and got[0].code in UNKNOWN
    return "unknown" if unknown else "differs"


def _blamed(sentence: str, batch: Sequence[Case]) -> Case | None:
    """Return the case whose cell a sentence names."""
    found = _BLAMED.match(sentence)
    if found is None:
        return None
    at = (found["sheet"], *position(found["cell"]))
    return next((case for case in batch if at in case.cells), None)


def function_table(cases: list[Case], results: dict[str, Answers]) -> str:
    """Return a row for each function: cases as Excel, different, and unknown, by engine."""
    rows = []
    for function in sorted({case.function for case in cases}):
        own = [case for case in cases if case.function == function]
        row: list[object] = [function, len(own)]
        for found in results.values():
            counted = Counter(found[case][0] for case in own)
            row.append(" / ".join(str(counted[verdict]) for verdict in VERDICTS))
        rows.append(row)
    return table(["as Excel / differs / unknown", "cases", *results], rows)


def total_table(cases: list[Case], results: dict[str, Answers]) -> str:
    """Return the totals of a suite by engine, and what one or more engines have right."""
    neutral = [case for case in cases if case.neutral]
    rows: list[list[object]] = []
    for name, found in results.items():
        counted = Counter(found[case][0] for case in neutral)
        share = percent(counted["as Excel"], len(neutral))
        rows.append([name, len(neutral), *(counted[verdict] for verdict in VERDICTS), share])
    some = sum(any(one[case][0] == "as Excel" for one in results.values()) for case in neutral)
    rows.append(["one or more", len(neutral), some, "", "", percent(some, len(neutral))])
    left = f"{cases[0].suite}, {len(cases) - len(neutral)} bound to a locale left out"
    return table([left, "cases", *VERDICTS, "share"], rows)


def divergences(cases: list[Case], ours: Answers) -> list[list[str]]:
    """Return a row for each case that is not as Excel: suite, function, formula and both values.

    Of values that spill the first that differs stands there, and where there is none the reason.
    """
    rows = []
    for case in cases:
        verdict, got, why = ours[case]
        if verdict == VERDICTS[0] or not case.neutral:
            continue
        at = next((i for i in range(len(got)) if not case.right_at(i, got[i])), 0)
        have = sentence_kind(why) if why else _in_cell(got[at])
        rows.append([case.suite, case.function, case.formula, _in_cell(case.expect[at]), have])
    return sorted(rows)


def write_divergences(path: Path, rows: list[list[str]]) -> None:
    """Write such rows into a file."""
    head = ["suite", "function", "formula", "Excel", "xlcalc"]
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".md":
            file.write(table(head, rows, left=len(head)) + "\n")
        else:
            csv.writer(file, lineterminator="\n").writerows([head, *rows])


def _in_cell(value: Value) -> str:
    """Return a value as one types it, so that a text and a number are told apart."""
    if isinstance(value, CellFailure):
        return value.code
    if value is None:
        return "(empty)"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return str(value).upper() if isinstance(value, bool) else f"{value:.15g}"


def _as_json(case: Case, results: dict[str, Answers]) -> dict[str, object]:
    return {
        "suite": case.suite,
        "id": case.id,
        "function": case.function,
        "formula": case.formula,
        "neutral": case.neutral,
        "excel": [shown(value) for value in case.expect],
        "engines": {
            name: {"verdict": verdict, "got": [shown(value) for value in got], "why": why}
            for name, found in results.items()
            for verdict, got, why in [found[case]]
        },
    }


if __name__ == "__main__":
    main()
