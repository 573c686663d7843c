"""Data validations of every kind, judged with all inputs of a run in their cells."""

import csv

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests.workbooks import name_cells, parts, to_bytes, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.errors import InputValueError
from xlcalc.runs.config import load_batch
from xlcalc.runs.report import run_report

CELLS = {"tier": "low", "choice": "a", "n": 3.0, "m": 5.0, "half": "=B3/2", "flag": True}
CELLS |= {"free": "x", "empty": None}
"""The named cells in B1, B2 and so on, each with a name."""
NAMES = {
    "low": "Lists!$A$1:$A$2",
    "high": "Lists!$B$1:$B$3",
    "gappy": "Lists!$C$1:$C$3",
    "grown": "OFFSET(Lists!$A$1,0,0,COUNTA(Lists!$A:$A),1)",
    "chosen": "INDIRECT(Plan!$B$1)",
    "most": "Plan!$B$3*2",
    "rate": "0.25",
    "column": "Rates[Name]",
    "beside": "Plan!B1",
    "nothing": "Lists!$D$9",
}
LISTS = {"A1": "a", "A2": "b", "B1": "c", "B2": 7, "B3": "Ü", "C1": "p", "C3": "q"}


def rule(cells, kind, formula1, formula2=None, **more):
    """Return a rule that refuses, and the cells that it is for."""
    settings = {"type": kind, "formula1": formula1, "formula2": formula2}
    return cells, DataValidation(showErrorMessage=True, **settings | more)


def book(*rules):
    """Return a workbook whose sheet `Plan` has the cells and these rules."""
    workbook = openpyxl.Workbook()
    plan = workbook.active
    plan.title = "Plan"
    for row, value in enumerate(CELLS.values(), start=1):
        plan.cell(row, 2, value)
        plan.cell(row, 3, row * 10)
    name_cells(workbook, {name: f"B{row}" for row, name in enumerate(CELLS, start=1)})
    lists = workbook.create_sheet("Lists")
    for cell, value in LISTS.items():
        lists[cell] = value
    rates = workbook.create_sheet("Rates of '26")
    for row in (("Name", "Rate"), ("usual", 0.1), ("odd", 0.3)):
        rates.append(row)
    rates.add_table(Table(displayName="Rates", ref="A1:B3"))
    for name, text in NAMES.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=text)
    workbook.defined_names["unseen"] = DefinedName("unseen", attr_text="low", hidden=True)
    plan.defined_names["own"] = DefinedName("own", attr_text="Lists!$B$1:$B$2")
    for cells, validation in rules:
        validation.sqref = openpyxl.worksheet.cell_range.MultiCellRange(cells)
        plan.add_data_validation(validation)
    return WorkbookModel(to_bytes(workbook), "plan.xlsx")


def refused(model, settings):
    """Return the sentence that refuses some settings, or an empty text."""
    try:
        model.evaluate(settings)
    except InputValueError as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(
    ("formula", "taken", "out"),
    [
        ("$E$1:$E$2", (), ("x",)),
        ("Lists!$A$1:$A$2", ("a", "B"), ("c",)),
        ("low", ("a", "B"), ("c",)),
        ("own", ("c", "7"), ("ü", "a")),
        ("high", ("c", "7", "ü"), ("a",)),
        ("unseen", ("b",), ("c",)),
        ("grown", ("a", "b"), ("c",)),
        ("chosen", ("a", "b"), ("c",)),
        ("column", ("usual", "ODD"), ("Name", "a")),
        ("INDIRECT($B$1)", ("a",), ("c",)),
        ('INDIRECT("Lists!A"&1&":A2")', ("b",), ("c",)),
        ('INDIRECT("Rates[Name]")', ("odd",), ("a",)),
        ('IF("Rates[No]"="x[y","Rates",Rates[Name])', ("usual",), ("Name",)),
        ("OFFSET(Lists!$A$1,0,1,3)", ("c", "7"), ("a",)),
        ("OFFSET(Lists!$C$4,-1,-2,-2,1)", ("b",), ("a", "c")),
        ("OFFSET(low,0,1)", ("c", "7"), ("ü", "a")),
        ("IF($B$3>2,low,high)", ("a",), ("c",)),
        ("CHOOSE($B$3-1,low,high)", ("c",), ("a",)),
        ("INDEX(Lists!$A$1:$B$3,0,2)", ("c", "ü"), ("a",)),
        ("Lists!$A$1:INDEX(Lists!$A:$A,COUNTA(Lists!$A:$A))", ("a", "b"), ("c",)),
        ("IFERROR(INDIRECT(B7),low)", ("a",), ("c",)),
        ("IF(B8,high,low)", ("a",), ("c",)),
        ('IF("[1]"="",high,low)', ("a",), ("c",)),
        ("Lists!$A:$A", ("b",), ("c",)),
    ],
)
def test_a_list_takes_what_its_formula_names(formula, taken, out):
    model = book(rule("B2", "list", formula))
    assert [""] * len(taken) == [refused(model, {"choice": value}) for value in taken]
    for value in out:
        assert refused(model, {"choice": value}).startswith("choice must be one of the list (")


def test_a_list_that_follows_from_another_input_is_judged_with_all_of_a_run():
    model = book(rule("B2", "list", "INDIRECT(B1)"))
    assert "" == refused(model, {"tier": "high", "choice": "c"})
    assert "" == refused(model, {"choice": "c", "tier": "high"})
    sentence = 'choice must be one of the list (c, 7, Ü), got "a"'
    assert sentence == refused(model, {"choice": "a", "tier": "high"})
    assert "" == refused(model, {"choice": "a"})  # nothing of the runs before stays
    sentence = 'choice must be one of the list =INDIRECT(B1), which is #REF!, got "a"'
    assert sentence == refused(model, {"choice": "a", "tier": "mid"})


def test_a_bound_is_what_its_cell_has_in_the_same_run():
    model = book(
        rule("B4", "decimal", "B5", operator="greaterThan"), rule("B3", "whole", "1", "most")
    )
    assert "" == refused(model, {"m": 1.6})
    assert "m must be above 1.5 (=B5), got 1.5" == refused(model, {"m": 1.5})
    assert "m must be above 4 (=B5), got 3" == refused(model, {"m": 3, "n": 8})
    assert "n must be between 1 and 0 (=most), got 0" == refused(model, {"n": 0})
    assert "" == refused(model, {"n": 9})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "bounds", "operator", "taken", "sentences"),
    [
        ("date", ("DATE(2026,1,1)", "46387"), "between", ("2026-12-31", 46023),
         {"2027-03-01": "n must be a date from 2026-01-01 (=DATE(2026,1,1)) to 2026-12-31, "
                        "got 2027-03-01"}),
        ("date", ("46023", "46387"), "notBetween", ("2025-12-31",),
         {46023.5: "n must be a date before 2026-01-01 or after 2026-12-31, "
                   "got 2026-01-01T12:00"}),
        ("date", ("46023",), "lessThan", ("2025-12-31",),
         {"2026-01-01": "n must be a date before 2026-01-01, got 2026-01-01"}),
        ("date", ("46023",), "greaterThanOrEqual", ("2026-01-01",),
         {"-1": "n must be a date from 2026-01-01 on, got -1"}),
        ("time", ("0.375", "17/24"), "between", ("09:00", "17:00"),
         {"08:59": "n must be a time from 09:00 to 17:00 (=17/24), got 08:59"}),
        ("time", ("0.5",), "equal", ("12:00",),
         {"12:00:01": "n must be the time 12:00, got 12:00:01"}),
        ("decimal", ("rate",), "lessThanOrEqual", ("0.25",),
         {1: "n must be at most 0.25 (=rate), got 1"}),
        ("decimal", ("0.1+0.2",), "equal", ("0.3",),
         {1: "n must be equal to 0.3 (=0.1+0.2), got 1"}),
        ("whole", ("$C$1",), "notEqual", (11,),
         {10: "n must be other than 10 (=$C$1), got 10", 1.5: "n must be a whole number, got 1.5"}),
        ("decimal", ("1/0",), "greaterThan", (),
         {9: "n must be above =1/0, where =1/0 is #DIV/0!, got 9"}),
        ("decimal", ("$B$7",), "greaterThan", (),
         {9: 'n must be above =$B$7, where =$B$7 is "x", got 9'}),
        ("textLength", ("2",), "lessThanOrEqual", (10,),
         {100: "n must be at most 2 characters long, got 100 (3 characters)"}),
    ],
)  # fmt: skip
def test_a_number_a_date_and_a_time_are_held_to_bounds(kind, bounds, operator, taken, sentences):
    model = book(rule("B3", kind, *bounds, operator=operator))
    assert [""] * len(taken) == [refused(model, {"n": value}) for value in taken]
    for value, sentence in sentences.items():
        assert sentence == refused(model, {"n": value})


def test_a_date_goes_into_a_cell_without_a_format_as_its_number():
    model = book(rule("B3:B4 B8", "date", "1", operator="greaterThan"))
    values = model.evaluate(
        {"n": "2026-01-01", "m": "2026-01-01 06:00", "empty": "2026-01-02"}
    ).values
    assert [46023.0, 46023.25, 46024.0] == [values[name] for name in ("n", "m", "empty")]


@pytest.mark.parametrize(
    ("operator", "bounds", "taken", "words"),
    [
        ("between", ("2", "$B$3"), ("ab", "abc"), "2 to 3 (=$B$3) characters long"),
        ("notBetween", ("1", "4"), ("abcde",), "shorter than 1 or longer than 4 characters"),
        ("greaterThan", ("4",), ("abcde",), "longer than 4 characters"),
        ("equal", ("2",), ("ab", "🙂"), "2 characters long"),
    ],
)  # fmt: skip
def test_a_text_is_held_to_its_length(operator, bounds, taken, words):
    model = book(rule("B7", "textLength", *bounds, operator=operator))
    assert [""] * len(taken) == [refused(model, {"free": value}) for value in taken]
    assert f'free must be {words}, got "abcd" (4 characters)' == refused(model, {"free": "abcd"})


@pytest.mark.parametrize(
    ("formula", "taken", "out"),
    [
        ("B7<>B2", ("b", "c"), ("a", "A")),
        ("AND(LEN(B7)=2,EXACT(B7,UPPER(B7)))", ("AB",), ("Ab", "ABC")),
        ("COUNTIF(low,B7)=0", ("c",), ("b",)),
        ("COUNTIF(INDIRECT(B1),B7)", ("b",), ("c",)),
        ("ROW()=7", ("any",), ()),
        ("-1", ("any",), ()),
        ("B3-3", (), ("any",)),
        ("1/0", (), ("any",)),
        ('"TRUE"', ("any",), ()),
        ("B7", ("TRUE",), ("any",)),
    ],
)
def test_a_formula_is_calculated_with_the_entry_in_its_cell(formula, taken, out):
    model = book(rule("B7", "custom", formula))
    assert [""] * len(taken) == [refused(model, {"free": value}) for value in taken]
    for value in out:
        assert refused(model, {"free": value}).startswith(f"free must fulfil ={formula}")


def test_relative_references_move_with_the_cell_from_the_first_one_of_all_areas():
    model = book(rule("B4 B2:B3", "decimal", "C1*A$1+C2", operator="lessThan"))
    assert "n must be below 30 (=C2*A$1+C3), got 30" == refused(model, {"n": 30})
    assert "m must be below 40 (=C3*A$1+C4), got 40" == refused(model, {"m": 40})
    assert "" == refused(model, {"n": 29, "m": 39})


def test_a_relative_name_is_meant_from_the_cell_of_the_entry():
    model = book(rule("B3:B4", "decimal", "beside", operator="lessThan"))
    assert "n must be below 30 (=beside), got 60" == refused(model, {"n": 60})
    assert "m must be below 40 (=beside), got 60" == refused(model, {"m": 60})


def test_a_typed_list_is_compared_with_case_and_a_list_of_cells_without():
    model = book(rule("B2", "list", '"low, High"'), rule("B7", "list", "low"))
    assert ["", ""] == [refused(model, {"choice": "High"}), refused(model, {"free": "B"})]
    sentence = 'choice must be one of the list (low, High), got "high"; did you mean "High"?'
    assert sentence == refused(model, {"choice": "high"})


def test_an_entry_of_a_typed_list_is_the_number_that_it_would_be_in_a_cell():
    model = book(rule("B3", "list", '"$100,5%,1,000"'))
    assert ["", "", ""] == [refused(model, {"n": value}) for value in (100, "5%", 1)]
    sentence = 'n must be one of the list ($100, 5%, 1, 000), got "5"; did you mean "5%"?'
    assert sentence == refused(model, {"n": 5})


def test_blanks_are_ignored_where_the_rule_says_so():
    for ignores in (True, False):
        model = book(
            rule("B2", "list", "gappy", allow_blank=ignores),
            rule("B7", "list", "Lists!$C$1:$C$3", allow_blank=ignores),
            rule("B3", "decimal", "Lists!$D$1", operator="lessThan", allow_blank=ignores),
            rule("B4", "custom", "nothing>5", allow_blank=ignores),
        )
        assert ignores is ("" == refused(model, {"choice": "other"}))
        assert 'free must be one of the list (p, q), got "other"' == refused(
            model, {"free": "other"}
        )
        assert ignores is ("" == refused(model, {"n": 9}))
        assert ignores is ("" == refused(model, {"m": 9}))
        assert ignores is ("" == refused(model, {"choice": ""}))


def test_only_a_rule_that_stops_refuses_and_one_that_warns_is_said():
    model = book(
        rule("B2", "list", "low", errorStyle="warning"),
        rule("B3", "whole", "1", "9", errorStyle="information"),
        ("B4", DataValidation(type="whole", formula1="1", formula2="9", showErrorMessage=False)),
    )
    settings = {"choice": "z", "n": 99, "m": 99}
    assert "" == refused(model, settings)
    assert [
        'choice must be one of the list (a, b), got "z"; the workbook only warns of it, so it is '
        "taken",
        "n must be between 1 and 9, got 99; the workbook only warns of it, so it is taken",
    ] == model.entry_warnings(settings)
    assert [] == model.entry_warnings({"choice": "a", "n": 2, "m": 99})


def test_all_rules_of_a_cell_are_held_to():
    model = book(
        rule("B3:B4", "whole", "1", "9"), rule("A1:C3", "custom", "A1<>B$4", allow_blank=False)
    )
    assert "n must be between 1 and 9, got 10" == refused(model, {"n": 10})
    assert "n must fulfil =B3<>C$4, got 40" == refused(
        book(rule("A1:C3", "custom", "A1<>B$4")), {"n": 40}
    )
    assert "" == refused(model, {"n": 4})


@pytest.mark.parametrize(
    "formula", ["OFFSET(Plan!$XFD$1,0,1)", "OFFSET(B1,-1,0)", "OFFSET(B1,0,0,0)"]
)
def test_a_list_beyond_the_sheet_takes_nothing(formula):
    model = book(rule("B7", "list", formula))
    sentence = f'free must be one of the list ={formula}, which is #REF!, got "any"'
    assert sentence == refused(model, {"free": "any"})


@pytest.mark.parametrize(
    ("kind", "formula", "reason"),
    [
        ("list", "[1]Lists!$A$1:$A$9", "=[1]Lists!$A$1:$A$9 names cells of another file"),
        ("list", "'C:\\[a.xlsx]Lists'!$A$1", "names cells of another file"),
        ("custom", "NOSUCHFUNCTION(B7)", "no engine knows NOSUCHFUNCTION"),
        ("list", "nowhere", "nowhere is no name of the workbook"),
        ("list", 'FILTER(Lists!$A$1:$A$9,Lists!$A$1:$A$9<>"")', "gives no cells that can be"),
        ("list", 'INDIRECT("R1C1",FALSE)', "R1C1"),
        ("custom", "B7=", "no engine reads ='Plan'!B7="),
        ("custom", "SUM(Plan:Lists!A1)>1", "reads through several sheets"),
        ("custom", "SUM(Rates[#All])>1", "no plain column of a table is meant by Rates["),
        ("custom", "SORT(low)", "no engine calculates"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_said_and_takes_any_value(kind, formula, reason):
    model = book(rule("B7", kind, formula), rule("B3", "decimal", "B4", operator="lessThan"))
    assert "" == refused(model, {"free": "any", "n": 1})
    [warning] = model.entry_warnings({"free": "any", "n": 1})
    assert warning.startswith(
        "the data validation of free cannot be decided, so it takes any value: "
    )
    assert reason in warning
    assert "n must be below 5 (=B4), got 7" == refused(model, {"n": 7})  # the engine goes on


def test_a_list_of_more_cells_than_anybody_reads_is_not_decided():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["Z9000"] = "x", "y"
    cells, validation = rule("A1", "list", "$B$1:$Z$9000")
    sheet.add_data_validation(validation)
    validation.add(cells)
    name_cells(workbook, {"word": "A1"})
    model = WorkbookModel(to_bytes(workbook), "wide.xlsx")
    assert "" == refused(model, {"word": "any"})
    assert model.undecided["word"].endswith("'Sheet'!$B$1:$Z$9000 has more than 100,000 cells")


def test_a_rule_in_the_extension_of_a_sheet_is_enforced():
    named = parts(book().package.to_bytes())
    part = "xl/worksheets/sheet1.xml"
    extension = (
        b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.'
        b'microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" xmlns:xm='
        b'"http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" '
        b'showErrorMessage="1"><x14:formula1><xm:f>Lists!$A$1:$A$2</xm:f></x14:formula1>'
        b"<xm:sqref>B2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    named[part] = named[part].replace(b"</worksheet>", extension + b"</worksheet>")
    model = WorkbookModel(zipped(named), "plan.xlsx")
    assert ["", 'choice must be one of the list (a, b), got "c"'] == [
        refused(model, {"choice": value}) for value in ("B", "c")
    ]


def test_a_list_takes_what_an_array_formula_spills(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "own.xlsx") as workbook:
        sheet = workbook.add_worksheet("Plan")
        sheet.write_column("A1", [3, "x"])
        sheet.write_dynamic_array_formula("C1:C3", "=SEQUENCE(A1)", None, 1)
        sheet.data_validation("A2", {"validate": "list", "source": "=_xlfn.ANCHORARRAY($C$1)"})
        workbook.define_name("length", "=Plan!$A$1")
        workbook.define_name("choice", "=Plan!$A$2")
    model = WorkbookModel.read(tmp_path / "own.xlsx")
    assert ["", ""] == [
        refused(model, settings) for settings in ({"choice": "3"}, {"choice": "5", "length": 5})
    ]
    sentence = 'choice must be one of the list (1, 2), got "3"'
    assert sentence == refused(model, {"choice": "3", "length": 2})


def test_a_default_that_is_overwritten_in_one_run_is_a_formula_in_the_next():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["A2"], sheet["A3"] = 4, "=A1*2", 1
    sheet["A2"].protection = openpyxl.styles.Protection(locked=False)
    cells, validation = rule("A3", "decimal", "A2", operator="lessThan")
    sheet.add_data_validation(validation)
    validation.add(cells)
    name_cells(workbook, {"base": "A1", "double": "A2", "part": "A3"})
    model = WorkbookModel(to_bytes(workbook), "own.xlsx")
    assert "part must be below 3 (=A2), got 5" == refused(model, {"double": 3, "part": 5})
    assert "" == refused(model, {"base": 3, "part": 5})
    assert "part must be below 6 (=A2), got 7" == refused(model, {"base": 3, "part": 7})


def test_a_long_list_is_cut_in_the_sentence():
    model = book(rule("B2", "list", f'"{",".join(f"item {n}" for n in range(20))}"'))
    listed = ", ".join(f"item {n}" for n in range(8))
    sentence = f'choice must be one of the list ({listed}, … 20 in all), got "item"; did you mean'
    assert refused(model, {"choice": "item"}).startswith(sentence)


def test_the_rows_of_a_list_are_judged_as_single_runs_are(tmp_path):
    model = book(
        rule("B2", "list", "INDIRECT(B1)"),
        rule("B3", "decimal", "B4", operator="lessThan"),
        rule("B7", "custom", "NOSUCHFUNCTION(B7)"),
    )
    rows = [("low", "a", 1, 2, "x"), ("high", "a", 1, 2, "x"), ("high", "c", 3, 2, "x"),
            ("high", "c", 1, 2, "y"), ("", "a", "", "", "")]  # fmt: skip
    names = ("tier", "choice", "n", "m", "free")
    (tmp_path / "plan.xlsx").write_bytes(model.package.to_bytes())
    with (tmp_path / "runs.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    expected = [
        refused(model, {name: value for name, value in zip(names, row, strict=True) if value != ""})
        for row in rows
    ]
    assert [True, False, False, True, True] == [not sentence for sentence in expected]
    batch = load_batch(str(tmp_path / "plan.xlsx"), tmp_path / "runs.csv", tmp_path / "out")
    assert [
        "the data validation of free cannot be decided, so it takes any value: no engine knows "
        "NOSUCHFUNCTION"
    ] == batch.scenarios.remarks
    assert ["", "choice", "n", "", ""] == [scenario.column for scenario in batch.scenarios]
    assert expected == [run.remark for run in run_report(batch)]
