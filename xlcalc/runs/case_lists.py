"""Which cases does a list have for a workbook?

A case is a row: values of named inputs, expected values of named cells, and how far a number may be
off. `read_cases` refuses a list in which anything is unknown, before anything is calculated.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlcalc.calc.entries import is_empty
from xlcalc.errors import NameNotFoundError, ScenarioError, suggestion
from xlcalc.files import iterate_csv
from xlcalc.runs.listed_rows import lines_of
from xlcalc.runs.tolerances import Tolerance, read_tolerance
from xlcalc.workbook import Workbook

SHEET = "Tests"
"""The sheet of a workbook that has its cases."""
EXPECT, INPUT = "expect ", "input "
OWN = ("case", "tolerance", "note", "source")
"""Columns that are neither inputs nor expectations."""
EMPTY = '""'
"""How an expectation says that the cell shows nothing: without a text there is no expectation."""


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
        found = read_tolerance(written, percent=percent)
        if found is None:
            raise ScenarioError(
                f"{self._source}, row {number}: a tolerance is a share as 1%, or an amount of at "
                f'least 0, got "{str(written).strip()}"'
            )
        return found


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
