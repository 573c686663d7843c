"""Which formulas are written in a way that hides what they do?

Each is told by its text: two operators in a row, a range where one value belongs, an address that
has a name, the same calculation twice, a cell without a value in arithmetic.
"""

import re
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named, range_of
from xlcalc.calc.dependents import Place
from xlcalc.calc.verification import VOLATILE
from xlcalc.formula_text import bare_name, called_functions, references, replace_texts
from xlcalc.ooxml.names import defined_names

_DOUBLE = re.compile(r"(?<=[\w)\]%#!?}])\s*(?:[-+*/^&]\s*\+|-\s*-|\+\s*-)\s*(?=[\w($'\"])")
_POWER = re.compile(r"\d[eE]\s*[-+]")
_BRACKETED = re.compile(r"\([^()]*\)")
_BESIDE = re.compile(
    r"(?:(?<=[-+*/^])|^)\s*(\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)\s*(?=[-+*/^])"
    r"|(?<=[-+*/^])\s*(\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)\s*$",
    re.IGNORECASE,
)
_LONG = 24
"""Characters from which a calculation is worth to be written once."""
_FACTOR = r"(?:'[^']++'!|(?<![\w.])[\w.]++!)?\$?[A-Za-z]{1,3}\$?\d++"
_PRODUCT = re.compile(rf"{_FACTOR}(?=\s*+[*/^])|(?<=[*/^])\s*+{_FACTOR}")


def formula_findings(book: Audited) -> Iterator[Finding]:
    """Yield formulas that are hard to read, or that read what is not there."""
    told: set[tuple[str, str, str]] = set()
    for place, formula in book.formulas.items():
        sheet, position = place
        key = book.relative[place]
        for code, text in _written(book, place, formula):
            if (code, sheet, key) not in told:
                told.add((code, sheet, key))
                yield Finding(code, sheet, named(position), text, key)
    yield from _empty(book)
    yield from _unnamed(book)
    yield from _twice(book)


def _written(book: Audited, place: Place, formula: str) -> Iterator[tuple[str, str]]:
    code_alone = replace_texts(formula, lambda _: '""')
    if _DOUBLE.search(_POWER.sub("1", code_alone)):
        yield "double-operator", f"={formula:.60} has two operators in a row"
    if book.model.formulas[place[0]][place[1]].kind not in {"normal", "shared"}:
        return
    outside, before = code_alone, ""
    while outside != before:
        outside, before = _BRACKETED.sub("", outside), outside
    if ":" in outside and (found := _BESIDE.search(outside)):
        area = found[1] or found[2]
        yield "implicit-intersection", f"of {area} the formula takes one cell, that of its row"


def _empty(book: Audited) -> Iterator[Finding]:
    """Yield products and quotients of a cell without a value, where like formulas have one."""
    groups: dict[tuple[str, str], list[Place]] = {}
    for place, formula in book.formulas.items():
        if "(" not in formula and _PRODUCT.search(formula) and "&" not in formula:
            groups.setdefault((place[0], book.relative[place]), []).append(place)
    for (sheet, key), places in groups.items():
        missing = [(place, cell) for place in places if (cell := _without_value(book, place))]
        if missing and (len(places) == 1 or 2 * len(missing) < len(places)):
            (place, cell), *_ = missing
            text = f"={book.formulas[place]:.60} calculates with {cell}, which is empty"
            also = f", and {len(missing) - 1} more do so" if len(missing) > 1 else ""
            yield Finding("empty-precedent", sheet, named(place[1]), text + also, key)


def _without_value(book: Audited, place: Place) -> str:
    """Return the address of a factor of a formula that has no value; empty if all have one."""
    formula = book.formulas[place]
    for found in _PRODUCT.finditer(formula):
        for reference in references(found[0]):
            if not reference.area or ":" in reference.area:
                continue
            cell = range_of(reference.area, reference.sheets or place[0])
            at, values = (cell.top, cell.left), book.values.get(cell.sheet)
            if values is None or at in values or at in book.model.formulas[cell.sheet]:
                continue
            return reference.area
    return ""


def _unnamed(book: Audited) -> Iterator[Finding]:
    """Yield formulas with the address of a cell that other formulas call by its name."""
    names: dict[Range, str] = {}
    for scope, known, text in defined_names(book.package):
        area = book.whole_range(next(iter(book.values), ""), text)
        if scope is None and area is not None:
            names.setdefault(area, known)
    if not names:
        return
    used: set[str] = set()
    addressed: dict[str, list[Place]] = {}
    for place, formula in book.formulas.items():
        for found in book.references(place, formula):
            if found.name:
                used.add(found.name.lower())
            elif found.area:
                covering = names.get(range_of(found.area, found.sheets or place[0]))
                if covering is not None:
                    addressed.setdefault(covering, []).append(place)
    for name, (place, *more) in addressed.items():
        if name.lower() in used:
            also = f", as {len(more)} more do" if more else ""
            text = f"={book.formulas[place]:.60} reads {name} by its address{also}"
            yield Finding("name-ignored", place[0], named(place[1]), text, name)


def _twice(book: Audited) -> Iterator[Finding]:
    """Yield cells that calculate what another cell of the sheet calculates."""
    first: dict[tuple[str, str], Place] = {}
    also: dict[tuple[str, str], list[Place]] = {}
    for place, formula in book.formulas.items():
        if len(formula) < _LONG or "(" not in formula or not book.references(place, formula):
            continue
        key = (place[0], formula.replace("$", "").upper())
        if key not in first:
            first[key] = place
        else:
            also.setdefault(key, []).append(place)
    for (sheet, formula), (place, *more) in also.items():
        if {bare_name(name) for name in called_functions(formula)} & VOLATILE:
            continue
        others = f", as {len(more)} more do" if more else ""
        text = f"={formula:.60} stands in {named(first[sheet, formula][1])} too{others}"
        yield Finding("duplicate-calculation", sheet, named(place[1]), text, formula)
