"""Which what-if data tables are torn: without an input, an axis, a formula or values?

A data table is one cell with the range that it fills and the cells of its inputs. The values to
try stand before and above the range, the formula in the corner or, with one input, beside the
values.
"""

import re
from collections.abc import Iterator, Mapping

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named
from xlcalc.ooxml.data_tables import DataTable, data_tables
from xlcalc.ooxml.markup import Position

_CALL = re.compile(r"\s*\{?TABLE\(([^()]*)\)\}?\s*", re.IGNORECASE)
_MOST = 100_000


def data_table_findings(book: Audited) -> Iterator[Finding]:
    """Yield data tables that lack a part, and calls of TABLE, which is no function."""
    for sheet, part in book.package.sheets.items():
        for table in data_tables(book.package.part(part)):
            left, top, right, bottom = table.box
            area = Range(sheet, top, left, bottom, right)
            lacking = _lacking(table, area, book.values[sheet], book)
            if lacking:
                text = f"the data table {named((top, left))}:{named((bottom, right))} {lacking}"
                yield Finding("torn-data-table", sheet, named(table.position), text, table.ref)
    for (sheet, position), formula in book.formulas.items():
        if _CALL.fullmatch(formula):
            text = f"={formula:.60} is no data table: Excel knows no function TABLE"
            yield Finding("torn-data-table", sheet, named(position), text, formula)


def _lacking(
    table: DataTable, area: Range, values: Mapping[Position, object], book: Audited
) -> str:
    """Return what a data table lacks; empty if it is whole."""
    wanted = 2 if table.both else 1
    if table.deleted or len(table.inputs) < wanted:
        return "has lost the cell of an input"
    if table.position != (area.top, area.left):
        return f"does not begin at {named(table.position)}, which has it"
    if area.top == 1 or area.left == 1:
        return "has no room for the values that it tries"
    down = [(row, area.left - 1) for row in range(area.top, area.bottom + 1)]
    across = [(area.top - 1, column) for column in range(area.left, area.right + 1)]
    corner = [(area.top - 1, area.left - 1)] if table.both else []
    for cell in (*corner, *down, *across):
        if values.get(cell) is None and cell not in book.model.formulas[area.sheet]:
            return f"has nothing in {named(cell)}, where a value to try or a formula stands"
    if area.size[0] * area.size[1] <= _MOST:
        empty = [cell for cell in area.cells() if values.get(cell) is None]
        if empty:
            return f"has no value in {named(empty[0])}, and opens blank there"
    return ""
