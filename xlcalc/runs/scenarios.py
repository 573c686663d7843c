"""What runs does a list of scenarios ask for, and what are their files called?

A list is a CSV, xlsx or Parquet file, or a DataFrame: one row a run, and its columns are named
inputs of a workbook. The column `scenario` names the run's file. An empty cell keeps the
workbook's own value. Lists are read row by row, as often as they are needed, and never held whole.
"""

import string
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xlcalc.calc.entries import is_empty
from xlcalc.calc.filled_tables import FilledTables, Row
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.validations import Refusal
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError, NameNotFoundError, ScenarioError, suggestion
from xlcalc.files import called_in_sentences
from xlcalc.ooxml.blocks import is_block
from xlcalc.ooxml.literals import checked_text
from xlcalc.ooxml.pictures import picture_area
from xlcalc.runs.listed_rows import NAME_COLUMN, Rows, frame_rows, kept_rows, rows_of
from xlcalc.runs.local_values import local_reader
from xlcalc.runs.picture_files import PictureFiles
from xlcalc.runs.row_lists import NestedRows, RowList
from xlcalc.runs.run_names import file_stem, named, printable

RESERVED = ("summary", "errors")
"""Stems of the files that a batch writes beside those of the runs."""


@dataclass(frozen=True)
class Scenario:
    """One run.

    Attributes
    ----------
    name, stem : str
        What it is called, and the name of its file without the ending.
    settings : dict
        Values of inputs, as the workbook takes them.
    row : int
        Its place in the list.
    labels : dict
        Texts of columns that are no inputs, as owner or cost centre.
    problem, column : str
        Why it cannot be run, and in which column that stands; empty for a good one.
    rows : mapping of str to sequence
        The rows of each table that it fills.
    pictures : mapping of str to str
        The path of the picture for each place, as the list has it.
    """

    name: str
    stem: str
    settings: dict[str, CellValue]
    row: int
    problem: str = ""
    column: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass
class ScenarioList:
    """A list of scenarios for a workbook, all of it checked when it is opened.

    A row that cannot be used is a scenario with a problem; the others are used all the same.

    Parameters
    ----------
    source : str
        What to call the list in a sentence.
    open_rows : callable
        Gives the rows from the start.
    model : WorkbookModel
        The workbook.
    name_template : str, optional
        Names of the runs from their columns, as `{gpu} {gpus}`; a `/` makes folders.
    labels : collection of str, optional
        Columns that are no inputs. A column that is named like no input, not even nearly, is one
        without being told.
    locale : str, optional
        How numbers and days are written, as "de".
    row_lists : sequence of RowList, optional
        Lists of the rows that scenarios put into tables.
    pictures : PictureFiles, optional
        Which columns have paths of pictures, and where these are.

    Raises
    ------
    ScenarioError
        If the list is unreadable or empty, or a column is no input.
    """

    source: str
    open_rows: Callable[[], Rows]
    model: WorkbookModel
    name_template: str | None = None
    labels: Collection[str] = ()
    locale: str | None = None
    row_lists: Sequence[RowList] = ()
    pictures: PictureFiles = field(default_factory=PictureFiles)
    length: int = field(init=False, default=0)
    columns: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self._clashes: dict[int, str] = {}
        self._refusals: dict[int, Refusal] = {}
        self._judged = False
        self._labels: list[str] = []
        self._table_columns: list[str] = []
        self._header = self._read_header()
        self._nested = self._read_nested()
        beside = {NAME_COLUMN, *self._labels, *self._nested, *self.pictures.columns.values()}
        self.columns = tuple(name for name in self._header if name not in beside)
        columns = [one.columns for one in self.row_lists]
        columns += [one.columns for one in self._nested.values()]
        self.tables = FilledTables(self.model, columns)
        self.lists = tuple((one.table, one.columns) for one in columns)
        self._refuse_overlap()
        self._names: set[str] = set()
        self._converters = {name: self._converter(name) for name in self.columns}
        self._judged = not self.model.has_rules_with_formulas(self.columns)
        taken = dict.fromkeys(RESERVED, 0)
        for scenario in self:
            # File systems of Windows and macOS do not tell upper from lower case.
            other = taken.setdefault(scenario.stem.lower(), scenario.row)
            if other != scenario.row:
                where = f"row {other}" if other else "the report's own summary"
                self._clashes[scenario.row] = f"the run has the file name of {where}"
            self.length += 1
        self._judged = True
        for one in self.row_lists:
            for name, line in one.first_lines.items():
                if name not in self._names:
                    raise ScenarioError(
                        f'{one.source}, line {line}: {self.source} has no scenario "{name}"'
                    )
        if not self.length:
            raise ScenarioError(f"{self.source} lists no scenario")

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Scenario]:
        rows = self.open_rows()
        next(rows)
        count = 0
        for number, cells in rows:
            given = {
                name: value
                for name, value in zip(self._header, cells, strict=False)
                if not is_empty(value)
            }
            if given or len(cells) > len(self._header):
                count += 1
                scenario = self._scenario(number, given, count)
                if len(cells) > len(self._header):
                    problem = f"{len(cells)} values for {len(self._header)} columns"
                    scenario = replace(scenario, settings={}, problem=problem, column="")
                elif number in self._clashes:
                    problem = self._clashes[number]
                    scenario = replace(scenario, settings={}, problem=problem, column=NAME_COLUMN)
                yield scenario

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns that are no inputs."""
        return tuple(self._labels)

    def row_counts(self, scenario: Scenario) -> tuple[int, ...]:
        """Return how many rows a scenario puts into each table."""
        return self.tables.counts(scenario.rows)

    def _converter(self, name: str) -> Callable[[object], CellValue]:
        """Return what reads the entries of a column; a locale is for numbers and days alone."""
        read = self.model.entry_reader(name)
        if self.locale is None or isinstance(self.model.input(name).value, str):
            return read
        local = local_reader(self.locale)
        return lambda value: read(local(value) if isinstance(value, str) else value)

    def _scenario(self, number: int, given: dict[str, object], count: int) -> Scenario:
        name = printable(str(given.pop(NAME_COLUMN, "")).strip()) or f"run-{count:03d}"
        labels = {label: printable(str(given.pop(label, ""))) for label in self._labels}
        stem = file_stem(name)
        own = name
        self._names.add(own)
        if self.name_template is not None:
            words = dict.fromkeys(self._header, "") | {NAME_COLUMN: name} | given | labels
            try:
                name, stem = named(self.name_template, words, name)
            except (ValueError, TypeError) as error:
                problem = f'the name template "{self.name_template}" does not fit: {error}'
                return Scenario(name, stem, {}, number, problem, labels=labels)
        settings: dict[str, CellValue] = {}
        rows: dict[str, Sequence[Row]] = {}
        pictures = {
            place: str(given[column]).strip()
            for place, column in self.pictures.columns.items()
            if column in given
        }
        for column in set(self.pictures.columns.values()):
            given.pop(column, None)
        for column, value in given.items():
            try:
                if column in self._nested:
                    nested = self._nested[column]
                    rows[nested.columns.table] = nested.rows(value)
                    continue
                settings[column] = converted = self._converters[column](value)
                if isinstance(converted, str):
                    checked_text(converted)
            except InputValueError as error:
                problem = printable(str(error))
                return Scenario(name, stem, {}, number, problem, column, labels)
        for one in self.row_lists:
            try:
                rows[one.columns.table] = one.rows(own)
            except InputValueError as error:
                return Scenario(name, stem, {}, number, printable(str(error)), labels=labels)
        if not self._judged and (refused := self.model.refusal(settings)) is not None:
            self._refusals[number] = refused
        if number in self._refusals:
            column, sentence = self._refusals[number]
            return Scenario(name, stem, {}, number, printable(sentence), column, labels)
        return Scenario(name, stem, settings, number, labels=labels, rows=rows, pictures=pictures)

    @property
    def remarks(self) -> list[str]:
        """Why some data validations of the columns could not be decided, a sentence each."""
        undecided = self.model.undecided
        return [undecided[name] for name in self.columns if name in undecided]

    def _read_header(self) -> list[str]:
        first = next(self.open_rows(), None)
        if first is None:
            raise ScenarioError(f"{self.source} has no header row")
        header = []
        for cell in first[1]:
            name = str("" if cell is None else cell).strip()
            if name == "":
                raise ScenarioError(f"{self.source} has a column without a name")
            canonical = NAME_COLUMN if name.lower() == NAME_COLUMN else self._column(name)
            if canonical in header:
                raise ScenarioError(f'{self.source} has the column "{name}" twice')
            header.append(canonical)
        for place, column in self.pictures.columns.items():
            picture_area(self.model.package, place)
            if column not in header:
                raise ScenarioError(
                    f'{self.source} has no column "{column}" with pictures for {place}'
                    f"{suggestion(column, header)}"
                )
        for label in self.labels:
            if label not in header:
                raise ScenarioError(
                    f'{self.source} has no column "{label}" to be a label'
                    f"{suggestion(label, header)}"
                )
        if self.name_template is not None:
            self._check_template(self.name_template, header)
        return header

    def _column(self, name: str) -> str:
        """Return the input that a column is of, or its own name if it is a label."""
        if name in self.pictures.columns.values():
            return name
        if name in self.labels:
            self._labels.append(name)
            return name
        try:
            return self.model.input(name).name
        except NameNotFoundError as error:
            if is_block(self.model.package, name):
                self._table_columns.append(name)
                return name
            if name.lower() not in self.model.cells and not suggestion(name, self.model.cells):
                self._labels.append(name)
                return name
            raise ScenarioError(
                f'{self.source}, column "{name}": {error}; a column that is no input is told by '
                f"--label {name}"
            ) from None

    def _read_nested(self) -> dict[str, NestedRows]:
        """Return the columns that have rows of tables in their cells."""
        found = {}
        for place, name in enumerate(self._header):
            if name not in self._table_columns:
                continue

            def cells(place: int = place) -> Iterator[object]:
                rows = self.open_rows()
                next(rows)
                return (row[place] for _, row in rows if place < len(row))

            found[name] = NestedRows(self.model, name, self.source, cells())
        return found

    def _refuse_overlap(self) -> None:
        """Refuse a column for a cell that a list of rows fills, and two lists for one table."""
        tables = [table for table, _ in self.lists]
        for one in self.tables.lists:
            if tables.count(one.table) > 1:
                raise ScenarioError(f"the table {one.table} has two lists")
            block = one.block
            for name in self.columns:
                cell = self.model.input(name)
                row, column = cell.position
                inside = block.first <= row <= block.last and block.left <= column <= block.right
                if cell.sheet == block.sheet and inside:
                    raise ScenarioError(
                        f'{self.source}, column "{name}": {cell.place} is a cell of {one.table}, '
                        "which a list of rows fills"
                    )

    def _check_template(self, template: str, header: list[str]) -> None:
        try:
            fields = [name for _, name, _, _ in string.Formatter().parse(template) if name]
        except ValueError as error:
            raise ScenarioError(f'the name template "{template}" is none: {error}') from None
        for name in fields:
            if name not in header:
                known = ", ".join(header)
                raise ScenarioError(
                    f'the name template names "{name}", which is no column; there are: {known}'
                )


def read_scenarios(
    path: Path,
    model: WorkbookModel,
    name_template: str | None = None,
    labels: Collection[str] = (),
    locale: str | None = None,
    row_lists: Sequence[RowList] = (),
    pictures: PictureFiles | None = None,
) -> ScenarioList:
    """Open a file of scenarios for a workbook: CSV, xlsx or Parquet; `-` is the standard input.

    Raises
    ------
    ScenarioError
        If the list is unreadable or empty, or a column is no input.
    """
    kept, called = kept_rows(path), called_in_sentences(path)
    return ScenarioList(
        *(called, lambda: rows_of(kept, locale, called), model, name_template, labels, locale),
        row_lists,
        pictures or PictureFiles(),
    )


def from_frame(
    frame: Any,
    model: WorkbookModel,
    name_template: str | None = None,
    source: str = "the frame",
    labels: Collection[str] = (),
    row_lists: Sequence[RowList] = (),
    pictures: PictureFiles | None = None,
) -> ScenarioList:
    """Open a DataFrame of any library as scenarios for a workbook; rows count from 1.

    Raises
    ------
    ScenarioError
        If it is not a DataFrame, is empty, or a column is not an input.
    """
    frame_rows(frame, source)
    return ScenarioList(
        source,
        lambda: frame_rows(frame, source),
        model,
        name_template,
        labels,
        row_lists=row_lists,
        pictures=pictures or PictureFiles(),
    )
