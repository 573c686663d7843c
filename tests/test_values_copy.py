"""Copies of values: locked, labelled in their language, and no workbook that follows inputs."""

import io
import subprocess
import sys

import openpyxl
import pytest
from openpyxl.styles import Protection

from tests.built import built
from tests.test_workbooks import findings
from tests.workbooks import (
    name_cells,
    parts,
    small_workbook,
    to_bytes,
    with_calculation_chain,
    zipped,
)
from xlcalc import templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import calculated
from xlcalc.calc.unread_inputs import refuse_copy
from xlcalc.dialects import Form, convert
from xlcalc.errors import InputValueError
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.properties import describe, description, is_copy_of_values
from xlcalc.runs.config import load_batch
from xlcalc.runs.report import run_report
from xlcalc.values_copy import words

NOTE = (
    "Copy of values, made by xlcalc --dialect values: its figures are numbers, and do not follow "
    "from its inputs any more."
)
LOCKED = (
    "The cells in blue on yellow show what the figures were made of; they are locked, and nothing "
    "follows from them here."
)


def own_workbook():
    """Return a protected workbook of a person's own, calculated, with an unlocked input."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"] = 2.0, "=A1*2", 5.0
    sheet["A1"].protection = Protection(locked=False, hidden=True)
    sheet.protection.sheet = True
    name_cells(book, {"size": "A1", "twice": "A2"})
    return calculated(WorkbookModel(to_bytes(book), "own.xlsx")).to_bytes()


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def unlocked(data):
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in opened(data)
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    ]


def test_what_were_inputs_is_locked_in_their_styles():
    data = own_workbook()
    assert ["Sheet!A1"] == unlocked(data)
    copied = convert(data, "own.xlsx", "values").data
    assert [] == unlocked(copied)
    cell = opened(copied).active["A1"]
    assert (2.0, True) == (cell.value, cell.protection.hidden)


def test_an_own_workbook_says_in_its_description_alone_that_it_is_a_copy():
    data = own_workbook()
    before = Package(data, "own.xlsx")
    describe(before, "Budget & plan")
    copied = convert(before.to_bytes(), "own.xlsx", "values").package
    assert f"Budget & plan\n{NOTE}" == description(copied)
    assert f"Budget & plan\n{NOTE}" == opened(copied.to_bytes()).properties.description
    assert [2.0, 4.0, 5.0] == [cell.value for (cell,) in opened(copied.to_bytes()).active]
    again = convert(copied.to_bytes(), "own.xlsx", "values").data
    assert copied.to_bytes() == again


def test_a_workbook_without_properties_gets_the_part_for_its_description(tmp_path):
    changed = parts(own_workbook())
    del changed["docProps/core.xml"]
    for part in ("_rels/.rels", "[Content_Types].xml"):
        root = changed[part].decode()
        start = root.index("docProps/core.xml")
        begin, end = root.rindex("<", 0, start), root.index(">", start) + 1
        changed[part] = (root[:begin] + root[end:]).encode()
    copied = convert(zipped(changed), "own.xlsx", "values")
    assert NOTE == description(copied.package)
    assert NOTE == opened(copied.data).properties.description
    (tmp_path / "own.xlsx").write_bytes(zipped(changed))
    (tmp_path / "copy.xlsx").write_bytes(copied.data)
    # openpyxl orders the children of its own font in another way than the schema.
    assert {*findings(tmp_path / "copy.xlsx")} <= {*findings(tmp_path / "own.xlsx")}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ('<cp:coreProperties xmlns:cp="c"/>', "new"),
        ('<cp:coreProperties xmlns:cp="c" xmlns:d="e"><d:description/></cp:coreProperties>', "new"),
        ('<coreProperties xmlns="c"><description>old</description></coreProperties>', "new"),
        ("<other/>", ""),
    ],
)
def test_a_description_is_written_wherever_properties_have_their_place(part, said):
    changed = parts(small_workbook({"A1": 1.0}))
    changed["docProps/core.xml"] = part.encode()
    package = Package(zipped(changed), "own.xlsx")
    describe(package, "new")
    assert said == description(package)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_templates_sheets_say_it_in_their_language_and_its_cover_asks_for_no_change(
    language, tmp_path
):
    data = built("training_budget", Form("values", language=language))
    book = opened(data)
    note = words(language)[NOTE]
    cover, summary, inputs, *others = book.worksheets
    assert [note] * 3 == [cover["B3"].value, summary["B2"].value, inputs["B2"].value]
    assert (True, "FFB54747") == (cover["B3"].font.b, cover["B3"].font.color.rgb)
    assert [note] * 3 == [sheet["B3"].value for sheet in others[:3]]
    said = [cell.value for row in cover.iter_rows() for cell in row if cell.value]
    assert [] == [text for text in said if str(text).startswith(("Change", "An input", "修改"))]
    if language == "en":
        assert LOCKED in said
        assert "What the figures were made of." in said
    assert [] == unlocked(data)
    (tmp_path / "copy.xlsx").write_bytes(data)
    assert [] == list(findings(tmp_path / "copy.xlsx"))


def test_a_translation_of_the_note_still_marks_a_copy():
    for language in templates.LANGUAGES:
        assert is_copy_of_values(
            Package(built("training_budget", Form("values", language=language)), "b")
        )
    assert not is_copy_of_values(Package(built("training_budget"), "b"))


@pytest.mark.thorough
@pytest.mark.slow
def test_every_cover_that_asks_for_a_change_asks_for_none_in_a_copy():
    for name in templates.TEMPLATES:
        book = templates.author(name)
        cover = book.workbook.worksheets[0]
        texts = [str(cell.value) for row in cover.iter_rows() for cell in row if cell.value]
        asking = [text for text in texts if text.startswith("Change ")]
        assert [LOCKED] * len(asking) == [words("en")[text] for text in asking]


def test_setting_an_input_of_a_copy_is_refused_by_name(tmp_path):
    model = WorkbookModel(convert(own_workbook(), "own.xlsx", "values").package, "own.xlsx")
    assert {"size": 2.0, "twice": 4.0} == model.evaluate().values
    sentence = "size cannot be set: {}; own.xlsx is a copy of values"
    for wanted, what in (
        ((), "its cells hold no formulas"),
        (("SIZE",), "its cells hold no formulas"),
        (("twice",), "twice is a number and no formula"),
    ):
        with pytest.raises(InputValueError) as refused:
            refuse_copy(model, ["Size"], wanted)
        assert sentence.format(what) == str(refused.value)
    refuse_copy(model, [], ["twice"])
    refuse_copy(WorkbookModel(own_workbook(), "own.xlsx"), ["size"])


@pytest.mark.slow
def test_commands_end_with_status_2_where_nothing_can_follow(tmp_path):
    book = tmp_path / "copy.xlsx"
    book.write_bytes(convert(own_workbook(), "own.xlsx", "values").data)
    (tmp_path / "runs.csv").write_text("size\n1\n2\n")
    (tmp_path / "report.toml").write_text('workbook = "copy.xlsx"\nscenarios = "runs.csv"\n')
    for command, what in (
        (
            ["run", str(book), "--set", "size=3", "--get", "twice"],
            "twice is a number and no formula",
        ),
        (
            ["batch", str(book), str(tmp_path / "runs.csv"), "-o", "out"],
            "its cells hold no formulas",
        ),
        (["report", str(tmp_path / "report.toml")], "its cells hold no formulas"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", *command],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
        )
        said = f"xlcalc: size cannot be set: {what}; {book} is a copy of values\n"
        assert (2, "", said) == (done.returncode, done.stdout, done.stderr)
    assert {"copy.xlsx", "runs.csv", "report.toml"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("slow", [False, True])
def test_a_batch_of_values_writes_copies_that_say_so(slow, tmp_path):
    data = own_workbook()
    (tmp_path / "own.xlsx").write_bytes(with_calculation_chain(data, "A2") if slow else data)
    (tmp_path / "runs.csv").write_text("scenario,size\na,1\nb,3\n")
    loaded = load_batch(
        str(tmp_path / "own.xlsx"), tmp_path / "runs.csv", tmp_path / "out", Form("values")
    )
    list(run_report(loaded))
    made = (tmp_path / "out" / "b.xlsx").read_bytes()
    assert is_copy_of_values(Package(made, "b.xlsx"))
    assert [] == unlocked(made)
    assert [3.0, 6.0, 5.0] == [cell.value for (cell,) in opened(made).active]
