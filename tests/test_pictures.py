"""Pictures of scenarios: fitted into named cells, whoever makes the files."""

import csv
import io
import os
import re
import subprocess
import sys
from dataclasses import replace

import openpyxl
import polars
import pytest
import xlsxwriter
from openxml_audit import OpenXmlValidator

import xlcalc
from tests.conftest import ROOT
from tests.files import contents
from tests.pictures import gif, jpeg, png
from tests.test_rows import lines
from xlcalc.errors import (
    ConfigError,
    InputValueError,
    NameNotFoundError,
    ScenarioError,
    WorkbookError,
)
from xlcalc.ooxml.cell_sizes import size_of_cells
from xlcalc.ooxml.image_headers import image_header
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.pictures import Picture, PictureSlots, picture_area
from xlcalc.runs.picture_files import MOST_BYTES, PictureFiles

PIXEL = 9525


def letterhead(*, chart=True, own_logo=False, hidden=False, rule=False):
    """A budget with a logo in A1:B2, merged, a table below, and a seal in a cell under it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    plan = book.add_worksheet("Plan")
    plan.set_column("A:A", 20)  # 20 digits of 7 pixels and 5 around them: 145 pixels
    plan.set_row(0, 45)
    if hidden:
        plan.set_row(0, None, None, {"hidden": True})
        plan.set_row(1, None, None, {"hidden": True})
    plan.merge_range("A1:B2", "")
    columns = [{"header": "item"}, {"header": "units"}, {"header": "price"}]
    data = [("gpu", 1.0, 2.0)] * 3
    plan.add_table("A4:C7", {"name": "Items", "columns": columns, "data": data})
    plan.write_row("A9", ["tax", 0.19])
    plan.write_formula("B10", "=SUM(C5:C7)*(1+B9)", None, 7.14)
    if rule:
        plan.conditional_format("C5:C7", {"type": "data_bar", "data_bar_2010": True})
    for name, place in {
        "logo": "$A$1", "seal": "$B$12:$C$15", "tax": "$B$9", "total": "$B$10"
    }.items():  # fmt: skip
        book.define_name(name, f"=Plan!{place}")
    if own_logo:
        plan.insert_image("A1", "old.png", {"image_data": io.BytesIO(png(10, 10))})
        plan.insert_image("E1", "kept.png", {"image_data": io.BytesIO(png(20, 10, (0, 0, 9)))})
    if chart:
        drawn = book.add_chart({"type": "column"})
        drawn.add_series({"values": "=Plan!$C$5:$C$7"})
        plan.insert_chart("E12", drawn)
    book.close()
    return file.getvalue()


def write(folder, pictures, book=None):
    """Write a workbook, pictures, and a list whose scenarios each have one."""
    (folder / "logos").mkdir(exist_ok=True)
    (folder / "budget.xlsx").write_bytes(book or letterhead())
    with (folder / "runs.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["scenario", "tax", "mark"])
        for number, (name, data) in enumerate(pictures.items()):
            path = "" if data is None else f"logos/{name}.{image_header(data, name)[0]}"
            if data is not None:
                (folder / path).write_bytes(data)
            rows.writerow([name, number / 10, path])


def fill(folder, **options):
    given = {"pictures": {"logo": "mark"}, "dialect": "udf", **options}
    return xlcalc.batch(folder / "budget.xlsx", folder / "runs.csv", folder / "out", **given)


def anchors(path):
    """Return where the pictures of the first sheet stand, with their size [pixel] and bytes."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    found = []
    for image in sheet._images:
        start, size = image.anchor._from, image.anchor.ext
        found.append((start.col, start.row, size.width / PIXEL, size.height / PIXEL, image._data()))
    return sheet, found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(3, 2), ("png", 3, 2)),
        (gif(300, 2), ("gif", 300, 2)),
        (jpeg(640, 480), ("jpeg", 640, 480)),
        (jpeg(640, 480, 0xC0), ("jpeg", 640, 480)),
    ],
)
def test_the_header_of_a_picture_says_its_kind_and_size(data, expected):
    assert expected == image_header(data, "a")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "a is no PNG, JPEG or GIF picture"),
        (b"<svg/>", "a is no PNG, JPEG or GIF picture"),
        (b"II*\x00", "a is no PNG, JPEG or GIF picture"),
        (png(3, 2)[:20], "a must have 1 to 20,000 pixels a side, got none in its header"),
        (gif(3, 2)[:8], "a must have 1 to 20,000 pixels a side, got none in its header"),
        (jpeg(3, 2)[:18], "a must have 1 to 20,000 pixels a side, got none in its header"),
        (jpeg(3, 2, 0xC4), "a must have 1 to 20,000 pixels a side, got none in its header"),
        (b"\xff\xd8\xff\xe0\x00\x00", "a must have 1 to 20,000 pixels a side, got none in its"),
        (gif(0, 2), "a must have 1 to 20,000 pixels a side, got 0 × 2"),
        (gif(20_001, 2), "a must have 1 to 20,000 pixels a side, got 20,001 × 2"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(InputValueError, match=re.escape(sentence)):
        image_header(data, "a")


def test_cells_are_as_large_as_excel_shows_them():
    package = Package(letterhead(), "b.xlsx")
    data = package.part(package.sheets["Plan"])
    assert (145 * PIXEL, 60 * PIXEL) == size_of_cells(data, (1, 1, 1, 1))
    assert ((145 + 64) * PIXEL, 80 * PIXEL) == size_of_cells(data, (1, 1, 2, 2))
    narrow = data.replace(b'width="20.7109375"', b'width="20.7109375" hidden="1"')
    assert (64 * PIXEL, 60 * PIXEL) == size_of_cells(narrow, (1, 1, 2, 1))


@pytest.mark.parametrize("size", [(300, 100), (10, 100), (4000, 4000)])
def test_a_picture_fits_its_cells_keeps_its_ratio_and_leaves_the_chart(size, tmp_path):
    picture = png(*size)
    write(tmp_path, {"North": picture})
    assert (1, 0) == (fill(tmp_path).runs, fill(tmp_path).failed)
    sheet, found = anchors(tmp_path / "out" / "North.xlsx")
    ((column, row, width, height, data),) = found
    assert (0, 0, picture) == (column, row, data)
    # A1:B2 has 209 × 80 pixels.
    expected = {(300, 100): (209, 209 / 3), (10, 100): (8, 80), (4000, 4000): (80, 80)}[size]
    assert expected == pytest.approx((width, height), abs=1e-3)
    assert 1 == len(sheet._charts)
    assert OpenXmlValidator().validate(tmp_path / "out" / "North.xlsx").is_valid


@pytest.mark.parametrize("chart", [False, True])
@pytest.mark.parametrize("kind", [png, gif, jpeg])
def test_each_kind_comes_into_a_sheet_with_and_without_a_drawing(kind, chart, tmp_path):
    write(tmp_path, {"North": kind(20, 10)}, letterhead(chart=chart, rule=True))
    assert 0 == fill(tmp_path).failed
    file = tmp_path / "out" / "North.xlsx"
    assert OpenXmlValidator().validate(file).is_valid
    package = Package.read(file)
    assert kind(20, 10) == package.part(f"xl/media/image1.{kind.__name__}")
    sheet = package.part(package.sheets["Plan"])
    assert 1 == sheet.count(b"<drawing ")
    assert sheet.index(b"<drawing ") < sheet.index(b"<tableParts")


def test_an_empty_cell_of_the_list_keeps_what_the_workbook_shows(tmp_path):
    write(tmp_path, {"North": png(5, 5), "South": None}, letterhead(own_logo=True))
    assert 0 == fill(tmp_path).failed
    names = {
        name: {part for part in Package.read(tmp_path / "out" / name).names() if "media" in part}
        for name in ("North.xlsx", "South.xlsx")
    }
    _, south = anchors_of_two(tmp_path / "out" / "South.xlsx")
    assert {png(10, 10), png(20, 10, (0, 0, 9))} == south
    _, north = anchors_of_two(tmp_path / "out" / "North.xlsx")
    assert {png(5, 5), png(20, 10, (0, 0, 9))} == north
    assert [2, 2] == [len(found) for found in names.values()]
    assert OpenXmlValidator().validate(tmp_path / "out" / "North.xlsx").is_valid


def anchors_of_two(path):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return sheet, {image._data() for image in sheet._images}


def test_a_picture_that_two_cells_show_stays_for_the_other_one():
    package = Package(letterhead(), "b.xlsx")
    twice = {"logo": "png", "seal": "png"}
    pictures = {name: Picture("png", 5, 5, png(5, 5)) for name in twice}
    slots = PictureSlots(package, twice)
    for part, data in slots.parts(pictures).items():
        package.replace(part, data)
    rels = "xl/drawings/_rels/drawing1.xml.rels"
    package.replace(rels, package.part(rels).replace(b"image2.png", b"image1.png"))
    again = PictureSlots(package, {"logo": "png"})
    assert package.has("xl/media/image1.png")
    assert again.part_names == ["xl/drawings/drawing1.xml", "xl/media/image3.png"]


def test_pictures_move_with_the_rows_above_them(tmp_path):
    write(tmp_path, {"North": png(20, 10), "South": png(20, 10)})
    items = [("North", *row) for row in lines(5)] + [("South", *row) for row in lines(1)]
    with (tmp_path / "items.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("scenario", "item", "units", "price"), *items])
    counts = fill(
        tmp_path, rows={"items": tmp_path / "items.csv"}, pictures={"logo": "mark", "seal": "mark"}
    )
    assert (2, 0) == (counts.runs, counts.failed)
    for name, seal in (("North", 13), ("South", 9)):
        _, found = anchors(tmp_path / "out" / f"{name}.xlsx")
        assert [(0, 0), (1, seal)] == sorted(place[:2] for place in found)
        assert OpenXmlValidator().validate(tmp_path / "out" / f"{name}.xlsx").is_valid


@pytest.mark.slow
def test_the_engine_and_several_processes_write_the_same_files(tmp_path):
    write(tmp_path, {f"s{n}": (png, gif)[n % 2](5 + n, 5) if n % 3 else None for n in range(8)})
    fill(tmp_path)
    alone = contents(tmp_path / "out")
    fill(tmp_path, jobs=2)
    assert alone == contents(tmp_path / "out")
    fill(tmp_path, dialect="values")
    assert png(9, 5) == Package.read(tmp_path / "out" / "s4.xlsx").part("xl/media/image1.png")


def test_resume_makes_a_file_anew_whose_picture_is_another_one(tmp_path):
    write(tmp_path, {"North": png(5, 5), "South": png(6, 5)})
    fill(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*th.xlsx")}
    (tmp_path / "logos" / "North.png").write_bytes(png(5, 5, (1, 2, 3)))
    fill(tmp_path, resume=True)
    north, south = (tmp_path / "out" / f"{name}.xlsx" for name in ("North", "South"))
    assert before[south] == south.stat().st_mtime_ns
    assert png(5, 5, (1, 2, 3)) == anchors(north)[1][0][-1]


def test_a_path_does_not_leave_the_folder_and_a_bad_picture_fails_its_scenario_alone(tmp_path):
    write(tmp_path, {"good": png(5, 5)})
    folder = tmp_path / "lists"
    (folder / "sub").mkdir(parents=True)
    (folder / "in.png").write_bytes(png(5, 5))
    (folder / "link.png").symlink_to(tmp_path / "logos" / "good.png")
    (folder / "text.png").write_text("no picture")
    (folder / "huge.png").write_bytes(png(5, 5) + b"\0" * MOST_BYTES)
    os.mkfifo(folder / "pipe.png")
    absolute = folder / "in.png"
    refused = {
        "../logos/good.png": f"the picture ../logos/good.png is outside of the folder {folder}",
        "link.png": f"the picture link.png is outside of the folder {folder}",
        "/dev/zero": f"the picture /dev/zero is outside of the folder {folder}",
        "none.png": f"there is no picture none.png in the folder {folder}",
        "text.png": "text.png is no PNG, JPEG or GIF picture",
        "huge.png": "the picture huge.png has more than 5,000,000 bytes",
        "pipe.png": "the picture pipe.png is no file",
        "sub": "the picture sub is no file",
        "a\0b": r"'a\x00b' is no path of a picture",
    }
    names = [*refused, str(absolute), "sub/../in.png"]
    frame = polars.DataFrame({"scenario": [f"s{n}" for n in range(len(names))], "mark": names})
    frame = frame.with_columns(tax=0.1)
    counts = xlcalc.batch(
        tmp_path / "budget.xlsx", frame, tmp_path / "out",
        pictures={"logo": "mark"}, picture_folder=folder,
    )  # fmt: skip
    assert (len(names), len(refused)) == (counts.runs, counts.failed)
    with (tmp_path / "out" / "errors.csv").open() as file:
        told = [(row["column"], row["problem"]) for row in csv.DictReader(file)]
    assert [("mark", sentence) for sentence in refused.values()] == told


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"pictures": {"lago": "mark"}}, NameNotFoundError, 'no named cell or range "lago"; did'),
        ({"pictures": {"logo": "marke"}}, ScenarioError, 'no column "marke" with pictures for lo'),
        ({"picture_folder": "nowhere"}, ConfigError, "there is no folder nowhere"),
    ],
)
def test_a_place_a_column_and_a_folder_that_are_not_there_are_named(
    options, error, sentence, tmp_path
):
    write(tmp_path, {"North": png(5, 5)})
    with pytest.raises(error, match=re.escape(sentence)):
        fill(tmp_path, **options)


def test_a_hidden_place_and_a_strict_workbook_get_no_picture():
    with pytest.raises(WorkbookError, match=r"logo of b has no room: Plan!A1 is hidden"):
        PictureSlots(Package(letterhead(hidden=True), "b"), {"logo": "png"})
    package = Package(letterhead(), "b")
    old, new = (
        b"schemas.openxmlformats.org/spreadsheetml/2006",
        b"purl.oclc.org/ooxml/spreadsheetml",
    )
    package.replace(package.workbook_part, package.part(package.workbook_part).replace(old, new))
    with pytest.raises(WorkbookError, match="b is in the strict form of Open XML, which gets no"):
        PictureSlots(package, {"logo": "png"})


def test_a_place_is_found_whatever_its_case_with_the_cells_that_are_merged():
    package = Package(letterhead(), "b")
    assert ("Plan", (1, 1, 2, 2)) == picture_area(package, "LOGO")
    assert ("Plan", (2, 12, 3, 15)) == picture_area(package, "seal")


def test_pictures_that_are_read_often_are_kept_within_bounds(tmp_path):
    (tmp_path / "a.png").write_bytes(png(5, 5))
    files = PictureFiles(tmp_path)
    first = files.read("a.png")
    assert first is files.read("a.png")
    assert replace(first, digest="") == Picture("png", 5, 5, png(5, 5))


@pytest.mark.slow
def test_the_example_of_the_page_on_pictures_runs(tmp_path):
    text = (ROOT / "docs" / "lists.md").read_text(encoding="utf-8")
    section = text.partition("## Pictures")[2].partition("\n## ")[0]
    listed, command, config = (
        "".join(line[4:] + "\n" for line in block.splitlines())
        for block in re.findall(r"\n((?:    .+\n)+)", section)
    )
    write(tmp_path, {"North": png(20, 10), "South": png(30, 10)})
    (tmp_path / "runs.csv").write_text(listed)
    (tmp_path / "report.toml").write_text(f'workbook = "budget.xlsx"\n{config}')
    for arguments in (command.split()[1:], ["report", "report.toml", "-o", "out"]):
        subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", *arguments],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
        _, found = anchors(tmp_path / "out" / "South.xlsx")
        assert png(30, 10) == found[0][-1]
