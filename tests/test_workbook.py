"""A workbook as a function in Python, and the command that evaluates one for a list."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from pyarrow import parquet

import xlcalc
from tests.workbooks import small_workbook
from xlcalc.calc.many import ManyScenarios
from xlcalc.cells import CellError
from xlcalc.errors import (
    DisagreementError,
    InputValueError,
    NameNotFoundError,
    ScenarioError,
    UsageError,
)

# GPT-3 on 1,000 A100 at 2.30 USD/GPU-hour: 6 * 175e9 * 300e9 FLOP / (312e12 * 0.462 * 3600 s)
# are 607,031.8584 GPU-hours, and with a contingency of 10 % they cost 1,535,790.60 USD.
TOTAL = 1535790.5982905983


@pytest.fixture(scope="module")
def budget():
    return xlcalc.load("training_budget")


def run(*arguments, cwd=None, text=None):
    command = [sys.executable, "-m", "xlcalc.cli", "evaluate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, input=text, check=False)


@pytest.mark.slow
def test_a_workbook_is_called_with_its_inputs(budget):
    assert TOTAL == pytest.approx(budget()["total_cost"], rel=1e-14)
    assert TOTAL / 2 == pytest.approx(budget(mfu=0.924)["total_cost"], rel=1e-14)
    assert TOTAL / 2 == pytest.approx(budget({"MFU": "92.4%"})["Total_Cost"], rel=1e-14)


def test_results_are_a_mapping_with_units_and_reasons(budget):
    found = budget(gpu="nothing")
    assert "USD" == found.unit("total_cost")
    assert "#N/A" == found["total_cost"].code
    assert 'total_cost is #N/A: the catalogue has no GPU "nothing"' == found.explain("total_cost")
    assert set(budget.results) == set(found)
    with pytest.raises(KeyError, match='has no named cell "profit"'):
        found["profit"]


def test_inputs_say_what_they_are_and_allow(budget):
    mfu = budget.inputs["mfu"]
    assert ("Utilisation (MFU)", "ratio", 0.462) == (mfu.label, mfu.unit, mfu.value)
    assert "above 0 and at most 1 ratio" == mfu.domain
    assert not mfu.is_default
    assert budget.inputs["peak_tflops"].is_default
    assert ("USD", TOTAL) == (
        budget.results["total_cost"].unit,
        pytest.approx(budget.results["total_cost"].value, rel=1e-14),
    )


def test_what_an_input_does_not_take_is_a_sentence(budget):
    with pytest.raises(InputValueError, match="mfu must be above 0 and at most 1 ratio, got 2"):
        budget(mfu=2)
    with pytest.raises(NameNotFoundError, match='has no input "parmas"; did you mean "params"'):
        budget(parmas=1)
    with pytest.raises(NameNotFoundError, match="total_cost cannot be set"):
        budget(total_cost=1)


FRAMES = {
    "dict": lambda columns: columns,
    "list of dicts": lambda columns: [
        dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
    ],
    "pandas": lambda columns: pd.DataFrame(columns, index=range(5, 7)),
    "polars": pl.DataFrame,
    "polars, lazy": lambda columns: pl.DataFrame(columns).lazy(),
    "pyarrow": pa.table,
}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_table_gives_a_table_of_its_kind_with_a_row_a_scenario(budget, kind):
    given = FRAMES[kind]({"mfu": [0.924, None], "owner": ["ann", "bob"]})
    made = budget.evaluate(given, ["total_cost"])
    assert type(given) is type(made)
    if kind == "polars, lazy":
        made = made.collect()
    if kind == "dict":
        rows = [dict(zip(made, row, strict=True)) for row in zip(*made.values(), strict=True)]
    elif kind == "list of dicts":
        rows = made
    elif kind == "pandas":
        assert [5, 6] == list(made.index)
        rows = made.to_dict("records")
    else:
        rows = made.to_pylist() if kind == "pyarrow" else made.to_dicts()
    assert ["mfu", "owner", "total_cost", "error"] == list(rows[0])
    assert ["ann", "bob"] == [row["owner"] for row in rows]
    assert [TOTAL / 2, TOTAL] == [pytest.approx(row["total_cost"], rel=1e-14) for row in rows]
    assert ["", ""] == [row["error"] for row in rows]


def test_a_scenario_that_cannot_be_calculated_says_why_and_others_go_on(budget):
    made = budget.evaluate(
        {"mfu": [2, "40%", 0.462], "gpu": ["", "nothing", None]}, ["total_cost", "gpu"]
    )
    assert [None, None, pytest.approx(TOTAL, rel=1e-14)] == made["total_cost"]
    assert [
        "mfu must be above 0 and at most 1 ratio, got 2",
        'total_cost is #N/A: the catalogue has no GPU "nothing"',
        "",
    ] == made["error"]


def test_a_value_alone_counts_for_every_scenario_and_arrays_stay_arrays(budget):
    made = budget.evaluate({"mfu": np.array([0.462, 0.924]), "gpus": 500}, ["train_days"])
    assert isinstance(made["train_days"], np.ndarray)
    assert [50.585988085988, 25.292994042994] == pytest.approx(list(made["train_days"]), rel=1e-12)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"owner": ["a"]}, "no column is an input of the template training_budget"),
        ({"mfu": [0.1], "total_cost": [1]}, "total_cost cannot be set"),
        ({"mfu": [0.1, 0.2], "gpus": [1]}, "the columns have different lengths: mfu 2, gpus 1"),
        ({"mfu": [0.1], "error": ["x"]}, 'the column "error" has the name of a result'),
        ([1, 2], "a list of scenarios has a dict for each, got 1"),
        (7, "scenarios are a dict of columns, a list of dicts or a data frame, got int"),
    ],
)
def test_what_is_no_table_of_scenarios_is_a_sentence(budget, given, sentence):
    with pytest.raises(UsageError, match=sentence):
        budget.evaluate(given)


def test_many_scenarios_agree_with_the_engine_one_by_one(budget):
    random = np.random.default_rng(7)
    given = {
        "params": random.uniform(1e9, 1e12, 20),
        "mfu": random.uniform(0.2, 0.6, 20),
        "gpu": random.choice(["A100 SXM 80GB", "H100 SXM5 80GB", "nothing"], 20),
        "flops_per_param_token": [*[None] * 10, *[8] * 10],
    }
    made = budget.evaluate(given)
    for row in range(20):
        alone = budget({n: column[row] for n, column in given.items() if column[row] is not None})
        for name, value in alone.items():
            if isinstance(value, CellError):
                assert made[name][row] is None or np.isnan(made[name][row])
                assert made["error"][row]
            elif isinstance(value, float):
                assert value == pytest.approx(made[name][row], rel=1e-12)


def test_what_vectors_do_not_know_is_calculated_one_by_one(tmp_path):
    cells = {"A1": 2.0, "A2": 3.0, "B1": "=A1+OFFSET(A1,A1-1,0)"}
    (tmp_path / "own.xlsx").write_bytes(small_workbook(cells, {"first": "A1", "sum": "B1"}))
    own = xlcalc.load(tmp_path / "own.xlsx")
    assert [1 + 1, 2 + 3] == own.evaluate({"first": [1, 2]})["sum"]


def test_a_rule_with_a_formula_judges_each_scenario_as_a_whole(tmp_path):
    book = openpyxl.load_workbook(
        io.BytesIO(
            small_workbook(
                {"A1": 2.0, "A2": 3.0, "B1": "=A1+A2"}, {"low": "A1", "high": "A2", "sum": "B1"}
            )
        )
    )
    rule = DataValidation(
        type="decimal", operator="lessThanOrEqual", formula1="A2", showErrorMessage=True
    )
    rule.add("A1")
    book.active.add_data_validation(rule)
    book.save(tmp_path / "own.xlsx")
    own = xlcalc.load(tmp_path / "own.xlsx")
    assert "at most =A2" == own.inputs["low"].domain
    made = own.evaluate({"low": [1, 5, 5], "high": [None, None, 6]})
    assert [4, None, 11] == made["sum"]
    assert ["", "low must be at most 3 (=A2), got 5", ""] == made["error"]


def test_a_workbook_is_recalculated_and_converted_to_other_files(budget, tmp_path):
    budget.recalculate(tmp_path / "same.xlsx")
    again = xlcalc.load(tmp_path / "same.xlsx")
    assert TOTAL == pytest.approx(again()["total_cost"], rel=1e-14)
    assert [] == again.convert("lambda", tmp_path / "lambda.xlsx")
    portable = xlcalc.load(tmp_path / "lambda.xlsx")
    assert TOTAL / 2 == pytest.approx(portable(mfu=0.924)["total_cost"], rel=1e-14)


def test_a_template_has_a_language_and_a_file_has_none(tmp_path):
    assert "利用率（MFU）" == xlcalc.load("training_budget", language="zh").inputs["mfu"].label
    (tmp_path / "own.xlsx").write_bytes(small_workbook({"A1": 2.0}, {"first": "A1"}))
    with pytest.raises(UsageError, match="a language is chosen for a template"):
        xlcalc.load(tmp_path / "own.xlsx", language="zh")


@pytest.mark.slow
def test_the_command_writes_csv_with_labels_and_reasons(tmp_path):
    text = "scenario,mfu,owner\nfast,92.4%,=x\nwrong,2,bob\n"
    done = run("training_budget", "-", "--get", "total_cost", text=text)
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert 1 == done.returncode
    assert ["scenario", "mfu", "owner", "total_cost", "error"] == rows[0]
    assert ["fast", "92.4%", "'=x"] == rows[1][:3]
    assert TOTAL / 2 == pytest.approx(float(rows[1][3]), rel=1e-14)
    assert ["wrong", "2", "bob", "", "mfu must be above 0 and at most 1 ratio, got 2"] == rows[2]
    assert (
        'xlcalc: the column "owner" is no input, and stays\n'
        "xlcalc: 1 scenario has no result; see the column error\n"
    ) == done.stderr


@pytest.mark.slow
def test_the_command_reads_and_writes_parquet(tmp_path):
    parquet.write_table(pa.table({"mfu": [0.462, None, 0.924]}), tmp_path / "list.parquet")
    done = run("training_budget", "list.parquet", "-o", "out.parquet", cwd=tmp_path)
    assert (0, "wrote out.parquet\n", "") == (done.returncode, done.stdout, done.stderr)
    made = parquet.read_table(tmp_path / "out.parquet")
    assert [TOTAL, TOTAL, TOTAL / 2] == pytest.approx(made["total_cost"].to_pylist(), rel=1e-14)
    assert [True, True, True] == made["checks_hold"].to_pylist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("", (), "the standard input has no header row"),
        ("mfu\n", (), "the standard input lists no scenario"),
        ("mfu,mfu\n1,1\n", (), 'the standard input has the column "mfu" twice'),
        ("mfu\n0.1,0.2\n", (), "the standard input, row 2: 2 values for 1 columns"),
        ("mfu\n0.1\n", ("-o", "out.txt"), "out.txt: results are written as .csv or .parquet"),
        ("mfu\n0.1\n", ("--get", "profit"), 'has no named cell "profit"'),
        ("owner\nann\n", (), "no column is an input"),
    ],
)
def test_a_list_that_cannot_be_used_is_one_sentence_and_no_file(tmp_path, text, options, sentence):
    done = run("training_budget", "-", *options, cwd=tmp_path, text=text)
    assert 2 == done.returncode
    assert sentence in done.stderr.splitlines()[-1]
    assert [] == list(tmp_path.iterdir())


def test_scenarios_must_be_tables_for_evaluate_and_errors_are_ours(budget):
    with pytest.raises(ScenarioError):
        budget.evaluate("list.csv")


def test_none_keeps_the_workbooks_own_value_and_a_date_is_no_number(budget):
    assert TOTAL == pytest.approx(budget(mfu=None)["total_cost"], rel=1e-14)
    with pytest.raises(InputValueError, match="params must be a number, got the date 2026-01-01"):
        budget(params=date(2026, 1, 1))


def test_one_result_may_be_asked_for_by_its_name_alone(budget):
    assert ["mfu", "total_cost", "error"] == list(budget.evaluate({"mfu": [0.4]}, "total_cost"))


@pytest.mark.slow
def test_negative_numbers_of_a_label_stay_and_an_existing_file_is_kept(tmp_path):
    text = "mfu,delta,note\n0.4,-3,-x\n"
    done = run("training_budget", "-", "--get", "train_days", text=text)
    assert "0.4,-3,'-x," in done.stdout
    (tmp_path / "out.csv").write_text("mine", encoding="utf-8")
    kept = run("training_budget", "-", "-o", "out.csv", cwd=tmp_path, text=text)
    assert 2 == kept.returncode
    assert "out.csv exists; give another name with -o, or replace it with --force" in kept.stderr
    assert "mine" == (tmp_path / "out.csv").read_text(encoding="utf-8")
    replaced = run("training_budget", "-", "-o", "out.csv", "--force", cwd=tmp_path, text=text)
    assert 0 == replaced.returncode


def test_pandas_own_missing_value_keeps_the_workbooks_value(budget):
    frame = pd.DataFrame({"gpu": pd.array([pd.NA, "H100 SXM5 80GB"], dtype="string")})
    made = budget.evaluate(frame, ["peak_tflops"])
    assert [312.0, 989.4] == list(made["peak_tflops"])


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([[0.4, 0.5]], columns=["mfu", "mfu"]),
        pa.table([pa.array([0.4]), pa.array([0.5])], names=["mfu", "mfu"]),
    ],
)
def test_a_frame_with_a_column_twice_is_refused_in_one_line(budget, frame):
    with pytest.raises(ScenarioError) as refused:
        budget.evaluate(frame, ["total_cost"])
    told = "the frame cannot be read: Expected unique column names, got: - 'mfu' 2 times"
    assert told == str(refused.value)


def test_only_formulas_that_a_result_needs_are_read_for_vectors(tmp_path):
    cells = {"A1": 1.0, "B1": "=A1*2", "B2": "=B1+1", "B3": "=RAND()+A1"}
    names = {"given": "A1", "wanted": "B2", "random": "B3"}
    (tmp_path / "own.xlsx").write_bytes(small_workbook(cells, names))
    model = xlcalc.load(tmp_path / "own.xlsx").model
    assert "" == ManyScenarios(model, ["given"], ["wanted"]).slow
    assert "Sheet!B3: it uses RAND" == ManyScenarios(model, ["given"], ["random"]).slow
    found = ManyScenarios(model, ["given"], ["wanted"]).answers({"given": [2.0, 3.0]}, 2)
    assert [5.0, 7.0] == list(found.values["wanted"])


def test_a_result_that_reads_a_cell_which_an_array_fills_follows_its_inputs(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["D1"] = 2.0, 3.0, "=C2+1"
    sheet["C1"] = ArrayFormula("C1:C2", "=A1:A2*2")
    for name, cell in (("given", "$A$2"), ("wanted", "$D$1")):
        book.defined_names[name] = DefinedName(name, attr_text=f"Sheet!{cell}")
    book.save(tmp_path / "own.xlsx")
    own = xlcalc.load(tmp_path / "own.xlsx")
    # The first one is as the workbook stands, which alone tells nothing.
    assert [7.0, 21.0, 41.0] == own.evaluate({"given": [3.0, 10.0, 20.0]}, "wanted")["wanted"]


def save_filtered(path):
    """Write a workbook whose result reads a cell that an array may fill, and does not fill yet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["D1"] = 2.0, 3.0, 5.0, "=C2+1"
    sheet["C1"] = ArrayFormula("C1:C1", "=_xlfn._xlws.FILTER(A1:A3,A1:A3>4)")
    for name, cell in (("given", "$A$2"), ("wanted", "$D$1")):
        book.defined_names[name] = DefinedName(name, attr_text=f"Sheet!{cell}")
    book.save(path)


def test_what_vectors_take_for_a_constant_is_compared_with_the_engine_too(tmp_path):
    save_filtered(tmp_path / "own.xlsx")
    own = xlcalc.load(tmp_path / "own.xlsx")
    # With 10 the array has two values for the engine, and no formula says that it fills C2.
    with pytest.raises(DisagreementError, match="is 1 by vectors and 6 by the engine"):
        own.evaluate({"given": [10.0, 3.0]}, "wanted")


def test_a_result_that_reads_a_cell_which_an_array_may_fill_follows_its_inputs(tmp_path):
    save_filtered(tmp_path / "array.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "array.xlsx") as array,
        zipfile.ZipFile(tmp_path / "own.xlsx", "w") as dynamic,
    ):
        for part in array.namelist():
            # So does Excel mark an array that grows.
            marked = array.read(part).replace(b'<c r="C1"', b'<c r="C1" cm="1"')
            dynamic.writestr(part, marked)
    own = xlcalc.load(tmp_path / "own.xlsx")
    assert [1.0, 6.0] == own.evaluate({"given": [3.0, 10.0]}, "wanted")["wanted"]


def test_no_scenarios_give_no_results_and_a_row_of_a_frame_is_a_scenario(budget):
    assert [] == budget.evaluate([])
    assert [] == list(budget.evaluate(pd.DataFrame({"mfu": []}), "total_cost")["total_cost"])
    row = pd.DataFrame({"mfu": [0.924]}).loc[0]
    assert TOTAL / 2 == pytest.approx(budget(row)["total_cost"], rel=1e-14)
    assert TOTAL == pytest.approx(budget({})["total_cost"], rel=1e-14)


@pytest.mark.slow
def test_the_command_prints_json_with_null_where_there_is_no_result(tmp_path):
    (tmp_path / "list.csv").write_text("scenario,mfu\nNorth,0.924\nSouth,9\n")
    done = run("training_budget", "list.csv", "--json", "--get", "total_cost", cwd=tmp_path)
    north, south = json.loads(done.stdout)
    assert TOTAL / 2 == pytest.approx(north.pop("total_cost"), rel=1e-14)
    assert {"scenario": "North", "mfu": "0.924", "error": ""} == north
    told = "mfu must be above 0 and at most 1 ratio, got 9"
    assert {"scenario": "South", "mfu": "9", "total_cost": None, "error": told} == south
    assert 1 == done.returncode
    done = run("training_budget", "list.csv", "--json", "-o", "a.csv", cwd=tmp_path)
    assert (2, "") == (done.returncode, done.stdout)
    assert "--json prints; a file of -o is .csv or .parquet" in done.stderr


def test_two_columns_for_one_input_are_refused(budget):
    with pytest.raises(ScenarioError, match="two columns set mfu, one of them MFU"):
        budget.evaluate({"mfu": [0.2], "MFU": [0.4]})
