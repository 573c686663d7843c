"""Functions of others, from packages and from files."""

import json
import os
import re
import subprocess
import sys
import textwrap
import zipfile
from importlib.util import find_spec
from pathlib import Path

import openpyxl
import pytest

from tests.calc import INSTALLED, Calc, needs_installed
from tests.conftest import ROOT
from tests.environments import environment
from tests.test_cli import xlcalc
from tests.test_cluster import Cluster
from tests.workbooks import name_cells
from xlcalc.errors import UsageError
from xlcalc.functions import FUNCTIONS
from xlcalc.new_plugin import package_files
from xlcalc.plugins import VARIABLE, Taken, find_plugins

HEAD = """\
from __future__ import annotations

import math
from typing import Annotated

from xlcalc import train_flops
from xlcalc.quantities import Money, Number, Quantity
from xlcalc.worksheet import worksheet

Engineers = Annotated[Number, Quantity("engineers", at_least=0.0)]
"""
GOOD = f'''{HEAD}

@worksheet("Acme", since="7", formerly={{"ACME_TEAM": "6"}})
def acme_team_cost(engineers: Engineers, salary: Money = 100.0) -> Money:
    """Return what a team costs."""
    return engineers * salary


@worksheet("Acme", untraceable="it reads our list")
def acme_listed(engineers: Engineers) -> Money:
    """Return what our list says."""
    return {{1.0: 10.0, 2.0: 20.0}}[float(engineers)]


@worksheet("Acme")
def acme_root(engineers: Engineers) -> Money:
    """Return a figure by a formula that takes one number at a time."""
    return math.sqrt(engineers) if engineers > 1 else 7.0


FUNCTIONS = (acme_team_cost, acme_listed, acme_root)
'''


def function(name: str, signature="engineers: Engineers", doc='"""Return it."""', options=""):
    return (
        f'{HEAD}\n\n@worksheet("Acme"{options})\ndef {name}({signature}) -> Money:\n'
        f"    {doc}\n    return 1.0\n\n\nFUNCTIONS = ({name},)\n"
    )


@pytest.fixture
def acme(tmp_path) -> Path:
    path = tmp_path / "acme.py"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path) -> Path:
    """A workbook that calls functions of others."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    cells = {"engineers": 2, "salary": 3, "cost": "=ACME_TEAM_COST(engineers,salary)"}
    cells["doubled"] = "=2*ACME_TEAM_COST(engineers)+cost"
    for row, value in enumerate(cells.values(), start=1):
        sheet.cell(row, 1, value)
    name_cells(workbook, {name: f"A{row}" for row, name in enumerate(cells, start=1)})
    path = tmp_path / "own.xlsx"
    workbook.save(path)
    return path


def installed(folder: Path, points: str, files: dict[str, str]) -> Path:
    """Return a folder of packages as an installer leaves it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    info = folder / "acme_costs-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-costs\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[xlcalc.functions]\n{points}\n")
    return folder


def python(code: str, **environment: str) -> str:
    """Return what a Python prints that takes warnings for errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=120,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout.strip()


@pytest.mark.slow
def test_a_file_adds_functions_to_the_command_line(acme):
    named = ("--functions", acme)
    done = xlcalc(*named, "eval", "=ACME_TEAM_COST({1,2},3)")
    assert ("3\t6\n", "", 0) == (done.stdout, done.stderr, done.returncode)
    listed = xlcalc("functions", XLCALC_FUNCTIONS=str(acme)).stdout
    assert listed.endswith(
        "Acme\n"
        "  ACME_TEAM_COST(engineers, [salary=100])  [money]\n      Returns what a team costs.\n"
        "  ACME_LISTED(engineers)  [money]\n      Returns what our list says.\n"
        "  ACME_ROOT(engineers)  [money]\n"
        "      Returns a figure by a formula that takes one number at a time.\n"
    )
    shown = xlcalc(*named, "functions", "ACME_TEAM").stdout
    assert shown.startswith("ACME_TEAM is called ACME_TEAM_COST now; ")
    assert f"Since 7; formerly ACME_TEAM (since 6)\nFrom the file {acme}\n" in shown
    assert "Must be at least 0 engineers.\n" in shown
    assert "=ACME_TEAM_COST()" not in shown


def test_what_a_function_of_others_raises_is_the_error_of_its_cell(acme):
    done = xlcalc("--functions", acme, "eval", "=ACME_LISTED({2,3})")
    assert ("20\t#VALUE!\n", 1) == (done.stdout, done.returncode)
    assert "xlcalc: ACME_LISTED failed: KeyError: 3.0\n" == done.stderr
    assert "7\t2\t3\n" == xlcalc("--functions", acme, "eval", "=ACME_ROOT({1,4,9})").stdout


@pytest.mark.slow
def test_a_file_that_lies_beside_a_workbook_is_not_read(acme, own):
    done = xlcalc("run", own.name, cwd=acme.parent)
    assert "ACME_TEAM_COST" in done.stderr
    assert 0 != done.returncode


def test_a_file_that_is_not_there_is_a_mistake_of_the_command(tmp_path):
    done = xlcalc("--functions", tmp_path / "none.py", "eval", "=1")
    assert (2, f"xlcalc: there is no file {tmp_path / 'none.py'}\n") == (
        done.returncode,
        done.stderr,
    )


def test_a_file_that_is_no_python_is_not_run(tmp_path):
    listed = tmp_path / "scenarios.csv"
    listed.write_text("params\n7e9\n")
    done = xlcalc("--functions", listed, "eval", "=1")
    sentence = f"xlcalc: --functions takes Python files, whose names end in .py, got {listed}\n"
    assert (2, "", sentence) == (done.returncode, done.stdout, done.stderr)


def test_a_file_that_is_named_twice_is_read_once(acme):
    done = xlcalc("--functions", acme, "eval", "=ACME_TEAM(1)", XLCALC_FUNCTIONS=str(acme))
    assert ("100\n", "") == (done.stdout, done.stderr)


@pytest.mark.skipif(os.pathsep != ":", reason="Windows has no such path")
def test_a_path_that_the_variable_cannot_hold_is_refused(acme):
    odd = acme.rename(acme.with_name("a:b.py"))
    done = xlcalc("--functions", odd, "eval", "=1")
    assert (2, f"xlcalc: the path of {odd} has a :, which parts several files\n") == (
        done.returncode,
        done.stderr,
    )


@pytest.mark.slow
def test_python_has_the_functions_of_files_and_packages(acme, tmp_path):
    code = (
        "import xlcalc; print(xlcalc.acme_team_cost(2), 'acme_root' in dir(xlcalc), "
        "xlcalc.train_flops(1, 1))"
    )
    assert "200.0 True 6.0" == python(code, XLCALC_FUNCTIONS=str(acme))
    site = installed(
        tmp_path / "site",
        "acme = acme_costs.rules:FUNCTIONS",
        {"acme_costs/__init__.py": "", "acme_costs/rules.py": GOOD},
    )
    path = os.pathsep.join((str(site), str(ROOT)))
    assert "200.0 True 6.0" == python(code, PYTHONPATH=path)
    # Whoever comes first: the package asks xlcalc for a function when it is imported.
    assert "200.0 True 6.0" == python(f"import acme_costs.rules; {code}", PYTHONPATH=path)
    shown = xlcalc("functions", "ACME_ROOT", PYTHONPATH=path).stdout
    assert "\nFrom the package acme-costs 1.2\n" in shown


OF_ITS_OWN = "has a meaning of its own in xlcalc or in a spreadsheet program"
PROBLEMS = [
    (function("gpu_days"), "GPU_DAYS of {} is left out: xlcalc has a function GPU_DAYS"),
    (function("sum"), "SUM of {} is left out: Excel has a function SUM"),
    (function("gpu1"), "GPU1 of {} is left out: GPU1 cannot be the name of a function in a cell"),
    (
        function("acme_x", options=', formerly={"GPU_DAYS": "1"}'),
        "ACME_X of {} is left out: xlcalc has a function GPU_DAYS",
    ),
    *(
        (function(name), f"{name.upper()} of {{}} is left out: {name.upper()} {OF_ITS_OWN}")
        for name in ("model", "loop", "load", "cells", "xlcalc_status")
    ),
    (function("trainflops"), "TRAINFLOPS of {} is left out: xlcalc has a function TRAINFLOPS"),
    (
        function("acme_x", options=', formerly={"ACME_X": "0.1"}'),
        "ACME_X of {} is left out: two of its names are the same",
    ),
    (function("acme_x", doc='""""""'), "ACME_X of {} is left out: it has no docstring"),
    (function("acme_x", ""), "ACME_X of {} is left out: it has no argument"),
    ("def plain(x): ...\nFUNCTIONS = (plain,)\n", "plain of {} is left out: it has no @worksheet"),
    ("x = 1\n", "{} is left out: it has no FUNCTIONS, which lists its functions"),
    ("FUNCTIONS = 7\n", "{} is left out: its FUNCTIONS is no tuple of functions"),
    ("import nothing_of_the_kind\n", "{} is left out: ModuleNotFoundError: No module named "
     "'nothing_of_the_kind' (plugin.py, line 1)"),
    ("x = (\n", "{} is left out: '(' was never closed (plugin.py, line 1)"),
    ("raise SystemExit(3)\n", "{} is left out: SystemExit: 3 (plugin.py, line 1)"),
    (
        function("acme_x", "engineers: float"),
        "{} is left out: TypeError: engineers of acme_x is annotated with <class 'float'>, which "
        "is no quantity (plugin.py, line 13)",
    ),
    (
        function("acme_x", "engineers"),
        "{} is left out: TypeError: engineers of acme_x is annotated with nothing, which is no "
        "quantity (plugin.py, line 13)",
    ),
    (
        function("acme_x", "*engineers: Engineers"),
        "{} is left out: TypeError: engineers of acme_x is no argument that a cell can give "
        "(plugin.py, line 13)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), PROBLEMS)
def test_what_cannot_be_used_is_left_out_with_a_sentence_and_all_else_goes_on(
    text, sentence, acme, monkeypatch
):
    bad = acme.with_name("plugin.py")
    bad.write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, os.pathsep.join(map(str, (bad, acme))))
    taken = Taken(FUNCTIONS)
    [plugin] = find_plugins(taken)
    assert 3 == len(plugin.functions)
    assert [sentence.format(f"the file {bad}")] == taken.problems


def test_a_problem_is_told_once_and_costs_no_command_anything(acme, tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text(function("sum"), encoding="utf-8")
    done = xlcalc("--functions", bad, "--functions", acme, "eval", "=SUM(1,2)+ACME_TEAM_COST(1)")
    told = f"xlcalc: SUM of the file {bad} is left out: Excel has a function SUM\n"
    assert ("103\n", told, 0) == (done.stdout, done.stderr, done.returncode)


def test_a_package_that_cannot_be_imported_is_named(tmp_path):
    site = installed(tmp_path, "acme = acme_costs", {"acme_costs.py": "1 / 0\n"})
    done = xlcalc("eval", "=1+1", PYTHONPATH=os.pathsep.join((str(site), str(ROOT))))
    assert "2\n" == done.stdout
    assert (
        "xlcalc: the package acme-costs 1.2 is left out: ZeroDivisionError: division by zero "
        "(acme_costs.py, line 1)\n" == done.stderr
    )


def test_a_name_that_two_have_stays_with_the_first(acme, monkeypatch):
    other = acme.with_name("other.py")
    other.write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, os.pathsep.join(map(str, (acme, other))))
    taken = Taken(FUNCTIONS)
    assert [f"the file {acme}"] == [plugin.title for plugin in find_plugins(taken)]
    assert (
        f"ACME_TEAM_COST of the file {other} is left out: the file {acme} has a function "
        "ACME_TEAM_COST" == taken.problems[0]
    )


def test_without_functions_of_others_nothing_slow_is_imported():
    code = "import sys, xlcalc.registry; print('importlib.metadata' in sys.modules)"
    assert "False" == python(code)


def test_other_code_is_another_fingerprint(acme, monkeypatch):
    def fingerprint():
        monkeypatch.setenv(VARIABLE, str(acme))
        [plugin] = find_plugins(Taken(FUNCTIONS))
        return plugin.fingerprint()

    first = fingerprint()
    assert first == fingerprint()
    acme.write_text(GOOD.replace("engineers * salary", "engineers * salary * 2"))
    assert first != fingerprint()


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["udf", "officejs", "lambda", "native"])
def test_a_workbook_calculates_in_every_form(dialect, acme, own):
    form, back = own.with_name("form.xlsx"), own.with_name("back.xlsx")
    named = ("--functions", acme)
    done = xlcalc(*named, "convert", own, "--dialect", dialect, "-o", form)
    assert (0, "") == (done.returncode, done.stderr)
    assert 0 == xlcalc(*named, "convert", form, "--dialect", "udf", "-o", back).returncode
    for file in (form, back):
        shown = xlcalc(*named, "run", file, "--set", "engineers=5", "--json").stdout
        assert {"cost": 15.0, "doubled": 1015.0} == json.loads(shown)
    formulas = [cell.value for cell in openpyxl.load_workbook(back).active["A"]]
    assert "=ACME_TEAM_COST(engineers,salary)" == formulas[2]
    if dialect in {"lambda", "native"}:  # which need nobody who knows the functions
        done = xlcalc("run", form, "--set", "engineers=5", "--get", "cost")
        assert ("cost  15\n", 0) == (done.stdout, done.returncode)


@pytest.mark.slow
def test_a_function_that_needs_python_keeps_a_workbook_from_other_forms(acme, own):
    workbook = openpyxl.load_workbook(own)
    workbook.active["A4"] = "=ACME_ROOT(engineers)"
    workbook.save(own)
    for dialect in ("lambda", "native"):
        done = xlcalc("--functions", acme, "convert", own, "--dialect", dialect)
        assert 2 == done.returncode
        assert "ACME_ROOT cannot go without Python: a condition on a number must be" in done.stderr
    done = xlcalc("--functions", acme, "run", own, "--set", "engineers=9", "--get", "doubled")
    assert ("doubled  3\n", 0) == (done.stdout, done.returncode)
    assert "no other engine can confirm what these cells become\n" in done.stderr


def test_vectors_call_a_function_of_others(acme, own):
    code = (
        f"import xlcalc; model = xlcalc.load({str(own)!r}); "
        "print(model.evaluate({'engineers': [1.0, 2.0]}, ['cost', 'doubled']))"
    )
    expected = "{'engineers': [1.0, 2.0], 'cost': [3.0, 6.0], 'doubled': [203.0, 406.0], "
    assert expected + "'error': ['', '']}" == python(code, XLCALC_FUNCTIONS=str(acme))


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started.with_workers(1)
    started.stop()


@pytest.mark.thorough
@pytest.mark.slow
def test_the_processes_of_a_batch_know_the_functions(acme, own, workers):
    runs = own.with_name("runs.csv")
    runs.write_text("scenario,engineers\n" + "".join(f"s{n},{n}\n" for n in range(1, 60)))
    made = {}
    for name, more in {
        "one": ("--jobs", "1"),
        "two": ("--jobs", "2"),
        "cluster": ("--dask", workers.address),
    }.items():
        out = own.with_name(name)
        done = xlcalc("--functions", acme, "batch", own, runs, "-o", out, *more)
        assert (0, "") == (done.returncode, done.stderr)
        made[name] = {path.name: path.read_bytes() for path in out.glob("*.xlsx")}
    assert 60 == len(made["one"])
    assert made["one"] == made["two"] == made["cluster"]
    # The worker has the functions of the first batch from now on.
    acme.write_text(GOOD.replace("engineers * salary", "engineers * salary * 2"))
    out = own.with_name("other")
    done = xlcalc("--functions", acme, "batch", own, runs, "-o", out, "--dask", workers.address)
    assert 2 == done.returncode
    assert done.stderr.startswith(
        f"xlcalc: a worker does not know the functions of the file {acme} as they are here; "
    )
    assert 1 == done.stderr.count("\n")


@pytest.mark.slow
def test_what_xlwings_loads_has_the_functions(acme):
    code = "import xlcalc_udfs as u; print(u.ACME_TEAM_COST(2, 3), 'ACME_ROOT' in u.__all__)"
    path = os.pathsep.join((str(ROOT / "udfs"), str(ROOT)))
    assert "6.0 True" == python(code, XLCALC_FUNCTIONS=str(acme), PYTHONPATH=path)


@pytest.fixture
def package(tmp_path) -> str:
    """Where Python finds a package that `new-plugin` has written."""
    files = {name: data.decode() for name, data in package_files("acme-costs").items()}
    points = "acme_costs = acme_costs"
    site = installed(tmp_path / "site", points, files)
    return os.pathsep.join((str(site), str(ROOT)))


def links(folder: Path, *names: str) -> str:
    """Return a folder with packages of this environment alone."""
    for name in names:
        source = Path(find_spec(name.removesuffix(".libs")).origin).parents[1] / name
        if source.exists():
            (folder / name).symlink_to(source, target_is_directory=True)
    return str(folder)


@pytest.mark.slow
def test_the_wheel_for_lite_brings_a_package_along(package, tmp_path):
    done = xlcalc("excel", "lite", "-o", tmp_path / "lite", PYTHONPATH=package)
    assert (0, "") == (done.returncode, done.stderr)
    [wheel] = (tmp_path / "lite").glob("*.whl")
    site = tmp_path / "packages"
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(site)
    own = {path.name for path in (site / "xlcalc_udfs" / "own" / "acme_costs").iterdir()}
    assert {"__init__.py", "functions.py", "quantities.py"} == own
    code = "from xlcalc_udfs import *; print(ACME_TEAM_COST(4, 9000, 6))"
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": links(site, "numpy", "numpy.libs", "xlwings")},
        timeout=60,
    )
    assert ("280800.0\n", "") == (done.stdout, done.stderr)


@pytest.mark.slow
def test_in_wasm_the_wheel_calculates_with_a_file_of_others(acme):
    module = "from xlcalc.functions.training import train_flops"
    acme.write_text(GOOD.replace("from xlcalc import train_flops", module), encoding="utf-8")
    code = (
        "from tests.wasm import ask_wasm; print(ask_wasm(['call', 'ACME_TEAM_COST', [[4]], [[3]]]))"
    )
    assert "[[[12.0]]]" == python(code, XLCALC_FUNCTIONS=str(acme), PYTHONPATH=str(ROOT))


def test_a_file_that_the_wheel_cannot_carry_is_named(acme, tmp_path):
    done = xlcalc("--functions", acme, "excel", "lite", "-o", tmp_path / "lite")
    told = f"the file {acme} is not in the wheel: line 6 of {acme} must name the module, as in: "
    assert f"xlcalc: {told}from xlcalc.functions.training import train_flops\n" == done.stderr
    assert 0 == done.returncode


@pytest.mark.slow
def test_the_add_in_for_libreoffice_brings_a_package_along(package, tmp_path):
    made = tmp_path / "xlcalc.oxt"
    done = xlcalc("excel", "libreoffice", "-o", made, PYTHONPATH=package)
    assert (0, "") == (done.returncode, done.stderr)
    with zipfile.ZipFile(made) as opened:
        opened.extractall(tmp_path / "add-in")
    assert "ACMETEAMCOST" in (tmp_path / "add-in" / "CalcAddIns.xcu").read_text("utf-8")
    (tmp_path / "packages").mkdir()
    path = (str(tmp_path / "add-in" / "library"), links(tmp_path / "packages", "numpy"))
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-m", "xlcalc.hosts.calls"],
        input='["ACME_TEAM_COST", [4, 9000, 6]]\n["TRAIN_FLOPS", [1, 1]]\n',
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path)},
        timeout=60,
    )
    assert (["280800.0", "6.0"], "") == (done.stdout.split()[-2:], done.stderr)


@pytest.mark.slow
def test_the_other_hosts_have_the_functions(package, acme, tmp_path):
    more = ("--interpreter", r"C:\Python\python.exe")
    done = xlcalc("excel", "windows", "-o", tmp_path / "x.xlsm", *more, PYTHONPATH=package)
    assert (0, "") == (done.returncode, done.stderr)
    assert "Function ACME_TEAM_COST(" in (tmp_path / "x.bas").read_text()
    assert 'Name="ACME_TEAM_COST"' in (tmp_path / "x.intellisense.xml").read_text("utf-8")
    done = xlcalc("--functions", acme, "excel", "names", cwd=tmp_path)
    assert 0 == done.returncode
    [names] = tmp_path.glob("*.txt")
    text = names.read_text("utf-8")
    assert "\nACME_TEAM_COST = LAMBDA(engineers_,[salary_]," in text
    assert ", ACME_LISTED, ACME_ROOT\n" in text
    library = tmp_path / "library.xlsx"
    new = ("template", "new", "function_library", "-o", library)
    done = xlcalc("--functions", acme, *new)
    assert (0, "") == (done.returncode, done.stderr)
    rows = [row[1] for row in openpyxl.load_workbook(library)["Functions"].values]
    assert "XLC.ACME_TEAM_COST(engineers, [salary=100])" in rows


def test_the_doctor_names_the_package_that_a_workbook_needs(acme, own):
    done = xlcalc("--functions", acme, "excel", "doctor", own)
    assert "  Calls      ACME_TEAM_COST\n" in done.stdout
    assert f"  Needs      the file {acme}, where Python calculates\n" in done.stdout
    assert "with xlcalc on Windows" in done.stdout


@pytest.mark.parametrize("name", ["Acme", "acme costs", "", "1acme", "../acme", "xlcalc", "tests"])
def test_a_bad_name_of_a_package_is_refused(name, tmp_path):
    with pytest.raises(UsageError, match="acme-costs"):
        package_files(name)


@pytest.mark.slow
def test_a_folder_with_files_is_not_written_over(tmp_path):
    assert 0 == xlcalc("new-plugin", "acme-costs", cwd=tmp_path).returncode
    before = (tmp_path / "acme-costs" / "pyproject.toml").read_bytes()
    done = xlcalc("new-plugin", "acme-costs", cwd=tmp_path)
    assert (2, "") == (done.returncode, done.stdout)
    assert "acme-costs has files" in done.stderr
    assert 0 == xlcalc("new-plugin", "acme-costs", "--force", cwd=tmp_path).returncode
    assert before == (tmp_path / "acme-costs" / "pyproject.toml").read_bytes()


TUTORIAL = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
STEPS = [
    step
    for block in re.findall(r"^```console\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    for step in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the commands run in a shell of Unix")
def test_the_tutorial_is_so_in_an_environment_of_its_own(tmp_path):
    commands = environment(tmp_path / "venv", xlcalc="xlcalc.cli", pytest="pytest")
    variables = os.environ | {
        "PATH": os.pathsep.join((str(commands), os.environ["PATH"])),
        # What builds the package is here already.
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    [rates] = re.findall(r"^```python\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    (tmp_path / "rates.py").write_text(textwrap.dedent(rates), encoding="utf-8")
    assert len(STEPS) > 10
    for command, output in STEPS:
        done = subprocess.run(
            ["sh", "-c", command],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=variables,
            timeout=300,
        )
        shape = re.escape(" ".join(output.split())).replace(r"in\ \.\.\.", "in .*")
        assert re.fullmatch(shape, " ".join((done.stdout + done.stderr).split())), done


@pytest.mark.thorough
@pytest.mark.slow
@needs_installed
def test_calc_shows_what_a_function_of_others_gives(package, tmp_path):
    made = tmp_path / "xlcalc.oxt"
    assert 0 == xlcalc("excel", "libreoffice", "-o", made, PYTHONPATH=package).returncode
    calc = Calc(INSTALLED, made, tmp_path / "home")
    formulas = ("=ACME_TEAM_COST(4;9000;6)", "=ACME_TEAM_COST(-1;9000;6)", "=TRAIN_FLOPS(1;1)")
    steps = []
    for row, formula in enumerate(formulas, 1):
        steps += [("TypeInto", f"H{row}", formula), ("Show", f"H{row}")]
    assert ["280800", "#NUM!", "6"] == [answer[0] for answer in calc.ask(steps)]


def test_what_a_file_prints_when_it_is_read_is_no_part_of_an_answer(tmp_path):
    path = tmp_path / "loud.py"
    path.write_text(f"{GOOD}\nprint('reading')\n", encoding="utf-8")
    found = xlcalc("--functions", path, "eval", "=ACME_TEAM_COST(2,3)", cwd=tmp_path)
    assert (0, "6\n", "reading\n") == (found.returncode, found.stdout, found.stderr)


def test_a_text_where_a_number_is_declared_is_an_error(tmp_path):
    path = tmp_path / "texts.py"
    path.write_text(function("acme_words").replace("return 1.0", "return 'many'"), "utf-8")
    found = xlcalc("--functions", path, "eval", "=ACME_WORDS(2)", cwd=tmp_path)
    assert "#VALUE!\n" == found.stdout
    assert (
        "xlcalc: ACME_WORDS failed: TypeError: it gives a text, 'many', where it declares money\n"
    ) == found.stderr


@pytest.mark.parametrize("name", ["numpy", "json", "openpyxl"])
def test_a_package_does_not_take_the_name_of_one_that_is_installed(name, tmp_path):
    found = xlcalc("new-plugin", name, cwd=tmp_path)
    assert (2, "") == (found.returncode, found.stdout)
    assert f'xlcalc: "{name}" is the name of a package that is installed' in found.stderr
    assert [] == list(tmp_path.iterdir())
