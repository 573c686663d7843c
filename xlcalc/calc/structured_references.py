"""Which cells does a structured reference name, such as Plan[budget] or [@price]?

Engines differ on them. So they get formulas that name the cells themselves: in row 5 of a table
whose columns a and b are A and B, with data from row 2 to 9,

    SUM(Plan[a])                   SUM('S'!$A$2:$A$9)
    Plan[[#This Row],[a]:[b]]      'S'!$A5:$B5
    [@b]                           'S'!$B5
    Plan[[#Totals],[b]]            'S'!$B$10

A reference that names no table, or no column of it, stays as it is.
"""

import re

from xlcalc.calc.relative_names import RelativeNames
from xlcalc.formula_text import TEXT
from xlcalc.ooxml.edits import map_cell_formulas
from xlcalc.ooxml.markup import Position, column_letters
from xlcalc.ooxml.names import defined_names
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.tables import Table, heading_of, read_tables

_INNER = r"\[(?:[^\[\]']|'.)*\]"
_REFERENCE = re.compile(
    rf"(?P<passed>{TEXT}|'(?:[^']|'')*')"
    rf"|(?P<table>(?<![\w.\\'\]])[^\W\d][\w.\\]*)?(?P<columns>\[(?:[^\[\]']|'.|{_INNER})*\])",
    re.DOTALL,
)
_PART = re.compile(rf"({_INNER})|[^\[\]]+", re.DOTALL)
_ITEMS = {"#all", "#data", "#headers", "#totals", "#this row"}


class StructuredReferences:
    """The structured references of a workbook.

    Parameters
    ----------
    package : Package
        The workbook.

    Raises
    ------
    WorkbookError
        If a table is damaged.
    """

    def __init__(self, package: Package) -> None:
        self._tables = read_tables(package)
        self._by_name = {table.name: table for table in self._tables}

    def __bool__(self) -> bool:
        return bool(self._tables)

    def plain(self, formula: str, sheet: str, position: Position) -> str:
        """Return a formula that names the cells in place of the columns of tables.

        Parameters
        ----------
        formula : str
            A formula, without `=`.
        sheet, position : str and (int, int)
            The cell in which it stands.
        """

        def changed(found: re.Match[str]) -> str:
            columns = found["columns"]
            if columns is None:
                return found[0]
            table = self._table(found["table"], sheet, position)
            return (table and _cells(table, columns[1:-1], position[0])) or found[0]

        return _REFERENCE.sub(changed, formula) if "[" in formula else formula

    def _table(self, name: str | None, sheet: str, position: Position) -> Table | None:
        if name:
            return self._by_name.get(name.lower())
        return next((table for table in self._tables if table.holds(sheet, position)), None)


def with_plain_references(package: Package) -> Package:
    """Return a workbook whose formulas name cells in place of columns of tables and of names.

    Of names, those that stand for other cells in each formula.

    Raises
    ------
    WorkbookError
        If a table is damaged.
    """
    references, names = StructuredReferences(package), RelativeNames(defined_names(package))
    if not references and not names:
        return package
    package = package.copy()
    for sheet, part in package.sheets.items():
        data = package.part(part)

        def plain(position: Position, formula: str, sheet: str = sheet) -> str:
            return references.plain(names.plain(formula, sheet, position), sheet, position)

        package.replace(part, map_cell_formulas(data, plain))
    return package


def _cells(table: Table, inside: str, row: int) -> str | None:
    """Return the cells that the text in the brackets names; None if it names none."""
    items: set[str] = set()
    if inside.startswith("@"):
        items.add("#this row")
        inside = inside[1:]
    names: list[str] = []
    if not inside.startswith("["):
        simple = inside.strip()
        if simple.lower() in _ITEMS:
            items.add(simple.lower())
        elif simple:
            names.append(simple)
    else:
        for part in _PART.finditer(inside):
            text = (part[1] or "")[1:-1]
            if part[1] is None:
                # XlsxWriter leaves the brackets out: [[#This Row],price].
                between = part[0].strip().lstrip(",:").strip()
                names += [between] if between else []
            elif text.strip().lower() in _ITEMS:
                items.add(text.strip().lower())
            else:
                names.append(text)
    headings = [heading_of(re.sub(r"'(.)", r"\1", name, flags=re.DOTALL)) for name in names]
    if len(headings) > 2 or any(heading not in table.columns for heading in headings):
        return None
    places = [table.left + table.columns.index(heading) for heading in headings]
    left, right = (min(places), max(places)) if places else (table.left, table.right)
    rows = table.rows(items, row)
    if rows is None:
        return None
    dollar = "" if "#this row" in items else "$"
    first = f"${column_letters(left)}{dollar}{rows[0]}"
    last = f"${column_letters(right)}{dollar}{rows[1]}"
    quoted = "'" + table.sheet.replace("'", "''") + "'"
    return f"{quoted}!{first}" + ("" if first == last else f":{last}")
