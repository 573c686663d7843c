"""The add-in for LibreOffice: what is in it, and what real LibreOffices make of it."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest

from tests.calc import INSTALLED, UNPACKED, Calc, needs_installed, needs_unpacked
from tests.conftest import ROOT
from tests.marks import thorough_but
from tests.test_cli import xlcalc
from tools import libreoffice_backport
from xlcalc.hosts.calls import call
from xlcalc.hosts.libreoffice import extension, method_name
from xlcalc.hosts.libreoffice.library import library
from xlcalc.hosts.libreoffice.type_library import type_library
from xlcalc.registry import specs
from xlcalc.templates import read_table

OFFICES = [
    pytest.param(INSTALLED, id="7.4", marks=needs_installed),
    pytest.param(UNPACKED, id="25.2", marks=needs_unpacked),
]


@pytest.fixture(scope="module")
def addin(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("addin") / "xlcalc.oxt"
    path.write_bytes(extension(Path(sys.executable)))
    return path


@pytest.fixture(scope="module", params=OFFICES)
def calc(request, addin, tmp_path_factory) -> Calc:
    return Calc(request.param, addin, tmp_path_factory.mktemp("calc") / "home")


@pytest.fixture(scope="module")
def new_calc(addin, tmp_path_factory) -> Calc:
    return Calc(UNPACKED, addin, tmp_path_factory.mktemp("calc") / "home")


def shown(calc: Calc, *formulas: str, cells: dict[str, str] | None = None, **environment: str):
    """Return what a cell shows of each formula, beside cells that are typed first."""
    steps = [("TypeInto", cell, typed) for cell, typed in (cells or {}).items()]
    for row, formula in enumerate(formulas, 1):
        steps += [("TypeInto", f"H{row}", formula), ("Show", f"H{row}")]
    return [answer[0] for answer in calc.ask(steps, **environment)]


def archive(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


# ---- the file


def test_the_add_in_has_every_function_and_the_same_bytes_each_time():
    data = extension()
    assert data == extension()
    settings = json.loads(archive(data).read("settings.json"))
    assert {spec.name for spec in specs()} == set(settings["functions"].values())
    assert "TRAIN_FLOPS" == settings["functions"]["TRAINFLOPS"]
    assert settings["python"] is None


def test_no_two_functions_have_one_name_in_the_type_library():
    names = {method_name(spec.name) for spec in specs()}
    assert len(specs()) == len(names)
    for spec in specs():
        arguments = {method_name(argument.name) for argument in spec.arguments}
        assert len(spec.arguments) == len(arguments), spec.name


def test_the_wizards_texts_are_there_in_both_languages():
    root = ElementTree.fromstring(archive(extension()).read("CalcAddIns.xcu"))  # noqa: S314
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    table = read_table("zh")
    texts = {value.get(language): set() for value in root.iter("value")}
    for value in root.iter("value"):
        texts[value.get(language)].add(value.text)
    assert {None, "en", "en-US", "zh-CN"} == set(texts)
    for spec in specs():
        assert f"{spec.summary} [{spec.returns.unit}]" in texts["en"]
        assert f"{table[spec.summary]} [{spec.returns.unit}]" in texts["zh-CN"]
    optional = "8 with full recomputation. 6 if left out."
    assert any(text.endswith(optional) for text in texts["en"])


def test_the_add_ins_modules_calculate_with_numpy_alone(tmp_path):
    for path, data in library().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    program = (
        "import sys\n"
        "sys.path[:0] = [sys.argv[1]]\n"
        "for name in ('openpyxl', 'click', 'rich', 'formualizer', 'narwhals', 'xlwings'):\n"
        "    sys.modules[name] = None\n"
        "import xlcalc\n"
        "from xlcalc.hosts.calls import call\n"
        "assert xlcalc.__file__.startswith(sys.argv[1])\n"
        "print(call('TRAIN_FLOPS', [7e9, 1.4e12]))\n"
        "print(call('GPU_SPEC', ['H100 SXM', 'memory_gb']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert ("5.88e+22\n80.0\n", "") == (done.stdout, done.stderr)
    assert not any(path.startswith(("xlcalc/templates", "xlcalc/calc/")) for path in library())


def test_a_type_library_is_that_of_libreoffices_own_compiler(tmp_path):
    home = libreoffice_backport.folder() / "root" / "usr/lib/libreoffice"
    if not (home / "sdk/bin/unoidl-write.bin").exists():
        pytest.skip("LibreOffice 25.2 is not there; run: python -m tools.libreoffice_backport")
    methods = {
        method_name(spec.name): [method_name(argument.name) for argument in spec.arguments]
        for spec in specs()
    }
    idl = "".join(
        f"sequence< sequence<any> > {name}({', '.join(f'[in] any {p}' for p in parameters)});\n"
        for name, parameters in methods.items()
    )
    (tmp_path / "a.idl").write_text(
        f"module org {{ module xlcalc {{ interface XFunctions {{\n{idl}}}; }}; }};"
    )
    program = home / "program"
    subprocess.run(
        [
            home / "sdk/bin/unoidl-write.bin",
            *(program / "types.rdb", program / "types/offapi.rdb"),
            *(tmp_path / "a.idl", tmp_path / "a.rdb"),
        ],
        check=True,
        env={"LD_LIBRARY_PATH": f"{program}:{home.parent / 'x86_64-linux-gnu'}"},
    )
    expected = (tmp_path / "a.rdb").read_bytes()
    note = expected[16 : expected.index(b"**\0", 20) + 3]
    assert expected == type_library("org.xlcalc.XFunctions", methods, note)


def test_calls_are_answered_as_json_has_them():
    assert 5.88e22 == call("TRAIN_FLOPS", [7e9, 1400000000000])
    assert {"error": "#NUM!"} == call("TRAIN_FLOPS", [-1.0, 1.0])
    assert {"error": "#N/A"} == call("TRAIN_FLOPS", [{"error": "#N/A"}, 1.0])
    assert {"error": "#VALUE!"} == call("TRAIN_FLOPS", ["", 1.0])
    assert [[6.0], [{"error": "#VALUE!"}]] == call("TRAIN_FLOPS", [[[1.0], [None]], 1.0])
    assert {"error": "#NAME?"} == call("NO_SUCH", [])


def test_an_empty_cell_that_arrives_as_0_is_one_where_no_number_belongs():
    assert 1296.0 == call("ITERATION_FLOPS", [1, 6, 1, 1, 12, 0.0])
    assert 2.5 == call("TOKEN_PRICE", ["gpt-4o", "input", 0.0, 0.0, 0.0])
    assert {"error": "#VALUE!"} == call("GPU_SPEC", [0.0, "tdp_w"])
    assert {"error": "#VALUE!"} == call("ITERATION_FLOPS", [1, 6, 1, 1, 12, False])
    assert {"error": "#NUM!"} == call("TRAIN_FLOPS", [1.0, 1.0, 0.0])
    assert 2 == len(call("ITERATION_FLOPS", [[[1], [2]], 6, 1, 1, 12, 0.0]))


def test_a_process_answers_lines_with_lines():
    questions = '["TRAIN_FLOPS", [7e9, 1.4e12]]\n["GPU_SPEC", ["none", "memory_gb"]]\n'
    done = subprocess.run(
        [sys.executable, "-m", "xlcalc.hosts.calls"],
        input=questions,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ['"ready"', "5.88e+22", '{"error": "#N/A"}'] == done.stdout.splitlines()


@pytest.mark.slow
def test_the_command_writes_the_add_in_and_replaces_nothing_unasked(tmp_path):
    done = xlcalc("excel", "libreoffice", cwd=tmp_path)
    assert (0, "wrote xlcalc.oxt\n") == (done.returncode, done.stdout)
    written = (tmp_path / "xlcalc.oxt").read_bytes()
    assert sys.executable == json.loads(archive(written).read("settings.json"))["python"]
    again = xlcalc("excel", "libreoffice", cwd=tmp_path)
    assert 2 == again.returncode
    assert (
        "xlcalc.oxt exists; give another name with -o, or replace it with --force" in again.stderr
    )
    forced = xlcalc("excel", "libreoffice", "--force", "--interpreter", "/opt/python", cwd=tmp_path)
    assert 0 == forced.returncode
    written = (tmp_path / "xlcalc.oxt").read_bytes()
    assert "/opt/python" == json.loads(archive(written).read("settings.json"))["python"]


# ---- in LibreOffice


@pytest.mark.slow
def test_calc_shows_numbers_texts_and_the_right_errors(calc):
    cells = {
        "B1": "7000000000",
        "B2": "-5",
        "B3": "=NA()",
        "B4": "=1/0",
        "B5": "text",
        "B6": "=TRUE()",
        "B7": "7e9%",
    }
    expected = {
        "=XLCALC_STATUS()": f"xlcalc 0.2.0 calculates in {sys.executable}",
        "=TRAIN_FLOPS(7E9;1.4E12)": "5.88E+022",
        "=TRAIN_FLOPS(B1;1.4E12)": "5.88E+022",
        "=TRAIN_FLOPS(1;2;)": "12",
        "=TRAIN_FLOPS(1;2;3)": "6",
        "=TRAIN_FLOPS(B2;1)": "#NUM!",
        "=TRAIN_FLOPS(B3;1)": "#N/A",
        "=TRAIN_FLOPS(B4;1)": "#DIV/0!",
        "=TRAIN_FLOPS(#REF!;1)": "#REF!",
        "=TRAIN_FLOPS(B5;1)": "#VALUE!",
        "=TRAIN_FLOPS()": "#VALUE!",
        "=TRAIN_FLOPS(;2)": "#VALUE!",
        "=TRAIN_FLOPS(1;2;3;4)": "Err:504",
        # As in LibreOffice's own functions: an empty cell is 0, and TRUE is 1.
        "=TRAIN_FLOPS(B9;1)": "#NUM!",
        "=TRAIN_FLOPS(B6;1)": "6",
        '=GPU_SPEC("H100 SXM";"memory_gb")': "80",
        '=GPU_SPEC("H100 SXM";"name")': "H100 SXM5 80GB",
        '=GPU_SPEC("none";"memory_gb")': "#N/A",
        '=GPU_SPEC("H100 SXM";"none")': "#N/A",
        "=NO_SUCH(1)": "#NAME?",
    }
    assert expected == dict(zip(expected, shown(calc, *expected, cells=cells), strict=True))


@pytest.mark.slow
def test_calls_stand_inside_other_formulas(calc):
    expected = {
        '=IF(TRAIN_FLOPS(1;1)>5;"more";"less")': "more",
        "=IF(AND(TRAIN_FLOPS(1;1)>1;TRAIN_FLOPS(1;1)>9);1;2)": "2",
        '=IFERROR(TRAIN_FLOPS(-1;1);"wrong")': "wrong",
        "=TRAIN_FLOPS(TRAIN_FLOPS(1;1);1)*2": "72",
        '=CHOOSE(TRAIN_FLOPS(1;1)/6;"one";"two")': "one",
        "=ROUND(TRAIN_FLOPS(1.2345;1);1)": "7.4",
        '="x"&TRAIN_FLOPS(1;1)': "x6",
        '=VLOOKUP(TRAIN_FLOPS(1;1);{5;"five"|6;"six"};2;0)': "six",
        "=ISNUMBER(TRAIN_FLOPS(1;1))*1": "1",
        "=SUM(TRAIN_FLOPS({1|2};{3|4}))": "66",
        "=SUMPRODUCT(TRAIN_FLOPS({1|2};1);{1|1})": "18",
        '=TEXT(TRAIN_FLOPS(1;1);"0.00")': "6.00",
        '=LEN(GPU_SPEC("H100 SXM";"name"))': "14",
    }
    assert expected == dict(zip(expected, shown(calc, *expected), strict=True))


@pytest.mark.slow
def test_ranges_give_a_row_for_each_row(calc):
    steps = [("TypeInto", "B1", "1"), ("TypeInto", "B2", "-1"), ("TypeInto", "B4", "4")]
    steps += [("TypeArray", "D1:D5", "=TRAIN_FLOPS(B1:B4;1)")]
    steps += [("Show", f"D{row}") for row in range(1, 6)]
    steps += [("TypeInto", "F1", "=SUM(TRAIN_FLOPS(B4:B4;B1:B1))"), ("Show", "F1")]
    steps += [("TypeInto", "C1", "1"), ("TypeInto", "C2", "2"), ("TypeInto", "C3", "3")]
    steps += [("TypeInto", "F2", "=SUM(TRAIN_FLOPS(C:C;1))"), ("Show", "F2")]
    # An error inside a range keeps Calc from calling any add-in.
    steps += [("TypeInto", "C3", "=NA()"), ("TypeArray", "E1:E3", "=TRAIN_FLOPS(C1:C3;1)")]
    steps += [("Show", "E1")]
    answers = [answer[0] for answer in calc.ask(steps)]
    assert ["6", "#NUM!", "#VALUE!", "24", "#N/A", "24", "36", "Err:504"] == answers


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "kind"), [("ods", "calc8"), ("xlsx", "Calc MS Excel 2007 XML")])
def test_a_saved_workbook_calculates_again_after_opening(calc, ending, kind):
    saved = calc.folder / f"saved.{ending}"
    steps = [("TypeInto", "B1", "7E9"), ("TypeInto", "B2", "-1")]
    steps += [("TypeInto", "A1", "=TRAIN_FLOPS(B1;1.4E12)"), ("Show", "A1")]
    steps += [("TypeArray", "D1:D2", "=TRAIN_FLOPS(B1:B2;1.4E12)")]
    steps += [("Saved", saved.as_uri(), kind)]
    steps += [("Show", "A1"), ("Show", "D2"), ("TypeInto", "B1", "1E9"), ("Show", "A1")]
    steps += [("Show", "D1"), ("Show", "D2")]
    answers = [answer[0] for answer in calc.ask(steps)]
    assert ["5.88E+022", "5.88E+022", "#NUM!", "8.4E+021", "8.4E+021", "#NUM!"] == answers


@pytest.mark.slow
@needs_unpacked
def test_excel_reads_its_own_names_in_what_libreoffice_saved(new_calc):
    saved = new_calc.folder / "names.xlsx"
    steps = [("TypeInto", "A1", "=TRAIN_FLOPS(7E9;1.4E12)")]
    new_calc.ask([*steps, ("Saved", saved.as_uri(), "Calc MS Excel 2007 XML")])
    assert (
        "=TRAIN_FLOPS(7000000000,1400000000000)" == openpyxl.load_workbook(saved).active["A1"].value
    )


CALLS = {
    "training_budget": 88,
    "inference_budget": 246,
    "multimodal_data": 247,
    "scaling_plan": 288,
    "model_landscape": 1197,
    "context_and_experts": 444,
    "gpu_tco": 11,
    "compute_plan": 118,
    "claims_audit": 497,
}
"""The cells of each template that call one of our functions."""


@pytest.mark.slow
@needs_unpacked
@pytest.mark.parametrize("name", thorough_but({"training_budget", "model_landscape"}, CALLS))
def test_a_template_calculates_to_its_stored_values(name, new_calc):
    # LibreOffice locks a file that it opens.
    source = Path(shutil.copy(ROOT / "workbooks" / f"{name}.xlsx", new_calc.folder))
    saved = new_calc.folder / f"calculated_{name}.xlsx"
    steps = [("Measure",), ("Saved", saved.as_uri(), "Calc MS Excel 2007 XML")]
    new_calc.ask(steps, source.as_uri())
    books = [openpyxl.load_workbook(path, data_only=True) for path in (source, saved)]
    formulas = openpyxl.load_workbook(source)
    calls = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                calls += any(f"{spec.name}(" in str(cell.value) for spec in specs())
                stored, calculated = (book[sheet.title][cell.coordinate].value for book in books)
                # A whole number of more digits than Excel keeps is rounded as any other.
                if isinstance(stored, float) or (isinstance(stored, int) and stored >= 10**15):
                    assert pytest.approx(stored, rel=1e-11) == calculated, cell
                else:
                    assert (stored or None) == (calculated or None), cell
    assert CALLS[name] == calls


@pytest.mark.slow
@needs_unpacked
def test_the_function_wizard_shows_each_argument_with_its_unit(new_calc):
    [answer] = new_calc.ask([("Describe", "GPU_DAYS")])
    help_text, *arguments = answer
    assert "Returns the days that one GPU would need for a computation. [GPU-days]" == help_text
    assert ["flops", "peak_tflops", "mfu"] == arguments[::2]
    assert "[FLOP] Computation to do." == arguments[1]
    [answer] = new_calc.ask([("Describe", "XLCALC_STATUS")])
    assert ["Returns where xlcalc calculates, or what to do so that it can."] == answer


@pytest.mark.slow
@needs_unpacked
def test_the_function_wizard_speaks_chinese(addin, tmp_path):
    calc = Calc(UNPACKED, addin, tmp_path / "home", "zh-CN")
    [answer] = calc.ask([("Describe", "TRAIN_FLOPS")])
    assert "返回训练所需 FLOP，k·N·D。 [FLOP]" == answer[0]


@pytest.mark.slow
@needs_unpacked
def test_libreoffices_own_python_calculates_where_it_has_numpy(new_calc):
    if sys.version_info[:2] != (3, 11):
        pytest.skip("numpy of this Python does not fit Debian's 3.11")
    packages = str(Path(np.__file__).parent.parent)
    formulas = ("=XLCALC_STATUS()", "=TRAIN_FLOPS(7E9;1.4E12)", "=TRAIN_FLOPS(-1;1)")
    answers = shown(new_calc, *formulas, PYTHONPATH=packages)
    assert "xlcalc 0.2.0 calculates in LibreOffice's own Python 3.11" == answers[0]
    assert ["5.88E+022", "#NUM!"] == answers[1:]


@pytest.mark.slow
@needs_unpacked
def test_without_a_python_that_can_calculate_a_sentence_says_what_to_do(new_calc):
    formulas = ("=TRAIN_FLOPS(7E9;1.4E12)", "=XLCALC_STATUS()")
    error, sentence = shown(new_calc, *formulas, XLCALC_PYTHON="/no/python")
    assert "#ADDIN?" == error
    assert (
        "xlcalc needs a Python 3.11 or newer with numpy (/no/python cannot: it does not start: "
        "[Errno 2] No such file or directory: '/no/python'): install it, set the environment "
        "variable XLCALC_PYTHON to its path, and start LibreOffice again"
    ) == sentence


@pytest.mark.slow
@needs_unpacked
def test_a_process_that_ends_is_started_again(new_calc):
    script = new_calc.folder / "one_answer"
    script.write_text(f'#!/bin/sh\nhead -n 1 | "{sys.executable}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    formulas = ("=TRAIN_FLOPS(1;1)", "=TRAIN_FLOPS(2;1)", "=TRAIN_FLOPS(3;1)")
    assert ["6", "12", "18"] == shown(new_calc, *formulas, XLCALC_PYTHON=str(script))
