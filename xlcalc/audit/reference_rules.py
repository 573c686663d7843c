"""Which formulas and names read what is lost, elsewhere, whole or nothing at all?"""

import re
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named
from xlcalc.formula_text import Reference, references
from xlcalc.hosts.doctor.formulas import formulas_of
from xlcalc.ooxml.names import defined_names

_EXTERNAL = re.compile(r"\[[1-9]\d*\]|\[[^\[\]]+\.xl\w+\]", re.IGNORECASE)
_WHOLE = re.compile(r"[A-Za-z]+:[A-Za-z]+|\d+:\d+")
_TEXT = re.compile(r'"(?:[^"]++|"")*+"')


def reference_findings(book: Audited, *, calculates: bool) -> Iterator[Finding]:
    """Yield lost and external references, names that point nowhere, inputs that nobody reads."""
    yield from _formulas(book)
    yield from _names(book)
    read = book.model.dependents
    unread = [
        cell
        for cell in (book.model.inputs.values() if calculates else ())
        if not read.reads((cell.sheet, cell.position)) and type(cell.value) is float
    ]
    # Rules, names and charts may read it as well.
    others = (
        (f.text for f in formulas_of(book.package).called if "!" not in f.place) if unread else ()
    )
    named_there = {found.name.lower() for text in others for found in references(text)}
    for cell in unread:
        if cell.name.rpartition("!")[2].lower() not in named_there:
            text = f"no formula reads {cell.name}"
            yield Finding("unused-input", cell.sheet, named(cell.position), text, cell.name)


def _formulas(book: Audited) -> Iterator[Finding]:
    told: set[tuple[str, str, str]] = set()
    for (sheet, position), formula in book.formulas.items():
        key = book.relative[sheet, position]
        for code, text in _said(formula, book.references((sheet, position), formula)):
            if (code, sheet, key) not in told:
                told.add((code, sheet, key))
                yield Finding(code, sheet, named(position), text, key)


def _said(formula: str, read: list[Reference]) -> Iterator[tuple[str, str]]:
    """Yield the rules that the text of a formula breaks."""
    code_alone = _TEXT.sub('""', formula)
    if "#REF!" in code_alone:
        yield "broken-reference", f"={formula:.80} has lost a reference"
    if _EXTERNAL.search(code_alone) and ("!" in code_alone):
        yield "external-link", f"={formula:.80} reads another workbook"
    whole = [one.area for one in read if _WHOLE.fullmatch(one.area)]
    if whole:
        yield "whole-column", f"={formula:.60} reads {whole[0]} whole"


def _names(book: Audited) -> Iterator[Finding]:
    shown = {(n.scope, n.name) for n in defined_names(book.package)}
    for name in defined_names(book.package, hidden=True):
        scope = name.scope or ""
        if "#REF!" in _TEXT.sub('""', name.text):
            yield Finding("name-nowhere", scope, "", f"{name.name} is {name.text:.60}", "names")
        elif _EXTERNAL.search(_TEXT.sub('""', name.text)):
            text = f"the name {name.name} reads another workbook: {name.text:.60}"
            yield Finding("external-link", scope, "", text, "names")
        of_excel = name.name.startswith(("_", "solver_")) or ".wvu." in name.name
        if (name.scope, name.name) not in shown and not of_excel:
            text = f"the name {name.name} is hidden: {name.text:.60}"
            yield Finding("hidden-name", scope, "", text, "names")
