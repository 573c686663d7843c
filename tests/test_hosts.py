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
from tests.conftest import ROOT
from tests.host_calls import browser_host, com_host, server_host, wasm_host
from tests.host_cases import CASES, Case, Unlike, alone
from tests.host_sheets import engine_host, lambda_host, libreoffice_host, native_host
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
    "native": native_host,
}
"""The hosts that run here, each by a function that makes it ready."""
MARKS = {
    "browser": [pytest.mark.slow, needs_chromium],
    "wasm": [pytest.mark.slow],
    "libreoffice": [pytest.mark.slow, needs_unpacked],
    "libreoffice 7.4": [pytest.mark.slow, needs_installed],
    "lambda": [pytest.mark.slow],
}


PAGE = ROOT / "docs" / "hosts" / "README.md"
TITLES = {
    "com": "Windows",
    "server": "a server's answers",
    "browser": "Excel with a server",
    "wasm": "Lite",
    "libreoffice": "LibreOffice",
    "libreoffice 7.4": "LibreOffice 7.4",
    "engine": "`xlcalc run`",
    "lambda": "LAMBDA names",
    "native": "plain formulas",
}
"""What the page calls the hosts."""
AFTER = "\nWhat the table does not show:"
"""What follows the table on the page."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=MARKS.get(name, ()), id=name) for name in HOSTS],
)
def host(request) -> tuple[str, Callable[[Case], Any]]:
    """The name of a host, and the host, made ready once."""
    return request.param, HOSTS[request.param]()


def differences() -> str:
    """Return the table of the page: a line for each reason, with its first case."""
    lines = [
        "| where | what | for example | gives | elsewhere | why |",
        "|---|---|---|---|---|---|",
    ]
    found: dict[str, list[tuple[Case, Unlike]]] = {}
    for case in CASES:
        for unlike in case.differs:
            found.setdefault(unlike.why, []).append((case, unlike))
    for why, all_of_it in found.items():
        case, unlike = all_of_it[0]
        hosts = ", ".join(dict.fromkeys(TITLES[one.host] for _, one in all_of_it))
        names = "; ".join(dict.fromkeys(one.name for one, _ in all_of_it))
        texts = (f"={case.formula}", shown(unlike.value), shown(case.expected))
        cells = " | ".join(f"`{text}`" for text in texts)
        lines.append(f"| {hosts} | {names} | {cells} | {why} |")
    return "\n".join(lines) + "\n"


def shown(value: Any) -> str:
    """Return a value as the page shows it: rows in braces, as in a formula."""
    if isinstance(value, list):
        return f"{{{'; '.join(', '.join(map(shown, row)) for row in value)}}}"
    return f"{value:G}" if isinstance(value, float) else str(value)


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


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_call_gives_the_same_in_every_host(host, case):
    name, call = host
    expected, got = alone(case.expected_of(name)), alone(call(case))
    assert same(expected, got), f"{case.formula}: expected {expected}, got {got}"


def test_each_case_has_its_name_and_each_difference_its_reason():
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)
    unlike = [(case, one) for case in CASES for one in case.differs]
    assert set() == {one.host for _, one in unlike} - HOSTS.keys()
    assert [] == [case.name for case, one in unlike if not one.why or one.value == case.expected]


def test_the_page_says_where_hosts_differ():
    # `python -m tests.test_hosts` writes the table again.
    assert differences() in PAGE.read_text(encoding="utf-8")


def test_values_that_are_not_the_same_are_told_apart():
    assert [True, True] == [same(0.1 + 0.2, 0.3), same([["#N/A", 1.0]], [["#N/A", 1.0]])]
    wrong = [(1.0, True), (1.0, 1.0 + 1e-9), ([[1.0]], 1.0), ([[1.0], [2.0]], [[1.0, 2.0]])]
    assert [False] * len(wrong) == [same(*pair) for pair in wrong]


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    begin, end = text.index(differences().partition("\n")[0]), text.index(AFTER)
    PAGE.write_text(f"{text[:begin]}{differences()}{text[end:]}", encoding="utf-8", newline="\n")
