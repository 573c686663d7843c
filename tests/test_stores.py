"""A batch writes the same bytes to every place, and says in a sentence why it cannot."""

import contextlib
import errno
import itertools
import json
import os
import re
import subprocess
import sys
import urllib.request

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from tests.files import scenario_lines
from tests.workbooks import small_workbook
from xlcalc.cli import main
from xlcalc.errors import OutputError
from xlcalc.runs import jobs, manifest
from xlcalc.runs.config import load_batch
from xlcalc.runs.manifest import MANIFEST
from xlcalc.runs.report import run_report
from xlcalc.runs.stores import Folder, Url, store_at

COUNT = 40
LINES = [f"run {n},{n}" for n in range(1, COUNT)]
LIST = "\n".join(["scenario,size", *LINES, "bad,many"]) + "\n"
BUCKET = "s3://budgets/2027"


@pytest.fixture(scope="module")
def server():
    started = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    started.start()
    yield "http://{}:{}".format(*started.get_host_and_port())
    started.stop()


@pytest.fixture
def s3(server, monkeypatch):
    """An object store with an empty bucket, as the environment names it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    _post(server, "reset")
    files = fsspec.filesystem("s3", skip_instance_cache=True)
    files.mkdir("budgets")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    yield files
    fsspec.get_filesystem_class("s3").clear_instance_cache()


def _post(server, action, data=b""):
    url, kind = f"{server}/moto-api/{action}", {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(url, data, kind)  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield files
    files.store.clear()


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    """Make many tasks of a few scenarios: there is a middle in which to stop."""
    monkeypatch.setattr(jobs, "BLOCK", 10)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A small workbook, which is made in no time."""
    path = tmp_path_factory.mktemp("book") / "own.xlsx"
    path.write_bytes(small_workbook({"A1": 1.0, "B1": "=A1*2"}, {"size": "A1", "twice": "B1"}))
    return path


@pytest.fixture
def runs(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text(LIST)
    return path


@pytest.fixture
def batch(book, runs):
    """Return a batch that is ready to go to a place."""
    return lambda place, **options: run_report(load_batch(str(book), runs, place), **options)


@pytest.fixture
def in_a_folder(batch, tmp_path):
    """What a batch writes into a folder."""
    list(batch(tmp_path / "local"))
    return contents(tmp_path / "local")


@pytest.fixture
def written(monkeypatch):
    """The names of the files that are written, in their order."""
    names = []
    for store in (Folder, Url):

        def write(self, name, data, plainly=store.write):
            names.append(name)
            plainly(self, name, data)

        monkeypatch.setattr(store, "write", write)
    return names


def contents(place):
    files, folder = fsspec.core.url_to_fs(str(place))
    return {path.rpartition("/")[2]: files.cat_file(path) for path in files.find(folder)}


def workbooks(names):
    return {name for name in names if name.startswith("run ")}


def noted(place):
    return {line["file"] for line in scenario_lines(contents(place)[MANIFEST])}


def assert_resume_finishes(batch, place, expected, written):
    """Assert that what the manifest notes is kept, and that all is as if nothing had been."""
    kept = workbooks(noted(place))
    written.clear()
    list(batch(place, resume=True))
    assert workbooks(expected) - kept == workbooks(written)
    assert expected == contents(place)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bucket_gets_what_a_folder_gets(s3, batch, in_a_folder, jobs):
    list(batch(BUCKET, jobs=jobs))
    assert in_a_folder == contents(BUCKET)


@pytest.mark.slow
def test_the_command_finds_the_store_that_the_environment_names(
    server, s3, book, runs, in_a_folder, monkeypatch
):
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    done = subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", "batch", str(book), str(runs), "-o", BUCKET],
        env=os.environ | {"FSSPEC_S3": json.dumps({"endpoint_url": server})},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert 1 == done.returncode  # a row is bad
    assert f"wrote {BUCKET}/run 1.xlsx\n" in done.stdout
    assert 1 == done.stderr.count("\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    assert in_a_folder == contents(BUCKET)


def test_every_file_system_gets_what_a_folder_gets(memory, batch, tmp_path, in_a_folder):
    for url in ("memory://budgets/2027", f"file://{tmp_path}/a%20place/out"):
        list(batch(url))
    assert in_a_folder == contents("memory://budgets/2027")
    assert in_a_folder == contents(tmp_path / "a place" / "out")


@pytest.mark.slow
def test_a_second_batch_writes_over_the_first_one(s3, runs, batch, in_a_folder):
    list(batch(BUCKET))
    list(batch(BUCKET))
    assert in_a_folder == contents(BUCKET)
    runs.write_text(LIST.replace("bad,many", "good,5"))
    list(batch(BUCKET))
    assert {*in_a_folder, "good.xlsx"} - {"errors.csv"} == contents(BUCKET).keys()


@pytest.mark.slow
def test_resume_in_a_bucket_makes_what_is_changed_or_gone(s3, batch, in_a_folder, written):
    list(batch(BUCKET))
    s3.pipe_file("budgets/2027/run 7.xlsx", b"torn")
    s3.rm_file("budgets/2027/run 33.xlsx")
    written.clear()
    list(batch(BUCKET, resume=True))
    assert {"run 7.xlsx", "run 33.xlsx"} == workbooks(written)
    assert in_a_folder == contents(BUCKET)


@pytest.mark.slow
def test_a_manifest_in_a_bucket_is_written_again_and_again(
    s3, batch, in_a_folder, written, monkeypatch
):
    seconds = iter([0.0, 11.0, 11.0, 11.0, 22.0, 22.0, 22.0])
    made = batch(BUCKET)
    with monkeypatch.context() as passing:
        passing.setattr(manifest, "monotonic", lambda: next(seconds))
        for _ in range(11):
            next(made)
    # A machine that loses its power now leaves this behind.
    assert {f"run {n}.xlsx" for n in range(1, 21)} == noted(BUCKET)
    left_behind = contents(BUCKET)[MANIFEST]
    made.close()
    s3.pipe_file(f"{BUCKET}/{MANIFEST}", left_behind)
    assert_resume_finishes(batch, BUCKET, in_a_folder, written)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        (2, [0.0, 1.0, 2.0, 3.0, 4.0]),  # when it begins and when it ends
        (3, [0.0, 11.0, 11.0, 16.0, 40.0, 50.0, 60.0]),  # once more, which took five seconds
    ],
)
def test_a_manifest_in_a_bucket_is_not_written_all_the_time(
    s3, batch, written, monkeypatch, times, seconds
):
    # How often it looks at the clock depends on how many rows have come together.
    passing = itertools.chain(seconds, itertools.repeat(seconds[-1]))
    monkeypatch.setattr(manifest, "monotonic", lambda: next(passing))
    list(batch(BUCKET))
    assert times == written.count(MANIFEST)


@pytest.mark.slow
def test_a_batch_that_stops_leaves_its_manifest_in_the_bucket(s3, batch, in_a_folder, written):
    made = batch(BUCKET)
    for _ in range(11):
        next(made)
    assert set() == noted(BUCKET)
    made.close()
    assert {f"run {n}.xlsx" for n in range(1, 21)} == noted(BUCKET)
    assert_resume_finishes(batch, BUCKET, in_a_folder, written)


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_a_sentence_and_is_not_made(s3, batch):
    sentence = "cannot write to s3://budget/2027: The specified bucket does not exist"
    with pytest.raises(OutputError, match=f"^{sentence}$"):
        list(batch("s3://budget/2027"))
    assert ["budgets"] == s3.ls("", refresh=True)


@pytest.mark.slow
def test_a_bucket_without_rights_is_a_sentence(server, s3, batch):
    sentence = rf"^cannot (write|read) .*{BUCKET}.*: (Forbidden|The AWS Access Key .*)$"
    _post(server, "reset-auth", b"0")
    try:
        for resume in (False, True):
            with pytest.raises(OutputError, match=sentence):
                list(batch(BUCKET, resume=resume))
    finally:
        _post(server, "reset-auth", b"inf")


@pytest.mark.parametrize("package", ["s3fs", "fsspec"])
def test_a_missing_package_is_a_sentence_with_its_extra(book, runs, monkeypatch, capfd, package):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    command = ["batch", str(book), str(runs), "-o", BUCKET]
    monkeypatch.setattr(sys, "argv", ["xlcalc", *command])
    with pytest.raises(SystemExit) as stopped:
        main()
    told = capfd.readouterr()
    assert (2, "") == (stopped.value.code, told.out)
    assert re.fullmatch(rf"xlcalc: {BUCKET} needs .*: pip install 'xlcalc\[cloud\]'\n", told.err)


@pytest.mark.slow
@pytest.mark.parametrize("url", ["nothing://budgets", "s3://"])
def test_a_url_that_leads_nowhere_is_a_sentence(s3, batch, url):
    with pytest.raises(OutputError, match=f"^cannot write to {url}: .+$"):
        list(batch(url))


@pytest.mark.slow
def test_processes_need_a_place_that_they_share(memory, batch):
    with pytest.raises(OutputError, match=r"memory://budgets/run 1\.xlsx, but it is not there"):
        list(batch("memory://budgets", jobs=2))


def test_a_url_of_a_file_is_a_folder():
    assert Folder(store_at("/a b").path) == store_at("file:///a%20b") == store_at("FILE:///a b")


@contextlib.contextmanager
def mounted(folder, options):
    """Mount a file system in memory, or skip the test where this is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no command mount")
    if done.returncode:
        pytest.skip("only root may mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_a_sentence_and_resume_finishes(batch, tmp_path, in_a_folder, written):
    with mounted(tmp_path / "disk", "size=128k") as disk:
        with pytest.raises(OutputError, match=r"^cannot write .*: No space left on device$"):
            list(batch(disk))
        # What is begun is noted, so that the next run knows its own files.
        left = [path.name for path in disk.iterdir() if path.name.startswith(".xlcalc-")]
        assert [".xlcalc-begun"] == left
        subprocess.run(["mount", "-o", "remount,size=2m", str(disk)], check=True)
        assert 0 < len(noted(disk)) < COUNT
        assert_resume_finishes(batch, disk, in_a_folder, written)


def test_a_disk_that_is_full_for_workbooks_is_a_sentence_and_resume_finishes(
    batch, tmp_path, in_a_folder, written, monkeypatch
):
    left = iter(range(20))

    def write(descriptor, data, plainly=os.write):
        if next(left, None) is None:
            plainly(descriptor, data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plainly(descriptor, data)

    out = tmp_path / "out"
    with monkeypatch.context() as full:
        full.setattr(os, "write", write)
        with pytest.raises(OutputError, match=r"^cannot write .*: No space left on device$"):
            list(batch(out))
    assert {".xlcalc-begun"} == contents(out).keys() - in_a_folder.keys()
    assert_resume_finishes(batch, out, in_a_folder, written)


def test_a_folder_that_disappears_is_a_sentence_and_resume_finishes(
    batch, tmp_path, in_a_folder, written
):
    out = tmp_path / "out"
    made = batch(out)
    next(made)
    out.rename(tmp_path / "gone")
    with pytest.raises(OutputError, match=r"^cannot write .*: No such file or directory$"):
        list(made)
    assert not out.exists()
    (tmp_path / "gone").rename(out)
    assert_resume_finishes(batch, out, in_a_folder, written)


def test_a_folder_that_disappears_at_the_end_is_a_sentence(batch, tmp_path, in_a_folder):
    out = tmp_path / "out"
    made = batch(out)
    for _ in range(COUNT):
        next(made)
    out.rename(tmp_path / "gone")
    with pytest.raises(OutputError, match=r"^cannot write .*: No such file or directory$"):
        list(made)
    list(batch(out, resume=True))
    assert in_a_folder == contents(out)


def test_a_folder_that_may_only_be_read_is_a_sentence(batch, tmp_path):
    sentence = "^cannot write to the folder .*: (Read-only file system|Permission denied)$"
    with mounted(tmp_path / "disk", "ro") as disk, pytest.raises(OutputError, match=sentence):
        list(batch(disk))


def test_what_a_dead_writer_left_is_removed(batch, tmp_path, in_a_folder):
    out = tmp_path / "out"
    made = batch(out)
    next(made)
    (out / ".xlcalc-0123456789abcdef").write_bytes(b"half")
    list(made)
    assert in_a_folder == contents(out)


def test_writers_of_one_file_do_not_disturb_each_other(tmp_path, monkeypatch):
    store = Folder(tmp_path)

    def write(descriptor, data, plainly=os.write):
        monkeypatch.undo()
        store.write("a.xlsx", b"second")  # while the first is not ready
        return plainly(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    store.write("a.xlsx", b"the first")
    assert {"a.xlsx": b"the first"} == contents(tmp_path)
