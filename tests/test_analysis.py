"""Questions about a workbook: bridges, tornados, goals and simulations."""

import io
import json
import math
import subprocess
import sys

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation

import xlcalc
from tests.workbooks import small_workbook
from xlcalc import analysis
from xlcalc.errors import AnalysisError, InputValueError

CELLS = {
    "A1": 2.0,
    "A2": 10.0,
    "A3": 5.0,
    "B1": "=A1*A2",
    "B2": "=(A1-3)^2+A3",
    "B3": "=INT(A2/3)",
    "B4": "=IF(A1>4,NA(),A1)",
    "B5": "=SUM(A1:A3)",
    "A4": 46000.0,
    "B6": "=A4+A2",
    "B7": "=1/(A2-9)",
    "B8": "=1+1",
}
NAMES = {
    "price": "A1",
    "hours": "A2",
    "extra": "A3",
    "cost": "B1",
    "curve": "B2",
    "days": "B3",
    "gap": "B4",
    "total": "B5",
    "begins": "A4",
    "ends": "B6",
    "odds": "B7",
    "fixed": "B8",
}


def run(*arguments, cwd):
    command = [sys.executable, "-m", "xlcalc.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    (folder / "own.xlsx").write_bytes(small_workbook(CELLS, NAMES))
    book = load_workbook(folder / "own.xlsx")
    whole = DataValidation(
        type="whole", operator="between", formula1="1", formula2="100", showErrorMessage=True
    )
    whole.add("A2")
    book.active.add_data_validation(whole)
    for cell in ("A4", "B6"):
        book.active[cell].number_format = "yyyy-mm-dd"
    book.save(folder / "whole.xlsx")
    other = {**CELLS, "A1": 3.0, "A2": 20.0, "B1": "=A1*A2+A3"}
    (folder / "next.xlsx").write_bytes(small_workbook(other, NAMES))
    many = {f"A{row}": 1.0 for row in range(1, 15)} | {"B1": "=PRODUCT(A1:A14)"}
    names = {f"factor{row}": f"A{row}" for row in range(1, 15)} | {"product": "B1"}
    (folder / "many.xlsx").write_bytes(small_workbook(many, names))
    return folder


@pytest.fixture(scope="module")
def own(folder):
    return xlcalc.load(folder / "own.xlsx")


@pytest.fixture(scope="module")
def whole(folder):
    return xlcalc.load(folder / "whole.xlsx")


def test_the_parts_of_a_bridge_share_what_inputs_do_together(own):
    # The price first moves 10 and then 20 with the hours, the hours 30 and then 20.
    found = analysis.compare(own, {}, {"price": 3, "hours": 20, "extra": 9}, "cost")
    assert (20.0, 60.0) == (found.start, found.end)
    assert [("hours", 10.0, 20.0, 25.0, 0.0), ("price", 2.0, 3.0, 15.0, 0.0)] == [
        (p.name, p.before, p.after, p.amount, p.error) for p in found.parts
    ]


@pytest.mark.slow
def test_beyond_twelve_inputs_a_bridge_is_sampled_and_adds_up_all_the_same(folder):
    book = xlcalc.load(folder / "many.xlsx")
    after = {f"factor{row}": 2 for row in range(1, 15)}
    found = analysis.compare(book, {}, after, "product", seed=3)
    assert (1.0, 16384.0) == (found.start, found.end)
    assert 16383.0 == pytest.approx(math.fsum(p.amount for p in found.parts), rel=1e-12)
    for part in found.parts:  # all factors do the same
        assert 16383 / 14 == pytest.approx(part.amount, abs=4 * part.error)
        assert 0 < part.error < 30
    assert found == analysis.compare(book, {}, after, "product", seed=3)


def test_between_two_workbooks_what_formulas_do_is_a_part(folder, own):
    new = xlcalc.load(folder / "next.xlsx")
    found = analysis.compare_workbooks(own, new, "cost")
    assert (20.0, 65.0) == (found.start, found.end)
    assert {"hours": 25.0, "price": 15.0, "formulas": 5.0} == {
        p.name: p.amount for p in found.parts
    }


def test_a_tornado_lowers_and_raises_each_input(own):
    found = analysis.sensitivity(own, "total", swing=0.2)
    assert 17.0 == found.value
    assert [("hours", 8.0, 12.0, 15.0, 19.0), ("extra", 4.0, 6.0, 16.0, 18.0)] == [
        (s.name, s.low, s.high, s.at_low, s.at_high) for s in found.swings[:2]
    ]
    assert 10 / 17 == pytest.approx(found.swings[0].elasticity, rel=1e-12)
    assert () == found.still


def test_inputs_in_a_tornado_stay_within_their_domain_and_whole(whole):
    [hours] = analysis.sensitivity(whole, "days", ["hours"], swing=0.15).swings
    assert (8.0, 12.0, 2.0, 4.0) == (hours.low, hours.high, hours.at_low, hours.at_high)
    # INT(9/3) and INT(11/3) are both 3: a change of one hour does not show.
    assert ("hours",) == analysis.sensitivity(whole, "days", swing=0.001).still


def test_a_grid_has_the_result_over_two_inputs(own):
    found = analysis.grid(own, "cost", ("price", [1, 2]), ("hours", [10, 20, 30]))
    assert [[10, 20, 30], [20, 40, 60]] == found.values.tolist()
    with pytest.raises(AnalysisError, match="a grid takes two inputs, got price twice"):
        analysis.grid(own, "gap", ("price", [4]), ("Price", [5]))


def test_a_goal_is_found_wherever_it_is_reached(own):
    found = analysis.solve(own, "curve", 9, "price", (0, 10))
    assert [1.0, 5.0] == pytest.approx(list(found.values), rel=1e-12)
    assert [9.0, 9.0] == pytest.approx(list(found.reached), rel=1e-12)


def test_a_goal_that_is_never_reached_says_what_is(own):
    found = analysis.solve(own, "curve", 4, "price", (0, 10))
    assert () == found.values
    assert 5.0 == pytest.approx(found.least, abs=1e-3)
    assert 54.0 == found.most


def test_a_goal_by_whole_numbers_is_the_nearest_one(whole):
    found = analysis.solve(whole, "cost", 45, "hours")
    assert ((22.0,), (44.0,)) == (found.values, found.reached)
    assert (1.0, 100.0) == (found.low, found.high)


def test_a_stretch_at_the_target_is_told_by_its_ends(own, whole):
    found = analysis.solve(own, "days", 3, "hours", (1, 30))
    assert ((9.0, pytest.approx(12.0, rel=1e-14)),) == found.stretches
    assert found.stretches[0] == found.values
    assert all(value < 12.0 for value in found.values)
    by_whole = analysis.solve(whole, "days", 3, "hours")
    assert (((9.0, 11.0),), (9.0, 11.0)) == (by_whole.stretches, by_whole.values)
    assert () == analysis.solve(own, "curve", 9, "price", (0, 10)).stretches


def test_a_goal_between_two_whole_numbers_says_that_none_gives_it(own, whole):
    assert analysis.solve(whole, "cost", 45, "hours").is_rounded
    assert not analysis.solve(whole, "cost", 44, "hours").is_rounded
    assert not analysis.solve(own, "cost", 45, "hours").is_rounded


@pytest.mark.parametrize("seed", [-1, 1.5, True])
def test_a_seed_that_is_none_is_refused(own, seed):
    refused = f"seed must be a whole number of at least 0, got {seed}"
    with pytest.raises(AnalysisError, match=refused):
        analysis.simulate(own, "cost", {"price": "uniform(1,2)"}, seed=seed)
    with pytest.raises(AnalysisError, match=refused):
        analysis.minimise(own, "curve", ["price"], seed=seed)
    with pytest.raises(AnalysisError, match=refused):
        analysis.compare(own, {}, {"price": 3}, "cost", seed=seed)


def test_a_tornado_leaves_dates_out_and_says_so(whole):
    found = analysis.sensitivity(whole, "ends")
    assert (["hours"], ("begins",)) == ([one.name for one in found.swings], found.dates)
    with pytest.raises(AnalysisError, match="begins holds a date, of which there is no share"):
        analysis.sensitivity(whole, "ends", ["begins"])
    once = analysis.sensitivity(whole, "cost", ["price", "PRICE"])
    assert ["price"] == [one.name for one in once.swings]


def test_dates_and_missing_units_and_elasticities_are_printed_as_people_read_them(folder):
    (folder / "to.csv").write_text("begins,hours\n2025-12-11,20\n", "utf-8")
    moved = run("compare", "whole.xlsx", "--to", "to.csv", "--output", "ends", cwd=folder)
    lines = [line.split("█")[0].split() for line in moved.stdout.splitlines()]
    assert [
        ["ends"],
        ["from", "2025-12-19"],
        ["hours", "10", "→", "20", "+10"],
        ["begins", "2025-12-09", "→", "2025-12-11", "+2"],
        ["to", "2025-12-31"],
    ] == lines
    steep = run("sensitivity", "whole.xlsx", "--output", "odds", cwd=folder)
    head, _, hours = steep.stdout.splitlines()
    assert "odds is 1" == head
    assert ["hours", "9", "11", "–", "-0.5", "–"] == hours.split()
    none = run("sensitivity", "whole.xlsx", "--output", "fixed", cwd=folder)
    assert (2, "") == (none.returncode, none.stdout)
    assert "xlcalc: fixed follows from no input with a number\n" == none.stderr


def test_a_value_that_a_whole_number_never_has_is_refused(whole):
    with pytest.raises(AnalysisError, match=r"hours must be a whole number, got 1.5 in discrete"):
        analysis.simulate(whole, "cost", {"hours": "discrete(1.5:1,5:2)"})


def test_draws_of_whole_numbers_say_that_they_are_rounded(folder):
    asked = ("simulate", "whole.xlsx", "--output", "cost", "--draws", "100")
    found = run(*asked, "--vary", "hours=uniform(1,9)", cwd=folder)
    assert "xlcalc: hours takes whole numbers, to which its draws are rounded\n" == found.stderr
    assert "" == run(*asked, "--vary", "hours=discrete(1,9)", cwd=folder).stderr


def test_the_mean_of_huge_results_is_a_number(own):
    found = analysis.simulate(own, "cost", {"price": "uniform(1e307,1.7e307)"}, draws=1000)
    assert 1.35e308 == pytest.approx(found.mean, rel=1e-4)
    assert 7e307 / 12**0.5 == pytest.approx(found.deviation, rel=1e-3)


def test_a_step_that_passes_over_the_target_is_no_solution(own):
    assert () == analysis.solve(own, "days", 2.5, "hours", (1, 30)).values


def test_an_error_of_the_result_is_passed_over_in_the_search(own):
    assert (3.0,) == pytest.approx(analysis.solve(own, "gap", 3, "price", (1, 20)).values)


def test_a_minimum_keeps_conditions_and_names_the_ends_it_stands_at(own):
    found = analysis.minimise(own, "curve", ["price"], bounds={"price": (0, 10)})
    assert 3.0 == pytest.approx(found.inputs["price"], abs=1e-4)
    assert 5.0 == pytest.approx(found.value, abs=1e-8)
    assert () == found.at_end
    bound = analysis.minimise(own, "curve", ["price"], ["cost >= 50"], {"price": (0, 10)})
    assert 5.0 == pytest.approx(bound.inputs["price"], abs=1e-4)
    assert bound.subject["cost"] >= 50
    most = analysis.minimise(own, "total", ["price"], bounds={"price": (1, 4)}, maximise=True)
    assert (4.0, ("price",)) == (pytest.approx(most.inputs["price"], abs=1e-5), most.at_end)


def test_a_minimum_over_whole_numbers_is_whole(whole):
    found = analysis.minimise(whole, "cost", ["hours"], ["days>=7"], {"hours": (1, 60)})
    assert (21.0, 42.0, 7.0) == (found.inputs["hours"], found.value, found.subject["days"])


def test_a_simulation_finds_the_percentiles_that_are_known(own):
    found = analysis.simulate(
        own, "cost", {"price": "lognormal(2,0.3)"}, draws=20_000, budget=20, seed=1
    )
    # A product of 10 and a lognormal value has its quantiles: 20·exp(0.3·z).
    z = 1.2815515655446004
    assert [20 * math.exp(-0.3 * z), 20.0, 20 * math.exp(0.3 * z)] == pytest.approx(
        [one.value for one in found.percentiles], rel=2e-4
    )
    assert 0.5 == pytest.approx(found.chance, abs=1e-3)
    assert all(0 < one.error < 0.5 for one in found.percentiles)
    assert 20_000 == sum(found.counts)
    assert ("price", 1.0) == (found.drivers[0].name, found.drivers[0].variance_share)


def test_drivers_share_the_variance_and_correlations_are_those_asked_for(own):
    vary = {"price": "uniform(1,3)", "hours": "uniform(9,11)"}
    alone = analysis.simulate(own, "total", vary, draws=20_000)
    # Two uniform values of equal width move a sum alike.
    assert [0.5, 0.5] == pytest.approx([d.variance_share for d in alone.drivers], abs=0.02)
    # Var(sum) = 2·(1/3) alone; with a correlation r it is (1+r) times that.
    assert math.sqrt(2 / 3) == pytest.approx(alone.deviation, rel=0.01)
    together = analysis.simulate(
        own, "total", vary, draws=20_000, correlate={("price", "hours"): 0.8}
    )
    assert math.sqrt(2 / 3 * 1.8) == pytest.approx(together.deviation, rel=0.01)


@pytest.mark.parametrize(
    ("text", "shares", "values"),
    [
        ("uniform(1,3)", [0.0, 0.25, 1.0], [1.0, 1.5, 3.0]),
        ("triangular(0,1,2)", [0.125, 0.5, 0.875], [0.5, 1.0, 1.5]),
        ("pert(0,1,2)", [0.0, 0.5, 1.0], [0.0, 1.0, 2.0]),
        ("normal(10,2)", [0.5, 0.9772498680518208], [10.0, 14.0]),
        ("lognormal(2,1)", [0.5, 0.8413447460685429], [2.0, 2 * math.e]),
        ("discrete(1:1, 5:3)", [0.1, 0.24, 0.26, 0.99], [1.0, 1.0, 5.0, 5.0]),
        ("triangular(30%,40%,50%)", [0.5], [0.4]),
    ],
)
def test_a_distribution_has_its_quantiles(text, shares, values):
    import numpy as np

    found = analysis.distributions.distribution(text)
    assert values == pytest.approx(found.quantiles(np.array(shares)).tolist(), rel=1e-12)


def test_distributions_beside_the_inputs_are_read_from_the_workbook(tmp_path):
    cells = {**CELLS, "C1": 1.0, "D1": 3.0}
    names = {**NAMES, "price_low": "C1", "price_high": "D1"}
    (tmp_path / "own.xlsx").write_bytes(small_workbook(cells, names))
    found = analysis.simulate(xlcalc.load(tmp_path / "own.xlsx"), "cost", draws=1000)
    assert ["triangular(1.0,2.0,3.0)"] == [driver.distribution for driver in found.drivers]


WRONG = [
    (lambda b: analysis.sensitivity(b, "profit"), 'has no result "profit"'),
    (lambda b: analysis.sensitivity(b, "total", ["cost"]), 'no input "cost"; cost is a result'),
    (lambda b: analysis.sensitivity(b, "cost", ["extra"]), "cost does not follow from extra"),
    (lambda b: analysis.sensitivity(b, "cost", swing=1.5), "swing must be above 0 and below 1"),
    (lambda b: analysis.solve(b, "cost", 1, "hours", (5, 2)), "from a lower to a higher number"),
    (lambda b: analysis.solve(b, "gap", 1, "price", (5, 9)), "gap is #N/A"),
    (lambda b: analysis.minimise(b, "cost", ["hours"], ["days<"]), "is written as train_days<=30"),
    (
        lambda b: analysis.minimise(b, "cost", ["hours"], ["days>=9"], {"hours": (1, 9)}),
        "no inputs were found that keep days>=9; the nearest has days=",
    ),
    (lambda b: analysis.simulate(b, "cost", {"price": "uniform(3,1)"}), "must rise"),
    (lambda b: analysis.simulate(b, "cost", {"price": "beta(1,2)"}), "a distribution is uniform"),
    (lambda b: analysis.simulate(b, "cost", {"price": "uniform(1)"}), r"takes \(low,high\)"),
    (lambda b: analysis.simulate(b, "cost", {}), "needs an input that varies"),
    (
        lambda b: analysis.simulate(b, "cost", {"price": "uniform(1,2)"}, budget=math.nan),
        "the budget must be a finite number, got nan",
    ),
    (
        lambda b: analysis.simulate(
            b,
            "cost",
            {"price": "uniform(1,2)", "hours": "uniform(1,2)"},
            correlate={("price", "hours"): 0.5, ("Hours", "price"): 0.3},
        ),
        "the correlation of Hours and price is given twice",
    ),
    (lambda b: analysis.solve(b, "price", 1, "hours"), 'no result "price"; price is an input'),
    (
        lambda b: analysis.simulate(
            b,
            "total",
            {"price": "uniform(1,2)", "hours": "uniform(1,2)", "extra": "uniform(1,2)"},
            correlate={("price", "hours"): 1, ("hours", "extra"): 1, ("price", "extra"): -1},
        ),
        "contradict each other",
    ),
    (
        lambda b: analysis.simulate(
            b, "cost", {"price": "uniform(1,2)"}, correlate={("price", "hours"): 0.1}
        ),
        "hours is correlated, and does not vary",
    ),
    (lambda b: analysis.simulate(b, "cost", {"price": "uniform(1,2)"}, draws=5), "draws must be"),
    (lambda b: analysis.compare(b, {}, {"extra": 7}, "cost"), "nothing from which cost follows"),
]


@pytest.mark.parametrize(("ask", "sentence"), WRONG)
def test_a_question_that_does_not_fit_is_one_sentence(own, ask, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        ask(own)


def test_a_distribution_that_leaves_the_domain_and_a_wrong_value_are_refused(whole):
    with pytest.raises(AnalysisError, match=r"leaves the domain of hours, .* it reaches 0.5"):
        analysis.simulate(whole, "cost", {"hours": "uniform(0.5,3)"})
    with pytest.raises(InputValueError, match="hours must be between 1 and 100"):
        analysis.compare(whole, {}, {"hours": 0}, "cost")


@pytest.mark.slow
def test_the_commands_print_tables_and_json(folder):
    (folder / "plan.csv").write_text("scenario,price,hours\nplan,3,20\n", encoding="utf-8")
    bridge = run("compare", "own.xlsx", "--to", "plan.csv", "--output", "cost", cwd=folder)
    lines = bridge.stdout.splitlines()
    assert ["cost", "from", "hours", "price", "to"] == [
        lines[0], *(line.split()[0] for line in lines[1:])
    ]  # fmt: skip
    assert "hours  10 → 20  +25  " + "█" * 40 == lines[2]
    tornado = run("sensitivity", "own.xlsx", "--output", "cost", "--json", cwd=folder)
    assert ["hours", "price"] == [one["name"] for one in json.loads(tornado.stdout)["swings"]]
    goal = run(
        "solve", "own.xlsx", "--output", "cost", "--target", "50", "--by", "hours", cwd=folder
    )
    assert "hours  25    cost 50\n" == goal.stdout
    draws = ("--draws", 1000, "--vary", "price=uniform(1,3)", "--budget", 20)
    spread = run("simulate", "own.xlsx", "--output", "cost", *draws, cwd=folder)
    assert spread.stdout.startswith("cost, 1,000 draws, seed 0\n")
    assert "above 20 with a chance of 50.0 %" in spread.stdout


@pytest.mark.parametrize("text", ["=A1*A2", "=SUM(OFFSET(A1,0,0,2,1))"])
def test_what_leads_to_a_result_is_what_it_follows_from(text, tmp_path):
    cells = {"A1": 1.0, "A2": 2.0, "A3": 3.0, "B1": text, "B2": "=B1+A3", "B3": "=A3"}
    names = {"a": "A1", "b": "A2", "c": "A3", "first": "B1", "second": "B2", "third": "B3"}
    (tmp_path / "own.xlsx").write_bytes(small_workbook(cells, names))
    book = xlcalc.load(tmp_path / "own.xlsx")
    expected = {"first": ["a", "b"], "second": ["a", "b", "c"], "third": ["c"]}
    if "OFFSET" in text:  # which may read any cell
        expected["first"] = ["a", "b", "c"]
    assert expected == {
        result: [name for name in book.inputs if book.follows(result, name)] for result in expected
    }


def test_a_default_of_another_input_moves_with_it_in_a_tornado(tmp_path):
    cells = {"A1": 10.0, "A2": "=A1*2", "B1": "=A2+1"}
    names = {"base": "A1", "double": "A2", "result": "B1"}
    book = load_workbook(io.BytesIO(small_workbook(cells, names)))
    book.active["A2"].protection = Protection(locked=False)
    book.save(tmp_path / "own.xlsx")
    found = analysis.sensitivity(xlcalc.load(tmp_path / "own.xlsx"), "result")
    assert [("base", 19.0, 23.0), ("double", 19.0, 23.0)] == [
        (one.name, one.at_low, one.at_high) for one in found.swings
    ]


@pytest.mark.slow
def test_a_goal_out_of_reach_is_status_1_and_a_wrong_question_status_2(folder):
    never = run(
        "solve", "own.xlsx", "--output", "curve", "--target", "1", "--by", "price=0:9", cwd=folder
    )
    assert (1, "") == (never.returncode, never.stdout)
    assert "xlcalc: curve is never 1 for price from 0 to 9; it is between 5" in never.stderr
    none = run(
        *("solve", "own.xlsx", "--minimise", "cost", "--by", "hours=1:9"),
        *("--subject", "days>=9", "--seed", "3"),
        cwd=folder,
    )
    assert (1, "") == (none.returncode, none.stdout)
    assert none.stderr.startswith("xlcalc: no inputs were found that keep days>=9; the nearest has")
    wrong = run("simulate", "own.xlsx", "--output", "cost", "--vary", "price", cwd=folder)
    assert (2, 'xlcalc: --vary takes name=value, got "price"\n') == (wrong.returncode, wrong.stderr)


@pytest.fixture(scope="module")
def budget():
    return xlcalc.load("training_budget")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # What both name alike counts in both.
        ({"mfu": 0.3, "gpus": 500}, {"mfu": 0.3, "gpus": 500, "contingency": 0.2}),
        # A default that one side does not name follows from its formula there.
        ({"gpu": "H100 SXM5 80GB"}, {"price_per_gpu_hour": 5}),
        ({"gpu": "H100 SXM5 80GB", "mfu": 0.4}, {"mfu": 0.5, "peak_tflops": 600}),
    ],
)
def test_a_bridge_begins_and_ends_where_the_workbook_does(budget, before, after):
    found = analysis.compare(budget, before, after, "total_cost")
    ends = [budget(before)["total_cost"], budget(after)["total_cost"]]
    assert ends == pytest.approx([found.start, found.end], rel=1e-12)
    assert ends[1] - ends[0] == pytest.approx(math.fsum(p.amount for p in found.parts), rel=1e-9)
    assert all(part.before is not None and part.after is not None for part in found.parts)


def test_the_first_and_last_figure_of_a_bridge_are_the_literal_ones(budget):
    both = {"mfu": 0.3}
    found = analysis.compare(budget, both, {**both, "contingency": 0.2}, "total_cost")
    # 6 * 175e9 * 300e9 FLOP at 312e12 * 0.3 FLOP/s are 934,829.06 GPU-hours of 2.30 USD.
    assert (2365117.521367521, 2580128.205128205) == pytest.approx((found.start, found.end))


@pytest.mark.parametrize("seed", range(4))
def test_a_minimum_is_found_where_conditions_leave_a_narrow_place(budget, seed):
    found = analysis.minimise(
        budget,
        "total_cost",
        ["params", "tokens"],
        ["train_flops>=1e25"],
        {"params": (1e6, 2e12), "tokens": (1e9, 1e12)},
        seed=seed,
    )
    assert 1e25 == pytest.approx(found.subject["train_flops"], rel=1e-3)


def test_a_strict_condition_is_kept_strictly(whole):
    bounds = {"hours": (1, 100)}
    found = analysis.minimise(whole, "cost", ["hours"], ["cost<100"], bounds, maximise=True)
    assert (49.0, 98.0) == (found.inputs["hours"], found.value)


def test_an_end_is_one_where_the_search_stands_at_it(own):
    found = analysis.minimise(own, "curve", ["price"], bounds={"price": (1e-3, 1e9)})
    assert ((), 3.0) == (found.at_end, pytest.approx(found.inputs["price"], abs=1e-3))


def test_of_a_stretch_at_the_target_the_ends_are_told(own):
    found = analysis.solve(own, "days", 3, "hours", (1, 30))  # INT(hours/3)
    assert 2 == len(found.values)
    assert [9.0, 12.0] == pytest.approx(list(found.values), abs=0.1)


def test_a_grid_says_what_an_input_does_not_take(whole):
    with pytest.raises(InputValueError, match="hours must be between 1 and 100"):
        analysis.grid(whole, "cost", ("hours", [10, 300]), ("price", [1, 2]))


@pytest.mark.slow
def test_json_has_null_for_what_is_no_number(folder):
    axes = ("--grid", "price=4,5", "--grid", "hours=1,2")
    done = run("sensitivity", "own.xlsx", "--output", "gap", *axes, "--json", cwd=folder)
    assert "gap does not follow from hours" in done.stderr
    done = run("sensitivity", "own.xlsx", "--output", "curve", "--json", cwd=folder)
    json.loads(done.stdout, parse_constant=lambda text: pytest.fail(text))


@pytest.mark.slow
def test_an_input_is_named_once(own, folder):
    twice = ("--by", "hours=1:10", "--by", "HOURS=1:50")
    done = run("solve", "own.xlsx", "--minimise", "cost", *twice, cwd=folder)
    assert (2, 'xlcalc: --by names "hours" twice\n') == (done.returncode, done.stderr)
    with pytest.raises(AnalysisError, match="an input varies once"):
        analysis.simulate(own, "cost", {"price": "uniform(1,2)", "PRICE": "uniform(1,3)"})
