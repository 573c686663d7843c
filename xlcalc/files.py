"""How are files read and written, so that a failure is a sentence and never half a file?

A failure is a `UsageError` with the path and the reason. A file is written beside its place and
then renamed, so that a reader sees the old file or the new one, and never a part.
"""

import contextlib
import csv
import gzip
import io
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from xlcalc.errors import OutputError, UsageError, WorkbookError

_SEPARATOR_LINE = re.compile(r"sep=([,;\t])")  # what Excel writes to name its delimiter
csv.field_size_limit(2**31 - 1)  # whether a cell can hold a text is seen later, for its row alone
_ONLY_NUMBER = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?\s*%?")


def read_file(path: Path) -> bytes:
    """Return the bytes of a file, or say why it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise WorkbookError(f"there is no file {path}") from None
    except OSError as error:
        raise WorkbookError(f"cannot read {path}: {error.strerror}") from None


def read_csv(path: Path, failure: type[UsageError]) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file with the numbers of their lines; empty lines are left out."""
    return list(iterate_csv(path, failure))


def iterate_csv(
    path: Path, failure: type[UsageError], *, commas: str = ""
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file with the numbers of their lines; empty lines are left out.

    Columns are divided by commas, semicolons or tabs, whatever the first line has most of: Excel
    writes semicolons where the comma is the decimal sign. The path `-` is the standard input, and
    a name that ends in .gz that of a compressed file.

    `commas` says what becomes of a number with a comma where the comma is no delimiter: "" refuses
    it, "kept" hands it on, and another text is what a person can do, which the refusal says.
    """
    try:
        with _opened(path) as file:
            first = file.readline()
            delimiter, named = csv_delimiter(first)
            lines = chain(["\n" if named else first], file)
            reader = csv.reader(_textual(path, lines, failure), delimiter=delimiter, strict=True)
            try:
                for row in reader:
                    if row:
                        if delimiter != "," and commas != "kept":
                            _refuse_commas(path, reader.line_num, row, failure, commas)
                        yield reader.line_num, row
            except csv.Error as error:
                raise failure(f"{path}, line {reader.line_num}: {error}") from None
    except FileNotFoundError:
        raise WorkbookError(f"there is no file {path}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise failure(f"{path} is not a whole file of gzip: {error}") from None
    except OSError as error:
        raise WorkbookError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise failure(f"{path} is not a CSV file in UTF-8: {error.reason}") from None


def csv_delimiter(first: str) -> tuple[str, bool]:
    """Return what divides the columns of a CSV file, and whether its first line only names that."""
    named = _SEPARATOR_LINE.fullmatch(first.strip())
    return (named[1], True) if named else (max(",;\t", key=first.count), False)


def _opened(path: Path) -> IO[str]:
    if str(path) == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _textual(path: Path, lines: Iterable[str], failure: type[UsageError]) -> Iterator[str]:
    for line in lines:
        if "\x00" in line:
            raise failure(f"{path} is not a CSV file: it holds binary data")
        yield line


def _refuse_commas(
    path: Path, number: int, cells: list[str], failure: type[UsageError], hint: str
) -> None:
    """Refuse numbers with a comma where it is no delimiter: it may mean thousands or decimals."""
    for cell in cells:
        if "," in cell and _ONLY_NUMBER.fullmatch(cell.strip()):
            raise failure(
                f'{path}, row {number}: "{cell}" may mean thousands or decimals; write the '
                f"number with a point and without separators{hint}"
            )


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; an existing one keeps its permissions."""
    with draft(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Give a place to write a file to, which takes the place of another when that has succeeded.

    A file that exists keeps its permissions.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    import tempfile  # slow to import, and a command may write nothing

    temporary = None
    path = path.resolve()  # behind a link, not over it
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".xlcalc-", delete=False) as file:
            temporary = Path(file.name)
        yield temporary
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        temporary.chmod(mode & 0o7777)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder that can be written to, or say why not."""
    import tempfile

    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OutputError(f"cannot write to the folder {path}: {error.strerror}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
