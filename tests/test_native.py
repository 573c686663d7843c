"""Calls as plain formulas: what stands in cells and on the workings, and the way back."""

import io
import itertools
import math
import re

import formulon
import ironcalc
import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from tests.built import built
from tests.conftest import ROOT
from tests.marks import needs_libreoffice, slow_but
from tests.test_lambdas import IDS, TRACED, edges, random_calls
from tests.workbooks import parts, to_bytes
from tools.libreoffice import edit
from xlcalc import templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError, call_function
from xlcalc.dialects import Form, convert
from xlcalc.errors import DialectError
from xlcalc.formula_text import called_functions
from xlcalc.native.arguments import read_argument
from xlcalc.native.inline import call_of, inline
from xlcalc.native.texts import qualified, relative_form, unqualified
from xlcalc.ooxml.stored_values import stored_values, without_stored_values
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of

NATIVE = sorted(path.stem for path in (ROOT / "workbooks" / "native").glob("*.xlsx"))
QUICK = {"training_budget", "gpu_tco"}
QUICK_FUNCTIONS = {
    "TRAIN_FLOPS",
    "GPUS_NEEDED",
    "API_COST",
    "RANGE_LOW",
    "IMAGE_TOKENS",
    "ENERGY_MWH",
}
_OLD = """ABS AND AVERAGE CHAR CHOOSE COUNT COUNTA COUNTIF COUNTIFS DATE DAY EDATE EXP IF IFERROR
INDEX INT ISBLANK ISERROR ISLOGICAL ISNA ISNUMBER ISTEXT LARGE LEFT LEN LN LOG LOG10 MATCH MAX
MEDIAN MID MIN MONTH N NORMSINV NOT NPV OR PMT POWER PRODUCT QUARTILE ROUND ROUNDDOWN ROUNDUP ROWS
SMALL SQRT SUBSTITUTE SUM SUMIFS SUMPRODUCT TEXT TRIM YEAR"""
KNOWN_SINCE_2007 = set(_OLD.split())
DAYS = "GPU_DAYS($A$1,$A$2,$A$3)"


def workbook(fill) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = "Plan"
    fill(made.active, made)
    return to_bytes(made)


def with_formula(formula: str) -> bytes:
    def fill(sheet, _):
        sheet["A1"], sheet["A2"], sheet["A3"] = 1e23, 1000, 0.4
        sheet["B1"] = formula

    return workbook(fill)


def cells(data: bytes, sheet: str) -> dict[str, object]:
    found = openpyxl.load_workbook(io.BytesIO(data))[sheet]
    return {
        cell.coordinate: cell.value
        for row in found.iter_rows()
        for cell in row
        if cell.value is not None
    }


def native(formula: str) -> dict[str, object]:
    return cells(convert(with_formula(formula), "plan.xlsx", "native").data, "Workings")


def native_cell(formula: str) -> object:
    return cells(convert(with_formula(formula), "plan.xlsx", "native").data, "Plan")["B1"]


def value_of(data: bytes, cell: str = "B1") -> object:
    values = WorkbookModel(data, "plan.xlsx").evaluate().cached["Plan"]
    row, column = openpyxl.utils.cell.coordinate_to_tuple(cell)
    return values[row, column]


def test_a_call_is_a_block_and_its_body_stands_in_the_cell():
    assert '=2*IF(Workings!$E$9="ok",$A$1/($A$2*1000000000000*$A$3*86400))' == native_cell(
        f"=2*{DAYS}"
    )
    found = native(f"=2*{DAYS}")
    lines = [tuple(found.get(f"{c}{row}") for c in "BCDEFH") for row in range(5, 11)]
    assert [
        ("Plan!B1", "GPU_DAYS", "call", "='Plan'!B1", None, DAYS),
        (
            *("Plan!B1", "GPU_DAYS", "flops", "='Plan'!$A$1"),
            "=IF(ISNUMBER('Plan'!$A$1),IF('Plan'!$A$1>=0,\"ok\",#NUM!),"
            "IF(ISERROR('Plan'!$A$1),'Plan'!$A$1,#VALUE!))",
            "Computation to do.",
        ),
        (
            *("Plan!B1", "GPU_DAYS", "peak_tflops", "='Plan'!$A$2"),
            "=IF(ISNUMBER('Plan'!$A$2),IF('Plan'!$A$2>0,\"ok\",#NUM!),"
            "IF(ISERROR('Plan'!$A$2),'Plan'!$A$2,#VALUE!))",
            "Dense peak rate of one GPU in the number format of the run.",
        ),
        (
            *("Plan!B1", "GPU_DAYS", "mfu", "='Plan'!$A$3"),
            "=IF(ISNUMBER('Plan'!$A$3),IF(AND('Plan'!$A$3>0,'Plan'!$A$3<=1),\"ok\",#NUM!),"
            "IF(ISERROR('Plan'!$A$3),'Plan'!$A$3,#VALUE!))",
            "Model FLOP utilisation, above 0 and at most 1.",
        ),
        (
            *("Plan!B1", "GPU_DAYS", "arguments valid?"),
            '=IF(ISERROR(MAX(E6:E8,F6:F8)),MAX(E6:E8,F6:F8),"ok")',
            None,
            "ok, or the first error of the lines above",
        ),
        (
            *("Plan!B1", "GPU_DAYS", "then the cell has", None, None),
            "flops / (peak_tflops × 1E12 × mfu × 86400)",
        ),
    ] == lines


def test_a_call_that_is_filled_down_is_one_formula_and_one_line():
    def fill(sheet, _):
        for row in range(1, 4):
            sheet.cell(row, 1, 7e9)
            sheet.cell(row, 2, f"=TRAIN_FLOPS($A{row},1E12*2)")

    own = workbook(fill)
    made = convert(own, "plan.xlsx", "native").data
    assert (
        '=IF(AND(COUNT("TRAIN_FLOPS(params,(tokens))",$A2)=1,ISNUMBER(1E12*2)),'
        "IF(AND($A2>0,(1E12*2)>0),6*$A2*(1E12*2),#NUM!),"
        "IF(ISERROR(SUM($A2,1E12*2)),SUM($A2,1E12*2),#VALUE!))"
    ).replace("(1E12*2)>0", "(1E12*2)>=0") == cells(made, "Plan")["B2"]
    lines = {place: text for place, text in cells(made, "Workings").items() if place[1:] == "5"}
    assert {
        "B5": "Plan!B1",
        "C5": "TRAIN_FLOPS",
        "D5": "in one formula 3 cells",
        "E5": "='Plan'!B1",
        "G5": "FLOP",
        "H5": "TRAIN_FLOPS($A1,1E12*2): 6 × params × tokens",
    } == lines
    assert parts(own) == parts(convert(made, "plan.xlsx", "udf").data)


def test_steps_have_lines_and_the_cell_shows_the_result():
    found = native("=GPUS_NEEDED($A$1,30,$A$2,$A$3)")
    labels = [found[f"D{row}"] for row in range(5, 14)]
    assert "step 1" in labels
    assert "result" in labels
    row = 5 + labels.index("result")
    assert f"=Workings!$E${row}" == native_cell("=GPUS_NEEDED($A$1,30,$A$2,$A$3)")
    assert 97.0 <= value_of(
        convert(with_formula("=GPUS_NEEDED($A$1,30,$A$2,$A$3)"), "p", "native").data
    )


def test_what_is_left_out_a_constant_and_another_argument_have_live_lines():
    found = native("=TRAIN_FLOPS(7E9,$A$1)")
    assert 7e9 == found["E6"]
    assert ("flops_per_param_token (left out)", 6) == (found["D8"], found["E8"])
    assert '=IF(E8=6,"ok",#N/A)' == found["F8"]
    found = native("=TRAIN_FLOPS(7E9,$A$1,$A$2)")
    assert "=IF(ISBLANK('Plan'!$A$2),6,'Plan'!$A$2)" == found["E8"]


def test_a_call_inside_a_call_has_a_block_of_its_own():
    found = native("=GPU_HOURS(TRAIN_FLOPS($A$1,$A$2),$A$2,$A$3)")
    calls = [found[f"H{row}"] for row in range(5, 40) if found.get(f"D{row}") == "call"]
    assert ["TRAIN_FLOPS($A$1,$A$2)", "GPU_HOURS(TRAIN_FLOPS($A$1,$A$2),$A$2,$A$3)"] == calls
    assert "=$E$10" == found["E12"]


def test_a_range_is_an_argument_where_a_function_takes_one():
    formula = "=RANGE_HIGH($A$2,C1:C3)"

    def fill(sheet, _):
        sheet["A2"], sheet["B1"] = 1e6, formula
        sheet["C1"], sheet["C3"] = 0.2, 0.3

    made = convert(workbook(fill), "plan.xlsx", "native").data
    expected = call_function(BY_NAME["RANGE_HIGH"], [1e6, [[0.2], [None], [0.3]]])
    assert expected == pytest.approx(value_of(made), rel=1e-12)
    assert formula == cells(convert(made, "plan.xlsx", "udf").data, "Plan")["B1"]


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("=TRAIN_FLOPS(A1:A3,2)", r"Plan!B1: A1:A3 is a range, and a plain formula gives one"),
        ("=TOKEN_PRICE(1,2)", r"Plan!B1: TOKEN_PRICE cannot go without Python"),
        ('=GPU_SPEC("H100","tdp_w")', r"Plan!B1: GPU_SPEC needs the sheet Catalogue"),
        (
            "=TRAIN_FLOPS(ROW()*1E9,2)+IMAGE_TOKENS_API(ROW(),2,$A$9)",
            r"Plan!B1: ROW\(\)\*1E9 means",
        ),
        ("=GPU_DAYS(1,2,3,4)", r"Plan!B1: GPU_DAYS has 4 arguments, too many"),
    ],
)
def test_what_has_no_plain_form_is_refused_by_its_cell(formula, sentence):
    with pytest.raises(DialectError, match=rf"^plan.xlsx: {sentence}"):
        convert(with_formula(formula), "plan.xlsx", "native")


def test_calls_that_no_cell_makes_are_refused():
    def rule(sheet, _):
        sheet.conditional_formatting.add("A2", FormulaRule(["TRAIN_FLOPS(1,2)>A2"]))

    def name(_, book):
        book.defined_names["six"] = DefinedName("six", attr_text="TRAIN_FLOPS(1,1)")

    def array(sheet, _):
        sheet["B1"] = ArrayFormula("B1:B2", "=TRAIN_FLOPS(A1:A2,1)")

    for fill, sentence in (
        (rule, "a rule of the sheet Plan calls TRAIN_FLOPS, and only cells can have plain"),
        (name, "the name six calls TRAIN_FLOPS, and only cells"),
        (array, "Plan!B1 is an array formula"),
    ):
        with pytest.raises(DialectError, match=sentence):
            convert(workbook(fill), "plan.xlsx", "native")


def test_a_formula_that_cannot_stand_on_another_sheet_is_written_in_one_piece():
    made = convert(with_formula("=TRAIN_FLOPS(ROW()*1E9,$A$1)"), "plan.xlsx", "native").data
    assert str(cells(made, "Plan")["B1"]).startswith('=IF(AND(COUNT("TRAIN_FLOPS((params),tokens)"')
    assert 6e9 * 1e23 == value_of(made)


def test_a_formula_too_long_for_one_piece_is_never_built():
    spec = spec_of(BY_NAME["IMAGE_TOKENS_API"])
    assert inline(spec, [read_argument(cell, {}) for cell in ("A1", "B1", "C1")]) is None


def test_the_way_back_takes_what_a_person_changed_in_the_lines():
    made = openpyxl.load_workbook(
        io.BytesIO(convert(with_formula("=TRAIN_FLOPS(7E9,$A$1)"), "p", "native").data)
    )
    made["Workings"]["E6"] = 8e9
    made["Workings"]["E7"] = "='Plan'!$A$2*3"
    made["Workings"].title = "My steps"
    made["Plan"]["B1"] = str(made["Plan"]["B1"].value).replace("Workings!", "'My steps'!")
    back = convert(to_bytes(made), "p", "udf")
    assert "=TRAIN_FLOPS(8000000000,$A$2*3)" == cells(back.data, "Plan")["B1"]
    assert () == back.remarks
    assert ["Plan"] == openpyxl.load_workbook(io.BytesIO(back.data)).sheetnames


@pytest.mark.slow
def test_what_a_person_changed_in_a_formula_of_one_piece_stays_plain():
    def fill(sheet, _):
        for row in range(1, 4):
            sheet.cell(row, 1, 7e9)
            sheet.cell(row, 2, f"=TRAIN_FLOPS($A{row},1E12)")

    made = openpyxl.load_workbook(io.BytesIO(convert(workbook(fill), "p", "native").data))
    changed = str(made["Plan"]["B2"].value).replace("6*", "7*")
    made["Plan"]["B2"] = changed
    back = convert(to_bytes(made), "p", "udf")
    assert ("Plan!B2 stays a plain formula, because it is not as xlcalc wrote it",) == back.remarks
    found = cells(back.data, "Plan")
    assert ("=TRAIN_FLOPS($A1,1E12)", changed) == (found["B1"], found["B2"])


@pytest.mark.parametrize(
    ("sheet", "cell", "old", "new"),
    [
        ("Plan", "B1", "86400", "3600"),
        ("Workings", "F7", ">0", ">1"),
        ("Workings", "E9", '"ok")', '"fine")'),
    ],
)
def test_what_a_person_changed_in_a_block_is_named(sheet, cell, old, new):
    made = openpyxl.load_workbook(io.BytesIO(convert(with_formula(f"={DAYS}"), "p", "native").data))
    before = str(made[sheet][cell].value)
    made[sheet][cell] = before.replace(old, new)
    assert before != made[sheet][cell].value
    back = convert(to_bytes(made), "p", "udf")
    assert (
        "Plan!B1: the workings of GPU_DAYS were changed by hand, and the call that they were made "
        "for takes their place",
    ) == back.remarks
    assert f"={DAYS}" == cells(back.data, "Plan")["B1"]


@pytest.mark.parametrize(
    ("sheet", "cell", "typed"),
    [
        ("Plan", "B1", lambda old: old.replace("86400", "43200")),  # another formula in the cell
        ("Workings", "E6", lambda old: 5e22),  # over a line that the cell does not read
    ],
)
def test_a_call_that_would_give_another_value_than_its_cell_is_refused(sheet, cell, typed):
    made = convert(with_formula(f"={DAYS}"), "p", "native").data
    book = openpyxl.load_workbook(io.BytesIO(made))
    book[sheet][cell] = typed(book[sheet][cell].value)
    changed = calculated(to_bytes(book))
    with pytest.raises(DialectError, match=r"Plan!B1 is .* would be .* changed by\s+hand"):
        convert(changed, "p", "udf")


def test_sheets_and_texts_that_have_the_name_of_the_workings_in_theirs_stay_as_they_are():
    def fill(sheet, book):
        book.create_sheet("Old_Workings")["A1"] = 7e9
        sheet["B1"] = '=TRAIN_FLOPS(Old_Workings!A1,IF("see Workings!"="",1,2))'

    made = convert(workbook(fill), "p", "native").data
    assert "=Old_Workings!A1" == cells(made, "Workings")["E6"].replace("'", "")
    assert "see Workings!" in cells(made, "Workings")["E7"]
    assert 6 * 7e9 * 2 == value_of(made)


def test_the_sheet_of_workings_gets_a_name_that_no_tab_has_in_any_letter_case():
    def fill(sheet, book):
        book.create_sheet("workings")
        sheet["A1"], sheet["B1"] = 7e9, "=TRAIN_FLOPS(A1,2)"

    made = convert(workbook(fill), "p", "native").data
    names = openpyxl.load_workbook(io.BytesIO(made)).sheetnames
    assert ["Plan", "workings", "Workings of xlcalc"] == names


@pytest.mark.parametrize("rule", ["format", "validation"])
def test_a_rule_that_reads_the_workings_keeps_them(rule):
    made = openpyxl.load_workbook(io.BytesIO(convert(with_formula(f"={DAYS}"), "p", "native").data))
    if rule == "format":
        made["Plan"].conditional_formatting.add("B1", FormulaRule(['Workings!$F$6="ok"']))
    else:
        validation = DataValidation(type="custom", formula1="Workings!$E$6>0")
        validation.add("C1")
        made["Plan"].add_data_validation(validation)
    with pytest.raises(DialectError, match="a rule of the sheet Plan reads Workings!"):
        convert(to_bytes(made), "p", "udf")


def test_without_the_workings_a_sheet_that_is_there_is_in_front():
    made = openpyxl.load_workbook(io.BytesIO(convert(with_formula(f"={DAYS}"), "p", "native").data))
    made.active = 1
    back = convert(to_bytes(made), "p", "udf").data
    assert "Plan" == openpyxl.load_workbook(io.BytesIO(back)).active.title


def test_a_call_on_a_random_number_comes_back():
    formula = "=TRAIN_FLOPS(1+RAND(),$A$1)"
    made = calculated(convert(with_formula(formula), "p", "native").data)
    assert formula == cells(convert(made, "p", "udf").data, "Plan")["B1"]


def calculated(data: bytes) -> bytes:
    """Return a workbook with the values of its formulas."""
    model = WorkbookModel(data, "p")
    return model.to_bytes(model.evaluate())


def test_the_page_shows_the_formula_that_the_workbook_has():
    data = (ROOT / "workbooks" / "native" / "training_budget.xlsx").read_bytes()
    page = (ROOT / "docs" / "native.md").read_text(encoding="utf-8")
    assert f"\n{cells(data, 'Calculation')['C11']}\n" in page
    filled = str(cells(data, "Sensitivity")["C10"])
    assert re.sub(r"\s", "", filled) in re.sub(r"\s", "", page)


def test_the_workings_stay_while_something_else_reads_them():
    made = openpyxl.load_workbook(io.BytesIO(convert(with_formula(f"={DAYS}"), "p", "native").data))
    made["Plan"]["C1"] = "=Workings!$E$6"
    with pytest.raises(DialectError, match=r"Plan!C1 reads Workings!\$E\$6, which is no result"):
        convert(to_bytes(made), "p", "udf")
    made["Plan"]["C1"] = None
    made.defined_names["mine"] = DefinedName("mine", attr_text="Workings!$E$6")
    with pytest.raises(DialectError, match="the name mine stands for"):
        convert(to_bytes(made), "p", "udf")


def test_a_sheet_of_workings_of_ones_own_stays():
    def fill(sheet, book):
        sheet["A1"], sheet["A2"], sheet["A3"] = 1e23, 1000, 0.4
        sheet["B1"] = f"={DAYS}"
        book.create_sheet("Workings")["A1"] = "mine"

    data = workbook(fill)
    made = convert(data, "p", "native").data
    names = openpyxl.load_workbook(io.BytesIO(made)).sheetnames
    assert ["Plan", "Workings", "Workings of xlcalc"] == names
    assert value_of(data) == value_of(made)
    assert parts(data) == parts(convert(made, "p", "udf").data)


@needs_libreoffice
@pytest.mark.slow
def test_the_way_back_follows_rows_and_sheets_that_libreoffice_moved(tmp_path):
    source, target = tmp_path / "native.xlsx", tmp_path / "moved.xlsx"
    formulas = {
        "B1": "=2*GPU_DAYS($A$1,$A$2,$A$3)",
        "B2": "=GPU_HOURS(TRAIN_FLOPS($A$2,A1,7),Plan!$A$2,A3)",
        **{f"C{row}": f"=TRAIN_FLOPS($A$1,$A{row}+1)" for row in range(1, 4)},
    }

    def fill(sheet, _):
        sheet["A1"], sheet["A2"], sheet["A3"] = 1e23, 1000, 0.4
        for place, formula in formulas.items():
            sheet[place] = formula

    source.write_bytes(convert(workbook(fill), "p", "native").data)
    steps = [
        ("InsertRows", "Plan", 1, 2),
        ("InsertRows", "Workings", 8, 1),
        ("RenameSheet", "Plan", "My plan"),
    ]
    edit({(source, target): steps}, tmp_path)
    converted = convert(target.read_bytes(), "p", "udf")
    assert () == converted.remarks
    back = cells(converted.data, "My plan")
    moved = {place: formula for place, formula in back.items() if str(formula).startswith("=")}
    shifts = int(min(moved)[1:]) - 1
    assert 2 == shifts
    assert {
        "B3": "=2*GPU_DAYS($A$3,$A$4,$A$5)",
        "B4": "=GPU_HOURS(TRAIN_FLOPS($A$4,A3,7),$A$4,A5)",
        **{f"C{row}": f"=TRAIN_FLOPS($A$3,$A{row}+1)" for row in range(3, 6)},
    } == moved


@pytest.mark.slow
@pytest.mark.parametrize("name", slow_but(QUICK, list(templates.TEMPLATES)))
def test_a_template_comes_back_to_the_byte(name):
    first = convert(built(name), name, "udf").data
    made = built(name, Form("native"))
    back = convert(made, name, "udf")
    assert () == back.remarks
    assert parts(first) == parts(back.data)
    assert made == convert(made, name, "native").data
    other = convert(made, name, "lambda").data
    assert parts(made) == parts(convert(other, name, "native").data)


@pytest.mark.parametrize("name", slow_but(QUICK, list(templates.TEMPLATES)))
def test_a_template_has_the_values_that_python_gives(name):
    first = stored_values(WorkbookModel(built(name), name).package)
    made = WorkbookModel(built(name, Form("native")), name)
    kept = stored_values(made.package)
    fresh = WorkbookModel(without_stored_values(made.package), name).evaluate().cached
    assert kept.keys() - first.keys() == {"Workings"}
    wrong = [
        (sheet, position, value, kept[sheet][position])
        for sheet, values in first.items()
        for position, value in values.items()
        if not alike(value, kept[sheet][position])
    ]
    assert [] == wrong
    wrong = [
        (sheet, position, value, fresh[sheet][position])
        for sheet, values in kept.items()
        for position, value in values.items()
        if value is None or not alike(value, fresh[sheet][position])
    ]
    assert [] == wrong


@pytest.mark.parametrize("name", NATIVE)
def test_a_native_workbook_has_nothing_newer_than_excel_2007(name):
    data = (ROOT / "workbooks" / "native" / f"{name}.xlsx").read_bytes()
    model = WorkbookModel(data, name)
    texts = [cell.text for formulas in model.formulas.values() for cell in formulas.values()]
    called = {name for text in texts for name in called_functions(text)}
    assert set() == called - KNOWN_SINCE_2007
    assert max(map(len, texts)) <= 8192
    assert max(map(depth, texts)) <= 64
    assert b"_xlfn" not in b"".join(parts(data).values())


def test_every_native_workbook_is_committed():
    assert sorted(templates.TEMPLATES) == NATIVE


def depth(formula: str) -> int:
    """Return how deep brackets are nested in a formula."""
    plain = re.sub(r'"(?:[^"]|"")*"', "", formula)
    return max(itertools.accumulate({"(": 1, ")": -1}.get(sign, 0) for sign in plain), default=0)


def alike(one, other) -> bool:
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return bool(one == pytest.approx(other, rel=1e-12, abs=1e-12))
    if isinstance(one, CellError):
        return one.code == getattr(other, "code", other)
    return one == other or (one in ("", None) and other in ("", None))


def both_ways(spec, calls) -> bytes:
    """Return a workbook with each call in a block of its own and in one formula."""

    def fill(sheet, _):
        count = len(spec.arguments)
        for row, call in enumerate(calls, start=1):
            for column, value in enumerate(call, start=1):
                code = isinstance(value, CellError)
                if value is not None:
                    cell = sheet.cell(row, column, value.code if code else value)
                    if code or isinstance(value, str):
                        cell.data_type = "e" if code else "s"
            letters = [get_column_letter(column) for column in range(1, count + 1)]
            filled = ",".join(f"{letter}{row}" for letter in letters)
            fixed = ",".join(f"${letter}${row}" for letter in letters)
            sheet.cell(row, 30, f"={spec.name}({filled})")
            sheet.cell(row, 31, f"={spec.name}({fixed})")

    return convert(workbook(fill), spec.name, "native").data


def all_calls(spec, points: int) -> list[list[object]]:
    found = [*edges(spec), *itertools.islice(random_calls(spec), points)]
    return [[*call, *[None] * (len(spec.arguments) - len(call))] for call in found]


def disagreements(spec, calls, got) -> list[tuple[object, ...]]:
    expected = [call_function(BY_NAME[spec.name], call) for call in calls]
    return [
        (call, value, got[row, column])
        for row, (call, value) in enumerate(zip(calls, expected, strict=True), start=1)
        for column in (30, 31)
        if not agree(value, got[row, column])
    ]


def agree(expected, got) -> bool:
    if isinstance(expected, CellError):
        return expected.code == getattr(got, "code", got)
    return isinstance(got, float) and math.isclose(expected, got, rel_tol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", slow_but(QUICK_FUNCTIONS, IDS))
def test_both_ways_agree_with_python_at_the_edges_and_on_every_error(name):
    spec = spec_of(BY_NAME[name])
    calls = all_calls(spec, 5)
    values = WorkbookModel(both_ways(spec, calls), spec.name).evaluate().cached["Plan"]
    assert [] == disagreements(spec, calls, values)


@pytest.mark.slow
@pytest.mark.parametrize("spec", TRACED, ids=IDS)
def test_other_engines_agree_with_python_in_both_ways(spec, tmp_path):
    calls = all_calls(spec, 40)
    data = both_ways(spec, calls)
    file = tmp_path / "calls.xlsx"
    file.write_bytes(data)
    model = ironcalc.load_from_xlsx(str(file), "en", "UTC", "en")
    model.evaluate()
    places = [(row, column) for row in range(1, len(calls) + 1) for column in (30, 31)]
    values = {place: model.get_cell_value(0, *place) for place in places}
    assert [] == disagreements(spec, calls, values)
    with formulon.Workbook.load(data) as opened:
        opened.recalc()
        found = {(row, column): opened.get_value(0, row - 1, column - 1) for row, column in places}
        values = {
            place: value.to_python()
            if value.error_code is None
            else formulon.error_display_name(value.error_code)
            for place, value in found.items()
        }
    assert [] == disagreements(spec, calls, values)


@pytest.mark.parametrize("spec", TRACED, ids=IDS)
def test_a_formula_of_one_piece_is_read_back(spec):
    cells_ = [f"Sheet!$A{n}" for n in range(1, len(spec.arguments) + 1)]
    for texts in (cells_, cells_[: spec.required], [f"{cell}*2" for cell in cells_]):
        text = inline(spec, [read_argument(cell, {}) for cell in texts])
        if text is not None:
            call = f"{spec.name}({','.join(texts)})"
            assert call == call_of(text)
            assert call == call_of(text.replace("1000000000", "1E9").replace("1E9000", "1E12"))


def test_references_are_moved_to_another_sheet_and_back():
    formula = "A1+$B$2*SUM(C:C,Other!D4)+rate+LOG10(2)+\"A1\"&Table[A1]+#N/A+'It''s'!A1+1E5"
    moved = "'My plan'!A1+'My plan'!$B$2*SUM('My plan'!C:C,Other!D4)+'My plan'!rate+LOG10(2)"
    assert qualified(formula, "My plan", {"rate"}).startswith(moved)
    assert formula == unqualified(qualified(formula, "My plan", {"rate"}), "My plan")
    assert relative_form("A1+$B$2+C$3", (1, 1)) == relative_form("B2+$B$2+D$3", (2, 2))
    assert relative_form("A1+$B$2", (1, 1)) != relative_form("A1+$B$2", (2, 2))
