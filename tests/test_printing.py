"""Tests of how sheets are printed: the size of letters, the ends of pages, the words of charts."""

import io
import math
import re
from itertools import pairwise

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from tests.built import built
from tests.workbooks import parts
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look, columns
from xlcalc.author.file_parts import ordered_fonts
from xlcalc.author.layout import Page
from xlcalc.author.printing import narrowed
from xlcalc.dialects import Form
from xlcalc.templates import PORTABLE_ONLY, TEMPLATES

WIDTH, HEIGHT = 756, 530
"""Points of US Letter across and of A4 down, less margins of 0.25 inches, and of 0.35 and 0.55."""
ALL = pytest.mark.parametrize("name", [n for n in TEMPLATES if n not in PORTABLE_ONLY])


def sheets_of(name):
    return openpyxl.load_workbook(io.BytesIO(built(name, Form("udf")))).worksheets


def written(page):
    """Return the only sheet of a page's workbook as its file has it."""
    return openpyxl.load_workbook(io.BytesIO(page.book.to_bytes())).worksheets[0]


def page_of(rows, widths=(2, 30, 20), **how):
    page = Page(Book("A book", "a command"), "Sheet", widths, "Title", "")
    for section in rows:
        page.section("A section")
        for row in range(section):
            page.put(page.row, 2, row)
            page.sheet.row_dimensions[page.row].height = 20
            page.row += 1
        page.row += 1
    page.finish(**how)
    return page


def heights(sheet, rows):
    return sum(sheet.row_dimensions[row].height or 15 for row in rows)


def is_heading(cell):
    """Whether a cell looks as headings do: navy letters of a section, or white ones of a table."""
    font = cell.font
    looks = font.b, font.color and font.color.rgb
    return cell.value is not None and looks in {(True, "001F3864"), (True, "00FFFFFF")}


@pytest.mark.slow
@ALL
def test_no_page_ends_behind_a_heading_or_within_a_chart(name):
    for sheet in sheets_of(name):
        for end in (one.id for one in sheet.row_breaks.brk):
            assert not is_heading(sheet.cell(end, 2)), f"{sheet.title}!B{end}"
            for chart in sheet._charts:
                first, last = chart.anchor._from.row + 1, chart.anchor.to.row
                assert not first <= end < last, f"{sheet.title}, row {end}"


@pytest.mark.slow
@ALL
def test_every_page_is_landscape_and_fits_both_papers_in_seven_points(name):
    for sheet in sheets_of(name):
        assert "landscape" == sheet.page_setup.orientation
        _, _, columns, rows = range_boundaries(sheet.print_area.rpartition("!")[2])
        cells = [c for row in sheet.iter_rows(max_col=columns, max_row=rows) for c in row]
        smallest = min(c.font.sz for c in cells if c.value is not None)
        whole = bool(sheet.sheet_properties.pageSetUpPr.fitToPage)
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        widths = [5.25 * width for width in widths[:columns]]
        if whole:
            scale = min(1, WIDTH / sum(widths), HEIGHT / heights(sheet, range(1, rows + 1)))
        else:
            scale = sheet.page_setup.scale / 100
            ends = [0, *(one.id for one in sheet.row_breaks.brk), rows]
            for first, last in pairwise(ends):
                printed = scale * heights(sheet, range(first + 1, last + 1))
                assert printed <= HEIGHT, f"{sheet.title}, rows {first + 1} to {last}"
        assert 7 <= round(scale * smallest, 1), sheet.title


@pytest.mark.slow
@ALL
def test_every_chart_says_in_words_what_it_shows(name):
    data = parts(built(name, Form("udf")))
    drawings = [text.decode() for part, text in data.items() if "drawings/drawing" in part]
    said = re.findall(r'descr="([^"]*)"', " ".join(drawings))
    assert len(said) == sum(len(sheet._charts) for sheet in sheets_of(name))
    assert all(re.match(r"(?:Bar|Column|Line|Scatter|Area) chart: .{5}", text) for text in said)


def test_a_page_ends_where_a_section_does():
    # 15 rows of 20 points and a heading are 320; two of them, with the head, do not fit 530.
    page = page_of([15, 15])
    assert [19 + 1] == [one.id for one in written(page).row_breaks.brk]


def test_a_sheet_that_overflows_a_little_is_shrunk_to_a_page():
    # The head is 60 points, and the section 20 + 24 x 20: 560 x 0.92 is 515.
    sheet = written(page_of([24]))
    assert [] == sheet.row_breaks.brk
    assert (1, 1) == (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight)


def test_a_heading_goes_on_to_the_next_page_with_its_rows():
    # A section of 22 rows, 520 with the head; the heading of the next would be its last line.
    page = page_of([21, 22])
    ends = [one.id for one in written(page).row_breaks.brk]
    assert 26 == ends[0]


def test_what_is_too_wide_goes_on_over_pages_that_repeat_the_first_columns():
    page = page_of([5], (2, 30, *[18] * 14))
    for column in range(3, 17):
        page.put(5, column, 1)
    sheet = written(page)
    # 201 units in ten points fit a page: 32 and nine columns of 18; seven are as even as can be.
    assert [9] == [one.id for one in sheet.col_breaks.brk]
    assert "$A:$B" == sheet.print_title_cols
    assert 0.7 <= sheet.page_setup.scale / 100


def test_words_give_way_before_figures_where_a_sheet_is_a_little_too_wide():
    # 2 + 40 + 40 + 10 x 12.5 = 207: the two columns of words give 8.
    assert [2, 36, 36, *[12.5] * 10] == pytest.approx(narrowed([2, 40, 40, *[12.5] * 10]))
    assert [2, 30, 30] == narrowed([2, 30, 30])


def test_the_children_of_a_font_stand_in_the_order_of_the_schema():
    font = '<font><name val="Arial"/><b val="1"/><color rgb="FF"></color><sz val="9"/></font>'
    assert (
        '<font><b val="1"/><sz val="9"/><color rgb="FF"></color><name val="Arial"/></font>'
        == ordered_fonts(font)
    )


def test_a_text_stands_once_in_a_list_for_the_whole_workbook():
    page = page_of([])
    for row in (5, 6):
        page.put(row, 2, "said & twice")
    found = parts(page.book.to_bytes())
    assert 1 == found["xl/sharedStrings.xml"].count(b"<t>said &amp; twice</t>")
    assert b"inlineStr" not in found["xl/worksheets/sheet1.xml"]
    assert ["said & twice"] * 2 == [written(page).cell(row, 2).value for row in (5, 6)]


def test_a_chart_is_described_in_the_language_of_its_workbook():
    words = {"{kind}: {title}.": "{kind}：{title}。", "Column chart": "柱形图", "Cost": "成本"}
    page = Page(Book("b", "c", Texts(words, "zh")), "Sheet", (2, 10, 10), "Title", "")
    page.put(4, 2, 1)
    page.put(4, 3, 2)
    cells = openpyxl.chart.Reference(page.sheet, min_col=2, min_row=4)
    columns(page, "B6:C12", Look("Cost"), cells, [Curve("Cost", cells)])
    page.finish(last_row=12)
    assert (
        'descr="柱形图：成本。"' in parts(page.book.to_bytes())["xl/drawings/drawing1.xml"].decode()
    )


def printed(sheet):
    """Yield the cells of a sheet that are printed and hold something."""
    _, _, columns, rows = range_boundaries(sheet.print_area.rpartition("!")[2])
    for row in sheet.iter_rows(max_col=columns, max_row=rows):
        yield from (cell for cell in row if cell.value is not None)


def width_of(sheet, cell):
    """Return the width of a cell, or of the cells that are merged with it, in points."""
    last = cell.column
    for box in sheet.merged_cells.ranges:
        if (box.min_row, box.min_col) == (cell.row, cell.column):
            last = box.max_col
    letters = [get_column_letter(column) for column in range(cell.column, last + 1)]
    return 5.25 * sum(sheet.column_dimensions[letter].width for letter in letters)


def least_lines(cell, room):
    """Return how many lines a text takes at least, by the area of its letters."""
    size = cell.font.sz
    letters = [size * (1.0 if letter > "\u2e80" else 0.42) for letter in str(cell.value)]
    return max(1, math.ceil(sum(letters) / room))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.thorough)])
@ALL
def test_a_row_is_as_high_as_the_text_that_it_shows(name, language):
    book = openpyxl.load_workbook(
        io.BytesIO(built(name, Form("udf", language=language))), data_only=True
    )
    clipped = []
    for sheet in book.worksheets:
        for cell in printed(sheet):
            if isinstance(cell.value, str) and cell.alignment.wrap_text:
                lines = least_lines(cell, width_of(sheet, cell))
                boxes = [box for box in sheet.merged_cells.ranges if cell.coordinate in box]
                last = max((box.max_row for box in boxes), default=cell.row)
                height = heights(sheet, range(cell.row, last + 1))
                if height < 1.15 * cell.font.sz * lines:
                    clipped.append(f"{sheet.title}!{cell.coordinate}: {cell.value}")
    assert [] == clipped


@pytest.mark.slow
@ALL
def test_a_list_that_goes_on_to_another_page_repeats_its_heading(name):
    for sheet in sheets_of(name):
        headed = sheet["B4"].value is not None and sheet["B4"].fill.fgColor.rgb == "001F3864"
        ends = [one.id for one in sheet.row_breaks.brk]
        within = any(sheet.cell(row, 2).value and sheet.cell(row + 1, 2).value for row in ends)
        if headed and within:
            assert sheet.print_title_rows, sheet.title


@pytest.mark.slow
@ALL
def test_a_bar_chart_has_room_for_the_name_of_each_bar(name):
    for sheet in sheets_of(name):
        for chart in sheet._charts:
            if type(chart).__name__ != "BarChart" or chart.type != "bar":
                continue
            labels = chart.series[0].cat.strRef or chart.series[0].cat.numRef
            _, first, _, last = range_boundaries(labels.f.rpartition("!")[2])
            rows = range(chart.anchor._from.row + 1, chart.anchor.to.row + 1)
            # 80 points are for the title, the scale and the legend; letters are 9 points high.
            assert 9.0 <= (heights(sheet, rows) - 80) / (last - first + 1), sheet.title


def test_a_title_above_repeated_columns_is_wrapped_and_its_subtitle_stands_behind_them():
    page = Page(
        Book("A book", "a command"),
        "Sheet",
        (2, 24, *[18] * 14),
        "A title that is wider than its column",
        "A subtitle that is much longer than the column which every page repeats.",
    )
    page.put(5, 16, 1)
    page.finish()
    sheet = written(page)
    assert sheet["B1"].alignment.wrap_text
    assert None is sheet["B2"].value
    assert sheet["C2"].value.startswith("A subtitle that is much longer")
    first_page = get_column_letter(sheet.col_breaks.brk[0].id)
    assert f"C2:{first_page}2" in [str(box) for box in sheet.merged_cells.ranges]


def test_a_sentence_above_a_table_is_wrapped_where_the_page_ends():
    page = page_of([1], (2, 30, 20))
    page.put(9, 2, "A sentence that takes far more room than the two columns of its sheet have.")
    page.finish()
    sheet = written(page)
    assert ["B9:C9"] == [str(box) for box in sheet.merged_cells.ranges]
    assert 30 == sheet.row_dimensions[9].height
