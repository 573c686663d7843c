"""The differences of two workbooks in each form, from the command, and in git."""

import io
import json
import shutil
import subprocess
import sys

import openpyxl
import pytest

from tests.conftest import ROOT
from tests.test_cli import xlcalc
from tests.test_differences import compared, edited, plan, told
from tests.workbooks import parts, small_workbook, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import calculated
from xlcalc.differences import GATES, differences
from xlcalc.differences.plain_form import plain_form
from xlcalc.differences.rendering import as_json, as_markdown, as_text
from xlcalc.differences.workbook import as_workbook
from xlcalc.errors import AnalysisError, UsageError, WorkbookError
from xlcalc.ooxml.package import Package

HOSTILE = "=cmd|' /C calc'!A1\x1b[31m\n| [x](javascript:1) <b> `code` \u202e"


def test_hostile_texts_do_nothing_in_any_form():
    def change(book):
        book.active["A5"].value = HOSTILE.replace("\x1b", "")
        book.active["A5"].data_type = "s"

    old = plan()
    made = parts(edited(old, change))
    report = compared(old, zipped(made), stored=True)
    text = as_text(report)
    assert "\u202e" not in text
    assert 4 == len(text.splitlines())
    [row] = [line for line in as_markdown(report).splitlines() if "cmd" in line]
    assert "\\|' /C calc'" in row
    assert "\\[x\\](javascript:1) \\<b\\> \\`code\\`" in row
    assert HOSTILE.replace("\x1b", "") == json.loads(as_json(report))["changes"][0]["after"]
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(report)))
    assert set() == {
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def test_the_text_says_each_kind_under_its_heading():
    report = compared(plan(), plan(B1=3.0, C5=999.0))
    assert (
        "old.xlsx → new.xlsx: 5 differences, 1 not allowed\n"
        "\n"
        "formulas that became values, not allowed; --allow formula-to-value does\n"
        "  Sheet!C5 (Month 3): =B5*$B$1 → 999; value 257.5 → 999\n"
        "\n"
        "results\n"
        "  Sheet!C9 (total, Total): 1552.5 → 2553; +1,000.5 (+64.4 %)\n"
        "  Sheet!C3:C4 (Month 1): 252.5 → 303; 2 cells, the first is shown\n"
        "  Sheet!C6:C8 (Month 4): 260 → 312; 3 cells, the first is shown\n"
        "\n"
        "inputs\n"
        "  Sheet!B1 (price, Price): 2.5 → 3; +0.5 (+20 %)\n"
        "\n"
        "why total moved\n"
        "  from: 1,552.5\n"
        "  formulas: +741.5\n"
        "  price: +259  2.5 → 3\n"
        "  to: 2,553"
    ) == as_text(report)


def test_markdown_has_a_table_for_each_kind():
    report = compared(plan(), plan(B1=3.0))
    text = as_markdown(report)
    assert text.startswith("### old.xlsx → new.xlsx\n\n3 differences\n\n#### Results\n\n")
    assert "| Sheet!B1 (price, Price) | 2.5 | 3 | +0.5 (+20 %) |\n" in text
    assert text.endswith("| price | +310.5 | 2.5 → 3 |\n| to | 1,863 |  |")


def test_json_has_every_difference_with_full_precision():
    data = json.loads(as_json(compared(plan(), plan(B1=3.0, C5=999.0))))
    assert ["formula-to-value"] == data["refused"]
    assert {
        "kind": "input",
        "sheet": "Sheet",
        "cells": "B1",
        "name": "price",
        "label": "Price",
        "before": 2.5,
        "after": 3.0,
        "difference": 0.5,
        "share": 0.2,
        "count": 1,
    } == next(one for one in data["changes"] if one["kind"] == "input")
    assert {"formulas", "price"} == {part["name"] for part in data["bridges"][0]["parts"]}


def test_a_long_list_is_cut_in_the_terminal_and_whole_in_json():
    cells = {f"A{2 * n}": float(n) for n in range(1, 31)}
    old, new = small_workbook(cells), small_workbook({c: v + 0.5 for c, v in cells.items()})
    report = compared(old, new, stored=True)
    assert "  and 10 more; --format json has all" in as_text(report)
    assert 30 == len(json.loads(as_json(report))["changes"])


def test_the_workbook_shows_both_versions_side_by_side_in_colours():
    report = compared(plan(), plan(B1=3.0, C5=999.0, D4="new"))
    data = as_workbook(report)
    assert data == as_workbook(report)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert ["Differences", "Sheet"] == book.sheetnames
    sheet = book["Sheet"]
    assert [None, "A", "B", "C", "D", None, None, "A", "B", "C", "D"] == [
        cell.value for cell in sheet[4][1:]
    ]
    row = next(row for row in sheet.iter_rows(min_row=5) if row[1].value == 5)
    assert [5, "Month 3", 103, "=B5*$B$1"] == [cell.value for cell in row[1:5]]
    assert [5, "Month 3", 103, 999] == [cell.value for cell in row[7:11]]
    yellow, green = "FFFDEBC8", "FFD8F0DF"
    assert [yellow, yellow] == [row[at].fill.fgColor.rgb for at in (4, 10)]
    added = next(row for row in sheet.iter_rows(min_row=5) if row[1].value == 4)[11]
    assert ("new", green) == (added.value, added.fill.fgColor.rgb)


# The command


@pytest.fixture
def pair(tmp_path):
    (tmp_path / "old.xlsx").write_bytes(plan())
    (tmp_path / "new.xlsx").write_bytes(plan(C5=999.0))
    return tmp_path


@pytest.mark.slow
def test_the_command_fails_for_what_is_not_allowed_and_passes_for_what_is(pair):
    done = xlcalc("diff", "old.xlsx", "new.xlsx", cwd=pair)
    assert (1, "") == (done.returncode, done.stderr)
    assert "Sheet!C5 (Month 3): =B5*$B$1 → 999" in done.stdout
    allowed = xlcalc("diff", "old.xlsx", "new.xlsx", "--allow", "formula-to-value", cwd=pair)
    assert 0 == allowed.returncode


@pytest.mark.slow
def test_the_command_writes_the_form_that_the_ending_says(pair):
    for name, start in (("a.md", b"### old.xlsx"), ("a.json", b"{\n"), ("a.xlsx", b"PK")):
        done = xlcalc("diff", "--stored", "old.xlsx", "new.xlsx", "-o", name, cwd=pair)
        assert (1, "") == (done.returncode, done.stdout)
        assert "xlcalc: 1 difference, 1 not allowed\n" == done.stderr
        assert (pair / name).read_bytes().startswith(start)
    again = xlcalc("diff", "old.xlsx", "new.xlsx", "-o", "a.md", cwd=pair)
    assert (2, "") == (again.returncode, again.stdout)


TEXT = (
    "text.xlsx is not an xlsx workbook: it is a text, as a CSV file; open it in Excel or "
    "LibreOffice, and save it as .xlsx"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["old.xlsx"], "diff takes two workbooks, OLD and NEW, got 1"),
        (["old.xlsx", "no.xlsx"], "there is no file no.xlsx"),
        (["old.xlsx", "text.xlsx"], TEXT),
        (
            ["old.xlsx", "secret.xlsx"],
            "secret.xlsx is not an xlsx workbook: it is protected by a password; open it in Excel "
            "with the password, take that off (File, Info, Protect Workbook, Encrypt with "
            "Password), and save it",
        ),
        (["--textconv", "old.xlsx", "new.xlsx"], "--textconv takes one workbook, got 2"),
        (["--textconv", "text.xlsx"], TEXT),
        (
            ["old.xlsx", "new.xlsx", "--allow", "hidden-sheet"],
            "allow must be one of hidden-sheets, external-links, formula-to-value, errors, macros, "
            'got "hidden-sheet"; did you mean "hidden-sheets"?',
        ),
        (
            ["old.xlsx", "new.xlsx", "-o", "a.pdf"],
            "-o takes a file with one of .txt, .md, .json, .xlsx, got a.pdf",
        ),
        (
            ["old.xlsx", "new.xlsx", "-o", "new.xlsx"],
            "new.xlsx is one of the workbooks that are compared",
        ),
        (
            ["old.xlsx", "new.xlsx", "--format", "xlsx"],
            "a workbook is written into a file; name it with -o",
        ),
        (
            ["old.xlsx", "new.xlsx", "--output", "totl"],
            'old.xlsx has no result "totl"; did you mean "total"?',
        ),
        (
            ["old.xlsx", "new.xlsx", "--stored", "--output", "total"],
            "a result is explained where both workbooks are calculated alone",
        ),
    ],
)
def test_what_cannot_be_compared_is_one_sentence_and_status_2(arguments, sentence, pair):
    (pair / "text.xlsx").write_bytes(b"no workbook")
    name = "EncryptedPackage".encode("utf-16-le")
    (pair / "secret.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + name)
    done = xlcalc("diff", *arguments, cwd=pair)
    assert (2, "", f"xlcalc: {sentence}\n") == (done.returncode, done.stdout, done.stderr)


def test_a_workbook_that_no_engine_calculates_is_compared_by_its_stored_values():
    old, new = (small_workbook({"A1": n, "B1": "=SUM()"}) for n in (1.0, 2.0))
    report = compared(old, new)
    assert [("input", "Sheet!A1", 1.0, 2.0)] == told(report)
    assert 2 == len(report.remarks)
    assert report.remarks[0].endswith("; its stored values are compared")


def test_errors_of_the_library_are_those_that_it_names():
    with pytest.raises(UsageError):
        compared(plan(), plan(), allowed=["all"])
    with pytest.raises(AnalysisError):
        compared(plan(), plan(B1=3.0), stored=True, outputs=["total"])
    with pytest.raises(WorkbookError):
        differences(ROOT / "README.md", ROOT / "README.md")
    assert ("hidden-sheets", "external-links", "formula-to-value", "errors", "macros") == GATES


# The text for git


def test_the_text_of_a_workbook_has_a_line_for_each_cell_and_not_its_name():
    fresh = calculated(WorkbookModel(plan(A2='say "x"\nand'), "plan.xlsx")).to_bytes()
    lines = plain_form(Package(fresh, "a.xlsx")).splitlines()
    assert [
        "sheet Sheet",
        "name price = 'Sheet'!$B$1",
        "name total = 'Sheet'!$C$9",
        'Sheet!A1 = "Price"',
        "Sheet!B1 = 2.5",
        'Sheet!A2 = "say \\"x\\"\\nand"',
        'Sheet!A3 = "Month 1"',
        "Sheet!B3 = 101",
        "Sheet!C3 = B3*$B$1 -> 252.5",
    ] == lines[:9]
    assert "Sheet!C9 = SUM(C3:C8) -> 1552.5" == lines[-1]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="it needs git")
def test_git_shows_the_cells_that_changed_by_two_lines_of_setup(tmp_path):
    def git(*arguments):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    git("init", "-q")
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    attributes, config = "*.xlsx diff=xlcalc", "git config diff.xlcalc.textconv"
    assert attributes in page
    assert f'{config} "xlcalc diff --textconv"' in page
    (tmp_path / ".gitattributes").write_text(f"{attributes}\n")
    program = f'"{sys.executable}" -m xlcalc.cli diff --textconv'
    git("config", "diff.xlcalc.textconv", program)
    (tmp_path / "plan.xlsx").write_bytes(plan())
    git("add", ".")
    git("commit", "-qm", "first")
    (tmp_path / "plan.xlsx").write_bytes(plan(B1=3.0))
    shown = git("diff", "-U0", "plan.xlsx")
    changed = [
        line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert ["-Sheet!B1 = 2.5", "+Sheet!B1 = 3"] == changed
