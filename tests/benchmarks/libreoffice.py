"""What does LibreOffice make of many files: one start converts one after the other to xlsx.

`converted(files, folder, seconds)` gives for each file the xlsx that LibreOffice wrote, having
calculated every formula of a workbook anew, and the seconds it took. A file that it does not read,
over which it ends, or which takes too long has a sentence in place of a file; after the last two
LibreOffice starts again with the files that follow.
"""

import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import MEMORY, end, limit_memory
from tools.libreoffice import SOFFICE

_CALCULATE_ALWAYS = 0
_PROFILE = f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>{_CALCULATE_ALWAYS}</value></prop></item></oor:items>
"""
_WARM_UP = "1\n"
"""A table that comes first in each start, so that the start counts for no file."""
_START_SECONDS = 60.0
_WAIT = 0.05
UNREAD = "LibreOffice does not read it"


@dataclass
class Converted:
    """The xlsx that became of a file, or the reason why none did."""

    file: Path | None
    seconds: float = 0.0
    why: str = ""


def version() -> str:
    """Return the version of LibreOffice, empty where none is installed."""
    if SOFFICE is None:
        return ""
    said = subprocess.run([SOFFICE, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", said.stdout)
    return found[0] if found else ""


def converted(
    files: Sequence[Path], folder: Path, seconds: float, memory: int = MEMORY
) -> list[Converted]:
    """Convert files to xlsx.

    Parameters
    ----------
    files : sequence of Path
        The files; names may repeat in different folders.
    folder : Path
        Where the converted files and LibreOffice's profile go.
    seconds : float
        The time that each file has [s].
    memory : int
        The memory that LibreOffice may take [byte].

    Returns
    -------
    list of Converted
        In the order of the files.
    """
    given, made, profile = folder / "given", folder / "made", folder / "profile"
    for one in (given, made, profile / "user"):
        one.mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    warm_up = given / "start.csv"
    warm_up.write_text(_WARM_UP, encoding="utf-8")
    sources = [given / f"{number:05}{path.suffix}" for number, path in enumerate(files)]
    for source, path in zip(sources, files, strict=True):
        source.symlink_to(path.resolve())
    found: list[Converted] = []
    while len(found) < len(sources):
        waiting = sources[len(found) :]
        found += _one_start([warm_up, *waiting], made, profile, seconds, memory)
    return found


def _one_start(
    sources: Sequence[Path], made: Path, profile: Path, seconds: float, memory: int
) -> list[Converted]:
    """Return what one start made of the files after the first, up to the one that ended it."""
    targets = [made / f"{source.stem}.xlsx" for source in sources]
    targets[0].unlink(missing_ok=True)
    began = time.time()
    why = _run(sources, targets, profile, seconds, memory)
    ends = {index: path.stat().st_mtime for index, path in enumerate(targets) if path.exists()}
    last = max(ends, default=0)
    found = []
    before = ends.get(0, began)
    for index in range(1, last + 1):
        if index in ends:
            found.append(Converted(targets[index], max(ends[index] - before, 0.0)))
            before = ends[index]
        else:
            found.append(Converted(None, why=UNREAD))
    missing = len(targets) - 1 - last
    if missing and why:
        found.append(Converted(None, why=why))
    elif not last:
        # Else it may have stopped early: after some 250 files it does, and says nothing.
        found += [Converted(None, why=UNREAD)] * missing
    return found


def _run(
    sources: Sequence[Path], targets: Sequence[Path], profile: Path, seconds: float, memory: int
) -> str:
    """Let LibreOffice convert files, and return why it ended before it was through."""
    assert SOFFICE is not None
    command = [SOFFICE, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}"]
    command += ["--convert-to", "xlsx", "--outdir", str(targets[0].parent), *map(str, sources)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        limit_memory(process, memory)
        done, since = 0, time.monotonic()
        while process.poll() is None:
            now = sum(target.exists() for target in targets)
            if now > done:
                done, since = now, time.monotonic()
            if time.monotonic() - since > (seconds if done else max(seconds, _START_SECONDS)):
                end(process)
                return f"over {seconds:g} s"
            time.sleep(_WAIT)
    return f"LibreOffice ended with status {process.returncode}" if process.returncode else ""
