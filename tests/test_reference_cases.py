"""The published figures, from Python, from a cell and through the server's call."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from xlcalc.calc.engine import evaluate_formula
from xlcalc.cells import CellValue
from xlcalc.registry import BY_NAME

FOLDER = Path(__file__).parent / "reference"
# Published figures, and for functions without one a figure computed by hand.
FILES = ("cases.csv", "own_cases.csv")


def read_cases() -> list[tuple[str, list[object], float, float, str]]:
    cases = []
    for file in FILES:
        with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
            cases += [
                (
                    row["function"],
                    json.loads(row["args"]),
                    float(row["expected"]),
                    float(row["rel_tol"]),
                    row["source"],
                )
                for row in csv.DictReader(lines)
            ]
    return cases


def from_python(name: str, arguments: list[object]) -> object:
    return BY_NAME[name](*arguments)


def from_a_cell(name: str, arguments: list[object]) -> CellValue:
    typed = [json.dumps(a) if not isinstance(a, bool) else str(a).upper() for a in arguments]
    [[value]], _ = evaluate_formula(f"={name}({','.join(typed)})")
    return value


def from_the_server(name: str, arguments: list[object]) -> object:
    from tests.udf_hosts import call_server

    [[value]] = call_server(name, *([[argument]] for argument in arguments))
    return value


@pytest.mark.parametrize("host", [from_python, from_a_cell, from_the_server])
def test_every_published_case_is_reproduced(host):
    cases = read_cases()
    failures = []
    for name, arguments, expected, tolerance, source in cases:
        value = host(name, arguments)
        if not isinstance(value, float) or not np.isclose(value, expected, rtol=tolerance, atol=0):
            failures.append(
                f"{name}{tuple(arguments)}: expected {expected}, got {value} ({source})"
            )
    assert failures == []
    assert len(cases) >= 120
