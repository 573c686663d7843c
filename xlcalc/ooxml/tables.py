"""Which tables does a workbook have, and which cells are theirs?"""

from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import box_of


def tables(package: Package) -> dict[str, tuple[str, tuple[int, int, int, int]]]:
    """Return sheet, left, top, right and bottom of each table, by its name in lower case.

    The header and the row of totals are among the cells.

    Raises
    ------
    WorkbookError
        If a table is damaged.
    """
    found = {}
    for sheet, part in package.sheets.items():
        for kind, target in package.relations(part).values():
            if kind == "table" and package.has(target):
                table = package.xml(target)
                name = table.get("displayName") or table.get("name") or ""
                found[name.lower()] = sheet, box_of(table.get("ref", ""))
    return found
