"""Two versions of a workbook differ in what a person did, and in nothing that followed from it."""

import io
import math
import zipfile

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.workbooks import parts, small_workbook, to_bytes, with_part, workbook_of, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import calculated
from xlcalc.differences import Report, differences
from xlcalc.differences.alignment import aligned
from xlcalc.differences.formulas import filled, parted, relative, with_linked_files, written
from xlcalc.differences.moves import Moves, SheetMoves, Track
from xlcalc.differences.rendering import as_text
from xlcalc.ooxml.package import Package

NAMES = {"price": "B1", "total": "C9"}


def months(count=6, first=3):
    """Return the rows of a plan: month, hours, and their cost at the price in B1."""
    return {
        cell: value
        for n, row in enumerate(range(first, first + count), start=1)
        for cell, value in (
            (f"A{row}", f"Month {n}"),
            (f"B{row}", 100.0 + n),
            (f"C{row}", f"=B{row}*$B$1"),
        )
    }


PLAN = {"A1": "Price", "B1": 2.5, **months()}
PLAN |= {"A9": "Total", "B9": "=SUM(B3:B8)", "C9": "=SUM(C3:C8)"}


def plan(**cells):
    return small_workbook(PLAN | cells, NAMES)


def told(report):
    """Return each difference as kind, place, and what was and is there."""
    return [(one.kind, one.place, one.before, one.after) for one in report.changes]


def compared(old, new, **options) -> Report:
    return differences(Package(old, "old.xlsx"), Package(new, "new.xlsx"), **options)


def stored(old, new, **options):
    return told(compared(old, new, stored=True, **options))


def edited(data, change):
    """Return a workbook after a change of the workbook of openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    return to_bytes(book)


# Rows and columns


def test_an_inserted_row_is_one_difference_and_what_followed_is_none():
    new = {"A1": "Price", "B1": 2.5, **months(2)}
    new |= {"A5": "Bonus", "B5": 50.0, "C5": "=B5*$B$1"}
    for row, n in zip(range(6, 10), range(3, 7), strict=True):
        new |= {f"A{row}": f"Month {n}", f"B{row}": 100.0 + n, f"C{row}": f"=B{row}*$B$1"}
    new |= {"A10": "Total", "B10": "=SUM(B3:B9)", "C10": "=SUM(C3:C9)"}
    changed = small_workbook(new, {"price": "B1", "total": "C10"})
    assert [("rows-inserted", "Sheet!5", None, "Bonus, 50, =B5*$B$1")] == stored(plan(), changed)


def test_a_range_that_did_not_follow_an_inserted_row_is_a_difference():
    new = {"A1": "Price", "B1": 2.5, "A5": "Bonus", "B5": 50.0, "C5": "=B5*$B$1", **months(2)}
    for row, n in zip(range(6, 10), range(3, 7), strict=True):
        new |= {f"A{row}": f"Month {n}", f"B{row}": 100.0 + n, f"C{row}": f"=B{row}*$B$1"}
    new |= {"A10": "Total", "B10": "=SUM(B3:B8)", "C10": "=SUM(C3:C9)"}
    report = compared(plan(), small_workbook(new, {"price": "B1", "total": "C10"}), stored=True)
    assert [
        ("rows-inserted", "Sheet!5", None, "Bonus, 50, =B5*$B$1"),
        ("formula", "Sheet!B10", "=SUM(B3:B8)", "=SUM(B3:B8)"),
    ] == told(report)
    assert "it did not follow what moved, as =SUM(B3:B9) would" == report.changes[1].note


def test_a_deleted_column_is_one_difference():
    old = {"A1": "Item", "B1": "Note", "C1": "Cost", "D1": "Twice"}
    new = {"A1": "Item", "B1": "Cost", "C1": "Twice"}
    for row in range(2, 8):
        old |= {f"A{row}": f"i{row}", f"B{row}": f"n{row}", f"C{row}": row, f"D{row}": f"=C{row}*2"}
        new |= {f"A{row}": f"i{row}", f"B{row}": row, f"C{row}": f"=B{row}*2"}
    expected = [("columns-deleted", "Sheet!B", "Note, n2, n3, n4, and 3 more", None)]
    assert expected == stored(small_workbook(old), small_workbook(new))


def test_an_inserted_column_of_a_plan_over_months_is_found_by_its_heading():
    def grid(heads):
        cells = {"A1": "Line", "A2": "Sales", "A3": "Cost"}
        for column, head in zip("BCDEFG", heads, strict=False):
            cells |= {f"{column}1": head, f"{column}2": 10.0, f"{column}3": f"={column}2*0.5"}
        return small_workbook(cells)

    new = grid(["Jan", "Feb", "Extra", "Mar", "Apr"])
    expected = [("columns-inserted", "Sheet!D", None, "Extra, 10, =D2*0.5")]
    assert expected == stored(grid(["Jan", "Feb", "Mar", "Apr"]), new)


def test_an_inserted_column_is_found_by_the_headings_that_formulas_give():
    def grid(rows):
        def change(book):
            for row, month in enumerate(("Jan", "Feb", "Mar", "Apr", "Extra"), start=1):
                book.active[f"A{row}"] = month
            sheet = book.create_sheet("Plan")
            for column, row in zip("BCDEF", rows, strict=False):
                sheet[f"{column}1"], sheet[f"{column}2"] = f"=Sheet!A{row}", f"=LEN({column}1)"

        data = edited(small_workbook({}), change)
        return calculated(WorkbookModel(data, "plan.xlsx")).to_bytes()

    expected = [("columns-inserted", "Plan!D", None, "=Sheet!A5, =LEN(D1)")]
    assert expected == stored(grid([1, 2, 3, 4]), grid([1, 2, 5, 3, 4]))


def test_rows_that_were_emptied_are_cleared_and_move_nothing():
    report = compared(plan(A11="Note", B11=1.0), plan(), stored=True)
    assert [("rows-deleted", "Sheet!11", "Note, 1", None)] == told(report)
    assert "cleared" == report.changes[0].note


def test_a_row_and_a_column_at_once_are_two_differences():
    old = {f"{c}{r}": f"{c}{r}" for c in "ABCD" for r in range(1, 9)}
    new = {}
    for at, row in enumerate((1, 2, 0, 3, 4, 5, 6, 7, 8), start=1):
        for column, there in zip("ABCDE", "AB.CD", strict=True):
            new[f"{column}{at}"] = f"{there}{row}" if row and there != "." else f"new {column}{at}"
    assert [
        ("rows-inserted", "Sheet!3", None, "new A3, new B3, new C3, new D3, and 1 more"),
        ("columns-inserted", "Sheet!C", None, "new C1, new C2, new C3, new C4, and 5 more"),
    ] == stored(small_workbook(old), small_workbook(new))


def test_an_empty_row_that_moves_all_is_a_difference():
    new = {
        f"{cell[0]}{int(cell[1:]) + (int(cell[1:]) > 2)}": value
        for cell, value in PLAN.items()
        if cell[0] == "A"
    }
    old = {cell: value for cell, value in PLAN.items() if cell[0] == "A"}
    expected = [("rows-inserted", "Sheet!3", None, None)]
    assert expected == stored(small_workbook(old), small_workbook(new))


def test_a_row_that_is_written_below_the_last_one_moves_nothing():
    report = compared(plan(), plan(A10="Note", B10=1.0), stored=True)
    assert [("rows-inserted", "Sheet!10", None, "Note, 1")] == told(report)
    assert "filled" == report.changes[0].note


def test_a_moved_block_is_one_difference_and_formulas_follow_it():
    block = {"E2": "Rate", "F2": 0.19, "E3": "Limit", "F3": 7.0}
    moved = {"H5": "Rate", "I5": 0.19, "H6": "Limit", "I6": 7.0}
    old = plan(**block, D3="=C3*$F$2")
    new = plan(**moved, D3="=C3*$I$5")
    report = compared(old, new, stored=True)
    assert [("moved", "Sheet!H5:I6", None, None)] == told(report)
    assert ("E2:F3", 4) == (report.changes[0].was, report.changes[0].count)


def test_rows_that_were_dragged_elsewhere_are_moved_and_neither_gone_nor_new():
    old = small_workbook({f"A{n}": f"row {n}" for n in range(1, 21)})
    order = [*range(1, 5), *range(7, 16), 5, 6, *range(16, 21)]
    new = small_workbook({f"A{at}": f"row {n}" for at, n in enumerate(order, start=1)})
    assert [("moved", "Sheet!A14:A15", None, None)] == stored(old, new)


# Cells


def test_an_input_says_its_name_label_and_movement_and_what_it_did_to_the_result():
    report = compared(plan(), plan(B1=3.0))
    kinds = [one.kind for one in report.changes]
    assert ["input", "result", "result"] == kinds
    price, total, months = report.changes
    assert ("price", "Price", 2.5, 3.0) == (price.name, price.label, price.before, price.after)
    assert ("total", 1552.5, 1863.0) == (total.name, total.before, total.after)
    assert ("Sheet!C3:C8", 6) == (months.place, months.count)
    [bridge] = report.bridges
    assert ("total", 1552.5, 1863.0) == (bridge.output, bridge.start, bridge.end)
    assert [("price", 310.5)] == [(part.name, part.amount) for part in bridge.parts]
    assert () == report.refused


def test_the_parts_of_inputs_and_formulas_add_up_to_the_movement():
    report = compared(plan(), plan(B1=3.0, C9="=SUM(C3:C8)+100"), outputs=["total"])
    [bridge] = report.bridges
    amounts = {part.name: part.amount for part in bridge.parts}
    assert {"price": 310.5, "formulas": 100.0} == amounts
    assert bridge.end - bridge.start == math.fsum(amounts.values())


def test_a_change_that_was_filled_down_is_one_difference():
    new = plan(**{f"C{row}": f"=B{row}*$B$1*1.1" for row in range(3, 9)})
    report = compared(plan(), new, stored=True)
    assert [("formula", "Sheet!C3:C8", "=B3*$B$1", "=B3*$B$1*1.1")] == told(report)
    assert 6 == report.changes[0].count


def test_a_formula_that_became_a_number_is_refused_until_it_is_allowed():
    report = compared(plan(), plan(C5=999.0))
    assert ("formula-to-value", "Sheet!C5", "=B5*$B$1", 999.0) == told(report)[0]
    assert ["formula-to-value"] == [one.gate for one in report.refused]
    allowed = compared(plan(), plan(C5=999.0), allowed=["formula-to-value"])
    assert () == allowed.refused
    assert told(report) == told(allowed)


def test_a_number_that_became_a_formula_is_not_refused():
    report = compared(plan(), plan(B3="=50.5*2"))
    assert [("value-to-formula", "Sheet!B3", 101.0, "=50.5*2")] == told(report)
    assert () == report.refused


def test_a_new_error_is_refused_and_its_cause_named():
    report = compared(plan(), plan(B1=0.0, D9="=B9/B1"))
    assert ("error", "Sheet!D9", None) == told(report)[0][:3]
    assert ("#DIV/0!", "=B9/B1") == (report.changes[0].after.code, report.changes[0].note)
    assert ["errors"] == [one.gate for one in report.refused]


def test_errors_of_a_new_sheet_are_refused():
    def change(book):
        sheet = book.create_sheet("More")
        sheet["A1"], sheet["A2"] = "=1/0", "=A1"

    report = compared(plan(), edited(plan(), change))
    assert [("error", "More!A1", 2), ("sheet-added", "More", 2)] == [
        (one.kind, one.place, one.count) for one in report.changes
    ]


def test_many_constants_beside_each_other_are_one_difference_with_each_value():
    report = compared(plan(), plan(**{f"B{row}": 1.0 * row for row in range(3, 9)}), stored=True)
    assert [("input", "Sheet!B3:B8", 101.0, 3.0)] == told(report)
    assert ("B4", 102.0, 4.0) == report.changes[0].each[1]


def test_texts_are_no_inputs_unless_they_have_a_name():
    assert [("text", "Sheet!A5", "Month 3", "March")] == stored(plan(), plan(A5="March"))
    old, new = (small_workbook({"B1": gpu}, {"gpu": "B1"}) for gpu in ("H100", "H200"))
    assert [("input", "Sheet!B1", "H100", "H200")] == stored(old, new)


def test_a_date_is_shown_as_one():
    def dated(number):
        def change(book):
            book.active["B2"] = number
            book.active["B2"].number_format = "yyyy-mm-dd"

        return edited(plan(A2="Start"), change)

    text = as_text(compared(dated(46000), dated(46031), stored=True))
    assert "Sheet!B2 (Start): 2025-12-09 → 2026-01-09" in text


def test_what_programs_write_differently_is_no_difference():
    old = small_workbook({"A1": "a\r\nb", "A2": 0.1 + 0.2, "A3": "=SUM( A2 , 1 )*2"})
    new = small_workbook({"A1": "a\nb", "A2": 0.3, "A3": "=sum(A2,1)*2"})
    assert [] == stored(old, new)


def test_a_shared_formula_is_the_same_as_one_in_every_cell():
    shared = '<row r="{0}"><c r="A{0}"><v>{0}</v></c><c r="B{0}">{1}</c></row>'
    own = "".join(shared.format(n, f"<f>A{n}*2</f><v>{2 * n}</v>") for n in range(1, 5))
    forms = ['<f t="shared" ref="B1:B4" si="0">A1*2</f>', *['<f t="shared" si="0"/>'] * 3]
    one = "".join(shared.format(n, f"{f}<v>{2 * n}</v>") for n, f in enumerate(forms, start=1))
    assert [] == stored(workbook_of(own), workbook_of(one))


def test_the_cells_of_a_what_if_data_table_are_results():
    def table(values):
        first = '<row r="1"><c r="A1"><f t="dataTable" ref="A1:A3" r1="C1"/><v>{}</v></c></row>'
        others = "".join(f'<row r="{n}"><c r="A{n}"><v>{{}}</v></c></row>' for n in (2, 3))
        return workbook_of((first + others).format(*values))

    report = compared(table([1, 2, 3]), table([1, 2, 4]), stored=True)
    assert [("result", "Sheet!A3", 3.0, 4.0)] == told(report)


def test_cells_that_no_engine_calculates_are_told():
    rows = '<row r="1"><c r="A1"><v>{0}</v></c><c r="B1"><f>NOBODYS(A1)</f><v>{0}</v></c></row>'
    report = compared(workbook_of(rows.format(1)), workbook_of(rows.format(2)))
    assert (
        "no engine calculates 1 cell of old.xlsx, whose stored values are compared",
        "no engine calculates 1 cell of new.xlsx, whose stored values are compared",
    ) == report.remarks


def test_random_numbers_are_not_compared_and_a_remark_says_so():
    report = compared(plan(D1="=RAND()", D2="=D1*2"), plan(D1="=RAND()", D2="=D1*2", B1=3.0))
    assert {"Sheet!B1", "Sheet!C9", "Sheet!C3:C8"} == {one.place for one in report.changes}
    assert ("2 cells follow from random numbers, and are not compared",) == report.remarks


# Sheets, names, rules, links, macros


def two_sheets(data):
    def change(book):
        book.create_sheet("Use")["A1"] = "=Sheet!C9*2"

    return edited(data, change)


def test_a_renamed_sheet_is_one_difference_and_formulas_follow_it():
    def change(book):
        book["Sheet"].title = "Plan 2027"
        book["Use"]["A1"] = "='Plan 2027'!C9*2"
        for name, cell in (("price", "$B$1"), ("total", "$C$9")):
            book.defined_names[name].attr_text = f"'Plan 2027'!{cell}"

    old = two_sheets(plan())
    expected = [("sheet-renamed", "Plan 2027", "Sheet", "Plan 2027")]
    assert expected == stored(old, edited(old, change))


def test_a_hidden_sheet_is_refused_and_a_shown_one_is_not():
    def hide(book):
        book["Use"].sheet_state = "hidden"

    old = two_sheets(plan())
    hidden = compared(old, edited(old, hide))
    assert [("sheet-hidden", "Use", "visible", "hidden")] == told(hidden)
    assert ["hidden-sheets"] == [one.gate for one in hidden.refused]
    shown = compared(edited(old, hide), old)
    assert [("sheet-shown", "Use", "hidden", "visible")] == told(shown)
    assert () == shown.refused


def test_a_sheet_that_is_gone_leaves_a_formula_that_lost_its_cells():
    def change(book):
        del book["Use"]
        book["Sheet"]["D1"] = "=#REF!*2"

    def reads(book):
        book["Sheet"]["D1"] = "=Use!A1*2"

    report = compared(edited(two_sheets(plan()), reads), edited(two_sheets(plan()), change))
    assert [
        ("error", "Sheet!D1"),
        ("sheet-removed", "Use"),
        ("formula", "Sheet!D1"),
    ] == [(one.kind, one.place) for one in report.changes]


def test_names_come_go_and_change_their_meaning():
    def change(book):
        del book.defined_names["price"]
        book.defined_names["total"].attr_text = "Sheet!$B$9"
        book.defined_names["vat"] = DefinedName("vat", attr_text="0.19")

    report = compared(plan(), edited(plan(), change), stored=True)
    assert [
        ("price", "='Sheet'!$B$1", None),
        ("total", "='Sheet'!$C$9", "=Sheet!$B$9"),
        ("vat", None, "=0.19"),
    ] == [(one.name, one.before, one.after) for one in report.changes]


@pytest.mark.parametrize(
    ("old", "new", "note", "words"),
    [
        ((0, 2), (0, 5), "loosened", ("a number between 0 and 2", "a number between 0 and 5")),
        ((0, 5), (1, 5), "tightened", ("a number between 0 and 5", "a number between 1 and 5")),
        ((0, 2), (1, 5), "", ("a number between 0 and 2", "a number between 1 and 5")),
        ((0, 2), None, "loosened", ("a number between 0 and 2", None)),
        (None, (0, 2), "tightened", (None, "a number between 0 and 2")),
    ],
)
def test_a_validation_says_whether_more_or_less_is_allowed(old, new, note, words):
    def ruled(bounds):
        def change(book):
            if bounds is not None:
                low, high = map(str, bounds)
                rule = DataValidation("decimal", formula1=low, formula2=high, allow_blank=False)
                rule.showErrorMessage = True
                rule.add("B1")
                book.active.add_data_validation(rule)

        return edited(plan(), change)

    [change] = compared(ruled(old), ruled(new), stored=True).changes
    assert ("validation", "Sheet!B1", note) == (change.kind, change.place, change.note)
    assert words == (change.before, change.after)


def test_a_validation_that_is_for_more_cells_is_one_difference():
    def ruled(cells):
        def change(book):
            rule = DataValidation("whole", operator="greaterThan", formula1="0")
            rule.showErrorMessage = True
            rule.add(cells)
            book.active.add_data_validation(rule)

        return edited(plan(), change)

    [change] = compared(ruled("B3:B8"), ruled("B3:B9"), stored=True).changes
    assert ("validation", "Sheet!B3:B9", "for other cells") == (
        change.kind,
        change.place,
        change.note,
    )


def linked(data, target):
    """Return a workbook that links to another file."""
    part = "externalLinks/externalLink1.xml"
    made = parts(with_part(data, "externalLink", part, "<externalLink/>"))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
    made["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    ).encode()
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    element = f'<externalReferences><externalReference xmlns:r="{space}" r:id="rId99"/>'
    end = b"</sheets>"
    book = made["xl/workbook.xml"]
    made["xl/workbook.xml"] = book.replace(end, end + f"{element}</externalReferences>".encode())
    return zipped(made)


def test_a_new_external_link_is_refused_and_formulas_say_which_file_they_read():
    report = compared(plan(), linked(plan(D1="=[1]Rates!B2"), "rates%202027.xlsx"), stored=True)
    assert [
        ("external-link", "", None, "rates 2027.xlsx"),
        ("formula", "Sheet!D1", None, "=[rates 2027.xlsx]Rates!B2"),
    ] == told(report)
    assert ["external-links"] == [one.gate for one in report.refused]


def test_new_macros_are_refused():
    made = parts(plan())
    with_macros = zipped({**made, "xl/vbaProject.bin": b"code"})
    others = zipped({**made, "xl/vbaProject.bin": b"other code"})
    assert ["macros"] == [one.gate for one in compared(plan(), with_macros).refused]
    assert ["macros"] == [one.gate for one in compared(with_macros, others).refused]
    gone = compared(with_macros, plan())
    assert [("macros-removed", "", None, None)] == told(gone)
    assert () == gone.refused


def test_number_formats_are_counted():
    def change(book):
        for row in range(3, 9):
            book.active[f"C{row}"].number_format = "0.00"

    report = compared(plan(), edited(plan(), change), stored=True)
    assert [("number-format", "Sheet!C3:C8", "General", "0.00")] == told(report)
    assert 6 == report.changes[0].count


# What is no difference


def test_a_file_is_the_same_as_itself_and_as_its_content_in_another_zip():
    data = plan()
    assert "old.xlsx → new.xlsx: no difference" == as_text(compared(data, data))
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts(data).items():
            archive.writestr(name, part)
    report = compared(data, again.getvalue())
    assert ("the files differ in how they are zipped alone",) == report.remarks
    assert () == report.changes


def test_last_digits_of_stored_values_are_no_difference_and_old_ones_neither():
    fresh = calculated(WorkbookModel(plan(), "plan.xlsx")).to_bytes()

    def with_value(value):
        made = parts(fresh)
        sheet = made["xl/worksheets/sheet1.xml"]
        assert b"<v>1552.5</v>" in sheet
        made["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v>1552.5</v>", b"<v>%b</v>" % value)
        return zipped(made)

    digits = compared(fresh, with_value(b"1552.5000000000002"))
    assert ("1 stored values differ in their last digits alone",) == digits.remarks
    old = compared(fresh, with_value(b"7"))
    assert ((), ("1 stored values differ, and calculated they are the same",)) == (
        old.changes,
        old.remarks,
    )
    [change] = compared(fresh, with_value(b"7"), stored=True).changes
    assert ("result", "Sheet!C9", 1552.5, 7.0) == (
        change.kind,
        change.place,
        change.before,
        change.after,
    )


def test_what_is_not_compared_is_named():
    made = parts(plan())
    made["docProps/core.xml"] += b" "
    assert ("the files differ in what is not compared, in docProps/core.xml",) == (
        compared(plan(), zipped(made)).remarks
    )


# Bounds


class Counted:
    """A line that counts how often it is compared."""

    count = 0

    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        Counted.count += 1
        return self.text == other.text


@pytest.mark.slow
@pytest.mark.parametrize("texts", [range(50_000), [n % 7 for n in range(50_000)]])
def test_aligning_50_000_lines_takes_a_few_comparisons_a_line(texts):
    old = list(map(Counted, texts))
    new = [*map(Counted, texts)]
    new.insert(25_000, Counted("new"))
    Counted.count = 0
    assert 50_000 == len(aligned(old, new))
    assert 1_000_000 > Counted.count


@pytest.mark.slow
def test_50_000_rows_with_one_inserted_are_one_difference():
    def rows(numbers):
        cells = (
            f'<row r="{row}"><c r="A{row}"><v>{n}</v></c></row>'
            if n % 10
            else f'<row r="{row}"><c r="A{row}"><v>{n}</v></c>'
            f'<c r="B{row}"><f>A{row}*2+$A$50002</f><v>{2 * n}</v></c></row>'
            for row, n in enumerate(numbers, start=1)
        )
        last = len(numbers) + 1
        text = f'<row r="{last}"><c r="A{last}"><f>SUM(A1:A{last - 1})</f><v>1</v></c></row>'
        return "".join(cells).replace("$A$50002", f"$A${last + 1}") + text

    numbers = list(range(1, 50_001))
    old = workbook_of(rows(numbers))
    new = workbook_of(rows([*numbers[:30_000], -1, *numbers[30_000:]]))
    assert [("rows-inserted", "Sheet!30001", None, "-1")] == stored(old, new)


def test_what_cannot_be_matched_in_order_is_still_bounded():
    old = [n % 2 for n in range(40_000)]
    new = [n % 3 for n in range(40_000)]
    pairs = aligned(old, new)
    assert all(old[i] == new[j] for i, j in pairs)


# Parts of formulas


@pytest.mark.parametrize(
    "formula",
    [
        "SUM($B$2:B10)*'My ''own'' sheet'!A1",
        'IF(A1="B2:B9",[rates.xlsx]Rates!$B$2,0)',
        "SUM(A:A,$2:3)+Table[[#This Row],[a b]]+LOG10(A1)",
        "XFE1+A1048577+name.A1",
    ],
)
def test_a_formula_is_the_sum_of_its_parts(formula):
    assert formula == written(parted(formula))


def test_a_filled_formula_moves_what_has_no_dollar_sign():
    assert "C5*$C$1+SUM(C:C)+SUM(5:6)" == filled("B2*$C$1+SUM(B:B)+SUM(2:3)", 3, 1)
    assert "#REF!" == filled("A1", -1, 0)
    assert "R[0]C[-1]*R1C3" == relative(parted("B2*$C$1"), (2, 3))
    assert 'F([x.xlsx]S!A1,"[1]",T[1])' == with_linked_files('F([1]S!A1,"[1]",T[1])', ["x.xlsx"])


@pytest.mark.parametrize(
    ("formula", "now"),
    [
        ("A4", "A4"),
        ("A5", "#REF!"),
        ("A6", "A7"),
        ("A4:A6", "A4:A7"),
        ("A5:A6", "A7:A7"),
        ("A4:A5", "A4:A4"),
        ("A5:A5", "#REF!"),
        ("SUM(A:A)+Other!A6", "SUM(A:A)+Other!A6"),
        ("Sheet!A6+'[x.xlsx]Sheet'!A6", "New!A7+[x.xlsx]Sheet!A6"),
        ("Gone!A1", "#REF!"),
    ],
)
def test_a_formula_follows_a_row_that_was_taken_out_and_two_that_were_put_in(formula, now):
    here = SheetMoves("Sheet", "New", Track([(1, 1, 4), (6, 7, 1)]))
    moves = Moves([here, SheetMoves("Other", "Other")], ["Gone"])
    assert now == moves.text(formula, "Sheet")
