"""Functions that say where cells are, lists and whole columns, for many scenarios at once."""

import io
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from tests.test_compiled import differences
from tests.workbooks import small_workbook
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised.compiled import VectorisedWorkbook
from xlcalc.calc.vectorised.syntax import NotVectorised
from xlcalc.cells import CellError
from xlcalc.errors import WorkbookError
from xlcalc.runs.report import load_batch, run_report

DIV0, NA, NUM, REF, VALUE = map(CellError, ("#DIV/0!", "#N/A", "#NUM!", "#REF!", "#VALUE!"))
CELLS = {
    "A1": 1.0, "A2": 2.0, "A3": 3.0, "A4": "t",
    "B1": 10.0, "B2": 20.0, "B4": 40.0,
    "C1": "x", "C2": "y", "C3": "x", "C4": True,
    "D1": "People", "D2": "Infra", "D3": "Other", "D4": "People",
    "F1": "=SUM(A1:A2)", "F2": "=SUBTOTAL(9,A1:A2)", "F3": "=AGGREGATE(9,0,A1:A2)",
    "F4": "=A1/(A1-2)", "F5": "=A2", "F6": "=SUBTOTAL(9,A1:A2)+1",
}  # fmt: skip
COLUMNS = {
    "a": [1.0, 2.0, 4.0],
    "b": [20.0, 5.0, 8.0],
    "word": ["Infra", "People", "none"],
}
OWN = ("Sheet", (9, 10))
"""Where the formula stands: J9."""


def workbook(cells, names=(("a", "$A$1"), ("b", "$B$2"), ("word", "$D$2")), prepare=None, now=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet"
    for place, value in cells.items():
        sheet[place] = value
    for name, place in names:
        book.defined_names[name] = DefinedName(name, attr_text=f"Sheet!{place}")
    if prepare is not None:
        prepare(sheet)
    written = io.BytesIO()
    book.save(written)
    return WorkbookModel(written.getvalue(), "own", now)


def vectorised(formula, prepare=None, **cells):
    """Return the values of a formula in J9 for the scenarios, and the workbook of it."""
    model = workbook({**CELLS, **cells, "J9": formula}, prepare=prepare)
    compiled = VectorisedWorkbook(model, COLUMNS)
    return compiled.run(COLUMNS, 3)[OWN].cells(), model


def codes_of(values):
    """Return errors without the engine's sentences."""
    return [CellError(v.code) if isinstance(v, CellError) else v for v in values]


def test_the_formula_at_the_head_of_the_package_has_the_values_that_stand_there():
    formula = "=IF(A1>C1,A1/SUM(C1:C2),VLOOKUP(A1,A5:B6,2,FALSE))"
    cells = {"A1": 1.0, "C1": 3.0, "C2": 4.0, "A5": 1.0, "B5": 10.0, "A6": "=A1*2", "B6": 20.0}
    model = workbook({**cells, "B1": formula}, names=[("a", "$A$1")])
    columns = {"a": [1.0, 14.0, 2.0]}
    values = VectorisedWorkbook(model, columns).run(columns, 3)
    assert [2.0, 28.0, 4.0] == values["Sheet", (6, 1)].cells()
    found = values["Sheet", (1, 2)]
    assert [10.0, 2.0, NA] == found.cells()
    assert [10.0, 2.0, 0.0] == found.data.tolist()
    assert [] == list(differences(model, columns))


BOTH = {
    # ROW and COLUMN of the formula's own cell, and of others.
    "=ROW()*a": [9, 18, 36],
    "=COLUMN()+a": [11, 12, 14],
    "=ROW(B7)*a": [7, 14, 28],
    "=COLUMN(Sheet!C1:C9)*a": [3, 6, 12],
    "=ROWS(A1:B4)*a": [4, 8, 16],
    "=COLUMNS(A1:B4)*a": [2, 4, 8],
    "=ROWS({1,2;3,4;5,6})*a": [3, 6, 12],
    "=COLUMNS({1,2;3,4;5,6})*a": [2, 4, 8],
    "=ROWS(A:A)*a": [1048576, 2097152, 4194304],
    "=COLUMNS(1:1)*a": [16384, 32768, 65536],
    # LET, whose variables may name each other and may be written as files write them.
    "=LET(x,a,x+1)": [2, 3, 5],
    "=LET(_xlpm.x,A1,_xlpm.y,_xlpm.x*2,_xlpm.X+_xlpm.y)": [3, 6, 12],
    "=LET(r,A1:A3,SUM(r)+ROWS(r))": [9, 10, 12],
    "=LET(x,a,y,LET(x,b,x*2),x+y)": [41, 12, 20],
    "=LET(r,A1:A3*2,SUM(r))": [12, 14, 18],
    # Subtotals: words, TRUE and empty cells do not count but in COUNTA.
    "=SUBTOTAL(1,A1:B4)": [76 / 6, 62 / 6, 67 / 6],
    "=SUBTOTAL(2,A1:C4)": [6, 6, 6],
    "=SUBTOTAL(3,A1:C4)": [11, 11, 11],
    "=SUBTOTAL(4,A1:A4)": [3, 3, 4],
    "=SUBTOTAL(5,A1:B4)": [1, 2, 2],
    "=SUBTOTAL(6,A1:A4)": [6, 12, 24],
    "=SUBTOTAL(7,A1:A3)": [1, 0.5773502691896257, 1],
    "=SUBTOTAL(8,A1:A2)": [0.5, 0, 1],
    "=SUBTOTAL(9,A1:A4)": [6, 7, 9],
    "=SUBTOTAL(10,A1:A2)": [0.5, 0, 2],
    "=SUBTOTAL(11,A1:A2)": [0.25, 0, 1],
    "=SUBTOTAL(109,A1:A4,B2)": [26, 12, 17],
    "=SUBTOTAL(9,F1:F2)": [3, 4, 6],
    "=SUBTOTAL(9,A1:A4,B1,F1:F2)": [19, 21, 25],
    "=AGGREGATE(9,0,F1:F3)": [3, 4, 6],
    "=AGGREGATE(9,,F1:F3)": [3, 4, 6],
    "=AGGREGATE(9,4,F1:F3)": [9, 12, 18],
    "=AGGREGATE(9,4,F4:F5)": [1, DIV0, 4],
    "=AGGREGATE(9,6,F4:F5)": [1, 2, 4],
    "=AGGREGATE(9,2,F1:F5)": [4, 6, 10],
    "=AGGREGATE(1,6,F4:F5)": [0.5, 2, 2],
    "=AGGREGATE(2,6,F4:F5)": [2, 1, 2],
    "=AGGREGATE(3,6,F4:F5)": [2, 1, 2],
    "=AGGREGATE(4,6,F4:F5)": [2, 2, 2],
    "=AGGREGATE(5,6,F4:F5)": [-1, 2, 2],
    "=AGGREGATE(9,6,B1:B4,F4)": [69, 55, 60],
    "=AGGREGATE(9,6,C4,F4,D1)": [-1, 0, 2],
    # Array constants where a range may stand.
    "=SUM({1,2,3},a)": [7, 8, 10],
    "=SUM({1,2;3,-4})*a": [2, 4, 8],
    '=SUM({1,TRUE,"3"},a)': [2, 3, 5],
    "=SUM(a*{1,2,3})": [6, 12, 24],
    "=SUMPRODUCT({1,2,3},{4,5,6})*a": [32, 64, 128],
    "=SUMPRODUCT(A1:A3*{1;2;3})": [14, 15, 17],
    '=SUMPRODUCT((D1:D4={"People","Infra"})*B1:B4)': [70, 55, 50],
    "=SUMPRODUCT((A1:A3>1)*(B1:D1=10)*a)": [2, 6, 12],
    "=INDEX({10,20,30,40},a)": [10, 20, 40],
    "=INDEX({10,20,30,40;1,2,3,4},2,a)": [1, 2, 4],
    "=MATCH(a,{1,2,3},0)": [1, 2, NA],
    "=SUM(a,IF({1,0},A1,B1))": [12, 14, 18],
    "=SUM(a,TRANSPOSE(B3:B4))": [41, 42, 44],
    # Whole columns and rows hold the cells that exist.
    "=SUM(A:A)": [6, 7, 9],
    "=SUM($A:B)*2": [152, 124, 134],
    "=SUM(1:1)": [14, 16, 20],
    "=MAX(A:A)": [3, 3, 4],
    '=SUMIFS(B:B,D:D,"People")': [50, 55, 50],
    "=SUMIFS(B:B,D:D,word)": [20, 55, 8],
    '=SUMIFS(B:B,A:A,">1")': [20, 15, 18],
    '=COUNTIF(B:B,">5")': [3, 2, 3],
    "=COUNTA(D:D)*b": [80, 20, 32],
    "=MATCH(b,B:B,0)": [2, 2, 2],
    "=INDEX(B:B,a)+0": [10, 5, 40],
    "=SUMPRODUCT(A:A,B:B)": [50, 30, 56],
    "=VLOOKUP(word,D:E,1,FALSE)": ["Infra", "People", "none"],
    "=VLOOKUP(word,C:D,1,FALSE)": [NA, NA, NA],
    # References by constants.
    "=SUM(OFFSET(A1,0,0,3,1))": [6, 7, 9],
    "=SUM(OFFSET(A1,0,0,3))": [6, 7, 9],
    "=SUM(OFFSET(A1:A2,1,1))": [20, 5, 8],
    "=OFFSET(A1,1.9,1)": [20, 5, 8],
    "=OFFSET(B2,ROW()-9,-1+1)*2": [40, 10, 16],
    "=OFFSET(A2,,1,,)": [20, 5, 8],
    "=OFFSET(A1,-1,0)+a": [REF, REF, REF],
    "=OFFSET(A1,0,-1)+a": [REF, REF, REF],
    '=INDIRECT("A1")*2': [2, 4, 8],
    '=SUM(INDIRECT("A"&1&":A"&ROW()-6))': [6, 7, 9],
    "=INDIRECT(\"'Sheet'!B2\",TRUE)+1": [21, 6, 9],
    '=INDIRECT("b")+1': [21, 6, 9],
    "=PI()*0+a": [1, 2, 4],
    # Texts that look like errors, and errors.
    '=IF(a>1,"#N/A",word)': ["Infra", "#N/A", "#N/A"],
    '=IF(a>1,"#TO DO",#N/A)': [NA, "#TO DO", "#TO DO"],
    "=IFERROR(a+#DIV/0!,7)": [7, 7, 7],
}
"""Formulas that both roads calculate as Excel does."""

_IFS = "SUMIFS function: criteria; Guidelines and examples of array formulas"
VECTORS_ALONE = {
    "=SUM(ROW(B7:B9))*a": ([24, 48, 96], "ROW function: an array of row numbers"),
    "=SUMPRODUCT(ROW(1:4)*B1:B4)": ([210, 180, 186], "ROW function"),
    "=SUMPRODUCT((ROW(A1:A4)=a)*B1:B4)": ([10, 5, 40], "ROW function"),
    "=MAX(ROW(A1:A3)*a)": ([3, 6, 12], "ROW function"),
    "=SUM(COLUMN(A1:C1))*a": ([6, 12, 24], "COLUMN function"),
    '=SUM(SUMIFS(B1:B4,D1:D4,{"People","Infra"}))': ([70, 55, 50], _IFS),
    '=SUMPRODUCT(SUMIFS(B1:B4,D1:D4,{"People","Infra"}))': ([70, 55, 50], _IFS),
    '=SUMPRODUCT(SUMIFS(B1:B4,D1:D4,{"People","Infra"}),{1,2})': ([90, 55, 50], _IFS),
    '=SUM(SUMIFS(B1:B4,D1:D4,{"People";"Infra"},C1:C4,{"x","y"}))': ([30, 15, 10], _IFS),
    "=SUMPRODUCT(SUMIFS(B1:B4,D1:D4,D1:D2))": ([70, 110, 58], _IFS),
    '=MAX(SUMIFS(B1:B4,D1:D4,{"People","Infra"}))': ([50, 55, 50], _IFS),
    '=SUM(COUNTIFS(D1:D4,{"People","Infra"}))*a': ([3, 6, 8], _IFS),
    "=SUM(COUNTIF(B1:B4,{10,20}))*a": ([2, 2, 4], _IFS),
    '=SUM(COUNTIF(B1:B4,">"&{5,10}))': ([5, 3, 4], _IFS),
    '=SUM(SUMIF(D1:D4,{"People","Infra"},B1:B4))': ([70, 55, 50], _IFS),
    '=SUM(SUMIFS(B:B,D:D,{"People","Infra"}))': ([70, 55, 50], _IFS),
    "=SUM(CHOOSE({1,2},A1,B1))": ([11, 12, 14], "CHOOSE function: index_num is an array"),
    "=SUM(LARGE(A1:B4,{1,2}))": ([60, 50, 50], "Guidelines and examples of array formulas"),
    "=SUM(SMALL(A1:A4,{1;2}))": ([3, 4, 5], "Guidelines and examples of array formulas"),
    "=AGGREGATE(12,4,A1:A4)": ([2, 2, 3], "AGGREGATE function: 12 is MEDIAN"),
    "=AGGREGATE(14,4,A1:B4,2)": ([20, 10, 10], "AGGREGATE function: 14 is LARGE"),
    "=AGGREGATE(15,4,A1:B4,1)": ([1, 2, 2], "AGGREGATE function: 15 is SMALL"),
}
"""Formulas that the engine gets wrong, what Excel gives and the page of its reference that says so.

The first scenario of a block is compared, so a batch with one of them goes on scenario by scenario.
"""


@pytest.mark.slow
@pytest.mark.parametrize("formula", BOTH)
def test_both_roads_give_what_excel_gives(formula):
    values, model = vectorised(formula)
    assert (
        BOTH[formula] == pytest.approx(codes_of(values), rel=1e-15)
        if all(type(v) is float for v in values)
        else BOTH[formula] == codes_of(values)
    )
    assert [] == list(differences(model, COLUMNS))


@pytest.mark.parametrize("formula", VECTORS_ALONE)
def test_vectors_follow_excel_where_the_engine_does_not(formula):
    values, _ = vectorised(formula)
    assert VECTORS_ALONE[formula][0] == values


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=LET(x,a,y,x)", "LET with a name that has no value"),
        ("=LET(1,a,2)", "1 as a name"),
        ("=LET(x,a,LAMBDA(y,y)(x))", "more than one value|LAMBDA|it uses"),
        ("=RAND()+a", "Sheet!J9: it uses RAND"),
        ("=OFFSET(A1,a,0)", "Sheet!J9: it uses OFFSET by no constant"),
        ("=SUM(OFFSET(A4,0,0,-2,1))+a", "OFFSET with a size below zero"),
        ('=INDIRECT("A"&a)', "Sheet!J9: it uses INDIRECT of no constant"),
        ('=INDIRECT("R1C1",FALSE)+a', "INDIRECT of no constant"),
        ('=INDIRECT("1+1")+a', r'INDIRECT\("1\+1"\)'),
        ("=ROW(a*1)", "place of what is no cell"),
        ("=SUM(ROW(A:A))*a", "ROW of more than 10,000 cells"),
        ("=SUBTOTAL(a,B1:B4)", "SUBTOTAL with a function that is no constant of its list"),
        ("=SUBTOTAL(12,A1:A4)", "SUBTOTAL with a function that is no constant of its list"),
        ("=AGGREGATE(20,4,A1:A4)", "AGGREGATE with a function that is no constant of its list"),
        ("=AGGREGATE(9,8,A1:A4)", "AGGREGATE with the option 8"),
        ("=AGGREGATE(14,6,A1:A4,1)", r"AGGREGATE\(14\) without errors"),
        ("=AGGREGATE(14,4,A1:A4)", r"AGGREGATE\(14\) without one array and one rank"),
        ("=SUBTOTAL(9,F1:F3)", "SUBTOTAL of Sheet!F3"),
        ("=SUBTOTAL(9,F5:F6)", "SUBTOTAL of Sheet!F6"),
        ("=SUBTOTAL(9,F2)+a", "SUBTOTAL of subtotals alone"),
        ("=SUBTOTAL(9,A1:J9)", "SUBTOTAL of its own cell"),
        ("={1,2}*a", "more than one value"),
        ('=COUNTIF(A:A,"<>x")', "a whole column or row in COUNTIF"),
        ("=COUNTBLANK(A:A)", "a whole column or row in COUNTBLANK"),
        ('=SUMPRODUCT((A:A="")*1)', r"a whole column or row in ="),
        ("=INDEX(A:A,a+90)", "a whole column or row in INDEX"),
        ('=CELL("row",A1)', "Sheet!J9: it uses CELL"),
        ("=A1:A3*2", "more than one value"),
    ],
)
def test_what_is_left_to_the_engine_is_said_with_its_reason(formula, reason):
    with pytest.raises(NotVectorised, match=reason):
        vectorised(formula)


def test_variables_that_double_each_other_do_not_grow_without_end():
    doubled = ",".join(f"x{n},x{n - 1}+x{n - 1}" for n in range(1, 30)).replace("x", "v_")
    with pytest.raises(NotVectorised, match="more than 10,000 parts"):
        vectorised(f"=LET(v_0,a,{doubled},v_29)")
    few = ",".join(f"v_{n},v_{n - 1}+v_{n - 1}" for n in range(1, 8))
    assert [128.0, 256.0, 512.0] == vectorised(f"=LET(v_0,a,{few},v_7)")[0]


def hide(*rows, filtered=False, all_rows=False):
    def prepare(sheet):
        for row in rows:
            sheet.row_dimensions[row].hidden = True
        if filtered:
            sheet.auto_filter.ref = "A1:D4"
        if all_rows:
            sheet.sheet_format.zeroHeight = True

    return prepare


def test_subtotals_of_hidden_rows_are_left_to_the_engine_where_these_do_not_count():
    # A person hides rows: 1 to 11 add them up, 101 to 111 do not. A filter hides them for both.
    assert [6.0, 7.0, 9.0] == vectorised("=SUBTOTAL(9,A1:A4)", hide(2))[0]
    assert [6.0, 7.0, 9.0] == vectorised("=SUBTOTAL(109,A1:A4)", hide(7))[0]
    assert [6.0, 7.0, 9.0] == vectorised("=SUBTOTAL(9,A1:A4)", hide(7, filtered=True))[0]
    assert [6.0, 7.0, 9.0] == vectorised("=AGGREGATE(9,4,A1:A4)", hide(2))[0]
    for formula, prepare in (
        ("=SUBTOTAL(109,A1:A4)", hide(2)),
        ("=SUBTOTAL(109,A1:A4)", hide(4)),
        ("=SUBTOTAL(9,A1:A4)", hide(1, filtered=True)),
        ("=AGGREGATE(9,5,A1:A4)", hide(2)),
        ("=AGGREGATE(9,7,A1:A4)", hide(2)),
        ("=SUBTOTAL(9,A1:A4)", hide(all_rows=True)),
    ):
        with pytest.raises(NotVectorised, match="hidden rows"):
            vectorised(formula, prepare)


def test_a_whole_column_is_no_circle_in_another_column_and_one_in_itself():
    for formula in ("=SUM(A:A)", "=SUM(A:A)*2", "=SUMIFS(A:A,B:B,10)"):
        vectorised(formula)
    for cells, circle in (
        ({"A5": "=SUM(A:A)"}, "Sheet!A5 → Sheet!A5"),
        ({"A5": "=J9"}, "Sheet!A5 → Sheet!J9 → Sheet!A5"),
        ({"J2": "=SUM(9:9)", "K9": "=J2"}, "Sheet!J2 → Sheet!K9 → Sheet!J2"),
    ):
        with pytest.raises(NotVectorised, match=circle):
            vectorised("=SUM(A:A)", **cells)


def test_a_long_circle_is_named_by_its_ends():
    cells = {f"K{row}": f"=K{row % 40 + 1}+A1" for row in range(1, 41)}
    with pytest.raises(NotVectorised) as caught:
        vectorised("=K1", **cells)
    assert (
        "its cells follow from each other: Sheet!K1 → Sheet!K2 → Sheet!K3 → Sheet!K4 → Sheet!K5 → "
        "Sheet!K6 → … → Sheet!K36 → Sheet!K37 → Sheet!K38 → Sheet!K39 → Sheet!K40 → Sheet!K1"
    ) == str(caught.value)


def test_a_whole_column_of_which_nothing_is_live_keeps_all_its_cells():
    # 1,048,576 rows, of which four hold a text.
    assert [1048573.0, 1048574.0, 1048576.0] == vectorised("=COUNTBLANK(C:C)+a")[0]


def test_a_wrong_number_of_arguments_in_a_name_is_said_with_the_name():
    def prepare(sheet):
        names = sheet.parent.defined_names
        names["broken"] = DefinedName("broken", attr_text="IFERROR(Sheet!$A$1)")

    with pytest.raises(WorkbookError, match="the name broken in own: IFERROR takes 2 arguments"):
        workbook({**CELLS, "J9": "=broken+a"}, prepare=prepare)


def test_today_and_now_are_one_moment_for_all_scenarios():
    for formula, expected in (
        ("=TODAY()+a", [46086.0, 46087.0, 46089.0]),
        ("=NOW()-TODAY()+a", [1.75, 2.75, 4.75]),
        ("=IF(K1>b,a,0)", [1.0, 2.0, 4.0]),
    ):
        now = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
        model = workbook({**CELLS, "J9": formula, "K1": "=TODAY()"}, now=now)
        compiled = VectorisedWorkbook(model, COLUMNS)
        assert expected == compiled.run(COLUMNS, 3)[OWN].cells()
        assert [] == list(differences(model, COLUMNS))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # A choice that is the same in all scenarios goes on as one value.
        ('=INDEX(B1:B2,MIN(a,1))*2&"x"', ["20x", "20x", "20x"]),
        ("=ABS(CHOOSE(MIN(a,1),-3,b))", [3.0, 3.0, 3.0]),
        ("=EXP(INDEX({0,1},MIN(a,1)))+0", [1.0, 1.0, 1.0]),
        ('=INDEX(C1:C2,MIN(a,1))="x"', [True, True, True]),
        ("=GPU_HOURS(INDEX({1,2},MIN(a,1)),2,3)", [NUM, NUM, NUM]),
        # What is chosen behind an error is not there.
        ('=COUNTIF(K1:K2,"yes")', [0.0, 1.0, 0.0]),
        ('=SUMIFS(L1:L2,K1:K2,"yes")', [0.0, 7.0, 0.0]),
        ("=SUMIFS(L1:L2,M1:M2,1)", [0.0, 7.0, 0.0]),
    ],
)
def test_choices_and_errors_leave_nothing_behind(formula, expected):
    cells = {
        "K1": '=IF(1/(A1=2)>0,"yes","no")', "K2": "no", "L1": 7.0, "L2": 9.0,
        "M1": "=IF(1/(A1=2)>0,1,0)", "M2": 0.0,
    }  # fmt: skip
    values, model = vectorised(formula, **cells)
    assert expected == codes_of(values)
    assert [] == list(differences(model, COLUMNS))


@pytest.mark.parametrize(
    "formula",
    [
        *("=SUM(A:A,{1,2})", "=AVERAGE(A1:A4)", "=MIN(A1:B4)", "=MAX(A1:B4)", "=COUNT(A1:C4)"),
        *(
            "=MATCH(b,B1:B4,0)",
            "=MATCH(a,{1,2,3},0)",
            "=INDEX(B1:B4,a)",
            *(
                "=INDEX(B1:D4,1,MIN(a,3))",
                "=AND(A1:A4)",
                "=OR(B1:B4,a>1)",
                "=SUMPRODUCT(B1:B4,A1:A4)",
            ),
        ),
        *("=INDEX(B1:D1,MIN(a,3))", "=CHOOSE(a,1,2,3,4)", "=COUNTIF(B1:B4,a)", "=MEDIAN(A1:B4)"),
        *('=SUMIFS(B1:B4,D1:D4,"x")', "=SUMPRODUCT(A1:A2,B1:B2)", "=SUMPRODUCT((A1:A2>1)*B1:B2)"),
        *("=SUBTOTAL(9,A1:B4)", "=AGGREGATE(9,6,F4:F5)", "=AGGREGATE(4,6,F4:F5)", "=IF(a>b,a,b)"),
        *("=AGGREGATE(5,6,F4:F5)", "=AGGREGATE(2,6,F4:F5)", "=AND(a>1,b>1)", "=NOT(a>1)"),
        *("=ROUND(a/3,2)", "=ROUNDUP(a/3,0)", "=ROUNDDOWN(a/3,0)", "=INT(a/3)", "=ABS(-a)"),
        *("=SQRT(a)", "=EXP(a)", "=LN(a)", "=LOG10(a)", "=POWER(a,2)", "=ISNUMBER(a)"),
        *("=ISERROR(F4)", "=ISNA(F4)", "=ISTEXT(word)", "=IFERROR(F4,0)", "=IFNA(F4,0)"),
        *('=TEXT(a,"0.00")', '=a&"x"', "=EDATE(b+45000,a)", "=DATE(2020,a,b)", "=YEAR(b+45000)"),
        *("=MONTH(b+45000)", "=NPV(a%,B1:B2)", "=a%", "=-a", "=+a", "=a^2", '=word="x"', "=a<>b"),
        *("=OR(a>1,b>1)", "=SUM(SUMIFS(B1:B4,A1:A4,{1,2}))", "=GPU_HOURS(a,2,3)"),
    ],
)
def test_vectors_compute_these_without_the_engine(formula):
    compiled = VectorisedWorkbook(workbook({**CELLS, "J9": formula}), COLUMNS)
    compiled.run(COLUMNS, 3)
    # F3, which every one of these workbooks has, asks for nothing either.
    assert [] == compiled.asked


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=ROUND(NPV(0.1,a),6)", [0.909091, 1.818182, 3.636364]),
        ("=ROUND(NPV(0.1,B1:B2,a),6)", [26.371150, 14.725770, 18.707739]),
        ("=MATCH(a,{1,3,5})", [1, 1, 2]),
        ("=MATCH(b,{30,20,7},-1)", [2, 3, 2]),
        ("=ROUNDUP(a/3,1)", [0.4, 0.7, 1.4]),
        ("=COUNT(a,B1:B4)", [4, 4, 4]),
        ("=MEDIAN(a,7)", [4, 4.5, 5.5]),
        ("=TRUNC(a/3,1)", [0.3, 0.6, 1.3]),
        ("=SUM(a,TRUE)", [2, 3, 5]),
        ('=SUM(a,"3")', [4, 5, 7]),
        ("=MAX(a,TRUE)", [1, 2, 4]),
        ("=SUMPRODUCT(A1:A2,B1:B2,{1;2})", [90, 40, 72]),
        ("=SUMPRODUCT(-(A1:A3>1))", [-2, -3, -3]),
        ("=SUMPRODUCT(--(A1:A3>1),B1:B3)", [20, 15, 8 + 10]),
        ("=SUMPRODUCT((A1:A3)*(A1:C1=10))", [6, 7, 9]),
        ("=SUMPRODUCT(A1:A4*1)", [VALUE, VALUE, VALUE]),
        ("=COUNTIFS(B1:B4,a*10,A1:A4,a)", [1, 0, 0]),
        ('=COUNTIF(C1:C4,"?")*a', [3, 6, 12]),
        ("=AND(A1:A3>0,a>1)", [False, True, True]),
    ],
)
def test_what_vectors_do_not_take_the_engine_computes(formula, expected):
    values, model = vectorised(formula)
    assert expected == codes_of(values)
    assert [] == list(differences(model, COLUMNS))


def test_what_the_engine_was_asked_is_told_with_its_gaps():
    compiled = VectorisedWorkbook(workbook({**CELLS, "J9": "=1+MOD(a,B4)+MOD(b,B4)"}), COLUMNS)
    assert [] == compiled.asked
    compiled.run(COLUMNS, 3)
    assert ["MOD(□,'Sheet'!B4)"] == compiled.asked


def test_a_word_in_some_scenarios_is_passed_over_in_these_alone():
    cells = {"K1": '=IF(A1=2,"word",A1)', "K2": "=IF(A1=2,TRUE,10)", "K3": 10.0}
    for formula, expected in (
        ("=AVERAGE(K1,K3)", [5.5, 10.0, 7.0]),
        ("=SUM(K1:K3)", [21.0, 10.0, 24.0]),
        ("=MIN(K1,K3)", [1.0, 10.0, 4.0]),
        ("=MAX(K1,K3)", [10.0, 10.0, 10.0]),
        ("=COUNT(K1:K3)", [3.0, 1.0, 3.0]),
        ("=MEDIAN(K1:K3)", [10.0, 10.0, 10.0]),
        ("=SUMPRODUCT(K1:K1,K3:K3)", [10.0, 0.0, 40.0]),
        ("=MATCH(A1,K1:K2,0)", [1.0, NA, 1.0]),
    ):
        values, model = vectorised(formula, **cells)
        assert expected == codes_of(values)
        assert [] == list(differences(model, COLUMNS))


def test_cells_around_a_subtotal_are_added_up_and_it_is_not():
    cells = {
        "K1": 1.0, "L1": 2.0, "M1": 4.0, "K2": 8.0, "L2": "=SUBTOTAL(9,A1:A1)", "M2": 16.0,
        "K3": 32.0, "L3": 64.0, "M3": "=SUBTOTAL(9,A1:A1)", "K4": "=SUBTOTAL(9,A1)", "L4": 128.0,
        "M4": 256.0, "K5": "=A1*512",
    }  # fmt: skip
    for formula, expected in (
        ("=SUBTOTAL(9,K1:M5)", [511.0 + 512.0, 511.0 + 1024.0, 511.0 + 2048.0]),
        ("=SUBTOTAL(9,K2:M3)+0*a", [120.0, 120.0, 120.0]),
        ("=SUBTOTAL(9,L1:L2)+0*a", [2.0, 2.0, 2.0]),
        ("=SUBTOTAL(9,L2:M2,K4:M4)+0*a", [400.0, 400.0, 400.0]),
    ):
        values, model = vectorised(formula, **cells)
        assert expected == values
        assert [] == list(differences(model, COLUMNS))


@pytest.mark.slow
def test_a_range_may_have_a_hundred_thousand_cells_and_no_more():
    assert [76.0, 62.0, 67.0] == vectorised("=SUM(A1:B50000)")[0]
    with pytest.raises(NotVectorised, match="a range of more than 100,000 cells"):
        vectorised("=SUM(A1:K9100)")


def test_true_and_one_are_two_questions_to_the_engine():
    model = workbook({"A1": 1.0, "A2": "=TYPE(A1)", "A3": "=TYPE(A4)", "A4": "=IF(A1>1,A1=2,A1)"},
                     names=[("a", "$A$1")])  # fmt: skip
    compiled = VectorisedWorkbook(model, ["a"])
    values = compiled.run({"a": [1.0, 2.0, 0.0, 3.0, 1.0]}, 5)
    # TYPE is 1 for a number and 4 for a logical value, though TRUE = 1 and FALSE = 0 in Python.
    assert [1.0, 4.0, 1.0, 4.0, 1.0] == values["Sheet", (3, 1)].cells()


@pytest.mark.parametrize("place", [0.0, 0.5, -0.5, 4.0, 9.0, -1.0])
def test_a_place_outside_of_a_range_is_never_one_of_its_cells(place):
    values = {"C1": 5.0, "C2": 6.0, "C3": 7.0}
    for formula in ("=SUM(INDEX(C1:C3,A1))", "=IFERROR(SUM(INDEX(C1:C3,A1,1)),-1)"):
        model = workbook({"A1": 1.0, **values, "A2": formula}, names=[("a", "$A$1")])
        compiled = VectorisedWorkbook(model, ["a"])
        assert [] == list(differences(model, {"a": [1.0, place, 2.0]}, compiled))
    for inside, expected in ((1.0, 5.0), (1.9, 5.0), (3.0, 7.0), (3.9, 7.0)):
        model = workbook({"A1": 1.0, **values, "A2": "=INDEX(C1:C3,A1)"}, names=[("a", "$A$1")])
        found = VectorisedWorkbook(model, ["a"]).run({"a": [inside, 2.0]}, 2)
        assert [expected, 6.0] == found["Sheet", (2, 1)].cells()


def test_constants_of_a_workbook_are_told_with_their_values():
    compiled = VectorisedWorkbook(workbook({**CELLS, "K1": "=B4/0", "K2": "=B4+1"}), ["a"])
    assert DIV0.code == compiled.constant(("Sheet", (1, 11))).code
    assert 41.0 == compiled.constant(("Sheet", (2, 11)))
    assert ("Sheet", (1, 11)) not in compiled.live


def test_a_block_of_one_scenario_is_a_vector_of_one():
    model = workbook({**CELLS, "J9": "=SUM(A:A)"})
    found = VectorisedWorkbook(model, ["a"]).run({"a": [5.0]}, 1)[OWN]
    assert (1,) == found.data.shape
    assert np.float64 == found.data.dtype
    assert [10.0] == found.cells()


def test_a_batch_of_a_workbook_with_all_of_these_keeps_to_vectors(tmp_path):
    formulas = {
        "E1": "=LET(x,a*ROW(),x+COLUMN())", "E2": "=SUBTOTAL(109,A1:A4)+AGGREGATE(9,6,A1:A4)",
        "E3": "=SUM(A:A)+SUMPRODUCT(A1:A3*{1;2;3})", "E4": "=OFFSET(A1,2,0)+INDIRECT(\"A2\")",
        "E5": "=(NOW()-TODAY()<1)*a",
    }  # fmt: skip
    cells = {place: value for place, value in CELLS.items() if place[0] in "AB"} | formulas
    names = [("a", "$A$1"), *((f"result_{row}", f"$E${row}") for row in range(1, 6))]
    (tmp_path / "own.xlsx").write_bytes(workbook(cells, names).package.to_bytes())
    (tmp_path / "runs.csv").write_text("scenario,a\nlow,2\nhigh,5\n")
    notices = []
    config = load_batch(str(tmp_path / "own.xlsx"), tmp_path / "runs.csv", tmp_path / "out")
    runs = list(run_report(config, notice=notices.append))
    assert [] == notices
    assert [
        [7.0, 14.0, 7.0 + 15.0, 5.0, 2.0],
        [10.0, 20.0, 10.0 + 18.0, 5.0, 5.0],
    ] == [[run.values[f"result_{row}"] for row in range(1, 6)] for run in runs]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=IF(INDEX(B1:B3,A1)="","none",INDEX(B1:B3,A1))', [5.0, "none", 7.0]),
        ('=CHOOSE(A1,B1,B2,B3)=""', [False, True, False]),
        ('=INDEX(B1:B3,A1)&"x"', ["5x", "x", "7x"]),
        ("=INDEX(B1:B3,A1)+1", [6.0, 1.0, 8.0]),
        ("=INDEX(B1:B3,A1)", [5.0, 0.0, 7.0]),
        ('=IF(A1=2,B2,B1)=""', [False, True, False]),
        ('=SWITCH(A1,1,B1,2,B2,3,B3)=""', [False, True, False]),
        ('=VLOOKUP(A1,D1:E3,2,FALSE)&"x"', ["5x", "x", "8x"]),
        ('=XLOOKUP(A1,D1:D3,E1:E3)=""', [False, True, False]),
        ('=C1=""', [False, False, False]),  # C1 shows 0 for an empty cell
        ("=INDEX(B1:B3,2)&A1", ["1", "2", "3"]),
    ],
)
def test_an_empty_cell_that_a_formula_gives_stays_empty_for_what_takes_it(formula, expected):
    cells = {"A1": 1.0, "B1": 5.0, "B3": 7.0, "C1": "=INDEX(B1:B3,A1)", "F1": formula}
    cells |= {"D1": 1.0, "D2": 2.0, "D3": 3.0, "E1": 5.0, "E3": 8.0}
    model = WorkbookModel(small_workbook(cells, {"which": "A1", "out": "F1"}), "own.xlsx")
    found = VectorisedWorkbook(model, ["which"]).run({"which": [1.0, 2.0, 3.0]}, 3)
    assert expected == found["Sheet", (1, 6)].cells()
