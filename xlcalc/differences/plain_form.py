"""How does a workbook read as a text that `git diff` compares line by line?

A line each for sheets, links, names, data validations and cells, as `Plan!C3 = B3*$B$1 -> 257.5`.
Nothing is calculated: the values are those that the file stores, to the 15 digits that Excel shows.
The same workbook is the same text, whatever its file is called.
"""

import hashlib
import json
from collections.abc import Iterator

from xlcalc.calc.differences import shown
from xlcalc.cells import CellValue
from xlcalc.differences.sides import VISIBLE, Sheet, Side
from xlcalc.ooxml.markup import cell_name
from xlcalc.ooxml.package import Package
from xlcalc.plain_texts import in_a_line


def plain_form(package: Package) -> str:
    """Return a workbook as lines of text.

    Raises
    ------
    WorkbookError
        If it cannot be read.
    """
    return "".join(f"{in_a_line(line)}\n" for line in _lines(Side(package)))


def _lines(side: Side) -> Iterator[str]:
    for sheet in side.sheets.values():
        yield f"sheet {sheet.name}" + (f" ({sheet.state})" if sheet.state != VISIBLE else "")
    for number, link in enumerate(side.links, start=1):
        yield f"link [{number}] {link}"
    if side.macros:
        yield f"macros {hashlib.sha256(side.macros).hexdigest()}"
    for (scope, _), one in sorted(
        side.names.items(), key=lambda item: (item[0][1], item[0][0] or "")
    ):
        yield f"name {one.name}{f' on {one.scope}' if scope else ''} = {one.text}"
    for sheet in side.sheets.values():
        yield from _rules(sheet)
        yield from _cells(sheet)


def _rules(sheet: Sheet) -> Iterator[str]:
    for rule in sheet.rules:
        for left, top, right, bottom in rule.boxes:
            first, last = cell_name((top, left)), cell_name((bottom, right))
            area = first if first == last else f"{first}:{last}"
            how = "" if rule.strict else " (warning)" if rule.warns else " (not enforced)"
            operator = "" if rule.kind in {"list", "custom", "none"} else f" {rule.operator}"
            yield f"rule {sheet.name}!{area} {rule.kind}{operator} {', '.join(rule.formulas)}{how}"


def _cells(sheet: Sheet) -> Iterator[str]:
    for position in sheet.cells:
        place = f"{sheet.name}!{cell_name(position)}"
        value = _text(sheet.values.get(position))
        formula = sheet.formulas.get(position)
        if formula is None:
            yield f"{place} -> {value}" if position in sheet.spills else f"{place} = {value}"
            continue
        text = {"array": f"{{{formula.text}}}", "dataTable": "{what-if data table}"}
        yield f"{place} = {text.get(formula.kind, formula.text)} -> {value}"


def _text(value: CellValue) -> str:
    """Return a value on one line, whatever line breaks and quotation marks a text has."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else shown(value)
