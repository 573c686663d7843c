"""Lists as companies have them: labels beside inputs, folders, other countries, pipes."""

import csv
import json
import subprocess
import sys
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from xlcalc import batch
from xlcalc.errors import InputValueError, ScenarioError, UsageError
from xlcalc.runs.local_values import local_reader


def xlcalc_of(*arguments, cwd):
    command = [sys.executable, "-m", "xlcalc.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


def made(list_text, tmp_path, **options):
    rows = tmp_path / "list.csv"
    rows.write_text(list_text, "utf-8")
    counts = batch("training_budget", rows, tmp_path / "out", **options)
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        return counts, list(csv.DictReader(file))


@pytest.mark.slow
def test_a_column_that_is_no_input_is_a_label_of_the_summaries(tmp_path):
    counts, rows = made("scenario,owner,params\na,Anna | Co,7e9\nb,=1+1,8e9\n", tmp_path)
    assert (2, 0) == (counts.runs, counts.failed)
    assert ["Anna | Co", "'=1+1"] == [row["owner"] for row in rows]
    assert ["7000000000", "8000000000"] == [row["params"].removesuffix(".0") for row in rows]
    shown = openpyxl.load_workbook(tmp_path / "out" / "summary.xlsx")["Summary"]
    rows = [[cell.value for cell in row] for row in shown.iter_rows()]
    assert ["Anna | Co", "=1+1"] in [row[3:5] for row in rows if row[1] == "owner"]
    text = (tmp_path / "out" / "summary.md").read_text("utf-8")
    assert "| Run | owner |" in text
    assert "Anna \\| Co" in text


@pytest.mark.slow
def test_labels_stand_in_a_list_of_many_runs_too(tmp_path):
    text = "owner,params\n" + "".join(f"Owner {n},{n}e9\n" for n in range(1, 21))
    made(text, tmp_path)
    shown = openpyxl.load_workbook(tmp_path / "out" / "summary.xlsx")["Summary"]
    rows = [[cell.value for cell in row] for row in shown.iter_rows()]
    (head,) = [row for row in rows if "owner" in row]
    column = head.index("owner")
    assert "Owner 20" == rows[rows.index(head) + 20][column]


@pytest.mark.slow
@pytest.mark.parametrize("column", ["parms", "total_cost", "mfuu"])
def test_a_column_that_is_nearly_a_cell_is_a_label_only_if_told(column, tmp_path):
    with pytest.raises(ScenarioError, match=f"--label {column}"):
        made(f"{column},params\nx,7e9\n", tmp_path)
    _, rows = made(f"{column},params\nx,7e9\n", tmp_path, labels=[column])
    name = f"label {column}" if column == "total_cost" else column
    assert "x" == rows[0][name]


def test_a_label_that_the_list_does_not_have_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match='no column "ownr" to be a label; did you mean "owner"'):
        made("owner,params\nx,7e9\n", tmp_path, labels=["ownr"])


def test_a_name_with_slashes_makes_folders_that_no_value_leads_out_of(tmp_path):
    text = "region,owner,params\nEMEA,../../x,7e9\nAPAC,con,8e9\n,a/b,9e9\n"
    counts, rows = made(text, tmp_path, name_template="{region}/{owner}")
    assert 0 == counts.failed
    assert ["EMEA/-..-x.xlsx", "APAC/_con.xlsx", "a-b.xlsx"] == [row["file"] for row in rows]
    for row in rows:
        assert (tmp_path / "out" / row["file"]).is_file()
    assert ["list.csv", "out"] == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.slow
def test_a_run_of_folders_is_resumed_to_the_byte(tmp_path):
    text = "region,owner,params\nEMEA,a,7e9\nAPAC,b,8e9\n"
    made(text, tmp_path, name_template="{region}/{owner}")
    first = tmp_path / "out" / "EMEA" / "a.xlsx"
    before, seen = first.read_bytes(), first.stat().st_mtime_ns
    (tmp_path / "out" / "APAC" / "b.xlsx").unlink()
    counts, rows = made(text, tmp_path, name_template="{region}/{owner}", resume=True)
    assert (before, seen) == (first.read_bytes(), first.stat().st_mtime_ns)
    assert ["EMEA", "APAC"] == [row["region"] for row in rows]
    assert 0 == counts.failed


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("de", "1.234.567,5", "1234567.5"),
        ("de", "0,4", "0.4"),
        ("de", ",5", "0.5"),
        ("de", "-12,5 %", "-12.5%"),
        ("de", "7e9", "7e9"),
        ("de-DE", "31.12.2026", "2026-12-31"),
        ("de", "2026-12-31", "2026-12-31"),
        ("de", "H100 SXM5", "H100 SXM5"),
        ("fr", "1 234,5", "1234.5"),
        ("fr", "1\u202f234\u00a0567,5", "1234567.5"),
        ("fr_FR", "01/02/2026", "2026-02-01"),
        ("us", "01/02/2026", "2026-01-02"),
        ("us", "1,234.5", "1234.5"),
        ("ch", "1'234.5", "1234.5"),
    ],
)
def test_a_locale_says_what_a_number_or_a_day_means(locale, text, expected):
    assert expected == local_reader(locale)(text)


@pytest.mark.parametrize(
    ("locale", "text", "sentence"),
    [
        ("de", "0.4", 'is no number as --locale de writes it: the decimal sign is ","'),
        ("de", "1.23", "is no number"),
        ("de", "1,234,567", "is no number"),
        ("fr", "31.02.2026", "is no day: --locale fr begins with the day"),
        ("us", "31/12/2026", "is no day: --locale us begins with the month"),
        ("de", "31.12.26", "has a year of two digits"),
        ("us", "31.12.2026", "is no day as --locale us writes it"),
    ],
)
def test_what_a_locale_does_not_write_is_refused(locale, text, sentence):
    with pytest.raises(InputValueError, match=sentence):
        local_reader(locale)(text)


def test_a_locale_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match='no locale "xx"; there are: de, fr'):
        local_reader("xx")


def test_a_german_list_is_read_as_it_is_meant(tmp_path):
    text = "scenario;params;mfu;run_name\na;7.000.000.000;0,4;Lauf 1,5\nb;8e9;0.4;\n"
    counts, rows = made(text, tmp_path, locale="de")
    assert (2, 1) == (counts.runs, counts.failed)
    assert ("7000000000", "0.4") == (rows[0]["params"].removesuffix(".0"), rows[0]["mfu"])
    assert "Lauf 1,5" == rows[0]["run_name"]
    assert "the decimal sign is" in rows[1]["remark"]


def test_a_german_list_without_its_locale_says_what_to_do(tmp_path):
    with pytest.raises(ScenarioError, match="or say how the list writes numbers, as --locale de"):
        made("scenario;mfu\na;0,4\n", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["-", "/dev/stdin"])
def test_a_list_comes_through_a_pipe(place, tmp_path):
    command = [sys.executable, "-m", "xlcalc.cli", "batch", "training_budget", place]
    done = subprocess.run(
        [*command, "-o", tmp_path / "out"],
        input=b"scenario,params\na,7e9\nb,8e9\n",
        capture_output=True,
        check=False,
    )
    assert (0, b"") == (done.returncode, done.stderr.replace(b"\r", b"")[:0])
    assert ["a.xlsx", "b.xlsx"] == sorted(path.name for path in (tmp_path / "out").glob("?.xlsx"))


def test_a_device_is_no_list(tmp_path):
    with pytest.raises(ScenarioError, match="/dev/zero is a device, and no list"):
        batch("training_budget", "/dev/zero", tmp_path / "out")


def test_evaluate_and_compare_read_a_list_of_another_country(tmp_path):
    (tmp_path / "liste.csv").write_text("params;mfu;owner\n7.000.000.000;0,4;1,5\n", "utf-8")
    found = xlcalc_of(
        *("evaluate", "training_budget", "liste.csv", "--locale", "de", "--get", "total_cost"),
        cwd=tmp_path,
    )
    # 6 × 7e9 × 300e9 FLOP / (312e12 FLOP/s × 0.4) / 3600 s × 2.3 USD × 1.1; a label stays.
    assert '7000000000,0.4,"1,5",70953.52564102563,\n' in found.stdout
    (tmp_path / "nach.csv").write_text("mfu\n0,4\n", "utf-8")
    moved = xlcalc_of(
        *("compare", "training_budget", "--to", "nach.csv", "--output", "total_cost"),
        *("--locale", "de", "--json"),
        cwd=tmp_path,
    )
    assert [0.4] == [part["after"] for part in json.loads(moved.stdout)["parts"]]
    (tmp_path / "slip.csv").write_text("mfu\n0,3\n0.4\n", "utf-8")
    slip = xlcalc_of("evaluate", "training_budget", "slip.csv", "--locale", "de", cwd=tmp_path)
    assert (2, "") == (slip.returncode, slip.stdout)
    assert (
        'xlcalc: slip.csv, row 3: "0.4" is no number as --locale de writes it: the decimal sign is '
        '","\n'
    ) == slip.stderr


def test_the_rows_of_a_table_are_in_the_locale_of_the_list(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["item", "day", "price"], ["a", date(2026, 1, 2), 1.0], [], ["sum", None, None]):
        sheet.append(row)
    sheet["B2"].number_format = "yyyy-mm-dd"
    sheet["C4"] = "=SUM(C2:C2)"
    book.defined_names["items"] = DefinedName("items", attr_text="Sheet!$A$2:$C$2")
    book.defined_names["total"] = DefinedName("total", attr_text="Sheet!$C$4")
    book.defined_names["rate"] = DefinedName("rate", attr_text="Sheet!$A$6")
    sheet["A6"] = 1.0
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "runs.csv").write_text("scenario;rate\nNord;1,5\nSlip;1\n", "utf-8")
    items = "scenario;item;day;price\nNord;1,5;31.12.2026;1.234,5\nNord;b;;0,5\nSlip;c;;0.4\n"
    (tmp_path / "items.csv").write_text(items, "utf-8")
    counts = batch(
        tmp_path / "book.xlsx",
        *(tmp_path / "runs.csv", tmp_path / "out"),
        rows={"items": tmp_path / "items.csv"},
        locale="de",
    )
    assert (2, 1) == (counts.runs, counts.failed)
    north = openpyxl.load_workbook(tmp_path / "out" / "Nord.xlsx", data_only=True).active
    shown = [[cell.value for cell in row] for row in north["A2:C3"]]
    assert [["1,5", datetime(2026, 12, 31), 1234.5], ["b", None, 0.5]] == shown
    assert 1235.0 == north["C5"].value
    errors = (tmp_path / "out" / "errors.csv").read_text("utf-8-sig")
    assert 'line 4: ""0.4"" is no number as --locale de writes it' in errors


def test_what_comes_through_a_pipe_is_named_so(tmp_path):
    for command in (
        ("batch", "-oout"),
        ("evaluate",),
    ):
        for text, why in (
            (b"\xff\xfe", "the standard input is not a CSV file in UTF-8: invalid start byte"),
            (b"params;mfu\n7e9;0,4\n", 'the standard input, row 2: "0,4" may mean thousands or'),
            (b"", "the standard input has no header row"),
        ):
            found = subprocess.run(
                [sys.executable, "-m", "xlcalc.cli", *command, "training_budget", "-"],
                input=text, capture_output=True, cwd=tmp_path, check=False,
            )  # fmt: skip
            assert 2 == found.returncode
            assert found.stderr.decode().startswith(f"xlcalc: {why}")
