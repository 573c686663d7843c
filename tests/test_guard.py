"""Commands that survive what a workbook does to an engine."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.workbooks import small_workbook

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="it needs fork")
DOUBLING = {"A1": '="abcdefgh"', **{f"A{row}": f"=A{row - 1}&A{row - 1}" for row in range(2, 42)}}
REPEATED = {"A1": '=LEN(SUBSTITUTE(REPT("a",32000),"a",REPT("b",32000)))'}


def xlcalc(*arguments):
    command = [sys.executable, "-m", "xlcalc.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone limits memory")
@pytest.mark.parametrize("cells", [DOUBLING, REPEATED])
def test_a_hungry_workbook_is_one_sentence_and_status_2(cells, tmp_path):
    (tmp_path / "hungry.xlsx").write_bytes(small_workbook(cells))
    done = xlcalc("recalc", tmp_path / "hungry.xlsx", "-o", tmp_path / "out.xlsx")
    sentence = "the command needs more than 1 GB of memory; --memory-limit gives it more"
    assert (2, "", f"xlcalc: {sentence}\n") == (done.returncode, done.stdout, done.stderr)
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone limits memory")
def test_an_audit_of_a_hungry_workbook_is_one_sentence(tmp_path):
    (tmp_path / "hungry.xlsx").write_bytes(small_workbook(DOUBLING))
    done = xlcalc("check", tmp_path / "hungry.xlsx")
    assert 2 == done.returncode
    assert 1 == done.stderr.count("\n")
    assert "--memory-limit gives it more" in done.stderr


@pytest.mark.parametrize("command", [["recalc"], ["check"]])
def test_a_command_that_takes_too_long_is_one_sentence_and_status_2(command, tmp_path):
    cells = {f"A{row}": f"=SUMPRODUCT((A1:A{row - 1}>0)*1)" for row in range(2, 6000)}
    (tmp_path / "long.xlsx").write_bytes(small_workbook({"A1": 1.0, **cells}))
    done = xlcalc("--time-limit", "0.5", *command, tmp_path / "long.xlsx")
    sentence = "the command took more than 0.5 s; --time-limit gives it more"
    assert (2, "", f"xlcalc: {sentence}\n") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("opens", "status"), [("limits.is_open()", 0), ("", 2)])
def test_the_time_of_a_report_is_not_limited_once_its_workbook_is_open(opens, status):
    program = f"""
import sys, time
from xlcalc.cli import guard, limits
def main():
    {opens or "pass"}
    time.sleep(2)
    sys.exit(0)
guard.main = main
sys.argv = ["xlcalc", "--time-limit", "1", "batch", "a", "b", "-o", "c"]
guard.guarded()
"""
    assert status == subprocess.run([sys.executable, "-c", program], timeout=60).returncode


@pytest.mark.slow
def test_the_child_ends_with_its_parent(tmp_path):
    rows = "".join(f"run {number},{number}e9\n" for number in range(1, 60_000))
    (tmp_path / "runs.csv").write_text(f"scenario,params\n{rows}", encoding="utf-8")
    command = [sys.executable, "-m", "xlcalc.cli", "batch", "training_budget"]
    command += [str(tmp_path / "runs.csv"), "-o", str(tmp_path / "out")]
    for number in (signal.SIGTERM, signal.SIGKILL):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as run:
            while not list((tmp_path / "out").glob("run *.xlsx")):
                time.sleep(0.05)
            run.send_signal(number)
            run.wait(30)
        time.sleep(0.5)
        files = len(list((tmp_path / "out").glob("run *.xlsx")))
        time.sleep(0.5)
        assert files == len(list((tmp_path / "out").glob("run *.xlsx"))) < 59_999


@pytest.mark.slow
def test_a_formula_that_needs_more_memory_is_one_sentence():
    done = xlcalc("eval", REPEATED["A1"])
    assert (2, 1) == (done.returncode, done.stderr.count("\n"))
