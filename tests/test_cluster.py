"""Several processes or a Dask cluster write what one process writes, whoever dies meanwhile."""

import contextlib
import functools
import json
import multiprocessing
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import distributed
import pytest

from tests.conftest import ROOT
from tests.files import contents, own_price, scenario_lines
from tests.pictures import gif, png
from tests.test_cli import xlcalc
from tests.test_pictures import fill, write
from xlcalc import catalogue
from xlcalc.cli import main
from xlcalc.dialects import Form
from xlcalc.errors import OutputError, UsageError, WorkerError
from xlcalc.runs import cluster, connection, jobs
from xlcalc.runs.config import load_batch
from xlcalc.runs.manifest import MANIFEST
from xlcalc.runs.report import run_report
from xlcalc.runs.stores import store_at

pytestmark = pytest.mark.slow

COUNT = 200
LINES = [f"run {n},{n}e9,{64 * n},H100 SXM" for n in range(1, COUNT)]
LIST = "\n".join(["scenario,params,gpus,gpu", *LINES, "bad,-1,8,H100 SXM"]) + "\n"
DEADLINE = 60.0
"""Seconds in which a process of the cluster must have come up."""
FORGOTTEN = ("--idle-timeout", "10 minutes")
"""When a cluster ends by itself, if whoever started it was killed."""


class Cluster:
    """A scheduler and workers on the loopback interface, as processes of their own.

    They work in a folder that is not that of the tests, as those of a real cluster do.
    """

    def __init__(self, folder):
        self.folder = folder
        self._file = folder / "scheduler.json"
        self._scheduler = self._start(
            "scheduler", "--port", "0", "--scheduler-file", str(self._file), *FORGOTTEN
        )
        self.address = self._wait_for_address()
        self._workers = []

    def _start(self, *command, before=ROOT):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(before), str(ROOT)))}
        loopback = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *command, *loopback],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _wait_for_address(self):
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline and self._scheduler.poll() is None:
            with contextlib.suppress(OSError, ValueError):  # not there, or not yet whole
                return json.loads(self._file.read_text())["address"]
            time.sleep(0.02)
        _kill(self._scheduler)
        raise AssertionError((self.folder / "log.txt").read_text())

    def with_workers(self, count=2, **options):
        """Start the workers that are missing, and return the cluster."""
        self._workers = [worker for worker in self._workers if worker.poll() is None]
        for _ in range(len(self._workers), count):
            command = ("worker", "--no-nanny", "--nthreads", "2", "--death-timeout", "60")
            worker = self._start(*command, "--scheduler-file", str(self._file), **options)
            self._workers.append(worker)
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=DEADLINE)
        return self

    def transfers(self, name):
        """Return how often each worker was sent the result of a task by another worker."""

        def count(dask_worker):
            sent = [key for log in dask_worker.transfer_incoming_log for key in log["keys"]]
            return sum(str(key).startswith(name) for key in sent)

        with distributed.Client(self.address, set_as_default=False) as client:
            return client.run(count)

    def kill_worker(self):
        _kill(self._workers.pop())

    def kill_scheduler(self):
        _kill(self._scheduler)

    def stop(self):
        for process in (*self._workers, self._scheduler):
            _kill(process)


def _kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def _cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.stop()


@pytest.fixture
def two_workers(_cluster):
    """A cluster with two workers, whatever an earlier test did to them."""
    return _cluster.with_workers()


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    """Make many tasks of a few scenarios: there is a middle in which to die."""
    monkeypatch.setattr(jobs, "BLOCK", 10)
    monkeypatch.setattr(cluster, "WINDOW", 1)
    monkeypatch.setattr(connection, "ARRIVING", 1.0)
    monkeypatch.setattr(connection, "LOOKING", 0.5)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "runs.csv"
    path.write_text(LIST)
    return path


@pytest.fixture(scope="module")
def _loaded(runs):
    return load_batch("training_budget", runs, "nowhere")


@pytest.fixture
def out(tmp_path):
    """The folder of a batch, which is not yet there."""
    return tmp_path / "out"


@pytest.fixture
def batch(_loaded, out):
    """Return the batch, ready to go to its folder."""
    return functools.partial(run_report, replace(_loaded, store=store_at(out)))


@pytest.fixture(scope="module")
def undisturbed(_loaded, tmp_path_factory):
    """What one process writes."""
    folder = tmp_path_factory.mktemp("local")
    list(run_report(replace(_loaded, store=store_at(folder))))
    return contents(folder)


def test_evaluate_gives_the_same_list_on_a_cluster(two_workers, runs, tmp_path):
    files = tmp_path / "here.csv", tmp_path / "there.csv"
    for file, more in zip(files, ([], ["--dask", two_workers.address]), strict=True):
        done = xlcalc("evaluate", "training_budget", runs, "-o", file, *more)
        assert (f"wrote {file}\n", 1) == (done.stdout, done.returncode)
        assert "xlcalc: 1 scenario has no result; see the column error\n" == done.stderr
    assert files[0].read_bytes() == files[1].read_bytes()
    assert COUNT == files[0].read_text().count("\n") - 1


def test_pictures_travel_to_workers(two_workers, tmp_path):
    write(tmp_path, {f"s{n}": (png, gif)[n % 2](5 + n, 5) for n in range(6)})
    assert 0 == fill(tmp_path).failed
    alone = contents(tmp_path / "out")
    assert 0 == fill(tmp_path, dask=two_workers.address).failed
    assert alone == contents(tmp_path / "out")


def changes(folder):
    """Return when each workbook was written; the summaries are written by every run."""
    found = (path for path in folder.glob("*.xlsx") if path.stem != "summary")
    return {path.name: path.stat().st_mtime_ns for path in found}


def assert_resume_finishes(batch, out, expected, **options):
    noted = [line["file"] for line in scenario_lines((out / MANIFEST).read_bytes())]
    before = changes(out)
    assert 0 < len(noted) < COUNT
    list(batch(resume=True, **options))
    after = changes(out)
    assert expected == contents(out)
    assert {file: before[file] for file in noted} == {file: after[file] for file in noted}


@pytest.mark.parametrize("deaths", [pytest.param(1, marks=pytest.mark.thorough), 2])
def test_the_death_of_workers_changes_nothing_where_others_go_on(
    deaths, two_workers, batch, out, undisturbed
):
    made = batch(dask=two_workers.address)
    next(made)
    for _ in range(deaths):
        two_workers.kill_worker()
    assert len(changes(out)) < COUNT - 1
    if deaths == 2:
        two_workers.with_workers(1)
    assert COUNT - 1 == len(list(made))
    assert undisturbed == contents(out)


def test_the_workbook_travels_once_to_each_worker(
    two_workers, batch, out, undisturbed, monkeypatch
):
    monkeypatch.setattr(cluster, "WINDOW", COUNT)
    before = two_workers.transfers(cluster._received.__name__)
    list(batch(dask=two_workers.address))
    after = two_workers.transfers(cluster._received.__name__)
    assert [0, 1] == sorted(after[worker] - before[worker] for worker in after)
    assert undisturbed == contents(out)


@pytest.mark.thorough
@pytest.mark.slow
def test_a_cluster_whose_workers_are_dead_is_a_sentence_and_resume_finishes(
    two_workers, batch, out, undisturbed
):
    made = batch(dask=two_workers.address)
    next(made)
    two_workers.kill_worker()
    two_workers.kill_worker()
    with pytest.raises(WorkerError, match="has no worker; what is done is kept, and --resume"):
        list(made)
    two_workers.with_workers()
    assert_resume_finishes(batch, out, undisturbed, dask=two_workers.address)


def test_a_scheduler_that_dies_is_a_sentence_and_resume_finishes(
    batch, out, tmp_path, undisturbed, capfd
):
    (tmp_path / "cluster").mkdir()
    lonely = Cluster(tmp_path / "cluster")
    try:
        address = lonely.with_workers(1).address
        made = batch(dask=address)
        next(made)
        lonely.kill_scheduler()
        with pytest.raises(WorkerError, match="is lost; what is done is kept, and --resume"):
            list(made)
    finally:
        lonely.stop()
    assert "" == capfd.readouterr().err
    assert_resume_finishes(batch, out, undisturbed)


class RandomKills:
    """Batches on a cluster of which something is killed at a random moment."""

    KINDS = ("a worker", "all workers", "the scheduler", "the command")

    def __init__(self, cluster_, batch, runs, out, undisturbed):
        self.cluster, self.batch, self.runs, self.out = cluster_, batch, runs, out
        self.undisturbed = undisturbed
        self.rng = random.Random(7)  # noqa: S311  the moments shall be the same again
        began = time.monotonic()
        list(batch(dask=cluster_.address))
        self.seconds = time.monotonic() - began

    def kill(self, kind, folder):
        """Kill something, and see that the next run has the same bytes and nothing beside them."""
        shutil.rmtree(self.out, ignore_errors=True)
        if kind == "the command":
            self._kill_command()
        elif kind == "the scheduler":
            folder.mkdir()
            lonely = Cluster(folder)
            try:
                self._run(lonely.with_workers(1), lonely.kill_scheduler)
            finally:
                lonely.stop()
        else:
            count = 1 if kind == "a worker" else 2
            self._run(self.cluster.with_workers(), *[self.cluster.kill_worker] * count)
            self.cluster.with_workers()
        for path in self.out.rglob("*.xlsx"):
            assert zipfile.is_zipfile(path), path
        deadline = time.monotonic() + 30
        while True:
            try:
                list(self.batch(resume=True))
                break
            except OutputError:  # the command's own process ends a moment after the one killed
                assert time.monotonic() < deadline
                time.sleep(0.1)
        # A worker may still write what the dead command asked for.
        while self.undisturbed != contents(self.out) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.undisturbed == contents(self.out)

    def _run(self, on, *kills):
        def end():
            for kill in kills:
                kill()

        timer = threading.Timer(self.rng.uniform(0.0, self.seconds), end)
        timer.start()
        with contextlib.suppress(WorkerError):
            list(self.batch(dask=on.address))
        timer.join()

    def _kill_command(self):
        command = ("batch", "training_budget", self.runs, "-o", self.out)
        with subprocess.Popen(
            [sys.executable, "-m", "xlcalc.cli", *command, "--dask", self.cluster.address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(self.rng.uniform(0.5, 2.0 + self.seconds))
            process.kill()


@pytest.mark.parametrize("kind", ["all workers", "the scheduler", "the command"])
def test_what_a_kill_at_a_random_moment_leaves_the_next_run_finishes(
    kind, two_workers, batch, runs, out, undisturbed, tmp_path
):
    RandomKills(two_workers, batch, runs, out, undisturbed).kill(kind, tmp_path / "lonely")


@pytest.mark.thorough
def test_what_thirty_kills_leave_the_next_runs_finish(
    two_workers, batch, runs, out, undisturbed, tmp_path
):
    kills = RandomKills(two_workers, batch, runs, out, undisturbed)
    for number in range(30):
        kills.kill(RandomKills.KINDS[number % 4], tmp_path / f"lonely {number}")


def test_a_scheduler_that_is_not_there_is_one_sentence(runs, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(connection, "CONNECTING", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    command = ["batch", "training_budget", str(runs), "-o", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["xlcalc", *command, "--dask", address])
    began = time.monotonic()
    with pytest.raises(SystemExit) as stopped:
        main()
    assert time.monotonic() - began < DEADLINE / 2
    told = capfd.readouterr()
    assert (2, "") == (stopped.value.code, told.out)
    assert told.err.startswith(f"xlcalc: the cluster at {address} does not answer: Timed out")
    assert 1 == told.err.count("\n")


@pytest.mark.parametrize("address", ["", "nonsense", "http://127.0.0.1:8786", "tcp://host:port"])
def test_an_address_that_is_none_is_refused_at_once(batch, address):
    with pytest.raises(UsageError, match="is not the address of a scheduler, as tcp://host:8786"):
        list(batch(dask=address))


def test_a_worker_of_another_version_is_refused(two_workers, batch, tmp_path):
    (tmp_path / "xlcalc-0.0.1.dist-info").mkdir()
    (tmp_path / "xlcalc-0.0.1.dist-info" / "METADATA").write_text("Name: xlcalc\nVersion: 0.0.1\n")
    two_workers.with_workers(3, before=tmp_path)
    try:
        with pytest.raises(WorkerError, match=r"has xlcalc 0\.0\.1; all need xlcalc \d"):
            list(batch(dask=two_workers.address))
    finally:
        two_workers.kill_worker()


def test_workers_write_to_the_folder_and_read_the_catalogue_that_were_named_here(
    two_workers, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    own = own_price(Path("own"), 1.75)
    Path("runs.csv").write_text("scenario,params,gpu\na,7e9,H100 SXM\n")
    try:
        for folder in (own, None):
            catalogue.use(folder)
            costs = []
            for out, address in (("here", None), ("there", two_workers.address)):
                loaded = load_batch("training_budget", Path("runs.csv").resolve(), out, Form("udf"))
                [run] = run_report(loaded, dask=address)
                costs.append(run.values["total_cost"])
            assert costs[0] == costs[1]
            assert contents(Path("here")) == contents(Path("there"))
    finally:
        catalogue.use(None)


def test_a_missing_package_is_one_sentence(batch, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'xlcalc\[dask\]'"):
        list(batch(dask="tcp://127.0.0.1:1"))


def test_a_process_that_dies_is_a_sentence_and_resume_finishes(batch, out, undisturbed):
    made = batch(jobs=2)
    next(made)
    multiprocessing.active_children()[0].kill()
    with pytest.raises(WorkerError, match="a worker process died; what is done is kept, and --res"):
        list(made)
    assert_resume_finishes(batch, out, undisturbed, jobs=2)


def test_a_simulation_on_a_cluster_is_the_one_of_this_machine_to_the_bit(two_workers):
    command = [
        *(sys.executable, "-m", "xlcalc.cli", "simulate", "training_budget"),
        *("--output", "total_cost", "--draws", "50000", "--seed", "7", "--json"),
        *("--vary", "mfu=triangular(0.3,0.4,0.5)", "--vary", "price_per_gpu_hour=lognormal(2,0.2)"),
    ]
    here, there = (
        subprocess.run([*command, *more], capture_output=True, text=True, check=True).stdout
        for more in ([], ["--dask", two_workers.address])
    )
    assert here == there
    assert 50_000 == json.loads(there)["draws"]


def test_a_simulation_whose_cluster_is_not_there_is_one_sentence():
    command = [sys.executable, "-m", "xlcalc.cli", "simulate", "training_budget", "--output"]
    more = ["total_cost", "--vary", "mfu=uniform(0.3,0.4)", "--dask", "nowhere"]
    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert 1 == done.stderr.count("\n")
    assert "is not the address of a scheduler" in done.stderr
