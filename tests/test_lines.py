"""Tables of templates: every row is checked as it is read, and a mistake is named with its line."""

import shutil
from pathlib import Path

import pytest

from xlcalc import templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.templates.parts import lines
from xlcalc.templates.parts.lines import TableError, read_model, refuse_unknown
from xlcalc.templates.parts.records import mistake

FOLDER = Path(lines.__file__).parent.parent


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Return a folder whose tables may be changed, which the reader takes for the template's."""
    shutil.copytree(FOLDER / "training_budget", tmp_path / "training_budget")
    monkeypatch.setattr(lines, "_FOLDER", tmp_path)
    return tmp_path / "training_budget"


def add(file: Path, row: str) -> None:
    file.write_text(file.read_text("utf-8") + row + "\n", "utf-8")


def refused(row: str, tables: Path, file: str = "lines.csv") -> str:
    add(tables / file, row)
    with pytest.raises(TableError) as found:
        read_model("training_budget")
    count = len((tables / file).read_text("utf-8").splitlines())
    place = f"training_budget/{file}, line {count}: "
    assert str(found.value).startswith(place)
    return str(found.value).removeprefix(place)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("inputs,Prices,x,X,1,,no_such,,,,,,Note.", 'there is no quantity "no_such"'),
        ("inputs,Prices,mf,,,,,,,,,,", 'has no "mf"; did you mean'),
        ("inputs,Prices,mfu,Twice,1,,ratio,,,,,,Note.", '"mfu" stands in training_budget/lines'),
        ("inputs,Prices,Big,X,1,,ratio,,,,,,Note.", '"Big" is no name'),
        ("inputs,Prices,x,X,1,,ratio,,,,,bold,Note.", 'there is no mark "bold"'),
        ("inputs,Prices,x,X,1,2,ratio,,,,,,Note.", "either value or formula is given"),
        ("inputs,Prices,x,X,,,ratio,,,,,,Note.", "either value or formula is given"),
        ("inputs,Prices,x,X,1,,ratio,,,,,,", "note is empty"),
        ("inputs,Prices,x,X,1,,,ratio,above 1,,,,Note.", '"above" is no bound'),
        ("inputs,Prices,x,X,1,,ratio,{currency/h,,,,,Note.", "a brace does not close"),
        ("results,Money,x,X,,(1+2,ratio,,,,,,Note.", "a bracket does not close"),
        ('results,Money,x,X,,"TRAIN_FLOP(params,tokens)",flop,,,,,,N.', "no function TRAIN_FLOP;"),
        ("results,Money,x,X,,TRAIN_FLOPS(params),flop,,,,,,N.", "takes 2 to 3 arguments, not 1"),
        ("results,Money,x,X,,{no_row.sum},money,,,,,,N.", 'no row above is named "no_row"'),
        ("results,Money,x,X,1", "5 cells, not 13"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line(row, sentence, tables):
    assert sentence in refused(row, tables)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A check,1,≥,2,0,How.", "the relation is one of = ≤ >"),
        ("A check,,=,2,0,How.", "figure is empty"),
        ("A check,SUM(1,=,2,0,How.", "a bracket does not close"),
    ],
)
def test_a_check_that_cannot_be_read_is_named_with_its_line(row, sentence, tables):
    assert sentence in refused(row, tables, "checks.csv")


def test_a_table_with_other_columns_is_refused(tables):
    (tables / "lines.csv").write_text("name,label\n")
    with pytest.raises(TableError, match=r"training_budget/lines.csv, line 1: the columns are"):
        read_model("training_budget")


def test_a_name_that_the_workbook_does_not_have_is_refused(tables):
    add(tables / "lines.csv", "results,Money,x,X,,total_cost*no_such_cell,money,,,,,,Note.")
    book = templates.TEMPLATES["training_budget"].build(templates.texts("en"))
    with pytest.raises(TableError, match=r"lines.csv, line \d+: no cell is named \"no_such_cell\""):
        refuse_unknown("training_budget", book.knows)


def test_three_rows_add_an_input_a_result_and_a_check(tables):
    add(tables / "lines.csv", "inputs,Staff,people,People,4,,,people,>=0,0,,,Who run it.")
    add(
        tables / "lines.csv",
        'results,Staff,people_days,Person-days,,people*train_days,,person-days,any,"#,##0",,,X.',
    )
    add(tables / "checks.csv", "Staff is there as long,people_days/people,=,train_days,0.0,X.")
    model = WorkbookModel(templates.author("training_budget").to_bytes(), "x")
    values = model.evaluate({"people": 8}).values
    assert pytest.approx(8 * values["train_days"]) == values["people_days"]
    assert values["checks_hold"] is True


def test_excel_may_save_the_tables_with_semicolons_and_a_byte_order_mark(tables):
    rows = [
        line.split(",") for line in ("label,figure,relation,other,format,how", "A check,1,=,1,0,H.")
    ]
    text = "\r\n".join(";".join(row) for row in rows)
    (tables / "checks.csv").write_text(text, "utf-8-sig")
    assert ["A check"] == [check.label for check in read_model("training_budget").checks]


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ('IF(a>1,"yes, (no","b")', ""),
        ("'A (sheet'!B3+1", ""),
        ('IF(a,"x)', "a quotation mark does not close"),
        ("a)+(b", "a bracket closes that does not open"),
        ("LAMBADA(1)", "there is no function LAMBADA"),
    ],
)
def test_what_cannot_be_a_formula_is_said(formula, sentence):
    assert sentence == mistake(formula)
