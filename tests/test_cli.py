"""The command line, as a person or a job calls it."""

import json
import os
import re
import subprocess
import sys

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.datavalidation import DataValidation

from tests.conftest import ROOT
from tests.files import own_price
from tests.workbooks import name_cells, to_bytes
from xlcalc.calc.engines.local import ENGINES
from xlcalc.cli import app
from xlcalc.cli.formulas import functions
from xlcalc.registry import specs


def xlcalc(*arguments, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=os.environ | {"PYTHONWARNINGS": "error"} | environment,
        timeout=120,
    )


def test_functions_are_listed_by_topic_and_explained():
    listed = xlcalc("functions").stdout
    assert listed.startswith("Training compute\n  TRAIN_FLOPS(params, tokens, [flops_per")
    for spec in specs():
        assert f"  {spec.name}(" in listed
    shown = xlcalc("functions", "gpu_days")
    assert "mfu          [ratio] Model FLOP utilisation, above 0 and at most 1." in shown.stdout
    assert "Must be above 0 and at most 1 ratio.\n" in shown.stdout
    assert "  #NUM!    DomainError    If flops is below 0, peak_tflops is not" in shown.stdout
    assert "  #VALUE!  ShapeError     If ranges do not fit together." in shown.stdout
    assert shown.stdout.endswith("To paste into a cell\n  =GPU_DAYS(3.15E23,312,0.462)\n")
    assert 0 == shown.returncode


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_help_shows_the_bounds_of_every_argument_and_each_failure_of_the_docstring(spec):
    done = CliRunner().invoke(functions, [spec.name])
    assert 0 == done.exit_code
    for argument in spec.arguments:
        assert f"{argument.kind.domain}.\n" in done.output
    for name, when in spec.raises:
        assert f"{name:<13}" in done.output
        assert when in done.output
    assert spec.raises


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        ("3.15e+23\n", "=TRAIN_FLOPS(175e9,300e9)"),
        ("6\t12\n", "=TRAIN_FLOPS({1,2},1)"),
        ("H100 SXM5 80GB\n", '=GPU_SPEC("H100","name")'),
        ("TRUE\n", "=TRAIN_FLOPS(1,1)=6"),
    ],
)
def test_a_formula_is_calculated(expected, formula):
    done = xlcalc("eval", formula)
    assert (expected, "", 0) == (done.stdout, done.stderr, done.returncode)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shown", "sentence", "formula"),
    [
        ("#NUM!\n", "xlcalc: params must be above 0 parameters, got -1\n", "=TRAIN_FLOPS(-1,1)"),
        ("#NAME?\n", 'did you mean "TRAIN_FLOPS"', "=TRAIN_FLOP(1,1)"),
        ("#NAME?\n", "does not exist", "=zzz"),
        ("#DIV/0!\n", "is #DIV/0!", "=1/0"),
    ],
)
def test_an_error_is_shown_with_its_reason(shown, sentence, formula):
    done = xlcalc("eval", formula)
    assert (shown, 1) == (done.stdout, done.returncode)
    assert sentence in done.stderr


def test_a_catalogue_is_shown_searched_and_printed_as_json():
    shown = xlcalc("catalogue", "gpus", "--find", "h100 sxm").stdout.splitlines()
    assert ["id", "name", "year", "peak_tflops"] == shown[0].split()[:4]
    assert shown[1].startswith("h100-sxm  H100 SXM5 80GB          2022  989.4")
    rows = json.loads(
        xlcalc("catalogue", "prices", "--find", "gpu_rental-0 h100-sxm runpod", "--json").stdout
    )
    assert [2.99, 2.69] == [row["value"] for row in rows]
    for name in ("models", "tokenisers"):
        assert len(xlcalc("catalogue", name).stdout.splitlines()) > 80


@pytest.mark.thorough
@pytest.mark.slow
def test_a_teams_own_catalogue_is_named_by_an_option_or_by_the_environment(tmp_path):
    own_price(tmp_path, 1.75)
    formula = '=RENTAL_PRICE("H100")'
    assert "1.75\n" == xlcalc("eval", formula, "--catalogue", tmp_path).stdout
    assert "1.75\n" == xlcalc("eval", formula, XLCALC_CATALOGUE=str(tmp_path)).stdout
    listed = xlcalc("catalogue", "prices", "--find", "memo", "--catalogue", tmp_path)
    assert "ours" in listed.stdout
    made = tmp_path / "made"
    assert 0 == xlcalc("report", "-o", made, "--catalogue", tmp_path).returncode
    assert 0 == xlcalc("template", "new", "training_budget", "-o", tmp_path / "t.xlsx",
                       "--catalogue", tmp_path).returncode  # fmt: skip
    for bad in (tmp_path / "none", made):
        for done in (
            xlcalc("eval", formula, "--catalogue", bad),
            xlcalc("eval", formula, XLCALC_CATALOGUE=str(bad)),
        ):
            assert (2, "") == (done.returncode, done.stdout)
            assert "is no catalogue" in done.stderr or "folder" in done.stderr


@pytest.mark.slow
def test_a_template_is_listed_and_written_once(tmp_path):
    assert xlcalc("template", "list").stdout.startswith("training_budget  Budget of one training")
    assert 0 == xlcalc("template", "new", "training_budget", cwd=tmp_path).returncode
    before = (tmp_path / "training_budget.xlsx").read_bytes()
    again = xlcalc("template", "new", "training_budget", cwd=tmp_path)
    assert 2 == again.returncode
    assert "exists" in again.stderr
    forced = xlcalc("template", "new", "training_budget", "--force", cwd=tmp_path)
    assert 0 == forced.returncode
    assert before == (tmp_path / "training_budget.xlsx").read_bytes()


@pytest.mark.slow
def test_a_workbook_is_run_for_named_inputs(budget):
    settings = ["params=175e9", "tokens=300e9", "gpu=A100 SXM 80GB", "mfu=46.2%", "gpus=1000"]
    wanted = ["train_flops", "gpu_days", "train_days"]
    options = [part for setting in settings for part in ("--set", setting)]
    options += [part for name in wanted for part in ("--get", name)]
    before = budget.read_bytes()
    done = xlcalc("run", budget, *options)
    assert ["3.15E+23 FLOP", "25,293 GPU-days", "25.3 days"] == [
        line.split(maxsplit=1)[1] for line in done.stdout.splitlines()
    ]
    exact = json.loads(xlcalc("run", budget, *options, "--json").stdout)
    assert exact == pytest.approx(
        {"train_flops": 3.15e23, "gpu_days": 25292.994, "train_days": 25.292994}
    )
    assert before == budget.read_bytes()
    assert 15 == len(json.loads(xlcalc("run", budget, "--json").stdout))


@pytest.mark.slow
def test_a_workbook_is_recalculated_in_place_or_beside(budget, tmp_path):
    before = budget.read_bytes()
    assert 0 == xlcalc("recalc", budget).returncode
    assert before == budget.read_bytes()
    assert 0 == xlcalc("recalc", budget, "-o", tmp_path / "new.xlsx").returncode
    assert before == (tmp_path / "new.xlsx").read_bytes()
    assert {"budget.xlsx", "new.xlsx"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.slow
def test_a_report_without_a_terminal_writes_plain_lines(tmp_path):
    done = xlcalc("report", cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith(f"wrote {os.path.join('reports', 'gpt-3-175b.xlsx')}\n")
    assert done.stdout.endswith("summary.md\n")
    assert "\x1b" not in done.stdout
    assert len(list((tmp_path / "reports").glob("*.xlsx"))) >= 13


@pytest.mark.slow
def test_a_broken_guard_or_a_bad_run_makes_the_exit_status_1(tmp_path):
    config = tmp_path / "c.toml"
    (tmp_path / "r.csv").write_text("scenario,params\na,1e9\n")
    config.write_text('template = "training_budget"\nscenarios = "r.csv"\n')
    assert 0 == xlcalc("report", config).returncode
    config.write_text(config.read_text() + "[guards]\ntotal_cost = { at_most = 1 }\n")
    done = xlcalc("report", config)
    assert 1 == done.returncode
    assert "a (row 2): total_cost is " in done.stderr
    (tmp_path / "r.csv").write_text("scenario,params\na,1e9\nb,-1\n")
    config.write_text('template = "training_budget"\nscenarios = "r.csv"\n')
    done = xlcalc("report", config)
    assert 1 == done.returncode
    assert 'b (row 3, column "params"): params must be above 0 parameters, got -1' in done.stderr
    assert (tmp_path / "reports" / "a.xlsx").exists()
    assert not (tmp_path / "reports" / "b.xlsx").exists()


MENDABLE = [
    ("there is no file none.xlsx", ["run", "none.xlsx"]),
    ("there is no file none.xlsx", ["recalc", "none.xlsx"]),
    ("there is no file none.toml", ["report", "none.toml"]),
    ("text.xlsx is not an xlsx workbook", ["run", "text.xlsx"]),
    ("text.xlsx is not an xlsx workbook", ["recalc", "text.xlsx"]),
    ("cannot read", ["run", "."]),
    ('no input "parms"; did you mean "params"?', ["run", "budget.xlsx", "--set", "parms=1"]),
    ('no named cell "totl"', ["run", "budget.xlsx", "--get", "totl"]),
    ("params must be above 0", ["run", "budget.xlsx", "--set", "params=-1"]),
    ("mfu must be above 0 and at most 1", ["run", "budget.xlsx", "--set", "mfu=46.2"]),
    ('no GPU "H1000"', ["run", "budget.xlsx", "--set", "gpu=H1000"]),
    ("--set takes name=value", ["run", "budget.xlsx", "--set", "params"]),
    ("twice", ["run", "budget.xlsx", "--set", "params=1", "--set", "PARAMS=2"]),
    ('did you mean "training_budget"', ["template", "new", "traning_budget"]),
    ('did you mean "GPU_DAYS"', ["functions", "GPU_DAY"]),
    ('did you mean "gpus"', ["catalogue", "gpu"]),
    ('has "nothing of the kind"', ["catalogue", "gpus", "--find", "nothing of the kind"]),
    ("cannot read the formula", ["eval", "=TRAIN_FLOPS(1"]),
    ("text.xlsx is not a TOML file", ["report", "text.xlsx"]),
    ("cannot write", ["template", "new", "training_budget", "-o", "none/x.xlsx"]),
    ("cannot write", ["recalc", "budget.xlsx", "-o", "none/x.xlsx"]),
    ("cannot write to the folder", ["report", "-o", "text.xlsx/reports"]),
    ("to a folder of this machine", ["report", "--all", "-o", "s3://bucket/reports"]),
]
# Each starts a process of its own.
QUICK = 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        pytest.param(*case, marks=[pytest.mark.slow] if number % QUICK else [])
        for number, case in enumerate(MENDABLE)
    ],
)
def test_what_a_person_can_mend_is_one_sentence_and_status_2(budget, tmp_path, sentence, arguments):
    (tmp_path / "text.xlsx").write_text("this is = no [ workbook")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = xlcalc(*arguments, cwd=tmp_path)
    assert 2 == done.returncode
    assert done.stderr.startswith("xlcalc: ")
    assert sentence in done.stderr
    assert 1 == done.stderr.count("\n")
    assert "" == done.stdout or arguments[0] == "run"
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_the_version_is_shown_with_those_of_the_engines():
    import xlcalc as package

    done = xlcalc("--version")
    first, *engines = done.stdout.splitlines()
    assert (f"xlcalc {package.__version__}", "", 0) == (first, done.stderr, done.returncode)
    assert ["formualizer", "betteroffice-xlsx", "ironcalc", "formulon"] == [
        line.split()[0] for line in engines
    ]
    assert [True] * 4 == [bool(re.fullmatch(r"[\w-]+ \d+\.\d+\.\d+", line)) for line in engines]


def test_an_engine_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setitem(ENGINES, "ironcalc", "no-such-package")
    shown = CliRunner().invoke(app, ["--version"]).output
    assert "no-such-package is not installed" == shown.splitlines()[3]


def test_the_package_is_a_command_of_python():
    done = subprocess.run(
        [sys.executable, "-m", "xlcalc", "eval", "=1+5"], capture_output=True, text=True, timeout=60
    )
    assert ("6\n", "", 0) == (done.stdout, done.stderr, done.returncode)


# In a process of its own: click keeps the option of a command that was called without its group.
HELP_OF_ALL = """
import click
from click.testing import CliRunner
from xlcalc.cli import app

def shown(command, *words):
    short, long = (CliRunner().invoke(app, [*words, option]) for option in ("-h", "--help"))
    assert (0, long.output) == (short.exit_code, short.output), words
    assert long.output.startswith(f"Usage: {' '.join(['xlcalc', *words])} "), words
    assert "  -h, --help " in long.output, words
    print(*words)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            shown(command.get_command(context, name), *words, name)

shown(app)
"""


def test_a_short_option_shows_the_help_of_every_command():
    command = [sys.executable, "-c", HELP_OF_ALL]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (0, "") == (done.returncode, done.stderr)
    shown = done.stdout.splitlines()
    assert {"", "batch", "catalogue import", "excel doctor", "template new"} <= set(shown)
    assert 35 == len(shown)


def test_the_command_starts_without_what_it_may_not_need():
    code = "import sys, xlcalc.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "openpyxl", "formualizer", "rich", "xlwings", "xlcalc.registry"}
    assert set() == heavy & set(done.stdout.split())


def test_the_help_has_a_whole_sentence_for_every_command():
    done = xlcalc("--help")
    listed = done.stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    commands = {line.split()[0]: line for line in listed}
    assert {
        *("functions", "eval", "catalogue", "template", "recalc"),
        *("convert", "run", "evaluate", "report", "batch", "excel"),
        *("new-plugin", "compare", "sensitivity", "solve", "simulate", "pdf", "check", "diff"),
        *("actuals", "contract", "test", "mcp", "docs"),
    } == set(commands)
    assert [] == [line for line in listed if not line.endswith(".") or line.endswith("...")]
    for name in commands:
        said = CliRunner().invoke(app, [name, "--help"], prog_name="xlcalc").stdout
        assert f"Usage: xlcalc {name} " in said


@pytest.mark.thorough
@pytest.mark.slow
def test_a_workbook_is_converted_and_back(tmp_path):
    udf, portable, values = (tmp_path / name for name in ("udf.xlsx", "p.xlsx", "v.xlsx"))
    assert 0 == xlcalc("template", "new", "training_budget", "-o", udf).returncode
    done = xlcalc("convert", udf, "--dialect", "lambda", "-o", portable)
    assert (f"wrote {portable}\n", "", 0) == (done.stdout, done.stderr, done.returncode)
    assert portable.read_bytes() == (ROOT / "workbooks/portable/training_budget.xlsx").read_bytes()
    assert 0 == xlcalc("convert", portable, "--dialect", "values", "-o", values).returncode
    total = xlcalc("run", udf, "--get", "total_cost").stdout
    assert total == xlcalc("run", portable, "--get", "total_cost").stdout
    more = ("--set", "params=7e10", "--get", "total_cost")
    assert total != xlcalc("run", portable, *more).stdout == xlcalc("run", udf, *more).stdout
    assert 0 == xlcalc("convert", portable, "--dialect", "udf").returncode
    again = xlcalc("convert", portable, "--dialect", "officejs", "--namespace", "Acme")
    assert 0 == again.returncode
    assert total == xlcalc("run", portable, "--get", "total_cost").stdout


@pytest.mark.slow
def test_a_template_is_written_in_a_dialect(tmp_path):
    made = tmp_path / "made.xlsx"
    command = ("template", "new", "training_budget", "-o", made, "--dialect")
    assert 0 == xlcalc(*command, "lambda").returncode
    assert made.read_bytes() == (ROOT / "workbooks/portable/training_budget.xlsx").read_bytes()
    for wrong in (("lamda",), ("officejs", "--force", "--namespace", "a b")):
        done = xlcalc(*command, *wrong)
        assert 2 == done.returncode
        assert done.stderr.startswith("xlcalc: ")
        assert 1 == done.stderr.count("\n")


@pytest.mark.slow
def test_a_batch_writes_a_workbook_for_each_row(tmp_path):
    runs = tmp_path / "runs.csv"
    runs.write_text("scenario,params\nsmall,1e9\nlarge,-1\n")
    done = xlcalc("batch", "training_budget", runs, "-o", tmp_path / "out", "--dialect", "udf")
    assert 1 == done.returncode
    assert 'large (row 3, column "params"): params must be' in done.stderr
    assert f"wrote {tmp_path / 'out' / 'small.xlsx'}\n" in done.stdout
    assert 2 == xlcalc("batch", "training_budgett", runs, "-o", tmp_path / "out").returncode


@pytest.mark.slow
def test_what_a_validation_warns_of_or_leaves_open_is_said_beside_the_results(tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["A2"], sheet["A3"] = 4, "x", "=A1*2"
    for cell, style, settings in (
        ("A1", "warning", {"type": "whole", "formula1": "1", "formula2": "9"}),
        ("A2", "stop", {"type": "list", "formula1": "[1]Lists!$A$1:$A$9"}),
    ):
        rule = DataValidation(showErrorMessage=True, errorStyle=style, **settings)
        sheet.add_data_validation(rule)
        rule.add(cell)
    name_cells(workbook, {"size": "A1", "word": "A2", "double": "A3"})
    (tmp_path / "own.xlsx").write_bytes(to_bytes(workbook))
    (tmp_path / "runs.csv").write_text("size,word\n12,any\n", encoding="utf-8")
    undecided = (
        "xlcalc: the data validation of word cannot be decided, so it takes any value: "
        "=[1]Lists!$A$1:$A$9 names cells of another file\n"
    )
    done = xlcalc("run", "own.xlsx", "--set", "size=12", "--set", "word=any", cwd=tmp_path)
    assert (0, "double  24\n") == (done.returncode, done.stdout)
    warned = (
        "xlcalc: size must be between 1 and 9, got 12; the workbook only warns of it, so it is "
        "taken"
    )
    assert done.stderr.endswith(f"{warned}\n{undecided}")
    done = xlcalc("batch", "own.xlsx", "runs.csv", "-o", "out", cwd=tmp_path)
    assert 0 == done.returncode
    assert undecided in done.stderr
