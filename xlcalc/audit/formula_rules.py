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
_ARITHMETIC = re.compile(r"[^-+*/^]*[-+*/^].*", re.DOTALL)


def formula_findings(book: Audited) -> Iterator[Finding]:
    """Yield formulas that are hard to read, or that read what is not there."""
    told: set[tuple[str, str, str]] = set()
    for place, formula in book.formulas.items():
        sheet, position = place
        key = book.relative[place]
        for code, text in (*_written(book, place, formula), *_empty(book, place, formula)):
            if (code, sheet, key) not in told:
                told.add((code, sheet, key))
                yield Finding(code, sheet, named(position), text, key)
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


def _empty(book: Audited, place: Place, formula: str) -> Iterator[tuple[str, str]]:
    """Yield arithmetic on a cell without a value, where nothing in the formula asks for one."""
    if "(" in formula or not _ARITHMETIC.fullmatch(formula) or "&" in formula:
        return
    sheet = place[0]
    for found in book.references(place, formula):
        if not found.area or ":" in found.area:
            continue
        cell = range_of(found.area, found.sheets or sheet)
        at = (cell.top, cell.left)
        values = book.values.get(cell.sheet)
        if values is not None and at not in values and at not in book.model.formulas[cell.sheet]:
            yield "empty-precedent", f"={formula:.60} calculates with {found.area}, which is empty"
            return


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
        if len(formula) < _LONG or "(" not in formula or not references(formula):
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
