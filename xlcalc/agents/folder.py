"""Which files may an agent name? Workbooks in one folder, under whatever name leads to them.

A name is refused that leads out by `..`, from a root or a drive, or through a link, and one that
Windows gives to a device.
"""

import contextlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from xlcalc.errors import UsageError

_KINDS = (".xlsx", ".xlsm")
_LISTED = 1000
"""Files that are listed at most."""
_UNREADABLE = (OSError, ValueError, RuntimeError)
"""What a path raises that is not there, is no text, or goes in a circle of links."""
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}
"""Names that Windows gives to devices in every folder, with any suffix."""


class RefusedError(Exception):
    """A question that is not answered, in a sentence."""


class Folder:
    """The files that may be read and written: workbooks in one folder.

    Raises
    ------
    UsageError
        If there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise UsageError(f"there is no folder {folder}")
        self.path = folder.resolve(strict=True)

    def names(self) -> list[str]:
        """Return the paths of the workbooks inside, with `/`, in the order of their names."""
        return sorted(islice(self._walk(), _LISTED))

    def _walk(self) -> Iterator[str]:
        for place, folders, files in os.walk(self.path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                path = Path(place, name).relative_to(self.path).as_posix()
                with contextlib.suppress(RefusedError):
                    if not name.startswith((".", "~$")):
                        self.file(path)
                        yield path

    def file(self, name: str) -> Path:
        """Return the absolute path of a workbook inside.

        Raises
        ------
        RefusedError
            If it lies elsewhere, by its name or by a link, or is no file.
        """
        inside = self._inside(name)
        try:
            path = inside.resolve(strict=True)
        except _UNREADABLE:
            raise RefusedError(f"there is no workbook {name}") from None
        if not path.is_relative_to(self.path):
            raise RefusedError(f"{name} leads out of the folder")
        if not path.is_file() or path.suffix.lower() not in _KINDS:
            raise RefusedError(f"{name} is no xlsx or xlsm file")
        return path

    def new_file(self, name: str, suffix: str) -> Path:
        """Return the absolute path of a file that is yet to be written.

        Raises
        ------
        RefusedError
            If it exists, has another suffix, or would lie elsewhere.
        """
        inside = self._inside(name)
        if inside.suffix.lower() != suffix:
            raise RefusedError(f"{name} must end in {suffix}")
        try:
            place = inside.parent.resolve(strict=True)
        except _UNREADABLE:
            raise RefusedError(f"there is no folder for {name}") from None
        if not place.is_relative_to(self.path):
            raise RefusedError(f"{name} leads out of the folder")
        path = place / inside.name
        if os.path.lexists(path):
            raise RefusedError(f"{name} exists; give another name")
        return path

    def _inside(self, name: str) -> Path:
        """Return where a name would lie, if no link leads elsewhere."""
        parts = name.replace("\\", "/").split("/")
        if not parts[0] or ".." in parts or any(sign in name for sign in ":\0"):
            raise RefusedError(f"{name!r} leads out of the folder")
        if any(part.partition(".")[0].strip().lower() in _DEVICES for part in parts):
            raise RefusedError(f"{name} is a device")
        return self.path.joinpath(*parts)
