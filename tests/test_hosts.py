"""The table of `host_cases`, taken through every host that runs here.

A host joins with a function that makes it ready and returns one that takes a case and gives its
value: a number, a text, TRUE or FALSE, an error as its code, or rows of these. Its name stands in
`HOSTS`, and in `differs` of a case where it differs by nature.
"""

import functools
import math
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

from tests.calc import INSTALLED, UNPACKED, needs_installed, needs_unpacked
from tests.host_calls import browser_host, com_host, server_host, wasm_host
from tests.host_cases import CASES, Case, alone
from tests.host_sheets import engine_host, lambda_host, libreoffice_host
from tests.marks import needs_chromium

HOSTS: dict[str, Callable[[], Callable[[Case], Any]]] = {
    "com": com_host,
    "server": server_host,
    "browser": browser_host,
    "wasm": wasm_host,
    "libreoffice": functools.partial(libreoffice_host, "libreoffice", UNPACKED),
    "libreoffice 7.4": functools.partial(libreoffice_host, "libreoffice 7.4", INSTALLED),
    "engine": engine_host,
    "lambda": lambda_host,
}
"""The hosts that run here, each by a function that makes it ready."""
MARKS = {
    "browser": [pytest.mark.slow, needs_chromium],
    "wasm": [pytest.mark.slow],
    "libreoffice": [pytest.mark.slow, needs_unpacked],
    "libreoffice 7.4": [pytest.mark.slow, needs_installed],
    "lambda": [pytest.mark.slow],
}


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=MARKS.get(name, ()), id=name) for name in HOSTS]
)
def host(request) -> tuple[str, Callable[[Case], Any]]:
    """The name of a host, and the host, made ready once."""
    return request.param, HOSTS[request.param]()


def same(expected: Any, got: Any) -> bool:
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and [len(row) for row in expected] == [len(row) for row in got]
            and all(map(same, chain(*expected), chain(*got)))
        )
    if isinstance(expected, float) and isinstance(got, float):
        return math.isclose(expected, got, rel_tol=1e-12, abs_tol=0.0)
    return type(expected) is type(got) and expected == got


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_call_gives_the_same_in_every_host(host, case):
    name, call = host
    expected, got = alone(case.expected_of(name)), alone(call(case))
    assert same(expected, got), f"{case.formula}: expected {expected}, got {got}"


def test_each_case_has_its_name_and_each_difference_its_reason():
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)
    assert [] == [case.name for case in CASES if bool(case.differs) != bool(case.why)]
    assert set() == {host for case in CASES for host in case.differs} - HOSTS.keys()
    assert [] == [c.name for c in CASES for host in c.differs if c.differs[host] == c.expected]


def test_values_that_are_not_the_same_are_told_apart():
    assert [True, True] == [same(0.1 + 0.2, 0.3), same([["#N/A", 1.0]], [["#N/A", 1.0]])]
    wrong = [(1.0, True), (1.0, 1.0 + 1e-9), ([[1.0]], 1.0), ([[1.0], [2.0]], [[1.0, 2.0]])]
    assert [False] * len(wrong) == [same(*pair) for pair in wrong]
