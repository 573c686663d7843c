"""The wheel: all that an installation needs, and nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import PurePath

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.conftest import ROOT

ENDINGS = {".py", ".pyi", ".typed", ".csv", ".toml", ".md", ".txt"} | {
    *(".html", ".css", ".js", ".json", ".xml", ".svg", ".png"),
}
"""Code, tables, samples and what hosts get: nothing that was made by running the code."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The files of the wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    (made,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(made) as archive:
        archive.extractall(folder / "site")
        return folder / "site", sorted(archive.namelist())


def test_it_has_every_file_of_the_package_and_the_modules_of_hosts(wheel):
    _, names = wheel
    package = (ROOT / "xlcalc").rglob("*")
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in package
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted |= {"xlcalc_udfs.py", "xlcalc_libreoffice.py"}
    assert wanted == {name for name in names if ".dist-info/" not in name}


def test_it_has_no_file_of_another_kind(wheel):
    _, names = wheel
    inside = [name for name in names if ".dist-info/" not in name]
    assert set() == {PurePath(name).suffix for name in inside} - ENDINGS
    assert [] == [name for name in names if "test" in PurePath(name).parts[0]]


def test_it_says_its_licence_and_its_command(wheel):
    site, names = wheel
    told = {PurePath(name).name for name in names if ".dist-info/" in name}
    assert {"LICENSE", "METADATA", "NOTICE", "RECORD", "WHEEL", "entry_points.txt"} == told
    (entries,) = site.glob("*.dist-info/entry_points.txt")
    assert "xlcalc = xlcalc.cli.guard:guarded" in entries.read_text(encoding="utf-8")


@pytest.mark.slow
def test_out_of_the_wheel_it_lists_evaluates_and_reports(wheel, tmp_path):
    site, _ = wheel
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout

    assert str(site) in run("-c", "import xlcalc; print(xlcalc.__file__)")
    assert "TRAIN_FLOPS" in run("-m", "xlcalc.cli", "functions")
    assert "6\n" == run("-m", "xlcalc.cli", "eval", "=1+5")
    assert "summary.xlsx" in run("-m", "xlcalc.cli", "report", "-o", "out")
