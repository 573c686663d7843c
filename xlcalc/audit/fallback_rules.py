"""Which formulas show what IFERROR or IFNA falls back to, as their own calculation fails?

The part inside is calculated beside the workbook. A formula that reads a cell with an error is told
elsewhere, and one whose value cannot be the fallback is not calculated again.
"""

from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named
from xlcalc.calc.dependents import Place
from xlcalc.calc.rule_formulas import Undecided
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import WorkbookError
from xlcalc.formula_text import Call, bare_name

_HIDING = {"IFERROR", "IFNA"}
_MOST = 500
"""Formulas of a workbook that are calculated again."""


def fallback_findings(book: Audited) -> Iterator[Finding]:
    """Yield formulas that show a fallback, and the error that it stands for."""
    asked = 0
    told: set[tuple[str, str]] = set()
    for place, calls in book.calls.items():
        sheet, position = place
        found = book.model.formulas[sheet][position]
        value = book.values[sheet].get(position)
        if found.kind not in {"normal", "shared"} or isinstance(value, CellError):
            continue
        key = book.relative[place]
        for call in calls:
            if bare_name(call.name) not in _HIDING or len(call.arguments) != 2:
                continue
            if asked == _MOST or (sheet, key) in told or not _may_be_shown(book, place, call):
                continue
            asked += 1
            start, end = call.arguments[0]
            inside = book.plain[place][start:end]
            hidden = _value(book, place, inside)
            if isinstance(hidden, CellError) and _hides(call, hidden):
                told.add((sheet, key))
                text = f"{bare_name(call.name)} hides {hidden.code} of {inside.strip():.60}"
                yield Finding("fallback-shown", sheet, named(position), text, key)


def _value(book: Audited, place: Place, text: str) -> CellValue:
    """Return what a part of a formula gives in its cell; None if no engine says so."""
    try:
        return book.model.part_value(place, text)
    except (Undecided, WorkbookError):
        return None


def _hides(call: Call, error: CellError) -> bool:
    return bare_name(call.name) == "IFERROR" or error.code == "#N/A"


def _may_be_shown(book: Audited, place: Place, call: Call) -> bool:
    """Whether a fallback can be what a cell shows, if it is a constant and all of the formula."""
    text, value = book.plain[place], book.values[place[0]].get(place[1])
    if (call.start, call.end) != (0, len(text)):
        return True
    fallback = text[call.arguments[1][0] : call.arguments[1][1]].strip()
    if fallback.startswith('"') and fallback.endswith('"') and fallback.count('"') == 2:
        return (value or "") == fallback[1:-1]
    try:
        return type(value) is float and value == float(fallback)
    except ValueError:
        return True
