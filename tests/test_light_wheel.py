"""The light wheel: what is in it, and that it lives beside the whole package."""

import ast
import base64
import csv
import email
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

import xlcalc
from tests.conftest import ROOT
from xlcalc.hosts.light_wheel import WHEEL, light_wheel, modules, udf_module

INFO = f"xlcalc_udfs-{xlcalc.__version__}.dist-info"


@pytest.fixture(scope="module")
def wheel() -> bytes:
    return light_wheel()


@pytest.fixture(scope="module")
def files(wheel) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(wheel)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture
def site(tmp_path, files) -> Path:
    """A folder of packages with the light wheel, numpy and xlwings, and nothing else."""
    for name, data in files.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name in ("numpy", "numpy.libs", "xlwings"):
        source = Path(find_spec("numpy" if "numpy" in name else name).origin).parents[1] / name
        if source.exists():
            (tmp_path / "site" / name).symlink_to(source, target_is_directory=True)
    return tmp_path / "site"


def packages(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the packages that statements import."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
    return found


def run_with(site: Path, code: str) -> str:
    """Return what a Python prints that has this folder of packages alone."""
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        timeout=60,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout.strip()


def test_it_is_small_and_the_same_each_time(wheel):
    assert len(wheel) < 250_000
    assert wheel == light_wheel()


def test_it_says_what_it_is_and_needs_numpy_alone(files):
    told = email.message_from_bytes(files[f"{INFO}/METADATA"])
    assert "xlcalc-udfs" == told["Name"]
    assert xlcalc.__version__ == told["Version"]
    assert "MIT" == told["License-Expression"]
    assert ">=3.11" == told["Requires-Python"]
    assert ["numpy>=1.26", 'xlwings>=0.37.8; extra == "excel"'] == told.get_all("Requires-Dist")
    assert b"Tag: py3-none-any\n" in files[f"{INFO}/WHEEL"]
    for name in told.get_all("License-File"):
        assert (ROOT / name).read_bytes() == files[f"{INFO}/licenses/{name}"]


def test_its_record_has_every_file_with_its_checksum(files):
    rows = csv.reader(files[f"{INFO}/RECORD"].decode().splitlines())
    recorded = {name: (digest, size) for name, digest, size in rows}
    assert sorted(files) == sorted(recorded)
    assert ("", "") == recorded.pop(f"{INFO}/RECORD")
    for name, (digest, size) in recorded.items():
        expected = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).decode()
        assert (f"sha256={expected.rstrip('=')}", str(len(files[name]))) == (digest, size)


@pytest.mark.slow
def test_it_has_every_module_that_python_loads():
    code = "import sys, xlcalc_udfs; print(*(n for n in sys.modules if n.startswith('xlcalc.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.replace(".", "/") for name in done.stdout.split()}
    held = {
        place.replace("xlcalc_udfs/", "xlcalc/").removesuffix(".py").removesuffix("/__init__")
        for place in modules()
    }
    assert "xlcalc/catalogue/token_prices" in loaded
    assert {"xlcalc/_version"} == loaded - held


def test_its_modules_import_numpy_xlwings_and_each_other_alone(files):
    trees = [ast.parse(data) for name, data in files.items() if name.endswith(".py")]
    python = {*sys.stdlib_module_names, "xlcalc_udfs"}
    assert {"numpy", "xlwings"} == packages(node for tree in trees for node in tree.body) - python
    # Only where a person asks for its prices, and what is said if it is missing has its own test.
    asked_for = {"genai_prices"}
    assert asked_for == packages(n for t in trees for n in ast.walk(t)) - python - {
        "numpy",
        "xlwings",
    }


def test_no_file_of_it_is_one_of_the_whole_package(files):
    assert {"xlcalc_udfs", INFO} == {name.partition("/")[0] for name in files}


def test_every_table_of_the_catalogue_is_in_it(files):
    tables = {path.name: path.read_bytes() for path in (ROOT / "xlcalc/catalogue").glob("*.csv")}
    held = {name.rpartition("/")[2]: data for name, data in files.items() if name.endswith(".csv")}
    assert tables == held


def test_with_numpy_and_xlwings_alone_it_calculates(site):
    code = (
        "import sys; from xlcalc_udfs import *; "
        "print(TRAIN_FLOPS(7e9, 1.4e12), GPU_SPEC('A100 SXM 80GB', 'tdp_w'), "
        "'xlcalc' in sys.modules)"
    )
    assert "5.88e+22 400.0 False" == run_with(site, code)


def test_out_of_the_wheel_itself_it_calculates(site, wheel):
    (site.parent / WHEEL).write_bytes(wheel)
    for path in sorted((site / "xlcalc_udfs").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (site / "xlcalc_udfs").rmdir()
    code = (
        f"import sys; sys.path.insert(0, {WHEEL!r}); from xlcalc_udfs import *; "
        "print(TRAIN_FLOPS(7e9, 1.4e12), GPU_SPEC('A100 SXM 80GB', 'tdp_w'))"
    )
    assert "5.88e+22 400.0" == run_with(site, code)


def test_beside_the_whole_package_both_work_and_the_light_one_is_loaded(site):
    (site / "xlcalc").symlink_to(ROOT / "xlcalc", target_is_directory=True)
    (site / "xlcalc_udfs.py").write_bytes(udf_module().read_bytes())
    code = (
        "import xlcalc, xlcalc_udfs; "
        "print(xlcalc.train_flops(7e9, 1.4e12), xlcalc_udfs.TRAIN_FLOPS(7e9, 1.4e12), "
        "xlcalc_udfs.__file__.endswith('__init__.py'))"
    )
    assert "5.88e+22 5.88e+22 True" == run_with(site, code)
