"""A workbook as a function of its named cells, an analyst's own included."""

import io
import operator
import re
from datetime import datetime

import openpyxl
import pytest
from openpyxl.styles import Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from tests.workbooks import (
    evaluated,
    name_cells,
    parts,
    small_workbook,
    to_bytes,
    with_calculation_chain,
    zipped,
)
from xlcalc.calc.differences import Verdict
from xlcalc.calc.engine import Engine
from xlcalc.calc.entries import parse_number
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.cells import CellError
from xlcalc.errors import DifferencesError, InputValueError, NameNotFoundError, WorkbookError

INPUTS = {
    *("run_name", "params", "tokens", "flops_per_param_token", "gpu", "peak_tflops", "mfu"),
    *("gpus", "price_per_gpu_hour", "currency", "currency_rate", "watts", "pue", "power_price"),
    *("tonnes_per_mwh", "contingency", "price_low", "price_high", "goodput"),
    *("server_power_factor", "driver_step"),
}
RESULTS = {
    *("train_flops", "chinchilla_tokens", "tokens_per_param", "gpu_days", "gpu_hours"),
    *("train_days", "compute_cost", "energy_mwh", "power_cost", "carbon_tonnes"),
    *("contingency_cost", "total_cost", "cost_per_mtokens", "checks_hold", "calendar_days"),
}


def analysts_workbook() -> bytes:
    """Return a workbook with what analysts put into theirs."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "My plan's sheet"
    sheet["A1"], sheet["B1"], sheet["C1"] = "Model size", 7e9, "parameters"
    sheet["A2"], sheet["B2"] = "Ready?", True
    sheet["A3"], sheet["B3"] = "Compute", "=TRAIN_FLOPS(size,B5,)"
    sheet["A4"], sheet["B4"] = "Share", "=B3/7"
    sheet["B4"].protection = Protection(locked=False)
    sheet["A5"], sheet["B5"] = "Tokens", 1e9
    sheet["A6"], sheet["B6"] = "Chip", "H100"
    sheet["B7"] = '=GPU_SPEC(chip,"tdp_w")*share'
    sheet["B8"] = ArrayFormula("B8:C9", "=TRAIN_FLOPS(B1:B1,D8:E9)")
    sheet["D8"], sheet["E8"], sheet["D9"], sheet["E9"] = 1, 2, 3, 4
    sheet["B10"] = "=D99"
    sheet["B11"] = datetime(2026, 1, 2)
    sheet["B12"] = "=B11+1"
    rule = DataValidation(type="list", formula1='"H100,A100 SXM 80GB"', showErrorMessage=True)
    sheet.add_data_validation(rule)
    rule.add("B6")
    whole = DataValidation(
        type="whole", operator="between", formula1="1", formula2="9", showErrorMessage=True
    )
    sheet.add_data_validation(whole)
    whole.add("F1")
    names = {
        "size": "B1",
        "ready": "B2",
        "compute": "B3",
        "share": "B4",
        "chip": "B6",
        "power": "B7",
        "blank": "B10",
        "empty": "H20",
        "day": "B12",
        "count": "F1",
    }
    name_cells(workbook, names)
    workbook.defined_names["area"] = DefinedName("area", attr_text="'My plan''s sheet'!$D$8:$E$9")
    workbook.create_sheet("Other")["A1"] = "untouched"
    return to_bytes(workbook)


@pytest.fixture
def analyst():
    return WorkbookModel(analysts_workbook(), "plan.xlsx")


def test_the_training_budget_names_its_inputs_and_results(model):
    assert INPUTS | {"run_source"} == set(model.inputs)
    assert RESULTS == set(model.outputs)


def test_the_published_run_gives_the_published_figures(model):
    values = model.evaluate(
        {"params": "175e9", "tokens": "300e9", "gpu": "A100 SXM 80GB", "mfu": "46.2%", "gpus": 1000}
    ).values
    assert values["train_flops"] == 3.15e23
    assert values["gpu_days"] == pytest.approx(25_293, abs=0.5)
    assert values["train_days"] == pytest.approx(25.3, abs=0.05)


def test_a_looked_up_default_follows_its_input_until_it_is_overwritten(model):
    assert 989.4 == model.evaluate({"gpu": "H100 SXM5 80GB"}).values["peak_tflops"]
    values = model.evaluate({"gpu": "H100 SXM5 80GB", "peak_tflops": 1979, "watts": "500"}).values
    assert (1979.0, 500.0) == (values["peak_tflops"], values["watts"])


def test_constants_and_unlocked_formulas_are_inputs(analyst):
    assert ["size", "ready", "share", "chip", "count", "empty"] == sorted(
        analyst.inputs, key=["size", "ready", "share", "chip", "count", "empty"].index
    )
    assert {"compute", "power", "blank", "day"} == set(analyst.outputs)
    cell = analyst.cell("SIZE")
    assert ("Model size", "parameters", "My plan's sheet!B1") == (cell.label, cell.unit, cell.place)


def test_the_name_of_a_cell_beside_a_value_is_no_unit():
    cells = {"B1": 1, "C1": "all_hold", "B2": 2, "C2": "USD", "B3": 3, "C3": "people"}
    names = {"all_hold": "B1", "cost": "B2", "people": "B3"}
    model = WorkbookModel(small_workbook(cells, names), "plan.xlsx")
    assert ["", "USD", "people"] == [model.cell(name).unit for name in names]


def test_an_analysts_workbook_is_evaluated(analyst):
    values = analyst.evaluate({"Size": "14e9", "chip": "A100 SXM 80GB"}).values
    assert 8.4e19 == values["compute"]
    assert 400.0 * 8.4e19 / 7 == pytest.approx(values["power"])
    assert values["ready"] is True
    assert 46025.0 == values["day"]
    assert 3.0 == analyst.evaluate({"share": 3}).values["share"]


def test_a_written_workbook_keeps_everything_else(analyst):
    written = analyst.to_bytes(analyst.evaluate({"size": 14e9, "share": 1.0, "empty": "=SUM(1)"}))
    before, after = parts(analyst.package.to_bytes()), parts(written)
    assert list(before) == list(after)
    changed = [name for name in before if before[name] != after[name]]
    assert ["xl/worksheets/sheet1.xml"] == changed
    sheet = openpyxl.load_workbook(io.BytesIO(written), data_only=True).worksheets[0]
    assert [14e9, 8.4e19, 1.0, 700.0] == [sheet[c].value for c in ("B1", "B3", "B4", "B7")]
    assert [8.4e10, 1.68e11, 2.52e11, 3.36e11] == [sheet[c].value for c in ("B8", "C8", "B9", "C9")]
    assert 0 == sheet["B10"].value
    formulas = openpyxl.load_workbook(io.BytesIO(written)).worksheets[0]
    assert "=TRAIN_FLOPS(size,B5,)" == formulas["B3"].value
    assert 1.0 == formulas["B4"].value
    assert "=SUM(1)" == formulas["H20"].value
    assert "s" == formulas["H20"].data_type or formulas["H20"].data_type == "inlineStr"


def test_recalculating_a_calculated_workbook_changes_no_byte(template):
    assert template == recalculated(WorkbookModel(template, "budget.xlsx")).package.to_bytes()


def test_recalculating_mends_stale_values_and_nothing_else(template):
    stale = parts(template)
    sheet = stale["xl/worksheets/sheet4.xml"]
    assert b"<v>3.15e+23</v>" in sheet
    stale["xl/worksheets/sheet4.xml"] = sheet.replace(b"<v>3.15e+23</v>", b"<v>1</v>")
    mended = recalculated(WorkbookModel(zipped(stale), "budget.xlsx")).package.to_bytes()
    assert parts(template) == parts(mended)


def test_a_function_that_nobody_knows_is_refused_rather_than_spoilt():
    data = small_workbook({"A1": "=MY_OWN_MACRO(1)"})
    with pytest.raises(DifferencesError) as refused:
        recalculated(WorkbookModel(data, "m.xlsx"))
    lines = list(map(str, refused.value.differences))
    assert ["Sheet!A1  nothing → #NAME?  =MY_OWN_MACRO(1)"] == lines


def test_a_formula_that_becomes_a_constant_leaves_the_calculation_chain(analyst):
    chained = WorkbookModel(with_calculation_chain(analyst.package.to_bytes(), "B4"), "plan.xlsx")
    kept = parts(evaluated(chained, {"size": 1e9}))
    assert "xl/calcChain.xml" in kept
    dropped = parts(evaluated(chained, {"share": 1}))
    assert "xl/calcChain.xml" not in dropped
    for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        assert b"calcChain" not in dropped[part]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("parms", 1, 'budget.xlsx has no input "parms"; did you mean "params"?'),
        ("total_cost", 1, "total_cost cannot be set: Calculation!C25 holds a formula"),
        ("params", "many", 'params must be a number, got "many"'),
        ("params", "", 'params must be a number, got ""'),
        ("params", True, 'params must be a number, got "True"'),
        ("params", -1, "params must be above 0 parameters, got -1"),
        ("params", 0, "params must be above 0 parameters, got 0"),
        ("params", float("nan"), "params must be a finite number, got nan"),
        ("params", "inf", 'params must be a number, got "inf"'),
        ("mfu", "46.2", "mfu must be above 0 and at most 1 ratio, got 46.2"),
        ("pue", 0.9, "pue must be at least 1 ratio, got 0.9"),
    ],
)
def test_a_wrong_setting_is_one_sentence(model, name, value, sentence):
    with pytest.raises((InputValueError, NameNotFoundError)) as caught:
        model.evaluate({name: value})
    assert str(caught.value).startswith(sentence)


def test_lists_and_whole_numbers_of_an_analyst_are_respected(analyst):
    sentence = 'chip must be one of the list (H100, A100 SXM 80GB), got "H10"; did you mean "H100"?'
    with pytest.raises(InputValueError, match=re.escape(sentence)):
        analyst.evaluate({"chip": "H10"})
    for value, reason in ((1.5, "whole"), (12, "between 1 and 9")):
        with pytest.raises(InputValueError, match=reason):
            analyst.evaluate({"count": value})
    with pytest.raises(InputValueError, match="ready must be TRUE or FALSE"):
        analyst.evaluate({"ready": "perhaps"})
    assert analyst.evaluate({"ready": "false", "count": "3"}).values["ready"] is False


def test_a_gpu_that_the_list_does_not_show_may_be_typed(model):
    assert 989.4 == model.evaluate({"gpu": "H100"}).values["peak_tflops"]


def test_an_error_is_explained(model):
    evaluation = model.evaluate({"gpu": "H1000"})
    assert CellError("#N/A") == evaluation.values["total_cost"]
    assert 'total_cost is #N/A: the catalogue has no GPU "H1000"' in evaluation.explain(
        "total_cost"
    )


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (1.75e11, "175e9"),
        (0.462, "46.2%"),
        (0.462, " 46.2 % "),
        (1000.0, "1,000"),
        (-1234567.5, "-1,234,567.5"),
        (0.5, ".5"),
        (5.0, "5."),
        (None, "1,00"),
        (None, "1e999"),
        (None, "nan"),
        (None, "1_000"),
        (None, "%"),
        (None, "."),
        (None, ""),
        (None, "12 000"),
        (None, "0x10"),
    ],
)
def test_numbers_are_read_as_people_write_them(expected, text):
    assert expected == parse_number(text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an xlsx workbook"),
        (b"PK\x03\x04", "not an xlsx workbook"),
        (b"a,b\n1,2\n", "not an xlsx workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "in the old .xls format"),
    ],
)
def test_what_is_no_workbook_is_one_sentence(data, reason):
    with pytest.raises(WorkbookError, match=f"f.xlsx is not an xlsx workbook.*|{reason}") as caught:
        WorkbookModel(data, "f.xlsx")
    assert reason in str(caught.value)


def test_a_zip_that_is_no_workbook_is_refused():
    with pytest.raises(WorkbookError, match="not an xlsx workbook"):
        WorkbookModel(zipped({"hello.txt": b"hello"}), "f.xlsx")


def test_entities_and_bombs_are_refused(analyst):
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        hostile = parts(analyst.package.to_bytes())
        hostile[part] = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + hostile[part]
        with pytest.raises(WorkbookError, match="document type"):
            WorkbookModel(zipped(hostile), "f.xlsx")


def test_a_truncated_workbook_is_one_sentence(template):
    with pytest.raises(WorkbookError, match=r"f\.xlsx is not an xlsx workbook"):
        WorkbookModel(template[: len(template) // 2], "f.xlsx")


def sheet_with(rows: bytes, **names: str) -> bytes:
    """Return a workbook of one sheet S with these rows."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "S"
    name_cells(workbook, names)
    made = parts(to_bytes(workbook))
    sheet = made["xl/worksheets/sheet1.xml"]
    start, end = sheet.index(b"<sheetData"), sheet.index(b"<pageMargins")
    made["xl/worksheets/sheet1.xml"] = (
        sheet[:start] + b"<sheetData>" + rows + b"</sheetData>" + sheet[end:]
    )
    return zipped(made)


def test_an_array_formula_with_cached_values_is_calculated_again_and_again():
    data = sheet_with(
        b'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="array" ref="B1:B3">A1:A3*2</f>'
        b'<v>9</v></c><c r="C1"><f>SUM(B1:B3)</f><v>9</v></c></row><row r="2"><c r="A2"><v>2</v>'
        b'</c><c r="B2"><v>4</v></c></row><row r="3"><c r="A3"><v>3</v></c><c r="B3"><v>6</v></c>'
        b"</row>",
        total="$C$1",
    )
    once = recalculated(WorkbookModel(data, "a.xlsx")).package.to_bytes()
    model = WorkbookModel(once, "a.xlsx")
    assert 12.0 == model.evaluate().values["total"]
    assert once == recalculated(model).package.to_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(once), data_only=True)["S"]
    assert [2, 4, 6, 12] == [sheet[cell].value for cell in ("B1", "B2", "B3", "C1")]


@pytest.mark.parametrize(
    "formula",
    ["_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(2)", "IFERROR(NO_SUCH(1),0)", "NO_SUCH(1)"],
)
def test_a_good_value_is_not_given_up_for_an_error_of_the_engine(formula):
    rows = (
        b'<row r="1"><c r="A1"><f>%b</f><v>3</v></c></row>'
        b'<row r="2"><c r="A2"><f>A1*2</f><v>6</v></c></row>' % formula.encode()
    )
    done = recalculated(WorkbookModel(sheet_with(rows), "a.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(done.package.to_bytes()), data_only=True)["S"]
    assert [3, 6] == [sheet["A1"].value, sheet["A2"].value]
    assert {"S!A1", "S!A2"} >= {found.cell for found in done.verification.differences}


def test_a_circle_without_iteration_keeps_its_values_and_is_named():
    rows = (
        b'<row r="1"><c r="A1"><f>A2+0*A1</f><v>3</v></c></row>'
        b'<row r="2"><c r="A2"><f>A1</f><v>2</v></c></row>'
        b'<row r="3"><c r="A3"><f>A2*2</f><v>4</v></c></row>'
    )
    done = recalculated(WorkbookModel(sheet_with(rows), "a.xlsx"))
    kept = done.verification.of(Verdict.KEPT)
    assert ["S!A1", "S!A2"] == [found.cell for found in kept]
    assert (("S", (1, 1)), ("S", (2, 1))) == done.verification.circle


def test_a_value_that_would_become_an_error_is_refused_even_if_a_function_of_ours_explains_it():
    rows = b'<row r="1"><c r="A1"><v>-1</v></c><c r="B1"><f>TRAIN_FLOPS(A1,1)</f><v>6</v></c></row>'
    with pytest.raises(DifferencesError) as refused:
        recalculated(WorkbookModel(sheet_with(rows), "a.xlsx"))
    assert ["S!B1  6 → #NUM!  =TRAIN_FLOPS(A1,1)"] == list(map(str, refused.value.differences))
    done = recalculated(WorkbookModel(sheet_with(rows), "a.xlsx"), ("s!b1",)).package.to_bytes()
    assert "#NUM!" == openpyxl.load_workbook(io.BytesIO(done), data_only=True)["S"]["B1"].value


def test_a_logical_input_is_one_after_libreoffice_has_saved_it_as_a_formula():
    rows = (
        b'<row r="1"><c r="A1" t="n"><f aca="false">TRUE()</f><v>1</v></c>'
        b'<c r="B1"><f>IF(A1,2,3)</f><v>2</v></c></row>'
    )
    model = WorkbookModel(sheet_with(rows, ready="$A$1", size="$B$1"), "a.xlsx")
    assert ({"ready"}, {"size"}) == (set(model.inputs), set(model.outputs))
    assert not model.cell("ready").is_output
    evaluation = model.evaluate({"ready": "false"})
    assert {"ready": False, "size": 3.0} == evaluation.values
    sheet = openpyxl.load_workbook(io.BytesIO(model.to_bytes(evaluation)))["S"]
    assert sheet["A1"].value is False


def test_a_data_table_keeps_its_values():
    rows = (
        b'<row r="1"><c r="A1"><f t="dataTable" ref="A1:A2" r1="C1"/><v>7</v></c>'
        b'<c r="B1"><f>A1*2</f><v>14</v></c></row>'
    )
    model = WorkbookModel(sheet_with(rows, table="$A$1", twice="$B$1"), "a.xlsx")
    assert {"table": 7.0, "twice": 14.0} == model.evaluate().values
    assert model.package.to_bytes() == recalculated(model).package.to_bytes()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (b'<row r="1"><c r="A1"><f>1</f><v>zzz</v></c></row>', '"zzz" where a number belongs'),
        (b'<row r="one"><c r="A1"/></row>', '"one" where a whole number belongs'),
        (b'<row r="1"><c r="A1" s="x"/></row>', '"x" where a whole number belongs'),
        (b'<row r="1"><c r="A1"></row>', "the sheet S is damaged"),
        (b'<row r="1"><c r="A1"><f t="array" ref="nowhere">1</f></c></row>', "is not a range"),
        (b'<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f></c></row>', "more than"),
        (b"<row>" * 30_000, "damaged"),
    ],
)
def test_a_malformed_sheet_is_one_sentence(rows, reason):
    with pytest.raises(WorkbookError, match=reason):
        _ = WorkbookModel(sheet_with(rows, size="$A$1"), "a.xlsx").cells


def test_a_list_of_numbers_is_compared_as_numbers_and_two_names_of_a_cell_are_told():
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = 2
    rule = DataValidation(type="list", formula1='"1,2,4"', showErrorMessage=True)
    workbook.active.add_data_validation(rule)
    rule.add("A1:A1048576")
    name_cells(workbook, {"size": "A1", "other": "A1"})
    model = WorkbookModel(to_bytes(workbook), "a.xlsx")
    assert 4.0 == model.evaluate({"size": "4"}).values["size"]
    with pytest.raises(InputValueError, match=r'must be one of the list \(1, 2, 4\), got "3"'):
        model.evaluate({"size": 3})
    with pytest.raises(InputValueError, match="is set twice"):
        model.evaluate({"size": 1, "other": 2})


def test_dates_and_logical_values_are_taken_as_their_cells_hold_them():
    cells = {"A1": datetime(2026, 1, 2), "A2": True, "A3": 1.0, "A4": "=A1+1"}
    names = {"day": "A1", "flag": "A2", "size": "A3", "next": "A4"}
    model = WorkbookModel(small_workbook(cells, names), "a.xlsx")
    for day in ("2026-03-01", datetime(2026, 3, 1), 46082):
        assert 46083.0 == model.evaluate({"day": day}).values["next"]
    for moment in ("2026-03-01T06:00:00+02:00", "2026-03-01T06:00:00Z"):
        assert 46083.25 == model.evaluate({"day": moment}).values["next"]
    assert 1.25 == model.evaluate({"day": "06:00"}).values["next"]
    for flag in (False, 0, "0", "FALSE"):
        assert model.evaluate({"flag": flag}).values["flag"] is False
    for name, value in (("day", "soon"), ("flag", 2), ("size", True), ("size", 10**400)):
        with pytest.raises(InputValueError, match=f"{name} must be"):
            model.evaluate({name: value})


@pytest.mark.slow
def test_evaluating_many_times_does_not_keep_the_engines():
    import gc

    model = WorkbookModel(analysts_workbook(), "a.xlsx")
    gc.collect()
    before = sum(isinstance(thing, Engine) for thing in gc.get_objects())
    for size in (1e9, 2e9, 3e9):
        model.evaluate({"size": size})
    gc.collect()
    # Two stay: that of the workbook as it stands, and the one for other inputs.
    assert before + 2 == sum(isinstance(thing, Engine) for thing in gc.get_objects())


def test_a_shared_formula_with_line_breaks_moves_with_its_cell():
    rows = (
        b'<row r="1"><c r="A1"><v>1</v></c>'
        b'<c r="B1"><f t="shared" ref="B1:B2" si="0">A1&#13;&#10;+A2</f></c></row>'
        b'<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/></c></row>'
        b'<row r="3"><c r="A3"><v>4</v></c></row>'
    )
    model = WorkbookModel(sheet_with(rows), "lines.xlsx")
    assert "A2 +A3" == model.formula_text("S", (2, 2))


def test_nothing_of_one_evaluation_stays_in_the_next():
    cells = {
        "A1": 2.0,
        "A2": "text",
        "B1": "=A1*10",
        "B2": '=A2&"!"',
        "B3": "=GPU_DAYS(1E23,A1,0.4)",
    }
    names = {"size": "A1", "label": "A2", "ten": "B1", "said": "B2", "days": "B3"}
    model = WorkbookModel(small_workbook(cells, names), "own.xlsx")
    base = model.evaluate().values
    assert (30.0, "text!") == operator.itemgetter("ten", "said")(model.evaluate({"size": 3}).values)
    assert (20.0, "new!") == operator.itemgetter("ten", "said")(
        model.evaluate({"label": "new"}).values
    )
    failed = model.evaluate({"size": -1})
    assert failed.failures
    fine = model.evaluate({"size": 4})
    assert (40.0, {}) == (fine.values["ten"], fine.failures)
    assert "days is #NUM!: peak_tflops" in model.evaluate({"size": -2}).explain("days")
    assert base == model.evaluate({"size": 2.0}).values
