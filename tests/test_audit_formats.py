"""An audit finds number formats that show another figure than the cell holds."""

import pytest

from tools.check_examples import edited, plan, saved
from xlcalc.audit import audit
from xlcalc.calc.model import WorkbookModel

_CODES = {"hidden-value", "misleading-format", "shown-as-zero", "odd-sign", "torn-data-table"}
_SHEET = "xl/worksheets/sheet1.xml"


def found(data: bytes) -> list[tuple[str, str, str]]:
    findings = audit(WorkbookModel(data, "plan.xlsx"))
    return [(one.code, one.cell, one.sentence) for one in findings if one.code in _CODES]


def with_cells(formats: dict[str, str], **cells: object) -> bytes:
    book = plan()
    for cell, value in cells.items():
        book["Plan"][cell] = value
    for cell, look in formats.items():
        book["Plan"][cell].number_format = look
    return saved(book)


@pytest.mark.parametrize(
    ("expected", "look", "value"),
    [
        (["hidden-value"], ";;;", 5.0),
        (["hidden-value"], "0;;0", -5.0),
        (["hidden-value"], '"$"0;"$"0', -5.0),
        (["misleading-format"], "0.0,,", 5e6),
        (["misleading-format"], "yyyy-mm-dd", -3.0),
        (["misleading-format"], "d mmm yyyy", "=DATE(2026,1,20)-DATE(2026,1,5)"),
        (["misleading-format"], "d mmm yyyy", 0.0),
        (["shown-as-zero"], "#,##0", 0.4),
        ([], "0;;0", 5.0),
        ([], "0;-0;", 0.0),  # many leave noughts out so that a table is easy to read
        ([], "0_);(0)", -5.0),
        ([], "0;[Red]0", -5.0),
        ([], "[<1]0;0", -5.0),
        ([], '0.0,,"M"', 5e6),
        ([], "0.0,,", 0.0),
        ([], "#,##0", 5e6),
        ([], "yyyy-mm-dd hh:mm", 0.25),
        ([], "[h]:mm", 1.5),
        ([], 'mmm yy;;"-"', 0.0),
        ([], "d mmm yyyy", "=DATE(2026,1,20)-5"),
        ([], "0.0", 0.4),
        ([], "0.0E+00", 1e-7),
        ([], "0", "=0.4"),
    ],
)
def test_a_format_is_judged_beside_the_value_that_it_shows(expected, look, value):
    data = with_cells({"D3": look}, D3=value)
    assert expected == [code for code, cell, _ in found(data) if cell == "D3"]


def test_thousands_may_be_said_by_a_heading_and_the_name_of_a_sheet_is_read_too():
    cells = {"E3": 12000.0, "E4": 13000.0}
    looks = dict.fromkeys(cells, "#,##0,")
    sentence = "the format #,##0, shows 12000 as 12, and no text says so, and so in 1 more cells"
    assert [("misleading-format", "E3", sentence)] == found(with_cells(looks, **cells))
    for heading in ("USD thousands", "in $k", "k EUR", "'000", "千円"):
        assert [] == found(with_cells(looks, E2=heading, **cells)), heading
    assert [] != found(with_cells(looks, E2="Market share", **cells))


def test_percentage_points_among_shares_are_found_and_high_growth_is_not():
    looks = {f"{column}11": "0%" for column in "DEFGH"}
    shares = {"D11": 0.05, "E11": 0.06, "G11": 0.05, "H11": 0.07}
    told = found(with_cells(looks, F11=6.0, **shares))
    assert [("misleading-format", "F11", "6 is shown as 600 %")] == told
    assert [] == found(with_cells(looks, F11=0.9, **shares))
    assert [] == found(with_cells(looks, F11=6.0, **{**shares, "D11": 2.0}))


@pytest.mark.parametrize(
    ("expected", "label", "figures"),
    [
        ([("odd-sign", "D11")], "Salary costs", [10.0, 11.0, -12.0, 11.0, 10.0]),
        ([("odd-sign", "C11")], "Revenue", [-10.0, 11.0, -12.0, -11.0]),
        ([], "Net revenue", [10.0, 11.0, -12.0, 11.0, 10.0]),
        ([], "Salary costs", [10.0, 11.0, -12.0, -11.0, 10.0]),
        ([], "Salary costs", [10.0, 11.0, -1200.0, 11.0, 10.0]),
        ([], "Salary costs", [10.0, -11.0, 12.0]),
        ([], "Temperature", [10.0, 11.0, -12.0, 11.0, 10.0]),
    ],
)
def test_a_figure_with_another_sign_is_found_where_the_label_allows_one_sign(
    expected, label, figures
):
    cells = {f"{'BCDEF'[place]}11": figure for place, figure in enumerate(figures)}
    told = found(with_cells({}, A11=label, **cells))
    assert expected == [(code, cell) for code, cell, _ in told]


def test_one_cost_of_a_block_with_another_sign_is_found():
    cells = {"E3": "Rent", "E4": "Energy", "E5": "Insurance", "E6": "Hosting"}
    cells |= {"F3": -90.0, "F4": -80.0, "F5": 70.0, "F6": -75.0}
    assert [("odd-sign", "F5")] == [told[:2] for told in found(with_cells({}, **cells))]
    assert [] == found(with_cells({}, **{**cells, "E4": "Subsidies"}))


@pytest.mark.parametrize(
    ("expected", "attributes", "gone"),
    [
        ("", 'ref="D12:E13" dt2D="1" r1="B1" r2="B3"', ()),
        ("has lost the cell of an input", 'ref="D12:E13" dt2D="1" r1="B1"', ()),
        ("has lost the cell of an input", 'ref="D12:E13" dt2D="1" r1="B1" r2="B3" del2="1"', ()),
        ("does not begin at D12", 'ref="D13:E13" dt2D="1" r1="B1" r2="B3"', ()),
        ("has nothing in C11", 'ref="D12:E13" dt2D="1" r1="B1" r2="B3"', ("C11",)),
        ("has nothing in C13", 'ref="D12:E13" dt2D="1" r1="B1" r2="B3"', ("C13",)),
        ("has no value in E13", 'ref="D12:E13" dt2D="1" r1="B1" r2="B3"', ("E13",)),
    ],
)
def test_a_data_table_without_a_part_is_torn(expected, attributes, gone):
    cells: dict[str, object] = {"C11": "=C9", "D11": 2.0, "E11": 3.0, "C12": 100.0, "C13": 200.0}
    cells |= {"D12": 7.0, "E12": 8.0, "D13": 9.0, "E13": 11.0}
    data = with_cells({}, **{cell: value for cell, value in cells.items() if cell not in gone})
    data = edited(data, _SHEET, "<v>7</v>", f'<f t="dataTable" {attributes}/><v>7</v>')
    told = found(data)
    assert [("torn-data-table", "D12")] * bool(expected) == [one[:2] for one in told]
    assert all(expected in sentence for _, _, sentence in told)
