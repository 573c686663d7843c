"""How many of its results each template's checks see, and how that is found out."""

import pytest

from tests.marks import thorough_but
from tools import check_power
from tools.check_power import FLOOR, NO_CHECKS, power, seen_results
from xlcalc import templates
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.calc.model import WorkbookModel
from xlcalc.templates.parts.checks import Check, checks_page
from xlcalc.templates.parts.figures import Group, Line, figures_page


def workbook(*checks: Check) -> WorkbookModel:
    """Return a workbook with a cost, its double, a zero, a text and a date, and some checks."""
    lines = (
        Line("Price", 2.0, "USD", "price", "An input."),
        Line("Cost", "=price*3", "USD", "cost", "A result."),
        Line("Twice", "=cost*2", "USD", "twice", "A result that follows."),
        Line("Nothing", "=price-2", "USD", "nothing", "A zero."),
        Line("Verdict", '=IF(cost>5,"dear","cheap")', "", "verdict", "A text."),
        Line("Day", "=DATE(2026,1,31)", "day", "day", "A date.", number_format="yyyy-mm-dd"),
    )
    book = Book("A book", "none")
    Page(book, "Cover", (2, 10), "A book", "For a test.")
    figures_page(book, "Calculation", "Figures.", [Group("All", lines)], editable=False)
    checks_page(book, checks)
    book.settle()
    return WorkbookModel(book.to_bytes(), "a book")


def check(figure: str, other: str) -> Check:
    return Check("A check", figure, "=", other, "0", "How.")


def test_a_result_is_seen_if_a_check_fails_for_it_and_others_go_on():
    seen = seen_results(workbook(check("=cost", "=price+price+price")))
    assert {"cost": True, "twice": False, "nothing": False, "day": False} == seen


def test_what_only_compares_two_results_that_move_together_sees_neither_of_their_source():
    assert seen_results(workbook(check("=twice", "=cost+cost"))) == {
        "cost": False,
        "twice": True,
        "nothing": False,
        "day": False,
    }


def test_a_zero_becomes_one_and_a_date_a_day_later():
    seen = seen_results(workbook(check("=nothing", "=0"), check("=DAY(day)", "=31")))
    assert {"cost": False, "twice": False, "nothing": True, "day": True} == seen


def test_a_workbook_whose_checks_fail_is_refused():
    with pytest.raises(ValueError, match="the checks of a book do not hold as it stands"):
        seen_results(workbook(check("=cost", "=price")))


def test_the_checks_of_the_training_budget_see_all_its_results():
    own = power("training_budget")
    assert 14 == len(own.seen)
    assert () == own.unseen


@pytest.mark.parametrize(
    "name", thorough_but({"training_budget"}, sorted(templates.TEMPLATES.keys() - NO_CHECKS))
)
def test_the_checks_of_every_template_see_nine_of_ten_results(name):
    own = power(name)
    assert FLOOR <= own.share, own.unseen


@pytest.mark.slow
@pytest.mark.thorough
def test_only_a_result_that_no_check_sees_has_a_reason_why():
    unseen = {(name, result) for name in templates.TEMPLATES.keys() - NO_CHECKS
              for result in power(name).unseen}  # fmt: skip
    assert check_power.UNSEEN.keys() <= unseen
