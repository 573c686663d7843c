"""The command `recalc`: many workbooks, and values that are only compared."""

import json

import pytest

from tests.test_cli import xlcalc
from tests.workbooks import opened, parts, small_workbook, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated

CELLS = {"A1": 2.0, "A2": 3.0, "A3": "=A1+A2", "A4": "=A3*2"}


def edited(old: str, new: str, cells=CELLS) -> bytes:
    """Return a calculated workbook with another text in its sheet."""
    data = recalculated(WorkbookModel(small_workbook(cells), "made")).package.to_bytes()
    made = parts(data)
    sheet = made["xl/worksheets/sheet1.xml"].decode()
    assert old in sheet
    return zipped(made | {"xl/worksheets/sheet1.xml": sheet.replace(old, new).encode()})


@pytest.fixture
def folder(tmp_path):
    """A good workbook, one with an old value, and one without values, two of them in a folder."""
    books = tmp_path / "books"
    (books / "inner").mkdir(parents=True)
    (books / "good.xlsx").write_bytes(edited("", ""))
    (books / "old.xlsx").write_bytes(edited("<v>5</v>", "<v>6</v>"))
    (books / "inner" / "new.xlsm").write_bytes(small_workbook(CELLS))
    (books / "~$old.xlsx").write_text("Excel's lock")
    return books


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def values(path):
    sheet = opened(path.read_bytes()).active
    return [sheet["A3"].value, sheet["A4"].value]


def test_a_check_names_old_values_with_status_1_and_writes_nothing(folder):
    before = contents(folder)
    done = xlcalc("recalc", "--check", "old.xlsx", cwd=folder)
    assert 1 == done.returncode
    assert (
        "old.xlsx: 1 cell stores another value than its formula gives\n"
        "  Sheet!A3  6 → 5  =A1+A2\n" == done.stdout
    )
    assert "1 workbook: 1 with other values than calculated\n" == done.stderr
    assert before == contents(folder)


def test_a_check_of_good_values_says_so_with_status_0(folder):
    done = xlcalc("recalc", "--check", folder / "good.xlsx")
    assert (0, "") == (done.returncode, done.stdout)
    assert "1 workbook: all values are as calculated\n" == done.stderr


def test_a_check_takes_files_and_folders_and_counts_them(folder):
    before = contents(folder)
    done = xlcalc("recalc", "--check", "good.xlsx", ".", cwd=folder)
    assert 1 == done.returncode
    assert "3 workbooks: 2 with other values than calculated\n" == done.stderr
    assert (
        "inner/new.xlsm: 2 cells store other values than their formulas give\n"
        "  Sheet!A3  nothing → 5  =A1+A2\n"
        "  Sheet!A4  nothing → 10  =A3*2\n"
        "old.xlsx: 1 cell stores another value than its formula gives\n"
        "  Sheet!A3  6 → 5  =A1+A2\n" == done.stdout
    )
    assert before == contents(folder)


def test_of_many_old_values_the_first_are_named_and_the_others_counted(tmp_path):
    cells = {f"A{row}": f"=ROW()+{row}" for row in range(1, 41)}
    (tmp_path / "many.xlsx").write_bytes(small_workbook(cells))
    done = xlcalc("recalc", "--check", "many.xlsx", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert "many.xlsx: 40 cells store other values than their formulas give" == lines[0]
    assert "  Sheet!A20  nothing → 40  =ROW()+20" == lines[20]
    assert ["  and 20 more"] == lines[21:]


def test_a_check_as_json_has_the_cells_of_each_workbook(folder):
    done = xlcalc("recalc", "--check", "--json", folder)
    found = {one["workbook"]: one for one in json.loads(done.stdout)}
    assert 1 == done.returncode
    assert [] == found[str(folder / "good.xlsx")]["differences"]
    [cell] = found[str(folder / "old.xlsx")]["differences"]
    assert ("A3", 6.0, 5.0, "stale") == tuple(
        cell[key] for key in ("cell", "stored", "calculated", "verdict")
    )
    assert {None} == {one["file"] for one in found.values()}


def test_a_value_that_no_engine_calculates_is_told_and_does_not_fail_a_check(tmp_path):
    cells = {"A1": 2.0, "A2": "=OURMACRO(A1)", "A3": "=A1*2"}
    made = parts(small_workbook(cells))
    sheet = made["xl/worksheets/sheet1.xml"].decode()
    for formula, value in (("OURMACRO(A1)", 7), ("A1*2", 4)):
        full = f"<f>{formula}</f><v />" if "<v />" in sheet else f"<f>{formula}</f><v></v>"
        assert full in sheet
        sheet = sheet.replace(full, f"<f>{formula}</f><v>{value}</v>")
    book = tmp_path / "macro.xlsx"
    book.write_bytes(zipped(made | {"xl/worksheets/sheet1.xml": sheet.encode()}))
    done = xlcalc("recalc", "--check", "macro.xlsx", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stdout)
    assert "no engine calculates 1 cell of macro.xlsx, whose stored values were" in done.stderr


def test_what_moves_with_the_clock_does_not_fail_a_check(tmp_path):
    book = tmp_path / "clock.xlsx"
    book.write_bytes(edited("<v>5</v>", "<v>5</v>", CELLS | {"B1": "=NOW()", "B2": "=B1+1"}))
    assert 0 == xlcalc("recalc", "--check", book).returncode


@pytest.mark.slow
def test_each_workbook_of_a_folder_gets_its_values_in_its_place(folder):
    done = xlcalc("recalc", ".", cwd=folder)
    assert 0 == done.returncode
    assert "wrote good.xlsx\nwrote inner/new.xlsm\nwrote old.xlsx\n" == done.stdout
    assert [[5, 10], [5, 10]] == [values(folder / "old.xlsx"), values(folder / "inner/new.xlsm")]


@pytest.mark.slow
def test_several_workbooks_are_written_to_a_folder_under_their_names(folder, tmp_path):
    before = contents(folder)
    out = tmp_path / "out"
    done = xlcalc("recalc", folder / "old.xlsx", folder / "inner", "-o", out)
    assert 0 == done.returncode
    assert ["new.xlsm", "old.xlsx"] == sorted(one.name for one in out.iterdir())
    assert [5, 10] == values(out / "old.xlsx")
    assert before == contents(folder)


def test_a_workbook_that_cannot_be_read_does_not_stop_the_others(folder):
    (folder / "bad.xlsx").write_text("no workbook")
    done = xlcalc("recalc", "bad.xlsx", "old.xlsx", cwd=folder)
    assert 2 == done.returncode
    assert "wrote old.xlsx\n" == done.stdout
    assert "xlcalc: bad.xlsx is not an xlsx workbook" in done.stderr
    assert "2 workbooks: 1 not read\n" in done.stderr


@pytest.mark.slow
def test_a_workbook_on_which_engines_do_not_agree_does_not_stop_the_others(folder):
    (folder / "own.xlsx").write_bytes(
        edited("<v>5</v>", "<v>6</v>", CELLS | {"A3": "=IFERROR(A1+A2,0)"})
    )
    done = xlcalc("recalc", "own.xlsx", "old.xlsx", cwd=folder)
    assert 1 == done.returncode
    assert "wrote old.xlsx\n" == done.stdout
    assert "Sheet!A3  6 → 5  =IFERROR(A1+A2,0)" in done.stderr
    assert "2 workbooks: 1 not written\n" in done.stderr
    check = xlcalc("recalc", "--check", "own.xlsx", cwd=folder)
    assert (1, True) == (check.returncode, "Sheet!A3  6 → 5" in check.stdout)
    check = xlcalc("recalc", "--check", "own.xlsx", "--accept-differences", "Sheet!A3", cwd=folder)
    assert (0, "") == (check.returncode, check.stdout)


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        ("--check writes nothing, and goes without -o", ["old.xlsx", "--check", "-o", "new.xlsx"]),
        (
            "names cells of one workbook; for several it is all",
            [".", "--accept-differences", "Sheet!A3"],
        ),
        ("would both be written to out/twin.xlsx", ["twin.xlsx", "inner", "-o", "out"]),
        ("the folder empty has no workbook", ["empty"]),
        ("cannot write to the folder old.xlsx", ["old.xlsx", "good.xlsx", "-o", "old.xlsx"]),
    ],
)
def test_a_command_that_cannot_be_meant_is_one_sentence_and_status_2(folder, sentence, arguments):
    (folder / "empty").mkdir()
    for place in ("twin.xlsx", "inner/twin.xlsx"):
        (folder / place).write_bytes(b"")
    before = contents(folder)
    done = xlcalc("recalc", *arguments, cwd=folder)
    assert (2, "") == (done.returncode, done.stdout)
    assert sentence in done.stderr
    assert 1 == done.stderr.count("\n")
    assert before == contents(folder)
