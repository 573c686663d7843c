"""How does xlwings learn which Python a workbook wants?

From a sheet `xlwings.conf`, whose rows go before the settings of the machine: a setting in column A
and its value in column B, from A1 to the first empty row. What stands below is for people.
"""

from itertools import count

from xlcalc.hosts.windows.vba_module import PYTHON_MODULE, STATUS
from xlcalc.ooxml.literals import xml_text
from xlcalc.ooxml.markup import attributes_of, element
from xlcalc.ooxml.package import Package

SHEET = "xlwings.conf"
ON_THE_PATH = "python"
"""The interpreter that Windows finds by itself."""

_NOTES = (
    "xlwings reads the rows above, down to the first empty one.",
    "Interpreter_Win is the python.exe of the Python that has xlcalc and xlwings. In a Command "
    'Prompt this shows it: python -c "import sys; print(sys.executable)"',
    f"A cell with ={STATUS}() tells whether that Python answers. Show Console as TRUE shows what "
    "it says.",
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEETS = element(b"sheets")
_SHEET = element(b"sheet")


def add_conf_sheet(package: Package, interpreter: str) -> bool:
    """Add the sheet as the last one, unless the workbook has it.

    Parameters
    ----------
    package : Package
        The workbook.
    interpreter : str
        Path of the python.exe, or "python".

    Returns
    -------
    bool
        Whether it was added.
    """
    if SHEET.lower() in map(str.lower, package.sheets):
        return False
    folder = package.workbook_part.rpartition("/")[0]
    part = next(
        name
        for number in count(len(package.sheets) + 1)
        if not package.has(name := f"{folder}/worksheets/sheet{number}.xml".lstrip("/"))
    )
    identity = package.add(
        part,
        _sheet_xml(interpreter),
        _CONTENT_TYPE,
        f"{_RELATION}/worksheet",
        package.workbook_part,
    )
    _list_sheet(package, identity)
    package.sheets = {**package.sheets, SHEET: part}
    return True


def _list_sheet(package: Package, identity: str) -> None:
    """Put the sheet at the end of the list of sheets."""
    data = package.part(package.workbook_part)
    listed = _SHEETS.search(data)
    assert listed is not None  # noqa: S101  a package has sheets
    prefix, inside = listed[1].decode(), listed[3]
    numbers = [
        int(attributes_of(sheet[2]).get("sheetId", "0")) for sheet in _SHEET.finditer(inside)
    ]
    line = (
        f'<{prefix}sheet name="{SHEET}" sheetId="{max(numbers, default=0) + 1}" '
        f'r:id="{identity}" xmlns:r="{_RELATION}"/>'
    )
    package.replace(
        package.workbook_part, data[: listed.end(3)] + line.encode() + data[listed.end(3) :]
    )


def _sheet_xml(interpreter: str) -> bytes:
    rows: list[tuple[str, str | bool] | None] = [
        ("Interpreter_Win", interpreter),
        ("UDF Modules", PYTHON_MODULE),
        ("Show Console", False),
        None,
        *((note, "") for note in _NOTES),
    ]
    written = b"".join(
        b'<row r="%d">%b%b</row>' % (number, _cell("A", number, row[0]), _cell("B", number, row[1]))
        for number, row in enumerate(rows, start=1)
        if row
    )
    return (
        (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
            '<cols><col min="1" max="1" width="18" customWidth="1"/>'
            '<col min="2" max="2" width="60" customWidth="1"/></cols><sheetData>'
        ).encode()
        + written
        + b"</sheetData></worksheet>"
    )


def _cell(column: str, row: int, value: str | bool) -> bytes:
    place = f"{column}{row}".encode()
    if isinstance(value, bool):
        return b'<c r="%b" t="b"><v>%d</v></c>' % (place, value)
    if not value:
        return b""
    return b'<c r="%b" t="inlineStr"><is><t>%b</t></is></c>' % (place, xml_text(value))
