"""Tests of how much room a text takes: what a formula may show, and how many lines it has."""

import openpyxl
import pytest
from openpyxl.styles import Alignment, Font

from xlcalc.author.text_size import lines_in, longest_text, shown_text, text_width

QUOTES = {
    "notes": {"pue": "Of the data centre.", "life": "Five years."},
    "names": ["one", "seventeen"],
    "verdict": ["Own serving is cheaper"],
}


def cell(value, **alignment):
    made = openpyxl.Workbook().active["A1"]
    made.value = value
    made.font, made.alignment = Font(name="Arial", size=10), Alignment(**alignment)
    return made


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ('="At most "&IF(a>0,"one","three")&"."', "At most three."),
        ('=IF(a="market","a word","a longer word")', "a longer word"),
        ('="Of GPUs. "&INDEX(notes,MATCH("pue",keys,0))', "Of GPUs. Of the data centre."),
        ("=INDEX(notes,MATCH(chosen,keys,0))", "Of the data centre."),
        ("=INDEX(names,row)", "seventeen"),
        ("=verdict", "Own serving is cheaper"),
        ('="Costs "&TEXT(a,"#,##0")', "Costs 0000000000"),
        ('=IFERROR(INDEX(names,1),"an error that is seldom shown")', "seventeen"),
        ('="one"&CHAR(10)&"two"', "one\ntwo"),
        ('="says ""yes"""', 'says "yes"'),
        ("=SUM(a)", "0000000000"),
    ],
)
def test_a_formula_shows_the_longest_text_that_it_can_give(formula, shown):
    assert shown == longest_text(formula, QUOTES)


def test_a_text_that_is_no_formula_is_what_it_is():
    assert "as typed" == shown_text(cell("as typed"), QUOTES)
    assert "" == shown_text(cell(None), QUOTES)


def test_a_text_takes_the_lines_that_its_column_makes():
    # 1,000 points of width are 190 units; a letter of Arial is at most 10 points wide here.
    assert 1 == lines_in("Five short words in line", cell(""), 190)
    assert 2 == lines_in("two\nlines", cell(""), 190)
    # "nnnnnnnnnn" is 55.6 points; a column of 20 units has 97: one such word a line.
    assert 3 == lines_in("nnnnnnnnnn nnnnnnnnnn nnnnnnnnnn", cell(""), 20)
    assert 4 == lines_in("nnnnnnnnnn nnnnnnnnnn nnnnnnnnnn n", cell("", indent=6), 20)


def test_chinese_characters_are_as_wide_as_they_are_high():
    assert 40.0 == text_width("按需租用", Font(name="Arial", size=10))
    assert 6.0 == pytest.approx(text_width("x", Font(name="Courier New", size=10)))
