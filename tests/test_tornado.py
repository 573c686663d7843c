"""Tables of drivers: are they ordered by their swing, live?"""

import io

import openpyxl
import pytest

from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.calc.model import WorkbookModel
from xlcalc.templates.parts.tornado import Driver, tornado_chart, tornado_tables


@pytest.fixture(scope="module")
def model():
    """A result of price × count + 10, that counts and prices move."""
    book = Book("A tornado", "nothing")
    page = Page(book, "Sensitivity", (2, 30, *(12,) * 8), "Sensitivity", "What moves it most.")
    for place, (name, value) in enumerate((("price", 2), ("count", 50), ("fixed", 10)), start=4):
        page.put(place, 2, name)
        book.define(name, page.sheet, page.put(place, 3, value))
    book.define("result", page.sheet, page.put(7, 3, "=price*count+fixed"))
    page.row = 9
    made = tornado_tables(
        page,
        (
            Driver("Fixed", "=fixed-10", "=fixed+10", "0", "=result-10", "=result+10"),
            Driver("Price", "=price-1", "=price+1", "0.0", "=result-count", "=result+count"),
            Driver("Count", "=count-5", "=count+5", "0", "=result-5*price", "=result+5*price"),
        ),
        "result",
    )
    tornado_chart(page, "B25:H40", made, "What moves the result")
    page.finish()
    return WorkbookModel(book.to_bytes(), "tornado.xlsx")


def ordered(model, settings):
    data = io.BytesIO(model.to_bytes(model.evaluate(settings)))
    rows = openpyxl.load_workbook(data, data_only=True)["Sensitivity"].iter_rows(values_only=True)
    return [tuple(row[1:9]) for row in rows][15:18]


def test_drivers_stand_in_the_order_of_their_swing(model):
    assert [
        ("Price: 1.0 – 3.0", 1, 2, 60, 160, 100, -50, 50),
        ("Fixed: 0 – 20", 2, 1, 100, 120, 20, -10, 10),
        ("Count: 45 – 55", 3, 3, 100, 120, 20, -10, 10),
    ] == ordered(model, {})
