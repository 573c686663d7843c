"""The templates in LibreOffice: what an analyst changes there survives, what is plain calculates.

LibreOffice has none of our functions: a call shows the value in the file until LibreOffice
calculates it, and `#NAME?` from then on; a formula without a call is calculated as in Excel.
"""

import contextlib
import csv
import functools
import io
import json
import math
import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils.datetime import to_excel

from tests.conftest import ROOT
from tests.marks import asked, needs_libreoffice, thorough_but
from tools.libreoffice import edit
from xlcalc import dialects, templates
from xlcalc.calc import recalculation
from xlcalc.calc.entries import parse_number
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError
from xlcalc.cli import app

pytestmark = [needs_libreoffice, pytest.mark.slow]


@dataclass
class Case:
    """What is done to a template: a figure of the analyst's becomes half of an input."""

    input: str
    half: float
    """The input becomes twice a cell of the analyst's own sheet."""
    result: str
    """A result that a formula of the analyst's goes on from."""
    settings: dict[str, float]
    rows: list[tuple[str, int]] = field(default_factory=list)
    """Sheets and rows above which one is inserted, in the template's own count."""


CASES = {
    "training_budget": Case(
        "params",
        35e9,
        "total_cost",
        {"gpus": 512, "pue": 1.3},
        [("Calculation", 7), ("Sensitivity", 10), ("Summary", 12)],
    ),
    "inference_budget": Case(
        "daily_users",
        2e6,
        "own_cost",
        {"output_tokens": 500, "least_sequences": 16},
        [("Volume", 10), ("API prices", 12), ("Models", 60), ("Sensitivity", 8)],
    ),
    "multimodal_data": Case(
        "image_1_high",
        150e9,
        "cost_dense",
        {"mfu": 0.4, "video_1_amount": 1e9},
        [("Images", 6), ("Video", 7), ("Video", 13), ("Image bills", 13), ("Text", 20)],
    ),
    "scaling_plan": Case(
        "budget_amount",
        1e7,
        "chosen_total_cost",
        {"mfu": 0.5, "lifetime_tokens": 2e13},
        [("Model size", 9), ("Loss curves", 9), ("Optimum", 9), ("Fits", 12)],
    ),
    "context_and_experts": Case(
        "train_tokens",
        8e12,
        "run_cost",
        {"train_gpus": 4096, "long_context": 65536},
        [("Context", 10), ("Length mix", 8), ("Experts", 9), ("Together", 12), ("Models", 60)],
    ),
    "model_landscape": Case(
        "bytes_per_token",
        2.0,
        "total_cost",
        {"mfu": 0.5, "bytes_per_param": 1},
        [("Training", 40), ("Memory", 40), ("Models", 60), ("Series", 50), ("Growth", 8)],
    ),
    "gpu_tco": Case(
        "gpu_price",
        15e3,
        "npv_buy",
        {"utilisation": 0.6, "horizon_years": 4},
        [("Cash flow", 20), ("Prices", 60), ("Sensitivity", 9), ("Comparison", 9)],
    ),
    "compute_plan": Case(
        "batch2_gpus",
        100,
        "total_ebit",
        {"run4_tokens": 9e12, "price_per_gpu_hour": 3.5},
        [("Runs", 8), ("Supply", 7), ("Supply", 17), ("Cases", 9), ("Monthly", 20), ("Years", 9)],
    ),
    "claims_audit": Case(
        "gpt3_params",
        90e9,
        "gpt3_gpu_days",
        {"gpt3_tokens": 4e11, "short_tokens": 2048},
        [("Claims", 9), ("Tables", 12), ("Published cases", 100)],
    ),
}

OWN = "Our notes"
INPUTS = "Plan's inputs & notes"

PLAIN = {
    # The money behind the GPU-hours.
    "training_budget": (
        {"contingency": 0.25},
        ("contingency_cost", "total_cost", "cost_per_mtokens", "checks_hold"),
    ),
    # The month's bill and the margin; not what the tokens of an answer cost.
    "inference_budget": (
        {"other_fixed_cost": 90_000},
        ("own_cost", "own_mtokens_cost", "request_cost", "margin", "margin_share", "api_verdict"),
    ),
    # The ranking of the bills for an image.
    "multimodal_data": (
        {"price_openai_tile_5": 30},
        ("bill_cheapest", "bill_dearest", "cheapest_rule", "dearest_rule"),
    ),
    # What serving costs, and the cheapest size of the table for it.
    "scaling_plan": (
        {"output_share": 0.8},
        ("serving_mfu", "target_mtoken_cost", "mtoken_saving", "cheapest_ratio"),
    ),
    # The parameters by the parts of the model.
    "context_and_experts": (
        {"dense_ffn_dim": 16_384},
        ("dense_ffn_params", "total_params", "active_params"),
    ),
    # How far the models are from the optimum.
    "model_landscape": ({"optimal_ratio": 60}, ("beyond_optimal_count", "median_multiple")),
    # The cash flow of all quarters, and what is compared of it.
    "gpu_tco": (
        {"discount_rate": 0.15, "reserved_discount": 0.45},
        ("npv_buy", "npv_lease", "npv_rent", "npv_reserved", "lowest_cost", "break_even_month"),
    ),
    # Contracts and sales by month, quarter and year, down to the cash and its present value.
    "compute_plan": (
        {"contract1_price": 2.2, "revenue_per_mtokens": 5},
        ("running_costs", "total_revenue", "total_ebit", "cash_end", "net_present_value"),
    ),
    # Sequences by length, and the claims about them.
    "claims_audit": ({"tail_index": 1.5}, ("short_sequences", "long_sequences")),
}
"""Inputs whose change reaches these results through formulas without a call."""


LOOKED_UP = {
    "training_budget": {"gpu": "A100 SXM 80GB"},
    "inference_budget": {"model": "DeepSeek-V3", "gpu": "H200 SXM 141GB"},
    "multimodal_data": {"gpu": "A100 SXM 80GB"},
    "scaling_plan": {"gpu": "A100 SXM 80GB"},
    "context_and_experts": {"model": "Llama 3.1 405B"},
    "model_landscape": {"compare_model": "DeepSeek-V3", "flops_per_param_token": 8},
    "gpu_tco": {"gpu": "A100 SXM 80GB"},
    "compute_plan": {"gpu": "A100 SXM 80GB"},
    "claims_audit": {"gpt3_params": 90e9, "measured_tflops": 120},
}
"""Inputs whose change reaches the calls that most of the workbook follows from."""

CHANGES = {
    "plain": {name: settings for name, (settings, _) in PLAIN.items()},
    "set": {name: case.settings for name, case in CASES.items()},
    "looked_up": LOOKED_UP,
}


SOME = pytest.mark.parametrize("name", thorough_but({"training_budget", "gpu_tco"}, CASES))


def committed(name):
    return ROOT / "workbooks" / f"{name}.xlsx"


@functools.cache
def untouched(name):
    return WorkbookModel.read(committed(name))


def xlcalc(*arguments):
    """Return what the command line writes, which is not to complain."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert 0 == done.exit_code, done.stderr
    # LibreOffice does not know our functions: what it stored of them is renewed. One difference of
    # nearly equal numbers has other last digits there, which another engine has too.
    said = [line for line in done.stderr.splitlines() if not line.startswith("  ")]
    told = ("xlcalc: renewed ", "xlcalc: 1 cell not as formualizer gives them")
    assert [] == [line for line in said if not line.startswith(told)]
    return done.stdout


def deeds(case):
    """Return what the analyst does: rows, sheets, names, formulas, words and colours."""
    yield ("Unprotect",)
    for sheet, row in sorted(case.rows, key=lambda place: -place[1]):
        yield "InsertRows", sheet, row, 1
    yield from (("InsertRows", "Catalogue", 12, 1), ("InsertRows", "Checks", 9, 1))
    yield from (("InsertRows", "Inputs", 8, 1), ("InsertRows", "Inputs", 6, 2))
    yield "TypeInto", "Inputs", "B6", "Agreed with the board"
    yield from (("RenameSheet", "Inputs", INPUTS), ("RenameSheet", "Calculation", "计算"))
    yield from (("AddSheet", OWN), ("TypeInto", OWN, "A1", "Ours"), ("Colour", OWN, "A1", 0xFFCC00))
    yield "Comment", OWN, "A1", 'Ask <finance> & "legal"'
    yield from (("TypeInto", OWN, "A2", "Half"), ("TypeInto", OWN, "B2", str(case.half)))
    yield from (("NameCell", "our_half", OWN, "B2"), ("TypeIntoName", case.input, "=our_half*2"))
    yield from (("TypeInto", OWN, "B3", f"=ROUND({case.result}*1.2;2)"),)
    yield from (("TypeInto", OWN, "B4", "=TRAIN_FLOPS(our_half;2e10)/1e9"),)
    yield "TypeArray", OWN, "B5", "=SUM(B2:B3*2)"
    for name, cell in (("our_reserve", "B3"), ("our_compute", "B4"), ("our_double", "B5")):
        yield "NameCell", name, OWN, cell
    yield from (("Chart", OWN, "A2:B3", "Our chart"), ("CalculateAll",))


@pytest.fixture(scope="module")
def folder(request, tmp_path_factory):
    """The templates as the analyst left them."""
    folder = tmp_path_factory.mktemp("edited")
    names = sorted(asked(request, "name") & set(CASES))
    steps = {(committed(name), folder / f"{name}.xlsx"): list(deeds(CASES[name])) for name in names}
    steps[committed("portable/training_budget"), folder / "portable.xlsx"] = []
    edit(steps, folder)
    for name in names:
        xlcalc("recalc", folder / f"{name}.xlsx", "-o", folder / f"{name}_recalc.xlsx")
    return folder


@pytest.fixture(scope="module")
def changed(request, tmp_path_factory):
    """The templates with a few changed inputs."""
    folder = tmp_path_factory.mktemp("changed")
    steps = {}
    for change, settings_of in CHANGES.items():
        for name in sorted(asked(request, "name") & set(CASES)):
            typed = [("TypeIntoName", key, str(value)) for key, value in settings_of[name].items()]
            unlocked = [("Unprotect",), *typed]
            steps[committed(name), folder / f"{change}_{name}.xlsx"] = unlocked
    edit(steps, folder)
    return folder


def shown_by_libreoffice(files, folder):
    """Return a function that takes a name of these files, and returns what their sheets show."""
    edit({(file, folder / f"{name}.csv"): [] for name, file in files.items()}, folder)

    def cells(name):
        model = WorkbookModel.read(files[name])
        return model, {sheet: read_csv(folder / f"{name}-{sheet}.csv") for sheet in model.formulas}

    return cells


@pytest.fixture(scope="module")
def recalculated(request, folder, tmp_path_factory):
    """What LibreOffice shows of the workbooks that were edited and recalculated."""
    names = sorted(asked(request, "name") & set(CASES))
    files = {name: folder / f"{name}_recalc.xlsx" for name in names}
    return shown_by_libreoffice(files, tmp_path_factory.mktemp("recalculated"))


@pytest.fixture(scope="module")
def shown(request, tmp_path_factory):
    """What LibreOffice shows of the committed workbooks."""
    names = sorted(asked(request, "name"))
    files = {name: committed(name) for name in names if name in CASES}
    files |= {f"portable_{name}": committed(f"portable/{name}") for name in names}
    return shown_by_libreoffice(files, tmp_path_factory.mktemp("shown"))


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def figures(values):
    """Return values to be compared: LibreOffice keeps fifteen digits of a figure.

    Net present values are differences of figures that are ten times as large.
    """
    return {
        key: pytest.approx(value, rel=1e-11, abs=1e-290) if isinstance(value, float) else value
        for key, value in values.items()
    }


def test_every_template_with_inputs_is_edited():
    assert set(templates.TEMPLATES) - templates.PORTABLE_ONLY == set(CASES) == set(PLAIN)


@SOME
def test_calls_are_names_that_libreoffice_does_not_know_until_they_are_recalculated(name, folder):
    def errors(file):
        model = WorkbookModel.read(folder / file)
        cells = (cell for formulas in model.formulas.values() for cell in formulas.values())
        return {cell.value.code for cell in cells if isinstance(cell.value, CellError)}

    assert "#NAME?" in errors(f"{name}.xlsx")
    assert set() == errors(f"{name}_recalc.xlsx")


@SOME
def test_an_edited_workbook_has_the_figures_of_the_untouched_one(name, folder):
    case = CASES[name]
    edited = WorkbookModel.read(folder / f"{name}_recalc.xlsx")
    own = {"our_half", "our_reserve", "our_compute", "our_double"}
    assert {*untouched(name).inputs, "our_half"} == set(edited.inputs)
    assert own == set(edited.cells) - set(untouched(name).cells)
    expected = untouched(name).evaluate({case.input: case.half * 2}).values
    assert figures(expected) == {key: edited.cell(key).value for key in expected}
    assert edited.cell("checks_hold").value is True
    reserve = round(expected[case.result] * 1.2, 2)
    assert reserve == edited.cell("our_reserve").value
    assert 6 * case.half * 20 == edited.cell("our_compute").value
    assert 2 * (case.half + reserve) == edited.cell("our_double").value


@SOME
def test_an_edited_workbook_runs_with_its_names_on_the_command_line(name, folder):
    case = CASES[name]
    expected = untouched(name).evaluate({**case.settings, case.input: case.half * 3}).values
    expected["our_reserve"] = round(expected[case.result] * 1.2, 2)
    chosen = {**case.settings, "our_half": case.half * 1.5}
    wanted = [case.result, case.input, "checks_hold", "our_reserve"]
    said = xlcalc(
        "run",
        folder / f"{name}_recalc.xlsx",
        *(part for key, value in chosen.items() for part in ("--set", f"{key}={value}")),
        *(part for key in wanted for part in ("--get", key)),
        "--json",
    )
    assert figures({key: expected[key] for key in wanted}) == json.loads(said)


def without_values(sheet):
    """Return a sheet as LibreOffice writes it, without the values and the types of formulas."""
    formula = rb'(<c r="[A-Z]+\d+" s="\d+")(?: t="\w+")?>(<f[^>]*>[^<]*</f>)(?:<v>[^<]*</v>)?</c>'
    return re.sub(formula, rb"\1>\2</c>", sheet)


CACHE = re.compile(rb"<c:(num|str|multiLvlStr)Cache>.*?</c:\1Cache>")


@SOME
def test_recalculating_changes_nothing_but_the_values_behind_formulas(name, folder):
    with (
        zipfile.ZipFile(folder / f"{name}.xlsx") as saved,
        zipfile.ZipFile(folder / f"{name}_recalc.xlsx") as recalculated,
    ):
        assert saved.namelist() == recalculated.namelist()
        changed = [part for part in saved.namelist() if saved.read(part) != recalculated.read(part)]
        assert changed
        for part in changed:
            before, after = saved.read(part), recalculated.read(part)
            if part.startswith("xl/charts/"):
                assert (
                    re.sub(rb"<c:(num|str|multiLvlStr)Cache>.*?</c:\1Cache>", b"", before) == after
                )
            else:
                assert re.fullmatch(r"xl/worksheets/sheet\d+\.xml", part)
                assert without_values(before) == without_values(after)
        charts = [part for part in saved.namelist() if part.startswith("xl/charts/chart")]
        assert any(b"Our chart" in recalculated.read(part) for part in charts)


@SOME
def test_what_the_analyst_wrote_is_in_the_recalculated_workbook(name, folder):
    case = CASES[name]
    book = openpyxl.load_workbook(folder / f"{name}_recalc.xlsx")
    sheets = openpyxl.load_workbook(committed(name), read_only=True).sheetnames
    renamed = {"Inputs": INPUTS, "Calculation": "计算"}
    sheets = [renamed.get(sheet, sheet) for sheet in sheets]
    assert [*sheets, OWN] == book.sheetnames
    assert "Agreed with the board" == book[INPUTS]["B6"].value
    written = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "=our_half*2" in written
    assert "Ours" == book[OWN]["A1"].value
    assert "FFFFCC00" == book[OWN]["A1"].fill.fgColor.rgb
    assert 'Ask <finance> & "legal"' == book[OWN]["A1"].comment.text
    assert f"=ROUND({case.result}*1.2,2)" == book[OWN]["B3"].value
    assert "=train_flops(our_half,20000000000)/1000000000" == book[OWN]["B4"].value


@SOME
def test_all_checks_of_an_edited_workbook_are_true(name, folder):
    book = openpyxl.load_workbook(folder / f"{name}_recalc.xlsx", data_only=True)
    results = [row[5] for row in book["Checks"].iter_rows(min_row=6, values_only=True) if row[1]]
    assert len(results) >= 5
    assert {True} == set(results)
    assert "All checks hold" in [cell.value for row in book["Summary"].iter_rows() for cell in row]


def differing(model, cells):
    """Yield the formulas of which LibreOffice shows another value than the file has."""
    for sheet, formulas in model.formulas.items():
        for (row, column), formula in formulas.items():
            text = cells[sheet][row - 1][column - 1]
            if not stands_for(text, formula.value):
                yield sheet, (row, column), formula, text


def stands_for(text, value):
    """Whether the text of a cell in a csv file stands for a value."""
    if value is None or isinstance(value, str):
        return text == (value or "")
    # What LibreOffice has compared of shares is a share as well: TRUE is 100%.
    number = {"TRUE": 1.0, "FALSE": 0.0}.get(text, parse_number(text))
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        with contextlib.suppress(ValueError):
            number = to_excel(datetime.strptime(text, pattern))
    return number is not None and math.isclose(number, value, rel_tol=1e-12, abs_tol=1e-18)


@SOME
def test_libreoffice_shows_the_values_in_the_file(name, shown):
    assert [] == list(differing(*shown(name)))


@SOME
def test_libreoffice_shows_the_values_in_an_edited_and_recalculated_file(name, recalculated):
    assert [] == list(differing(*recalculated(name)))


@pytest.mark.parametrize("name", thorough_but({"function_library"}, templates.TEMPLATES))
def test_libreoffice_shows_the_values_in_a_portable_workbook_but_not_at_its_lambdas(name, shown):
    for sheet, _, formula, text in differing(*shown(f"portable_{name}")):
        assert sheet != "Summary"
        assert text in {"Err:508", "Err:509"}
        # It makes every comparison anew, and some compare what calls give.
        assert "XLC." in formula.text or isinstance(formula.value, bool)


def test_a_portable_workbook_that_libreoffice_saved_becomes_one_for_excel_again(folder):
    made = committed("portable/training_budget")
    fresh = recalculation.recalculated(WorkbookModel.read(folder / "portable.xlsx")).package
    model = WorkbookModel(fresh, "portable.xlsx")
    expected = WorkbookModel.read(made).evaluate().values
    assert figures(expected) == model.evaluate().values
    again = dialects.convert_package(fresh, "lambda").data
    assert lambdas(made.read_bytes()) == lambdas(again)
    assert lambdas(again) != lambdas(fresh.to_bytes())


def lambdas(data):
    names = openpyxl.load_workbook(io.BytesIO(data)).defined_names
    return {name: (names[name].value, names[name].comment) for name in names if "XLC." in name}


@SOME
def test_plain_formulas_calculate_in_libreoffice_as_they_do_here(name, changed):
    settings, results = PLAIN[name]
    ours = untouched(name).evaluate(settings).values
    theirs = WorkbookModel.read(changed / f"plain_{name}.xlsx").formulas
    cells = {result: untouched(name).cell(result) for result in results}
    calculated = {key: theirs[cell.sheet][cell.position].value for key, cell in cells.items()}
    assert figures({key: ours[key] for key in results}) == calculated
    assert any(ours[key] != cell.value for key, cell in cells.items())


@pytest.mark.parametrize("change", CHANGES)
@SOME
def test_libreoffice_shows_no_wrong_figure_after_a_change_but_the_error_of_a_call(
    name, change, changed
):
    ours = untouched(name).evaluate(CHANGES[change][name]).cached
    theirs = WorkbookModel.read(changed / f"{change}_{name}.xlsx").formulas
    shown = {
        (sheet, position): cell.value
        for sheet, formulas in theirs.items()
        for position, cell in formulas.items()
        # LibreOffice makes formulas of TRUE and FALSE.
        if not isinstance(cell.value, CellError) and position in ours[sheet]
    }
    assert len(shown) > 50
    assert figures({place: ours[place[0]][place[1]] for place in shown}) == shown
