"""A sheet that comes from one workbook into another."""

import io
import re

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import ROOT
from tests.workbooks import parts, small_workbook, zipped
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.tabs import free_tab
from xlcalc.ooxml.transplants import transplant_sheet

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEMPLATE = ROOT / "workbooks" / "training_budget.xlsx"


def shared_texts(data):
    """Return a file with the texts of its cells in a list, as Excel has them."""
    named = parts(data)
    texts = []

    def shared(cell):
        texts.append(cell[3])
        return b'<c r="%b"%b t="s"><v>%d</v></c>' % (cell[1], cell[2], len(texts) - 1)

    for name in [name for name in named if name.startswith("xl/worksheets/sheet")]:
        named[name] = re.sub(
            rb'<c r="(\w+)"( s="\d+")? t="inlineStr"><is>(.*?)</is></c>', shared, named[name]
        )
    items = b"".join(b"<si>%b</si>" % text for text in texts)
    named["xl/sharedStrings.xml"] = b'<sst xmlns="%b">%b</sst>' % (MAIN, items)
    link = b'<Relationship Id="rId88" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    link += b'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    rels = "xl/_rels/workbook.xml.rels"
    named[rels] = named[rels].replace(b"</Relationships>", link)
    assert texts
    return zipped(named)


@pytest.fixture(scope="module")
def source():
    """Return a workbook with a sheet of looks, a chart, a rule and what is printed of it."""
    book = openpyxl.Workbook()
    book.create_sheet("Other")
    sheet: Worksheet = book.create_sheet("New & old")
    sheet["B2"] = "Parts <of> it"
    sheet["B2"].font = Font(name="Arial", size=14, bold=True, color="1F3864")
    for row in range(3, 6):
        sheet.cell(row, 2, row * 0.1).number_format = '0.00" days"'
        sheet.cell(row, 2).fill = PatternFill("solid", fgColor="FFF9DB")
        sheet.cell(row, 2).border = Border(bottom=Side(style="thin", color="D0D5DD"))
    sheet["C3"] = "=B3*2"
    sheet.column_dimensions["B"].font = Font(italic=True)
    red = CellIsRule(operator="greaterThan", formula=["0.4"], font=Font(color="B54747"))
    sheet.conditional_formatting.add("B3:B5", red)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=3, max_row=5))
    sheet.add_chart(chart, "D2")
    sheet.print_area = "A1:H20"
    written = io.BytesIO()
    book.save(written)
    return Package(shared_texts(written.getvalue()), "source")


def grown(data, source, tab="New & old"):
    package = Package(data, "host")
    transplant_sheet(package, source, tab)
    return package.to_bytes()


def looks_right(data, tab="New & old"):
    sheet = openpyxl.load_workbook(io.BytesIO(data))[tab]
    assert "Parts <of> it" == sheet["B2"].value
    assert ("Arial", 14, True, "001F3864") == (
        *(sheet["B2"].font.name, sheet["B2"].font.size, sheet["B2"].font.bold),
        sheet["B2"].font.color.rgb,
    )
    assert ('0.00" days"', "00FFF9DB", "thin") == (
        *(sheet["B4"].number_format, sheet["B4"].fill.fgColor.rgb),
        sheet["B4"].border.bottom.style,
    )
    assert "=B3*2" == sheet["C3"].value
    [(_, [rule])] = [(c, c.rules) for c in sheet.conditional_formatting]
    assert "00B54747" == rule.dxf.font.color.rgb
    [chart] = sheet._charts
    assert f"'{tab}'!$B$3:$B$5" == chart.series[0].val.numRef.f
    assert "'New & old'!$A$1:$H$20" == sheet.print_area


def test_a_sheet_comes_with_its_looks_its_chart_and_its_print_area(source):
    data = grown(small_workbook({"A1": 1.0}, {"price": "A1"}), source)
    looks_right(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert ["Sheet", "New & old"] == book.sheetnames
    assert ["price"] == list(book.defined_names)


def test_what_is_there_stays_byte_for_byte_and_charts_get_names_of_their_own(source):
    before = TEMPLATE.read_bytes()
    old, new = parts(before), parts(grown(before, source))
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
    }
    assert {"xl/charts/chart2.xml", "xl/drawings/drawing1.xml"} < old.keys()
    assert new.keys() - old.keys() == {
        "xl/charts/chart4.xml",
        "xl/drawings/drawing2.xml",
        "xl/drawings/_rels/drawing2.xml.rels",
        "xl/worksheets/sheet12.xml",
        "xl/worksheets/_rels/sheet12.xml.rels",
    }
    looks_right(zipped(new))


def test_the_looks_of_the_other_sheets_stay(source):
    before = openpyxl.load_workbook(TEMPLATE)
    after = openpyxl.load_workbook(io.BytesIO(grown(TEMPLATE.read_bytes(), source)))
    count = 0
    for sheet in before.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                twin = after[sheet.title][cell.coordinate]
                assert cell.number_format == twin.number_format
                for look in ("font", "fill", "border", "alignment", "protection"):
                    assert repr(getattr(cell, look)) == repr(getattr(twin, look))
                count += 1
    assert count > 1000


def test_two_sheets_come_one_after_the_other(source):
    data = grown(TEMPLATE.read_bytes(), source)
    package = Package(data, "host")
    assert "New & old 2" == free_tab(package, "New & old")
    with pytest.raises(WorkbookError, match="host has a sheet NEW & OLD already"):
        transplant_sheet(package, source, "NEW & OLD")


def test_a_free_name_is_no_longer_than_excel_takes():
    package = Package(small_workbook({"A1": 1.0}, {}), "host")
    assert "Sheet 2" == free_tab(package, "sheet").title()
    assert "x" * 31 == free_tab(package, "x" * 40)


def prefixed(styles):
    """Return a part of styles with a prefix before all its elements."""
    tagged = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", styles)
    return tagged.replace(b"xmlns=", b"xmlns:x=")


@pytest.mark.parametrize(
    "change",
    [
        prefixed,
        lambda styles: re.sub(rb"<dxfs\b.*?(?:/>|</dxfs>)", b"", styles),
        lambda styles: re.sub(rb"<numFmts\b.*?(?:/>|</numFmts>)", b"", styles),
        lambda styles: re.sub(rb' count="\d+"', b"", styles),
        lambda styles: re.sub(rb' count="\d+"', b' count="1"', styles),
    ],
    ids=["prefixes", "no differences", "no formats", "no counts", "wrong counts"],
)
def test_styles_are_merged_however_a_program_writes_them(source, change):
    named = parts(small_workbook({"A1": 1.0}, {}))
    changed = change(named["xl/styles.xml"])
    named["xl/styles.xml"] = changed
    looks_right(grown(zipped(named), source))


def test_a_workbook_without_styles_gets_them(source):
    named = parts(small_workbook({"A1": 1.0}, {}))
    del named["xl/styles.xml"]
    for name, pattern in (
        ("[Content_Types].xml", rb'<Override [^<>]*"/xl/styles.xml"[^<>]*/>'),
        ("xl/_rels/workbook.xml.rels", rb'<Relationship [^<>]*styles.xml"[^<>]*/>'),
    ):
        named[name], many = re.subn(pattern, b"", named[name])
        assert 1 == many
    looks_right(grown(zipped(named), source))


def test_a_workbook_with_names_in_an_empty_list_or_behind_links_gets_the_print_area(source):
    empty = parts(small_workbook({"A1": 1.0}, {}))
    book = empty["xl/workbook.xml"]
    bare = re.sub(rb"<definedNames ?/>|<definedNames></definedNames>", b"", book)
    links = b"</sheets><externalReferences></externalReferences>"
    for text in (
        bare.replace(b"</sheets>", b"</sheets><definedNames/>"),
        bare.replace(b"</sheets>", links),
        bare,
    ):
        data = grown(zipped({**empty, "xl/workbook.xml": text}), source)
        order = re.findall(
            rb"</?(sheets|externalReferences|definedNames|calcPr)\b", parts(data)["xl/workbook.xml"]
        )
        assert order == sorted(
            order,
            key=[b"sheets", b"externalReferences", b"definedNames", b"calcPr"].index,
        )
        assert 2 == order.count(b"definedNames")


def test_the_strict_form_of_the_format_is_refused(source):
    named = parts(small_workbook({"A1": 1.0}, {}))
    strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    named["xl/workbook.xml"] = named["xl/workbook.xml"].replace(MAIN, strict)
    with pytest.raises(WorkbookError, match="host is in the strict form of Open XML"):
        grown(zipped(named), source)


def test_styles_that_are_none_are_a_sentence(source):
    named = {**parts(small_workbook({"A1": 1.0}, {})), "xl/styles.xml": b"<other/>"}
    with pytest.raises(WorkbookError, match="it has no styles"):
        grown(zipped(named), source)
