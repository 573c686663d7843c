"""The answers to questions, as sheets of the workbook that was asked."""

import hashlib
import io
import math
import subprocess
import sys

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

import xlcalc
from tests.conftest import ROOT
from tests.files import own_price
from tests.marks import needs_libreoffice
from tests.test_workbooks import findings
from tests.workbooks import parts, small_workbook, with_calculation_chain
from tools.libreoffice import convert, printed_text
from xlcalc import analysis
from xlcalc.analysis_sheets import Asked, to_workbook
from xlcalc.analysis_sheets.bridge import _step
from xlcalc.errors import AnalysisError

CELLS = {"A1": 2.0, "A2": 10.0, "A3": 5.0, "B1": "=A1*A2", "B2": "=(A1-3)^2+A3",
         "B3": "=IF(A1>4,NA(),A1)", "B4": "=A1*A2-30"}  # fmt: skip
NAMES = {"price": "A1", "hours": "A2", "extra": "A3", "cost": "B1", "curve": "B2", "gap": "B3",
         "profit": "B4"}  # fmt: skip
TEMPLATE = ROOT / "workbooks" / "training_budget.xlsx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    (folder / "own.xlsx").write_bytes(small_workbook(CELLS, NAMES))
    return folder


@pytest.fixture(scope="module")
def own(folder):
    return xlcalc.load(folder / "own.xlsx")


@pytest.fixture(scope="module")
def budget():
    return xlcalc.load(TEMPLATE)


def made(book, found, asked="", tab=None):
    data, name = to_workbook(book, found, asked)
    assert tab is None or tab == name
    return openpyxl.load_workbook(io.BytesIO(data))[name], data


def table(sheet, head):
    """Return the rows of a table below a heading in column B, as values."""
    first = next(
        row for row in range(1, sheet.max_row) if str(sheet.cell(row, 2).value or "") == head
    )
    rows, row = [], first
    _, _, last, _ = range_boundaries(sheet.print_area.rpartition("!")[2])
    while sheet.cell(row, 2).value is not None or row == first:
        values = [sheet.cell(row, column).value for column in range(2, last + 1)]
        rows.append([value for value in values if value not in {None, ""}])
        row += 1
    return rows


def words(sheet):
    return [cell.value for (cell,) in sheet["B1:B40"] if isinstance(cell.value, str)]


def points(sheet, reference):
    """Return what a chart draws: the values of the cells that a series refers to."""
    cells = reference.rpartition("!")[2].replace("$", "")
    found = sheet[cells]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.value for row in rows for cell in row]


QUESTIONS = {
    "Bridge": lambda b: analysis.compare(b, {}, {"mfu": 0.4, "tokens": 4e11}, "total_cost"),
    "Tornado": lambda b: analysis.sensitivity(b, "total_cost"),
    "Grid": lambda b: analysis.grid(
        b, "total_cost", ("mfu", [0.4, 0.462]), ("price_per_gpu_hour", [2.0, 2.3, 3.0])
    ),
    "Goal": lambda b: analysis.solve(b, "total_cost", 2e6, "mfu"),
    "Simulation": lambda b: analysis.simulate(
        b, "total_cost", {"mfu": "triangular(0.3,0.4,0.5)"}, draws=500, seed=3, budget=2e6
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("tab", QUESTIONS)
def test_an_answer_is_a_sheet_more_and_everything_else_stays(budget, tab, tmp_path):
    found = QUESTIONS[tab](budget)
    sheet, data = made(budget, found, Asked("xlcalc …", 3), tab)
    assert (data, tab) == to_workbook(budget, found, Asked("xlcalc …", 3))
    old, new = parts(TEMPLATE.read_bytes()), parts(data)
    assert {name for name in old if old[name] != new[name]} == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
    }
    origin = dict(row for row in table(sheet, "Asked by") if len(row) == 2)
    assert "xlcalc …" == origin["Asked by"]
    assert "training_budget.xlsx" == origin["Workbook"]
    assert hashlib.sha256(TEMPLATE.read_bytes()).hexdigest() == origin["SHA-256 of the workbook"]
    assert 3 == origin["Seed"]
    assert f"xlcalc {xlcalc.__version__}" == origin["Made by"]
    assert budget.results["total_cost"].value == pytest.approx(
        origin["total_cost when asked"], rel=1e-15
    )
    assert 1 + (tab == "Simulation") == len(sheet._charts)
    (tmp_path / "made.xlsx").write_bytes(data)
    (tmp_path / "before.xlsx").write_bytes(TEMPLATE.read_bytes())
    assert [*findings(tmp_path / "before.xlsx")] == [*findings(tmp_path / "made.xlsx")]
    # The values behind its two formulas are what engines calculate: it would not open otherwise.
    again = xlcalc.load(tmp_path / "made.xlsx")
    assert budget()["total_cost"] == again()["total_cost"]
    assert f"{tab} 2" == to_workbook(again, found)[1]


def test_a_bridge_stands_on_what_came_before(own):
    found = analysis.compare(own, {}, {"price": 3, "hours": 20}, "cost")
    sheet, _ = made(own, found, tab="Bridge")
    assert [
        ["Input", "before", "after", "moved cost by", "share of change"],
        ["from", 20],
        ["hours", 10, 20, 25, 0.625],
        ["price", 2, 3, 15, 0.375],
        ["to", 60],
    ] == table(sheet, "Input")
    assert "cost rises from 20 to 60." in words(sheet)
    assert "hours does most: it moves cost up by 25." in words(sheet)
    [chart] = sheet._charts
    assert ("stacked", 100) == (chart.grouping, chart.overlap)
    assert {
        "held up by": [None, 20, 45, None],
        "total": [20, None, None, 60],
        "rise": [None, 25, 15, None],
    } == {s.tx.v: points(sheet, s.val.numRef.f) for s in chart.series}
    assert ["from\n20", "hours\n+25", "price\n+15", "to\n60"] == points(
        sheet, chart.series[0].cat.numRef.f
    )
    assert chart.series[0].graphicalProperties.noFill


@pytest.mark.parametrize(
    ("expected", "start", "end"),
    [
        ([20, None, 5, None, None, None], 20, 25),
        ([20, None, None, None, 5, None], 25, 20),
        ([None, None, 5, -2, None, None], -2, 5),
        ([None, None, None, None, 5, -2], 5, -2),
        ([-2, None, 0, -3, None, None], -5, -2),
        ([-2, None, None, None, None, -3], -2, -5),
    ],
)
def test_a_step_is_held_up_and_parted_at_zero(expected, start, end):
    assert [v or None for v in expected] == _step(start, end)


@pytest.mark.slow
def test_a_bridge_of_many_inputs_shows_their_errors_and_sums_up_the_rest(tmp_path):
    cells = {f"A{row}": 1.0 for row in range(1, 16)} | {"B1": "=PRODUCT(A1:A15)"}
    names = {f"factor{row}": f"A{row}" for row in range(1, 16)} | {"product": "B1"}
    (tmp_path / "many.xlsx").write_bytes(small_workbook(cells, names))
    book = xlcalc.load(tmp_path / "many.xlsx")
    after = {f"factor{row}": 2 for row in range(1, 16)}
    found = analysis.compare(book, {}, after, "product", seed=3)
    sheet, _ = made(book, found)
    assert "standard error" == table(sheet, "Input")[0][-1]
    labels = points(sheet, sheet._charts[0].series[0].cat.numRef.f)
    assert 15 == len(labels)  # from, twelve inputs, the rest, to
    assert labels[13].startswith("all others\n+")
    assert 15 == sum(str(row[0]).startswith("factor") for row in table(sheet, "Input"))


def test_between_two_workbooks_the_new_one_gets_the_sheet(folder, own):
    cells = {**CELLS, "A1": 3.0, "B1": "=A1*A2+A3"}
    (folder / "next.xlsx").write_bytes(small_workbook(cells, NAMES))
    new = xlcalc.load(folder / "next.xlsx")
    found = analysis.compare_workbooks(own, new, "cost")
    sheet, _ = made(new, found, Asked("x", None, own))
    rows = {row[0]: row[1] for row in table(sheet, "Asked by") if len(row) > 1}
    assert ("next.xlsx", "own.xlsx") == (rows["Workbook"], rows["Compared with"])
    assert own.sha256 == rows["SHA-256 of that"]
    assert ["formulas, and inputs that one workbook lacks", 5, 1 / 3] == table(sheet, "Input")[3]
    assert 35 == rows["cost when asked"]


def test_a_tornado_begins_at_the_result_as_it_stands(own):
    sheet, _ = made(own, analysis.sensitivity(own, "curve", swing=0.2), tab="Tornado")
    rows = table(sheet, "Input")
    assert [["extra", 4, 5, 6, 5, 7, 2], ["price", 1.6, 2, 2.4]] == [rows[1][:7], rows[2][:4]]
    [chart] = sheet._charts
    assert ("bar", 100, 6.0) == (chart.barDir, chart.overlap, chart.x_axis.crossesAt)
    assert "maxMin" == chart.x_axis.scaling.orientation
    assert ["extra", "price"] == points(sheet, chart.series[0].cat.numRef.f)
    assert [5, 6.96] == pytest.approx(points(sheet, chart.series[0].val.numRef.f))
    assert chart.y_axis.scaling.min <= 5
    assert chart.y_axis.scaling.max >= 7


def test_where_an_end_has_no_result_the_table_says_so(own):
    found = analysis.sensitivity(own, "gap", ["price"], swing=0.9)
    assert 1.0 == found.swings[0].elasticity  # 3.8 is below 4
    raised = xlcalc.analysis.Swing("price", "", 2.0, 0.0, 5.0, 0.0, math.nan, math.nan)
    sheet, _ = made(own, analysis.Tornado("gap", "", 2.0, 0.9, (raised,), ()))
    assert ["price", 0, 2, 5, 0, "#N/A", "#N/A", "–"] == table(sheet, "Input")[1]


def test_a_grid_is_coloured_and_frames_the_workbook_as_it_stands(own):
    sheet, _ = made(own, analysis.grid(own, "cost", ("price", [1, 2]), ("hours", [10, 20, 30])))
    assert [["price ↓\nhours →", 10, 20, 30], [1, 10, 20, 30], [2, 20, 40, 60]] == table(
        sheet, "price ↓\nhours →"
    )
    [(box, [rule])] = [(str(c.sqref), c.rules) for c in sheet.conditional_formatting]
    assert "colorScale" == rule.type
    left, right = (sheet[end] for end in box.split(":"))
    assert (10, 60) == (left.value, right.value)
    framed = [
        cell.value
        for row in sheet[box]
        for cell in row
        if cell.border.left and cell.border.left.style == "medium"
    ]
    assert [20] == framed
    assert ["price 1", "price 2"] == [s.tx.v for s in sheet._charts[0].series]


def test_a_grid_cannot_ask_what_the_result_does_not_follow_from(own):
    with pytest.raises(AnalysisError, match="gap does not follow from extra"):
        analysis.grid(own, "gap", ("price", [2, 5]), ("extra", [5]))


def test_a_goal_shows_each_solution_on_the_curve(own):
    sheet, _ = made(own, analysis.solve(own, "curve", 9, "price", (0, 10)), tab="Goal")
    assert "curve is 9 where price is 1 or 5; in the workbook it is 2." in words(sheet)
    [chart] = sheet._charts
    drawn = {s.tx.v: points(sheet, s.yVal.numRef.f) for s in chart.series}
    assert [9, 9] == pytest.approx(drawn["solution"])
    assert [6] == drawn["as it stands"]
    assert {9} == set(drawn["target"])
    assert 61 == len(drawn["curve"])


def test_a_goal_that_is_never_reached_has_no_sheet(own):
    found = analysis.solve(own, "curve", 4, "price", (0, 10))
    with pytest.raises(AnalysisError, match="curve is never 4: no goal to show"):
        to_workbook(own, found)


def test_a_least_result_shows_what_it_was_before(own):
    found = analysis.minimise(own, "curve", ["price"], bounds={"price": (0.0, 10.0)})
    sheet, _ = made(own, found, tab="Goal")
    assert "curve becomes 5, was 6: 17 % less." in words(sheet)
    [chart] = sheet._charts
    assert [6, 5] == pytest.approx(points(sheet, chart.series[0].val.numRef.f))


def test_a_histogram_has_every_draw_once_and_marks_the_percentiles(own):
    vary = {"price": "uniform(1,3)", "hours": "triangular(5,10,20)"}
    found = analysis.simulate(own, "profit", vary, draws=1000, seed=5, budget=0)
    sheet, _ = made(own, found, tab="Simulation")
    histogram, drivers = sheet._charts
    drawn = {s.tx.v: points(sheet, s.val.numRef.f) for s in histogram.series}
    assert {"draws", "above the budget", "P10", "P50", "P90"} == drawn.keys()
    assert 1000 == sum(count for column in drawn.values() for count in column if count)
    assert found.counts == tuple(
        next(v for v in bins if v is not None) for bins in zip(*drawn.values(), strict=True)
    )
    for name in ("P10", "P50", "P90"):
        [place] = [place for place, count in enumerate(drawn[name]) if count]
        low, high = found.edges[place : place + 2]
        assert low <= dict(row[:2] for row in table(sheet, "Figure"))[name] <= high
    assert [one.rank_correlation for one in found.drivers] == pytest.approx(
        points(sheet, drivers.series[0].val.numRef.f)
    )


def test_the_list_of_formulas_goes_since_it_lacks_the_new_ones(own, folder):
    (folder / "chain.xlsx").write_bytes(
        with_calculation_chain((folder / "own.xlsx").read_bytes(), "B1")
    )
    book = xlcalc.load(folder / "chain.xlsx")
    data, _ = to_workbook(book, analysis.sensitivity(book, "cost"))
    assert "xl/calcChain.xml" not in parts(data)


def run(*arguments, cwd):
    command = [sys.executable, "-m", "xlcalc.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.mark.slow
def test_the_command_writes_the_workbook_beside_its_table(folder):
    asked = ("sensitivity", folder / "own.xlsx", "--output", "cost", "--swing", "20%")
    done = run(*asked, "-o", "out.xlsx", cwd=folder)
    assert 0 == done.returncode
    assert 'wrote out.xlsx, with the sheet "Tornado"\n' == done.stderr
    assert done.stdout.startswith("cost is 20")
    sheet = openpyxl.load_workbook(folder / "out.xlsx")["Tornado"]
    assert ["Asked by", "xlcalc sensitivity own.xlsx --output cost --swing 20%"] == table(
        sheet, "Asked by"
    )[0]
    first = (folder / "out.xlsx").read_bytes()
    done = run(*asked, "-o", "out.xlsx", cwd=folder)
    assert (2, "") == (done.returncode, done.stdout)
    assert (
        "xlcalc: out.xlsx exists; give another name with -o, or replace it with --force\n"
        == done.stderr
    )
    done = run(*asked, "-o", "out.xlsx", "--force", "--json", cwd=folder)
    assert (0, "{") == (done.returncode, done.stdout[0])
    assert first == (folder / "out.xlsx").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tab", "arguments"),
    [
        ("Bridge", ("compare", "--to", "to.csv", "--output", "cost")),
        ("Grid", ("sensitivity", "--output=cost", "--grid=price=1,2", "--grid=hours=1,2")),
        ("Goal", ("solve", "--output=cost", "--target=30", "--by=price")),
        ("Goal", ("solve", "--minimise=cost", "--by=price=1:2")),
        ("Simulation", ("simulate", "--output=cost", "--vary=price=uniform(1,2)", "--draws=200")),
    ],
)
def test_each_command_writes_its_sheet(tab, arguments, folder, tmp_path):
    (tmp_path / "to.csv").write_text("price\n3\n")
    done = run(arguments[0], folder / "own.xlsx", *arguments[1:], "-o", "o.xlsx", cwd=tmp_path)
    assert (0, f'wrote o.xlsx, with the sheet "{tab}"\n') == (done.returncode, done.stderr)
    assert ["Sheet", tab] == openpyxl.load_workbook(tmp_path / "o.xlsx").sheetnames


@pytest.mark.slow
def test_a_catalogue_of_the_team_is_named(folder, tmp_path):
    own_price(tmp_path / "rates of 2026", 2.5)
    asked = ("sensitivity", folder / "own.xlsx", "--output", "cost", "-o", "out.xlsx")
    done = run(*asked, "--catalogue", tmp_path / "rates of 2026", cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Tornado"]
    assert ["Catalogue of the team", "rates of 2026"] in table(sheet, "Asked by")


@pytest.mark.slow
def test_the_ending_of_the_file_is_that_of_its_kind(folder):
    asked = ("sensitivity", folder / "own.xlsx", "--output", "cost")
    done = run(*asked, "-o", "out.xlsm", cwd=folder)
    assert (2, "xlcalc: out.xlsm must end in .xlsx, the ending of such a workbook\n") == (
        *(done.returncode, done.stderr),
    )
    assert not (folder / "out.xlsm").exists()


@needs_libreoffice
@pytest.mark.slow
def test_libreoffice_opens_each_sheet_and_finds_the_workbook_unchanged(budget, tmp_path):
    files = []
    for tab, ask in QUESTIONS.items():
        data, _ = to_workbook(budget, ask(budget), f"asked for {tab}")
        files.append(tmp_path / f"{tab}.xlsx")
        files[-1].write_bytes(data)
    for tab, pdf in convert(files, "pdf", tmp_path).items():
        text = printed_text(pdf)
        assert f"asked for {tab}" in text
        assert "The workbook still gives this result." in text
        assert "Err:" not in text
