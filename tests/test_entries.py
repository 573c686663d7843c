"""What may be typed into a named cell: the same alone, as in Excel, and in a list of scenarios."""

import csv

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from tests.workbooks import name_cells, to_bytes
from xlcalc.calc.model import WorkbookModel
from xlcalc.errors import InputValueError
from xlcalc.runs.config import load_batch
from xlcalc.runs.report import run_report

BETWEEN = {"operator": "between", "formula1": "1", "formula2": "9"}
RULES = [
    ({"type": "decimal", **BETWEEN}, (1, 9, 5.5), (0.999, 9.001, -5)),
    ({"type": "decimal", **BETWEEN, "operator": "notBetween"}, (0.999, 9.001), (1, 5, 9)),
    ({"type": "decimal", "operator": "greaterThan", "formula1": "1"}, (1.001, 1e9), (1, -1)),
    ({"type": "decimal", "operator": "greaterThanOrEqual", "formula1": "1"}, (1, 1e9), (0.999,)),
    ({"type": "decimal", "operator": "lessThan", "formula1": "9"}, (8.999, -1e9), (9, 1e9)),
    ({"type": "decimal", "operator": "lessThanOrEqual", "formula1": "9"}, (9, -1e9), (9.001,)),
    ({"type": "decimal", "operator": "equal", "formula1": "4"}, (4,), (3.999, 4.001)),
    ({"type": "decimal", "operator": "notEqual", "formula1": "4"}, (3.999, 4.001), (4,)),
    ({"type": "whole", **BETWEEN}, (1, 9, 4), (0, 10, 4.5)),
    ({"type": "whole", "operator": "greaterThan", "formula1": "3"}, (4,), (3, 3.5, 2)),
    ({"type": "list", "formula1": '"1,2.5,4"'}, (1, 2.5, 4), (0, 3, 5)),
    ({"type": "list", "formula1": "$C$1:$C$2"}, (1, 2.5), (0, 4)),
    ({"type": "decimal", "errorStyle": "warning", **BETWEEN}, (1, 9, 0, 10), ()),
]
NUMBERS = ["5", "5.0", "9e0", "10", "9.01", "-5", "1e999", "nan", "inf", "five", "TRUE", "1_0"]
WORDS = {"four": True, "FOUR": True, "2.5": True, "five": False, "": False}


@pytest.fixture(scope="module")
def book():
    """A workbook with a cell for each rule, and cells that start as another kind of value."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    names = {}
    rules = [(f"rule_{number}", 4.0, rule) for number, (rule, _, _) in enumerate(RULES)]
    rules += [("number", 4.0, BETWEEN | {"type": "decimal"}), ("free", 4.0, None)]
    rules += [("text", "words", BETWEEN | {"type": "decimal"})]
    rules += [("flag", True, BETWEEN | {"type": "decimal"})]
    rules += [("word", "four", {"type": "list", "formula1": "$C$1:$C$3"})]
    for row, (name, start, rule) in enumerate(rules, start=1):
        names[name] = f"A{row}"
        sheet.cell(row, 1, start)
        if rule is not None:
            validation = DataValidation(showErrorMessage=True, **rule)
            sheet.add_data_validation(validation)
            validation.add(f"A{row}")
    for row, entry in enumerate((1, 2.5, "four"), start=1):
        sheet.cell(row, 3, entry)
    sheet["B1"] = "=A1*2"
    name_cells(workbook, names | {"twice": "B1"})
    return WorkbookModel(to_bytes(workbook), "own.xlsx")


@pytest.fixture
def refused(book):
    """Return the sentence that refuses a value, or an empty text."""

    def sentence(name, value):
        try:
            book.evaluate({name: value})
        except InputValueError as refusal:
            return str(refusal)
        return ""

    return sentence


@pytest.mark.parametrize("number", range(len(RULES)), ids=lambda n: " ".join(RULES[n][0].values()))
def test_a_number_is_taken_up_to_the_bounds_of_a_validation(refused, number):
    name, (_, taken, out) = f"rule_{number}", RULES[number]
    assert [""] * len(taken) == [refused(name, value) for value in taken]
    for value in out:
        sentence = refused(name, value)
        assert sentence.startswith(f"{name} must be ")
        assert f"{value:.15g}" in sentence.rpartition("got ")[2]


def test_a_list_of_scenarios_is_refused_what_a_single_value_is(book, refused, tmp_path):
    entries = [(f"rule_{number}", f"{value}") for number, (_, taken, out) in enumerate(RULES)
               for value in (*taken, *out)]  # fmt: skip
    entries += [(name, value) for name in ("number", "text", "flag") for value in NUMBERS]
    entries += [("word", word) for word in WORDS if word]
    entries += [("free", value) for value in ("-1.7e308", "1e308", "1e309", "-1e309", "nan")]
    expected = [refused(name, value) for name, value in entries]
    assert 37 == expected.count("")
    names = sorted({name for name, _ in entries})
    with (tmp_path / "runs.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, names)
        rows.writeheader()
        rows.writerows({name: value} for name, value in entries)
    (tmp_path / "own.xlsx").write_bytes(book.package.to_bytes())
    batch = load_batch(str(tmp_path / "own.xlsx"), tmp_path / "runs.csv", tmp_path / "out")
    assert expected == [run.remark for run in run_report(batch)]


def test_only_finite_numbers_are_taken(refused):
    assert ["", "", "", *["number must be"] * 9] == [
        refused("number", value)[:14] for value in NUMBERS
    ]
    assert ["", ""] == [refused("free", value) for value in ("-1.7e308", "1e308")]
    assert 'free must be a number, got "1e309"' == refused("free", "1e309")
    for value in (float("inf"), float("nan")):
        assert f"free must be a finite number, got {value}" == refused("free", value)


@pytest.mark.parametrize(("word", "taken"), WORDS.items())
def test_a_text_is_taken_where_a_list_has_it(refused, word, taken):
    sentence = refused("word", word)
    assert taken is (sentence == "")
    assert taken or f'word must be one of the list (1, 2.5, four), got "{word}"' == sentence
