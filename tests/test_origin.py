"""Where figures come from: the engines and what a person accepted, in all that a run writes."""

import csv
import json
import subprocess
import sys
from importlib.metadata import version

import openpyxl
import pytest

import xlcalc
from tests.test_verification import stored
from xlcalc.calc import recalculation
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.origin import Accepted, origin_of, sentences
from xlcalc.calc.recalculation import trusted
from xlcalc.calc.verification import EVERY
from xlcalc.runs.config import load_batch

OURS, SECOND, THIRD = (
    f"{package} {version(package)}" for package in ("formualizer", "betteroffice-xlsx", "ironcalc")
)
NAMES = {"size": "A1", "total": "A4"}
# The stored value of A2 is old, but its formula hides errors: a person has to decide. That of A3
# is old, and two engines say so.
CELLS = {"A1": 2.0, "A2": ("=IFERROR(A1*10,0)", 99), "A3": ("=A1+1", 4), "A4": ("=A2+A3", 23)}
ACCEPTED = Accepted("Sheet!A2", 99.0, 20.0, "IFERROR(A1*10,0)")


def origin(cells, accepted=()):
    model = stored(cells, NAMES)
    return origin_of(trusted(model, accepted))


def test_an_engine_that_gives_every_stored_value_back_is_asked_alone():
    found = origin({"A1": 2.0, "A4": ("=A1*2", 4)})
    assert (OURS, (), (OURS,), 0, ()) == (
        *(found.engine, found.asked, found.whole),
        *(found.held, found.accepted),
    )
    assert f"xlcalc {xlcalc.__version__}" == found.program
    assert [
        f"{OURS} calculates own.xlsx",
        f"every stored value that is not old comes back from {OURS}",
    ] == sentences(found, "own.xlsx")


def test_a_template_has_no_stored_values_to_ask_about():
    found = origin_of()
    assert (OURS, (), ()) == (found.engine, found.asked, found.whole)
    assert [f"{OURS} calculates x"] == sentences(found, "x")


def test_what_a_person_accepts_is_named_with_both_values():
    found = origin(CELLS, ["Sheet!A2"])
    assert (ACCEPTED,) == found.accepted == origin(CELLS, [EVERY]).accepted
    assert (SECOND, THIRD) == found.asked[:2]
    said = sentences(found, "own.xlsx")
    assert f"other engines were asked too: {SECOND}, {THIRD}" in ", ".join(said[1:2])
    assert "differences of 1 cell are accepted by --accept-differences" == said[-1]


def test_cells_that_keep_what_our_engine_does_not_give_are_counted():
    # Excel adds what meets either criterion, 5 + 30; our engine gives 0.
    cells = {"A1": 1.0, "B1": "x", "B2": "y", "C1": 5.0, "C2": 30.0, "A4": ("=A1+D1", 36)}
    cells["D1"] = ('=SUM(SUMIFS(C1:C2,B1:B2,{"x","y"}))', 35)
    found = origin(cells)
    assert (1, ()) == (found.held, found.accepted)
    assert OURS not in found.whole
    assert f"1 cell has a value that {OURS} does not give" in sentences(found, "own.xlsx")


@pytest.fixture
def own(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(stored(CELLS, NAMES).package.to_bytes())
    (tmp_path / "runs.csv").write_text("scenario,size\na,3\nb,4\n")
    return tmp_path


def run(own, **options):
    return xlcalc.batch(
        own / "own.xlsx", own / "runs.csv", own / "out", accept_differences=[EVERY], **options
    )


def test_a_batch_says_once_in_each_of_its_files_where_its_figures_come_from(own):
    run(own)
    head, *lines = (own / "out" / "manifest.jsonl").read_text().splitlines()
    assert ["a", "b"] == [json.loads(line)["scenario"] for line in lines]
    said = json.loads(head)["run"]
    assert [
        {
            "cell": "Sheet!A2",
            "stored": 99.0,
            "used": 20.0,
            "formula": "IFERROR(A1*10,0)",
            "accepted_by": "--accept-differences",
        }
    ] == said["accepted_differences"]
    assert (OURS, [SECOND, THIRD]) == (said["engine"], said["engines_asked"][:2])
    assert json.loads(lines[0])["template_hash"] == said["template_hash"]
    with (own / "out" / "origin.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert ["what", "name", "stored", "used", "formula", "accepted by"] == rows[0]
    assert ["engine", OURS, "", "", "", ""] == rows[2]
    assert [
        *("accepted difference", "Sheet!A2", "99.0", "20.0"),
        *("IFERROR(A1*10,0)", "--accept-differences"),
    ] == rows[-1]
    book = openpyxl.load_workbook(own / "out" / "summary.xlsx")
    line = f"Calculated by xlcalc {xlcalc.__version__} with {OURS}."
    assert line == book["Summary"]["B3"].value
    assert line == book["Origin"]["B4"].value
    head, row = list(book["Origin"].iter_rows(min_col=2, max_col=5))[-2:]
    assert ["Cell", "Stored", "Used", "Formula"] == [cell.value for cell in head]
    assert ["Sheet!A2", 99, 20, "=IFERROR(A1*10,0)"] == [cell.value for cell in row]
    assert "s" == row[-1].data_type
    text = (own / "out" / "summary.md").read_text()
    assert f"\n{line} Stored values were compared with {SECOND}" in text
    assert "Differences that a person accepted: 1." in text
    assert "\n| Sheet!A2 | 99 | 20 | =IFERROR(A1\\*10,0) |\n" in text


def test_a_batch_without_accepted_differences_has_no_table_of_them(own):
    (own / "own.xlsx").write_bytes(
        stored({"A1": 2.0, "A4": ("=A1*2", 4)}, NAMES).package.to_bytes()
    )
    run(own)
    assert (
        []
        == json.loads((own / "out" / "manifest.jsonl").read_text().splitlines()[0])["run"][
            "accepted_differences"
        ]
    )
    book = openpyxl.load_workbook(own / "out" / "summary.xlsx")
    assert ["Summary", "All figures"] == book.sheetnames
    assert "accepted" not in (own / "out" / "summary.md").read_text()


def test_a_batch_that_is_resumed_is_the_same_to_the_byte(own):
    run(own)
    before = {path.name: path.read_bytes() for path in (own / "out").iterdir()}
    times = {name: (own / "out" / name).stat().st_mtime_ns for name in ("a.xlsx", "b.xlsx")}
    run(own, resume=True)
    assert before == {path.name: path.read_bytes() for path in (own / "out").iterdir()}
    assert times == {name: (own / "out" / name).stat().st_mtime_ns for name in times}


def test_a_batch_with_other_accepted_cells_is_begun_anew(own, monkeypatch):
    run(own)
    times = {name: (own / "out" / name).stat().st_mtime_ns for name in ("a.xlsx", "b.xlsx")}
    monkeypatch.setattr(recalculation, "WITNESSES", ())  # nobody confirms that A3 is old
    config = load_batch(str(own / "own.xlsx"), own / "runs.csv", own / "out", accepted=[EVERY])
    assert ["Sheet!A2", "Sheet!A3"] == [one.cell for one in config.origin.accepted]
    run(own, resume=True)
    assert [] == [name for name in times if times[name] == (own / "out" / name).stat().st_mtime_ns]


@pytest.mark.thorough
@pytest.mark.slow
def test_verbose_says_on_stderr_which_engine_calculates(own):
    book = str(own / "own.xlsx")
    for command in (
        ["run", book, "--get", "total"],
        ["recalc", book, "-o", str(own / "fresh.xlsx")],
        ["convert", book, "--dialect", "values", "-o", str(own / "values.xlsx")],
        ["batch", book, str(own / "runs.csv"), "-o", str(own / "out")],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", *command, "--accept-differences", "-v"],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert 0 == done.returncode
        assert done.stderr.startswith(
            f"xlcalc: {OURS} calculates {book}\nxlcalc: other engines were asked too: {SECOND}, "
        )
        quiet = subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", *command, "--accept-differences"],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "calculates" not in quiet.stderr
    assert 23.0 == WorkbookModel.read(own / "fresh.xlsx").formulas["Sheet"][4, 1].value
