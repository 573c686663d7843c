"""How does a program read what became of cases: as JSON, and as JUnit's XML?"""

import math
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from xlcalc.cells import CellError, CellValue
from xlcalc.runs.cases import Comparison, Outcome


def value_text(value: CellValue) -> str:
    """Return a value for a sentence, with all digits of a number that matter."""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    return printable(value) if value else "nothing"


def printable(text: str) -> str:
    """Return a text without what moves a terminal's cursor or breaks XML."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean.encode(errors="replace").decode()


def difference(one: Comparison) -> float | None:
    """Return by how much a number is above the expected one, or None where one is no number."""
    if isinstance(one.expected, float) and isinstance(one.value, float):
        gap = one.value - one.expected
        return gap if math.isfinite(gap) else None
    return None


def sentences(outcome: Outcome) -> list[str]:
    """Return what is wrong with a case, a sentence for each result."""
    if outcome.problem:
        return [printable(outcome.problem)]
    found = []
    for one in outcome.comparisons:
        if one.passed:
            continue
        line = f"{one.result} is {value_text(one.value)}, expected {value_text(one.expected)}"
        if difference(one) is not None:
            line += f" within {outcome.case.tolerance}"
        found.append(f"{line}: {printable(one.reason)}" if one.reason else line)
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
    failures = sum(not one.passed and not one.problem for one in outcomes)
    errors = sum(bool(one.problem) for one in outcomes)
    counts = {"tests": len(outcomes), "failures": failures, "errors": errors}
    suite = ElementTree.Element(
        "testsuite", {"name": "xlcalc test", **{key: str(n) for key, n in counts.items()}}
    )
    for one in outcomes:
        names = {"classname": printable(workbook), "name": printable(one.case.name)}
        case = ElementTree.SubElement(suite, "testcase", names)
        if not one.passed:
            wrong = sentences(one)
            tag = "error" if one.problem else "failure"
            child = ElementTree.SubElement(case, tag, {"message": "; ".join(wrong)})
            about = [f"note: {one.case.note}"] if one.case.note else []
            about += [f"source: {one.case.source}"] if one.case.source else []
            child.text = "\n".join([*wrong, *map(printable, about)])
    data: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return data
