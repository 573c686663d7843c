"""Two runs do not write into one folder of an object store, and one that died keeps none out."""

import json
import threading
import time

import fsspec
import pytest

import xlcalc
from tests.test_stores import s3, server  # noqa: F401  fixtures
from tests.workbooks import small_workbook
from xlcalc.errors import OutputError
from xlcalc.runs import leases, stores
from xlcalc.runs.leases import lease
from xlcalc.runs.ownership import alone_in
from xlcalc.runs.stores import LOCK, Url, store_at


@pytest.fixture
def memory(monkeypatch):
    files = fsspec.filesystem("memory")
    files.store.clear()
    monkeypatch.setattr(leases, "SETTLES", 0.05)
    yield Url("memory://budgets/2027")
    files.store.clear()


def held(store):
    return json.loads(store.read(LOCK))


def test_the_second_of_two_runs_is_told_and_the_folder_is_free_afterwards(memory):
    with alone_in(memory):
        until = held(memory)["until"]
        assert 100 < until - time.time() <= 120
        with (
            pytest.raises(OutputError, match="another run is writing into memory://budgets/2027"),
            alone_in(memory),
        ):
            pass
        assert until == held(memory)["until"]
    assert memory.read(LOCK) is None
    with alone_in(memory):
        pass


@pytest.mark.parametrize("left", [b'{"run":"a","until":1.0}', b"", b"[1]", b'{"run":"a"}'])
def test_what_a_run_left_that_died_keeps_nobody_out(memory, left):
    memory.write(LOCK, left)
    with alone_in(memory):
        assert "a" != held(memory)["run"]
    assert memory.read(LOCK) is None


def test_of_two_that_take_what_a_dead_run_left_one_goes_on(memory):
    memory.write(LOCK, b'{"run":"a","until":1.0}')
    went_on, refused, both = [], [], threading.Barrier(2)

    def run():
        both.wait()
        try:
            with lease(memory):
                went_on.append(held(memory)["run"])
                both.wait(10)
        except OutputError as error:
            refused.append(str(error))
            both.wait(10)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (1, 1) == (len(went_on), len(refused))


def test_a_lease_is_renewed_while_its_run_lives_and_left_alone_when_another_has_it(
    memory, monkeypatch
):
    monkeypatch.setattr(leases, "LASTS", 0.15)
    with lease(memory):
        first = held(memory)
        deadline = time.monotonic() + 10
        while held(memory)["until"] == first["until"] and time.monotonic() < deadline:
            time.sleep(0.01)
        assert first["until"] < held(memory)["until"]
        assert first["run"] == held(memory)["run"]
        memory.write(LOCK, b'{"run":"b","until":9e9}')
    assert {"run": "b", "until": 9e9} == held(memory)


def _knows_no_conditions(monkeypatch):
    monkeypatch.setattr(stores, "_CREATES_ONCE", frozenset())


def _refuses_conditions(monkeypatch):
    files = fsspec.filesystem("memory")
    puts = files.pipe_file

    def without(path, data, mode="overwrite"):
        if mode == "create":
            raise NotImplementedError
        puts(path, data)

    monkeypatch.setattr(files, "pipe_file", without)


@pytest.mark.parametrize("kind", [_knows_no_conditions, _refuses_conditions])
def test_without_conditions_the_run_goes_on_whose_file_stands_after_a_moment(
    kind, memory, monkeypatch
):
    kind(monkeypatch)
    with alone_in(memory), pytest.raises(OutputError, match="another run"), alone_in(memory):
        pass
    assert memory.read(LOCK) is None
    other = b'{"run":"b","until":9e9}'
    monkeypatch.setattr(time, "sleep", lambda _: memory.write(LOCK, other))
    with pytest.raises(OutputError, match="another run"), alone_in(memory):
        pass
    assert other == memory.read(LOCK)


@pytest.mark.slow
def test_a_batch_into_a_bucket_is_alone_there(s3, tmp_path):  # noqa: F811  a fixture
    (tmp_path / "own.xlsx").write_bytes(small_workbook({"A1": 1.0, "A2": "=A1+1"}, {"size": "A1"}))
    (tmp_path / "list.csv").write_text("scenario,size\na,1\n")
    place = "s3://budgets/2027"
    store = store_at(place)
    assert store.create(LOCK, b'{"run":"a","until":9e9}')
    assert not store.create(LOCK, b"")
    with pytest.raises(FileExistsError):  # by the store itself, whatever was looked at before
        s3.pipe_file("budgets/2027/" + LOCK, b"", mode="create")
    with pytest.raises(OutputError, match="another run is writing into s3://budgets/2027"):
        xlcalc.batch(tmp_path / "own.xlsx", tmp_path / "list.csv", place)
    store.remove(LOCK)
    assert 1 == xlcalc.batch(tmp_path / "own.xlsx", tmp_path / "list.csv", place).runs
    assert [] == [name for name in s3.find("budgets") if LOCK in name]
