"""What became of each scenario of a batch, and where do its figures come from, as CSV files?"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import IO

import orjson

from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.origin import ACCEPTED_BY, Origin
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import OutputError
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.runs.results import Counts, Result
from xlcalc.runs.stores import DRAFTED, Store

SUMMARY, ERRORS, ORIGIN = "summary.csv", "errors.csv", "origin.csv"
_OWN = ("scenario", "file", "status", "remark")
_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""What a formula may begin with, the wide forms of East Asia among them."""
_NUMBER = r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+%?+"
# A spreadsheet program may take semicolons, tabs and ends of lines for the end of a cell.
_FORMULA = re.compile(
    rf"(\A|(?<=[;\t\r\n]))([^\S\t\r\n]*)(?=[{re.escape(_SIGNS)}])(?!{_NUMBER}(?:[;\t\r\n]|\Z))"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What a terminal that shows the file would obey, and halves of characters."""


class CsvSummary:
    """All results in summary.csv, and those that are not right in errors.csv.

    Parameters
    ----------
    store : Store
        Where the batch goes.
    cells : mapping of str to NamedCell
        The named cells, a column each.
    labels : sequence of str, optional
        Columns of the list that are no inputs.
    """

    def __init__(
        self, store: Store, cells: Mapping[str, NamedCell], labels: Sequence[str] = ()
    ) -> None:
        self._store, self._names, self._labels = store, tuple(cells), tuple(labels)
        self._dates = [
            (column, cell)
            for column, cell in enumerate(cells.values())
            if is_date_format(cell.number_format)
        ]
        self.counts = Counts()

    def __enter__(self) -> "CsvSummary":
        self._paths = {name: self._store.draft(name) for name in DRAFTED}
        try:
            self._files = {
                name: path.open("w", encoding="utf-8-sig", newline="")
                for name, path in self._paths.items()
            }
        except OSError as error:
            raise OutputError(
                f"cannot write {self._store.describe(SUMMARY)}: {error.strerror}"
            ) from None
        self._writers = {name: csv.writer(file) for name, file in self._files.items()}
        self._write(
            SUMMARY,
            [
                *_OWN,
                *(
                    csv_text(f"label {label}" if label in {*_OWN, *self._names} else label)
                    for label in self._labels
                ),
                *map(csv_text, self._names),
            ],
        )
        self._write(ERRORS, ["scenario", "row", "column", "problem"])
        return self

    def add(self, result: Result) -> None:
        """Note a result."""
        self.counts.add(result)
        name, remark = csv_text(result.scenario), csv_text(result.remark)
        values = [result.values.get(cell) for cell in self._names]
        for column, cell in self._dates:
            values[column] = cell.with_dates(values[column])
        written = csv_cells(values)
        labels = [csv_text(result.labels.get(label, "")) for label in self._labels]
        file = csv_text(result.file)
        self._write(SUMMARY, [name, file, result.status, remark, *labels, *written])
        if remark:
            self._write(ERRORS, [name, result.row, csv_text(result.column), remark])

    def _write(self, file: str, cells: list[object]) -> None:
        try:
            self._writers[file].writerow(cells)
        except OSError as error:
            raise OutputError(
                f"cannot write {self._store.describe(file)}: {error.strerror}"
            ) from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        failure = _closed(self._files.values())
        try:
            if kind is None:
                if failure is not None:
                    described = self._store.describe(SUMMARY)
                    raise OutputError(f"cannot write {described}: {failure.strerror}") from None
                self._publish()
        finally:
            for path in self._paths.values():
                self._store.discard(path)

    def _publish(self) -> None:
        self._store.publish(self._paths[SUMMARY], SUMMARY)
        if self.counts.failed or self.counts.broken:
            self._store.publish(self._paths[ERRORS], ERRORS)
        else:
            self._store.remove(ERRORS)


def origin_csv(origin: Origin) -> bytes:
    """Return where the values of a workbook come from, as a file beside the summary.

    It has a row for the program, for each engine and for each difference that a person accepted.
    """
    rows: list[tuple[object, ...]] = [
        ("what", "name", "stored", "used", "formula", "accepted by"),
        ("program", origin.program),
        ("engine", origin.engine),
        *(("engine asked", engine) for engine in origin.asked),
        *(("engine with every stored value", engine) for engine in origin.whole),
        ("cells held", origin.held),
        *(
            (
                *("accepted difference", csv_text(one.cell), *csv_cells([one.stored, one.used])),
                *(csv_text(one.formula), ACCEPTED_BY),
            )
            for one in origin.accepted
        ),
    ]
    file = io.StringIO(newline="")
    csv.writer(file).writerows((*row, *[""] * (6 - len(row))) for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _closed(files: Iterable[IO[str]]) -> OSError | None:
    """Close files, and return what was wrong with the last lines of one, if anything was."""
    failure = None
    for file in files:
        try:
            file.close()
        except OSError as error:
            failure = error
    return failure


def csv_cells(values: list[CellValue]) -> list[object]:
    """Return values as the file has them; the shortest texts of numbers are made all at once."""
    numbers = [value + 0.0 for value in values if type(value) is float]  # no negative zero
    texts = iter(orjson.dumps(numbers).decode()[1:-1].split(","))
    return [next(texts) if type(value) is float else _cell(value) for value in values]


def _cell(value: CellValue) -> object:
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, str):
        return csv_text(value)
    if isinstance(value, bool):
        return str(value).upper()
    return value


def csv_text(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    if not text.isprintable():
        text = _CONTROL.sub("\ufffd", text)
    if any(sign in text for sign in _SIGNS):
        text = _FORMULA.sub(r"\g<1>'\g<2>", text)
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) else text
