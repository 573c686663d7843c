"""Whose are the files of an output folder: of this run, of an earlier one, or of somebody else?

One run at a time writes into a folder: it holds a lock that the system takes back when the process
ends, however it ends. A file that no run wrote is never replaced unless a person asks for it. Known
are the files that the manifest lists, and those that a run which was killed had begun: before a
block of scenarios is made, the names of its files are noted.

Object stores have leases in place of locks. They are slow to list: which files are there is asked
of folders alone.
"""

import contextlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

import orjson

from xlcalc.errors import OutputError
from xlcalc.files import lock_file
from xlcalc.runs.csv_listing import ERRORS, ORIGIN, SUMMARY
from xlcalc.runs.jobs import Block
from xlcalc.runs.leases import lease
from xlcalc.runs.manifest import EARLIER, MANIFEST
from xlcalc.runs.scenarios import ScenarioList
from xlcalc.runs.stores import BEGUN, LOCK, Folder, Store, Url

ALWAYS = (MANIFEST, SUMMARY, ERRORS, ORIGIN, "summary.xlsx", "summary.md")
"""What a run writes beside the files of its scenarios."""
_OF_RUNS = {"run", "template_hash", "template"}
"""What a line of a manifest of ours has, one of version 0.1 among them."""


@contextlib.contextmanager
def alone_in(store: Store) -> Iterator[None]:
    """Let no other run write into the same folder.

    Raises
    ------
    OutputError
        If one does.
    """
    if isinstance(store, Url):
        with lease(store):
            yield
        return
    assert isinstance(store, Folder)  # noqa: S101  there are no others
    path = store.path / LOCK
    descriptor = _taken(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()  # while it is held: who opened it before sees that it is gone
        os.close(descriptor)


def _taken(path: Path) -> int:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise OutputError(f"cannot write {path}: {error.strerror}") from None
        if lock_file(descriptor) is False:
            os.close(descriptor)
            raise OutputError(
                f"another run is writing into {path.parent}; wait for it, or give another folder"
            )
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)  # the run that had it has just ended, and removed it


def refuse_foreign(
    store: Store, scenarios: ScenarioList, endings: Collection[str], *, force: bool
) -> tuple[str, ...]:
    """Refuse to replace files that no run wrote, and return those that earlier runs left here.

    Parameters
    ----------
    store : Store
        Where the files go.
    scenarios : ScenarioList
        What is made.
    endings : collection of str
        Endings of the files of each scenario; the first one is the workbook's.
    force : bool
        Whether a person wants foreign files to be replaced.

    Returns
    -------
    tuple of str
        The workbooks of earlier runs that are not of this list.

    Raises
    ------
    OutputError
        With the first foreign file.
    """
    present = _present(store.path) if isinstance(store, Folder) else set()
    if not isinstance(store, Folder) or not present:
        return ()
    written = _written(store.path)
    foreign = set() if written is not None else present.intersection(ALWAYS)
    ours = (written or set()) | _begun(store.path)
    stems = {file.removesuffix(Path(file).suffix) for file in ours}
    now = set()
    for scenario in scenarios:
        if scenario.problem:
            continue
        for place, ending in enumerate(endings):
            file = f"{scenario.stem}{ending}"
            if file in present and scenario.stem not in stems:
                foreign.add(file)
            if not place:
                now.add(file)
    if foreign and not force:
        raise OutputError(
            f"{store.path / min(foreign)} was not written by an earlier run; give another folder, "
            "or replace it with --force (force=True in Python)"
        )
    known = sorted(ours & present)
    if known:
        _note(store, known)
    return tuple(file for file in known if file not in now)


def noted(blocks: Iterator[Block], store: Store, suffix: str) -> Iterator[Block]:
    """Yield blocks, and note before each one which files it begins."""
    for block in blocks:
        if isinstance(store, Folder):
            files = [f"{one.stem}{suffix}" for one in block.scenarios if not one.problem]
            _note(store, files)
        yield block


def forget(store: Store) -> None:
    """Forget which files were begun: the manifest of a run that came to its end lists them."""
    if isinstance(store, Folder):
        store.remove(BEGUN)


def _note(store: Folder, files: Collection[str]) -> None:
    line = orjson.dumps(list(files), option=orjson.OPT_APPEND_NEWLINE)
    try:
        with (store.path / BEGUN).open("ab", buffering=0) as journal:
            journal.write(line)
    except OSError as error:
        raise OutputError(f"cannot write {store.path / BEGUN}: {error.strerror}") from None


def _present(folder: Path) -> set[str]:
    """Return the files of a folder and those below it, with slashes."""
    found: set[str] = set()
    for place, _, files in os.walk(folder):
        inside = Path(place).relative_to(folder)
        found.update((inside / file).as_posix() for file in files)
    return found - {LOCK, BEGUN}


def _written(folder: Path) -> set[str] | None:
    """Return the workbooks that a manifest lists; None where there is none of a run."""
    found: set[str] = set()
    ours = False
    try:
        with (folder / MANIFEST).open("rb") as file:
            for line in file:
                entry = _entry(line)
                ours = ours or bool(_OF_RUNS & entry.keys())
                found.update(_texts([entry.get("file")]))
                head = entry.get("run")
                found.update(_texts(head.get(EARLIER)) if isinstance(head, dict) else ())
    except OSError:
        return None
    return found if ours else None


def _begun(folder: Path) -> set[str]:
    """Return the files that a run has begun which did not come to its end."""
    found: set[str] = set()
    with contextlib.suppress(OSError), (folder / BEGUN).open("rb") as file:
        for line in file:
            with contextlib.suppress(ValueError):  # a torn last line
                found.update(_texts(orjson.loads(line)))
    return found


def _entry(line: bytes) -> dict[str, object]:
    try:
        entry = orjson.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _texts(given: object) -> list[str]:
    return [one for one in given if isinstance(one, str) and one] if isinstance(given, list) else []
