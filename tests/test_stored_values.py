"""The values that a workbook stores beside its formulas."""

import re

import pytest

from tests.workbooks import opened, workbook_of
from xlcalc.cells import CellError
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import check_markup
from xlcalc.ooxml.stored_values import counts_from_1904, stored_values, without_stored_values

TEXTS = (
    "<si><t>plain</t></si><si><r><t>of </t></r><r><rPr><b/></rPr><t>two</t></r>"
    '<rPh sb="0" eb="1"><t>read aloud</t></rPh></si><si><t/></si>'
)
ROWS = (
    '<row r="1"><c r="A1"><v>7</v></c><c r="B1"><f>A1*2</f><v>14</v></c>'
    '<c r="C1" t="str"><f>"a"&amp;"&lt;"</f><v>a&lt;</v></c>'
    '<c r="D1" t="b"><f>A1&gt;1</f><v>1</v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    '<c r="F1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2" t="s"><f>F1</f><v>1</v></c><c r="D2"><f>Z9</f></c>'
    '<c r="E2" t="s"><f>F1</f><v>2</v></c><c r="F2" t="b"><f>A1&gt;9</f><v>0</v></c>'
    '<c r="G2" s="0"><f t="shared" ref="G2:G3" si="0">A1*3</f><v>21</v></c>'
    '<c r="H2" t="d"><f>TODAY()</f><v>2024-01-31T12:00:00Z</v></c></row>'
    '<row r="3"><c r="G3" s="0"><f t="shared" si="0"/><v>0.5</v></c>'
    '<c r="H3" s="0" t="str" cm="1"><f t="array" ref="H3">A1&amp;""</f><v>7</v></c></row>'
)
EXPECTED = {
    (1, 2): 14.0,
    (1, 3): "a<",
    (1, 4): True,
    (1, 5): CellError("#DIV/0!"),
    (2, 1): "of two",
    (2, 4): None,
    (2, 5): "",
    (2, 6): False,
    (2, 7): 21.0,
    (2, 8): 45322.5,
    (3, 7): 0.5,
    (3, 8): "7",
}
INLINE = (
    '<row r="1"><c r="A1" t="inlineStr"><f>B1</f><is><r><t>in</t></r><r>'
    '<t xml:space="preserve"> side</t></r></is></c><c r="B1" t="inlineStr"><is><t>x</t></is></c>'
    "</row>"
)
ARRAY = (
    '<row r="1"><c r="A1" t="str"><f t="array" ref="A1:B2">D1:E2</f><v>w</v></c>'
    '<c r="B1" t="s"><v>0</v></c><c r="C1"><v>5</v></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="C2"><v>6</v></c></row>'
)
DATA_TABLE = (
    '<row r="1"><c r="A1"><f t="dataTable" ref="A1:A2" dt2D="0" dtr="0" r1="C1"/><v>3</v></c>'
    '<c r="B1"><f>C1*2</f><v>4</v></c></row><row r="2"><c r="A2"><v>5</v></c></row>'
)


def usual(rows: str) -> str:
    return rows


def prefixed(rows: str) -> str:
    return re.sub(r"<(/?)(\w)", r"<\1x:\2", rows)


def turned(rows: str) -> str:
    """Return rows whose cells have their name last, in other quotes, on a line of its own."""
    return re.sub(r'<c r="(\w+)"([^>]*)>', "<c\\2\n r='\\1' >", rows)


def spaced(rows: str) -> str:
    return rows.replace("<v>", "<v >").replace("</f>", "</f >").replace("><c", ">\n  <c")


WRITTEN = pytest.mark.parametrize("written", [usual, prefixed, turned, spaced])


def package(rows: str, properties: str = "") -> Package:
    made = Package(workbook_of(rows, TEXTS, properties), "b.xlsx")
    check_markup(made.part("xl/worksheets/sheet1.xml"), "b.xlsx")
    return made


@WRITTEN
def test_every_kind_of_stored_value_is_read(written):
    assert {"Sheet": EXPECTED} == stored_values(package(written(ROWS)))


@WRITTEN
def test_a_text_inside_the_cell_is_read(written):
    assert {"Sheet": {(1, 1): "in side"}} == stored_values(package(written(INLINE)))


@WRITTEN
def test_cells_that_an_array_formula_fills_have_stored_values(written):
    expected = {(1, 1): "w", (1, 2): "plain", (2, 1): "x", (2, 2): None}
    assert {"Sheet": expected} == stored_values(package(written(ARRAY)))


@WRITTEN
def test_data_tables_are_left_out(written):
    assert {"Sheet": {(1, 2): 4.0}} == stored_values(package(written(DATA_TABLE)))


def test_dates_of_a_workbook_that_counts_from_1904_are_its_own():
    made = package(ROWS, 'date1904="1"')
    assert counts_from_1904(made)
    assert 43860.5 == stored_values(made)["Sheet"][2, 8]


def test_a_workbook_that_says_nothing_does_not_count_from_1904():
    assert not counts_from_1904(package(ROWS))
    assert not counts_from_1904(package(ROWS, 'date1904="0"'))


@pytest.mark.parametrize("index", ["3", "-1", "x"])
def test_a_shared_text_that_is_missing_is_refused(index):
    row = f'<row r="1"><c r="A1" t="s"><f>B1</f><v>{index}</v></c></row>'
    with pytest.raises(WorkbookError, match=r"no shared text|whole number"):
        stored_values(package(row))


def test_a_formula_of_a_kind_without_a_value_has_none():
    row = "".join(
        f'<c r="{column}1" t="{kind}"><f>1</f></c>'
        for column, kind in zip("ABC", "sbe", strict=True)
    )
    expected = {(1, 1): None, (1, 2): None, (1, 3): None}
    assert {"Sheet": expected} == stored_values(package(f'<row r="1">{row}</row>'))


@WRITTEN
@pytest.mark.parametrize("rows", [ROWS, INLINE, ARRAY])
def test_without_stored_values_formulas_and_constants_stay(rows, written):
    full = package(written(rows))
    bare = without_stored_values(full)
    assert {None} == set(stored_values(bare)["Sheet"].values())
    assert set(stored_values(full)["Sheet"]) == set(stored_values(bare)["Sheet"])
    check_markup(bare.part("xl/worksheets/sheet1.xml"), "b.xlsx")


def test_what_is_left_is_the_formula_and_how_the_cell_looks():
    bare = without_stored_values(package(ROWS)).part("xl/worksheets/sheet1.xml").decode()
    for expected in (
        '<c r="A1"><v>7</v></c>',
        '<c r="F1" t="s"><v>0</v></c>',
        '<c r="C1"><f>"a"&amp;"&lt;"</f></c>',
        '<c r="A2"><f>F1</f></c>',
        '<c r="G3" s="0"><f t="shared" si="0"/></c>',
        '<c r="H3" s="0" cm="1"><f t="array" ref="H3">A1&amp;""</f></c>',
    ):
        assert expected in bare


@WRITTEN
def test_an_error_may_stand_for_the_stored_values(written):
    full = package(written(ROWS))
    found = stored_values(without_stored_values(full, "#CALC!"))["Sheet"]
    assert dict.fromkeys(EXPECTED, CellError("#CALC!")) == found


@WRITTEN
def test_the_error_stands_where_a_formula_is_and_not_where_an_array_is_filled(written):
    found = stored_values(without_stored_values(package(written(ARRAY)), "#CALC!"))["Sheet"]
    assert {(1, 1): CellError("#CALC!"), (1, 2): None, (2, 1): None, (2, 2): None} == found


def test_an_array_leaves_its_neighbours_alone():
    bare = without_stored_values(package(ARRAY)).part("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A1"><f t="array" ref="A1:B2">D1:E2</f></c>' in bare
    assert '<c r="B1"></c><c r="C1"><v>5</v></c>' in bare
    assert '<c r="A2"></c><c r="C2"><v>6</v></c>' in bare


@WRITTEN
def test_data_tables_keep_their_values(written):
    bare = without_stored_values(package(written(DATA_TABLE)))
    sheet = opened(bare.to_bytes())["Sheet"]
    assert (3, 5, None) == (sheet["A1"].value, sheet["A2"].value, sheet["B1"].value)


def test_the_workbook_itself_keeps_its_values():
    full = package(ROWS)
    without_stored_values(full)
    assert {"Sheet": EXPECTED} == stored_values(full)


def test_an_array_formula_over_very_many_cells_is_refused():
    row = '<row r="1"><c r="A1"><f t="array" ref="A1:Z99999">B1</f></c></row>'
    with pytest.raises(WorkbookError, match="fills A1:Z99999"):
        without_stored_values(package(row))
