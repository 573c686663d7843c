"""Cells of a sheet's XML, found and written anew without touching another byte."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xlcalc.cells import CellError
from xlcalc.errors import InputValueError, WorkbookError
from xlcalc.ooxml.edits import write_cells
from xlcalc.ooxml.literals import number_lines, number_text, xml_texts
from xlcalc.ooxml.markup import same
from xlcalc.ooxml.sheet import cell_styles, check_markup, formula_cells

SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="m"><cols><col min="1"/></cols><sheetData>'
    b'<row r="1" ht="20"><c r="A1" s="4"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
    b'<row r="3"><c r="A3" s="2"><f>A1*2</f><v>2</v></c>'
    b"<c r='B3' t='str'><f>\"a&amp;b\"</f><v>a&amp;b</v></c>"
    b'<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D3" s="7"/></row>'
    b'<row r="4"/></sheetData><pageMargins left="1"/></worksheet>'
)
SHARED = (
    b'<worksheet><sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1</f>'
    b'<v>1</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
    b'<row r="3"><c r="A3"><f t="shared" si="0"/><v>3</v></c></row></sheetData></worksheet>'
)
ARRAY = (
    b'<worksheet><sheetData><row r="1"><c r="A1"><f t="array" ref="A1:B2">F1:G1*E1:E2</f><v>1</v>'
    b'</c><c r="B1"><v>2</v></c></row></sheetData></worksheet>'
)
PREFIXED = (
    b'<x:worksheet><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1+1</x:f></x:c></x:row>'
    b"</x:sheetData></x:worksheet>"
)


def test_formula_cells_are_found_with_their_values():
    found = formula_cells(SHEET)
    assert {(3, 1), (3, 2), (3, 3)} == set(found)
    assert ("A1*2", 2.0) == (found[3, 1].text, found[3, 1].value)
    assert ('"a&b"', "a&b") == (found[3, 2].text, found[3, 2].value)
    assert CellError("#DIV/0!") == found[3, 3].value
    assert {(1, 1): 4, (3, 4): 7} == cell_styles(SHEET, {(1, 1), (3, 4), (9, 9)})


def test_values_are_one_if_they_are_of_one_kind():
    assert same(2.0, 2.0)
    assert same(CellError("#DIV/0!", "a sentence"), CellError("#DIV/0!"))
    for old, new in ((1.0, True), ("1", 1.0), (None, 0.0), (CellError("#N/A"), "#N/A")):
        assert not same(old, new)


def test_a_new_value_changes_only_its_own_cell():
    old = b'<c r="A3" s="2"><f>A1*2</f><v>2</v></c>'
    for value, new in (
        (0.1, b'<c r="A3" s="2"><f>A1*2</f><v>0.1</v></c>'),
        (3.15e23, b'<c r="A3" s="2"><f>A1*2</f><v>3.15e+23</v></c>'),
        (True, b'<c r="A3" s="2" t="b"><f>A1*2</f><v>1</v></c>'),
        ("<&>", b'<c r="A3" s="2" t="str"><f>A1*2</f><v>&lt;&amp;&gt;</v></c>'),
        (CellError("#N/A"), b'<c r="A3" s="2" t="e"><f>A1*2</f><v>#N/A</v></c>'),
        (None, b'<c r="A3" s="2"><f>A1*2</f></c>'),
    ):
        assert SHEET.replace(old, new) == write_cells(SHEET, {(3, 1): value}, {})


def test_a_constant_takes_the_place_of_a_value_or_a_formula():
    written = write_cells(SHEET, {}, {(1, 1): 5.0, (3, 1): "=1+1", (3, 4): 1.5})
    assert b'<c r="A1" s="4"><v>5</v></c>' in written
    assert b'<c r="A3" s="2" t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c>' in written
    assert b'<c r="D3" s="7"><v>1.5</v></c>' in written
    assert b'<c r="C1" t="s"><v>0</v></c>' in written


def test_cells_that_do_not_exist_are_inserted_in_order():
    new = {(1, 2): 1.0, (1, 4): 2.0, (2, 1): 3.0, (4, 2): 4.0, (6, 1): 5.0, (7, 1): None}
    written = write_cells(SHEET, {}, new)
    assert b'<c r="B1"><v>1</v></c><c r="C1" t="s"><v>0</v></c><c r="D1"><v>2</v></c>' in written
    assert b'</row><row r="2"><c r="A2"><v>3</v></c></row><row r="3">' in written
    assert (
        b'<row r="4"><c r="B4"><v>4</v></c></row><row r="6"><c r="A6"><v>5</v></c></row>' in written
    )
    assert b'r="7"' not in written


def test_an_empty_sheet_takes_a_cell():
    written = write_cells(b"<worksheet><sheetData/></worksheet>", {}, {(2, 2): 1.0})
    assert b'<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>' in written


def test_the_prefix_of_the_file_is_kept():
    written = write_cells(PREFIXED, {(1, 1): 2.0}, {(2, 1): "a"})
    assert b'<x:c r="A1"><x:f>1+1</x:f><x:v>2</x:v></x:c>' in written
    assert b'<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t' in written


def test_cells_without_references_are_counted():
    sheet = b"<worksheet><sheetData><row><c/><c><f>1+1</f></c></row></sheetData></worksheet>"
    assert {(1, 2)} == set(formula_cells(sheet))
    assert b"<c><f>1+1</f><v>2</v></c>" in write_cells(sheet, {(1, 2): 2.0}, {})


def test_the_cells_of_an_array_formula_are_known_even_where_the_file_has_none():
    found = formula_cells(ARRAY)
    assert {(1, 1): "array", (1, 2): "spill", (2, 1): "spill", (2, 2): "spill"} == {
        position: cell.kind for position, cell in found.items()
    }
    values = dict.fromkeys(found, 7.0)
    written = write_cells(ARRAY, values, {})
    assert b'<c r="B1"><v>7</v></c></row><row r="2"><c r="A2"><v>7</v></c>' in written
    with pytest.raises(InputValueError, match="A1 is part of an array formula"):
        write_cells(ARRAY, {}, {(1, 1): 1.0})


def test_a_shared_formula_is_handed_on_when_its_first_cell_loses_it():
    written = write_cells(SHARED, {(2, 1): 20.0}, {(1, 1): 5.0})
    assert b'<c r="A1"><v>5</v></c>' in written
    assert b'<c r="A2"><f>B2*$C$1</f><v>20</v></c>' in written
    assert b'<c r="A3"><f>B3*$C$1</f><v>3</v></c>' in written


@pytest.mark.parametrize(
    ("text", "reason"), [("x" * 32_768, "32,767"), ("a\x07b", "control"), ("\ud800", "control")]
)
def test_a_text_that_no_cell_holds_is_refused(text, reason):
    with pytest.raises(InputValueError, match=reason):
        write_cells(SHEET, {}, {(1, 1): text})


@pytest.mark.parametrize("odd", [b"<!-- c -->", b"<![CDATA[x]]>", b"<!DOCTYPE w>", b"<?mso x?>"])
def test_odd_markup_is_refused(odd):
    with pytest.raises(WorkbookError, match="Data"):
        check_markup(SHEET.replace(b"<sheetData>", odd + b"<sheetData>"), "Data")
    with pytest.raises(WorkbookError):
        check_markup(SHEET.decode().encode("utf-16"), "Data")
    check_markup(SHEET, "Data")


@given(st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3)))
@example([[1e15, -0.0, 5e-324], [1e16, 9.999e-5, 1e-4], [123456789012345680.0, 150.0, 1e23]])
def test_the_numbers_of_a_block_are_written_as_single_ones_are(rows):
    expected = [",".join(map(number_text, row)).encode() for row in rows]
    assert expected == number_lines(np.array(rows).reshape(-1, 3))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_a_cell_reads_back_as_the_same(number):
    assert number == float(number_text(number))


@pytest.mark.parametrize(
    "texts", [["a & b", "<c>", ""], ["one", "two\r\nthree"], ["\ue000", "x"], ["模型", "🙂"]]
)
def test_the_texts_of_a_block_are_written_as_single_ones_are(texts):
    cell = b'<row r="1"><c r="A1"><f>B1</f></c></row>'
    sheet = b"<worksheet><sheetData>%b</sheetData></worksheet>"
    expected = [sheet % cell.replace(b"A1", b'A1" t="str').replace(b"</f>", b"</f><v>%b</v>" % text)
                for text in xml_texts(texts)]  # fmt: skip
    assert expected == [write_cells(sheet % cell, {(1, 1): text}, {}) for text in texts]


@pytest.mark.parametrize("text", ["\x00", "a\x07b", "\ud800", "x" * 32_768])
def test_a_constant_that_no_cell_can_hold_is_refused(text):
    with pytest.raises(InputValueError, match="a cell"):
        write_cells(SHEET, {}, {(1, 1): text})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\x07b", b"a_x0007_b"),
        ("_x000D_", b"_x005F_x000D_"),
        ("_x00_ _xyz", b"_x00_ _xyz"),
        ("_x005F_", b"_x005F_x005F_"),
    ],
)
def test_what_xml_cannot_have_is_written_by_number_and_read_again(text, written):
    assert [written, b"x"] == xml_texts([text, "x"])
    sheet = write_cells(PLAIN, {(3, 2): text}, {})
    assert b"<v>" + written + b"</v>" in sheet
    assert text == formula_cells(sheet)[3, 2].value


PLAIN = (
    b'<worksheet><sheetData><row r="1"><c r="A1" s="4"><v>1</v></c><c r="B1"><f>A1*2</f><v>2</v>'
    b'</c></row><row r="2"><c r="A2" s="1" t="str"><f>B1&amp;"x"</f><v>2x</v></c><c r="AB2" t="b">'
    b'<f>A1&lt;2</f><v>1</v></c></row><row r="3"><c r="A3" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    b'<c r="B3"><f>C3</f></c><c r="D3" t="str"><f>""</f><v></v></c><c r="E3"><f>C3</f><v/></c>'
    b"</row></sheetData></worksheet>"
)


def test_cells_that_are_read_all_at_once_are_those_that_are_read_one_by_one():
    found = formula_cells(PLAIN)
    assert [(1, 2), (2, 1), (2, 28), (3, 1), (3, 2), (3, 4), (3, 5)] == list(found)
    assert ('B1&"x"', "2x") == (found[2, 1].text, found[2, 1].value)
    assert formula_cells(PLAIN.replace(b"<f>", b"<f >")) == found


@pytest.mark.parametrize(
    "values",
    [
        {(1, 2): 3.5},
        {(2, 1): "<new>", (2, 28): False, (3, 1): None, (3, 2): CellError("#N/A")},
        {(1, 2): "text", (3, 4): 1e-5, (3, 5): 7.0, (3, 1): True},
        {(1, 2): 1.0, (4, 1): 2.0},
    ],
)
def test_cells_that_are_written_all_at_once_are_those_that_are_written_one_by_one(values):
    alone = write_cells(PLAIN.replace(b"<f>", b"<f >"), values, {})
    assert alone.replace(b"<f >", b"<f>") == write_cells(PLAIN, values, {})
