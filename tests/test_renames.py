"""Functions that were renamed: the earlier name works in every host for two releases."""

import io
import json
import os
import re
import subprocess
import sys

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from tests import udf_hosts
from tests.conftest import ROOT
from tests.workbooks import small_workbook
from xlcalc._version import RELEASES, __version__
from xlcalc.quantities import Tokens
from xlcalc.registry import specs
from xlcalc.renames import aliases, overdue
from xlcalc.worksheet import spec_of, worksheet

# Every Python that starts with this module on its path has a function NEW_FLOPS, which was
# OLD_FLOPS in 0.1, and a look-up that was OLD_SPEC: put where the registry looks.
RENAMED = '''
import dataclasses
from xlcalc import functions
from xlcalc.functions import catalogue
from xlcalc.quantities import Flop, Tokens
from xlcalc.worksheet import worksheet

@worksheet("Training compute", since="0.2", formerly={"OLD_FLOPS": "0.1"})
def new_flops(tokens: Tokens, passes: Tokens = 3.0) -> Flop:
    """Return twice the tokens, for each pass.

    Parameters
    ----------
    tokens : array_like [tokens]
        Tokens read.
    passes : array_like [tokens]
        Passes over them.

    References
    ----------
    None.

    Examples
    --------
    >>> print(f"{new_flops(5):.0f}")
    30
    """
    return 2.0 * tokens * passes

functions.FUNCTIONS = (new_flops, *functions.FUNCTIONS)
gpu_spec = next(f for f in catalogue.FUNCTIONS if f.spec.name == "GPU_SPEC")
gpu_spec.spec = dataclasses.replace(gpu_spec.spec, formerly=(("OLD_SPEC", "0.1"),))
'''


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Run Python code in a process whose registry has renamed functions; return what it prints."""
    folder = tmp_path_factory.mktemp("renamed")
    (folder / "sitecustomize.py").write_text(RENAMED, encoding="utf-8")
    path = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "udfs")])

    def run(*arguments, check=True, **environment):
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ | {"PYTHONPATH": path} | environment,
        )
        assert done.returncode == 0 or not check, done.stderr
        return done

    return run


def formulas(path) -> dict[str, str]:
    book = openpyxl.load_workbook(path)
    return {cell.coordinate: cell.value for row in book.active for cell in row if cell.value}


def defined(path) -> list[str]:
    return sorted(openpyxl.load_workbook(path).defined_names)


def test_each_function_has_its_release_and_the_changelog_names_the_new_ones():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = text[text.index("## 0.2.0 – 2026-11-26") : text.index("## 0.1.0")]
    by_release = {release: set() for release in RELEASES}
    for spec in specs():
        by_release[spec.since].add(spec.name)
    assert 64 == len(by_release["0.1"])
    assert set() == by_release["0.2"] - set(re.findall(r"`([A-Z][A-Z0-9_]+)`", newest))


def test_the_version_is_the_release_in_the_making_or_the_one_before():
    assert __version__.rpartition(".")[0] in RELEASES[-2:]


def test_no_earlier_name_is_older_than_two_releases():
    assert [] == overdue(specs(), RELEASES)


@worksheet("Tests", since="0.3", formerly={"OLD": "0.1", "OLDER": "0.1"})
def new(tokens: Tokens) -> Tokens:
    """Return the tokens."""
    return tokens


@worksheet("Tests", since="0.3", formerly={"OLD": "0.1"})
def another(tokens: Tokens) -> Tokens:
    """Return the tokens."""
    return tokens


def test_an_earlier_name_is_overdue_after_two_releases():
    assert [] == overdue([spec_of(new)], ("0.1", "0.2", "0.3"))
    assert [] == overdue([spec_of(new)], ("0.1", "0.2", "0.3", "0.4"))
    assert [
        "NEW was OLD until 0.3: take the earlier name out",
        "NEW was OLDER until 0.3: take the earlier name out",
    ] == overdue([spec_of(new)], ("0.1", "0.2", "0.3", "0.4", "1.0"))
    with pytest.raises(ValueError, match="not in"):
        overdue([spec_of(new)], ("0.1", "0.2"))


def test_an_earlier_name_belongs_to_one_function_alone():
    assert ["OLD", "OLDER"] == [spec_of(function).name for function in aliases([new])]
    with pytest.raises(ValueError, match="OLD is the name of a function, or of two"):
        aliases([new, another])


@pytest.mark.slow
def test_python_knows_the_earlier_name_and_warns(python):
    code = "import xlcalc; print(xlcalc.old_flops([5, 6]), 'old_flops' in dir(xlcalc))"
    done = python("-W", "error::DeprecationWarning", "-c", code, check=False)
    assert "OLD_FLOPS is called NEW_FLOPS now" in done.stderr
    assert "[30. 36.] False\n" == python("-W", "ignore", "-c", code).stdout
    assert "new_flops" in python("-c", "from tools.surface import stub; print(stub())").stdout
    lines = python("-c", "from tools.surface import stub; print(stub())").stdout.splitlines()
    assert ["old_flops = new_flops", "old_spec = gpu_spec"] == lines[-3:-1]


def test_the_help_leads_from_the_earlier_name_to_the_function(python):
    help_text = python("-m", "xlcalc.cli", "functions", "old_flops").stdout.splitlines()
    assert (
        "OLD_FLOPS is called NEW_FLOPS now; the earlier name is understood for two releases"
        == help_text[0]
    )
    assert "NEW_FLOPS(tokens, [passes=3])  [FLOP]" == help_text[2]
    assert "Since 0.2; formerly OLD_FLOPS (since 0.1)" == help_text[5]
    assert "OLD_FLOPS" not in python("-m", "xlcalc.cli", "functions").stdout


def test_hosts_get_the_earlier_names_behind_the_others(python):
    code = (
        "from xlcalc.registry import specs;"
        "print(*[(s.name, s.since, s.current) for s in specs(earlier=True)[len(specs()):]])"
    )
    done = python("-c", code).stdout
    assert "('OLD_FLOPS', '0.1', 'NEW_FLOPS') ('OLD_SPEC', '0.1', 'GPU_SPEC')\n" == done


@pytest.mark.slow
def test_the_server_answers_to_the_earlier_name(python):
    licence = {"XLWINGS_ON_SERVER": "true", "XLWINGS_LICENSE_KEY": "noncommercial"}
    code = udf_hosts.SERVER.replace("sys.stdin", "['\"meta\"', '[\"OLD_FLOPS\", [[5]], null]']")
    meta, value = map(json.loads, python("-c", code, **licence).stdout.splitlines())
    assert [[30.0]] == value
    functions = {function["name"]: function for function in meta["functions"]}
    assert {"NEW_FLOPS", "OLD_FLOPS", "GPU_SPEC", "OLD_SPEC"} <= functions.keys()
    assert "The name is now NEW_FLOPS." in functions["OLD_FLOPS"]["description"]


@pytest.mark.slow
def test_excel_on_windows_gets_the_earlier_name(python):
    generated = json.loads(python("-c", udf_hosts.VBA).stdout.splitlines()[-1])
    assert "Function OLD_FLOPS(tokens, Optional passes)" in generated["vba"]
    assert "The name is now NEW_FLOPS." in generated["options"]["OLD_FLOPS"]["Description"]


@pytest.mark.slow
def test_engines_calculate_a_cell_with_the_earlier_name_and_it_is_told(python, tmp_path):
    book = tmp_path / "plan.xlsx"
    cells = {"A1": 5.0, "A2": "=OLD_FLOPS(A1)", "A3": "=_xldudf_XLCALC_OLD_FLOPS(A1,1)"}
    book.write_bytes(small_workbook(cells, {"result": "A2", "other": "A3"}))
    done = python("-m", "xlcalc.cli", "run", str(book), "--get", "result", "--get", "other")
    assert ["30", "10"] == [line.split()[1] for line in done.stdout.splitlines()]
    told = "xlcalc: OLD_FLOPS is called NEW_FLOPS now; the earlier name is understood for two "
    assert f"{told}releases\n" == done.stderr
    assert told in python("-m", "xlcalc.cli", "recalc", str(book)).stderr
    assert "30\n" == python("-m", "xlcalc.cli", "eval", "=OLD_FLOPS(5)").stdout


@pytest.mark.slow
def test_a_batch_of_rows_takes_the_earlier_name(python, tmp_path):
    book, listed = tmp_path / "plan.xlsx", tmp_path / "rows.csv"
    names = {"tokens": "A1", "result": "A2"}
    book.write_bytes(small_workbook({"A1": 5.0, "A2": "=OLD_FLOPS(A1)"}, names))
    listed.write_text("scenario,tokens\na,1\nb,2\n", encoding="utf-8")
    python("-m", "xlcalc.cli", "recalc", str(book))
    out = tmp_path / "out"
    python("-m", "xlcalc.cli", "batch", str(book), str(listed), "-o", str(out))
    summary = (out / "summary.csv").read_text(encoding="utf-8")
    assert ["6.0", "12.0"] == [line.split(",")[-1].rstrip() for line in summary.splitlines()[1:]]


@pytest.mark.slow
def test_convert_writes_the_name_of_now_and_says_so(python, tmp_path):
    book, made = tmp_path / "plan.xlsx", tmp_path / "made.xlsx"
    book.write_bytes(small_workbook({"A1": 5.0, "A2": "=OLD_FLOPS(A1)"}, {"result": "A2"}))
    python("-m", "xlcalc.cli", "recalc", str(book))
    for dialect, formula in (
        ("lambda", "=XLC.NEW_FLOPS(A1)"),
        ("officejs", "=_xldudf_XLCALC_NEW_FLOPS(A1)"),
        ("udf", "=NEW_FLOPS(A1)"),
    ):
        done = python(
            "-m", "xlcalc.cli", "convert", str(book), "--dialect", dialect, "-o", str(made)
        )
        assert formula == formulas(made)["A2"]
        assert "OLD_FLOPS is called NEW_FLOPS now" in done.stderr
        assert (["XLC.NEW_FLOPS", "result"] if dialect == "lambda" else ["result"]) == defined(made)


@pytest.mark.slow
def test_a_lambda_of_the_earlier_name_becomes_one_of_the_name_of_now(python, tmp_path):
    book, made = tmp_path / "plan.xlsx", tmp_path / "made.xlsx"
    code = (
        "from xlcalc.lambdas import lambda_text; from xlcalc.registry import BY_NAME;"
        "print(lambda_text(BY_NAME['OLD_FLOPS'].spec, stored=True))"
    )
    text = python("-c", code).stdout.strip()
    workbook = openpyxl.load_workbook(io.BytesIO(small_workbook({"A1": 5.0})))
    workbook.active["A2"] = "=XLC.OLD_FLOPS(A1)"
    workbook.active["A3"] = "=_xlfn.MAP(A1,XLC.OLD_FLOPS)"
    workbook.defined_names["XLC.OLD_FLOPS"] = DefinedName("XLC.OLD_FLOPS", attr_text=text)
    workbook.save(book)
    assert ["XLC.OLD_FLOPS"] == defined(book)
    convert = (
        "import sys; from pathlib import Path; from xlcalc.dialects import convert;"
        "made = convert(Path(sys.argv[1]).read_bytes(), 'plan', sys.argv[3]);"
        "Path(sys.argv[2]).write_bytes(made.data); print(*made.remarks, sep='\\n')"
    )
    python("-c", convert, str(book), str(made), "lambda")
    assert ["XLC.NEW_FLOPS"] == defined(made)
    assert "=XLC.NEW_FLOPS(A1)" == formulas(made)["A2"]
    assert "=_xlfn.MAP(A1,XLC.NEW_FLOPS)" == formulas(made)["A3"]
    remarks = python("-c", convert, str(book), str(made), "udf").stdout
    assert ["XLC.OLD_FLOPS"] == defined(made)
    assert "OLD_FLOPS stays a LAMBDA name" in remarks


def test_a_look_up_keeps_its_lambda_under_the_earlier_name(python):
    code = (
        "from xlcalc.lambdas import lambda_text; from xlcalc.registry import BY_NAME;"
        "from xlcalc.calc.inlining import inlined;"
        "print(lambda_text(BY_NAME['OLD_SPEC'].spec) == lambda_text(BY_NAME['GPU_SPEC'].spec),"
        "inlined('OLD_SPEC(A1,B1)').left, inlined('OLD_FLOPS(A1)').left)"
    )
    assert "True ('OLD_SPEC',) ()\n" == python("-c", code).stdout
