"""The workbooks in the repository: made by their command, sound, calculated, and fit to print."""

import functools
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator

from tests.built import built, sample_report
from tests.conftest import ROOT
from tests.marks import asked, needs_libreoffice, thorough_but
from tests.workbooks import evaluated, failed_checks, opened, parts
from tools.libreoffice import convert, printed_text
from tools.workbooks import files
from xlcalc import dialects
from xlcalc.calc.model import WorkbookModel
from xlcalc.dialects import Form
from xlcalc.registry import BY_NAME

FILES = list(files())
NAMES = [name for name in FILES if "/" not in name]
PORTABLE = [name for name in FILES if "/" in name]
BUDGETS = NAMES + [f"portable/{name}" for name in NAMES]


def committed(name):
    return (ROOT / "workbooks" / f"{name}.xlsx").read_bytes()


class Book:
    """A committed workbook, read once in each way for all tests."""

    def __init__(self, name):
        self.name = name
        self.data = committed(name)

    @functools.cached_property
    def formulas(self):
        return openpyxl.load_workbook(io.BytesIO(self.data))

    @functools.cached_property
    def values(self):
        return opened(self.data)

    @functools.cached_property
    def model(self):
        return WorkbookModel(self.data, self.name)


@pytest.fixture(scope="module")
def book(request):
    return Book(request.param)


# All tests of a workbook run one after the other.
SOME = {"training_budget", "compute_plan", "portable/gpu_tco", "native/gpu_tco"}
ALL = pytest.mark.parametrize("book", thorough_but(SOME, FILES), indirect=True)
WITH_INPUTS = pytest.mark.parametrize("book", thorough_but(SOME, BUDGETS), indirect=True)


def findings(path):
    for error in OpenXmlValidator().validate(path).errors:
        yield f"{error.description} at {error.path}"


@pytest.mark.parametrize("name", ["training_budget", "portable/training_budget"])
def test_the_committed_workbook_is_what_its_command_makes(name):
    # `python -m tools.check` makes all of them again.
    assert built(files()[name][0], Form(files()[name][1])) == committed(name), (
        "python -m tools.workbooks"
    )


def test_every_template_is_committed_in_both_forms():
    folder = ROOT / "workbooks"
    found = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.xlsx")}
    assert found == set(FILES)


@pytest.mark.slow
@pytest.mark.parametrize("lxml", ["True", "False"])
def test_a_template_is_the_same_with_and_without_lxml(lxml, tmp_path):
    made = tmp_path / "made.xlsx"
    command = [sys.executable, "-m", "xlcalc.cli", "template", "new", "training_budget", "-o", made]
    subprocess.run(command, check=True, env=os.environ | {"OPENPYXL_LXML": lxml}, timeout=60)
    assert made.read_bytes() == committed("training_budget")


@ALL
def test_every_formula_has_a_value_and_none_is_an_error(book):
    count = 0
    for sheet in book.formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = book.values[sheet.title][cell.coordinate].value
                    assert value is not None, f"{sheet.title}!{cell.coordinate}"
                    # A step that no result takes may divide by 0, and so may a call not taken.
                    if sheet.title != "Workings":
                        assert not str(value).startswith("#"), f"{sheet.title}!{cell.coordinate}"
                    count += 1
    assert count > 50


@WITH_INPUTS
def test_no_formula_stands_in_for_every_error(book):
    # It would for the #NAME? of a call as well, and show a figure that nobody computed.
    sheets = book.model.formulas.values()
    texts = [cell.text for formulas in sheets for cell in formulas.values()]
    assert len(texts) > 50
    assert [] == [text for text in texts if re.search(r"\b(?:IFERROR|ISERROR|ISERR)\(", text)]


@WITH_INPUTS
def test_all_checks_hold(book):
    rows = book.values["Checks"].iter_rows(min_row=6, values_only=True)
    results = [row[5] for row in rows if row[1]]
    assert len(results) >= 5
    assert [True] * len(results) == results


def test_a_check_fails_where_it_should():
    model = WorkbookModel(committed("training_budget"), "budget.xlsx")
    settings = {"peak_tflops": 1979, "gpu": "H100"}
    assert ["The peak rate is the dense one"] == failed_checks(model, settings)
    summary = opened(evaluated(model, settings))["Summary"]
    shown = [cell.value for row in summary.iter_rows() for cell in row]
    assert "A check fails: see Checks" in shown


@ALL
def test_no_name_that_a_sheet_with_calls_can_see_is_a_functions_name(book):
    assert not {defined.upper() for defined in book.formulas.defined_names} & set(BY_NAME)
    for sheet in book.formulas.worksheets:
        local = {defined.upper() for defined in sheet.defined_names} & set(BY_NAME)
        calls = {
            call
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
            for call in re.findall(r"([A-Z_]+)\(", str(cell.value))
        }
        assert not local or not calls & set(BY_NAME)


def test_the_results_are_calls_of_the_functions_on_named_cells():
    sheet = openpyxl.load_workbook(io.BytesIO(committed("training_budget")))["Calculation"]
    formulas = [row[2] for row in sheet.iter_rows(values_only=True)]
    assert "=TRAIN_FLOPS(params,tokens,flops_per_param_token)" in formulas
    assert "=CHINCHILLA_TOKENS(params)" in formulas
    for formula in formulas:
        if str(formula).startswith("="):
            # No number but those of a cell's address or name stands in a formula.
            assert not re.search(r"(?<![\w$.])\d", str(formula)), formula


@ALL
def test_excel_is_told_to_keep_the_values(book):
    workbook = parts(book.data)["xl/workbook.xml"]
    assert b'<calcPr calcId="191029" fullCalcOnLoad="0">' in workbook


@pytest.mark.slow
@WITH_INPUTS
def test_inputs_are_open_and_formulas_locked_without_a_password(book):
    for sheet in book.formulas.worksheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password
    for cell in book.model.cells.values():
        own = book.formulas[cell.sheet].cell(*cell.position)
        assert cell.is_input is not own.protection.locked


@pytest.mark.slow
@pytest.mark.parametrize(
    "book", thorough_but({"gpu_tco", "portable/gpu_tco", "native/gpu_tco"}, FILES), indirect=True
)
def test_the_auditor_finds_nothing(book):
    assert [] == list(findings(ROOT / "workbooks" / f"{book.name}.xlsx"))


@pytest.mark.slow
def test_the_auditor_finds_nothing_in_a_report():
    assert [] == list(findings(sample_report() / "summary.xlsx"))
    assert [] == list(findings(sample_report() / "gopher-280b.xlsx"))


WRONG = ("###", "Err:", "#NAME?", "#VALUE!", "#N/A", "#REF!", "#DIV/0!", "#NUM!")
CHANGED = {"params": 70e9, "tokens": 1.4e12, "gpu": "H100", "power_price": 0.08}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The training budget as LibreOffice saves it."""
    folder = tmp_path_factory.mktemp("saved")
    [path] = convert([ROOT / "workbooks" / "training_budget.xlsx"], "xlsx", folder).values()
    return WorkbookModel.read(path)


@pytest.fixture(scope="module")
def printed(request, saved, tmp_path_factory):
    """Return the text of a workbook as LibreOffice prints it, which prints all of them at once."""
    folder = tmp_path_factory.mktemp("printed")
    names = asked(request, "name")
    data = {name: committed(name) for name in NAMES if name in names}
    for name in PORTABLE:
        if name not in names:
            continue
        data[f"values of {Path(name).name}"] = dialects.convert(
            committed(name), name, "values"
        ).data
    data["summary"] = (sample_report() / "summary.xlsx").read_bytes()
    data["saved and changed"] = saved.to_bytes(saved.evaluate(CHANGED))
    files = [folder / f"{name}.xlsx" for name in data]
    for file in files:
        file.write_bytes(data[file.stem])
    made = convert(files, "pdf", folder)
    return lambda name: printed_text(made[name])


def in_libreoffice(test):
    """Mark a test that starts LibreOffice."""
    return needs_libreoffice(pytest.mark.slow(test))


@in_libreoffice
@pytest.mark.parametrize("name", thorough_but({"training_budget", "gpu_tco"}, NAMES))
def test_the_workbook_prints_without_the_functions(name, printed):
    text = printed(name)
    assert [] == [wrong for wrong in WRONG if wrong in text]
    for sheet in openpyxl.load_workbook(io.BytesIO(committed(name)), read_only=True).sheetnames:
        assert sheet in text
    assert "All checks hold" in text


@in_libreoffice
@pytest.mark.parametrize("name", thorough_but({"portable/gpu_tco"}, PORTABLE))
def test_the_values_of_a_portable_workbook_print(name, printed):
    text = printed(f"values of {Path(name).name}")
    assert len(text) > 1000
    assert [] == [wrong for wrong in WRONG if wrong in text]


@in_libreoffice
def test_the_summary_of_a_report_prints(printed):
    text = printed("summary")
    assert "###" not in text
    assert "What published training runs would cost" in text
    assert "1,842,561,454" in text


@in_libreoffice
def test_a_workbook_that_libreoffice_saved_is_still_a_function_of_its_names(saved, printed):
    ours = WorkbookModel(committed("training_budget"), "budget.xlsx")
    assert set(ours.inputs) == set(saved.inputs)
    assert set(ours.outputs) == set(saved.outputs)
    assert ours.evaluate(CHANGED).values == saved.evaluate(CHANGED).values
    assert "All checks hold" in printed("saved and changed")
