"""PDF: the figures of a file as it holds them, in whatever form its formulas are."""

import io
import re
import subprocess

import openpyxl
import pytest
from click.testing import CliRunner

from tests.marks import needs_libreoffice
from tools.libreoffice import printed_text
from xlcalc.build import build_template
from xlcalc.cli import app
from xlcalc.dialects import Form
from xlcalc.errors import UsageError
from xlcalc.ooxml.package import Package
from xlcalc.printing import PrintingError, as_printed, office, print_files


@pytest.fixture
def budget(tmp_path):
    path = tmp_path / "budget.xlsx"
    path.write_bytes(build_template("training_budget", Form("udf")))
    return path


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def values(data, **options):
    sheets = openpyxl.load_workbook(io.BytesIO(data), **options)
    return [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in sheets]


def test_what_is_printed_has_values_and_no_formulas(budget):
    printed = as_printed(Package(budget.read_bytes(), "budget"))
    assert values(budget.read_bytes(), data_only=True) == values(printed.to_bytes())
    assert not any(re.search(rb"<f[ >/]", printed.part(p)) for p in printed.sheets.values())


def test_a_machine_without_libreoffice_is_told_what_to_install(monkeypatch, budget):
    monkeypatch.setenv("XLCALC_SOFFICE", "/nowhere/soffice")
    with pytest.raises(UsageError, match="XLCALC_SOFFICE names /nowhere/soffice, which is no"):
        office()
    done = call("pdf", budget)
    assert done.exit_code != 0
    assert "Install LibreOffice Calc" in str(done.exception or done.output)


def test_nothing_is_written_where_nothing_can_be_printed(monkeypatch, tmp_path):
    monkeypatch.setenv("XLCALC_SOFFICE", "/nowhere/soffice")
    rows = tmp_path / "rows.csv"
    rows.write_text("params\n1e9\n")
    done = call("batch", "training_budget", rows, "-o", tmp_path / "out", "--pdf")
    assert done.exit_code != 0
    assert not (tmp_path / "out").exists()


def test_a_pdf_that_exists_is_replaced_only_if_asked(budget):
    budget.with_suffix(".pdf").write_text("mine")
    done = call("pdf", budget)
    assert "replace it with --force" in str(done.exception)
    assert budget.with_suffix(".pdf").read_text() == "mine"


def test_two_workbooks_for_one_pdf_are_refused(budget, tmp_path):
    other = tmp_path / "other" / "budget.xlsx"
    other.parent.mkdir()
    other.write_bytes(budget.read_bytes())
    done = call("pdf", budget, other, "-o", tmp_path / "out")
    assert "would both be printed to" in str(done.exception)


@needs_libreoffice
@pytest.mark.slow
def test_workbooks_of_one_name_in_two_folders_are_printed_with_their_figures(budget, tmp_path):
    other = tmp_path / "other" / "budget.xlsx"
    other.parent.mkdir()
    rows = tmp_path / "rows.csv"
    rows.write_text("params,mfu,price_per_gpu_hour\n1e9,0.4,2\n")
    assert call("batch", "training_budget", rows, "-o", tmp_path / "b", "--pdf").exit_code == 0
    other.write_bytes((tmp_path / "b" / "run-001.xlsx").read_bytes())
    targets = {file: file.with_suffix(".pdf") for file in (budget, other)}
    assert list(print_files(targets)) == list(targets.values())
    # 6 × 1e9 × 300e9 FLOP on 312 TFLOP/s at 40 %, 2 USD an hour and 10 % on top.
    assert "8,814" in printed_text(targets[other])
    assert "8,814" in printed_text(tmp_path / "b" / "run-001.pdf")
    assert "8,814" not in printed_text(targets[budget])
    assert "Err:508" not in printed_text(targets[budget])


@pytest.mark.slow
def test_a_program_that_does_not_print_is_said_with_the_file(monkeypatch, budget, tmp_path):
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\necho out of paper\n")
    program.chmod(0o755)
    monkeypatch.setenv("XLCALC_SOFFICE", str(program))
    with pytest.raises(PrintingError, match=r"did not print .*budget.xlsx: out of paper"):
        list(print_files({budget: tmp_path / "x.pdf"}))
    assert not (tmp_path / "x.pdf").exists()
    assert subprocess.run([program], check=True).returncode == 0
