"""What Excel is told to refuse where a number of a quantity is entered."""

import io

import openpyxl
import pytest

from tests.built import built
from xlcalc.author.book import Book
from xlcalc.author.layout import Page, validate_number
from xlcalc.dialects import Form
from xlcalc.quantities import Quantity
from xlcalc.templates import PORTABLE_ONLY, TEMPLATES


def rule_for(quantity):
    page = Page(Book("A book", "a command"), "Sheet", (2, 30), "Title", "")
    validate_number(page, page.put(page.row, 2, 1), "Rate", quantity)
    [sheet] = openpyxl.load_workbook(io.BytesIO(page.book.to_bytes())).worksheets
    [rule] = sheet.data_validations.dataValidation
    return rule.type, rule.operator, rule.formula1, rule.formula2, rule.error


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (
            Quantity("x", at_least=0, at_most=1),
            ("decimal", "between", "0", "1", "Rate must be between 0 and 1."),
        ),
        (
            Quantity("x", above=0, at_most=1),
            ("decimal", "between", "1e-09", "1", "Rate must be above 0, and at most 1."),
        ),
        (
            Quantity("x", above=0),
            ("decimal", "greaterThan", "0", None, "Rate must be above 0."),
        ),
        (
            Quantity("x", at_least=2, whole=True),
            ("whole", "greaterThanOrEqual", "2", None, "Rate must be at least 2."),
        ),
        (
            Quantity("x", at_most=3),
            ("decimal", "lessThanOrEqual", "3", None, "Rate must be at most 3."),
        ),
        (
            Quantity("x"),
            (
                "decimal",
                "between",
                "-9.99999999999999e+307",
                "9.99999999999999e+307",
                "Rate must be a number.",
            ),
        ),
    ],
    ids=lambda value: value.domain if isinstance(value, Quantity) else "",
)
def test_excel_refuses_what_a_quantity_does_and_says_its_bounds(quantity, expected):
    assert expected == rule_for(quantity)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in TEMPLATES if name not in PORTABLE_ONLY])
def test_each_bound_of_a_validation_is_one_that_excel_can_read(name):
    book = openpyxl.load_workbook(io.BytesIO(built(name, Form("udf"))))
    rules = [rule for sheet in book.worksheets for rule in sheet.data_validations.dataValidation]
    assert rules
    assert [] == [
        (rule.sqref, bound)
        for rule in rules
        for bound in (rule.formula1, rule.formula2)
        if bound is not None and "inf" in bound.lower()
    ]
