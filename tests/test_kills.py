"""Commands that are killed: nothing is lost, and the next run leaves nothing behind."""

import os
import random
import subprocess
import sys
import time

import pytest

import xlcalc
from tests.kills import Killing, command
from tests.workbooks import small_workbook
from xlcalc.errors import OutputError
from xlcalc.runs.ownership import alone_in
from xlcalc.runs.stores import Folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it needs SIGKILL")


@pytest.mark.slow
def test_what_a_kill_leaves_the_next_run_finishes(tmp_path):
    rng = random.Random(7)  # noqa: S311  the moments shall be the same again
    killing = Killing(tmp_path, rows=300)
    killing.batch_killed(rng)
    killing.batch_killed(rng, "--jobs", "2")
    killing.recalc_killed(rng)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(small_workbook({"A1": 1.0, "A2": "=A1+1"}, {"size": "A1"}))
    (tmp_path / "list.csv").write_text("scenario,size\na,1\nb,2\n")
    return tmp_path


def made(project, rows="scenario,size\na,1\nb,2\n", **options):
    (project / "list.csv").write_text(rows)
    return xlcalc.batch(project / "own.xlsx", project / "list.csv", project / "out", **options)


def test_two_runs_do_not_write_into_one_folder(project):
    (project / "out").mkdir()
    with alone_in(Folder(project / "out")):
        with pytest.raises(OutputError, match="another run is writing into"):
            made(project)
        assert [".xlcalc-lock"] == os.listdir(project / "out")
    assert 2 == made(project).runs


def test_a_process_that_died_holds_no_lock(project):
    program = (
        "import sys, time; from pathlib import Path; from xlcalc.runs.ownership import alone_in\n"
        "from xlcalc.runs.stores import Folder\n"
        "with alone_in(Folder(Path(sys.argv[1]))): print('held', flush=True); time.sleep(60)"
    )
    (project / "out").mkdir()
    arguments = [sys.executable, "-c", program, project / "out"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as holder:
        assert b"held\n" == holder.stdout.readline()
        with pytest.raises(OutputError, match="another run is writing into"):
            made(project)
        holder.kill()
    assert 2 == made(project).runs
    assert not (project / "out" / ".xlcalc-lock").exists()


@pytest.mark.parametrize("name", ["a.xlsx", "summary.csv", "manifest.jsonl", "summary.md"])
def test_a_foreign_file_is_replaced_by_those_alone_who_ask_for_it(project, name):
    (project / "out").mkdir()
    (project / "out" / name).write_text("mine")
    with pytest.raises(OutputError, match=f"{name} was not written by an earlier run"):
        made(project)
    assert {name: "mine"} == {
        path.name: path.read_text(encoding="utf-8") for path in (project / "out").iterdir()
    }
    made(project, force=True)
    assert "mine" != (project / "out" / name).read_bytes()[:4].decode("latin")


@pytest.mark.slow
def test_what_an_earlier_run_wrote_is_replaced_and_what_left_the_list_is_named(project, capsys):
    made(project)
    (project / "list.csv").write_text("scenario,size\na,1\n")
    arguments = (project / "own.xlsx", project / "list.csv", "-o", project / "out")
    for _ in range(2):
        done = subprocess.run(command("batch", *arguments), capture_output=True, text=True)
        assert 0 == done.returncode
        assert "of earlier runs, and not in this list: b.xlsx" in done.stderr
    assert 2 == made(project).runs


def test_a_run_that_died_knows_the_files_that_it_had_begun(project):
    made(project)
    (project / "out" / "manifest.jsonl").write_bytes(
        (project / "out" / "manifest.jsonl").read_bytes().split(b"\n")[0] + b"\n"
    )
    with pytest.raises(OutputError, match=r"a\.xlsx was not written by an earlier run"):
        made(project)
    (project / "out" / ".xlcalc-begun").write_text('["a.xlsx","b.xlsx"]\n["c.x')
    assert 2 == made(project).runs
    assert not (project / "out" / ".xlcalc-begun").exists()


def test_files_of_others_beside_the_outputs_stay(project):
    (project / "out").mkdir()
    (project / "out" / ".xlcalc-notes").write_text("mine")
    (project / "out" / "other.xlsx").write_text("mine")
    began = time.time()
    made(project)
    assert {"mine"} == {
        (project / "out" / name).read_text() for name in (".xlcalc-notes", "other.xlsx")
    }
    assert time.time() - began < 60
