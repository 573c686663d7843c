"""What the one scanner finds in the text of a formula, and what it passes over."""

import pytest

from xlcalc.formula_text import (
    called_functions,
    may_leave_out,
    references,
    replace_texts,
    replace_words,
)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(A1,IF(x>0,F.DIST(1),2))", {"SUM", "IF", "F.DIST"}),
        ('"SUM(1)"&TEXT(A1,"MAX(0)")', {"TEXT"}),
        ("'MIN(a)'!A1+Table[MAX(b)]", set()),
        ("_xlfn.LET(_xlpm.a,1,_xlpm.a)", {"_xlfn.LET"}),
        ("PI ()+other!A1", {"PI"}),
    ],
)
def test_called_functions_are_found_and_texts_are_passed_over(formula, expected):
    assert expected == called_functions(formula)


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        (True, "F(1,)"),
        (True, "F(,1)"),
        (True, "F(1, ,2)"),
        (False, "PI()"),
        (False, "ROW( )*F(1,2)"),
    ],
)
def test_empty_brackets_leave_nothing_out(expected, formula):
    assert expected == may_leave_out(formula)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A1+$B$2:C9", [("", "A1", ""), ("", "B2:C9", "")]),
        ("Costs!B7*'Plan ''26'!$A:$B", [("Costs", "B7", ""), ("Plan '26", "A:B", "")]),
        ("SUM(Jan:Mar!A1,'a b:c d'!2:9)", [("Jan:Mar", "A1", ""), ("a b:c d", "2:9", "")]),
        ("rate*Plan[[#This Row],[A1]]", [("", "", "rate"), ("", "", "Plan")]),
        ('1.5E3&"A5"&LOG10(B3)', [("", "B3", "")]),
        ("_xlfn.LET(_xlpm.a,A1,2)", [("", "", "_xlpm.a"), ("", "A1", "")]),
    ],
)
def test_references_are_cells_names_and_tables(formula, expected):
    assert expected == [tuple(reference) for reference in references(formula)]


def test_words_and_texts_are_replaced_and_nothing_else_is():
    formula = "gpus*GPUS(gpus)+Gpus!gpus&\"gpus\"&'gpus'!A1"
    assert "n*GPUS(n)+Gpus!gpus&\"gpus\"&'gpus'!A1" == replace_words(
        formula, lambda word: {"gpus": "n"}.get(word, word)
    )
    assert "gpus*GPUS(gpus)+Gpus!gpus&\"x\"&'gpus'!A1" == replace_texts(formula, lambda _: '"x"')
