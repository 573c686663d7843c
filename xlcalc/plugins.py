"""Which functions do the packages and files of others add to ours?

Packages that are installed name them in the entry-point group `xlcalc.functions`, and the variable
XLCALC_FUNCTIONS names files, one after the other as PATH does. `find_plugins` returns a `Plugin`
for each. What cannot be used is left out, with a sentence that names the package or the file, and
all else goes on. Nothing is read because it happens to lie somewhere.

    [project.entry-points."xlcalc.functions"]
    costs = "acme_costs"            a module, whose FUNCTIONS has the functions
    rates = "acme_costs:RATES"      or the tuple itself
"""

import contextlib
import csv
import hashlib
import os
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from xlcalc.vba_words import RESERVED
from xlcalc.worksheet import Spec, spec_of

GROUP = f"{__package__}.functions"
"""The entry-point group; the light wheel, whose package has another name, has one of its own."""
VARIABLE = "XLCALC_FUNCTIONS"
"""The environment variable that names files with functions."""

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}|R[0-9]*C[0-9]*")
_INFO = (".dist-info", ".egg-info")
_FILE_MODULE = "_xlcalc_functions_"
"""What stands before the name of the module that a file becomes: it can shadow no other one."""

_Load: TypeAlias = Callable[[], tuple[str, str, Any]]
"""Loads functions: the name of their module, what of it has them, and the functions."""
OF_HOSTS = frozenset(("GPU", "MODEL", "PRICE", "GPU_PRICE", "XLCALC_STATUS"))
"""What spreadsheet programs get beside the functions: cards, and whether Python answers."""


@dataclass(frozen=True)
class Plugin:
    """The functions of one package or file.

    Attributes
    ----------
    title : str
        What it is, as it stands in a sentence: "the package acme-costs 1.0".
    module : str
        The name of its module in this process.
    functions : tuple of callable
        What `@worksheet` made of its functions.
    attribute : str
        What of the module has them, where that is not its FUNCTIONS.
    """

    title: str
    module: str
    functions: tuple[Callable[..., Any], ...]
    attribute: str = ""

    @property
    def is_file(self) -> bool:
        """Whether it is a file that somebody named, and no package."""
        return self.module.startswith(_FILE_MODULE)

    def sources(self) -> dict[str, Path]:
        """Return its Python files by their places below a folder of packages, in their order.

        They are those of the whole package that its module belongs to, loaded or not, so that every
        machine finds the same.
        """
        names = self.module.split(".")
        while len(names) > 1 and _file_of(".".join(names[:-1])):  # a namespace has no file
            names.pop()
        root = "/".join(names)
        path = _file_of(".".join(names))
        if path is None:
            return {}
        if path.name != "__init__.py":
            return {f"{root}.py": path}
        found = {
            file.relative_to(path.parent).as_posix(): file for file in path.parent.rglob("*.py")
        }
        return {f"{root}/{place}": file for place, file in sorted(found.items())}

    def fingerprint(self) -> str:
        """Return a hash of its functions' names and its code, the same on every machine."""
        known = hashlib.blake2b(digest_size=16)
        known.update(repr([spec_of(function).name for function in self.functions]).encode())
        for path in self.sources().values():
            known.update(path.read_bytes())
        return known.hexdigest()


def _bare(name: str) -> str:
    """Return a name without underscores, as LibreOffice knows it."""
    return name.replace("_", "")


def _of_package() -> frozenset[str]:
    """Return the names that stand for something else in the package: what opens workbooks, modules.

    A function of the name would be asked for in its place.
    """
    # Not by the files: the package may stand in an archive.
    modules = {module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])}
    return frozenset({"load", "batch", "report", "workbook", "results", *modules})


class Taken:
    """Who has which name, and what was left out for that or another reason.

    Parameters
    ----------
    functions : iterable of callable
        Our own functions.
    """

    def __init__(self, functions: Iterable[Callable[..., Any]]) -> None:
        self.problems: list[str] = []
        self._owners = {
            _bare(name): "xlcalc" for function in functions for name in _names(spec_of(function))
        }
        self._excel: frozenset[str] | None = None

    def accepted(self, title: str, candidates: Any) -> Iterator[Callable[..., Any]]:
        """Yield the functions whose names are free, and take them; note why others are not."""
        if not isinstance(candidates, tuple | list):
            self.problems.append(f"{title} is left out: its FUNCTIONS is no tuple of functions")
            return
        for function in candidates:
            spec = getattr(function, "spec", None)
            if not isinstance(spec, Spec):
                told = getattr(function, "__name__", repr(function))
                reason = "it has no @worksheet"
            else:
                told, reason = spec.name, self._reason(spec)
            if reason:
                self.problems.append(f"{told} of {title} is left out: {reason}")
                continue
            self._owners.update({_bare(name): title for name in _names(spec_of(function))})
            yield function

    def _reason(self, spec: Spec) -> str:
        """Return why a function cannot be known under its names, or nothing."""
        names = [_bare(name) for name in _names(spec)]
        if len(set(names)) < len(names):
            return "two of its names are the same"
        for name in _names(spec):
            if not _NAME.fullmatch(name) or _CELL.fullmatch(name):
                return f"{name} cannot be the name of a function in a cell"
            if _bare(name) in self._owners:
                return f"{self._owners[_bare(name)]} has a function {name}"
            if name in OF_HOSTS or name.lower() in RESERVED | _of_package():
                return f"{name} has a meaning of its own in xlcalc or in a spreadsheet program"
            if self._excel is None:
                self._excel = _excel_functions()
            if name in self._excel:
                return f"Excel has a function {name}"
        if not spec.arguments:
            return "it has no argument"
        return "" if spec.summary.strip() else "it has no docstring"


def find_plugins(taken: Taken) -> tuple[Plugin, ...]:
    """Return the functions of others, those of packages first.

    Parameters
    ----------
    taken : Taken
        The names that are taken; it learns new ones, and what is wrong.
    """
    plugins = []
    for title, load in (*_packages(), *_files()):
        try:
            # What it prints is no part of an answer, which may be JSON or a protocol.
            with contextlib.redirect_stdout(sys.stderr):
                module, attribute, candidates = load()
        # Whatever a module of others raises when it is imported, it costs its own functions alone.
        except (Exception, SystemExit) as error:  # noqa: BLE001
            taken.problems.append(f"{title} is left out: {_reason_of(error)}")
            continue
        functions = tuple(taken.accepted(title, candidates))
        if functions:
            plugins.append(Plugin(title, module, functions, attribute))
    return tuple(plugins)


def _packages() -> Iterator[tuple[str, _Load]]:
    """Yield the entry points of our group: what each is called, and what loads it."""
    if not _any_package():
        return
    # It takes longer to import than many a command runs.
    from importlib.metadata import entry_points

    found = entry_points(group=GROUP)
    for point in sorted(
        found, key=lambda point: (point.dist.name if point.dist else "", point.name)
    ):
        package = f"{point.dist.name} {point.dist.version}" if point.dist else point.name

        def load(point: Any = point) -> tuple[str, str, Any]:
            return point.module, point.attr or "", _functions_of(point.load())

        yield f"the package {package}", load


def _any_package() -> bool:
    """Whether an installed package may name functions: a look takes 3 ms, reading them all 50."""
    group = f"[{GROUP}]".encode()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except NotADirectoryError:  # an archive, which importlib.metadata knows how to read
            return True
        except OSError:
            continue
        for name in names:
            if name.endswith(_INFO):
                try:
                    with open(os.path.join(folder, name, "entry_points.txt"), "rb") as points:
                        if group in points.read().replace(b" ", b""):
                            return True
                except OSError:
                    continue
    return False


def _files() -> Iterator[tuple[str, _Load]]:
    """Yield the files that the environment names: what each is called, and what loads it."""
    named = os.environ.get(VARIABLE, "").split(os.pathsep)
    paths = dict.fromkeys(Path(name).absolute() for name in named if name.strip())  # each once
    for number, path in enumerate(paths, start=1):

        def load(path: Path = path, number: int = number) -> tuple[str, str, Any]:
            name = f"{_FILE_MODULE}{number}_{re.sub(r'[^a-zA-Z0-9]', '_', path.stem)}"
            module = ModuleType(name)
            module.__file__ = str(path)
            code = compile(path.read_bytes(), str(path), "exec")
            sys.modules[name] = module  # where dataclasses and the like look for it
            exec(code, module.__dict__)  # noqa: S102  the file that a person has named
            return name, "", _functions_of(module)

        yield f"the file {path}", load


def _functions_of(loaded: Any) -> Any:
    """Return the functions of what an entry point or a file gave."""
    if isinstance(loaded, ModuleType):
        try:
            return loaded.FUNCTIONS
        except AttributeError:
            raise LookupError("it has no FUNCTIONS, which lists its functions") from None
    return (loaded,) if hasattr(loaded, "spec") else loaded


def _reason_of(error: BaseException) -> str:
    """Return in one line why something could not be imported, and where."""
    if type(error) is LookupError:  # it has said so in a sentence
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    told = " ".join(str(error).split())[:300] or type(error).__name__
    if isinstance(error, SyntaxError):
        return told
    ours = os.path.dirname(__file__)
    steps = [
        step
        for step in traceback.extract_tb(error.__traceback__)
        if not step.filename.startswith((ours, "<")) and "importlib" not in step.filename
    ]
    line = steps[-1] if steps else None
    where = f" ({os.path.basename(line.filename)}, line {line.lineno})" if line else ""
    return f"{type(error).__name__}: {told}{where}"


def _file_of(name: str) -> Path | None:
    """Return the file of a module that is loaded, if it has one."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return Path(file) if file and Path(file).is_file() else None


def _excel_functions() -> frozenset[str]:
    """Return the names of Excel's own functions; none in a package that came without the table."""
    table = Path(__file__).parent / "calc" / "arguments.csv"
    if not table.is_file():
        return frozenset()
    with table.open(encoding="utf-8", newline="") as rows:
        return frozenset(row[0] for row in csv.reader(rows))


def _names(spec: Spec) -> list[str]:
    """Return the name of a function and its earlier ones."""
    return [spec.name, *(name for name, _ in spec.formerly)]
