"""How do the functions become a package that needs numpy alone?

`light_wheel` returns a wheel, `xlcalc_udfs-VERSION-py3-none-any.whl`, of the module that xlwings
loads, the modules that it imports, and the catalogue's files. Its package is called `xlcalc_udfs`
and holds everything, so that no file of it belongs to `xlcalc` as well: both can be installed in
one environment, and either can be removed. Hence the modules get other names in it::

    xlcalc_udfs.py      xlcalc_udfs/__init__.py     from xlcalc.cells import CellError
    xlcalc/cells.py     xlcalc_udfs/cells.py        becomes from xlcalc_udfs.cells import CellError

The modules also work from the wheel itself, where it stands on `sys.path` and nobody unpacks it.
The same version of xlcalc gives the same bytes. Functions of others are in it as well, below
`xlcalc_udfs.own`.
"""

import ast
import base64
import csv
import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from xlcalc._version import __version__
from xlcalc.catalogue import FILES
from xlcalc.errors import OutputError, PluginWarning
from xlcalc.files import read_file
from xlcalc.hosts.own_functions import carried, entry_points, moved
from xlcalc.registry import PLUGINS

DISTRIBUTION = "xlcalc-udfs"
PACKAGE = "xlcalc_udfs"
WHEEL = f"{PACKAGE}-{__version__}-py3-none-any.whl"
"""The name of the wheel, which installers read the version and the platforms from."""

_WHOLE = "xlcalc"
_NAMES = {_WHOLE: PACKAGE}
_OWN = f"{PACKAGE}.own"
"""The package in it that has the functions of others."""
_FOLDER = Path(__file__).parents[1]
DATA = tuple(f"catalogue/{file}" for file in (*FILES, "aliases.csv", "SOURCES.md"))
"""What the functions read beside the modules, below the folder of the package."""
_LICENCES = ("LICENSE", "NOTICE")
_INFO = f"{PACKAGE}-{__version__}.dist-info"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name


def light_wheel() -> bytes:
    """Return the wheel of the functions, which needs numpy alone, and xlwings beside it.

    Raises
    ------
    OutputError
        If a part of the installation of xlcalc is missing.
    """
    files = {place: moved(path, _NAMES).encode() for place, path in modules().items()}
    files |= _own()
    for name in DATA:
        files[f"{PACKAGE}/{name}"] = read_file(_FOLDER / name)
    for name in _LICENCES:
        files[f"{_INFO}/licenses/{name}"] = _licence(name).encode()
    files[f"{_INFO}/METADATA"] = _metadata().encode()
    files[f"{_INFO}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: {_WHOLE} {__version__}\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n"
    ).encode()
    files[f"{_INFO}/RECORD"] = _record(files).encode()
    return _zipped(files)


def modules() -> dict[str, Path]:
    """Return the modules that the wheel has, under their places in it.

    These are the module that xlwings loads, what its imports lead to, at the head of a module and
    within functions, and the packages around them.
    """
    start = udf_module()
    found = {f"{PACKAGE}/__init__.py": start}
    waiting = [start]
    while waiting:
        text = read_file(waiting.pop()).decode("utf-8")
        for path in _imported(ast.parse(text)):
            place = f"{PACKAGE}/{path.relative_to(_FOLDER).as_posix()}"
            if place not in found:
                found[place] = path
                waiting.append(path)
    return dict(sorted(found.items()))


def _own() -> dict[str, bytes]:
    """Return the modules with functions of others, and the file that names them; else nothing."""
    files, named = {f"{_OWN.replace('.', '/')}/__init__.py": b""}, {}
    for plugin in PLUGINS:
        top = plugin.module.partition(".")[0]
        try:
            texts = {
                place: moved(path, _NAMES | {top: f"{_OWN}.{top}"}).encode()
                for place, path in carried(plugin).items()
            }
        except OutputError as error:
            told = f"{plugin.title} is not in the wheel: {error}"
            warnings.warn(told, PluginWarning, stacklevel=2)
            continue
        files |= {f"{_OWN.replace('.', '/')}/{place}": text for place, text in texts.items()}
        named[f"{_OWN}.{plugin.module}"] = plugin
    if not named:
        return {}
    return files | {f"{_INFO}/entry_points.txt": entry_points(f"{PACKAGE}.functions", named)}


def udf_module() -> Path:
    """Return the module that xlwings loads: beside the package, or in `udfs` of a clone."""
    # The import system is not asked, because it may know the module of an installed light wheel.
    clone = _clone()
    return (clone / "udfs" if clone else _FOLDER.parent) / f"{PACKAGE}.py"


def _imported(tree: ast.Module) -> Iterator[Path]:
    """Yield the modules of xlcalc that a module imports, and the packages around them."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        names = node.module.split(".")
        if names[0] != _WHOLE:
            continue
        for alias in node.names:  # a name is a module, or stands in one
            for end in range(2, len(names) + 2):
                path = _FOLDER.joinpath(*[*names, alias.name][1:end])
                if (path / "__init__.py").exists():
                    yield path / "__init__.py"
                elif path.with_suffix(".py").exists():
                    yield path.with_suffix(".py")


def _clone() -> Path | None:
    """Return the folder of the clone that xlcalc runs in, or nothing if it is installed."""
    folder = _FOLDER.parent
    return folder if (folder / "udfs").is_dir() and (folder / "pyproject.toml").exists() else None


def _licence(name: str) -> str:
    if clone := _clone():
        return read_file(clone / name).decode("utf-8")
    text = _distribution().read_text(f"licenses/{name}")
    if text is None:
        raise OutputError(f"the installation of {_WHOLE} has no {name}; install it again")
    return text


def _metadata() -> str:
    """Return what an installer reads: the whole package's own words and needs, where they apply."""
    distribution = _distribution()
    needs = {
        re.split(r"[\s<>=!~;\[]", need, maxsplit=1)[0]: need.partition(";")[0].strip()
        for need in distribution.requires or ()
    }
    return "\n".join(
        (
            "Metadata-Version: 2.4",
            f"Name: {DISTRIBUTION}",
            f"Version: {__version__}",
            "Summary: The worksheet functions of xlcalc alone, as xlwings loads them.",
            f"License-Expression: {distribution.metadata['License-Expression']}",
            *(f"License-File: {name}" for name in _LICENCES),
            f"Requires-Python: {distribution.metadata['Requires-Python']}",
            f"Requires-Dist: {needs['numpy']}",
            # xlwings Lite has an xlwings of its own.
            "Provides-Extra: excel",
            f'Requires-Dist: {needs["xlwings"]}; extra == "excel"',
            "",
        )
    )


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution(_WHOLE)
    except metadata.PackageNotFoundError:
        raise OutputError(
            f'{_WHOLE} is not installed, and its needs are unknown; run: pip install "."'
        ) from None


def _record(files: Mapping[str, bytes]) -> str:
    """Return the list of a wheel's files with their checksums."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for name, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
        lines.writerow((name, f"sha256={digest.decode()}", len(data)))
    lines.writerow((f"{_INFO}/RECORD", "", ""))
    return text.getvalue()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files, in the order of their names and with one time for all."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix on every machine, whose rights follow
            info.external_attr = 0o100644 << 16
            zipped.writestr(info, data, compresslevel=9)
    return archive.getvalue()
