"""How are files read and written, so that a failure is a sentence and never half a file?"""

import contextlib
import os
import tempfile
from pathlib import Path

from xlcalc.errors import OutputError, WorkbookError


def read_file(path: Path) -> bytes:
    """Return the bytes of a file, or say why it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise WorkbookError(f"there is no file {path}") from None
    except OSError as error:
        raise WorkbookError(f"cannot read {path}: {error.strerror}") from None


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; an existing one keeps its permissions."""
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".xlcalc-", delete=False) as file:
            temporary = file.name
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode & 0o7777)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise OutputError(f"cannot write {path}: {error.strerror}") from None


def make_folder(path: Path) -> None:
    """Make a folder that can be written to, or say why not."""
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
