"""Which defects are put into a workbook that is somebody's, and where?

A defect is put into a cell that is drawn, from those that can have it: a formula that was filled
down or across, a number among numbers, a sum of a block. The workbook gets the values of its
formulas again, but where the defect is an old value.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from xlcalc.audit.workbook import Audited, range_of
from xlcalc.calc.dependents import Place
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.calc.verification import EVERY
from xlcalc.cells import CellValue
from xlcalc.formula_text import replace_references
from xlcalc.ooxml.edits import set_formulas, write_cells
from xlcalc.ooxml.markup import cell_name

_SUM = re.compile(r"SUM\(([A-Z]{1,3})\$?(\d+):\1\$?(\d+)\)")
_RELATIVE = re.compile(r"(?<![\w$!.'])([A-Z]{1,2})(\d+)(?![\w(!:])")


class Seeded(NamedTuple):
    """A workbook with a defect."""

    kind: str
    place: str
    data: bytes


class _Site(NamedTuple):
    """A cell, and the formula or the value that it gets."""

    place: Place
    formula: str | None
    value: CellValue


def seeded(model: WorkbookModel, draws: int, seed: int) -> Iterator[Seeded]:
    """Yield copies of a workbook, each with one defect; as many as drawn of each kind."""
    book = Audited(model)
    for kind, sites in KINDS.items():
        found = sorted(sites(book), key=lambda site: site.place)
        draw = random.Random(f"{seed} {kind}")  # noqa: S311  the same at every run
        for site in draw.sample(found, min(draws, len(found))):
            yield Seeded(kind, _named(site.place), _written(model, site, old=kind == "old value"))


def _named(place: Place) -> str:
    return f"{place[0]}!{cell_name(place[1])}"


def _written(model: WorkbookModel, site: _Site, *, old: bool) -> bytes:
    package = model.package.copy()
    sheet, position = site.place
    part = package.sheets[sheet]
    if old:
        package.replace(part, write_cells(package.part(part), {position: site.value}, {}))
        return package.to_bytes()
    if site.formula is None:
        package.replace(part, write_cells(package.part(part), {}, {position: site.value}))
    else:
        cells = {position: (site.formula, site.value)}
        package.replace(part, set_formulas(package.part(part), cells))
    return recalculated(WorkbookModel(package, model.name), (EVERY,)).package.to_bytes()


def _filled(book: Audited) -> Iterator[tuple[Place, float]]:
    """Yield the numbers of formulas with two like ones on each side in their row or column."""
    for (sheet, (row, column)), text in book.relative.items():
        value = book.values[sheet].get((row, column))
        if type(value) is not float or book.model.formulas[sheet][row, column].kind != "normal":
            continue
        for down, across in ((1, 0), (0, 1)):
            around = [(row + n * down, column + n * across) for n in (-2, -1, 1, 2)]
            if all(book.relative.get((sheet, cell)) == text for cell in around):
                yield (sheet, (row, column)), value
                break


def _overwritten(book: Audited) -> Iterator[_Site]:
    for place, value in _filled(book):
        yield _Site(place, None, round(value * 1.1 + 1.0, 2))


def _shifted(book: Audited) -> Iterator[_Site]:
    for place, value in _filled(book):
        formula = book.formulas[place]
        found = _RELATIVE.search(formula)
        if found is not None:
            other = f"{found[1]}{int(found[2]) + 1}"
            yield _Site(place, formula[: found.start()] + other + formula[found.end() :], value)


def _with(change: Callable[[str], str]) -> Callable[[Audited], Iterator[_Site]]:
    def sites(book: Audited) -> Iterator[_Site]:
        for place, value in _filled(book):
            yield _Site(place, change(book.formulas[place]), value)

    return sites


def _old(book: Audited) -> Iterator[_Site]:
    for place, value in _filled(book):
        if value:
            yield _Site(place, None, value * 1.25)


def _texts(book: Audited) -> Iterator[_Site]:
    for sheet in book.values:
        numbers = {p: v for p, v in book.constants(sheet).items() if type(v) is float}
        for (row, column), value in numbers.items():
            if (row - 1, column) in numbers and (row + 1, column) in numbers:
                yield _Site((sheet, (row, column)), None, f"{value:.12g}")


def _shortened(book: Audited) -> Iterator[_Site]:
    for place, formula in book.formulas.items():
        found = _SUM.fullmatch(formula)
        if found is None or int(found[3]) - int(found[2]) < 3:
            continue
        area = range_of(f"{found[1]}{found[2]}:{found[1]}{found[3]}", place[0])
        last = (area.bottom, area.left)
        value = book.values[place[0]].get(place[1])
        if type(book.values[place[0]].get(last)) is float:
            shorter = f"SUM({found[1]}{found[2]}:{found[1]}{int(found[3]) - 1})"
            yield _Site(place, shorter, value)


def _lost(formula: str) -> str:
    names = iter(range(1000))
    return replace_references(formula, lambda _: "#REF!" if next(names) == 0 else None)


KINDS: Mapping[str, Callable[[Audited], Iterator[_Site]]] = {
    "number over a formula": _overwritten,
    "reference a row off": _shifted,
    "constant in a formula": _with(lambda text: f"({text})*1.0375"),
    "error": _with(lambda text: f"({text})/0"),
    "lost reference": _with(_lost),
    "hidden error": _with(lambda text: f"IFERROR(({text})/0,0)"),
    "old value": _old,
    "text for a number": _texts,
    "sum a row short": _shortened,
    "volatile function": _with(lambda text: f"({text})+0*TODAY()"),
}
"""What is put into a cell, by its name."""
