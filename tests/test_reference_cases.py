"""The published figures, from Python, a cell, the server's call, and LAMBDAs in two engines."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.test_lambdas import formulon_values, ironcalc_values
from xlcalc.calc.engine import evaluate_formula
from xlcalc.cells import CellValue
from xlcalc.lambdas import LOOKUPS
from xlcalc.registry import BY_NAME, specs

FOLDER = Path(__file__).parent / "reference"
# The one file of published figures, and of figures computed by hand for functions without one.
CASES = ROOT / "xlcalc" / "templates" / "claims_audit" / "published_cases.csv"


def read_cases() -> list[tuple[str, list[object], float, float, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return [
            (
                row["function"],
                json.loads(row["args"]),
                float(row["expected"]),
                float(row["rel_tol"]),
                row["source"],
            )
            for row in csv.DictReader(lines)
        ]


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


def differing(cases, values) -> list[str]:
    """Return the cases whose value is not the published one within its tolerance."""
    return [
        f"{name}{tuple(arguments)}: expected {expected}, got {value} ({source})"
        for (name, arguments, expected, tolerance, source), value in zip(cases, values, strict=True)
        if isinstance(value, bool)
        or not isinstance(value, float | int)
        or not np.isclose(value, expected, rtol=tolerance, atol=0)
    ]


@pytest.mark.parametrize("host", [from_python, from_a_cell, from_the_server])
def test_every_published_case_is_reproduced(host):
    cases = read_cases()
    values = [host(name, arguments) for name, arguments, *_ in cases]
    assert [] == differing(cases, values)
    assert all(isinstance(value, float) for value in values)
    assert 280 <= len(cases)


@pytest.mark.parametrize(
    "engine", [ironcalc_values, pytest.param(formulon_values, marks=pytest.mark.slow)]
)
def test_every_published_case_is_reproduced_by_the_lambda_forms(engine):
    tried = 0
    for spec in specs():
        if spec.untraceable or spec.name in LOOKUPS:
            continue
        cases = [case for case in read_cases() if case[0] == spec.name]
        assert cases, spec.name
        assert [] == differing(cases, engine(spec, [arguments for _, arguments, *_ in cases]))
        tried += len(cases)
    assert 220 <= tried
