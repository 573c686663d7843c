"""Structured references, and the cells that they name."""

import io
import re

import pytest
import xlsxwriter

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.calc.structured_references import StructuredReferences
from xlcalc.ooxml.tables import table_columns, tables


def planned(formulas):
    """Return a workbook with the table Plan in B2:D5 of the sheet My plan, and formulas."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet, other = book.add_worksheet("My plan"), book.add_worksheet("Other")
    headings = ["item", "Price\n(EUR)", "count [#]"]
    sheet.add_table(
        "B2:D5",
        {
            "name": "Plan",
            "data": [["a", 2.0, 3.0], ["b", 5.0, 7.0]],
            "total_row": True,
            "columns": [
                {"header": headings[0], "total_string": "all"},
                {"header": headings[1]},
                {"header": headings[2], "total_function": "sum", "total_value": 10},
            ],
        },
    )
    for cell, formula in formulas.items():
        where = other if cell.startswith("O") else sheet
        where.write_formula(cell.removeprefix("O"), formula)
    book.close()
    return WorkbookModel(target.getvalue(), "own.xlsx")


@pytest.mark.parametrize(
    ("formula", "sheet", "position", "expected"),
    [
        ("SUM(Plan[Price\n(EUR)])", "Other", (1, 1), "SUM('My plan'!$C$3:$C$4)"),
        ("SUM(plan[PRICE\r\n(eur)])", "Other", (1, 1), "SUM('My plan'!$C$3:$C$4)"),
        ("Plan[[#This Row],[item]]", "My plan", (4, 6), "'My plan'!$B4"),
        ("[@item]&1", "My plan", (3, 4), "'My plan'!$B3&1"),
        ("[@[count '['#']]]", "My plan", (3, 4), "'My plan'!$D3"),
        ("[[#This Row],item]", "My plan", (3, 4), "'My plan'!$B3"),
        ("COUNTA(Plan[[item]:[count '['#']]])", "Other", (1, 1), "COUNTA('My plan'!$B$3:$D$4)"),
        ("Plan[[#Totals],[count '['#']]]", "Other", (1, 1), "'My plan'!$D$5"),
        ("ROWS(Plan[#All])", "Other", (1, 1), "ROWS('My plan'!$B$2:$D$5)"),
        ("ROWS(Plan[])", "Other", (1, 1), "ROWS('My plan'!$B$3:$D$4)"),
        ("Plan[[#Headers],[item]]", "Other", (1, 1), "'My plan'!$B$2"),
        ("ROWS(Plan[[#Headers],[#Data],[item]])", "Other", (1, 1), "ROWS('My plan'!$B$2:$B$4)"),
        # What names no table or no column, and what is a text or another workbook, stays.
        ("SUM(Nobody[item])", "Other", (1, 1), "SUM(Nobody[item])"),
        ("SUM(Plan[nothing])", "Other", (1, 1), "SUM(Plan[nothing])"),
        ('"Plan[item]"&[1]Sheet!A1', "Other", (1, 1), '"Plan[item]"&[1]Sheet!A1'),
        ("Plan[[#This Row],[item]]", "Other", (9, 1), "Plan[[#This Row],[item]]"),
    ],
)
def test_a_structured_reference_names_these_cells(formula, sheet, position, expected):
    references = StructuredReferences(planned({}).package)
    assert expected == references.plain(formula, sheet, position)


def test_the_cells_of_a_table_and_of_its_columns_are_known_by_name():
    package = planned({}).package.copy()
    part = "xl/tables/table1.xml"
    # A line break as Excel writes it.
    written = re.sub(rb"Price[^(]+\(", b"Price_x000a_(", package.part(part))
    assert 1 == written.count(b"_x000a_")
    package.replace(part, written)
    assert {"plan": ("My plan", (2, 2, 4, 5))} == tables(package)
    assert {
        ("plan", ""): ("My plan", (2, 3, 4, 4)),
        ("plan", "item"): ("My plan", (2, 3, 2, 4)),
        ("plan", "price\n(eur)"): ("My plan", (3, 3, 3, 4)),
        ("plan", "count [#]"): ("My plan", (4, 3, 4, 4)),
    } == table_columns(package)


def test_engines_agree_on_formulas_with_tables():
    formula = "=SUMPRODUCT(Plan[Price\n(EUR)],Plan[count '['#']])"
    done = recalculated(planned({"F3": formula, "F4": "=Plan[[#Totals],[count '['#']]]*2"}))
    cells = WorkbookModel(done.package, "again.xlsx").formulas["My plan"]
    # 2 × 3 + 5 × 7, and twice the total of the counts.
    assert (41.0, 20.0) == (cells[3, 6].value, cells[4, 6].value)
