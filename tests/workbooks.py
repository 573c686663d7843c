"""Workbooks as tests make them and look into them."""

import io
import re
import zipfile
from collections.abc import Mapping

import openpyxl
from openpyxl.utils.cell import absolute_coordinate, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName

from xlcalc.calc.model import WorkbookModel


def parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of an xlsx file by name; each must be whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(named: Mapping[str, bytes]) -> bytes:
    """Return a file with these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in named.items():
            archive.writestr(name, data)
    return target.getvalue()


def with_calculation_chain(data: bytes, cell: str) -> bytes:
    """Return a file that lists a formula of its first sheet, as Excel lists all of them."""
    chain = f'<calcChain><c r="{cell}" i="1"/></calcChain>'
    return with_part(data, "calcChain", "calcChain.xml", chain)


def with_part(data: bytes, relation: str, file: str, content: str) -> bytes:
    """Return a file with one part more, which its workbook part names."""
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{relation}"
    content_type = f"application/vnd.openxmlformats-officedocument.spreadsheetml.{relation}+xml"
    changed = parts(data)
    for name, end, entry in (
        (
            "[Content_Types].xml",
            "Types",
            f'Override PartName="/xl/{file}" ContentType="{content_type}"',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "Relationships",
            f'Relationship Id="rId99" Type="{kind}" Target="{file}"',
        ),
    ):
        last = f"</{end}>"
        changed[name] = changed[name].replace(last.encode(), f"<{entry}/>{last}".encode())
        assert file.encode() in changed[name]
    changed[f"xl/{file}"] = content.encode()
    return zipped(changed)


def to_bytes(workbook: openpyxl.Workbook) -> bytes:
    """Return a workbook of openpyxl as a file."""
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def name_cells(workbook: openpyxl.Workbook, names: Mapping[str, str]) -> None:
    """Give names of the whole workbook to cells of its active sheet."""
    sheet = quote_sheetname(workbook.active.title)
    for name, cell in names.items():
        target = f"{sheet}!{absolute_coordinate(cell)}"
        workbook.defined_names[name] = DefinedName(name, attr_text=target)


def small_workbook(cells: Mapping[str, object], names: Mapping[str, str] = {}) -> bytes:
    """Return a workbook whose sheet `Sheet` has these cells, some of which have names."""
    workbook = openpyxl.Workbook()
    for cell, value in cells.items():
        workbook.active[cell] = value
    name_cells(workbook, names)
    return to_bytes(workbook)


def opened(data: bytes) -> openpyxl.Workbook:
    """Return a workbook of openpyxl with the values in a file."""
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def evaluated(model: WorkbookModel, settings: Mapping[str, object]) -> bytes:
    """Return a workbook as a file for some inputs."""
    return model.to_bytes(model.evaluate(settings))


def failed_checks(model: WorkbookModel, settings: Mapping[str, object] = {}) -> list[str]:
    """Return the checks of a template that do not hold for some inputs.

    Whether the line about all checks says so is asserted as well.
    """
    data = io.BytesIO(evaluated(model, settings))
    book = openpyxl.load_workbook(data, read_only=True, data_only=True)
    rows = [
        (row[1], row[5])
        for row in book["Checks"].iter_rows(min_row=6, max_col=6, values_only=True)
        if row[1]
    ]
    *checks, (last, all_hold) = rows
    failed = [label for label, holds in checks if holds is not True]
    assert ("All checks hold", not failed) == (last, all_hold)
    return failed


def workbook_of(rows: str, texts: str = "", properties: str = "") -> bytes:
    """Return a workbook whose sheet `Sheet` has these rows, written as the file has them.

    The texts that cells share are `si` elements, the properties attributes of `workbookPr`.
    """
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    changed = parts(small_workbook({}))
    changed["xl/worksheets/sheet1.xml"] = (
        f"<worksheet {main} {main.replace('xmlns', 'xmlns:x')}><sheetData>"
        f"{rows}</sheetData></worksheet>".encode()
    )
    book = changed["xl/workbook.xml"]
    written, found = re.subn(b"<workbookPr ?/>", f"<workbookPr {properties}/>".encode(), book)
    assert found
    changed["xl/workbook.xml"] = written
    return with_part(
        zipped(changed), "sharedStrings", "sharedStrings.xml", f"<sst {main}>{texts}</sst>"
    )
