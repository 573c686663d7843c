"""Which xlwings is installed, and which Python will Excel start?

The VBA that starts Python names the DLL of its own version, so it is taken from the xlwings that is
installed and from no other: from the workbook that it carries, `quickstart_standalone.xlsm`.
"""

import importlib.metadata
import importlib.util
import os
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from xlcalc.errors import UsageError
from xlcalc.hosts.windows.vba_project import INSTALL, PROJECT, Module, modules_of

_BOOK = "quickstart_standalone.xlsm"
_MODULE = "xlwings"
_CLASS = "Dictionary"
"""The class that xlwings' module needs on a Mac, to compile."""


@dataclass(frozen=True)
class Xlwings:
    """The installed xlwings.

    Attributes
    ----------
    version : str
        Its version.
    modules : tuple of Module
        Its own VBA: the module `xlwings` first, then what that needs.
    """

    version: str
    modules: tuple[Module, ...]


def installed_xlwings() -> Xlwings:
    """Return the version and the VBA of the installed xlwings, without importing it.

    Raises
    ------
    UsageError
        If it is not installed, or not as its wheel installs it.
    """
    found = importlib.util.find_spec("xlwings")
    if found is None or not found.submodule_search_locations:
        raise UsageError(f"xlwings, which starts Python from Excel, is not installed; {INSTALL}")
    version = importlib.metadata.version("xlwings")
    book = Path(found.submodule_search_locations[0]) / _BOOK
    try:
        with zipfile.ZipFile(book) as archive:
            modules = modules_of(archive.read(PROJECT))
        own = (modules[_MODULE], *(modules[name] for name in (_CLASS,) if name in modules))
    except (OSError, KeyError, zipfile.BadZipFile):
        raise UsageError(
            f"xlwings {version} has no {_BOOK} with the module {_MODULE}; {INSTALL}"
        ) from None
    return Xlwings(version, own)


def this_interpreter() -> str | None:
    """Return the path of this Python where Excel could start it, which is on Windows alone."""
    return sys.executable if sys.platform == "win32" else None


def missing_dll(interpreter: str, version: str) -> str | None:
    """Return the DLL that xlwings' VBA will look for in vain, or nothing.

    Parameters
    ----------
    interpreter : str
        Path of a Python of this machine.
    version : str
        Version of xlwings.
    """
    name = f"xlwings64-{version}.dll"
    path = PureWindowsPath(interpreter) if "\\" in interpreter else Path(interpreter)
    folders = (str(path.parent), str(path.parent.parent))
    return None if any(os.path.exists(os.path.join(f, name)) for f in folders) else name
