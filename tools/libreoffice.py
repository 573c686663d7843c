"""LibreOffice, as the program that a person without Excel opens a workbook with."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tools import ROOT

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

AVAILABLE = SOFFICE is not None and shutil.which("pdftotext") is not None
"""Whether LibreOffice Calc and poppler-utils are installed."""

_LIBRARY = "http://openoffice.org/2000/library"
_PROFILE = {
    # Else the first start puts its own empty library in the place of ours.
    "registrymodifications.xcu": '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" '
    'oor:op="fuse"><value>true</value></prop></item></oor:items>',
    "basic/script.xlc": f'<library:libraries xmlns:library="{_LIBRARY}">'
    '<library:library library:name="Standard" library:link="false"/></library:libraries>',
    "basic/Standard/script.xlb": f'<library:library xmlns:library="{_LIBRARY}" '
    'library:name="Standard"><library:element library:name="Edits"/></library:library>',
}


def convert(files: Sequence[Path], kind: str, folder: Path) -> dict[str, Path]:
    """Convert files to another kind in one LibreOffice with a profile of its own.

    Parameters
    ----------
    files : Sequence[Path]
        The files, no two with the same name.
    kind : str
        Ending of what they become.
    folder : Path
        Where the converted files and the profile go.

    Returns
    -------
    dict[str, Path]
        The converted file by the name of each, without ending.
    """
    said = _run(folder, "--convert-to", kind, "--outdir", str(folder), *map(str, files))
    made = {file.stem: folder / f"{file.stem}.{kind}" for file in files}
    missing = [name for name, path in made.items() if not path.exists()]
    if missing:
        raise RuntimeError(f"LibreOffice did not convert {', '.join(missing)}: {said}")
    return made


def printed_text(pdf: Path) -> str:
    """Return the text of a PDF as it is laid out."""
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout


def edit(deeds: Mapping[tuple[Path, Path], Sequence[tuple]], folder: Path) -> None:
    """Open workbooks in one LibreOffice, do something to each, and save them.

    Parameters
    ----------
    deeds : Mapping[tuple[Path, Path], Sequence[tuple]]
        What is done to a file that is saved as another one, xlsx or csv with a file for each
        sheet: procedures of `libreoffice.bas`, with their arguments behind the book.
    folder : Path
        Where the profile of LibreOffice may be written.
    """
    done = folder / "done.txt"
    lines = ["Sub Main", f"Open {_literal(str(done))} For Output As #1", "On Error Goto Failed"]
    for number, ((source, target), steps) in enumerate(deeds.items()):
        # LibreOffice locks a file that it opens for editing.
        copy = folder / "opened" / str(number) / source.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
        lines += [f"at = {_literal(source.name)}", f"book = OpenBook({_literal(copy.as_uri())})"]
        for procedure, *arguments in steps:
            call = ", ".join(["book", *map(_literal, arguments)])
            at = _literal(f"{source.name}: {procedure} {arguments}")
            lines += [f"at = {at}", f"{procedure}({call})"]
        lines.append(f"SaveBook(book, {_literal(target.as_uri())})")
    lines += ['Print #1, "done"', "Goto Leave", "Failed:", 'Print #1, at & ": " & Error']
    lines += ["Leave:", "Close #1", "StarDesktop.terminate()", "End Sub"]
    procedures = (ROOT / "tools" / "libreoffice.bas").read_text(encoding="utf-8")
    module = (
        '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Edits" '
        f'script:language="StarBasic">{escape(procedures)}\n{escape(chr(10).join(lines))}'
        "</script:module>"
    )
    for name, text in (_PROFILE | {"basic/Standard/Edits.xba": module}).items():
        path = folder / "profile" / "user" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', encoding="utf-8")
    _run(folder, "--norestore", "macro:///Standard.Edits.Main")
    said = done.read_text(encoding="utf-8").strip()
    if said != "done":
        raise RuntimeError(said)


def _run(folder: Path, *arguments: str) -> str:
    """Run LibreOffice with a profile in a folder, and return what it says."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    with subprocess.Popen(
        [SOFFICE, "--headless", profile, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            # It waits, for instance where a macro cannot be read, in a process of its own.
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise RuntimeError(said)
    return said


def _literal(value: str | int) -> str:
    """Return a value as Basic writes it."""
    return str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'
