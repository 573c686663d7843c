"""Outputs that nobody reads to their end, or that take nothing."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.test_cli import xlcalc

BUDGET = "workbooks/training_budget.xlsx"
PRINTING = [
    *(["--help"], ["--version"], ["functions"], ["functions", "GPU_DAYS"], ["catalogue", "models"]),
    *(["catalogue", "gpus", "--json"], ["template", "list"], ["recalc", "--help"]),
    *(["run", BUDGET], ["run", BUDGET, "--json"], ["recalc", "--check", "--json", BUDGET]),
    *(["check", BUDGET, "--least", "note"], ["contract", BUDGET], ["eval", "=1+1"]),
    ["evaluate", "training_budget", "xlcalc/samples/training_budget.csv"],
    ["sensitivity", "training_budget", "--output", "total_cost"],
    ["excel", "doctor", BUDGET, "--json"],
]
QUICK = 4


def into_a_closed_pipe(*arguments):
    """Run a command whose reader is gone before it begins, and return its status and errors."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", *arguments],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            timeout=120,
        )
    finally:
        os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(case, marks=[pytest.mark.slow] if number % QUICK else [], id=" ".join(case))
        for number, case in enumerate(PRINTING)
    ],
)
def test_a_command_ends_quietly_where_its_reader_is_gone(arguments):
    status, said = into_a_closed_pipe(*arguments)
    assert 0 == status
    assert "Error" not in said
    assert "Broken pipe" not in said


def test_what_a_command_found_is_its_status_whoever_reads_it():
    status, said = into_a_closed_pipe("eval", "=1/0")
    assert (1, "xlcalc: =1/0 is #DIV/0!\n") == (status, said)


@pytest.mark.slow
def test_a_batch_is_finished_though_nobody_reads_what_it_writes(tmp_path):
    (tmp_path / "runs.csv").write_text("scenario,params\na,1e9\nb,2e9\n")
    status, said = into_a_closed_pipe(
        "batch", "training_budget", str(tmp_path / "runs.csv"), "-o", str(tmp_path / "out")
    )
    assert (0, "") == (status, said)
    assert {"a.xlsx", "b.xlsx", "summary.md"} <= {one.name for one in (tmp_path / "out").iterdir()}


@pytest.mark.slow
def test_a_long_table_ends_when_its_reader_is_gone(tmp_path):
    lines = "\n".join(f"{row}e6" for row in range(1, 50_001))
    (tmp_path / "long.csv").write_text(f"params\n{lines}\nnone\n")
    # The last row has no result, and is never reached.
    assert (0, "") == into_a_closed_pipe("evaluate", "training_budget", str(tmp_path / "long.csv"))
    assert 1 == xlcalc("evaluate", "training_budget", tmp_path / "long.csv").returncode


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_disk_behind_the_output_is_one_sentence_and_status_2():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", "functions"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    sentence = "xlcalc: cannot write the output: No space left on device\n"
    assert (2, sentence) == (done.returncode, done.stderr)
