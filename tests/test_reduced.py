"""A workbook reduced to what calculation needs, as other programs read it."""

import io

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from tests.workbooks import parts, small_workbook, zipped
from xlcalc.calc.engines.files import engine_file
from xlcalc.calc.engines.local import LocalEngine
from xlcalc.calc.model import WorkbookModel
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.reduced import is_unusual, reduced

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = {
    MAIN: b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def calculated(package, cell, engine):
    """Return what an engine gives for a cell of the first sheet."""
    local = LocalEngine(engine)
    small = reduced(package)
    local.load(engine_file(small, engine), "own.xlsx")
    return local.values({next(iter(small.sheets)): [cell]})[next(iter(small.sheets))][0]


def strict(data):
    changed = parts(data)
    for name in changed:
        for usual, own in STRICT.items():
            changed[name] = changed[name].replace(usual, own)
    return zipped(changed)


@pytest.mark.parametrize("engine", ["betteroffice", "ironcalc", "formulon"])
def test_every_engine_reads_strict_open_xml_with_its_dates(engine):
    data = parts(small_workbook({"A1": 2.0, "A2": "=YEAR(A1)", "A3": "=SUM(A1:A1)"}))
    data[SHEET] = data[SHEET].replace(b'<c r="A1" t="n"><v>2', b'<c r="A1" t="d"><v>2026-03-01')
    assert b't="d"' in data[SHEET]
    package = Package(strict(zipped(data)), "own.xlsx")
    assert is_unusual(package)
    assert 2026.0 == calculated(package, (2, 1), engine)


def test_our_engine_reads_strict_open_xml():
    model = WorkbookModel(strict(small_workbook({"A1": 2.0, "A2": "=A1*3"})), "own.xlsx")
    assert {(2, 1): 6.0} == model.evaluate().cached["Sheet"]


@pytest.mark.parametrize("engine", ["betteroffice", "ironcalc", "formulon"])
def test_elements_with_prefixes_are_read(engine):
    data = parts(small_workbook({"A1": 2.0, "A2": "=A1*3"}))
    for name in (SHEET, BOOK):
        text = data[name].replace(b'xmlns="' + MAIN, b'xmlns:x="' + MAIN)
        data[name] = text.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
        data[name] = data[name].replace(b"<x:?xml", b"<?xml")
    package = Package(zipped(data), "own.xlsx")
    assert is_unusual(package)
    assert 6.0 == calculated(package, (2, 1), engine)


def test_a_chart_sheet_keeps_its_place_as_an_empty_sheet():
    book = openpyxl.Workbook()
    book.active["A1"] = 5.0
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1))
    book.create_chartsheet("Chart", 0).add_chart(chart)
    book.active = 1
    book["Sheet"]["A2"] = "=A1*2"
    target = io.BytesIO()
    book.save(target)
    small = reduced(Package(target.getvalue(), "own.xlsx"))
    assert ["Chart", "Sheet"] == list(small.sheets)
    assert not [name for name in small.names() if "chart" in name or "drawing" in name]


def test_cells_of_a_what_if_table_are_constants():
    data = parts(small_workbook({"A1": 2.0, "A2": 7.0}))
    table = b'<c r="A2"><f t="dataTable" ref="A2" dt2D="0" dtr="0" r1="A1"/><v>7</v></c>'
    data[SHEET] = data[SHEET].replace(b'<c r="A2" t="n"><v>7</v></c>', table)
    assert table in data[SHEET]
    small = reduced(Package(zipped(data), "own.xlsx"))
    assert b'<c r="A2"><v>7</v></c>' in small.part(small.sheets["Sheet"])


def test_tables_and_names_stay():
    book = openpyxl.Workbook()
    for row in (["price", "count"], [2.0, 3.0], [4.0, 5.0]):
        book.active.append(row)
    book.active.add_table(openpyxl.worksheet.table.Table(displayName="Plan", ref="A1:B3"))
    book.active["D1"] = "=SUMPRODUCT(Plan[price],Plan[count])+extra"
    name = openpyxl.workbook.defined_name.DefinedName("extra", attr_text="Sheet!$A$2")
    book.defined_names["extra"] = name
    target = io.BytesIO()
    book.save(target)
    package = Package(target.getvalue(), "own.xlsx")
    assert 28.0 == calculated(package, (1, 4), "betteroffice")
