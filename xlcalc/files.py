"""How are files read and written, so that a failure is a sentence and never half a file?

A failure is a `UsageError` with the path and the reason. A file is written beside its place and
then renamed, so that a reader sees the old file or the new one, and never a part. Each unfinished
file is locked by the process that writes it: one that is not locked was left by a process that
died, and the next one removes it.
"""

import contextlib
import csv
import gzip
import io
import os
import re
import secrets
import shutil
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

from xlcalc.errors import OutputError, UsageError, WorkbookError
from xlcalc.plain_texts import in_a_line

MAX_FILE_BYTES = 2**30
_MAX_TOML_BYTES = 2**20
_BINARY = getattr(os, "O_BINARY", 0)
_DRAFT = ".xlcalc-"
"""How the names of unfinished files begin."""
_DRAFT_NAME = re.compile(r"\.xlcalc-[0-9a-f]{16}")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])")  # what Excel writes to name its delimiter
csv.field_size_limit(2**31 - 1)  # whether a cell can hold a text is seen later, for its row alone
_ONLY_NUMBER = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?\s*%?")


def read_file(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """Return the bytes of a file, or say why it cannot be read.

    Parameters
    ----------
    path : Path
        The file, or a pipe.
    limit : int, optional
        How long it may be [byte].
    """
    try:
        with path.open("rb") as file:
            if not (stat.S_ISREG(mode := os.fstat(file.fileno()).st_mode) or stat.S_ISFIFO(mode)):
                raise WorkbookError(f"cannot read {path}: it is a device, and no file")
            data = b"".join(pieces(file, limit))
    except FileNotFoundError:
        raise WorkbookError(f"there is no file {path}") from None
    except OSError as error:
        raise WorkbookError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:  # a NUL character, which no path has
        raise WorkbookError(f"there is no file {str(path)!r}") from None
    if len(data) > limit:
        raise WorkbookError(f"cannot read {path}: it has more than {limit:,} bytes")
    return data


def pieces(file: IO[bytes], limit: int) -> Iterator[bytes]:
    """Yield what a file or a pipe has, up to a little more than a limit."""
    while limit >= 0 and (piece := file.read(2**20)):
        limit -= len(piece)
        yield piece


def read_toml(path: Path, failure: type[UsageError]) -> dict[str, Any]:
    """Return what a TOML file says, or say why it is none."""
    import tomllib  # few commands read one

    try:
        return tomllib.loads(read_file(path, _MAX_TOML_BYTES).decode())
    except ValueError as error:  # of TOML, of UTF-8, or a number of thousands of digits
        raise failure(f"{path} is not a TOML file: {in_a_line(str(error))}") from None
    except RecursionError:
        raise failure(f"{path} is not a TOML file: its lists are too deep") from None


def read_csv(path: Path, failure: type[UsageError]) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file with the numbers of their lines; empty lines are left out."""
    return list(iterate_csv(path, failure))


def iterate_csv(
    path: Path, failure: type[UsageError], *, commas: str = "", called: str = ""
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file with the numbers of their lines; empty lines are left out.

    Columns are divided by commas, semicolons or tabs, whatever the first line has most of: Excel
    writes semicolons where the comma is the decimal sign. The path `-` is the standard input, and
    a name that ends in .gz that of a compressed file.

    `commas` says what becomes of a number with a comma where the comma is no delimiter: "" refuses
    it, "kept" hands it on, and another text is what a person can do, which the refusal says.
    `called` is how sentences name a file that a person does not know by its path.
    """
    name = called or called_in_sentences(path)
    try:
        with _opened(path) as file:
            first = file.readline()
            delimiter, named = csv_delimiter(first)
            if commas == "kept" and delimiter not in first:
                delimiter = ";"  # of a single column, whose commas belong to its numbers
            lines = chain(["\n" if named else first], file)
            reader = csv.reader(_textual(name, lines, failure), delimiter=delimiter, strict=True)
            try:
                for row in reader:
                    if row:
                        if delimiter != "," and commas != "kept":
                            _refuse_commas(name, reader.line_num, row, failure, commas)
                        yield reader.line_num, row
            except csv.Error as error:
                raise failure(f"{name}, line {reader.line_num}: {error}") from None
    except FileNotFoundError:
        raise WorkbookError(f"there is no file {name}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise failure(f"{name} is not a whole file of gzip: {error}") from None
    except OSError as error:
        raise WorkbookError(f"cannot read {name}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise failure(f"{name} is not a CSV file in UTF-8: {error.reason}") from None


def called_in_sentences(path: Path) -> str:
    """Return how sentences name a file: `-` is the standard input."""
    return "the standard input" if str(path) == "-" else str(path)


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


def _textual(name: str, lines: Iterable[str], failure: type[UsageError]) -> Iterator[str]:
    for line in lines:
        if "\x00" in line:
            raise failure(f"{name} is not a CSV file: it holds binary data")
        yield line


def _refuse_commas(
    name: str, number: int, cells: list[str], failure: type[UsageError], hint: str
) -> None:
    """Refuse numbers with a comma where it is no delimiter: it may mean thousands or decimals."""
    for cell in cells:
        if "," in cell and _ONLY_NUMBER.fullmatch(cell.strip()):
            raise failure(
                f'{name}, row {number}: "{cell}" may mean thousands or decimals; write the '
                f"number with a point and without separators{hint}"
            )


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, as `draft` does."""
    with draft(path) as temporary, temporary.open("r+b") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Give a place to write a file to, which takes the place of another when that has succeeded.

    A file that exists keeps its permissions and, where the system allows it, its owner. A device
    or a pipe is written to. Drafts that a process has left beside it when it died are removed.

    Raises
    ------
    OutputError
        If it cannot be written, is marked as read-only, or has another name beside this one.
    """
    from tempfile import gettempdir  # slow to import, and a command may write nothing

    temporary, lock = None, -1
    try:
        before = path.stat() if path.exists() else None
        special = before is not None and _is_special(path, before)
        if not special:
            path = path.resolve()  # behind a link, not over it
            remove_drafts(path.parent)
        temporary, lock = locked_draft(Path(gettempdir()) if special else path.parent, 0o600)
        yield temporary
        if special:
            with temporary.open("rb") as source, path.open("wb", buffering=0) as target:
                shutil.copyfileobj(source, target)
            return
        if before is not None:
            with contextlib.suppress(OSError, AttributeError):  # one's own anyway, or on Windows
                os.chown(temporary, before.st_uid, before.st_gid)
        mode = 0o666 & ~_umask() if before is None else before.st_mode
        temporary.chmod(mode & 0o7777)
        if sys.platform == "win32":  # which renames no open file
            os.close(lock)
            lock = -1
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from None
    except ValueError as error:  # a NUL character, which no path has
        if "null byte" not in str(error):
            raise
        raise OutputError(f"cannot write {str(path)!r}: no file has such a name") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        if lock >= 0:
            os.close(lock)


def _is_special(path: Path, status: os.stat_result) -> bool:
    """Whether an output is a device or a pipe; refuse a file that a person holds to be safe."""
    mode = status.st_mode
    if stat.S_ISCHR(mode) or stat.S_ISFIFO(mode):
        return True
    if stat.S_ISREG(mode):
        if not mode & 0o222:
            raise OutputError(f"cannot write {path}: it is read-only; give another name with -o")
        if status.st_nlink > 1:
            raise OutputError(
                f"cannot write {path}: the same file has {status.st_nlink - 1} other "
                f"name{'s' * (status.st_nlink > 2)} (hard links); give another name with -o"
            )
    elif not stat.S_ISDIR(mode):
        raise OutputError(f"cannot write {path}: it is no regular file")
    return False


def locked_draft(folder: Path, mode: int) -> tuple[Path, int]:
    """Make an empty draft, and return it, opened and locked, so that nobody removes it.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    while True:
        temporary = folder / f"{_DRAFT}{secrets.token_hex(8)}"
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, mode)
        # On Windows an open file cannot be removed, and a lock would keep its own process out.
        if sys.platform == "win32" or lock_file(descriptor) is None or temporary.exists():
            return temporary, descriptor
        os.close(descriptor)  # another process took it for one that was left behind


def remove_drafts(folder: Path) -> None:
    """Remove the drafts of processes that died; those of the living stay."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if _DRAFT_NAME.fullmatch(entry.name):
                _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDWR)
        try:
            if lock_file(descriptor):
                os.unlink(path)
        finally:
            os.close(descriptor)


def lock_file(descriptor: int) -> bool | None:
    """Take the lock of an open file, which the system gives back when this process ends.

    Returns
    -------
    bool or None
        Whether it was free; None where the file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def make_folder(path: Path) -> None:
    """Make a folder that can be written to, or say why not."""
    import tempfile

    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OutputError(f"cannot write to the folder {path}: {error.strerror}") from None
    except ValueError:  # a NUL character, which no path has
        raise OutputError(f"cannot write to the folder {str(path)!r}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
