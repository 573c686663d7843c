"""Which stored values of a workbook are wrong, old, hidden or no numbers?"""

import re
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named, range_of
from xlcalc.calc.differences import Verdict, Verification, shown
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.validation_rules import literal_operands, refusal
from xlcalc.cells import CellError
from xlcalc.formula_text import calls, references

_NUMBER = re.compile(r"\s*+[+-]?\d[\d,]*+(?:\.\d++)?+(?:[eE][+-]?\d++)?+\s*+%?\s*+")
_HIDING = {"IFERROR", "IFNA"}
_MEANT = {"NA"}
"""A formula that calls NA means its #N/A."""


def value_findings(book: Audited, verification: Verification | None) -> Iterator[Finding]:
    """Yield what is wrong with values: errors, old ones, texts for numbers, broken validations."""
    if verification is not None:
        yield from _stored(book, verification)
    yield from _errors(book)
    yield from _texts(book)
    if verification is not None:
        yield from _validations(book)


def _stored(book: Audited, verification: Verification) -> Iterator[Finding]:
    for difference in verification.differences:
        sheet, position = difference.place
        key = book.relative.get(difference.place, "")
        stored, now = shown(difference.stored), shown(difference.calculated)
        match difference.verdict:
            case Verdict.STALE:
                code, text = "stale-value", f"{stored} is stored, and the formula gives {now}"
            case Verdict.NEW:
                code, text = "never-calculated", "the formula has no value; calculated it is " + now
            case Verdict.UNSURE | Verdict.KEPT:
                code, text = "unconfirmed-value", f"no engine gives the stored {stored}"
            case _:
                continue
        yield Finding(code, sheet, named(position), text, key)


def _errors(book: Audited) -> Iterator[Finding]:
    """Yield the cells where errors begin, those that hide one, and those that read one unseen."""
    for sheet, values in book.values.items():
        for position, value in values.items():
            place = (sheet, position)
            formula = book.formulas.get(place)
            if isinstance(value, CellError):
                called = {call.name.upper() for call in calls(formula or "")}
                if formula is None or not (called & _MEANT or _reads_error(book, sheet, formula)):
                    key = book.relative.get(place, book.label(sheet, position))
                    yield Finding(
                        "error-value", sheet, named(position), f"{value.code} is shown", key
                    )
            elif formula is not None and _reads_error(book, sheet, formula):
                hides = {call.name.upper() for call in calls(formula)} & _HIDING
                code = "masked-error" if hides else "second-degree-error"
                what = f"{min(hides)} hides an error" if hides else "it reads a cell with an error"
                yield Finding(code, sheet, named(position), what, book.relative[place])


def _reads_error(book: Audited, sheet: str, formula: str) -> bool:
    """Whether a formula names a single cell that shows an error."""
    for reference in references(formula):
        if reference.area and ":" not in reference.area:
            found = range_of(reference.area, reference.sheets or sheet)
            values = book.values.get(found.sheet, {})
            if isinstance(values.get((found.top, found.left)), CellError):
                return True
    return False


def _texts(book: Audited) -> Iterator[Finding]:
    """Yield numbers that are texts among the numbers of a column; a heading above them is none."""
    for sheet, values in book.values.items():
        for (row, column), value in book.constants(sheet).items():
            if not isinstance(value, str) or not _NUMBER.fullmatch(value):
                continue
            above, below = (type(values.get((row + step, column))) is float for step in (-1, 1))
            if above or (below and row in book.rows_with_numbers(sheet)):
                text = f'"{value.strip()}" is a text, and numbers stand beside it'
                key = book.label(sheet, (row, column)) or value
                yield Finding("text-number", sheet, named((row, column)), text, key)


def _validations(book: Audited) -> Iterator[Finding]:
    for cell in book.model.cells.values():
        if cell.value is None or not cell.validations or cell.name not in book.model.inputs:
            continue
        if text := _refused(book, cell):
            yield Finding("outside-validation", cell.sheet, named(cell.position), text, cell.name)


def _refused(book: Audited, cell: NamedCell) -> str:
    """Return why the rules of a cell refuse its own value; empty if they do not."""
    for rule in cell.validations:
        if rule.literal and (said := refusal(cell, rule, cell.value, literal_operands(rule))):
            return " ".join(said.split())
    refused = book.model.refusal({cell.name: cell.value})
    return " ".join(refused.sentence.split()) if refused is not None else ""
