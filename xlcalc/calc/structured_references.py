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
from dataclasses import dataclass

from xlcalc.calc.relative_names import RelativeNames
from xlcalc.formula_text import TEXT
from xlcalc.ooxml.edits import map_cell_formulas
from xlcalc.ooxml.literals import text_of_xml
from xlcalc.ooxml.markup import Position, column_letters, whole_number
from xlcalc.ooxml.names import defined_names
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import box_of

_INNER = r"\[(?:[^\[\]']|'.)*\]"
_REFERENCE = re.compile(
    rf"(?P<passed>{TEXT}|'(?:[^']|'')*')"
    rf"|(?P<table>(?<![\w.\\'\]])[^\W\d][\w.\\]*)?(?P<columns>\[(?:[^\[\]']|'.|{_INNER})*\])",
    re.DOTALL,
)
_PART = re.compile(rf"({_INNER})|[^\[\]]+", re.DOTALL)
_ITEMS = {"#all", "#data", "#headers", "#totals", "#this row"}


@dataclass(frozen=True)
class Table:
    """A table of a workbook.

    Attributes
    ----------
    sheet, name : str
        Where it stands, and its name in small letters.
    left, top, right, bottom : int
        Its cells, the header and the row of totals among them.
    columns : tuple of str
        The headings, in small letters.
    header, totals : int
        Rows above and below the data.
    """

    sheet: str
    name: str
    left: int
    top: int
    right: int
    bottom: int
    columns: tuple[str, ...]
    header: int
    totals: int

    def holds(self, sheet: str, position: Position) -> bool:
        """Whether a cell belongs to the table."""
        row, column = position
        inside = self.left <= column <= self.right and self.top <= row <= self.bottom
        return sheet == self.sheet and inside

    def rows(self, items: set[str], row: int) -> tuple[int, int] | None:
        """Return the first and the last row of some parts of the table; None if it has none."""
        first, last = self.top + self.header, self.bottom - self.totals
        if "#this row" in items:
            return (row, row) if first <= row <= last else None
        if "#all" in items:
            return self.top, self.bottom
        if "#headers" in items:
            last = last if "#data" in items else first - 1
            first = self.top
        if "#totals" in items:
            first = first if "#data" in items else last + 1
            last = self.bottom
        return (first, last) if first <= last else None


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
        self._tables: list[Table] = []
        for sheet, part in package.sheets.items():
            for kind, target in package.relations(part).values():
                if kind == "table" and package.has(target):
                    self._tables.append(_read(package, sheet, target))
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


def _read(package: Package, sheet: str, part: str) -> Table:
    table = package.xml(part)
    left, top, right, bottom = box_of(table.get("ref", ""))
    columns = [e for e in table.iter() if e.tag.rpartition("}")[2] == "tableColumn"]
    return Table(
        sheet,
        (table.get("displayName") or table.get("name") or "").lower(),
        left,
        top,
        right,
        bottom,
        tuple(_heading(text_of_xml(column.get("name", ""))) for column in columns),
        whole_number(table.get("headerRowCount", "1")),
        whole_number(table.get("totalsRowCount", "0")),
    )


def _heading(text: str) -> str:
    """Return a heading as it is compared: the kind of a line break does not count, nor case."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lower()


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
    headings = [_heading(re.sub(r"'(.)", r"\1", name, flags=re.DOTALL)) for name in names]
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
