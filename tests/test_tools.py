"""The makers of generated files, and the check that they would change nothing."""

import shutil

from tests.conftest import ROOT
from tools import surface
from tools.check import stale

SMALL = (surface,)
"""The maker that builds no workbook; tests/test_workbooks.py and test_texts.py try the others."""
FILES = ("xlcalc/__init__.pyi",)


def copy(folder):
    for file in FILES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)


def test_files_that_their_makers_would_write_again_are_current(tmp_path):
    copy(tmp_path)
    assert [] == list(stale(tmp_path, SMALL))


def test_a_file_that_differs_is_named_with_its_command(tmp_path):
    copy(tmp_path)
    stub = tmp_path / "xlcalc" / "__init__.pyi"
    stub.write_bytes(stub.read_bytes() + b"\n")
    assert [("xlcalc/__init__.pyi", "python -m tools.surface")] == list(stale(tmp_path, SMALL))


def test_a_file_that_is_missing_is_named_with_its_command(tmp_path):
    copy(tmp_path)
    (tmp_path / "xlcalc" / "__init__.pyi").unlink()
    assert [("xlcalc/__init__.pyi", "python -m tools.surface")] == list(stale(tmp_path, SMALL))
