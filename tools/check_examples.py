"""What does each rule of `xlcalc check` find, and what does it pass over?

Every rule has a workbook that shows it and one beside it that does not, both made from one small
plan: a price in B1, six months in A3:C8 of which column C is amount times price, totals in row 9.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import openpyxl
from openpyxl.styles import Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import calculated

_SHEET = "xl/worksheets/sheet1.xml"
Cells = Mapping[str, object]


@dataclass(frozen=True)
class Variant:
    """A plan with something changed.

    Attributes
    ----------
    cells : mapping of str to object
        What is entered into cells of the sheet Plan.
    words : str
        What else is done, in a sentence.
    change : callable, optional
        Does it to the workbook.
    raw : callable, optional
        Does it to the file, when it is calculated and saved.
    fresh : bool
        Whether the file stores the values of its formulas.
    """

    cells: Cells = field(default_factory=dict)
    words: str = ""
    change: Callable[[openpyxl.Workbook], None] | None = None
    raw: Callable[[bytes], bytes] | None = None
    fresh: bool = True

    def to_bytes(self) -> bytes:
        """Return the file."""
        book = plan()
        for cell, value in self.cells.items():
            book["Plan"][cell] = value
        if self.change is not None:
            self.change(book)
        data = saved(book, fresh=self.fresh)
        return data if self.raw is None else self.raw(data)


@dataclass(frozen=True)
class Example:
    """A rule's two workbooks.

    Attributes
    ----------
    shows : Variant
        The workbook that has it.
    place : str
        Where it is found, as Plan!D3.
    sound : Variant
        One that has it not, though it looks alike.
    against : Variant, optional
        The other version with which both are compared.
    """

    shows: Variant
    place: str
    sound: Variant = Variant(words="The plan as it is.")
    against: Variant | None = None


def plan() -> openpyxl.Workbook:
    """Return a small plan without a fault."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Plan"
    sheet["A1"], sheet["B1"] = "Price", 2.5
    for row in range(3, 9):
        sheet[f"A{row}"] = f"Month {row - 2}"
        sheet[f"B{row}"] = 100.0 + row
        sheet[f"C{row}"] = f"=B{row}*$B$1"
    sheet["A9"], sheet["B9"], sheet["C9"] = "Total", "=SUM(B3:B8)", "=SUM(C3:C8)"
    book.defined_names["price"] = DefinedName("price", attr_text="Plan!$B$1")
    book.defined_names["total"] = DefinedName("total", attr_text="Plan!$C$9")
    return book


def saved(book: openpyxl.Workbook, *, fresh: bool = True) -> bytes:
    """Return the file of a workbook, with the values of its formulas if it is to be fresh."""
    file = io.BytesIO()
    book.save(file)
    if not fresh:
        return file.getvalue()
    return calculated(WorkbookModel(file.getvalue(), "plan.xlsx")).to_bytes()


def edited(data: bytes, part: str, old: str, new: str) -> bytes:
    """Return a file with another text in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                if old.encode() not in text:
                    raise ValueError(f"{part} has no {old}")
                text = text.replace(old.encode(), new.encode())
            target.writestr(name, text)
    return made.getvalue()


def _cells(**cells: object) -> Variant:
    return Variant(cells)


def _named(name: str, text: str, *, hidden: bool = False) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book.defined_names[name] = DefinedName(name, attr_text=text, hidden=hidden)

    return change


def _raw(old: str, new: str, part: str = _SHEET) -> Callable[[bytes], bytes]:
    return lambda data: edited(data, part, old, new)


def _with_macros(data: bytes) -> bytes:
    kind = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    made = io.BytesIO(edited(data, "[Content_Types].xml", "</Types>", kind))
    with zipfile.ZipFile(made, "a") as file:
        file.writestr("xl/vbaProject.bin", b"x")
    return made.getvalue()


def _hidden_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("Lists").sheet_state = "veryHidden"


def _hidden_row(book: openpyxl.Workbook) -> None:
    book["Plan"].row_dimensions[5].hidden = True


def _validated(most: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        rule = DataValidation(type="decimal", operator="between", formula1="0", formula2=most)
        book["Plan"].add_data_validation(rule)
        rule.add("B1")

    return change


def _rates(formula: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book.create_sheet("Rates")["A1"] = formula

    return change


def _table(book: openpyxl.Workbook) -> None:
    book["Plan"].add_table(Table(displayName="Amounts", ref="E2:F8"))


def _merged(*areas: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for area in areas:
            book["Plan"].merge_cells(area)

    return change


def _formats(**formats: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for cell, number_format in formats.items():
            book["Plan"][cell].number_format = number_format

    return change


def _protected(**cells: Protection) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        book["Plan"].protection.sheet = True
        for cell, protection in cells.items():
            book["Plan"][cell].protection = protection

    return change


def _manual(book: openpyxl.Workbook) -> None:
    book.calculation.calcMode = "manual"


def _iterating(book: openpyxl.Workbook) -> None:
    book.calculation.iterate = True


def _years(*years: int) -> Variant:
    return Variant(dict(zip(("D2", "E2", "F2", "G2", "H2"), map(float, years), strict=True)))


def _in_table(odd: str) -> Variant:
    cells: dict[str, object] = {"E2": "Count", "F2": "Twice"}
    for row in range(3, 9):
        cells |= {f"E{row}": float(row), f"F{row}": f"=E{row}*2"}
    return Variant(cells | {"F5": odd}, "E2:F8 is the table Amounts.", _table)


def _footed(odd: str) -> Variant:
    cells: dict[str, object] = {f"D{row}": f"=SUM(B{row}:C{row})" for row in range(3, 9)}
    return Variant(cells | {"D9": "=SUM(B9:C9)", "D5": odd})


def _keyed(key: str, result: float) -> Variant:
    cells: dict[str, object] = {"E3": "a", "F3": 1.0, "E4": "b", "F4": 2.0, "E5": key}
    return Variant(cells | {"F5": result, "D3": '=VLOOKUP("b",E3:F5,2,FALSE)'})


def _sorted(*numbers: float) -> Variant:
    cells: dict[str, object] = {f"E{row}": number for row, number in enumerate(numbers, start=3)}
    return Variant(cells | {"D3": "=MATCH(105,E3:E6,1)"})


def _third(last: float, total: str) -> Variant:
    cells: dict[str, object] = {f"D{row}": last + row for row in range(3, 9)}
    return Variant(cells | {"D9": total})


def _dates(middle: object) -> Variant:
    return _cells(E3=date(2026, 1, 1), E4=middle, E5=date(2026, 3, 1))


def _rent(third: float) -> Variant:
    return _cells(A11="Rent", B11=-90.0, C11=-90.0, D11=third, E11=-95.0, F11=-95.0)


def _tried(box: str) -> Variant:
    """Return a plan with a data table of one input, whose file says which cells it fills."""
    cells: dict[str, object] = {"D11": "=C9", "C12": 2.0, "C13": 3.0, "D12": 7.0, "D13": 8.0}
    table = f'<f t="dataTable" ref="{box}" r1="B1"/><v>7</v>'
    return Variant(cells, f"{box} is a data table with the input B1.", raw=_raw("<v>7</v>", table))


_STORED = {"D3": "=B3*1"}
_OF_D3 = "<f>B3*1</f><v>103</v>"
_NOBODY = Variant(
    _STORED, "D3 is =NOBODY(B3) in the file.", raw=_raw(_OF_D3, "<f>NOBODY(B3)</f><v>5</v>")
)
_LINKED = Variant(
    words="B9 is =SUM([1]Other!B3:B8) in the file.", raw=_raw("SUM(B3:B8)", "SUM([1]Other!B3:B8)")
)
_PLAIN = Variant(words="The plan as it is.")
_LIKE_NAMES = Variant(
    words="Two names, price and Price.", change=_named("Price", "Plan!$B$3"), fresh=False
)
_OVERLAPPING = Variant(
    words="A11:B12 and B12:C13 are merged.", change=_merged("A11:B12", "B12:C13")
)
_VERY_HIDDEN = Variant(words="A sheet Lists, hidden from the menu too.", change=_hidden_sheet)
_ROW_5 = "Row 5 is hidden."
_OPEN = Protection(locked=False)
_UNSEEN = Protection(hidden=True)

EXAMPLES: Mapping[str, Example] = {
    "error-value": Example(_cells(D3="=1/0"), "Plan!D3", _cells(D3="=NA()")),
    "caught-error": Example(
        _cells(D3="=1/E3", E3=0.0, D4="=IF(E3=0,0,D3)"),
        "Plan!D3",
        _cells(D3="=1/E3", E3=2.0, D4="=IF(E3=0,0,D3)"),
    ),
    "never-calculated": Example(
        Variant(words="The file stores no values of formulas.", fresh=False), "Plan!C3"
    ),
    "stale-value": Example(
        Variant(words="B9 stores 634, and gives 633.", raw=_raw("<v>633</v>", "<v>634</v>")),
        "Plan!B9",
    ),
    "unconfirmed-value": Example(
        Variant({"D3": "=D4+1", "D4": "=D3+1"}, fresh=False),
        "Plan!D3",
        _cells(D3="=D4+1", D4="=B3+1"),
    ),
    "not-compared": Example(_NOBODY, "Plan!D3", _cells(D3="=B3*1")),
    "not-calculated": Example(_LIKE_NAMES, ""),
    "broken-reference": Example(
        _cells(D3="=B3+#REF!"), "Plan!D3", _cells(D3='=IF(B3>0,"#REF! and [1]x!",1)')
    ),
    "name-nowhere": Example(
        Variant(words="A name, lost, is Plan!#REF!.", change=_named("lost", "Plan!#REF!")),
        "",
        Variant(words="A name, found, is Plan!$B$3.", change=_named("found", "Plan!$B$3")),
    ),
    "circle": Example(
        Variant({"D3": "=D4+1", "D4": "=D3+1"}, fresh=False),
        "Plan!D3",
        _cells(D3="=D4+1", D4="=B3+1"),
    ),
    "conditional-circle": Example(
        Variant({"D3": "=IF(B3>0,1,D4)", "D4": "=D3+1"}, fresh=False),
        "Plan!D3",
        _cells(D3="=IF(B3>0,1,B4)", D4="=D3+1"),
    ),
    "sheet-circle": Example(
        Variant({"D3": "=Rates!A1"}, "Rates!A1 is =Plan!B3.", _rates("=Plan!B3")),
        "Plan",
        Variant({"D3": "=Rates!A1"}, "Rates!A1 is 3.", _rates(3.0)),
    ),
    "number-among-formulas": Example(_cells(C5=262.5), "Plan!C5", _cells(C5="=ROUND(B5*$B$1,0)")),
    "pattern-break": Example(_cells(C5="=B4*$B$1"), "Plan!C5", _cells(C5="=ROUND(B5*$B$1,0)")),
    "table-column-break": Example(_in_table("=E5*3"), "Plan!F5", _in_table("=E5*2")),
    "unlike-peers": Example(_third(200.0, "=SUM(D5:D8)"), "Plan!D9", _third(200.0, "=SUM(D3:D8)")),
    "constant-in-formula": Example(
        _cells(D3="=B3*1.19"), "Plan!D3", _cells(D3="=ROUND(B3*12/100,3)")
    ),
    "double-operator": Example(
        _cells(D3="=B3--B4"), "Plan!D3", _cells(D3="=SUMPRODUCT(--(B3:B8>104),B3:B8)")
    ),
    "double-equals": Example(
        Variant(
            words="B9 is stored as ==SUM(B3:B8).",
            raw=_raw("<f>SUM(B3:B8)</f>", "<f>=SUM(B3:B8)</f>"),
        ),
        "Plan!B9",
    ),
    "duplicate-calculation": Example(
        _cells(D3='=SUMIF(A3:A8,"Month 1",B3:B8)', E5='=SUMIF($A$3:$A$8,"Month 1",B3:B8)'),
        "Plan!E5",
        _cells(D3='=SUMIF(A3:A8,"Month 1",B3:B8)', E5="=D3"),
    ),
    "implicit-intersection": Example(_cells(D3="=B3:B8*2"), "Plan!D3", _cells(D3="=SUM(B3:B8)*2")),
    "name-ignored": Example(_cells(D3="=price*2"), "Plan!C3"),
    "empty-precedent": Example(_cells(D3="=B3*E3"), "Plan!D3", _cells(D3="=B3*C3")),
    "range-misses": Example(_cells(D3="=SUM(B3:B7)"), "Plan!D3", _cells(D3="=SUM(B3:B8)")),
    "double-count": Example(_cells(D3="=SUM(C3:C9)"), "Plan!D3", _cells(D3="=SUM(C3:C9)-C9")),
    "sum-skips": Example(_cells(D3="=B3+B4+B6+B7"), "Plan!D3", _cells(D3="=B3+B4+B5")),
    "total-mismatch": Example(_cells(B9=600.0), "Plan!B9", _cells(B9=633.0)),
    "cross-foot": Example(_footed("=SUM(B5:B5)"), "Plan!D9", _footed("=SUM(B5:C5)")),
    "balance": Example(
        _cells(A11="Total assets", B11=100.0, A12="Total liabilities and equity", B12=90.0),
        "Plan!B11",
        _cells(A11="Total assets", B11=100.0, A12="Total liabilities and equity", B12=100.0),
    ),
    "mixed-currency": Example(
        Variant(
            words="B3 is shown in $, B4 in €.", change=_formats(B3='"$"#,##0', B4="[$€-407] 0")
        ),
        "Plan!B9",
        Variant(words="B3 and B4 are shown in $.", change=_formats(B3='"$"#,##0', B4="$0")),
    ),
    "period-gap": Example(
        _years(2026, 2027, 2029, 2030, 2031), "Plan!F2", _years(2026, 2027, 2028, 2029, 2030)
    ),
    "text-number": Example(_cells(B4="104"), "Plan!B4", _cells(A4="104")),
    "text-date": Example(_dates("2026-02-01"), "Plan!E4", _dates(date(2026, 2, 1))),
    "outside-validation": Example(
        Variant(words="B1, which is 2.5, may be from 0 to 2.", change=_validated("2")),
        "Plan!B1",
        Variant(words="B1 may be from 0 to 5.", change=_validated("5")),
    ),
    "unused-input": Example(
        Variant({"B2": 7.0}, "B2 has the name idle.", _named("idle", "Plan!$B$2")),
        "Plan!B2",
        Variant({"B2": 7.0, "D2": "=idle"}, "B2 has the name idle.", _named("idle", "Plan!$B$2")),
    ),
    "unit-misfit": Example(
        _cells(B11=3e23, C11="tokens", D11="=GPU_DAYS(B11,312,0.4)"),
        "Plan!D11",
        _cells(B11=3e23, C11="FLOP", D11="=GPU_DAYS(B11,312,0.4)"),
    ),
    "masked-error": Example(
        _cells(D3="=1/0", D4="=IFERROR(D3,0)"), "Plan!D4", _cells(D4="=IFERROR(C3,0)")
    ),
    "fallback-shown": Example(
        _cells(D3="=IFERROR(B3/E3,0)"), "Plan!D3", _cells(D3="=IFERROR(B3/B4,0)")
    ),
    "second-degree-error": Example(
        _cells(D3="=1/0", D4='=IF(ISERROR(D3),"-",D3)'),
        "Plan!D4",
        _cells(D4='=IF(ISERROR(C3),"-",C3)'),
    ),
    "approximate-lookup": Example(
        _cells(D3='=VLOOKUP("Month 2",A3:C8,3)'),
        "Plan!D3",
        _cells(D3='=VLOOKUP("Month 2",A3:C8,3,FALSE)'),
    ),
    "unsorted-lookup": Example(
        _sorted(103.0, 106.0, 105.0, 107.0), "Plan!D3", _sorted(103.0, 105.0, 106.0, 107.0)
    ),
    "duplicate-key": Example(_keyed("a", 3.0), "Plan!E5", _keyed("a", 1.0)),
    "blank-in-key": Example(
        _cells(A4="Month 2 ", D3='=VLOOKUP("Month 3",A3:C8,3,FALSE)'),
        "Plan!A4",
        _cells(D3='=VLOOKUP("Month 3",A3:C8,3,FALSE)'),
    ),
    "unequal-ranges": Example(
        _cells(D3='=SUMIF(A3:A8,"Month 1",B3:B6)'),
        "Plan!D3",
        _cells(D3='=SUMIF(A3:A8,"Month 1",B3:B8)'),
    ),
    "volatile": Example(
        _cells(D3="=SUM(OFFSET(B3,0,0,2,1))"), "Plan!D3", _cells(D3="=SUM(B3:INDEX(B3:B8,2))")
    ),
    "whole-column": Example(_cells(D3="=COUNT(A:A)"), "Plan!D3", _cells(D3="=COUNT(A3:A8)")),
    "torn-data-table": Example(_tried("D12:D14"), "Plan!D12", _tried("D12:D13")),
    "retired-function": Example(
        Variant(
            _STORED,
            'D3 is =COPILOT("Sum it") in the file.',
            raw=_raw(_OF_D3, '<f>_xlfn.COPILOT("Sum it")</f><v>5</v>'),
        ),
        "Plan!D3",
        _cells(D3="=SUM(B3:B8)"),
    ),
    "new-function": Example(
        _cells(D3="=_xlfn.XLOOKUP(104,B3:B8,C3:C8)"),
        "Plan!D3",
        _cells(D3="=INDEX(C3:C8,MATCH(104,B3:B8,0))"),
    ),
    "missing-prefix": Example(
        Variant(
            {"D3": "=_xlfn.XLOOKUP(104,B3:B8,C3:C8)"},
            "The prefix _xlfn. is missing in the file.",
            raw=_raw("_xlfn.XLOOKUP", "XLOOKUP"),
        ),
        "Plan!D3",
        _cells(D3="=_xlfn.XLOOKUP(104,B3:B8,C3:C8)"),
    ),
    "unknown-function": Example(_NOBODY, "Plan!D3", _cells(D3="=ABS(B3)")),
    "needs-add-in": Example(
        _cells(D3="=GPU_DAYS(3E+23,312,0.4)"), "Plan!D3", _cells(D3="=3E+23/312")
    ),
    "not-in-libreoffice": Example(
        Variant(
            _STORED,
            "D3 is =SUM(_xlfn.MAP(B3:B8,_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2))) in the file.",
            raw=_raw(
                _OF_D3, "<f>SUM(_xlfn.MAP(B3:B8,_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2)))</f><v>1266</v>"
            ),
        ),
        "Plan!D3",
        _cells(D3="=SUMPRODUCT(B3:B8*2)"),
    ),
    "external-link": Example(_LINKED, "Plan!B9", _cells(D3='="[1]Other!B3"')),
    "lost-link": Example(_LINKED, "Plan!B9", _cells(D3='="[1]Other!B3"')),
    "odd-sign": Example(_rent(95.0), "Plan!D11", _rent(-95.0)),
    "hidden-value": Example(
        Variant({"D3": -5.0}, "D3 has the format 0;0.", _formats(D3="0;0")),
        "Plan!D3",
        Variant({"D3": -5.0}, "D3 has the format 0;[Red]0.", _formats(D3="0;[Red]0")),
    ),
    "misleading-format": Example(
        Variant({"D3": 12000.0}, "D3 has the format 0,.", _formats(D3="0,")),
        "Plan!D3",
        Variant({"D3": 12000.0}, 'D3 has the format 0,"k".', _formats(D3='0,"k"')),
    ),
    "shown-as-zero": Example(
        Variant({"D3": 0.004}, "D3 has the format 0%.", _formats(D3="0%")),
        "Plan!D3",
        Variant({"D3": 0.004}, "D3 has the format 0.0%.", _formats(D3="0.0%")),
    ),
    "hidden-sheet": Example(
        _VERY_HIDDEN, "Lists", Variant(words="A sheet Rates, shown.", change=_rates(3.0))
    ),
    "hidden-rows": Example(Variant(words=_ROW_5, change=_hidden_row), "Plan!A5"),
    "hidden-in-total": Example(
        Variant(words=_ROW_5, change=_hidden_row),
        "Plan!B9",
        Variant({"B9": "=SUBTOTAL(109,B3:B8)", "C9": "=SUBTOTAL(109,C3:C8)"}, _ROW_5, _hidden_row),
    ),
    "hidden-name": Example(
        Variant(
            words="A hidden name, secret, is Plan!$B$3.",
            change=_named("secret", "Plan!$B$3", hidden=True),
        ),
        "",
        Variant(words="A name, open, is Plan!$B$3.", change=_named("open", "Plan!$B$3")),
    ),
    "merged-in-range": Example(
        Variant({"D3": "=MAX(B3:B8)"}, "B4:B5 is merged.", _merged("B4:B5")),
        "Plan!B4",
        Variant({"D3": "=MAX(B3:B8)"}, "A4:A5 is merged.", _merged("A4:A5")),
    ),
    "macros": Example(Variant(words="The file has a VBA project.", raw=_with_macros), ""),
    "manual-calculation": Example(Variant(words="Calculation is manual.", change=_manual), ""),
    "iteration": Example(Variant(words="Iteration is on.", change=_iterating), ""),
    "hidden-formula": Example(
        Variant(words="The sheet is protected, C3 hidden.", change=_protected(C3=_UNSEEN)),
        "Plan!C3",
        Variant(words="The sheet is protected, B3 hidden.", change=_protected(B3=_UNSEEN)),
    ),
    "unlocked-formula": Example(
        Variant(words="The sheet is protected, C3 unlocked.", change=_protected(C3=_OPEN)),
        "Plan!C3",
        Variant(words="The sheet is protected, B3 unlocked.", change=_protected(B3=_OPEN)),
    ),
    "duplicate-name": Example(_LIKE_NAMES, ""),
    "broken-name": Example(
        Variant(words="A name, Q1, is Plan!$B$3.", change=_named("Q1", "Plan!$B$3"), fresh=False),
        "",
        Variant(words="A name, quarter_1, is Plan!$B$3.", change=_named("quarter_1", "Plan!$B$3")),
    ),
    "excel-repairs": Example(
        _OVERLAPPING,
        "Plan",
        Variant(words="A11:B12 and A13:B13 are merged.", change=_merged("A11:B12", "A13:B13")),
    ),
    "formula-overwritten": Example(
        _cells(C5=262.5), "Plan!C5", _cells(C5="=ROUND(B5*$B$1,0)"), against=_PLAIN
    ),
    "new-hidden-sheet": Example(_VERY_HIDDEN, "Lists", _PLAIN, against=_PLAIN),
    "new-external-link": Example(_LINKED, "Plan!B9", _PLAIN, against=_PLAIN),
    "new-macros": Example(
        Variant(words="The file has a VBA project.", raw=_with_macros), "", _PLAIN, against=_PLAIN
    ),
}
"""The two workbooks of each rule, in the order of `xlcalc/audit/rules.csv`."""
