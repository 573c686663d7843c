"""How does a program read what became of cases: as JSON, and as JUnit's XML?"""

import math
from collections.abc import Sequence
from typing import Any

from xlcalc.cells import CellError, CellValue
from xlcalc.ci_formats import Reported, junit
from xlcalc.plain_texts import in_a_line
from xlcalc.runs.cases import Comparison, Outcome


def value_text(value: CellValue) -> str:
    """Return a value for a sentence, with all digits of a number that matter."""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    return in_a_line(value) if value else "nothing"


def difference(one: Comparison) -> float | None:
    """Return by how much a number is above the expected one, or None where one is no number."""
    if isinstance(one.expected, float) and isinstance(one.value, float):
        gap = one.value - one.expected
        return gap if math.isfinite(gap) else None
    return None


def sentences(outcome: Outcome) -> list[str]:
    """Return what is wrong with a case, a sentence for each result."""
    if outcome.problem:
        return [in_a_line(outcome.problem)]
    found = []
    for one in outcome.comparisons:
        if one.passed:
            continue
        line = f"{one.result} is {value_text(one.value)}, expected {value_text(one.expected)}"
        if difference(one) is not None:
            line += f" within {outcome.case.tolerance}"
        found.append(f"{line}: {in_a_line(one.reason)}" if one.reason else line)
    return found


def as_data(outcomes: Sequence[Outcome], workbook: str, cases: str) -> dict[str, Any]:
    """Return what became of cases, as JSON has it."""
    failed = sum(not one.passed for one in outcomes)
    return {
        "workbook": workbook,
        "cases_of": cases,
        "passed": len(outcomes) - failed,
        "failed": failed,
        "cases": [
            {
                "case": one.case.name,
                "row": one.case.row,
                "passed": one.passed,
                "problem": one.problem or None,
                "tolerance": str(one.case.tolerance),
                "note": one.case.note,
                "source": one.case.source,
                "results": [
                    {
                        "result": part.result,
                        "expected": part.expected,
                        "value": part.value,
                        "passed": part.passed,
                    }
                    for part in one.comparisons
                ],
            }
            for one in outcomes
        ],
    }


def as_junit(outcomes: Sequence[Outcome], workbook: str) -> bytes:
    """Return a JUnit report: a failure is a wrong result, an error what was not calculated."""
    cases = []
    for one in outcomes:
        if one.passed:
            cases.append(Reported(workbook, one.case.name))
            continue
        wrong = sentences(one)
        about = [f"note: {one.case.note}"] if one.case.note else []
        about += [f"source: {one.case.source}"] if one.case.source else []
        kind = "error" if one.problem else "failure"
        text = "\n".join([*wrong, *about])
        cases.append(Reported(workbook, one.case.name, kind, "; ".join(wrong), text))
    return junit("xlcalc test", cases).encode()
