"""What became worse since another version of a workbook: formulas that became constants, and more?

Rows are matched by their texts, so that a row that was inserted moves no finding: the other version
is read row by row beside this one, as two versions of a text are.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher

from xlcalc.audit.file_rules import file_findings
from xlcalc.audit.findings import Finding
from xlcalc.audit.reference_rules import reference_findings
from xlcalc.audit.workbook import Audited, named
from xlcalc.cells import CellError

_MOST_ROWS = 4000
"""Rows of a sheet up to which they are matched; longer ones are taken to stay where they are."""


def comparison_findings(book: Audited, other: Audited) -> Iterator[Finding]:
    """Yield what a workbook has that another version of it has not.

    Parameters
    ----------
    book, other : Audited
        The workbook, and the version with which it is compared.
    """
    for sheet in book.values:
        if sheet in other.values:
            yield from _overwritten(book, other, sheet)
    yield from _new_in_the_file(book, other)


def _overwritten(book: Audited, other: Audited, sheet: str) -> Iterator[Finding]:
    """Yield constants of a sheet in whose place the other version has a formula."""
    formulas = other.model.formulas[sheet]
    constants = book.constants(sheet)
    if not formulas or not constants:
        return
    rows = _matched_rows(book, other, sheet)
    columns = {column for _, column in formulas}
    for (row, column), value in sorted(constants.items()):
        before = (rows.get(row, 0), column)
        if column not in columns or before not in formulas:
            continue
        shown = value.code if isinstance(value, CellError) else value
        said = f"{shown:,.12g}" if type(shown) is float else f'"{shown}"'
        text = other.formulas.get((sheet, before), "a formula that fills several cells")
        words = f"{said} stands where the other version has ={text:.60}"
        key = f"{book.label(sheet, (row, column))}|{column}"
        yield Finding("formula-overwritten", sheet, named((row, column)), words, key)


def _matched_rows(book: Audited, other: Audited, sheet: str) -> dict[int, int]:
    """Return the row of the other version that each row of a sheet was."""
    ours, theirs = (_row_texts(one, sheet) for one in (book, other))
    if max(len(ours), len(theirs)) > _MOST_ROWS or ours == theirs:
        return {row: row for row in range(1, len(ours) + 1)}
    matched: dict[int, int] = {}
    for kind, a, b, c, d in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and b - a == d - c):
            matched |= {c + step + 1: a + step + 1 for step in range(d - c)}
    return matched


def _row_texts(book: Audited, sheet: str) -> list[tuple[str, ...]]:
    """Return the texts that are typed into each row, from the first row on."""
    found: dict[int, list[str]] = {}
    for (row, _), value in sorted(book.constants(sheet).items()):
        if isinstance(value, str):
            found.setdefault(row, []).append(value)
    last = max((row for row, _ in book.values[sheet]), default=0)
    return [tuple(found.get(row, ())) for row in range(1, last + 1)]


def _new_in_the_file(book: Audited, other: Audited) -> Iterator[Finding]:
    """Yield hidden sheets, links and macros that the other version does not have."""
    before = {(one.code, one.sheet) for one in file_findings(other)}
    for one in file_findings(book):
        if one.code == "hidden-sheet" and ("hidden-sheet", one.sheet) not in before:
            yield Finding("new-hidden-sheet", one.sheet, "", f"{one.sentence} now", one.sheet)
        if one.code == "macros" and ("macros", "") not in before:
            yield Finding("new-macros", "", "", "the workbook has macros now", "vba")
    links = _links(other)
    for key, one in _links(book).items():
        if key not in links:
            yield Finding("new-external-link", one.sheet, one.cell, one.sentence, one.key)


def _links(book: Audited) -> dict[tuple[str, ...], Finding]:
    """Return what reads another workbook, by the formula or the name that does so."""
    return {
        (one.sheet, one.key, "" if one.cell else one.sentence): one
        for one in reference_findings(book, calculates=False)
        if one.code == "external-link"
    }
