"""The manifest of a batch: what `--resume` keeps, and what it does again."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import xlcalc
from tests.files import contents
from tests.workbooks import small_workbook

MANIFEST = "manifest.jsonl"
RESULT = ("row", "scenario", "status", "remark")
"""What a line says of a scenario; the others say what its file was made of and whether it is."""


@dataclass
class Batch:
    """A batch of three scenarios in a folder."""

    folder: Path

    def run(self):
        xlcalc.batch(
            self.folder / "own.xlsx", self.folder / "runs.csv", self.folder / "out", resume=True
        )

    def lines(self):
        """Return what is said of the scenarios, behind the line about the run."""
        return self.all_lines()[1:]

    def all_lines(self):
        text = (self.folder / "out" / MANIFEST).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def note(self, lines):
        """Write another manifest, and the note of begun files that a run leaves when it dies."""
        begun = json.dumps([f"{name}.xlsx" for name in "abc"])
        (self.folder / "out" / ".xlcalc-begun").write_text(f"{begun}\n", encoding="utf-8")
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (self.folder / "out" / MANIFEST).write_text(text, encoding="utf-8")

    def contents(self):
        return contents(self.folder / "out")

    def resumed(self):
        """Finish the batch, and return the workbooks that were written."""
        files = [self.folder / "out" / f"{name}.xlsx" for name in "abc"]
        before = {path.stem: path.stat().st_mtime_ns for path in files}
        self.run()
        return {path.stem for path in files if path.stat().st_mtime_ns != before[path.stem]}


@pytest.fixture
def batch(tmp_path):
    cells = {"A1": 1.0, "A2": "=A1*2"}
    (tmp_path / "own.xlsx").write_bytes(small_workbook(cells, {"size": "A1", "twice": "A2"}))
    (tmp_path / "runs.csv").write_text("scenario,size\na,1\nb,2\nc,3\n")
    made = Batch(tmp_path)
    made.run()
    return made


def test_a_line_names_the_version_and_hashes_what_the_file_was_made_of(batch):
    lines = batch.lines()
    assert [("a", 2), ("b", 3), ("c", 4)] == [(line["scenario"], line["row"]) for line in lines]
    assert 5 == len(lines[0].keys() - {*RESULT})
    assert [xlcalc.__version__] * 3 == [line["version"] for line in lines]


def test_what_is_as_the_manifest_says_is_kept(batch):
    before = batch.contents()
    assert set() == batch.resumed()
    assert before == batch.contents()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_a_file_is_made_again_where_one_thing_that_it_was_made_of_is_another(batch, number):
    before = batch.contents()
    lines = batch.lines()
    key = sorted(lines[1].keys() - {*RESULT})[number]
    lines[1][key] = f"9{lines[1][key]}"
    batch.note(lines)
    assert {"b"} == batch.resumed()
    assert before == batch.contents()


@pytest.mark.parametrize("key", RESULT[1:])
def test_a_file_is_kept_whatever_the_manifest_says_about_its_result(batch, key):
    before = batch.contents()
    lines = batch.lines()
    lines[1][key] = "another"
    batch.note(lines)
    assert set() == batch.resumed()
    assert before == batch.contents()


def test_the_last_line_of_a_row_counts(batch):
    before = batch.contents()
    lines = batch.lines()
    wrong = lines[1] | {"file": "another.xlsx"}
    batch.note([wrong, *lines])
    assert set() == batch.resumed()
    assert before == batch.contents()
    batch.note([*lines, wrong])
    assert {"b"} == batch.resumed()
    assert before == batch.contents()


@pytest.mark.parametrize("torn", ['{"row": 3, "scen', "[]", "3", "null", '{"row": 3}', "\x00\xff"])
def test_a_torn_line_is_no_line(batch, torn):
    before = batch.contents()
    lines = batch.lines()
    batch.note([lines[0], lines[2]])
    with (batch.folder / "out" / MANIFEST).open("a", encoding="utf-8") as file:
        file.write(torn)
    assert {"b"} == batch.resumed()
    assert before == batch.contents()


def test_a_scenario_that_leaves_the_list_leaves_the_manifest(batch):
    (batch.folder / "runs.csv").write_text("scenario,size\na,1\nc,2\n")
    assert {"c"} == batch.resumed()
    assert [("a", 2), ("c", 3)] == [(line["scenario"], line["row"]) for line in batch.lines()]


def test_a_batch_that_is_not_resumed_makes_every_file(batch):
    before = batch.contents()
    times = {path: path.stat().st_mtime_ns for path in (batch.folder / "out").glob("?.xlsx")}
    xlcalc.batch(batch.folder / "own.xlsx", batch.folder / "runs.csv", batch.folder / "out")
    assert 3 == len(times)
    assert [] == [path.name for path, time in times.items() if path.stat().st_mtime_ns == time]
    assert before == batch.contents()
