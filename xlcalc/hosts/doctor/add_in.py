"""Is xlwings there, and what do the settings of its add-in say?

The add-in is a file in Excel's start-up folder. Its settings are lines such as
`"INTERPRETER_WIN","C:/Python313/python.exe"` of `xlwings.conf`, in the folder `.xlwings` of the
user, on a Mac in a folder of Excel. A licence key is never told, only whether there is one.
"""

import csv
import re
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from xlcalc.hosts.doctor.machine import Machine, Python, look_at_python, this_python

KEY = "XLWINGS_LICENSE_KEY"
MODULE = "xlcalc_udfs"
"""The module that has our functions."""
_CONF = {"darwin": "Library/Containers/com.microsoft.Excel/Data/xlwings.conf"}
_MAC_START = (
    "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
)
_PLACEHOLDERS = {"your_license_key", "your-license-key", "yourlicensekey", "license_key"}


@dataclass(frozen=True)
class AddIn:
    """xlwings on a machine.

    Attributes
    ----------
    version : str
        Of the package beside xlcalc; empty where it is not installed.
    installed : str
        The add-in's file in Excel's start-up folder; empty where it is not there.
    conf : str
        The file of settings; empty where there is none.
    interpreter : Python or None
        The Python that the add-in starts, where the settings name one.
    python_path : tuple of str
        Folders in which it looks for modules.
    modules : tuple of str
        Modules whose functions it shows; empty for one named as the workbook.
    key : str
        "missing", "placeholder", "noncommercial" or "present".
    faults : tuple of str
        What is wrong, a sentence each.
    """

    version: str
    installed: str
    conf: str
    interpreter: Python | None
    python_path: tuple[str, ...]
    modules: tuple[str, ...]
    key: str
    faults: tuple[str, ...]


def key_state(key: str) -> str:
    """Return what a licence key is, without telling it.

    Examples
    --------
    >>> key_state(""), key_state("your_license_key"), key_state("noncommercial")
    ('missing', 'placeholder', 'noncommercial')
    """
    text = key.strip().strip("\"'")
    if not text:
        return "missing"
    if text.lower() in _PLACEHOLDERS:
        return "placeholder"
    return "noncommercial" if text.lower() == "noncommercial" else "present"


def find_add_in(machine: Machine) -> AddIn:
    """Return xlwings and the settings of its add-in.

    Parameters
    ----------
    machine : Machine
        The machine.
    """
    conf = machine.home / _CONF.get(machine.system, ".xlwings/xlwings.conf")
    text = machine.text(conf)
    settings = read_settings(text or "")
    named = settings.get("INTERPRETER_MAC" if machine.system == "darwin" else "INTERPRETER_WIN", "")
    python_path = tuple(filter(None, settings.get("PYTHONPATH", "").split(";")))
    modules = tuple(name.strip() for name in settings.get("UDF MODULES", "").split(";") if name)
    interpreter, faults = _interpreter(machine, named, python_path)
    faults += [
        f"{conf} names the folder {folder} for PYTHONPATH, which is not there"
        for folder in python_path
        if not _expanded(machine, folder).is_dir()
    ]
    return AddIn(
        version=package_version("xlwings"),
        installed=next((str(path) for path in _add_in_files(machine) if path.exists()), ""),
        conf=str(conf) if text is not None else "",
        interpreter=interpreter,
        python_path=python_path,
        modules=modules,
        key=key_state(machine.environ.get(KEY, "") or settings.get("LICENSE_KEY", "")),
        faults=tuple(faults),
    )


def read_settings(text: str) -> dict[str, str]:
    """Return the settings of a file `xlwings.conf`, by their names in capitals."""
    rows = csv.reader(text.splitlines())
    return {row[0].strip().upper(): row[1].strip() for row in rows if len(row) > 1}


def _interpreter(
    machine: Machine, named: str, python_path: tuple[str, ...]
) -> tuple[Python | None, list[str]]:
    """Return the interpreter that the settings name, and what is wrong with it."""
    if not named:
        return None, []
    path = _expanded(machine, named)
    if path.name == named:  # as python, which the system looks for
        path = Path(shutil.which(named, path=machine.environ.get("PATH")) or named)
    if not path.is_file():
        return Python(named), [f"xlwings.conf names the interpreter {named}, which is not there"]
    packages = ("xlwings", "xlcalc", MODULE)
    same = path == Path(machine.python)
    found = this_python(packages) if same else look_at_python(path, packages)
    if not found.version:
        return found, [f"the interpreter {named} does not run"]
    by_path = any((_expanded(machine, folder) / f"{MODULE}.py").exists() for folder in python_path)
    lacks = [
        name for name in packages if not found.packages[name] and not (name == MODULE and by_path)
    ]
    if lacks:
        return found, [f"the interpreter {named} does not have {' and '.join(lacks)}"]
    return found, []


def _expanded(machine: Machine, path: str) -> Path:
    """Return a path of the settings, in which %NAME% stands for a variable of the environment."""
    known = {name.upper(): value for name, value in machine.environ.items()}
    return Path(re.sub("%([^%]+)%", lambda found: known.get(found[1].upper(), found[0]), path))


def _add_in_files(machine: Machine) -> list[Path]:
    if machine.system == "win32":
        folder = machine.environ.get("APPDATA")
        start = Path(folder) / "Microsoft" / "Excel" / "XLSTART" if folder else None
    else:
        start = machine.home / _MAC_START if machine.system == "darwin" else None
    return [] if start is None else [start / "xlwings.xlam"]


def package_version(package: str) -> str:
    """Return the version of a package beside xlcalc; empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
