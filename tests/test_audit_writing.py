"""What `xlcalc check` writes: comments at the cells, mended workbooks, what became worse."""

import io
import json
import zipfile
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.comments import Comment
from openxml_audit import OpenXmlValidator

from tests.benchmarks.audit_matrix import by_xlcalc, holds
from tests.benchmarks.audit_seeds import seeded
from tests.test_cli import xlcalc
from tools.check_examples import EXAMPLES, edited, plan, saved
from xlcalc.audit import audit
from xlcalc.audit.annotation import annotated
from xlcalc.audit.findings import Finding
from xlcalc.audit.mending import mended
from xlcalc.calc.model import WorkbookModel
from xlcalc.ooxml.package import Package

SHEET = "xl/worksheets/sheet1.xml"


def changed(**cells):
    """Return the plan with other entries, its values fresh."""
    book = plan()
    for cell, value in cells.items():
        book["Plan"][cell] = value
    return saved(book)


def with_comments(data: bytes, findings=None) -> tuple[Package, int]:
    """Return a workbook with its findings, or with others, as comments."""
    package = Package(data, "plan.xlsx")
    return annotated(
        package, audit(WorkbookModel(data, "plan.xlsx")) if findings is None else findings
    )


def comments(package: Package) -> dict[str, str]:
    sheet = openpyxl.load_workbook(io.BytesIO(package.to_bytes()))["Plan"]
    return {c.coordinate: c.comment.text for row in sheet for c in row if c.comment}


@pytest.mark.slow
def test_a_copy_has_a_comment_at_each_cell_and_everything_else_stays_as_it_was(tmp_path):
    data = changed(C5=262.5, B4="104")
    package, left = with_comments(data)
    assert 0 == left
    assert {"C5", "B4"} == set(comments(package))
    assert comments(package)["C5"].startswith("error: 262.5 stands where the column has =B4*$B$1")
    before, after = (zipfile.ZipFile(io.BytesIO(d)) for d in (data, package.to_bytes()))
    same = {name for name in before.namelist() if before.read(name) == after.read(name)}
    assert {SHEET, "[Content_Types].xml"} == set(before.namelist()) - same
    assert b"<legacyDrawing xmlns:r=" in after.read(SHEET)
    assert before.read(SHEET) == _without_drawing(after.read(SHEET))
    said = []
    for name, content in (("plan.xlsx", data), ("out.xlsx", package.to_bytes())):
        (tmp_path / name).write_bytes(content)
        errors = OpenXmlValidator().validate(tmp_path / name).errors
        said.append([error.description for error in errors])
    assert said[0] == said[1]  # what the plan itself is told of its texts within cells


def _without_drawing(sheet: bytes) -> bytes:
    """Return a sheet without the element that names its old drawing."""
    start = sheet.index(b"<legacyDrawing ")
    return sheet[:start] + sheet[sheet.index(b"/>", start) + 2 :]


def test_every_shape_names_its_cell_from_nought():
    package, _ = with_comments(changed(C5=262.5))
    (name,) = [name for name in package.names() if name.endswith(".vml")]
    root = ET.fromstring(package.part(name))  # noqa: S314
    found = {e.tag.rpartition("}")[2]: e.text for e in root.iter() if e.text and e.text.isdecimal()}
    assert {"Row": "4", "Column": "2"} == found


def test_comments_that_are_there_are_kept_and_get_the_finding_below():
    book = plan()
    book["Plan"]["C5"] = 262.5
    book["Plan"]["C5"].comment = Comment("Ask Ann.", "Ann")
    book["Plan"]["A1"].comment = Comment("In US dollars.", "Ann")
    package, _ = with_comments(saved(book))
    found = comments(package)
    assert "In US dollars." == found["A1"]
    assert found["C5"].startswith("Ask Ann.\n\nerror: 262.5 stands")
    again, _ = annotated(package, [Finding("circle", "Plan", "B3", "x")])
    assert {"A1", "B3", "C5"} == set(comments(again))


def test_what_concerns_a_sheet_or_the_file_stands_in_its_first_cell():
    findings = [
        Finding("macros", "", "", "the workbook has macros"),
        Finding("hidden-sheet", "Gone", "", "the sheet Gone is hidden"),
        Finding("hidden-rows", "Plan", "", "a & b <c>\x01"),
    ]
    package, _ = with_comments(saved(plan()), findings)
    (text,) = comments(package).values()
    assert ["A1"] == list(comments(package))
    assert "warning: Gone: the sheet Gone is hidden [hidden-sheet]" in text
    assert "note: a & b <c> [hidden-rows]" in text


def test_a_cell_with_a_threaded_comment_is_left_alone():
    package = Package(saved(plan()), "plan.xlsx")
    package.add(
        "xl/threadedComments/threadedComment1.xml",
        b'<ThreadedComments xmlns="t"><threadedComment ref="C5" id="{1}"/></ThreadedComments>',
        "application/vnd.ms-excel.threadedcomments+xml",
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
        SHEET,
    )
    findings = [Finding("circle", "Plan", cell, "x") for cell in ("C5", "C6")]
    made, left = annotated(package, findings)
    assert (1, ["C6"]) == (left, list(comments(made)))


def test_safe_mends_are_made_and_the_values_that_follow():
    data = changed(B4="104", A4="Month 2 ", D3='=VLOOKUP("Month 2",A3:C8,3,FALSE)')
    package, mends = mended(Package(data, "plan.xlsx"))
    assert [
        'Plan!B4  "104" → 104  [text-number]',
        'Plan!A4  "Month 2 " → "Month 2"  [blank-in-key]',
        "Plan!D3  #N/A → 260  [recalculated]",
        "Plan!B9  529 → 633  [recalculated]",
    ] == [str(mend) for mend in mends]
    assert [] == audit(WorkbookModel(package, "plan.xlsx"))


@pytest.mark.parametrize("code", ["double-equals", "stale-value", "never-calculated"])
def test_what_a_rule_shows_is_mended(code):
    package, mends = mended(Package(EXAMPLES[code].shows.to_bytes(), "plan.xlsx"))
    assert mends
    assert [] == audit(WorkbookModel(package, "plan.xlsx"))


@pytest.mark.parametrize("text", ["1,04", "104 USD", "0104", "10%", "1234567890123456", "1.2.3"])
def test_a_text_that_may_be_something_else_stays(text):
    _, mends = mended(Package(changed(B4=text), "plan.xlsx"))
    assert [] == mends


def test_what_a_team_accepts_is_not_mended():
    data = changed(B4="104")
    _, mends = mended(Package(data, "plan.xlsx"), lambda one: one.code == "text-number")
    assert [] == mends


@pytest.mark.slow
def test_the_command_shows_a_mend_and_writes_it_only_when_asked(tmp_path):
    book, made = tmp_path / "plan.xlsx", tmp_path / "mended.xlsx"
    data = changed(B4="104")
    book.write_bytes(data)
    done = xlcalc("check", book, "--fix")
    assert 1 == done.returncode
    assert f'{book}: Plan!B4  "104" → 104  [text-number]' == done.stdout.splitlines()[0]
    assert data == book.read_bytes()
    assert 0 == xlcalc("check", book, "--fix", "-o", made).returncode
    assert 0 == xlcalc("check", book, "--fix", "--in-place").returncode
    assert made.read_bytes() == book.read_bytes() != data
    assert 0 == xlcalc("check", book, "--fix").returncode


@pytest.mark.slow
def test_the_command_writes_a_copy_with_comments(tmp_path):
    book, made = tmp_path / "plan.xlsx", tmp_path / "out.xlsx"
    book.write_bytes(changed(C5=262.5))
    done = xlcalc("check", book, "--annotate", made)
    assert 1 == done.returncode
    assert "number-among-formulas" in comments(Package.read(made))["C5"]
    assert [2, 2, 2] == [
        xlcalc("check", book, *options).returncode
        for options in (("--annotate", book), ("--in-place",), (tmp_path, "--fix", "-o", made))
    ]


def test_a_row_that_was_inserted_is_no_formula_that_was_lost():
    other = WorkbookModel(changed(), "plan.xlsx")
    book = plan()
    sheet = book["Plan"]
    for row in range(9, 2, -1):
        for column in "ABC":
            sheet[f"{column}{row + 1}"] = sheet[f"{column}{row}"].value
    for row in range(4, 10):
        sheet[f"C{row}"] = f"=B{row}*$B$1"
    sheet["A3"], sheet["B3"], sheet["C3"] = "Before", 1.0, 2.0
    sheet["B10"], sheet["C10"] = "=SUM(B4:B9)", "=SUM(C4:C9)"
    sheet["C7"] = 262.5
    found = audit(WorkbookModel(saved(book), "plan.xlsx"), other)
    assert ["Plan!C7"] == [one.place for one in found if one.code == "formula-overwritten"]


@pytest.mark.slow
def test_the_command_compares_with_a_file_or_with_a_folder_of_them(tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    (old / "plan.xlsx").write_bytes(changed(C5="=ROUND(B5*$B$1,0)"))
    book = tmp_path / "plan.xlsx"
    book.write_bytes(changed(C5=262.5, C6=265.0))
    for other in (old, old / "plan.xlsx"):
        done = xlcalc("check", book, "--against", other, "--format", "json")
        found = [one for one in json.loads(done.stdout) if one["code"] == "formula-overwritten"]
        assert ["C5", "C6"] == [one["cell"] for one in found]


def test_a_workbook_that_cannot_be_read_is_counted_apart(tmp_path):
    path, missing = tmp_path / "plan.xlsx", tmp_path / "gone.xlsx"
    path.write_bytes(saved(plan()))
    both, one = xlcalc("check", path, missing), xlcalc("check", missing)
    found = "1 workbook: nothing found; 1 workbook could not be read"
    assert (1, found) == (both.returncode, both.stderr.splitlines()[-1])
    assert (1, "1 workbook could not be read") == (one.returncode, one.stderr.splitlines()[-1])


def test_certain_findings_alone_are_shown_when_asked(tmp_path):
    book = tmp_path / "plan.xlsx"
    book.write_bytes(changed(C5=262.5, B4="104"))
    done = xlcalc("check", book, "--confidence", "certain")
    assert (0, ["text-number"]) == (
        done.returncode,
        [line.rpartition("[")[2].strip("]") for line in done.stdout.splitlines() if "[" in line],
    )


def test_a_sheet_whose_old_drawing_is_missing_is_refused_in_a_sentence(tmp_path):
    data = edited(
        changed(C5=262.5),
        SHEET,
        "</worksheet>",
        '<legacyDrawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships" r:id="rId9"/></worksheet>',
    )
    book = tmp_path / "plan.xlsx"
    book.write_bytes(data)
    done = xlcalc("check", book, "--annotate", tmp_path / "out.xlsx")
    assert 2 == done.returncode
    assert "is damaged: the drawing of xl/worksheets/sheet1.xml is missing" in done.stderr


def test_seeded_defects_are_found_at_their_cells():
    model = WorkbookModel(changed(), "plan.xlsx")
    missed = [
        kind
        for kind, place, data in seeded(model, 1, seed=17)
        if not any(holds(one, place) for one in by_xlcalc(data))
    ]
    assert [] == missed
