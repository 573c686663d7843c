"""Which engines are there, and how does one run in this process?

An adapter raises whatever its engine raises; `LocalEngine` makes one kind of sentence of it. What
ends the process, or takes its memory, it cannot hold: for that there is `EngineProcess`.
"""

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module

from xlcalc.calc.engines.interface import (
    THE_WORKBOOK,
    EngineDiedError,
    EngineError,
    SpreadsheetEngine,
)
from xlcalc.cell_values import CellValue
from xlcalc.errors import UsageError, suggestion
from xlcalc.ooxml.positions import Position

ENGINES = {
    "formualizer": "formualizer",
    "betteroffice": "betteroffice-xlsx",
    "ironcalc": "ironcalc",
    "formulon": "formulon",
}
"""Name of each engine, with the package that it comes in."""
_SENTENCE = 300
"""Characters of an engine's own words that a sentence quotes."""


def package_is_here(name: str) -> bool:
    """Whether the package of an engine is installed."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        distribution(ENGINES[known(name)])
    except PackageNotFoundError:
        return False
    return True


@functools.cache
def versioned(name: str) -> str:
    """Return the package of an engine with its version, as `ironcalc 0.9.1`."""
    from importlib.metadata import PackageNotFoundError, version

    package = ENGINES[known(name)]
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:  # it is there all the same, as in a browser
        return package


def known(name: str) -> str:
    """Return the name of an engine.

    Raises
    ------
    UsageError
        If no engine has it.
    """
    if name not in ENGINES:
        names = ", ".join(ENGINES)
        raise UsageError(f'no engine is called "{name}"{suggestion(name, ENGINES)} ({names})')
    return name


def adapter(name: str) -> SpreadsheetEngine:
    """Return an engine without a workbook.

    Raises
    ------
    UsageError
        If no engine has this name.
    EngineError
        If its package is not installed.
    """
    package = ENGINES[known(name)]
    try:
        module = import_module(f"xlcalc.calc.engines.{name}_adapter")
    except ImportError as error:
        raise EngineError(f"the engine {name} needs the package {package} ({error})") from None
    engine: SpreadsheetEngine = module.Adapter()
    return engine


class LocalEngine:
    """An engine in this process, whose failures are one kind of exception.

    Parameters
    ----------
    name : str
        One of `ENGINES`.

    Raises
    ------
    EngineError
        If the package of the engine is not installed.
    EngineDiedError
        From every method, if the engine cannot be used in this process any more.
    MemoryError
        From every method, where Python itself runs out of memory.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._engine = adapter(name)
        self._file: str | None = None

    def load(self, data: bytes, file: str = THE_WORKBOOK, now: datetime | None = None) -> None:
        """Take a workbook in place of the one before, and calculate it."""
        self._file = None
        with self._failures(f"cannot calculate {file}"):
            self._engine.load(data, file, now)
        self._file = file

    def values(self, places: Mapping[str, Sequence[Position]]) -> dict[str, list[CellValue]]:
        """Return the values of cells, in the order of their positions."""
        with self._failures(f"cannot read cells of {self._loaded()}"):
            return self._engine.values(places)

    def set_values(self, constants: Mapping[str, Mapping[Position, CellValue]]) -> None:
        """Put constants into cells, and calculate what follows from them."""
        file = self._loaded()
        self._file = None  # half of a change is no workbook
        with self._failures(f"cannot change cells of {file}"):
            self._engine.set_values(constants)
        self._file = file

    def _loaded(self) -> str:
        if self._file is None:
            raise EngineError(f"{self.name} has no workbook")
        return self._file

    @contextlib.contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        try:
            yield
        except (MemoryError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  a panic in Rust is no Exception
            reason = " ".join(str(error).split())[:_SENTENCE] or type(error).__name__
            kind = EngineDiedError if isinstance(error, EngineDiedError) else EngineError
            raise kind(f"{self.name} {what}: {reason}") from None
