"""Inputs that no formula reads: which are told, and how often."""

import subprocess
import sys

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from tests.workbooks import name_cells, small_workbook, to_bytes
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.unread_inputs import unread

NAMES = {"size": "A1", "spare": "A2", "title": "A3", "twice": "B1"}
CELLS = {"A1": 2.0, "A2": 3.0, "A3": "a note", "B1": "=A1*2"}


def told(cells, names=NAMES):
    return unread(WorkbookModel(small_workbook(cells, names), "own.xlsx"), names.keys() - {"twice"})


def test_a_number_that_no_formula_reads_is_told_by_name_and_a_note_is_not():
    assert ["no formula of own.xlsx reads spare (Sheet!A2)"] == told(CELLS)
    assert [] == told(CELLS | {"B2": "=SUM(A1:A2)"})
    assert [] == told(CELLS | {"B2": "=spare+1"})


@pytest.mark.parametrize("formula", ['=INDIRECT("A"&A1)', "=OFFSET(A1,1,0)"])
def test_what_may_be_read_by_its_place_is_told_with_that(formula):
    assert [
        "no formula of own.xlsx reads spare (Sheet!A2), but one with OFFSET or INDIRECT may"
    ] == told(CELLS | {"B2": formula})


def test_a_choice_of_a_list_is_no_note_and_an_empty_cell_is_one():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["C1"] = "H100", "=A9"
    rule = DataValidation(type="list", formula1='"H100,A100"')
    book.active.add_data_validation(rule)
    rule.add("A1")
    name_cells(book, {"gpu": "A1", "empty": "B1"})
    model = WorkbookModel(to_bytes(book), "own.xlsx")
    assert ["no formula of own.xlsx reads gpu (Sheet!A1)"] == unread(model, ["gpu", "empty"])


@pytest.mark.slow
def test_commands_tell_it_once_and_go_on(tmp_path):
    book = tmp_path / "own.xlsx"
    book.write_bytes(small_workbook(CELLS, NAMES))
    (tmp_path / "runs.csv").write_text("scenario,size,spare\na,1,1\nb,2,2\nc,3,3\n")
    for command in (
        ["run", str(book), "--set", "spare=9"],
        ["batch", str(book), str(tmp_path / "runs.csv"), "-o", str(tmp_path / "out")],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", *command],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert 0 == done.returncode
        assert 1 == done.stderr.count(f"no formula of {book} reads spare (Sheet!A2)")
        assert "size" not in done.stderr
