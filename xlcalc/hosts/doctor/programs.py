"""Which spreadsheet programs does a machine have: Excel, and LibreOffice with its Python?

Excel says its version and its bits in the Windows registry, and in its application folder on a Mac.
LibreOffice is looked for where its installers put it and where the command is found; more than one
may be there. Its functions in Python run in an interpreter of its own, or in that of the system.
"""

import plistlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

from xlcalc.hosts.doctor.machine import Machine, Python, look_at_python

_CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_CURRENT = r"HKCR\Excel.Application\CurVer"
_PROGRAM = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_PRODUCT_YEAR = re.compile(r"(?:Excel|ProPlus|Standard|Professional|Home\w*|Personal)(20\d\d)")
_MSI_YEARS = {"12": "2007", "14": "2010", "15": "2013", "16": "2016"}
_PRODUCT_KEY = re.compile(r"(?m)^ProductKey=LibreOffice\w* ([\d.]+)")
_MAC_EXCEL = "Applications/Microsoft Excel.app/Contents/Info.plist"


@dataclass(frozen=True)
class Excel:
    """An Excel.

    Attributes
    ----------
    version : str
        As "16.0.17328.20162" or "16.89".
    name : str
        The year of its functions, as "2021", or "365"; empty where it is not known.
    bits : int
        32 or 64; 0 where it is not known.
    path : str
        Where it is; empty where it is not known.
    """

    version: str
    name: str
    bits: int
    path: str


@dataclass(frozen=True)
class LibreOffice:
    """A LibreOffice.

    Attributes
    ----------
    path : str
        Its folder of programs.
    version : str
        Its version, as "25.2"; empty where it does not say.
    python : Python or None
        The interpreter that its functions in Python would run in.
    """

    path: str
    version: str
    python: Python | None


def find_excel(machine: Machine) -> Excel | None:
    """Return the Excel of a machine; None where there is none.

    Parameters
    ----------
    machine : Machine
        The machine.
    """
    if machine.system == "darwin":
        for place in (machine.root / _MAC_EXCEL, machine.home / _MAC_EXCEL):
            try:
                said = plistlib.loads(place.read_bytes())
            except (OSError, plistlib.InvalidFileException, ExpatError):
                continue
            version = str(said.get("CFBundleShortVersionString", ""))
            return Excel(version, "", 64, str(place.parent.parent))
        return None
    if machine.system != "win32":
        return None
    path = machine.registry(_PROGRAM, "") or ""
    reported = machine.registry(_CLICK_TO_RUN, "VersionToReport")
    if reported:
        products = machine.registry(_CLICK_TO_RUN, "ProductReleaseIds") or ""
        year = _PRODUCT_YEAR.search(products)
        name = year[1] if year else "365" if "O365" in products or "M365" in products else ""
        bits = {"x64": 64, "x86": 32}.get(machine.registry(_CLICK_TO_RUN, "Platform") or "", 0)
        return Excel(reported, name, bits, path)
    current = machine.registry(_CURRENT, "")
    if current is None:
        return None
    major = current.rpartition(".")[2]
    return Excel(major, _MSI_YEARS.get(major, ""), 0, path)


def find_libreoffice(machine: Machine) -> tuple[LibreOffice, ...]:
    """Return every LibreOffice of a machine, each once, in the order of their folders.

    Parameters
    ----------
    machine : Machine
        The machine.
    """
    folders = {folder.resolve() for folder in _program_folders(machine)}
    return tuple(
        LibreOffice(str(folder), _product(machine, folder), _its_python(machine, folder))
        for folder in sorted(folders)
    )


def _program_folders(machine: Machine) -> Iterator[Path]:
    """Yield the folders that hold a soffice."""
    if machine.system == "win32":
        for variable in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
            folder = machine.environ.get(variable)
            if folder:
                yield from _with_soffice(Path(folder).glob("LibreOffice*/program"))
        return
    if machine.system == "darwin":
        for applications in (machine.below("Applications"), machine.home / "Applications"):
            yield from _with_soffice(applications.glob("LibreOffice*.app/Contents/MacOS"))
        return
    for places in ("usr/lib*/libreoffice*/program", "opt/libreoffice*/program"):
        yield from _with_soffice(machine.root.glob(places))
    for folder in machine.environ.get("PATH", "").split(":"):
        program = Path(folder) / "soffice" if folder else None
        if program is not None and program.exists():
            yield from _with_soffice([program.resolve().parent])


def _with_soffice(folders: Iterator[Path] | list[Path]) -> Iterator[Path]:
    names = ("soffice", "soffice.exe", "soffice.bin")
    yield from (folder for folder in folders if any((folder / name).exists() for name in names))


def _product(machine: Machine, folder: Path) -> str:
    for name in ("bootstraprc", "bootstrap.ini", "../Resources/bootstraprc"):
        found = _PRODUCT_KEY.search(machine.text(folder / name) or "")
        if found:
            return found[1]
    return ""


def _its_python(machine: Machine, folder: Path) -> Python | None:
    """Return the interpreter of a LibreOffice: its own, or that of the system."""
    own = ("python", "python.exe", "../Resources/python")
    system = machine.below("usr/bin/python3")
    found = next((folder / name for name in own if (folder / name).is_file()), None)
    if found is None and machine.system == "linux" and system.exists():
        found = system
    return None if found is None else look_at_python(found, ("numpy", "uno", "xlcalc"))
