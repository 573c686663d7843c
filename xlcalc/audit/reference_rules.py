"""Which formulas and names read what is lost, elsewhere, circular, volatile or retired?"""

import re
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named
from xlcalc.calc.verification import VOLATILE
from xlcalc.formula_text import bare_name, called_functions, calls, references
from xlcalc.hosts.doctor.excel_versions import first_version, newer
from xlcalc.ooxml.calculation import iteration
from xlcalc.ooxml.names import defined_names

_RETIRED = {"COPILOT", "__XLUDF.DUMMYFUNCTION"}
_EXTERNAL = re.compile(r"\[\d+\]|\[[^\[\]]+\.xl\w+\]", re.IGNORECASE)
_WHOLE = re.compile(r"[A-Za-z]+:[A-Za-z]+|\d+:\d+")
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_APPROXIMATE = {"VLOOKUP": 4, "HLOOKUP": 4, "MATCH": 3}
"""Look-ups, and the place of the argument that asks for an exact match."""
_KNOWN_EVERYWHERE = "2019"


def reference_findings(book: Audited, *, calculates: bool) -> Iterator[Finding]:
    """Yield lost and external references, circles, names that point nowhere, functions to know."""
    yield from _formulas(book)
    yield from _names(book)
    yield from _circles(book)
    read = book.model.dependents
    for cell in book.model.inputs.values() if calculates else ():
        if not read.reads((cell.sheet, cell.position)) and type(cell.value) is float:
            text = f"no formula reads {cell.name}"
            yield Finding("unused-input", cell.sheet, named(cell.position), text, cell.name)


def _formulas(book: Audited) -> Iterator[Finding]:
    told: set[tuple[str, str, str]] = set()
    for (sheet, position), formula in book.formulas.items():
        key = book.relative[sheet, position]
        for code, text in _said(formula):
            if (code, sheet, key) not in told:
                told.add((code, sheet, key))
                yield Finding(code, sheet, named(position), text, key)


def _said(formula: str) -> Iterator[tuple[str, str]]:
    """Yield the rules that the text of a formula breaks."""
    code_alone = _TEXT.sub('""', formula)
    if "#REF!" in code_alone:
        yield "broken-reference", f"={formula:.80} has lost a reference"
    if _EXTERNAL.search(code_alone) and ("!" in code_alone):
        yield "external-link", f"={formula:.80} reads another workbook"
    called = {bare_name(name) for name in called_functions(formula)}
    if volatile := sorted(called & (VOLATILE | {"OFFSET", "INDIRECT"})):
        yield "volatile", f"{', '.join(volatile)} calculates anew at every change"
    if retired := sorted(called & _RETIRED | {n for n in called if n.startswith("LABS.")}):
        yield "retired-function", f"{', '.join(retired)} does not exist any more"
    younger = {
        name: version
        for name in called
        if (version := first_version(name)) is not None and newer(version, _KNOWN_EVERYWHERE)
    }
    if younger:
        text = ", ".join(f"{name} (Excel {version})" for name, version in sorted(younger.items()))
        yield "new-function", f"{text} shows #NAME? in older versions"
    for call in calls(formula):
        name = call.name.upper()
        place = _APPROXIMATE.get(name)
        if place is None:
            continue
        last = ""
        if len(call.arguments) >= place:
            start, end = call.arguments[place - 1]
            last = formula[start:end].strip().upper()
            exact = last in {"0", "FALSE", "FALSE()", ""} or (name == "MATCH" and last == "-1")
        else:
            exact = False
        if not exact:
            said = f"{name} with {last}" if last else f"{name} without its last argument"
            yield "approximate-lookup", f"{said} takes the next smaller entry where none fits"
    whole = [r.area for r in references(formula) if _WHOLE.fullmatch(r.area)]
    if whole:
        yield "whole-column", f"={formula:.60} reads {whole[0]} whole"


def _names(book: Audited) -> Iterator[Finding]:
    shown = {(n.scope, n.name) for n in defined_names(book.package)}
    seen: dict[tuple[str | None, str], str] = {}
    for name in defined_names(book.package, hidden=True):
        scope = name.scope or ""
        if "#REF!" in _TEXT.sub('""', name.text):
            yield Finding("name-nowhere", scope, "", f"{name.name} is {name.text:.60}", "names")
        elif _EXTERNAL.search(_TEXT.sub('""', name.text)):
            text = f"the name {name.name} reads another workbook: {name.text:.60}"
            yield Finding("external-link", scope, "", text, "names")
        if (name.scope, name.name) not in shown and not name.name.startswith("_"):
            text = f"the name {name.name} is hidden: {name.text:.60}"
            yield Finding("hidden-name", scope, "", text, "names")
        other = seen.setdefault((name.scope, name.name.lower()), name.name)
        if other != name.name:
            text = f"{other} and {name.name} are one name to Excel"
            yield Finding("duplicate-name", scope, "", text, name.name.lower())


def _circles(book: Audited) -> Iterator[Finding]:
    if iteration(book.package) is not None:
        return
    places = sorted(book.model.dependents.in_circles())
    if places:
        sheet, position = places[0]
        cells = ", ".join(f"{s}!{named(p)}" for s, p in places[:5])
        more = f" and {len(places) - 5} more" if len(places) > 5 else ""
        text = f"{cells}{more} follow from themselves"
        yield Finding("circle", sheet, named(position), text, book.relative.get(places[0], ""))
