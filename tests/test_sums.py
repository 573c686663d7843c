"""Totals that add the rows above them: a spare row before each, and a check of its own."""

from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.calc.model import WorkbookModel
from xlcalc.templates.parts.checks import checks_page
from xlcalc.templates.parts.figures import Group, Line, figures_page
from xlcalc.templates.parts.sums import first_summed
from xlcalc.templates.parts.tables import Row, Timeline

ROWS = (
    Row("rent", "Rent", "USD", "={rent.prev}+1", opening=10),
    Row("power", "Power", "USD", "=2", opening=5),
    Row("net", "Net", "USD", "={rent.sum}", opening="={rent.sum}", total="sum", emphasis=True),
    Row("double", "Double", "USD", "={net}*2"),
)


def timeline() -> tuple[Book, Timeline]:
    book = Book("A book", "none")
    page = Page(book, "Monthly", (2, *(20,) * 7), "Monthly", "By month.")
    table = Timeline(page, 3)
    table.section("Costs", ROWS)
    checks_page(book, ())
    return book, table


def values(book: Book, *cells: str) -> list[object]:
    book.settle()
    model = WorkbookModel(book.to_bytes(), "a book")
    model.evaluate()
    places = {cell: book.workbook["Monthly"][cell] for cell in cells}
    return [model.engine.value("Monthly", (c.row, c.column)) for c in places.values()]


def holds(book: Book) -> object:
    return WorkbookModel(book.to_bytes(), "a book").evaluate().values["checks_hold"]


def test_a_row_over_periods_adds_the_rows_from_one_on_and_its_opening_too():
    book, table = timeline()
    # 10 + 5 before; then 11 + 2, 12 + 2, 13 + 2, doubled below.
    assert "H" == table.cell("net", -1).column_letter
    net, double = table.cell("net", 0).row, table.cell("double", 0).row
    cells = [f"{letter}{net}" for letter in "EFGH"]
    assert [15, 13, 14, 15, 26] == values(book, *cells, f"F{double}")
    assert holds(book) is True


def test_what_stands_in_the_spare_row_of_a_period_is_in_its_total():
    book, table = timeline()
    spare = table.cell("net", 0).row - 1
    assert (
        "Spare row: what is inserted above it is added up."
        == book.sheet("Monthly").cell(spare, 4).value
    )
    book.sheet("Monthly")[f"G{spare}"] = 100
    assert [114] == values(book, f"G{spare + 1}")
    assert holds(book) is True


def test_a_total_of_periods_that_leaves_a_row_out_fails_its_check():
    book, table = timeline()
    row = table.cell("net", 0).row
    book.sheet("Monthly")[f"G{row}"] = f"=SUM(G{row - 2}:G{row - 1})"
    assert holds(book) is False


def test_a_sum_within_a_longer_formula_has_a_spare_row_and_no_check():
    lines = (
        Line("Rent", 2.0, "USD", "rent", "An input."),
        Line("With a reserve", "={rent.sum}*2", "USD", "reserved", "Twice."),
    )
    book = Book("A book", "none")
    figures_page(book, "Calculation", "Figures.", [Group("All", lines)], editable=False)
    book.settle()
    assert [] == book.totals
    assert "=SUM(C6:C7)*2" == book.sheet("Calculation")["C8"].value


def test_a_formula_says_from_which_row_on_it_adds():
    assert "rent" == first_summed("=1+{rent.sum}")
    assert "" == first_summed("={rent.prev}+rent")
    assert "" == first_summed(12.0)
