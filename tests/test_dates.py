"""Numbers in cells of dates: as moments, as text, in 1904 workbooks, and in what runs write."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from tests.workbooks import name_cells, parts, to_bytes, zipped
from xlcalc.calc.differences import Verdict
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.calc.witnesses import WITNESSES
from xlcalc.errors import InputValueError
from xlcalc.ooxml.dates import iso_text, moment, serial, with_dates
from xlcalc.runs.config import load_batch
from xlcalc.runs.report import run_report

DAY, CLOCK, BOTH, SPAN = "yyyy-mm-dd", "h:mm", "m/d/yy h:mm", "[h]:mm"


@pytest.mark.parametrize(
    ("expected", "value", "number_format", "date1904"),
    [
        (date(2026, 3, 1), 46082.0, DAY, False),
        (date(2026, 3, 1), 44620.0, DAY, True),
        (date(2026, 3, 1), 46082.0, "mmm", False),
        (datetime(2026, 3, 1, 6), 46082.25, DAY, False),
        (datetime(2026, 3, 1), 46082.0, BOTH, False),
        (datetime(2026, 3, 1, 6), 44620.25, BOTH, True),
        (time(6), 0.25, CLOCK, False),
        (time(6), 0.25, CLOCK, True),
        (date(1904, 1, 1), 0.0, DAY, True),
        (None, 0.0, DAY, False),
        (timedelta(hours=36, minutes=30), 36.5 / 24, SPAN, False),
        (timedelta(hours=-36), -1.5, SPAN, True),
        (None, -1.5, SPAN, False),
        (None, -1.0, DAY, True),
        (date(9999, 12, 31), 2957003.0, DAY, True),
        (None, 2957004.0, DAY, True),
        (None, 46082.0, "#,##0", False),
    ],
)
def test_a_number_stands_for_a_moment_by_its_format(expected, value, number_format, date1904):
    found = moment(value, number_format, date1904)
    assert (type(expected), expected) == (type(found), found)


@pytest.mark.parametrize(
    ("expected", "when"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-03-01T06:00", datetime(2026, 3, 1, 6)),
        ("2026-03-01T06:00:07", datetime(2026, 3, 1, 6, 0, 7)),
        ("06:00:00.500", time(6, 0, 0, 500_000)),
        ("36:30:00", timedelta(hours=36, minutes=30)),
        ("-0:00:01.250", timedelta(seconds=-1.25)),
    ],
)
def test_a_moment_is_written_as_iso_8601_does_and_a_duration_in_hours(expected, when):
    assert expected == iso_text(when)


@pytest.mark.parametrize("value", ["2026-03-01", True, None, -5.0])
def test_what_is_no_number_of_a_date_stays_as_it_is(value):
    assert value is with_dates(value, DAY)


@pytest.mark.parametrize(
    ("expected", "when", "date1904"),
    [
        (46082.0, date(2026, 3, 1), False),
        (44620.0, date(2026, 3, 1), True),
        (44620.25, datetime(2026, 3, 1, 6), True),
    ],
)
def test_a_day_is_held_by_the_number_of_its_workbooks_count(expected, when, date1904):
    assert expected == serial(when, date1904)


CELLS = {
    "start": ("A1", 46082.0, DAY),
    "end": ("A2", "=A1+30.25", BOTH),
    "shift": ("A3", 0.25, CLOCK),
    "worked": ("A4", "=A3*6", SPAN),
    "share": ("A5", "=A3*2", "0%"),
    "in_month": ("A6", "=MONTH(A1)", "0"),
    "next": ("A7", "=EDATE(A1,1)", DAY),
    "made": ("A8", "=DATE(2026,A6,15)", DAY),
}


def workbook(date1904=False):
    """Return a workbook of dates, without stored values."""
    book = openpyxl.Workbook()
    for place, value, number_format in CELLS.values():
        offset = 1462 * (date1904 and place == "A1")
        book.active[place] = value - offset if offset else value
        book.active[place].number_format = number_format
    name_cells(book, {name: place for name, (place, _, _) in CELLS.items()})
    data = to_bytes(book)
    if not date1904:
        return data
    changed = parts(data)
    properties = b'<workbookPr date1904="1"/>'
    changed["xl/workbook.xml"] = re.sub(
        b"<workbookPr ?/>", properties, changed["xl/workbook.xml"], count=1
    )
    assert properties in changed["xl/workbook.xml"]
    return zipped(changed)


SAID = {
    "end": "2026-05-10T06:00",
    "worked": "36:00:00",
    "share": 0.5,
    "in_month": 4.0,
    "next": "2026-05-10",
    "made": "2026-04-15",
}


@pytest.mark.slow
@pytest.mark.parametrize("date1904", [False, True])
def test_run_prints_dates_as_dates_whatever_the_year_they_are_counted_from(date1904, tmp_path):
    book = tmp_path / "own.xlsx"
    book.write_bytes(workbook(date1904))
    command = [sys.executable, "-m", "xlcalc.cli", "run", str(book), "--set", "start=2026-04-10"]
    plain, data = (
        subprocess.run([*command, *more], capture_output=True, text=True, timeout=120)
        for more in ((), ("--json",))
    )
    assert SAID == json.loads(data.stdout)
    assert "end       2026-05-10T06:00\n" in plain.stdout
    assert "worked    36:00:00\nshare     50%\nin_month  4\n" in plain.stdout


@pytest.mark.parametrize("date1904", [False, True])
def test_a_batch_writes_dates_into_its_summaries(date1904, tmp_path):
    (tmp_path / "own.xlsx").write_bytes(workbook(date1904))
    (tmp_path / "runs.csv").write_text("scenario,start\na,2026-04-10\nb,\n")
    loaded = load_batch(str(tmp_path / "own.xlsx"), tmp_path / "runs.csv", tmp_path / "out")
    list(run_report(loaded))
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert {"start": "2026-04-10", "shift": "06:00"} | {
        name: str(value) for name, value in SAID.items()
    } == {name: first[name] for name in CELLS}
    assert ("2026-03-01", "2026-03-31T06:00") == (second["start"], second["end"])
    summary = openpyxl.load_workbook(io.BytesIO((tmp_path / "out" / "summary.xlsx").read_bytes()))
    rows = {row[2].value: row[4] for row in summary["All figures"].iter_rows(min_row=5)}
    assert datetime(2026, 4, 10) == rows["start"].value
    assert datetime(2026, 5, 10, 6) == rows["end"].value
    assert DAY == rows["start"].number_format
    assert time(6) == rows["shift"].value
    assert "| 2026-05-10T06:00 |" in (tmp_path / "out" / "summary.md").read_text()
    made = WorkbookModel.read(tmp_path / "out" / "a.xlsx")
    assert date(2026, 4, 10) == made.cells["start"].moment(made.cells["start"].value)
    assert date(2026, 5, 10) == made.cells["next"].moment(made.cells["next"].value)


@pytest.mark.parametrize("number", [14, 27, 31, 32, 36, 50, 57])
def test_a_built_in_format_that_a_file_names_by_number_alone_is_one_of_dates(number):
    changed = parts(workbook())
    old = b'numFmtId="164"'
    styles = changed["xl/styles.xml"]
    assert old in styles
    head, cells, tail = styles.partition(b"<cellXfs")
    changed["xl/styles.xml"] = head + cells + tail.replace(old, f'numFmtId="{number}"'.encode())
    start = WorkbookModel(zipped(changed), "own.xlsx").cells["start"]
    assert "2026-03-01" in str(start.with_dates(start.value))


def test_functions_of_dates_count_from_1904_where_the_workbook_does():
    model = WorkbookModel(workbook(date1904=True), "own.xlsx")
    assert (3.0, 44651.0, 44634.0) == tuple(
        model.evaluate().values[name] for name in ("in_month", "next", "made")
    )


@pytest.mark.skipif(
    "formulon" not in {make().name for make in WITNESSES}, reason="formulon is not installed"
)
def test_an_engine_that_counts_from_1900_alone_has_no_voice_on_a_1904_workbook():
    verification = recalculated(WorkbookModel(workbook(date1904=True), "own.xlsx")).verification
    assert ("formualizer", "formulon") == verification.asked
    assert {Verdict.NEW} == {found.verdict for found in verification.differences}


@pytest.mark.parametrize("date1904", [False, True])
def test_a_refusal_names_days_by_the_count_of_its_workbook(date1904):
    changed = parts(workbook(date1904))
    sheet = changed["xl/worksheets/sheet1.xml"]
    first, last = (number - 1462 * date1904 for number in (46023, 46387))
    rule = (
        '<dataValidations count="1"><dataValidation type="date" showErrorMessage="1" sqref="A1">'
        f"<formula1>{first}</formula1><formula2>{last}</formula2>"
        "</dataValidation></dataValidations>"
    ).encode()
    head, end, tail = sheet.partition(b"</sheetData>")
    changed["xl/worksheets/sheet1.xml"] = head + end + rule + tail
    model = WorkbookModel(zipped(changed), "own.xlsx")
    with pytest.raises(InputValueError) as refused:
        model.read_entry("start", "2027-03-01T06:00")
    assert ("start must be a date from 2026-01-01 to 2026-12-31, got 2027-03-01T06:00") == str(
        refused.value
    )
