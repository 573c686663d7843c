"""The functions in xlwings Lite: the files for it, and all functions in Python for wasm32."""

import math

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.test_reference_cases import read_cases
from tests.wasm import ask_wasm
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError, call_function
from xlcalc.cli import app
from xlcalc.errors import UsageError
from xlcalc.hosts.light_wheel import WHEEL
from xlcalc.hosts.lite import lite_files, main_module, requirements, steps
from xlcalc.registry import BY_NAME, specs

NOT_AVAILABLE = {"type": "Error", "errorType": "NotAvailable"}
NUM = {"type": "Error", "errorType": "Num"}
VALUE = {"type": "Error", "errorType": "Value"}
DIVISION = {"type": "Error", "errorType": "Div0"}
ERRORS = {"#NUM!": "Num", "#DIV/0!": "Div0"}
CALLS = [
    ([[5.88e22]], "TRAIN_FLOPS", ([[7e9]], [[1.4e12]], None)),
    ([[5.88e22]], "TRAIN_FLOPS", ([[7e9]], [[1.4e12]], [[""]])),
    ([[VALUE]], "TRAIN_FLOPS", ([[""]], [[1.4e12]], None)),
    ([[VALUE]], "TRAIN_FLOPS", ([["7e9"]], [[1.4e12]], None)),
    ([[VALUE]], "TRAIN_FLOPS", ([[True]], [[1.4e12]], None)),
    ([[NUM]], "TRAIN_FLOPS", ([[-1]], [[1.4e12]], None)),
    ([[NUM]], "TRAIN_FLOPS", ([[1e200]], [[1e200]], None)),
    ([[6e18, 1.2e19], [1.2e19, 2.4e19]], "TRAIN_FLOPS", ([[1e9, 2e9]], [[1e9], [2e9]])),
    ([[6.0], [NUM], [VALUE]], "TRAIN_FLOPS", ([[1], [0], ["x"]], [[1]])),
    ([[VALUE]], "TRAIN_FLOPS", ([[1], [2]], [[1], [2], [3]])),
    ([[NOT_AVAILABLE]], "TRAIN_FLOPS", ([[{"type": "Error", "basicValue": "#N/A"}]], [[1]])),
    ([[400.0], [NOT_AVAILABLE]], "GPU_SPEC", ([["A100 SXM 80GB"], ["nothing"]], [["tdp_w"]])),
    ([[DIVISION]], "SCALING_LOSS", ([[7e9]], [[0]])),
    ([[DIVISION], [1.0]], "GPU_DAYS", ([[1], [86400e12]], [[1e-300], [1]], [[1e-300], [1]])),
]


def test_the_command_writes_a_wheel_two_texts_and_the_steps(tmp_path):
    done = CliRunner().invoke(app, ["excel", "lite", "-o", str(tmp_path / "lite")])
    assert 0 == done.exit_code, done.output
    names = [WHEEL, "main.py", "requirements.txt", "steps.md"]
    assert [f"wrote {tmp_path / 'lite' / name}" for name in names] == done.output.splitlines()
    assert sorted(names) == sorted(path.name for path in (tmp_path / "lite").iterdir())


@pytest.mark.slow
def test_files_that_exist_are_replaced_on_demand_alone(tmp_path):
    (tmp_path / "main.py").write_text("mine", encoding="utf-8")
    runner = CliRunner()
    done = runner.invoke(app, ["excel", "lite", "-o", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert f"{tmp_path / 'main.py'} exists; " in str(done.exception)
    assert ["main.py"] == [path.name for path in tmp_path.iterdir()]
    assert "mine" == (tmp_path / "main.py").read_text(encoding="utf-8")
    assert 0 == runner.invoke(app, ["excel", "lite", "-o", str(tmp_path), "--force"]).exit_code
    assert "from xlcalc_udfs import *" in (tmp_path / "main.py").read_text(encoding="utf-8")


def test_from_a_dropped_file_main_imports_out_of_the_wheel():
    last = ["import sys", "", f'sys.path.insert(0, "/data/{WHEEL}")', "from xlcalc_udfs import *"]
    assert last == main_module(None).splitlines()[1:]
    assert "xlwings\nnumpy\n" == requirements(None)


@pytest.mark.parametrize("given", ["https://a.b/c", "https://a.b/c/", f"https://a.b/c/{WHEEL}"])
def test_from_an_address_the_add_in_installs_the_wheel(given):
    files = lite_files(given)
    assert ["from xlcalc_udfs import *"] == files["main.py"].decode().splitlines()[1:]
    expected = f"xlwings\nnumpy\nhttps://a.b/c/{WHEEL}\n"
    assert expected == files["requirements.txt"].decode()
    assert "Import/Export" not in files["steps.md"].decode()


@pytest.mark.parametrize(
    ("sentence", "given"),
    [
        ('"C:/wheels" is no address of a wheel', "C:/wheels"),
        ('"ftp://a.b/c" is no address of a wheel', "ftp://a.b/c"),
        ('"https://a.b/c?d=1" is no address of a wheel', "https://a.b/c?d=1"),
        (f"names x-1-py3-none-any.whl, but the wheel is called {WHEEL}",
         "https://a.b/x-1-py3-none-any.whl"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_one_is_refused(sentence, given):
    with pytest.raises(UsageError) as raised:
        lite_files(given)
    assert sentence in str(raised.value)


def test_the_page_has_the_same_steps():
    page = (ROOT / "docs" / "hosts" / "lite.md").read_text(encoding="utf-8")
    numbered = [line for line in steps(None).splitlines() if line[:1].isdigit()]
    assert 5 == len(numbered)
    assert "\n".join(numbered) in page


def test_the_form_names_figures_that_the_workbook_gives():
    form = (ROOT / "docs" / "hosts" / "excel_only.md").read_text(encoding="utf-8")
    model = WorkbookModel.read(ROOT / "workbooks" / "portable" / "training_budget.xlsx")
    for figure, changes in (
        ("1,773,838 USD", {"mfu": 0.4}),
        ("945,123 USD", {"mfu": 0.4, "gpu": "H100 SXM5 80GB"}),
    ):
        assert figure in form
        assert figure == f"{model.evaluate(changes).values['total_cost']:,.0f} USD"


@pytest.mark.slow
def test_in_wasm_the_module_comes_out_of_the_wheel_and_needs_numpy_and_xlwings_alone():
    [facts] = ask_wasm(["facts"])
    assert f"/data/{WHEEL}/xlcalc_udfs/__init__.py" == facts["file"]
    assert 32 == facts["bits"]
    assert {"numpy", "xlwings", "xlcalc_udfs"} <= set(facts["loaded"])
    assert set() == {"xlcalc", "openpyxl", "narwhals", "click", "rich"} & set(facts["loaded"])


@pytest.mark.slow
def test_in_wasm_office_is_told_of_every_function_and_argument():
    [meta] = ask_wasm(["meta"])
    functions = {function["name"]: function for function in meta["functions"]}
    assert set() == set(BY_NAME) - set(functions)
    for spec in specs():
        told = [argument["name"] for argument in functions[spec.name]["parameters"]]
        assert [argument.name for argument in spec.arguments] == told


@pytest.mark.slow
def test_in_wasm_ranges_errors_and_left_out_arguments_arrive():
    answers = ask_wasm(*(["call", name, *cells] for _, name, cells in CALLS))
    assert [expected for expected, _, _ in CALLS] == answers


@pytest.mark.slow
def test_in_wasm_every_published_case_is_reproduced():
    cases = read_cases()
    assert {"CATALOGUE_SOURCE"} == set(BY_NAME) - {case[0] for case in cases}  # which returns text
    answers = ask_wasm(
        *(["call", name, *([[cell]] for cell in cells)] for name, cells, *_ in cases)
    )
    wrong = [
        (name, cells, expected, value)
        for (name, cells, expected, tolerance, _), [[value]] in zip(cases, answers, strict=True)
        if not isinstance(value, float) or not math.isclose(value, expected, rel_tol=tolerance)
    ]
    assert [] == wrong


@pytest.mark.slow
def test_in_wasm_the_edges_of_every_function_are_those_of_this_machine():
    edges = [
        (name, [*cells[:place], edge, *cells[place + 1 :]])
        for name, cells, *_ in read_cases()
        for place, cell in enumerate(cells)
        if isinstance(cell, int | float) and not isinstance(cell, bool)
        for edge in (0, 1e-300, 1e300, -1)
    ]
    answers = ask_wasm(*(["call", name, *([[cell]] for cell in cells)] for name, cells in edges))
    here = [call_function(BY_NAME[name], cells) for name, cells in edges]
    assert {*ERRORS.values(), float} == {ERRORS.get(getattr(v, "code", ""), float) for v in here}
    wrong = [
        (name, cells, expected, value)
        for (name, cells), expected, [[value]] in zip(edges, here, answers, strict=True)
        if not (
            ERRORS[expected.code] == value.get("errorType")
            if isinstance(expected, CellError)
            else math.isclose(value, expected, rel_tol=1e-12)
        )
    ]
    assert [] == wrong


@pytest.mark.slow
def test_in_wasm_every_example_of_a_docstring_gives_what_it_shows():
    [results] = ask_wasm(["doctests"])
    assert [] == [name for name, (failed, _) in results.items() if failed]
    assert len(BY_NAME) <= sum(attempted for _, attempted in results.values())


@pytest.mark.slow
def test_in_wasm_a_long_range_is_one_call_of_the_formula_and_little_work_for_each_cell():
    short = [[7e9 + row] for row in range(1_000)]
    long = [[7e9 + row] for row in range(10_000)]
    few, many = ask_wasm(
        ["events", "TRAIN_FLOPS", short, short, None], ["events", "TRAIN_FLOPS", long, long, None]
    )
    assert 1 == many["train_flops"] == few["train_flops"]
    each = (sum(many.values()) - sum(few.values())) / 9_000
    assert each < 15
