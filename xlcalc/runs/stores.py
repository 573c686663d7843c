"""Where do the files of a batch go: a folder, or any place that fsspec knows?

A file appears under its name whole or not at all.
"""

import contextlib
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.request import url2pathname

from xlcalc.errors import OutputError
from xlcalc.files import locked_draft, make_folder, remove_drafts
from xlcalc.ooxml.archive import checksum

_URL = re.compile(r"([a-z][a-z0-9+.-]+)://(.*)", re.I | re.S)
_PART = ".xlcalc-"
"""How the names of unfinished files begin."""
LOCK, BEGUN = f"{_PART}lock", f"{_PART}begun"
"""What the run that writes into a folder holds, and where it notes which files it begins."""
DRAFTED = ("summary.csv", "errors.csv")
"""The files of a batch that grow while it runs, under another name."""
_CREATES_ONCE = frozenset({"s3", "s3a", "memory"})
"""Places that put a file on the condition that there is none."""
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"})
"""Places whose folders are part of the names of files: to make one would make a bucket."""


class Store(Protocol):
    """A place for files, which can travel to other processes."""

    def prepare(self) -> None:
        """Make the place, or say why not."""

    def tidy(self) -> None:
        """Remove what writers that died left half done, while nobody writes."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all."""

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, or None where there is none."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def draft(self, name: str) -> Path:
        """Return where on this machine a large file can be begun."""

    def publish(self, draft: Path, name: str) -> None:
        """Give a finished draft its name."""

    def discard(self, draft: Path) -> None:
        """Remove a draft that gets no name."""

    def describe(self, name: str) -> str:
        """Return what to call a file in a sentence."""


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, or of the network."""

    path: Path

    def prepare(self) -> None:
        """Make the folder."""
        make_folder(self.path)

    def tidy(self) -> None:
        """Remove the unfinished files of runs that died, for one that is alone in the folder."""
        remove_drafts(self.path)
        for name in DRAFTED:
            self.discard(self.draft(name))

    def write(self, name: str, data: bytes) -> None:
        """Write a file under another name, which no other process has, and rename it.

        It is not forced to the disk, which would cost more than all else: after a power failure
        `resume` finds the files whose checksum is another one.
        """
        target = f"{self.path}/{name}"
        temporary, descriptor = None, -1
        try:
            temporary, descriptor = locked_draft(self.path, 0o666)
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            if sys.platform == "win32":  # which renames no open file
                os.close(descriptor)
                descriptor = -1
            try:
                os.replace(temporary, target)
            except FileNotFoundError:  # the first file of a folder
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                os.replace(temporary, target)
        except OSError as error:
            if temporary is not None:
                self.discard(temporary)
            raise OutputError(f"cannot write {target}: {error.strerror}") from None
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, or None where there is none."""
        path = self.path / name
        try:
            return path.read_bytes() if path.is_file() else None
        except OSError as error:
            raise OutputError(f"cannot read {path}: {error.strerror}") from None

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        path = self.path / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot remove {path}: {error.strerror}") from None

    def draft(self, name: str) -> Path:
        """Return where a large file can be begun."""
        return self.path / f"{_PART}{name}"

    def publish(self, draft: Path, name: str) -> None:
        """Give a finished draft its name."""
        try:
            draft.replace(self.path / name)
        except OSError as error:
            raise OutputError(f"cannot write {self.describe(name)}: {error.strerror}") from None

    def discard(self, draft: Path) -> None:
        """Remove a draft that gets no name."""
        with contextlib.suppress(OSError):
            draft.unlink()

    def describe(self, name: str) -> str:
        """Return the path of a file."""
        return str(self.path / name)


@dataclass(frozen=True)
class Url:
    """A place that a URL names, as s3://bucket/path or abfs://container/path."""

    url: str

    def prepare(self) -> None:
        """Make the folder, where folders are something of their own."""
        if self.url.partition("://")[0].lower() not in _BUCKETS:
            self._call("makedirs", "", exist_ok=True)

    def tidy(self) -> None:
        """Do nothing: a file that is not whole is not there."""

    def create(self, name: str, data: bytes) -> bool:
        """Put a file on the condition that there is none, and return whether it was put so.

        It is not where there is one, and where the store knows no such condition.
        """
        knows = self.url.partition("://")[0].lower() in _CREATES_ONCE
        if not knows or self.read(name) is not None:
            return False
        files, path = self._located(name)
        with contextlib.suppress(Exception):  # another was first, or what answers is too old for it
            files.pipe_file(path, data, mode="create")
            return True
        return False

    def write(self, name: str, data: bytes) -> None:
        """Put a file, which object stores show when it is whole."""
        self._call("pipe_file", name, data)

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, or None where there is none."""
        files, path = self._located(name)
        try:
            found: bytes = files.cat_file(path)
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001  each file system has its own
            raise OutputError(f"cannot read {self.describe(name)}: {_reason(error)}") from None
        return found

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        if self.read(name) is not None:
            self._call("rm_file", name)

    def draft(self, name: str) -> Path:
        """Return where on this machine a large file can be begun."""
        return Path(tempfile.mkdtemp(prefix=_PART)) / name

    def publish(self, draft: Path, name: str) -> None:
        """Put a finished draft to its place, over an older one."""
        try:
            self.write(name, draft.read_bytes())
        finally:
            self.discard(draft)

    def discard(self, draft: Path) -> None:
        """Remove a draft, with the folder that it has of its own."""
        shutil.rmtree(draft.parent, ignore_errors=True)

    def describe(self, name: str) -> str:
        """Return the URL of a file."""
        return f"{self.url.rstrip('/')}/{name}"

    def _call(self, method: str, name: str, *arguments: Any, **options: Any) -> None:
        files, path = self._located(name)
        try:
            getattr(files, method)(path, *arguments, **options)
        except Exception as error:  # noqa: BLE001  each file system has its own
            raise OutputError(f"cannot write to {self.url}: {_reason(error)}") from None

    def _located(self, name: str) -> tuple[Any, str]:
        """Return the file system, and the path of a file in it."""
        try:
            import fsspec

            files, path = fsspec.core.url_to_fs(self.url)
        except ImportError as error:
            raise OutputError(
                f"{self.url} needs another package ({error}): pip install 'xlcalc[cloud]'"
            ) from None
        except Exception as error:  # noqa: BLE001  each file system has its own
            raise OutputError(f"cannot write to {self.url}: {_reason(error)}") from None
        return files, f"{path.rstrip('/')}/{name}" if name else path


def store_at(place: str | Path) -> Store:
    """Return the store of a folder or a URL."""
    url = _URL.fullmatch(str(place))
    if url is None:
        return Folder(Path(place))
    return Folder(Path(url2pathname(url[2]))) if url[1].lower() == "file" else Url(str(place))


def fingerprint(data: bytes) -> str:
    """Return the size and the checksum of a file, to see later whether it is intact."""
    return f"{len(data)}-{checksum(data):08x}"


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
