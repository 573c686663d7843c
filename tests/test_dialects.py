"""Workbooks in the dialects of their hosts: the formulas change, every other byte stays."""

import io
import re
from datetime import datetime, time

import formulon
import ironcalc
import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn, TableFormula

from tests.built import built
from tests.conftest import ROOT
from tests.marks import thorough_but
from tests.workbooks import parts, to_bytes, with_calculation_chain, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.catalogue import portable_lookups
from xlcalc.cells import CellError, call_function
from xlcalc.dialects import DIALECTS, Form, convert
from xlcalc.errors import DialectError, WorkbookError
from xlcalc.functions.catalogue import catalogue_source, gpu_spec, model_spec, rental_price
from xlcalc.lambdas import LOOKUPS, lambda_text, lookup_names
from xlcalc.registry import specs

PORTABLE = sorted(path.stem for path in (ROOT / "workbooks" / "portable").glob("*.xlsx"))
LIVE = [dialect for dialect in DIALECTS if dialect != "values"]


@pytest.fixture(scope="module")
def budget():
    return built("training_budget")


def changed(one: bytes, other: bytes) -> set[str]:
    before, after = parts(one), parts(other)
    assert list(before) == list(after)
    return {name for name in before if before[name] != after[name]}


def without_formulas(xml: bytes) -> bytes:
    names = re.sub(rb"<definedName [^>]*name=\"XLC\.[^>]*>[^<]*</definedName>", b"", xml)
    return re.sub(rb"(<f\b[^>]*>)[^<]*", rb"\1", names)


def workbook_of(fill) -> bytes:
    workbook = openpyxl.Workbook()
    fill(workbook.active, workbook)
    return to_bytes(workbook)


def one_formula(formula: str) -> bytes:
    return workbook_of(lambda sheet, _: sheet.__setitem__("A1", formula))


def formula_in(data: bytes, cell: str = "A1") -> str:
    return openpyxl.load_workbook(io.BytesIO(data)).active[cell].value


@pytest.mark.slow
@pytest.mark.parametrize("first", LIVE)
@pytest.mark.parametrize("second", LIVE)
def test_dialects_convert_in_all_directions_and_back_to_the_byte(budget, first, second):
    one = convert(budget, "budget", first)
    two = convert(one.data, "budget", second)
    assert convert(budget, "budget", second).data == two.data
    assert budget == convert(two.data, "budget", "udf").data or not changed(
        budget, convert(two.data, "budget", "udf").data
    )
    assert () == two.remarks


@pytest.mark.parametrize("dialect", ["officejs", "lambda"])
def test_only_formulas_and_names_change(budget, dialect):
    made = convert(budget, "budget", dialect).data
    before, after = parts(budget), parts(made)
    touched = changed(budget, made)
    assert touched
    for name in touched:
        assert name.startswith("xl/worksheets/sheet") or name == "xl/workbook.xml"
        assert without_formulas(before[name]) == without_formulas(after[name])


def test_a_call_is_written_as_each_host_stores_it():
    typed = "=\"TRAIN_FLOPS(\"&train_flops (1,GPU_DAYS(1,2,'GPU_DAYS('!A1))&MY_GPU_DAYS(1)+GPU_DAYS"
    data = one_formula(typed)
    for dialect, prefix in (
        ("udf", ""),
        ("lambda", "XLC."),
        ("officejs", "_xldudf_XLCALC_"),
    ):
        expected = (
            f'="TRAIN_FLOPS("&{prefix}TRAIN_FLOPS (1,{prefix}GPU_DAYS(1,2,'
            "'GPU_DAYS('!A1))&MY_GPU_DAYS(1)+GPU_DAYS"
        )
        made = convert(data, "x", dialect)
        assert expected == formula_in(made.data)
        assert ("GPU_DAYS", "TRAIN_FLOPS") == made.functions


def test_the_namespace_of_the_office_add_in_is_chosen():
    data = one_formula("=TRAIN_FLOPS(1,2)")
    acme = convert(data, "x", "officejs", "Acme").data
    assert "=_xldudf_ACME_TRAIN_FLOPS(1,2)" == formula_in(acme)
    assert "=TRAIN_FLOPS(1,2)" == formula_in(convert(acme, "x", "udf").data)
    assert formula_in(convert(data, "x", "officejs").data) == formula_in(
        convert(acme, "x", "officejs").data
    )
    for wrong in ("", "a b", "1A", 'A"', "A_B", "_"):
        with pytest.raises(DialectError, match="a namespace is a letter, then letters and digits"):
            convert(data, "x", "officejs", wrong)


def test_a_lambda_name_has_its_help_and_only_what_is_called_is_defined(budget):
    names = openpyxl.load_workbook(io.BytesIO(convert(budget, "b", "lambda").data)).defined_names
    ours = {name for name in names if name.startswith("XLC.")}
    called = set(convert(budget, "b", "udf").functions)
    assert {f"XLC.{name}" for name in called} == ours
    assert "Returns the FLOP that training takes, k·N·D." == names["XLC.TRAIN_FLOPS"].comment
    assert names["XLC.TRAIN_FLOPS"].attr_text.startswith("_xlfn.LAMBDA(_xlpm.params_,")
    assert not names["XLC.TRAIN_FLOPS"].function


def everywhere(sheet, workbook) -> None:
    """Put calls into every kind of formula."""
    sheet["A1"], sheet["B1"] = "flops", "days"
    sheet["A2"], sheet["B2"] = 1e20, "=GPU_DAYS(A2,312,0.4)"
    rule = DataValidation(type="custom", formula1="=GPU_DAYS(A2,312,0.4)<1E9")
    rule.add("A2")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add(
        "A2", FormulaRule(["TRAIN_FLOPS(1,2)>A2"], fill=PatternFill("solid", bgColor="FF0000"))
    )
    workbook.defined_names["six"] = DefinedName("six", attr_text="TRAIN_FLOPS(1,1)")
    table = Table(displayName="Runs", ref="A1:B2")
    table.tableColumns = [TableColumn(id=1, name="flops"), TableColumn(id=2, name="days")]
    table.tableColumns[1].calculatedColumnFormula = TableFormula(attr_text="GPU_HOURS(1,2,0.5)")
    sheet.add_table(table)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=2))
    sheet.add_chart(chart, "E5")


def test_names_rules_formats_and_tables_are_converted_too():
    data = workbook_of(everywhere)
    made = convert(data, "x", "lambda")
    assert ("GPU_DAYS", "GPU_HOURS", "TRAIN_FLOPS") == made.functions
    text = b"".join(parts(made.data).values())
    assert b"<formula1>XLC.GPU_DAYS(A2,312,0.4)&lt;1E9</formula1>" in text.replace(b"=XLC", b"XLC")
    assert b"<formula>XLC.TRAIN_FLOPS(1,2)&gt;A2</formula>" in text
    assert b">XLC.TRAIN_FLOPS(1,1)</definedName>" in text
    assert b">XLC.GPU_HOURS(1,2,0.5)</calculatedColumnFormula>" in text
    assert set() == changed(data, convert(made.data, "x", "udf").data)


def test_values_keep_the_numbers_and_say_what_still_calls():
    data = recalculated(WorkbookModel(workbook_of(everywhere), "x")).package.to_bytes()
    made = convert(data, "x", "values")
    assert [
        "a rule of the sheet Sheet: still calls GPU_DAYS, TRAIN_FLOPS",
        "a formula of xl/tables/table1.xml: still calls GPU_HOURS",
        "the name six: still calls TRAIN_FLOPS",
    ] == list(made.remarks)
    assert 9.27 == pytest.approx(formula_in(made.data, "B2"), rel=1e-3)


@pytest.mark.slow
def test_values_are_the_same_from_every_dialect(budget):
    made = [convert(convert(budget, "b", dialect).data, "b", "values").data for dialect in LIVE]
    assert made[0] == made[1] == made[2]
    sheets = [xml for name, xml in parts(made[0]).items() if "worksheets/sheet" in name]
    assert not any(b"<f" in cell for xml in sheets for cell in re.findall(rb"<c .*?</c>", xml))
    values = openpyxl.load_workbook(io.BytesIO(budget), data_only=True)
    kept = openpyxl.load_workbook(io.BytesIO(made[0]))
    for sheet in values.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.row > 3 and sheet.title != "Cover":  # above stands what it is a copy of
                    assert cell.value == kept[sheet.title][cell.coordinate].value


def test_the_list_of_formula_cells_goes_with_the_formulas():
    data = recalculated(WorkbookModel(one_formula("=1+1"), "x")).package.to_bytes()
    chained = with_calculation_chain(data, "A1")
    made = parts(convert(chained, "x", "values").data)
    assert not any(b"calcChain" in part for part in made.values())
    assert "xl/calcChain.xml" not in made
    assert "xl/calcChain.xml" in parts(convert(chained, "x", "lambda").data)


def test_what_has_no_form_in_a_dialect_is_refused_by_name():
    for formula, function in (
        ("=TOKEN_PRICE(1,2)", "TOKEN_PRICE"),
        ("=MODEL_SPEC(1,2)", "MODEL_SPEC"),
        ('=GPU_SPEC("H100","tdp_w")', "GPU_SPEC"),
    ):
        with pytest.raises(DialectError, match=rf"plan.xlsx.*{function}"):
            convert(one_formula(formula), "plan.xlsx", "lambda")
    with pytest.raises(DialectError, match='no dialect "lamda"; did you mean "lambda"'):
        convert(one_formula("=1"), "x", "lamda")
    with pytest.raises(WorkbookError, match="not an xlsx workbook"):
        convert(b"text", "x", "lambda")


def test_a_workbook_without_our_functions_stays_as_it_is():
    data = one_formula("=SUM(1,2)")
    for dialect in LIVE:
        assert data == convert(data, "x", dialect).data


def test_a_lambda_of_the_analysts_own_stays():
    def fill(sheet, workbook):
        sheet["A1"] = "=XLC.MINE(1)+TRAIN_FLOPS(1,1)"
        text = "_xlfn.LAMBDA(_xlpm.a,_xlpm.a*TRAIN_FLOPS(1,1))"
        workbook.defined_names["XLC.MINE"] = DefinedName("XLC.MINE", attr_text=text)

    made = convert(workbook_of(fill), "x", "lambda").data
    names = openpyxl.load_workbook(io.BytesIO(made)).defined_names
    assert {"XLC.MINE", "XLC.TRAIN_FLOPS"} == set(names)
    assert "_xlfn.LAMBDA(_xlpm.a,_xlpm.a*XLC.TRAIN_FLOPS(1,1))" == names["XLC.MINE"].attr_text


def formula_cells(data: bytes):
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for index, sheet in enumerate(formulas.worksheets):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = values[sheet.title][cell.coordinate].value
                    if isinstance(value, datetime | time):
                        value = to_excel(value)
                    yield index, cell.row, cell.column, cell.value, value


def alike(one, other) -> bool:
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers):
        # A difference of two nearly equal figures keeps few of their digits.
        return one == pytest.approx(other, rel=1e-12, abs=1e-12)
    return one == other or (one in ("", None) and other in ("", None))


@pytest.mark.slow
@pytest.mark.parametrize("name", thorough_but({"training_budget", "compute_plan"}, PORTABLE))
def test_ironcalc_agrees_with_every_cached_value(name):
    path = ROOT / "workbooks" / "portable" / f"{name}.xlsx"
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    cells = list(formula_cells(path.read_bytes()))
    assert len(cells) >= 60
    wrong = [
        f"{index}!{row},{column} {formula}: {value}, not {got}"
        for index, row, column, formula, value in cells
        if not alike(value, got := model.get_cell_value(index, row, column))
    ]
    assert [] == wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", thorough_but({"training_budget", "gpu_tco"}, PORTABLE))
def test_formulon_agrees_with_every_cached_value(name):
    data = (ROOT / "workbooks" / "portable" / f"{name}.xlsx").read_bytes()
    defined = openpyxl.load_workbook(io.BytesIO(data)).defined_names
    with formulon.Workbook.load(data) as workbook:
        # It does not read an optional argument as a file stores it, but as a person types it.
        for name, spec in {f"XLC.{spec.name}": spec for spec in specs()}.items():
            if name in defined:
                workbook.set_defined_name(name, lambda_text(spec))
        workbook.recalc()
        wrong = [
            f"{index}!{row},{column} {formula}: {value}, not {got}"
            for index, row, column, formula, value in formula_cells(data)
            if not alike(value, got := workbook.get_value(index, row - 1, column - 1).to_python())
        ]
    assert [] == wrong


@pytest.mark.slow
def test_ironcalc_follows_a_changed_input_as_python_does(tmp_path):
    data = built("training_budget", Form("lambda"))
    path = tmp_path / "budget.xlsx"
    path.write_bytes(data)
    model = WorkbookModel(data, "budget")
    witness = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    sheets = openpyxl.load_workbook(path).sheetnames
    settings = {"params": 7e10, "tokens": 1.4e12, "gpu": "A100 SXM 80GB", "mfu": 0.38, "gpus": 512}
    for name, value in settings.items():
        cell = model.cell(name)
        witness.set_user_input(sheets.index(cell.sheet), *cell.position, str(value))
    witness.evaluate()
    values = model.evaluate(settings).values
    assert not isinstance(values["total_cost"], CellError)
    for name, cell in model.outputs.items():
        got = witness.get_cell_value(sheets.index(cell.sheet), *cell.position)
        assert alike(values[name], got), name


@pytest.mark.slow
def test_lookups_on_the_catalogue_sheet_agree_with_python(tmp_path):
    data = built("function_library")
    path = tmp_path / "library.xlsx"
    path.write_bytes(data)
    book = openpyxl.load_workbook(path, data_only=True)
    sheet = book["Catalogue"]
    names = openpyxl.load_workbook(path).defined_names
    assert set.union(*map(lookup_names, LOOKUPS)) <= set(names)
    fields = [cell.value for cell in sheet[3] if cell.value]
    known = [row[1].value for row in sheet.iter_rows(min_row=5) if row[1].value]
    assert len(known) > 40
    calls = []
    for name in known:
        calls += [
            (f'=XLC.GPU_SPEC("{name}","{field}")', gpu_spec, (name, field)) for field in fields
        ]
        calls.append((f'=XLC.GPU_SPEC(" {name.lower()} ","TDP_W")', gpu_spec, (name, "tdp_w")))
        calls.append((f'=XLC.RENTAL_PRICE("{name}")', rental_price, (name,)))
        calls.append((f'=XLC.RENTAL_PRICE("{name}",)', rental_price, (name, "")))
        calls.append(
            (f'=XLC.CATALOGUE_SOURCE("prices","{name}")', catalogue_source, ("prices", name))
        )
        calls.append((f'=XLC.CATALOGUE_SOURCE("gpus","{name}")', catalogue_source, ("gpus", name)))
    models = book["Models"]
    model_fields = [cell.value for cell in models[3] if cell.value]
    assert models.max_row > 100
    for row in models.iter_rows(min_row=5, values_only=True):
        for field in model_fields:
            calls.append((f'=XLC.MODEL_SPEC("{row[1]}","{field}")', model_spec, (row[1], field)))
    for more in (
        ("", "Median", "on-demand ", "usd"),
        ("", "low"),
        ("", "mean"),
        ("", "median", "spot"),
        ("", "median", "weekly"),
        ("", "median", "on-demand", "EUR"),
        ("RunPod",),
    ):
        texts = ",".join(f'"{word}"' for word in ("H100 SXM5 80GB", *more))
        calls.append((f"=XLC.RENTAL_PRICE({texts})", rental_price, ("H100 SXM5 80GB", *more)))
    for name, field in (("gone", "tdp_w"), (known[0], "gone"), ("H*", "tdp_w"), (1, 2)):
        texts = [f'"{text}"' if isinstance(text, str) else str(text) for text in (name, field)]
        calls.append((f"=XLC.GPU_SPEC({','.join(texts)})", gpu_spec, (name, field)))
    calls.append(
        (f'=XLC.CATALOGUE_SOURCE("gone","{known[0]}")', catalogue_source, ("gone", known[0]))
    )
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.new_sheet()
    last = len(book.sheetnames)
    for row, (typed, _, _) in enumerate(calls, start=1):
        model.set_user_input(last, row, 1, typed)
    model.evaluate()
    wrong = []
    for row, (typed, function, arguments) in enumerate(calls, start=1):
        with portable_lookups():
            expected = call_function(function, list(arguments))
        got = model.get_cell_value(last, row, 1)
        if not alike(expected.code if isinstance(expected, CellError) else expected, got):
            wrong.append(f"{typed}: {expected}, not {got}")
    assert [] == wrong


def with_sheet(formula: str, names: str = "", value: str = "12") -> bytes:
    """Return a workbook with a formula, and with defined names, in their own XML."""
    made = parts(one_formula("=1"))
    sheet, book = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
    cell = f"<f>{formula}</f><v>{value}</v>".encode()
    made[sheet] = re.sub(rb"<f>1</f><v\s*/>|<f>1</f><v></v>", lambda _: cell, made[sheet])
    listed = f"<definedNames>{names}</definedNames>" if names else ""
    made[book] = re.sub(rb"<definedNames\s*/>", lambda _: listed.encode(), made[book])
    assert cell in made[sheet]
    assert names.encode() in made[book]
    return zipped(made)


def raw_formula(data: bytes) -> str:
    return re.search(rb"<f>(.*?)</f>", parts(data)["xl/worksheets/sheet1.xml"])[1].decode()


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        ("SUM(Runs['#gpus])*XLC.GPU_COST(1,2)", "SUM(Runs['#gpus])*GPU_COST(1,2)"),
        ("Runs[6&quot; a]+XLC.GPU_COST(1,2)", "Runs[6&quot; a]+GPU_COST(1,2)"),
        ("Runs[[#This Row],[GPU_COST(]]", "Runs[[#This Row],[GPU_COST(]]"),
        ('"GPU_COST("&amp;XLC.GPU_COST(1,2)', "&#34;GPU_COST(&#34;&amp;GPU_COST(1,2)"),
        ("&#39;GPU_COST(x&#39;!A1", "&#39;GPU_COST(x&#39;!A1"),
        ("XLC.GPU_COST(1,2)", "GPU_COST&#40;1,2)"),
        ("ÜGPU_COST(1,2)", "ÜGPU_COST(1,2)"),
        ("_xldudf_A_B_GPU_COST(1,2)", "_xldudf_A_B_GPU_COST(1,2)"),
    ],
)
def test_a_call_is_told_from_what_only_looks_like_one(expected, formula):
    assert expected == raw_formula(convert(with_sheet(formula), "x", "lambda").data)


def test_a_name_of_the_analysts_own_is_not_taken_for_ours():
    names = '<definedName name="XLC.GPU_COST">Sheet!$B$7</definedName>'
    for dialect in LIVE:
        with pytest.raises(DialectError, match=r"x has a name XLC\.GPU_COST of its own"):
            convert(with_sheet("1+1", names), "x", dialect)
    assert (
        names.encode()
        in parts(convert(with_sheet("1+1", names), "x", "values").data)["xl/workbook.xml"]
    )
    noted = '<definedName comment="name=\'XLC.GPU_COST\'" name="mine">Sheet!$A$1</definedName>'
    data = with_sheet("GPU_COST(1,2)", noted)
    assert noted.encode() in parts(convert(data, "x", "lambda").data)["xl/workbook.xml"]


def test_a_lambda_in_small_letters_is_ours_and_is_written_anew():
    once = parts(convert(with_sheet("GPU_COST(1,2)"), "x", "lambda").data)["xl/workbook.xml"]
    definition = re.search(r"_xlfn\.LAMBDA\([^<]*", once.decode())[0]
    small = definition.replace("_xlfn.LAMBDA", "_xlfn.lambda")
    saved = with_sheet(
        "XLC.GPU_COST(1,2)", f'<definedName name="XLC.GPU_COST">{small}</definedName>'
    )
    again = parts(convert(saved, "x", "lambda").data)["xl/workbook.xml"].decode()
    assert 1 == again.count("XLC.GPU_COST")
    assert definition in again
    assert b"XLC." not in parts(convert(saved, "x", "udf").data)["xl/workbook.xml"]


def test_a_lambda_that_is_handed_on_keeps_its_definition():
    once = convert(with_sheet("GPU_COST(1,2)"), "x", "lambda").data
    handed = zipped(
        {
            name: part.replace(b"XLC.GPU_COST(1,2)", b"_xlfn.MAP(A2:A3,B2:B3,XLC.GPU_COST)")
            for name, part in parts(once).items()
        }
    )
    again = convert(handed, "x", "lambda")
    assert ("GPU_COST",) == again.functions
    assert set() == changed(handed, again.data)
    assert ("GPU_COST stays a LAMBDA name, because it is handed to another function",) == convert(
        handed, "x", "udf"
    ).remarks


def test_a_formula_without_a_value_is_not_turned_into_nothing():
    with pytest.raises(DialectError, match=r"no value yet in Sheet!A1: calculate it with"):
        convert(one_formula("=GPU_COST(1,2)"), "x", "values")


def test_excels_limits_hold_after_renaming():
    long = "+".join(["GPU_COST(1,2)"] * 550)
    with pytest.raises(DialectError, match="characters long, of which Excel takes 8192"):
        convert(with_sheet(long), "x", "officejs")


def test_names_go_where_the_schema_wants_them():
    for data in (one_formula("=GPU_COST(1,2)"), with_sheet("GPU_COST(1,2)")):
        xml = parts(convert(data, "x", "lambda").data)["xl/workbook.xml"]
        assert 1 == len(re.findall(rb"<definedNames\b", xml))
        assert xml.index(b"</sheets>") < xml.index(b"<definedNames>") < xml.index(b"<calcPr")


@pytest.mark.parametrize("value", ["inf", "NaN"])
def test_a_damaged_workbook_is_a_sentence(value):
    with pytest.raises(WorkbookError):
        convert(with_sheet("GPU_COST(1,2)", value=value), "x", "values")
    damaged = bytearray(with_sheet("1"))
    damaged[60] ^= 255
    with pytest.raises(WorkbookError):
        convert(bytes(damaged), "x", "lambda")
