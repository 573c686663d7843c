"""How does a workbook become a PDF, with the figures in it that its file holds?

LibreOffice prints a copy in which the values stand in the place of the formulas: it knows no
functions of ours, and would show errors. Many files go through one start of the program.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from xlcalc.errors import OutputError, UsageError
from xlcalc.files import draft, make_folder, read_file
from xlcalc.ooxml.edits import drop_formulas
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import formula_cells
from xlcalc.plain_texts import in_a_line

VARIABLE = "XLCALC_SOFFICE"
"""The environment variable with the path of LibreOffice's program, where it is not found."""
_NAMES = ("soffice", "libreoffice")
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
)
_AT_ONCE = 40
"""Files of one start: what is done is kept if a later one fails."""
_START, _EACH = 60.0, 20.0
"""Seconds that a start may take, and each of its files."""


class PrintingError(OutputError):
    """A workbook that LibreOffice does not print."""


def office() -> str:
    """Return the program of LibreOffice.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    named = os.environ.get(VARIABLE)
    for place in (named,) if named else (*map(shutil.which, _NAMES), *_PLACES):
        if place and shutil.which(place):
            return place
    where = f"{VARIABLE} names {named}, which is no program" if named else "LibreOffice is missing"
    raise UsageError(
        f"{where}: a PDF is printed by it. Install LibreOffice Calc, or set {VARIABLE} to its "
        "program soffice"
    )


def print_files(targets: Mapping[Path, Path], *, jobs: int = 1) -> Iterator[Path]:
    """Print workbooks, and yield each PDF when it is written.

    Parameters
    ----------
    targets : mapping of Path to Path
        The PDF to write of each workbook; an existing one is replaced.
    jobs : int, optional
        Starts of LibreOffice that work at once.

    Raises
    ------
    UsageError
        If LibreOffice is not installed.
    PrintingError
        If it does not print a workbook.
    """
    program = office()
    for folder in {target.parent for target in targets.values()}:
        make_folder(folder)
    groups = list(_groups(targets, jobs))
    with ThreadPoolExecutor(max(1, min(jobs, len(groups)))) as pool:
        for made in pool.map(lambda group: _print(program, group), groups):
            yield from made


def _groups(targets: Mapping[Path, Path], jobs: int) -> Iterator[dict[Path, Path]]:
    """Yield what goes through one start: no two files of a name, each start about as many."""
    waiting = dict(targets)
    size = max(1, min(_AT_ONCE, -(-len(waiting) // max(1, jobs))))
    while waiting:
        group: dict[str, Path] = {}
        for source in waiting:
            if len(group) < size:
                group.setdefault(source.stem.casefold(), source)
        yield {source: waiting.pop(source) for source in group.values()}


def _print(program: str, targets: Mapping[Path, Path]) -> list[Path]:
    """Print some files by one start of LibreOffice, which has a profile of its own."""
    with tempfile.TemporaryDirectory(prefix="xlcalc-pdf-") as name:
        folder = Path(name)
        copies = {source: folder / "in" / source.name for source in targets}
        (folder / "in").mkdir()
        for source, copy in copies.items():
            copy.write_bytes(as_printed(Package(read_file(source), source.name)).to_bytes())
        said = _run(program, folder, list(copies.values()))
        for source, target in targets.items():
            made = folder / "out" / f"{copies[source].stem}.pdf"
            if not made.exists():
                raise PrintingError(f"LibreOffice did not print {source}: {_last(said)}")
            with draft(target) as temporary:
                shutil.copyfile(made, temporary)
    return list(targets.values())


def as_printed(package: Package) -> Package:
    """Put the values in the place of a workbook's formulas, for a program that lacks functions."""
    for part in package.sheets.values():
        cells = formula_cells(package.part(part))
        if cells:
            package.replace(part, drop_formulas(package.part(part), cells))
    package.drop_calculation_chain()
    return package


def _run(program: str, folder: Path, files: Sequence[Path]) -> str:
    """Run LibreOffice, and return what it says; it is ended with all it started if it hangs."""
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--convert-to", "pdf:calc_pdf_Export"),
        *("--outdir", str(folder / "out"), *map(str, files)),
    ]
    own_group = sys.platform != "win32"
    with subprocess.Popen(  # noqa: S603  a program that the person has installed
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=own_group,
    ) as process:
        try:
            said, _ = process.communicate(timeout=_START + _EACH * len(files))
        except BaseException as error:
            with suppress(ProcessLookupError):
                if own_group:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise PrintingError(
                    f"LibreOffice did not end with {', '.join(f.name for f in files[:3])}"
                ) from None
            raise
    return said.decode("utf-8", "replace")


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return in_a_line(lines[-1])[:200] if lines else "it says nothing"
