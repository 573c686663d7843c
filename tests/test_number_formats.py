"""Values in number formats, as text: the dates and times."""

import openpyxl.styles.numbers
import pytest

from xlcalc.author.number_formats import is_date_format, shown


@pytest.mark.parametrize(
    ("expected", "value", "number_format"),
    [
        ("00:00", 0.0, "hh:mm"),
        ("12:00", 0.5, "hh:mm"),
        ("1900-01-00", 0.0, "yyyy-mm-dd"),
        ("1900-01-01", 1.0, "yyyy-mm-dd"),
        ("1900-02-28", 59.0, "yyyy-mm-dd"),
        ("1900-03-01", 61.0, "yyyy-mm-dd"),
        ("2024-03-01T18:00", 45352.75, '[$-409]d"."m"."yyyy hh:mm'),
        ("9999-12-31", 2958465.0, "d/m/yy"),
        ("#####", 2958466.0, "d/m/yy"),
        ("#####", 2958465.999999996, "d/m/yy"),
        ("#####", -1.0, "d/m/yy"),
    ],
)
def test_a_date_is_shown_as_iso_8601_writes_it_and_what_is_none_as_excel_draws_it(
    expected, value, number_format
):
    assert expected == shown(value, number_format)


@pytest.mark.parametrize(
    ("expected", "number_format"),
    [
        (False, "General"),
        (False, '0.0,,"days"'),
        (False, "[Red]0"),
        (False, "[$-804]0"),
        (False, "\\d0"),
        (False, "0.00E+00"),
        (False, "0;yyyy"),
        (True, "[h]:mm"),
        (True, "[ss].00"),
        (True, 'yyyy"年"m"月"'),
        (True, "DD-MMM"),
    ],
)
def test_a_format_with_the_letters_of_dates_in_its_first_section_is_one_of_dates(
    expected, number_format
):
    assert expected is is_date_format(number_format)


def test_excels_built_in_formats_are_told_apart():
    dates = {
        number
        for number, text in openpyxl.styles.numbers.BUILTIN_FORMATS.items()
        if is_date_format(text)
    }
    assert {*range(14, 23), *(45, 46, 47)} == dates


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (2.5, "0", "3"),
        (-2.5, "0", "-3"),
        (0.005, "0%", "1%"),
        (1.25, "0.0", "1.3"),
        (2500.0, "#,##0,", "3"),
        (0.1 + 0.2, "0.00", "0.30"),
        (3.25, "# ?/?", "3.25"),
        (12345.0, "##0.0E+0", "12345"),
        (123456789.0, "000-00-0000", "123456789"),
    ],
)
def test_a_half_is_rounded_away_from_zero_and_odd_formats_show_the_number(
    value, number_format, expected
):
    assert expected == shown(value, number_format)
