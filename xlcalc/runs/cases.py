"""Does a workbook still give what somebody wrote down that it gives?

A case is a row of a list: values of named inputs, expected values of named cells, and how far a
number may be off. `read_cases` refuses a list in which anything is unknown, and `judged` calculates
each case and compares. A case that cannot be calculated has a problem, and the others go on.
"""

import contextlib
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from xlcalc.calc.entries import is_empty, parse_number
from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import ERROR_CODES, NEWER_ERROR_CODES, CellError, CellValue
from xlcalc.errors import NameNotFoundError, ScenarioError, UsageError, suggestion
from xlcalc.files import iterate_csv
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import serial
from xlcalc.runs.csv_listing import csv_text
from xlcalc.runs.listed_rows import lines_of
from xlcalc.workbook import Results, Workbook

SHEET = "Tests"
"""The sheet of a workbook that has its cases."""
EXPECT, INPUT = "expect ", "input "
OWN = ("case", "tolerance", "note", "source")
"""Columns that are neither inputs nor expectations."""
EMPTY = '""'
"""How an expectation says that the cell shows nothing: without a text there is no expectation."""

_CODES = frozenset((*ERROR_CODES, *NEWER_ERROR_CODES))


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the expected one, as a share of that or as an amount."""

    amount: float = 1e-9
    is_share: bool = True

    def __str__(self) -> str:
        return f"{100 * self.amount:.6g}%" if self.is_share else f"{self.amount:.6g}"

    def allows(self, expected: float, value: float) -> bool:
        """Whether a number is near enough to the expected one."""
        allowed = self.amount * abs(expected) if self.is_share else self.amount
        # 1.1 is 0.1 from 1 for a person, and one digit more in binary; 0 asks for the number itself
        slack = 2 * math.ulp(max(abs(expected), abs(value))) if allowed else 0.0
        return abs(value - expected) <= allowed + slack


@dataclass(frozen=True)
class Case:
    """One row of a list.

    Attributes
    ----------
    name : str
        What it is called.
    row : int
        Its place in the list.
    settings : mapping of str to object
        Values of inputs, as they are written.
    expected : mapping of str to object
        Values of named cells, as they are written; those without one are not there.
    tolerance : Tolerance
        How far its numbers may be off.
    note, source : str
        What the list says of it, and where its values come from.
    """

    name: str
    row: int
    settings: Mapping[str, object]
    expected: Mapping[str, object]
    tolerance: Tolerance
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class CaseList:
    """The cases of a list, and the column of each named cell that they expect something of."""

    name: str
    cases: tuple[Case, ...]
    results: Mapping[str, int]
    source_column: int | None = None


@dataclass(frozen=True)
class Comparison:
    """What a named cell is in a case, and what it was to be; `reason` explains an error."""

    result: str
    expected: CellValue
    value: CellValue
    passed: bool
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a case; a problem says why it could not be calculated."""

    case: Case
    comparisons: tuple[Comparison, ...] = ()
    problem: str = ""
    values: Mapping[str, CellValue] | None = None

    @property
    def passed(self) -> bool:
        """Whether it was calculated, and all is as expected."""
        return not self.problem and all(one.passed for one in self.comparisons)


def read_cases(source: str, book: Workbook) -> CaseList:
    """Read the cases of a workbook.

    Parameters
    ----------
    source : str
        A CSV, xlsx or Parquet file, a sheet as FILE#SHEET, or - for the standard input.
    book : Workbook
        The workbook whose names it uses.

    Raises
    ------
    ScenarioError
        If it cannot be read, is empty, has a column that is none of a case's, a value that is no
        tolerance, or two cases of one name.
    """
    rows = iter(_rows(source))
    first = next(rows, None)
    if first is None:
        raise ScenarioError(f"{source} has no header row")
    header = _Header(source, first[1], book)
    listed = [(n, cells) for n, cells in rows if not all(is_empty(_bare(one)) for one in cells)]
    percent = _percent_rows(source, header.own["tolerance"]) if "tolerance" in header.own else set()
    cases: dict[str, Case] = {}
    for number, cells in listed:
        if len(cells) > header.width:
            raise ScenarioError(
                f"{source}, row {number}: {len(cells)} values for {header.width} columns"
            )
        case = header.case(number, cells, percent=number in percent)
        if case.name.lower() in cases:
            raise ScenarioError(f'{source}, row {number}: there is a case "{case.name}" above')
        cases[case.name.lower()] = case
    if not cases:
        raise ScenarioError(f"{source} lists no case")
    own_source = header.own.get("source")
    return CaseList(source, tuple(cases.values()), header.results, own_source)


def refuse_without_expectations(cases: CaseList) -> None:
    """Refuse a case that expects nothing: it would pass whatever the workbook gives.

    Raises
    ------
    ScenarioError
        If there is one.
    """
    for case in cases.cases:
        if not case.expected:
            raise ScenarioError(
                f'{cases.name}, row {case.row}: the case "{case.name}" expects nothing; fill in a '
                f'column "{EXPECT}NAME", or let --record do it'
            )


def judged(book: Workbook, cases: CaseList, against: Workbook | None = None) -> Iterator[Outcome]:
    """Yield what becomes of each case.

    Parameters
    ----------
    book : Workbook
        The workbook.
    cases : CaseList
        Its cases.
    against : Workbook, optional
        Another version, whose values are expected in place of those of the list: of the cells that
        the list has a column for, or of all results that both have.

    Raises
    ------
    NameNotFoundError
        If the other version has no cell of a name that is used.
    """
    if against is None:
        yield from (_outcome(book, case, cases, None, tuple(case.expected)) for case in cases.cases)
        return
    names = tuple(cases.results) or tuple(n for n in book.results if _knows(against, n))
    if not names:
        raise ScenarioError(f"{book.name} and {against.name} have no result in common")
    for name in names:
        against.cell(name)
    for name in {name for case in cases.cases for name in case.settings}:
        against.model.input(name)
    yield from (_outcome(book, case, cases, against, names) for case in cases.cases)


def _knows(book: Workbook, name: str) -> bool:
    try:
        book.cell(name)
    except NameNotFoundError:
        return False
    return True


def _outcome(
    book: Workbook,
    case: Case,
    cases: CaseList,
    against: Workbook | None,
    names: Sequence[str],
) -> Outcome:
    other: Results | None = None
    try:
        found = book(case.settings)
        if against is not None:
            other = against(case.settings)
    except UsageError as error:
        return Outcome(case, problem=str(error))
    comparisons = []
    for name in names:
        cell, value = book.cell(name), found[name]
        expected = _expected(case.expected[name], cell, value) if other is None else other[name]
        passed = _agree(expected, value, case.tolerance)
        reason = found.explain(name) if isinstance(value, CellError) and not passed else ""
        comparisons.append(Comparison(name, expected, value, passed, reason))
    return Outcome(case, tuple(comparisons), values={name: found[name] for name in cases.results})


def _expected(written: object, cell: NamedCell, value: CellValue) -> CellValue:
    """Return what an expectation means beside the value that is there.

    A CSV does not tell the text 5 from the number 5; where the cell shows a text, it is a text.
    """
    if isinstance(written, bool):
        return written
    if isinstance(written, int | float):
        return float(written)
    if isinstance(written, date):
        moment = written.replace(tzinfo=None) if isinstance(written, datetime) else written
        return serial(moment, cell.date1904)
    if isinstance(written, time):
        return (3600 * written.hour + 60 * written.minute + written.second) / 86_400.0
    text = str(written)
    word = text.strip().upper()
    if isinstance(value, str) and text == csv_text(value):
        return value  # as it was recorded, whatever it reads
    if word in _CODES:
        return CellError(word)
    if word == EMPTY:
        return ""
    if isinstance(value, str):
        return text
    if word in {"TRUE", "FALSE"}:
        return word == "TRUE"
    number = parse_number(text)
    if number is None and is_date_format(cell.number_format):
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
            number = serial(moment, cell.date1904)
        with contextlib.suppress(ValueError):
            number = _expected(time.fromisoformat(text.strip()), cell, value)  # type: ignore[assignment]
    return text if number is None else number


def _agree(expected: CellValue, value: CellValue, tolerance: Tolerance) -> bool:
    if isinstance(expected, CellError) or isinstance(value, CellError):
        codes = [one.code if isinstance(one, CellError) else "" for one in (expected, value)]
        return codes[0] == codes[1]
    if isinstance(expected, bool) or isinstance(value, bool):
        return expected is value
    if isinstance(expected, float) and isinstance(value, float):
        return tolerance.allows(expected, value)
    nothing = [None if one == "" else one for one in (expected, value)]
    return nothing[0] == nothing[1]


class _Header:
    """What the columns of a list of cases are."""

    def __init__(self, source: str, cells: Sequence[object], book: Workbook) -> None:
        self._source, self._book = source, book
        self.width = len(cells)
        self.own: dict[str, int] = {}
        self.inputs: dict[str, int] = {}
        self.results: dict[str, int] = {}
        for place, cell in enumerate(cells):
            written = str("" if cell is None else cell).strip()
            kind, name = self._column(written)
            if name in kind:
                raise ScenarioError(f'{source} has the column "{written}" twice')
            kind[name] = place

    def _column(self, written: str) -> tuple[dict[str, int], str]:
        """Return the kind of a column, and the name of its cell as the workbook writes it."""
        if not written:
            raise ScenarioError(f"{self._source} has a column without a name")
        lower = written.lower()
        model = self._book.model
        try:
            if lower.startswith(EXPECT):
                return self.results, self._book.cell(written[len(EXPECT) :].strip()).name
            if lower.startswith(INPUT):
                return self.inputs, model.input(written[len(INPUT) :].strip()).name
        except NameNotFoundError as error:
            raise ScenarioError(f'{self._source}, column "{written}": {error}') from None
        if lower in OWN:
            return self.own, lower
        try:
            return self.inputs, model.input(written).name
        except NameNotFoundError:
            known = {name.lower() for name in self._book.results}
            hint = (
                f'; it is a result: write "{EXPECT}{written}"'
                if lower in known
                else suggestion(written, [*OWN, *self._book.inputs, *self._expectations()])
            )
        raise ScenarioError(
            f'{self._source}, column "{written}": a case has {", ".join(OWN)}, inputs by name, and '
            f'"{EXPECT}NAME"{hint}'
        )

    def _expectations(self) -> list[str]:
        return [f"{EXPECT}{name}" for name in self._book.results]

    def case(self, number: int, cells: Sequence[object], *, percent: bool) -> Case:
        """Return the case of a row."""
        padded = [*cells, *[None] * (self.width - len(cells))]

        def text(name: str) -> str:
            value = padded[self.own[name]] if name in self.own else None
            return "" if is_empty(value) else str(value).strip()

        def filled(columns: Mapping[str, int]) -> dict[str, object]:
            given = {name: padded[place] for name, place in columns.items()}
            return {name: value for name, value in given.items() if not is_empty(_bare(value))}

        tolerance = padded[self.own["tolerance"]] if "tolerance" in self.own else None
        return Case(
            text("case") or f"row {number}",
            number,
            filled(self.inputs),
            filled(self.results),
            self._tolerance(number, tolerance, percent=percent),
            text("note"),
            text("source"),
        )

    def _tolerance(self, number: int, written: object, *, percent: bool) -> Tolerance:
        if is_empty(_bare(written)):
            return Tolerance()
        text = str(written).strip()
        amount = None if isinstance(written, bool) else parse_number(text)
        if amount is None or amount < 0:
            raise ScenarioError(
                f"{self._source}, row {number}: a tolerance is a share as 1%, or an amount of at "
                f'least 0, got "{text}"'
            )
        return Tolerance(amount, percent or text.endswith("%"))


def _bare(value: object) -> object:
    """Return a value of a list, a text without the spaces around it."""
    return value.strip() if isinstance(value, str) else value


def is_csv(source: str) -> bool:
    """Whether a list is a CSV file, and no workbook or Parquet file."""
    name = source.rpartition("#")[0] or source
    return not any(
        Path(one).suffix.lower() in {".xlsx", ".xlsm", ".parquet"} for one in (source, name)
    )


def _rows(source: str) -> Iterator[tuple[int, Sequence[object]]]:
    if is_csv(source):
        return iterate_csv(Path(source), ScenarioError)
    return lines_of(source, Path())[1]


def _percent_rows(source: str, column: int) -> set[int]:
    """Return the rows of a sheet whose tolerance has a format of percents: Excel stores 1% as 0.01.

    The list has been read before, so that the file and the sheet are there.
    """
    if is_csv(source) or source.lower().endswith(".parquet"):
        return set()
    from openpyxl import load_workbook

    path, _, sheet = source.rpartition("#") if not Path(source).is_file() else (source, "", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it does not read
        workbook = load_workbook(path, read_only=True)
    try:
        chosen = workbook[sheet] if sheet else workbook.worksheets[0]
        cells = chosen.iter_rows(min_col=column + 1, max_col=column + 1)
        return {
            number
            for number, row in enumerate(cells, start=1)
            if row and "%" in str(row[0].number_format)
        }
    finally:
        workbook.close()
