"""What has a batch done so far, in a form that survives its end at any moment?

The manifest has a line of JSON for the run, and one for each scenario. The first one says where the
figures come from: the engines, and the differences that a person accepted. Lines are appended as
scenarios are done; a torn last line does not count. Object stores cannot append: there the manifest
is written whole, again and again.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic
from types import TracebackType
from typing import Any

import orjson

from xlcalc._version import __version__
from xlcalc.calc.origin import ACCEPTED_BY, Origin
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import OutputError
from xlcalc.runs.results import BROKEN, FAILED, Result
from xlcalc.runs.stores import Folder, Store

MANIFEST = "manifest.jsonl"
EARLIER = "earlier_files"
"""Where the first line lists the workbooks of earlier runs that are not of this one."""
PUBLISHING = 10.0
"""Seconds after which a manifest is written again where it cannot be appended to."""
_SHARE = 10
"""Writing it takes at most one in so many seconds, however long it is."""
_OLD_KEYS = {"inputs", "template", "content"}
"""What version 0.1 called the hashes, and size and checksum."""


def hash_of(settings: Mapping[str, CellValue]) -> str:
    """Return a hash of the settings of a scenario."""
    text = orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def origin_data(origin: Origin) -> dict[str, Any]:
    """Return where the values of a workbook come from, as JSON has it."""
    return {
        "program": origin.program,
        "engine": origin.engine,
        "engines_asked": origin.asked,
        "engines_with_every_stored_value": origin.whole,
        "cells_held": origin.held,
        "accepted_differences": [
            {
                "cell": one.cell,
                "stored": _plain(one.stored),
                "used": _plain(one.used),
                "formula": one.formula,
                "accepted_by": ACCEPTED_BY,
            }
            for one in origin.accepted
        ],
    }


def _plain(value: CellValue) -> object:
    return value.code if isinstance(value, CellError) else value


class Manifest:
    """The manifest of a batch, while it is written.

    Parameters
    ----------
    store : Store
        Where the batch goes.
    template_hash : str
        Hash of the workbook that is filled, its form, the catalogues and what was accepted.
    origin : Origin
        Where the values of the workbook come from.
    resume : bool
        Whether what an earlier run has written counts.
    earlier : sequence of str
        Workbooks of earlier runs that lie there and are not of this list.

    Raises
    ------
    OutputError
        If the manifest of an earlier run is of version 0.1, or one cannot be written.
    """

    def __init__(
        self,
        store: Store,
        template_hash: str,
        origin: Origin,
        *,
        resume: bool,
        earlier: Sequence[str] = (),
    ) -> None:
        self._store, self._template_hash = store, template_hash
        also = {EARLIER: list(earlier)} if earlier else {}
        self._head = orjson.dumps(
            {"run": {"template_hash": template_hash, **origin_data(origin), **also}},
            option=orjson.OPT_APPEND_NEWLINE,
        )
        self._rows: set[int] = set()
        self._ordered, self._last = True, -1
        self._old = self._read(store.read(MANIFEST)) if resume else {}

    def __enter__(self) -> "Manifest":
        store = self._store
        kept = b"".join((self._head, *self._lines(self._old.values())))
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

    def known(self, row: int) -> Result | None:
        """Return what an earlier run of the same workbook and version made of a row."""
        return self._old.get(row)

    def append(self, results: Iterable[Result]) -> None:
        """Note what is done."""
        results = list(results)
        for result in results:
            self._ordered = self._ordered and result.row > self._last
            self._last = result.row
            self._rows.add(result.row)
        left = memoryview(b"".join(self._lines(results)))
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
        if self._old or self._apart or not self._ordered:  # else it was written so
            done = self._read(self._path.read_bytes())
            lines = self._lines(done[row] for row in sorted(self._rows))
            self._store.write(MANIFEST, b"".join((self._head, *lines)))

    def _publish(self) -> None:
        """Show what is done so far."""
        began = monotonic()
        self._store.write(MANIFEST, self._path.read_bytes())
        ended = monotonic()
        self._due = ended + max(PUBLISHING, _SHARE * (ended - began))

    def _unwritten(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write {self._store.describe(MANIFEST)}: {error.strerror}")

    def _lines(self, results: Iterable[Result]) -> Iterable[bytes]:
        """Yield the line of each result."""
        for result in results:
            line = {
                "row": result.row,
                "scenario": result.scenario,
                "file": result.file,
                "inputs_hash": result.inputs_hash,
                "template_hash": self._template_hash,
                "version": __version__,
                "status": result.status,
                "remark": result.remark,
                "size_crc32": result.size_crc32,
            }
            yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

    def _read(self, data: bytes | None) -> dict[int, Result]:
        """Return the results of a manifest by row, the last one of each.

        Torn lines are left out, and those of another workbook, form, catalogue or version.
        """
        results: dict[int, Result] = {}
        for line in (data or b"").decode("utf-8", "replace").split("\n"):
            try:
                entry = orjson.loads(line)
            except ValueError:
                continue
            if not isinstance(entry, dict):
                continue
            if entry.keys() >= _OLD_KEYS:
                raise OutputError(
                    f"{self._store.describe(MANIFEST)} is of xlcalc 0.1, which "
                    "--resume cannot continue: give another folder, or leave --resume out"
                )
            same = (self._template_hash, __version__)
            if (entry.get("template_hash"), entry.get("version")) == same:
                result = _result(entry)
                if result is not None:
                    results[result.row] = result
        return results


_KINDS = {"row": int} | dict.fromkeys(
    ("scenario", "file", "status", "remark", "inputs_hash", "size_crc32"), str
)


def _result(entry: Mapping[str, Any]) -> Result | None:
    """Return what a line of the manifest says, without values; None where it is not one of ours."""
    if any(type(entry.get(key)) is not kind for key, kind in _KINDS.items()):
        return None
    remark = entry["remark"]
    return Result(
        row=entry["row"],
        scenario=entry["scenario"],
        file=entry["file"],
        failure=remark if entry["status"] == FAILED else "",
        broken=(remark,) if entry["status"] == BROKEN else (),
        inputs_hash=entry["inputs_hash"],
        size_crc32=entry["size_crc32"],
    )
