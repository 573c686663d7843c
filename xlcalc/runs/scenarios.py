"""What runs does a list of scenarios ask for, and what are their files called?

A list is a CSV, xlsx or Parquet file, or a DataFrame: one row a run, and its columns are named
inputs of a workbook. The column `scenario` names the run's file. An empty cell keeps the
workbook's own value. Lists are read row by row, as often as they are needed, and never held whole.
"""

import atexit
import re
import shutil
import string
import sys
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from xlcalc.calc.entries import is_empty
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.validations import Refusal
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError, NameNotFoundError, ScenarioError, suggestion
from xlcalc.files import iterate_csv
from xlcalc.ooxml.literals import checked_text
from xlcalc.runs.local_values import local_reader

NAME_COLUMN = "scenario"
MAX_STEM_BYTES = 180
RESERVED = ("summary", "errors")
"""Stems of the files that a batch writes beside those of the runs."""

_PARQUET_ROWS = 4096
"""Rows of a Parquet file that are read at once."""
_SAY_LOCALE = ", or say how the list writes numbers, as --locale de"
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(\..*)?", re.I)

Rows: TypeAlias = Iterator[tuple[int, Sequence[object]]]
"""The rows of a list with their numbers, the header first."""


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
    """

    name: str
    stem: str
    settings: dict[str, CellValue]
    row: int
    problem: str = ""
    column: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


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
    length: int = field(init=False, default=0)
    columns: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self._clashes: dict[int, str] = {}
        self._refusals: dict[int, Refusal] = {}
        self._judged = False
        self._labels: list[str] = []
        self._header = self._read_header()
        beside = {NAME_COLUMN, *self._labels}
        self.columns = tuple(name for name in self._header if name not in beside)
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

    def _converter(self, name: str) -> Callable[[object], CellValue]:
        """Return what reads the entries of a column; a locale is for numbers and days alone."""
        read = self.model.entry_reader(name)
        if self.locale is None or isinstance(self.model.input(name).value, str):
            return read
        local = local_reader(self.locale)
        return lambda value: read(local(value) if isinstance(value, str) else value)

    def _scenario(self, number: int, given: dict[str, object], count: int) -> Scenario:
        name = _printable(str(given.pop(NAME_COLUMN, "")).strip()) or f"run-{count:03d}"
        labels = {label: _printable(str(given.pop(label, ""))) for label in self._labels}
        stem = file_stem(name)
        if self.name_template is not None:
            words = dict.fromkeys(self._header, "") | {NAME_COLUMN: name} | given | labels
            try:
                name, stem = named(self.name_template, words, name)
            except (ValueError, TypeError) as error:
                problem = f'the name template "{self.name_template}" does not fit: {error}'
                return Scenario(name, stem, {}, number, problem, labels=labels)
        settings: dict[str, CellValue] = {}
        for column, value in given.items():
            try:
                settings[column] = converted = self._converters[column](value)
                if isinstance(converted, str):
                    checked_text(converted)
            except InputValueError as error:
                problem = _printable(str(error))
                return Scenario(name, stem, {}, number, problem, column, labels)
        if not self._judged and (refused := self.model.refusal(settings)) is not None:
            self._refusals[number] = refused
        if number in self._refusals:
            column, sentence = self._refusals[number]
            return Scenario(name, stem, {}, number, _printable(sentence), column, labels)
        return Scenario(name, stem, settings, number, labels=labels)

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
        if self.name_template is not None:
            self._check_template(self.name_template, header)
        return header

    def _column(self, name: str) -> str:
        """Return the input that a column is of, or its own name if it is a label."""
        if name in self.labels:
            self._labels.append(name)
            return name
        try:
            return self.model.input(name).name
        except NameNotFoundError as error:
            if name.lower() not in self.model.cells and not suggestion(name, self.model.cells):
                self._labels.append(name)
                return name
            raise ScenarioError(
                f'{self.source}, column "{name}": {error}; a column that is no input is told by '
                f"--label {name}"
            ) from None

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
) -> ScenarioList:
    """Open a file of scenarios for a workbook: CSV, xlsx or Parquet; `-` is the standard input.

    Raises
    ------
    ScenarioError
        If the list is unreadable or empty, or a column is no input.
    """
    kept = kept_rows(path)
    return ScenarioList(
        str(path), lambda: rows_of(kept, locale), model, name_template, labels, locale
    )


def kept_rows(path: Path) -> Path:
    """Return the path of a list that can be read again and again: what a pipe gives is kept.

    Raises
    ------
    ScenarioError
        If it is a device without an end.
    """
    if str(path) != "-" and not path.is_fifo():
        if path.is_char_device() or path.is_block_device():
            raise ScenarioError(f"{path} is a device, and no list")
        return path
    import tempfile  # slow to import, and few lists come through a pipe

    # It lasts as long as the process: the list is read once more for each thing that is asked.
    folder = tempfile.TemporaryDirectory(prefix="xlcalc-list-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    kept = Path(folder.name) / "list.csv"
    with kept.open("wb") as file:
        if str(path) == "-":
            shutil.copyfileobj(sys.stdin.buffer, file)
        else:
            with path.open("rb") as pipe:
                shutil.copyfileobj(pipe, file)
    return kept


def rows_of(path: Path, locale: str | None = None) -> Rows:
    """Yield the rows of a file of scenarios with their numbers, the header first.

    Raises
    ------
    ScenarioError
        If the file cannot be read.
    """
    kind = path.suffix.lower()
    if kind in {".xlsx", ".xlsm"}:
        yield from _xlsx_rows(path)
    elif kind == ".parquet":
        yield from _parquet_rows(path)
    else:
        commas = "kept" if locale else _SAY_LOCALE
        yield from iterate_csv(path, ScenarioError, commas=commas)


def from_frame(
    frame: Any,
    model: WorkbookModel,
    name_template: str | None = None,
    source: str = "the frame",
    labels: Collection[str] = (),
) -> ScenarioList:
    """Open a DataFrame of any library as scenarios for a workbook; rows count from 1.

    Raises
    ------
    ScenarioError
        If it is not a DataFrame, is empty, or a column is not an input.
    """
    import narwhals

    try:
        table = narwhals.from_native(frame, eager_only=True)
    except TypeError:
        kind = type(frame).__name__
        raise ScenarioError(
            f"scenarios must be a DataFrame or the path of a file, got {kind}"
        ) from None
    except narwhals.exceptions.NarwhalsError as error:
        raise ScenarioError(f"{source} cannot be read: {error}") from None

    def rows() -> Rows:
        yield 0, table.columns
        yield from enumerate(table.iter_rows(buffer_size=512), start=1)

    return ScenarioList(source, rows, model, name_template, labels)


def named(template: str, words: Mapping[str, object], name: str) -> tuple[str, str]:
    """Return the name of a run by a template, and the path of its file without the ending.

    What stands between slashes of the template is a folder, made safe by itself: no value leads
    out of the place where the files go.
    """
    parts = [_printable(part.format_map(words).strip()) for part in template.split("/")]
    *folders, last = [part for part in parts[:-1] if part] + [parts[-1] or name]
    return "/".join((*folders, last)), "/".join(map(file_stem, (*folders, last)))


def file_stem(name: str) -> str:
    """Return a name as a file may be called on Windows, macOS and Linux, without its ending."""
    stem = _UNSAFE.sub("-", unicodedata.normalize("NFC", name))
    cut = stem.strip(" .").encode()[:MAX_STEM_BYTES].decode(errors="ignore")
    stem = cut.strip(" .")
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem or "scenario"


def _printable(text: str) -> str:
    """Return a text without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()


def _parquet_rows(path: Path) -> Rows:
    """Yield the rows of a Parquet file, which is read part by part."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise ScenarioError(
            f'{path} is read with the package pyarrow: pip install "xlcalc[parquet]"'
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            yield 0, file.schema_arrow.names
            parts = file.iter_batches(_PARQUET_ROWS)
            columns = ([column.to_pylist() for column in part.columns] for part in parts)
            rows = (cells for part in columns for cells in zip(*part, strict=True))
            yield from enumerate(rows, start=1)
    except (ArrowException, OSError) as error:
        raise ScenarioError(f"{path} is not a Parquet file: {error}") from None


def _xlsx_rows(path: Path) -> Rows:
    values, formulas = (_first_sheet(path, data_only=only) for only in (True, False))
    width = 0
    for (number, shown), (_, written) in zip(values, formulas, strict=True):
        for column, (value, formula) in enumerate(zip(shown, written, strict=True), start=1):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                place = f"{get_column_letter(column)}{number}"
                raise ScenarioError(
                    f"{path}, cell {place}: the formula has no value; calculate and save the file"
                )
        cells = list(shown)
        while len(cells) > width and cells[-1] is None:
            cells.pop()
        width = width or len(cells)  # columns without a heading and without a value are none
        if any(cell is not None for cell in cells):
            yield number, cells


def _first_sheet(path: Path, *, data_only: bool) -> Iterable[tuple[int, tuple[object, ...]]]:
    if not path.exists():
        raise ScenarioError(f"there is no file {path}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it does not read
            workbook = load_workbook(path, read_only=True, data_only=data_only)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise ScenarioError(f"{path} is not an xlsx workbook: {error}") from None
    try:
        yield from enumerate(workbook.worksheets[0].iter_rows(values_only=True), start=1)
    finally:
        workbook.close()
