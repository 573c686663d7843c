"""What has a batch done so far, in a form that survives its end at any moment?

The manifest has a line of JSON for each scenario. Lines are appended as scenarios are done; a torn
last line is no line. Object stores cannot append: there the manifest is written whole, again and
again.
"""

import contextlib
import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from types import TracebackType

import orjson

from xlcalc.cells import CellValue
from xlcalc.errors import OutputError
from xlcalc.runs.stores import Folder, Store

MANIFEST = "manifest.jsonl"
PUBLISHING = 10.0
"""Seconds after which a manifest is written again where it cannot be appended to."""
_SHARE = 10
"""Writing it takes at most one in so many seconds, however long it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the manifest.

    Attributes
    ----------
    row : int
        The scenario's place in its list.
    scenario, file : str
        Its name, and the file that was written; empty for none.
    inputs, template : str
        Hashes of its settings, and of the workbook that was filled.
    version : str
        Version of this library.
    status, remark : str
        What became of it.
    content : str
        Size and checksum of the file.
    """

    row: int
    scenario: str
    file: str
    inputs: str
    template: str
    version: str
    status: str
    remark: str
    content: str


def hash_of(settings: Mapping[str, CellValue]) -> str:
    """Return a hash of the settings of a scenario."""
    text = orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


class Manifest:
    """The manifest of a batch, while it is written.

    Parameters
    ----------
    store : Store
        Where the batch goes.
    resume : bool
        Whether what the manifest has counts.
    """

    def __init__(self, store: Store, *, resume: bool) -> None:
        self._store = store
        self._old = _read(store.read(MANIFEST)) if resume else {}
        self._rows: set[int] = set()

    def __enter__(self) -> "Manifest":
        store = self._store
        kept = _lines(self._old.values())
        store.write(MANIFEST, kept)
        self._apart = not isinstance(store, Folder)
        self._path = store.path / MANIFEST if isinstance(store, Folder) else store.draft(MANIFEST)
        self._due = monotonic() + PUBLISHING
        try:
            if self._apart:
                self._path.write_bytes(kept)
            self._file = self._path.open("ab", buffering=0)
        except OSError as error:
            raise self._unwritten(error) from None
        return self

    def known(self, row: int) -> Entry | None:
        """Return what an earlier run says of a row."""
        return self._old.get(row)

    def append(self, entries: Iterable[Entry]) -> None:
        """Note what is done."""
        entries = list(entries)
        self._rows.update(entry.row for entry in entries)
        left = memoryview(_lines(entries))
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            raise self._unwritten(error) from None
        if self._apart and monotonic() >= self._due:
            self._publish()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
            if kind is None:
                self._finish()
            elif self._apart:
                with contextlib.suppress(OutputError):  # what stopped the batch is told already
                    self._publish()
        except OSError as failure:
            if kind is None:
                raise self._unwritten(failure) from None
        finally:
            if self._apart:
                self._store.discard(self._path)

    def _finish(self) -> None:
        """Write the manifest in the order of the rows, each row of this run once."""
        if self._old or self._apart:  # else it was written so
            entries = _read(self._path.read_bytes())
            self._store.write(MANIFEST, _lines(entries[row] for row in sorted(self._rows)))

    def _publish(self) -> None:
        """Show what is done so far."""
        began = monotonic()
        self._store.write(MANIFEST, self._path.read_bytes())
        ended = monotonic()
        self._due = ended + max(PUBLISHING, _SHARE * (ended - began))

    def _unwritten(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write {self._store.describe(MANIFEST)}: {error.strerror}")


def _lines(entries: Iterable[Entry]) -> bytes:
    return b"".join(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE) for entry in entries)


def _read(data: bytes | None) -> dict[int, Entry]:
    """Return the entries of a manifest by row, the last one of each; torn lines are left out."""
    entries: dict[int, Entry] = {}
    for line in (data or b"").decode("utf-8", "replace").split("\n"):
        try:
            entry = Entry(**orjson.loads(line))
        except (ValueError, TypeError):
            continue
        # Most lines have these three in common.
        template, version, status = map(sys.intern, (entry.template, entry.version, entry.status))
        entries[entry.row] = replace(entry, template=template, version=version, status=status)
    return entries
