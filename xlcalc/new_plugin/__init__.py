"""How does a package with functions of one's own begin?

`write_package` writes one that works as it is: a function with a quantity of its own, its tests and
a workbook that calls it. From then on it is its owner's.
"""

import re
import sys
from pathlib import Path

from xlcalc._version import __version__
from xlcalc.errors import OutputError, UsageError
from xlcalc.files import make_folder, write_file
from xlcalc.plugins import GROUP

_FILES = Path(__file__).parent / "files"
_SUFFIX = ".txt"
"""What stands behind the name of a file that is no module of this package."""
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")


def write_package(name: str, folder: Path, *, force: bool = False) -> list[Path]:
    """Write a package with a worksheet function.

    Parameters
    ----------
    name : str
        Name of the package, as acme-costs. Its first word begins the names of its functions.
    folder : Path
        Where to; it may exist, and must be empty without `force`.
    force : bool
        Replace the files of an earlier call; all others stay.

    Returns
    -------
    list of Path
        The files, as written.

    Raises
    ------
    UsageError
        If the name cannot be that of a package of one's own.
    OutputError
        If the folder has files, or cannot be written to.
    """
    files = package_files(name)
    if _belongs_to_others(name.replace("-", "_")):
        raise UsageError(
            f'"{name}" is the name of a package that is installed; a name is that of your company, '
            "as acme-costs"
        )
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise OutputError(f"{folder} has files; give another folder, or replace them with --force")
    written = []
    for place, data in files.items():
        path = folder / place
        make_folder(path.parent)
        write_file(path, data)
        written.append(path)
    return written


def package_files(name: str) -> dict[str, bytes]:
    """Return every file of a package by its place, the same each time."""
    package = name.replace("-", "_")
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise UsageError(
            f'a name is small letters, digits and hyphens, as acme-costs, got "{name}"'
        )
    if package in {"xlcalc", "xlcalc_udfs"} or package.partition("_")[0] == "tests":
        raise UsageError(f'"{name}" is taken; a name is that of your company, as acme-costs')
    function = f"{package.partition('_')[0]}_team_cost"
    words = {
        "PROJECT": name,
        "PACKAGE": package,
        "FUNCTION": function.upper(),
        "function": function,
        "XLCALC": __version__,
    }
    files = {}
    for path in sorted(_FILES.rglob(f"*{_SUFFIX}")):
        place = path.relative_to(_FILES).as_posix().removesuffix(_SUFFIX)
        text = re.sub(r"@(\w+)@", lambda found: words[found[1]], path.read_text(encoding="utf-8"))
        top, _, rest = place.partition("/")
        files[f"{package}/{rest}" if top == "package" else place] = text.encode("utf-8")
    return files


def _belongs_to_others(package: str) -> bool:
    """Whether a package of this name would hide one of Python's or one that is installed.

    One that names functions for xlcalc is one's own, which may be written again.
    """
    if package in sys.stdlib_module_names:
        return True
    from importlib.metadata import distribution, packages_distributions

    return any(
        all(point.group != GROUP for point in distribution(owner).entry_points)
        for owner in packages_distributions().get(package, ())
    )
