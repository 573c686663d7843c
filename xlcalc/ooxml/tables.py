"""Which tables does a workbook have, and which cells are theirs?"""

from xlcalc.ooxml.markup import whole_number
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


def table_columns(
    package: Package,
) -> dict[tuple[str, str], tuple[str, tuple[int, int, int, int]]]:
    """Return sheet, left, top, right and bottom of what stands below each heading of a table.

    Parameters
    ----------
    package : Package
        The workbook.

    Returns
    -------
    dict
        By the names of table and column in lower case; a column without a name is the whole table
        without its header and its row of totals.

    Raises
    ------
    WorkbookError
        If a table is damaged.
    """
    found = {}
    for sheet, part in package.sheets.items():
        for kind, target in package.relations(part).values():
            if kind != "table" or not package.has(target):
                continue
            table = package.xml(target)
            name = (table.get("displayName") or table.get("name") or "").lower()
            left, top, right, bottom = box_of(table.get("ref", ""))
            top += whole_number(table.get("headerRowCount", "1"))
            bottom -= whole_number(table.get("totalsRowCount", "0"))
            found[name, ""] = sheet, (left, top, right, bottom)
            columns = [e for e in table.iter() if e.tag.rpartition("}")[2] == "tableColumn"]
            for number, column in enumerate(columns):
                place = left + number
                found[name, column.get("name", "").lower()] = sheet, (place, top, place, bottom)
    return found
