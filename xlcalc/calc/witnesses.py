"""Which other engines are asked where ours does not give a stored value back?

Each runs in a process of its own, which starts when it is first asked and serves all workbooks that
follow. It gets the workbook without stored values, with calls of our functions as LET in place.
"""

import atexit
import functools
from collections.abc import Callable, Collection
from dataclasses import replace

from xlcalc.calc.arguments import bounds
from xlcalc.calc.engines.files import engine_file, with_constants
from xlcalc.calc.engines.interface import EngineError
from xlcalc.calc.engines.local import package_is_here
from xlcalc.calc.engines.process import EnginePool
from xlcalc.calc.inlining import InlinedPackage, inline_package
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.precision import with_displayed_precision
from xlcalc.calc.structured_references import with_plain_references
from xlcalc.calc.voices import Constants
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import WorkbookError
from xlcalc.formula_text import bare_name
from xlcalc.ooxml.literals import formula_xml
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.minimal import minimal_workbook
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.reduced import reduced
from xlcalc.ooxml.stored_values import counts_from_1904

_NAMES = ("betteroffice", "ironcalc", "formulon")
"""In the order in which they are asked: the quick ones first."""
_TIMEOUT = 20.0
"""Time that an engine may take for a workbook; one that takes longer has no voice on it [s]."""
_FROM_1900 = {"betteroffice", "ironcalc"}
"""Those that do not read that a workbook counts its days from 1904; the others do."""
_FORMS = {
    "LET": "_xlfn.LET(_xlpm.x,1,_xlpm.x)",
    "LAMBDA": "_xlfn.LAMBDA(_xlpm.x,_xlpm.x)(1)",
}
"""Calls whose arguments are names."""


class EngineWitness:
    """An engine that is asked for the values of a workbook.

    Parameters
    ----------
    name : str
        One of `xlcalc.calc.engines.local.ENGINES`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._engine = _pool()[name]
        self._known: dict[str, bool] = {}
        # It takes what it cannot calculate for empty, unless its file says otherwise.
        self._guesses = name == "betteroffice"

    def values(
        self,
        model: WorkbookModel,
        constants: Constants | None = None,
        pinned: Constants | None = None,
    ) -> dict[str, dict[Position, CellValue]]:
        """Return the values of the formula cells that it can calculate.

        Cells with a call that only Python can calculate are left out, unless they are pinned.

        Parameters
        ----------
        model : WorkbookModel
            The workbook.
        constants : mapping of str to mapping of (int, int) to CellValue, optional
            Values that are put into cells first, by sheet.
        pinned : mapping of str to mapping of (int, int) to CellValue, optional
            Values that take the place of formulas.

        Raises
        ------
        EngineError
            If the engine does not take the workbook, or its process ends.
        """
        if self.name in _FROM_1900 and counts_from_1904(model.package):
            raise EngineError(f"{self.name} counts the days of {model.name} from 1900")
        inlined = _inlined(model)
        package, typed = with_constants(inlined.package, pinned or {})
        self._engine.load(engine_file(package, self.name), model.name, model.now)
        if typed:
            self._engine.set_values(typed)
        if constants:
            self._engine.set_values(constants)
        pinned = pinned or {}
        wanted = {
            sheet: [
                p
                for p in cells
                if p not in inlined.left.get(sheet, ()) or p in pinned.get(sheet, ())
            ]
            for sheet, cells in model.formulas.items()
        }
        found = self._engine.values({sheet: cells for sheet, cells in wanted.items() if cells})
        return {
            sheet: dict(zip(wanted[sheet], values, strict=True)) for sheet, values in found.items()
        }

    def unknown(self, functions: Collection[str]) -> set[str]:
        """Return the functions of these, as a file writes them, that the engine does not know."""
        new = sorted(name for name in functions if name not in self._known)
        if new:
            try:
                self._ask(new)
            except WorkbookError:  # one of them keeps the others from being read
                for name in new:
                    try:
                        self._ask([name])
                    except WorkbookError:
                        self._known[name] = False
        return {name for name in functions if not self._known[name]}

    def _ask(self, functions: Collection[str]) -> None:
        asked = _calling(functions)
        self._engine.load(engine_file(asked, self.name), asked.name)
        cells = [(row, 1) for row in range(1, len(functions) + 1)]
        values = self._engine.values({"S": cells})["S"]
        for name, value in zip(functions, values, strict=True):
            code = value.code if isinstance(value, CellError) else ""
            unknown = value is None or code == "#NAME?" or (code == "#CALC!" and self._guesses)
            self._known[name] = not unknown


@functools.cache
def _pool() -> EnginePool:
    pool = EnginePool(_NAMES, timeout=_TIMEOUT)
    atexit.register(pool.close)
    return pool


@functools.cache
def _witness(name: str) -> EngineWitness:
    return EngineWitness(name)


@functools.lru_cache(maxsize=1)
def _inlined(model: WorkbookModel) -> InlinedPackage:
    """Return the workbook as the engines read it, and which calls stay in it."""
    inlined = inline_package(with_displayed_precision(with_plain_references(model.package)))
    return replace(inlined, package=reduced(inlined.package))


def _calling(functions: Collection[str]) -> Package:
    """Return a workbook that calls each function with as few arguments as it takes."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><f>{formula_xml(_call(name))}</f></c></row>'
        for row, name in enumerate(functions, start=1)
    )
    return minimal_workbook("S", rows, "the list of functions")


def _call(name: str) -> str:
    bare = bare_name(name)
    if bare in _FORMS:
        return _FORMS[bare]
    least, _ = bounds().get(bare, (0, None))
    return f"{name}({','.join(['1'] * least)})"


WITNESSES: tuple[Callable[[], EngineWitness], ...] = tuple(
    functools.partial(_witness, name) for name in _NAMES if package_is_here(name)
)
"""The engines in the order in which they are asked, each made when its turn comes."""
