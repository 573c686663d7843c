"""The makers of generated files, and the check that they would change nothing."""

import shutil

from tests.conftest import ROOT
from tools import readme, surface
from tools.check import stale

SMALL = (surface, readme)
"""The makers that build no workbook; tests/test_workbooks.py and test_texts.py try the others."""
FILES = ("xlcalc/__init__.pyi", "README.md")


def copy(folder):
    for file in FILES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file)


def test_files_that_their_makers_would_write_again_are_current(tmp_path):
    copy(tmp_path)
    assert [] == list(stale(tmp_path, SMALL))


def test_a_file_that_differs_is_named_with_its_command(tmp_path):
    copy(tmp_path)
    (tmp_path / "README.md").write_bytes((tmp_path / "README.md").read_bytes() + b"\n")
    assert [("README.md", "python -m tools.readme")] == list(stale(tmp_path, SMALL))


def test_a_file_that_is_missing_is_named_with_its_command(tmp_path):
    copy(tmp_path)
    (tmp_path / "xlcalc" / "__init__.pyi").unlink()
    assert [("xlcalc/__init__.pyi", "python -m tools.surface")] == list(stale(tmp_path, SMALL))
