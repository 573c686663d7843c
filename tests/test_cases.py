"""Cases that a workbook must keep to: what passes, what fails, and what is refused."""

import json
import re
import subprocess
import sys
from datetime import datetime
from xml.etree import ElementTree

import openpyxl
import pytest
from click.testing import CliRunner

import xlcalc
from tests.conftest import ROOT
from tests.workbooks import name_cells, to_bytes
from xlcalc.cli.cases import test as command
from xlcalc.errors import ScenarioError, UsageError
from xlcalc.runs.case_lists import Tolerance, read_cases
from xlcalc.runs.cases import judged

CELLS = ("people", "price", "word", "cost", "team", "big", "day", "echo", "share")
NAMES = {name: f"B{row}" for row, name in enumerate(CELLS, start=1)}


def workbook(path, cost="=IF(B2=0,NA(),B1*B2)", rows=(), names=NAMES):
    """Write a budget: cost = people × price, #N/A without a price."""
    book = openpyxl.Workbook()
    sheet = book.active
    cells = {"B1": 4, "B2": 12.5, "B3": "north", "B4": cost, "B8": "=B3", "B9": "=B1/3"}
    cells |= {"B5": '=IF(B1>10,"large","small")', "B6": "=B1>10", "B7": "=DATE(2026,1,B1)"}
    for cell, value in cells.items():
        sheet[cell] = value
    sheet["B7"].number_format = "yyyy-mm-dd"
    name_cells(book, names)
    if rows:
        tests = book.create_sheet("Tests")
        for row in rows:
            tests.append(row)
    path.write_bytes(to_bytes(book))
    return path


@pytest.fixture
def budget(tmp_path):
    return workbook(tmp_path / "budget.xlsx")


@pytest.fixture
def run(budget, tmp_path):
    """Return what the command says of a list: its status, its output, and what it did to it."""

    def call(text, *options, book=budget):
        path = tmp_path / "cases.csv"
        path.write_bytes(text.encode())
        done = CliRunner().invoke(command, [str(book), str(path), *map(str, options)])
        error = done.exception if isinstance(done.exception, UsageError) else None
        return done.exit_code, str(error) if error else done.output, path.read_bytes().decode()

    return call


def verdicts(budget, tmp_path, text):
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    book = xlcalc.load(budget)
    return [one.passed for one in judged(book, read_cases(str(path), book))]


@pytest.mark.slow
def test_the_page_shows_what_the_command_prints(budget, tmp_path):
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    [cases] = re.findall(r"^```csv\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    [shown] = re.findall(r"^```console\n\$ .*?\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "cases.csv").write_text(cases, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", "test", "budget.xlsx", "cases.csv"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        timeout=120,
    )
    assert (shown, "", 0) == (done.stdout, done.stderr, done.returncode)


@pytest.mark.parametrize(
    ("passes", "row"),
    [
        # share is 4/3 and cost 4 × 12.5 = 50, team small, big FALSE, day 2026-01-04
        (True, "expect cost\n50"),
        (True, "expect cost\n50.00000004"),
        (False, "expect cost\n50.0000001"),
        (True, 'expect cost\n"50.0"'),
        (False, "expect cost\nfifty"),
        (False, "expect cost\nTRUE"),
        (False, "expect cost\n#N/A"),
        (True, "expect team\nsmall"),
        (False, "expect team\nSmall"),
        (False, "expect team\n5"),
        (True, "expect big\nfalse"),
        (False, "expect big\nTRUE"),
        (False, "expect big\n0"),
        (True, "expect day\n2026-01-04"),
        (False, "expect day\n2026-01-05"),
        (True, "price,expect cost\n0,#n/a"),
        (False, "price,expect cost\n0,#NUM!"),
        (False, "price,expect cost\n0,0"),
        (True, "word,expect echo\n5,5"),
        (True, "word,expect echo\nTRUE,TRUE"),
        (True, "expect cost,tolerance\n49.6,1%"),
        (False, "expect cost,tolerance\n49.4,1%"),
        (True, "expect cost,tolerance\n49,1"),
        (False, "expect cost,tolerance\n48.9,1"),
        (True, "expect share,tolerance\n1.3,0.04"),
        (False, "expect share,tolerance\n1.3,0.03"),
        (False, "expect share,tolerance\n1.333333333333,0"),
        (True, "input people,EXPECT Cost\n5,62.5"),
        (True, "people;expect cost;note\n5;62.5;a,b"),
    ],
)
def test_an_expectation_is_judged_by_what_it_means(passes, row, budget, tmp_path):
    assert [passes] == verdicts(budget, tmp_path, f"{row}\n")


@pytest.mark.parametrize(
    ("allowed", "expected", "value", "tolerance"),
    [
        (True, 1.0, 1.1, Tolerance(0.1, is_share=False)),
        (False, 1.0, 1.1000001, Tolerance(0.1, is_share=False)),
        (True, -200.0, -198.0, Tolerance(0.01)),
        (False, 0.0, 1e-300, Tolerance()),
        (True, 0.0, 1e-13, Tolerance(1e-12, is_share=False)),
        (False, 1.0, 1.0000000000000002, Tolerance(0.0, is_share=False)),
    ],
)
def test_a_tolerance_holds_on_its_bound(allowed, expected, value, tolerance):
    assert allowed is tolerance.allows(expected, value)


def test_a_failing_case_is_told_with_the_difference_and_status_1(run):
    status, output, _ = run("case,price,expect cost\na,10,40\nb,20,81\nc,0,5\n")
    assert 1 == status
    lines = [line.split() for line in output.splitlines()]
    assert ["a", "cost", "40", "40", "ok"] == lines[1]
    assert ["b", "cost", "81", "80", "-1", "FAILED"] == lines[2]
    assert ["c", "cost", "5", "#N/A", "FAILED"] == lines[3]
    assert output.splitlines()[4].startswith("c: cost is #N/A, expected 5: ")
    assert output.endswith("3 cases: 1 passed, 2 failed\n")


def test_a_case_that_cannot_be_calculated_fails_alone(run):
    status, output, _ = run("case,people,expect cost\na,many,40\nb,2,25\n")
    assert 1 == status
    assert 'a: people must be a number, got "many"' in output
    assert output.endswith("2 cases: 1 passed, 1 failed\n")


def test_json_has_all_digits_and_where_values_come_from(run):
    status, output, _ = run("expect share,source\n1.3,Excel 365\n", "--json")
    found = json.loads(output)
    assert (1, 0, 1) == (status, found["passed"], found["failed"])
    [case] = found["cases"]
    assert ("row 2", "Excel 365", "1e-07%") == (case["case"], case["source"], case["tolerance"])
    expected = {"result": "share", "expected": 1.3, "value": 4 / 3, "passed": False}
    assert [expected] == case["results"]


def test_junit_has_a_failure_for_a_wrong_result_and_an_error_for_none(run, tmp_path):
    text = 'case,people,expect cost,note\n<a>,4,51,"x & y"\nb,many,1,\nc,2,25,\n'
    status, _, _ = run(text, "--junit", tmp_path / "out.xml")
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()  # noqa: S314  our own file
    assert (1, "3", "1", "1") == (
        status,
        *(suite.get(name) for name in ("tests", "failures", "errors")),
    )
    assert ["<a>", "b", "c"] == [case.get("name") for case in suite]
    assert "cost is 50, expected 51 within 1e-07%" == suite[0][0].get("message")
    assert suite[0][0].text.endswith("note: x & y")
    assert ["failure", "error"] == [suite[0][0].tag, suite[1][0].tag]
    assert 0 == len(suite[2])
    status, output, _ = run(text, "--junit", tmp_path / "cases.csv")
    assert "written as .xml" in output


def test_record_fills_in_what_is_empty_and_the_recorded_cases_pass(run):
    head = "case,price,word,expect cost,expect team,expect big,expect day,expect echo,source"
    text = f'\ufeff{head}\r\n"a, b",0.1,=1+1,,small,,,,\r\nc,0,-5,,,,,,Excel\r\n'
    status, _, after = run(text, "--record")
    # 4 × 0.1 = 0.4; the text =1+1 is guarded, -5 is a number for whoever opens the file
    written = f"xlcalc {xlcalc.__version__}"
    assert 0 == status
    assert (
        f'\ufeff{head}\r\n"a, b",0.1,=1+1,0.4,small,FALSE,2026-01-04,\'=1+1,{written}\r\n'
        "c,0,-5,#N/A,small,FALSE,2026-01-04,-5,Excel\r\n"
    ) == after
    assert (0, after) == (lambda done: (done[0], done[2]))(run(after))
    assert (0, after) == (lambda done: (done[0], done[2]))(run(after, "--record"))


def test_record_keeps_an_expectation_that_fails_unless_forced(run):
    text = "sep=;\nprice;expect cost;expect echo\n10;41;\n"
    assert (1, "sep=;\nprice;expect cost;expect echo\n10;41;north\n") == run(text, "--record")[::2]
    forced = run(text, "--record", "--force")
    assert (0, "sep=;\nprice;expect cost;expect echo\n10;40;north\n") == forced[::2]


def test_record_leaves_the_file_alone_where_a_case_cannot_be_calculated(run):
    text = "people,expect cost\n5,\nmany,\n"
    status, output, after = run(text, "--record")
    assert (1, text) == (status, after)
    assert "nothing is recorded" in output


def test_a_text_of_nothing_is_recorded_and_expected_as_two_quotes(tmp_path, run):
    book = workbook(tmp_path / "empty.xlsx", cost='=IF(B2=0,"",B1*B2)')
    _, _, after = run("price,expect cost\n0,\n", "--record", book=book)
    assert 'price,expect cost\n0,""""""\n' == after
    assert 0 == run(after, book=book)[0]
    assert 1 == run(after.replace("0,", "1,"), book=book)[0]


@pytest.mark.parametrize("text", ["12,5", " ", "5", "TRUE", "#N/A", "=1", "'x", "a\nb", 'é;"', "@"])
def test_every_text_that_is_recorded_is_expected_again(text, tmp_path, run):
    quoted = text.replace('"', '""')
    book = workbook(tmp_path / "text.xlsx", cost=f'="{quoted}"')
    status, _, after = run("people;expect cost\n1;\n", "--record", book=book)
    assert 0 == status
    assert after != "people;expect cost\n1;\n"
    assert 0 == run(after, book=book)[0]
    changed = workbook(tmp_path / "changed.xlsx", cost=f'="{quoted}x"')
    assert 1 == run(after, book=changed)[0]


def test_two_versions_are_compared_case_by_case(tmp_path, run):
    other = workbook(tmp_path / "other.xlsx", cost="=IF(B2=0,NA(),B1*B2+IF(B1>5,1,0))")
    text = "case,people,expect cost\na,4,\nb,6,75\n"
    status, output, _ = run(text, "--against", other)
    assert 1 == status
    lines = [line.split() for line in output.splitlines()]
    # what the list expects is not asked: the other version has 6 × 12.5 + 1 = 76
    assert ["a", "cost", "50", "50", "ok"] == lines[1]
    assert ["b", "cost", "76", "75", "-1", "FAILED"] == lines[2]
    status, output, _ = run("people\n4\n", "--against", other)
    compared = {line.split()[2] for line in output.splitlines()[1:-1]}
    assert (0, {"cost", "team", "big", "day", "echo", "share"}) == (status, compared)
    names = {name: cell for name, cell in NAMES.items() if name != "cost"}
    workbook(other, names=names)
    assert 'no named cell "cost"' in run(text, "--against", other)[1]


def test_cases_stand_on_the_sheet_tests_with_percents_and_dates(tmp_path):
    rows = [
        ["case", "people", "expect cost", "expect day", "expect big", "tolerance"],
        ["near", 4, 49.6, datetime(2026, 1, 4), False, 0.01],
        ["far", 4, 49.6, None, None, 0.01],
        ["error", 4, "#N/A", None, None, None],
    ]
    path = workbook(tmp_path / "own.xlsx", rows=rows)
    book = openpyxl.load_workbook(path)
    book["Tests"]["F2"].number_format = "0%"  # as Excel stores what a person types as 1%
    book.save(path)
    done = CliRunner().invoke(command, [str(path), "--json"])
    assert [True, False, False] == [one["passed"] for one in json.loads(done.output)["cases"]]
    done = CliRunner().invoke(command, [str(path), f"{path}#Tests", "--record"])
    assert "--record fills in a CSV file" in str(done.exception)


def test_a_template_is_tested_by_its_name(tmp_path):
    path = tmp_path / "t.csv"
    # 6 × 175e9 × 300e9 = 3.15e23 FLOP
    path.write_text("params,tokens,expect train_flops\n175e9,300e9,3.15e23\n")
    assert 0 == CliRunner().invoke(command, ["training_budget", str(path)]).exit_code
    done = CliRunner().invoke(command, ["training_budget"])
    assert "has no cases of its own" in str(done.exception)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("has no header row", ""),
        ("lists no case", "people,expect cost\n"),
        ("lists no case", "people,expect cost\n,\n , \n"),
        ('did you mean "people"?', "peple,expect cost\n1,2\n"),
        ('did you mean "cost"?', "people,expect csot\n1,2\n"),
        ('did you mean "tolerance"?', "people,expect cost,tolerence\n1,2,3\n"),
        ('did you mean "expect cost"?', "people,expected cost\n1,2\n"),
        ('it is a result: write "expect cost"', "people,cost\n1,2\n"),
        ('column "input cost"', "input cost,expect share\n1,2\n"),
        ('the column "input people" twice', "people,input people,expect cost\n1,2,3\n"),
        ('the column "expect COST" twice', "people,expect cost,expect COST\n1,2,3\n"),
        ("a column without a name", "people,,expect cost\n1,2,3\n"),
        ("row 3: 3 values for 2 columns", "people,expect cost\n1,12.5\n1,2,3\n"),
        ('row 3: the case "x" expects nothing', "case,expect cost\na,1\nx,\n"),
        ('row 3: there is a case "A" above', "case,expect cost\na,1\nA,2\n"),
        ('got "-1"', "expect cost,tolerance\n1,-1\n"),
        ('got "some"', "expect cost,tolerance\n1,some\n"),
        ('got "=1%"', "expect cost,tolerance\n1,=1%\n"),
        ("may mean thousands or decimals", "people;expect cost\n1;12,5\n"),
        ("binary data", "people,expect cost\n1,\x00\n"),
    ],
)
def test_a_list_that_is_none_is_refused_before_anything_is_calculated(
    sentence, text, budget, tmp_path, run
):
    assert sentence in run(text)[1]
    book = xlcalc.load(budget)
    if "expects nothing" not in sentence:
        with pytest.raises(ScenarioError):
            read_cases(str(tmp_path / "cases.csv"), book)


@pytest.mark.slow
def test_the_command_cannot_start_with_status_2(budget, tmp_path):
    def called(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", "test", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
        )

    for sentence, arguments in (
        ('budget.xlsx has no sheet "Tests"', [budget]),
        ("there is no file none.csv", [budget, "none.csv"]),
        ("there is no file none.xlsx", ["none.xlsx", "none.csv"]),
        ("--force goes with --record", [budget, "none.csv", "--force"]),
        ("goes without --against", [budget, "none.csv", "--record", "--against", budget]),
    ):
        done = called(*arguments)
        assert (2, "") == (done.returncode, done.stdout)
        assert sentence in done.stderr
        assert 1 == done.stderr.count("\n")


def test_formulas_and_control_characters_of_a_list_stay_texts(run):
    text = 'case,word,expect echo\n"=cmd|x\x1b[2J",=1+1,=1+1\n"@b","=2\n3","=2\n3"\n'
    status, output, _ = run(text)
    assert 0 == status
    assert "\x1b" not in output
    assert "=cmd|x [2J" in output
