"""TODAY and NOW, which are one moment for everything that a model calculates."""

import io
from datetime import datetime, timedelta, timezone

import openpyxl

from xlcalc.calc.model import WorkbookModel


def workbook(**formulas):
    book = openpyxl.Workbook()
    for place, formula in formulas.items():
        book.active[place] = formula
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_today_and_now_are_those_of_the_model_in_its_time_zone():
    now = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=5)))
    model = WorkbookModel(workbook(A1="=TODAY()", A2="=NOW()", A3="=A2-A1"), "clock", now)
    # 46085 is 2026-03-04, and 18 o'clock is three quarters of a day.
    assert {(1, 1): 46085.0, (2, 1): 46085.75, (3, 1): 0.75} == model.evaluate().cached["Sheet"]


def test_every_calculation_of_a_model_has_the_same_moment():
    model = WorkbookModel(workbook(A1="=NOW()"), "clock")
    assert model.evaluate().cached == model.evaluate().cached
