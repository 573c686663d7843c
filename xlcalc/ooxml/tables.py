"""Which tables does a workbook have, and which cells are theirs?"""

from dataclasses import dataclass
from typing import TypeAlias

from xlcalc.ooxml.literals import text_of_xml
from xlcalc.ooxml.markup import Position, whole_number
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import box_of

Area: TypeAlias = tuple[str, tuple[int, int, int, int]]
"""A sheet, and left, top, right and bottom of cells of it."""


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
    title, headings : str and tuple of str
        Its name and the headings as a person wrote them.
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
    title: str = ""
    headings: tuple[str, ...] = ()

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


def read_tables(package: Package) -> list[Table]:
    """Return the tables of a workbook, sheet by sheet.

    Raises
    ------
    WorkbookError
        If a table is damaged.
    """
    return [
        _read(package, sheet, target)
        for sheet, part in package.sheets.items()
        for kind, target in package.relations(part).values()
        if kind == "table" and package.has(target)
    ]


def tables(package: Package) -> dict[str, Area]:
    """Return the cells of each table, by its name in lower case.

    The header and the row of totals are among the cells.

    Raises
    ------
    WorkbookError
        If a table is damaged.
    """
    return {
        table.name: (table.sheet, (table.left, table.top, table.right, table.bottom))
        for table in read_tables(package)
    }


def table_columns(package: Package) -> dict[tuple[str, str], Area]:
    """Return the cells that stand below each heading of a table.

    Parameters
    ----------
    package : Package
        The workbook.

    Returns
    -------
    dict
        By the name of the table in lower case and `heading_of` the column; a column without a name
        is the whole table without its header and its row of totals.

    Raises
    ------
    WorkbookError
        If a table is damaged.
    """
    found: dict[tuple[str, str], Area] = {}
    for table in read_tables(package):
        top, bottom = table.top + table.header, table.bottom - table.totals
        found[table.name, ""] = table.sheet, (table.left, top, table.right, bottom)
        for column, heading in enumerate(table.columns, start=table.left):
            found[table.name, heading] = table.sheet, (column, top, column, bottom)
    return found


def heading_of(text: str) -> str:
    """Return a heading as it is compared: the kind of a line break does not count, nor case."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lower()


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
        tuple(heading_of(text_of_xml(column.get("name", ""))) for column in columns),
        whole_number(table.get("headerRowCount", "1")),
        whole_number(table.get("totalsRowCount", "0")),
        table.get("displayName") or table.get("name") or "",
        tuple(text_of_xml(column.get("name", "")) for column in columns),
    )
