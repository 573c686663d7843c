"""Which workbook does a finance team give to its departments?

`python make_template.py FILE` writes a budget whose table `Items` has a row for each line of
spending. Named cells beside the table are inputs; formulas above it are results.
"""

import sys

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn, TableFormula, TableStyleInfo

import xlcalc

BOLD = Font(bold=True)
INPUT = PatternFill("solid", fgColor="FFFFE5")
COLUMNS = ("item", "units", "price", "cost")
FIRST = 11
"""The row of the table's headings."""


def build() -> Workbook:
    """Return the template with one example item."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Budget"
    lines = (
        ("Department", "department", "Research", "@"),
        ("Contingency, a share", "contingency", 0.1, "0%"),
        ("Approved, USD", "approved", 500_000, "#,##0"),
        ("Items, USD", "items_cost", "=SUM(Items[cost])", "#,##0"),
        ("With contingency, USD", "total", "=items_cost*(1+contingency)", "#,##0"),
        ("Left, USD", "left_over", "=approved-total", "#,##0"),
        ("Within what is approved", "within", "=left_over>=0", "General"),
    )
    sheet["A1"] = "Compute budget"
    sheet["A1"].font = Font(bold=True, size=14)
    for row, (label, name, content, form) in enumerate(lines, start=2):
        sheet.cell(row, 1, label)
        cell = sheet.cell(row, 2, content)
        cell.number_format = form
        if not str(content).startswith("="):
            cell.fill = INPUT
        book.defined_names[name] = DefinedName(name, attr_text=f"Budget!$B${row}")
    add_items(sheet)
    limit(sheet, "B3", 0, 1)
    limit(sheet, f"B{FIRST + 1}:C{FIRST + 1}", 0, 1e9)
    for column, width in zip("ABCD", (28, 14, 12, 14), strict=True):
        sheet.column_dimensions[column].width = width
    return book


def add_items(sheet) -> None:
    """Add the table of items, whose cost is a formula that each new row gets."""
    for column, title in enumerate(COLUMNS, start=1):
        sheet.cell(FIRST, column, title).font = BOLD
    formula = "Items[[#This Row],[units]]*Items[[#This Row],[price]]"
    for column, value in enumerate(("GPU-hours", 1000, 2.5, f"={formula}"), start=1):
        cell = sheet.cell(FIRST + 1, column, value)
        cell.number_format = "@" if column == 1 else "#,##0.00" if column == 3 else "#,##0"
    table = Table(
        displayName="Items",
        ref=f"A{FIRST}:D{FIRST + 1}",
        tableStyleInfo=TableStyleInfo(name="TableStyleMedium2", showRowStripes=True),
    )
    table.tableColumns = [
        TableColumn(id=number, name=name) for number, name in enumerate(COLUMNS, start=1)
    ]
    table.tableColumns[-1].calculatedColumnFormula = TableFormula(attr_text=formula)
    sheet.add_table(table)


def limit(sheet, cells: str, least: float, most: float) -> None:
    """Let cells take numbers between two bounds alone."""
    rule = DataValidation(
        type="decimal",
        operator="between",
        formula1=f"{least:g}",
        formula2=f"{most:.0f}",
        showErrorMessage=True,
    )
    rule.add(cells)
    sheet.add_data_validation(rule)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python make_template.py FILE")
    path = sys.argv[1]
    build().save(path)
    xlcalc.load(path).recalculate(path)
