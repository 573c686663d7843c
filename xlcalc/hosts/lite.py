"""What does xlwings Lite need, so that it knows our functions?

`lite_files` returns a folder's files: a wheel, the two texts that a person pastes into the add-in,
and the steps. The wheel comes to the add-in as a file that is dropped there, or from an address.

From a file, `main.py` names the wheel as a place to import from, and Python reads modules out of
it. From an address, `requirements.txt` names it, and the add-in installs it: whoever opens the
workbook then has the functions, and needs the add-in alone.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from xlcalc._version import __version__
from xlcalc.errors import UsageError
from xlcalc.hosts.light_wheel import WHEEL, light_wheel

IMPORTED = "/data"
"""Where xlwings Lite keeps the files that were dropped (https://lite.xlwings.org/files)."""

_HEAD = f"# The worksheet functions of xlcalc {__version__}; written by `xlcalc excel lite`.\n"
_IMPORT = "from xlcalc_udfs import *\n"
_FIRST = (
    'In Excel, open Home > Add-ins, search for "xlwings", and add xlwings Lite; its editor opens.',
)
_LAST = (
    "Replace the text of its `requirements.txt` by that of ours, and the text of its `main.py` "
    "by that of ours.",
    "Restart it from its menu.",
    "Type `=TRAIN_FLOPS(7E9,1.4E12)` into a cell: it shows 5.88E+22.",
)


def lite_files(url: str | None = None) -> Mapping[str, bytes]:
    """Return the files for xlwings Lite by name.

    Parameters
    ----------
    url : str, optional
        Address that the wheel is published at, or of the folder that it lies in.

    Raises
    ------
    UsageError
        If the address is not one of the web, or names another wheel.
    """
    address = None if url is None else wheel_address(url)
    texts = {
        "main.py": main_module(address),
        "requirements.txt": requirements(address),
        "steps.md": steps(address),
    }
    return {WHEEL: light_wheel(), **{name: text.encode() for name, text in texts.items()}}


def main_module(address: str | None) -> str:
    """Return the module in which xlwings Lite looks for functions."""
    if address is not None:
        return _HEAD + _IMPORT
    return f'{_HEAD}import sys\n\nsys.path.insert(0, "{IMPORTED}/{WHEEL}")\n{_IMPORT}'


def requirements(address: str | None) -> str:
    """Return the packages that xlwings Lite installs; numpy's version is the add-in's own."""
    return "".join(f"{line}\n" for line in ("xlwings", "numpy", address) if line)


def steps(address: str | None) -> str:
    """Return what a person does, as a numbered list in Markdown."""
    drop = f"In its menu, open Files > Import/Export and drop `{WHEEL}` there."
    todo = (*_FIRST, *(() if address else (drop,)), *_LAST)
    lines = [f"{number}. {step}\n" for number, step in enumerate(todo, 1)]
    return f"# The functions in xlwings Lite\n\n{''.join(lines)}"


def wheel_address(url: str) -> str:
    """Return the address of the wheel, given it or the folder that the wheel lies in."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
        raise UsageError(f'"{url}" is no address of a wheel, such as https://example.com/{WHEEL}')
    name = parts.path.rpartition("/")[2]
    if name == WHEEL:
        return url
    if name.endswith(".whl"):
        raise UsageError(f"the address names {name}, but the wheel is called {WHEEL}")
    return f"{url.rstrip('/')}/{WHEEL}"
