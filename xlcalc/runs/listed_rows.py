"""Which rows do a file and a frame list?

A file is CSV, xlsx or Parquet. The header comes first, and each row has its number; a file is read
row by row, and never held whole.
"""

import atexit
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from xlcalc.errors import ScenarioError
from xlcalc.files import MAX_FILE_BYTES, iterate_csv, pieces
from xlcalc.ooxml.opening import check_archive
from xlcalc.plain_texts import shortened

NAME_COLUMN = "scenario"
"""The column of a list that says which scenario a row is, or is of."""
_PARQUET_ROWS = 4096
"""Rows of a Parquet file that are read at once."""
_CELL_BYTES = 8
"""What a cell of a Parquet file counts at least."""
_SAY_LOCALE = ", or say how the list writes numbers, as --locale de"
Rows: TypeAlias = Iterator[tuple[int, Sequence[object]]]
"""The rows of a list with their numbers, the header first."""


def lines_of(source: Any, folder: Path, locale: str | None = None) -> tuple[str, Rows]:
    """Return what to call a list of rows, and its rows; FILE#SHEET is a sheet of a workbook."""
    if not isinstance(source, str | Path):
        return "the frame of rows", frame_rows(source, "the frame of rows")
    name, mark, sheet = str(source).rpartition("#")
    if mark and Path(name).suffix.lower() in {".xlsx", ".xlsm"}:
        return f"{source}", _xlsx_rows(folder / name, sheet)
    return str(source), rows_of(folder / source, locale)


def rows_of(path: Path, locale: str | None = None, called: str = "") -> Rows:
    """Yield the rows of a file of scenarios with their numbers, the header first.

    `called` is how sentences name the file, if not by its path.

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
        yield from iterate_csv(path, ScenarioError, commas=commas, called=called)


def kept_rows(path: Path) -> Path:
    """Return the path of a list that can be read again and again: what a pipe gives is kept.

    Raises
    ------
    ScenarioError
        If it is a device without an end.
    """
    try:
        piped = str(path) == "-" or path.is_fifo()
        device = path.is_char_device() or path.is_block_device()
    except OSError as error:  # a name that is too long
        raise ScenarioError(f"cannot read {path}: {error.strerror}") from None
    if not piped:
        if device:
            raise ScenarioError(f"{path} is a device, and no list")
        return path
    import tempfile  # slow to import, and few lists come through a pipe

    # It lasts as long as the process: the list is read once more for each thing that is asked.
    folder = tempfile.TemporaryDirectory(prefix="xlcalc-list-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    kept = Path(folder.name) / "list.csv"
    opened = nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb")
    with kept.open("wb") as file, opened as pipe:
        file.writelines(pieces(pipe, MAX_FILE_BYTES))
    if kept.stat().st_size > MAX_FILE_BYTES:
        raise ScenarioError(f"{path} gives more than {MAX_FILE_BYTES:,} bytes")
    return kept


def frame_rows(frame: Any, source: str) -> Rows:
    """Return the rows of a DataFrame with their numbers, the header first.

    Raises
    ------
    ScenarioError
        If it is not a DataFrame.
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
        why = " ".join(str(error).split())
        raise ScenarioError(f"{source} cannot be read: {why}") from None

    def rows() -> Rows:
        yield 0, table.columns
        yield from enumerate(table.iter_rows(buffer_size=512), start=1)

    return rows()


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
            parts = _bounded(file.iter_batches(_PARQUET_ROWS), file.metadata.num_rows, path)
            columns = ([column.to_pylist() for column in part.columns] for part in parts)
            rows = (cells for part in columns for cells in zip(*part, strict=True))
            yield from enumerate(rows, start=1)
    except (MemoryError, ScenarioError):
        raise
    except (ArrowException, OSError, ValueError, OverflowError) as error:
        # A value may be none that Python knows, as a day after the year 9999.
        raise ScenarioError(f"{path} is not a Parquet file of scenarios: {error}") from None


def _bounded(parts: Iterable[Any], rows: int, path: Path) -> Iterator[Any]:
    """Yield the parts of a Parquet file while they take no more bytes than other lists may.

    A file of a few bytes can say a value a thousand million times, and lie about their number.
    """
    taken = 0
    for part in parts:
        if not taken and rows * part.num_columns * _CELL_BYTES > MAX_FILE_BYTES:
            raise ScenarioError(
                f"{path} has {rows:,} rows, which expand to more than {MAX_FILE_BYTES:,} bytes"
            )
        taken += max(part.nbytes, part.num_rows * part.num_columns * _CELL_BYTES)
        if taken > MAX_FILE_BYTES:
            raise ScenarioError(f"{path} expands to more than {MAX_FILE_BYTES:,} bytes")
        yield part


def _xlsx_rows(path: Path, sheet: str = "") -> Rows:
    check_archive(path)
    values, formulas = (_sheet(path, sheet, data_only=only) for only in (True, False))
    width = 0
    for (number, shown), (_, written) in zip(values, formulas, strict=True):
        for column, (value, formula) in enumerate(zip(shown, written, strict=True), start=1):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                place = f"{get_column_letter(column)}{number}"
                raise ScenarioError(
                    f"{path}, cell {place}: the formula has no value; calculate and save the file"
                )
        cells = [*shown, *[None] * (width - len(shown))]
        while len(cells) > width and cells[-1] is None:
            cells.pop()
        width = width or len(cells)  # columns without a heading and without a value are none
        if any(cell is not None for cell in cells):
            yield number, cells


def _sheet(path: Path, sheet: str, *, data_only: bool) -> Iterable[tuple[int, tuple[object, ...]]]:
    workbook = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it does not read
            workbook = load_workbook(path, read_only=True, data_only=data_only)
        chosen = _chosen(workbook, sheet, path)
        chosen.reset_dimensions()  # else each row is as wide as the file says that the sheet is
        yield from enumerate(chosen.iter_rows(values_only=True), start=1)
    except (ScenarioError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  openpyxl raises many classes for a damaged file
        reason = shortened(str(error) or type(error).__name__, 200)
        raise ScenarioError(f"{path} is not an xlsx workbook that can be read: {reason}") from None
    finally:
        if workbook is not None:
            workbook.close()


def _chosen(workbook: Workbook, sheet: str, path: Path) -> Any:
    """Return the sheet of this name, or the first one."""
    if sheet and sheet not in workbook.sheetnames:
        raise ScenarioError(f'{path} has no sheet "{sheet}"')
    if not workbook.worksheets:
        raise ScenarioError(f"{path} has no sheet with cells")
    return workbook[sheet] if sheet else workbook.worksheets[0]
