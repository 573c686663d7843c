"""Many workbooks at once: nothing lost, nothing stale, whatever happens on the way."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import formualizer
import numpy as np
import openpyxl
import pandas
import polars
import pyarrow
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName
from openxml_audit import OpenXmlValidator
from pyarrow import parquet

import xlcalc
from tests.built import built
from tests.conftest import ROOT
from tests.files import contents, own_price, scenario_lines
from tests.test_verification import stored
from tests.workbooks import name_cells, parts, small_workbook, to_bytes, zipped
from xlcalc import catalogue
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import EVERY, recalculated
from xlcalc.calc.vectorised import functions
from xlcalc.calc.vectorised.vectors import Vector
from xlcalc.cells import CellError
from xlcalc.dialects import Form
from xlcalc.errors import ConfigError, DisagreementError, OutputError, ScenarioError
from xlcalc.runs.config import load_batch
from xlcalc.runs.manifest import MANIFEST
from xlcalc.runs.report import run_report

COUNT = 600
DISAGREE = "the engine gives other last digits"


def listed(folder, count=COUNT, bad=()):
    path = folder / "runs.csv"
    lines = ["scenario,params,gpus,run_name"]
    for row in range(count):
        params = -1 if row in bad else 1e9 + row * 1e7
        lines.append(f"run {row:04d},{params},{8 + row % 50},Run {row}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    source = listed(folder)
    counts = xlcalc.batch("training_budget", source, folder / "out")
    assert (COUNT, 0, 0) == (counts.runs, counts.failed, counts.broken)
    return source, contents(folder / "out")


@pytest.mark.slow
def test_each_workbook_is_the_one_that_is_made_alone(undisturbed, tmp_path):
    _, files = undisturbed
    model = WorkbookModel(built("training_budget", Form("lambda")), "budget")
    for row in (0, 249, 250, 599):
        evaluation = model.evaluate(
            {"params": 1e9 + row * 1e7, "gpus": 8.0 + row % 50, "run_name": f"Run {row}"}
        )
        target = tmp_path / f"{row}.xlsx"
        target.write_bytes(files[f"run {row:04d}.xlsx"])
        written = WorkbookModel.read(target)
        assert evaluation.values == {n: c.value for n, c in written.cells.items()}
    assert COUNT + 5 == len(files)


def test_the_csv_and_the_manifest_have_a_line_for_each_run(undisturbed):
    _, files = undisturbed
    rows = list(csv.DictReader(files["summary.csv"].decode("utf-8-sig").splitlines()))
    assert [f"run {row:04d}" for row in range(COUNT)] == [row["scenario"] for row in rows]
    assert float(rows[7]["params"]) == 1.07e9
    assert "TRUE" == rows[7]["checks_hold"]
    entries = scenario_lines(files[MANIFEST])
    assert list(range(2, COUNT + 2)) == [entry["row"] for entry in entries]
    assert {"written"} == {entry["status"] for entry in entries}
    assert {xlcalc.__version__} == {entry["version"] for entry in entries}
    assert COUNT == len({entry["inputs_hash"] for entry in entries})


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(undisturbed, tmp_path):
    source, files = undisturbed
    xlcalc.batch("training_budget", source, tmp_path, jobs=2)
    assert files == contents(tmp_path)


@pytest.mark.slow
def test_bad_rows_are_listed_with_their_column_and_stop_nothing(tmp_path):
    source = listed(tmp_path, 20, bad={3, 11})
    counts = xlcalc.batch("training_budget", source, tmp_path / "out")
    assert (20, 2) == (counts.runs, counts.failed)
    with (tmp_path / "out" / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    sentence = "params must be above 0 parameters, got -1"
    assert ["run 0003", "5", "params", sentence] == rows[1]
    assert 3 == len(rows)
    assert not (tmp_path / "out" / "run 0003.xlsx").exists()
    xlcalc.batch("training_budget", listed(tmp_path, 20), tmp_path / "out")
    assert not (tmp_path / "out" / "errors.csv").exists()


def test_a_failure_in_the_formulas_is_told_with_its_sentence(tmp_path):
    source = tmp_path / "runs.csv"
    source.write_text("scenario,gpu\na,H100 SXM5 80GB\nb,no such card\n", encoding="utf-8")
    runs = list(run_report(load_batch("training_budget", source, tmp_path / "out")))
    assert [True, False] == [run.ok for run in runs]
    assert 'the catalogue has no GPU "no such card"' in runs[1].remark


@pytest.mark.slow
def test_a_resumed_batch_keeps_what_is_intact_and_redoes_the_rest(undisturbed, tmp_path):
    source, files = undisturbed
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "run 0005.xlsx").write_bytes(files["run 0005.xlsx"][:-1])
    (tmp_path / "run 0006.xlsx").unlink()
    (tmp_path / "summary.csv").unlink()
    times = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    xlcalc.batch("training_budget", source, tmp_path, resume=True)
    assert files == contents(tmp_path)
    kept = {p.name for p in tmp_path.iterdir() if p.stat().st_mtime_ns == times.get(p.name)}
    assert {f"run {row:04d}.xlsx" for row in range(COUNT)} - kept == {
        "run 0005.xlsx",
        "run 0006.xlsx",
    }


@pytest.mark.thorough
@pytest.mark.slow
def test_what_was_asked_otherwise_is_done_again(undisturbed, tmp_path):
    source, files = undisturbed
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    changed = source.read_text().replace("run 0009,1090000000.0", "run 0009,2e9")
    (tmp_path / "in").mkdir()
    other = tmp_path / "in" / "runs.csv"
    other.write_text(changed)
    xlcalc.batch("training_budget", other, tmp_path, resume=True)
    now = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert files["run 0008.xlsx"] == now["run 0008.xlsx"]
    assert files["run 0009.xlsx"] != now["run 0009.xlsx"]
    assert 2e9 == WorkbookModel.read(tmp_path / "run 0009.xlsx").cell("params").value
    xlcalc.batch("training_budget", source, tmp_path, dialect="udf", resume=True)
    assert files["run 0008.xlsx"] != (tmp_path / "run 0008.xlsx").read_bytes()


def command(source, target, *options):
    return [
        *(sys.executable, "-m", "xlcalc.cli", "batch", "training_budget", str(source)),
        *("-o", str(target), *options),
    ]


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed_it_is_as_if_nothing_had_happened(undisturbed, tmp_path):
    source, files = undisturbed
    chance = random.Random(5)  # noqa: S311  the same moments at every run
    target = tmp_path / "out"
    for _ in range(4):
        # Moments are counted in files, which every machine writes at its own rate.
        wanted = chance.randint(1, COUNT)
        process = subprocess.Popen(
            command(source, target, "--resume"),
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None and (
            not target.exists() or len(list(target.iterdir())) < wanted
        ):
            time.sleep(0.005)
        process.kill()
        process.wait()
    xlcalc.batch("training_budget", source, target, resume=True)
    assert files == contents(target)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path):
    source = listed(tmp_path, 4000)
    target = tmp_path / "out"
    process = subprocess.Popen(
        command(source, target), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    while process.poll() is None and len(list(target.glob("*.xlsx"))) < 300:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert 130 == process.returncode
    assert "what is done is kept, and --resume finishes the rest" in stderr
    assert "Traceback" not in stderr
    noted = {line["file"] for line in scenario_lines((target / MANIFEST).read_bytes())}
    assert noted == {path.name for path in target.glob("*.xlsx")}
    assert 300 <= len(noted) < 4000


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_and_the_rest_can_be_resumed(
    undisturbed, tmp_path, monkeypatch
):
    source, files = undisturbed
    config = load_batch("training_budget", source, tmp_path)
    written = []
    real = os.replace

    def full(old, new):
        written.append(new)
        if len(written) > 100:
            raise OSError(28, "No space left on device")
        real(old, new)

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        with pytest.raises(OutputError, match=r"cannot write .*: No space left on device"):
            list(run_report(config))
    xlcalc.batch("training_budget", source, tmp_path, resume=True)
    assert files == contents(tmp_path)


@pytest.mark.slow
def test_frames_of_every_library_are_scenarios(tmp_path):
    rows = {"scenario": ["a", "b"], "params": [1e9, 2e9], "gpu": ["H100 SXM5 80GB", None]}
    results = {}
    for kind, frame in {
        "pandas": pandas.DataFrame(rows),
        "polars": polars.DataFrame(rows),
        "pyarrow": pyarrow.table(rows),
    }.items():
        assert 2 == xlcalc.batch("training_budget", frame, tmp_path / kind).runs
        results[kind] = (tmp_path / kind / "summary.csv").read_bytes()
    parquet.write_table(pyarrow.table(rows), tmp_path / "rows.parquet")
    xlcalc.batch("training_budget", tmp_path / "rows.parquet", tmp_path / "file")
    results["file"] = (tmp_path / "file" / "summary.csv").read_bytes()
    assert 1 == len(set(results.values()))
    with pytest.raises(ScenarioError, match="must be a DataFrame or the path of a file, got int"):
        xlcalc.batch("training_budget", 3, tmp_path / "none")


@pytest.mark.slow
def test_names_may_be_built_from_columns(tmp_path):
    frame = polars.DataFrame({"params": [1e9, 2e9], "gpus": [8, 16]})
    xlcalc.batch("training_budget", frame, tmp_path, name_template="{gpus} GPUs")
    assert {"8 GPUs.xlsx", "16 GPUs.xlsx"} <= set(contents(tmp_path))
    for pattern, sentence in (
        ("{gpu}", 'names "gpu", which is no column; there are: params, gpus'),
        ("{gpus", "is none"),
    ):
        with pytest.raises(ScenarioError, match=sentence):
            xlcalc.batch("training_budget", frame, tmp_path, name_template=pattern)
    for pattern, wrong, sentence in (
        ("{params:d}", 2, "does not fit"),
        ("all", 1, "has the file name of row 1"),
    ):
        config = load_batch("training_budget", frame, tmp_path, name_template=pattern)
        remarks = [run.remark for run in run_report(config) if run.remark]
        assert wrong == len(remarks)
        assert sentence in remarks[-1]


def test_a_workbook_that_cannot_be_compiled_is_calculated_alone_and_the_run_says_so(tmp_path):
    own_workbook(tmp_path / "own.xlsx", {"A1": 1.0, "A2": '=INDIRECT("A"&A1/A1)*2'})
    (tmp_path / "runs.csv").write_text("scenario,size\na,2\nb,3\n")
    notices = []
    config = load_batch(str(tmp_path / "own.xlsx"), tmp_path / "runs.csv", tmp_path / "out")
    runs = list(run_report(config, notice=notices.append))
    assert [4.0, 6.0] == [run.values["twice"] for run in runs]
    assert [
        "calculated one by one, which is slower: Sheet!A2: it uses INDIRECT of no constant"
    ] == notices


@pytest.mark.slow
def test_many_runs_are_summed_up_by_the_first_of_them_and_a_csv_of_all(tmp_path):
    source = listed(tmp_path, 1100)
    xlcalc.batch("training_budget", source, tmp_path / "out")
    text = (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    assert "1100 of 1100 runs of runs.csv written, the first 500 shown" in text
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig") as file:
        assert 1101 == sum(1 for _ in file)


def test_texts_in_the_csv_are_no_formulas(tmp_path):
    source = tmp_path / "runs.csv"
    source.write_text('scenario,run_name\n"=cmd()","@SUM(1)"\n', encoding="utf-8")
    xlcalc.batch("training_budget", source, tmp_path / "out")
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert ("'=cmd()", "'@SUM(1)") == (row["scenario"], row["run_name"])


@pytest.mark.slow
def test_nothing_is_written_before_all_of_the_list_was_read(tmp_path):
    for text, sentence in (
        ("scenario,parms\na,1\n", 'column "parms"'),
        ("scenario;params\na;1e9\nb;2,500\n", "may mean thousands"),
        ('scenario,params\na,1e9\n"b,1\n', "line"),
    ):
        (tmp_path / "runs.csv").write_text(text)
        with pytest.raises(ScenarioError, match=sentence):
            xlcalc.batch("training_budget", tmp_path / "runs.csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "errors.csv").write_text("scenario,params\na,1e9\n")
    with pytest.raises(ConfigError, match=r"would write over .*errors\.csv"):
        xlcalc.batch("training_budget", tmp_path / "errors.csv", tmp_path)


def test_the_package_is_imported_without_workbooks():
    code = "import sys, xlcalc; print([m for m in sys.modules if m in ('openpyxl', 'formualizer')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "[]" == done.stdout.strip()


def own_workbook(path, cells, **names):
    """Write a workbook whose cell A1 is an input."""
    path.write_bytes(small_workbook(cells, {"size": "A1", "twice": "A2"} | names))


def runs_of(folder, sizes, notice=lambda _: None):
    """Return the runs of a batch of own.xlsx, a run for each size."""
    frame = polars.DataFrame({"size": sizes})
    return list(run_report(load_batch(str(folder / "own.xlsx"), frame, folder / "out"),
                           notice=notice))  # fmt: skip


def test_the_first_scenario_of_each_block_is_compared_with_the_engine(tmp_path, monkeypatch):
    plainly = functions.KNOWN["ABS"]

    def wrong(parts, values, count):
        found = plainly(parts, values, count)
        return Vector(np.where(found.data > 100.0, found.data + 1.0, found.data))

    monkeypatch.setitem(functions.KNOWN, "ABS", wrong)
    own_workbook(tmp_path / "own.xlsx", {"A1": -1.0, "A2": "=ABS(A1)"})
    for sizes in ([-150.0] * 3, [-50.0] * 50 + [-150.0] * 50):
        with pytest.raises(DisagreementError, match="is 151 by vectors and 150 by the engine"):
            runs_of(tmp_path, sizes)
    # The first scenarios of three blocks, of 20 and of 50, were compared before it ended.
    assert 70 == len(list((tmp_path / "out").glob("run-*.xlsx")))


def test_a_difference_in_the_last_digits_makes_a_batch_slow_and_changes_nothing(
    tmp_path, monkeypatch
):
    plainly = functions.KNOWN["ABS"]

    def nearly(parts, values, count):
        return Vector(plainly(parts, values, count).data * (1.0 + 2.0**-52))

    monkeypatch.setitem(functions.KNOWN, "ABS", nearly)
    own_workbook(tmp_path / "own.xlsx", {"A1": -1.0, "A2": "=ABS(A1)"})
    notices = []
    runs = runs_of(tmp_path, [-150.0] * 3, notices.append)
    assert [f"calculated one by one, which is slower: {DISAGREE}"] == notices
    assert [150.0] * 3 == [run.values["twice"] for run in runs]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # Excel: a condition that is an error is the error of IF, whatever the branches are.
        ("=IFERROR(IF(C1,A1,A1*2),-A1)", [-1.0, -3.0]),
        # SUMPRODUCT of one value and one cell is their product.
        ("=SUMPRODUCT(2,A1)", [2.0, 6.0]),
        ("=SUMPRODUCT(B1:B2*A1)", [30.0, 90.0]),
        # A sum beyond the numbers of a cell is an error, and no warning on the terminal.
        ("=IFERROR(SUM(A1*1E308,1E308),7)", [7.0, 7.0]),
    ],
)
def test_a_batch_gives_what_excel_gives(formula, expected, tmp_path):
    cells = {"A1": 1.0, "A2": formula, "B1": 10.0, "B2": 20.0, "C1": "=1/0"}
    own_workbook(tmp_path / "own.xlsx", cells)
    model = WorkbookModel.read(tmp_path / "own.xlsx")
    stored = recalculated(model, (EVERY,)).package.to_bytes()
    (tmp_path / "own.xlsx").write_bytes(stored)
    assert expected == [run.values["twice"] for run in runs_of(tmp_path, [1.0, 3.0])]


def test_a_negative_zero_is_written_without_a_sign(tmp_path):
    own_workbook(tmp_path / "own.xlsx", {"A1": 1.0, "A2": "=-A1*0"})
    runs_of(tmp_path, [1.0])
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        assert ["0.0"] == [row["twice"] for row in csv.DictReader(file)]


@pytest.mark.slow
def test_an_index_of_zero_means_all_cells_on_both_roads(tmp_path):
    table = {"B1": 10.0, "B2": 20.0, "B3": 30.0, "C1": 100.0, "C2": 200.0, "C3": 300.0}
    sizes = [2.0, 0.0, 3.0]
    for formula, expected in (
        ("=SUM(INDEX(B1:B3,A1))", [20.0, 60.0, 30.0]),
        ("=SUM(INDEX(B1:C3,A1,2))", [200.0, 600.0, 300.0]),
        ("=SUM(INDEX(B1:C1,1,MIN(A1,2)))", [100.0, 110.0, 100.0]),
        ("=MIN(INDEX(B1:B3,A1))", [20.0, 10.0, 30.0]),
    ):
        own_workbook(tmp_path / "own.xlsx", {"A1": 1.0, "A2": formula} | table)
        notices = []
        runs = runs_of(tmp_path, sizes, notices.append)
        assert expected == [run.values["twice"] for run in runs]
        assert [] == [notice for notice in notices if DISAGREE in notice]
        alone = [runs_of(tmp_path, [size])[0].values["twice"] for size in sizes]
        assert expected == alone


@pytest.mark.parametrize("function", ["INDEX(B1:B3,A1)", "CHOOSE(A1,10,20,30)"])
def test_a_place_that_is_not_there_fails_its_own_run(tmp_path, function):
    own_workbook(tmp_path / "own.xlsx", {"A1": 1.0, "A2": f"={function}", "B1": 10.0, "B3": 30.0})
    runs = runs_of(tmp_path, [1.0, 3.0, 4.0, -1.0])
    assert [True, True, False, False] == [run.ok for run in runs]
    assert [10.0, 30.0] == [run.values["twice"] for run in runs[:2]]


def test_true_and_one_are_two_values_for_what_the_engine_answers(tmp_path):
    cells = {
        "A1": 1.0,
        "A2": "=IF(A1>1,TRUE,1)",
        "A3": "=ISLOGICAL(A2)",
        "A4": "=TYPE(A2)",
        "A5": '=IF(A1>2,FALSE,0)&""',
        "A6": "=TYPE(IF(A1>2,FALSE,0))",
    }
    names = {"logical": "A3", "kind": "A4", "text": "A5", "other_kind": "A6"}
    own_workbook(tmp_path / "own.xlsx", cells, **names)
    for sizes in ([1.0, 2.0, 3.0, 1.0], [3.0, 2.0, 1.0, 3.0]):
        notices = []
        made = runs_of(tmp_path, sizes, notices.append)
        runs = {size: run.values for size, run in zip(sizes, made, strict=True)}
        assert [] == notices
        for name, expected in (
            ("twice", [1.0, True, True]),
            ("logical", [False, True, True]),
            ("kind", [1.0, 4.0, 4.0]),
            ("text", ["0", "0", "FALSE"]),
            ("other_kind", [1.0, 1.0, 4.0]),
        ):
            assert expected == [runs[size][name] for size in (1.0, 2.0, 3.0)]


def test_a_name_of_a_sheet_holds_on_that_sheet_alone(tmp_path):
    workbook = openpyxl.Workbook()
    first, second = workbook.active, workbook.create_sheet("Second")
    first["A1"], first["A2"], first["A3"] = 1.0, "=size*2", "=size*3"
    second["A1"], second["A2"], second["A3"] = 10.0, "=size*2", "=rate*2"
    name_cells(workbook, {"size": "A1", "twice": "A2", "thrice": "A3", "rate": "A1"})
    for name, cell in (("size", "$A$1"), ("twice", "$A$2"), ("own", "$A$3")):
        second.defined_names[name] = DefinedName(name, attr_text=f"Second!{cell}")
    workbook.save(tmp_path / "own.xlsx")
    model = WorkbookModel.read(tmp_path / "own.xlsx")
    assert {"size", "Second!size"} == {name for name in model.inputs if "size" in name}
    assert ("Sheet!A1", "Second!A1") == (model.cell("size").place, model.cell("Second!size").place)
    assert ("Sheet!A2", "Second!A3") == (model.cell("twice").place, model.cell("own").place)
    frame = polars.DataFrame({"size": [3.0, 4.0, 3.0], "Second!size": [10.0, 10.0, 50.0]})
    batch = load_batch(str(tmp_path / "own.xlsx"), frame, tmp_path / "out")
    wanted = ("twice", "Second!twice", "thrice", "own")
    expected = [(6.0, 20.0, 9.0, 6.0), (8.0, 20.0, 12.0, 8.0), (6.0, 100.0, 9.0, 6.0)]
    notices = []
    runs = list(run_report(batch, notice=notices.append))
    assert expected == [tuple(run.values[name] for name in wanted) for run in runs]
    assert [] == notices
    for scenario, values in zip(batch.scenarios, expected, strict=True):
        alone = model.evaluate(scenario.settings).values
        assert values == tuple(alone[name] for name in wanted)


@pytest.mark.parametrize("dialect", ["lambda", "values"])
def test_cells_that_no_scenario_changes_hold_fresh_values_too(tmp_path, dialect):
    own_workbook(tmp_path / "own.xlsx", {"A1": 1.0, "A2": "=A1*2", "A3": "=B1*10", "B1": 7.0})
    if dialect == "values":
        written = recalculated(WorkbookModel.read(tmp_path / "own.xlsx")).package.to_bytes()
        (tmp_path / "own.xlsx").write_bytes(written)
    frame = polars.DataFrame({"scenario": ["a"], "size": [5.0]})
    xlcalc.batch(tmp_path / "own.xlsx", frame, tmp_path / "out", dialect=dialect)
    sheet = openpyxl.load_workbook(tmp_path / "out" / "a.xlsx", data_only=True).active
    assert [5.0, 10.0, 70.0] == [sheet[place].value for place in ("A1", "A2", "A3")]


def test_a_text_that_no_cell_can_hold_stops_its_own_row_alone(tmp_path):
    frame = polars.DataFrame({"run_name": ["fine", "a\x0bb"]})
    runs = list(run_report(load_batch("training_budget", frame, tmp_path)))
    assert [True, False] == [run.ok for run in runs]
    assert "control character" in runs[1].remark
    assert "run_name" == runs[1].column


@pytest.mark.slow
def test_another_catalogue_makes_other_files_when_a_batch_is_resumed(tmp_path):
    frame = polars.DataFrame({"scenario": ["a"], "gpu": ["H100 SXM5 80GB"]})
    workbook = tmp_path / "budget.xlsx"
    workbook.write_bytes(built("training_budget"))
    costs = []
    try:
        for price in (1.0, 2.0):
            catalogue.use(own_price(tmp_path / "own", price))
            xlcalc.batch(workbook, frame, tmp_path / "out", dialect="udf", resume=True)
            cells = WorkbookModel.read(tmp_path / "out" / "a.xlsx").cells
            costs.append(cells["price_per_gpu_hour"].value)
    finally:
        catalogue.use(None)
    assert [1.0, 2.0] == costs


def test_shared_formulas_of_a_person_are_read_as_they_stand_in_each_cell(tmp_path):
    own_workbook(tmp_path / "own.xlsx", {"A1": 1.0, "A2": "=A1*2", "A3": "=A2*2", "A4": "=A3*2"})
    own = parts((tmp_path / "own.xlsx").read_bytes())
    sheet = own["xl/worksheets/sheet1.xml"]
    sheet = sheet.replace(b"<f>A1*2</f>", b'<f t="shared" ref="A2:A4" si="0">A1*2</f>')
    for formula in (b"<f>A2*2</f>", b"<f>A3*2</f>"):
        sheet = sheet.replace(formula, b'<f t="shared" si="0"/>')
    own["xl/worksheets/sheet1.xml"] = sheet
    (tmp_path / "own.xlsx").write_bytes(zipped(own))
    frame = polars.DataFrame({"scenario": ["a"], "size": [3.0]})
    xlcalc.batch(tmp_path / "own.xlsx", frame, tmp_path / "out")
    written = openpyxl.load_workbook(tmp_path / "out" / "a.xlsx", data_only=True).active
    assert [6.0, 12.0, 24.0] == [written[place].value for place in ("A2", "A3", "A4")]


def test_charts_of_a_persons_workbook_lose_the_points_that_they_kept(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "own.xlsx")
    sheet = book.add_worksheet("Sheet")
    sheet.write_column("A1", [1.0, "label"])
    sheet.write_formula("B1", "=A1*2", None, 2.0)
    book.define_name("size", "=Sheet!$A$1")
    for kind in ("column", "scatter"):
        chart = book.add_chart({"type": kind})
        series = {"values": "=Sheet!$B$1", "categories": "=Sheet!$A$2", "name": "=Sheet!$A$2"}
        chart.add_series(series)
        sheet.insert_chart("D4", chart)
    book.close()
    with zipfile.ZipFile(tmp_path / "own.xlsx") as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/charts/")]
        assert 2 == len(names)
        assert all(b"Cache>" in archive.read(name) for name in names)
    xlcalc.batch(tmp_path / "own.xlsx", polars.DataFrame({"size": [3.0]}), tmp_path / "out")
    recalculated = WorkbookModel.read(tmp_path / "own.xlsx").evaluate({"size": 3.0})
    (tmp_path / "alone.xlsx").write_bytes(
        WorkbookModel.read(tmp_path / "own.xlsx").to_bytes(recalculated)
    )
    for file in ("out/run-001.xlsx", "alone.xlsx"):
        with zipfile.ZipFile(tmp_path / file) as archive:
            for name in names:
                chart = archive.read(name)
                assert b"Cache" not in chart
                assert b"<c:f>Sheet!$B$1</c:f>" in chart
        assert OpenXmlValidator().validate(tmp_path / file).is_valid


def test_what_no_cell_can_hold_is_an_error_that_formulas_see_on_both_roads(tmp_path):
    formulas = {
        "A1": 1.0, "A2": "=A1*1", "A3": "=PRODUCT(A1,1E300)", "A4": '=IF(ISERROR(A3),"no","yes")',
        "A5": "=IFERROR(A3,0)", "A6": "=IFERROR(SUMSQ(A1),-1)", "A7": '=REPT("ab",MIN(A1,20000))',
        "A8": "=IFERROR(LEN(A7),-2)", "A9": '=A7&"c"', "A10": '=CHAR(7)&"_x0041_"',
    }  # fmt: skip
    own_workbook(tmp_path / "own.xlsx", formulas)
    own_workbook(tmp_path / "slow.xlsx", formulas | {"B1": "=OFFSET(A1,A1*0,0)"})
    frame = polars.DataFrame({"scenario": ["a", "b", "c"], "size": [2.0, 1e200, 17e3]})
    found = {}
    for name in ("own", "slow"):
        assert 0 == xlcalc.batch(tmp_path / f"{name}.xlsx", frame, tmp_path / name).failed
        found[name] = [
            [cells[row, 1].value for row in range(3, 11)]
            for file in "abc"
            for cells in [WorkbookModel.read(tmp_path / name / f"{file}.xlsx").formulas["Sheet"]]
        ]
    assert found["own"] == found["slow"]
    fine, huge, long = found["own"]
    assert [2e300, "yes", 2e300, 4.0, "abab", 4.0, "ababc", "\x07_x0041_"] == fine
    assert [CellError("#NUM!"), "no", 0.0] == huge[:3]
    assert [CellError("#VALUE!"), -2.0, CellError("#VALUE!")] == long[4:7]


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["lambda", "values"])
def test_a_list_of_names_alone_makes_copies_of_any_workbook(tmp_path, dialect):
    (tmp_path / "nameless.xlsx").write_bytes(small_workbook({"A1": 1.0, "A2": "=A1*2"}))
    frame = polars.DataFrame({"scenario": ["a", "b"]})
    for book in ("training_budget", tmp_path / "nameless.xlsx"):
        target = tmp_path / f"from {Path(book).stem}"
        assert 0 == xlcalc.batch(book, frame, target, dialect=dialect).failed
        first, second = ((target / f"{name}.xlsx").read_bytes() for name in "ab")
        assert first == second
        assert openpyxl.load_workbook(target / "a.xlsx").worksheets


def test_frames_of_pandas_may_have_nothing_zones_and_broken_texts(tmp_path):
    own_workbook(tmp_path / "own.xlsx", {"A1": 1.0, "A2": "=A1*2"})
    frame = pandas.DataFrame(
        {
            "scenario": pandas.Series(["a", "b\ud800", pandas.NA], dtype=object),
            "size": pandas.array([1, None, 3], dtype="Int64"),
        }
    )
    xlcalc.batch(tmp_path / "own.xlsx", frame, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").glob("*.xlsx")}
    assert {"a.xlsx", "b-.xlsx", "run-003.xlsx", "summary.xlsx"} == names
    day = pandas.Timestamp("2024-01-02 06:00", tz="Europe/Paris")
    dates = pandas.DataFrame({"scenario": ["x", "y"], "size": [day, pandas.NaT]})
    xlcalc.batch(tmp_path / "own.xlsx", dates, tmp_path / "dates")
    found = [WorkbookModel.read(tmp_path / "dates" / f"{n}.xlsx").cells["size"].value for n in "xy"]
    assert [45293.25, 1.0] == found
    twice = pandas.DataFrame([[1.0, 2.0]], columns=["size", "size"])
    with pytest.raises(ScenarioError, match="the frame cannot be read"):
        xlcalc.batch(tmp_path / "own.xlsx", twice, tmp_path / "twice")


@pytest.mark.parametrize("source", ["training_budget", "file"])
def test_a_batch_of_one_scenario_reads_its_workbook_once(source, tmp_path, monkeypatch):
    book = "training_budget"
    if source == "file":
        book = tmp_path / "book.xlsx"
        book.write_bytes(built("training_budget"))
    rows = tmp_path / "runs.csv"
    rows.write_text("scenario,params\none,7e9\n", encoding="utf-8")
    loads, unzips = [], []
    load, unzip = formualizer.load_workbook_bytes, zipfile.ZipFile.__init__

    def counted(archive, file, mode="r", *arguments, **options):
        unzip(archive, file, mode, *arguments, **options)
        if mode == "r":  # Python looks for packages in an archive of its own that is not there
            unzips.append(file)

    monkeypatch.setattr(
        formualizer, "load_workbook_bytes", lambda data: (loads.append(data), load(data))[1]
    )
    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    counts = xlcalc.batch(book, rows, tmp_path / "out")
    monkeypatch.undo()
    assert (1, 0, 0) == (counts.runs, counts.failed, counts.broken)
    # The engine calculates the workbook as it stands, and the first scenario to compare. What is
    # unzipped is the workbook, and the summary that openpyxl writes.
    assert 2 == len(loads)
    assert 2 == len(unzips)


@pytest.mark.parametrize("formula", ["=B1*2", '=B1*2+INDIRECT("B1")*0'])
def test_a_result_that_fails_is_failed_whatever_it_follows_from(formula, tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["B1"], sheet["B2"], sheet["B3"] = 1.0, formula, "=1/0"
    for name, cell in {"size": "$B$1", "double": "$B$2", "ratio": "$B$3"}.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=f"Sheet!{cell}")
    model = WorkbookModel(to_bytes(workbook), "own.xlsx")
    # A person has accepted the error, so that the file stores it.
    stored = recalculated(model, (EVERY,)).package.to_bytes()
    (tmp_path / "own.xlsx").write_bytes(stored)
    rows = tmp_path / "runs.csv"
    rows.write_text("scenario,size\na,1\nb,2\n", encoding="utf-8")
    results = list(run_report(load_batch(str(tmp_path / "own.xlsx"), rows, tmp_path / "out")))
    assert [("failed", "ratio is #DIV/0!")] * 2 == [(r.status, r.remark) for r in results]
    assert not (tmp_path / "out" / "a.xlsx").exists()


def test_a_manifest_of_version_0_1_is_refused_for_resume(tmp_path):
    source = listed(tmp_path, 3)
    line = {"row": 2, "scenario": "run 0000", "file": "run 0000.xlsx", "inputs": "a", "status": ""}
    line |= {"template": "b", "version": "0.1.0", "remark": "", "content": "1-2"}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(OutputError, match=r"is of xlcalc 0\.1, which --resume cannot continue"):
        xlcalc.batch("training_budget", source, tmp_path / "out", resume=True)
    assert 3 == xlcalc.batch("training_budget", source, tmp_path / "out").runs


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_cell_that_keeps_its_value_keeps_it_in_every_process(jobs, tmp_path):
    # Excel adds what meets either criterion, 5 + 30; our engine gives 0.
    cells = {"A1": "x", "A2": "y", "B1": 5.0, "B2": 30.0, "D1": 1.0, "D2": ("=C1+D1", 36)}
    cells["C1"] = ('=SUM(SUMIFS(B1:B2,A1:A2,{"x","y"}))', 35)
    model = stored(cells, {"size": "D1", "total": "D2"})
    (tmp_path / "own.xlsx").write_bytes(model.package.to_bytes())
    (tmp_path / "runs.csv").write_text("scenario,size\na,1\nb,2\n")
    xlcalc.batch(tmp_path / "own.xlsx", tmp_path / "runs.csv", tmp_path / "out", jobs=jobs)
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        assert ["36.0", "37.0"] == [row["total"] for row in csv.DictReader(file)]
