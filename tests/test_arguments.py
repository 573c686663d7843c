"""The numbers of arguments that Excel's functions take, and calls that have another."""

import pytest

from tests.workbooks import small_workbook
from xlcalc.calc.arguments import bounds, wrong_call, wrong_calls, wrong_count
from xlcalc.cli import main


@pytest.mark.parametrize(
    ("name", "count", "sentence"),
    [
        ("IFERROR", 1, "IFERROR takes 2 arguments, got 1"),
        ("iferror", 3, "IFERROR takes 2 arguments, got 3"),
        ("INT", 2, "INT takes 1 argument, got 2"),
        ("PI", 1, "PI takes no arguments, got 1"),
        ("IF", 1, "IF takes 2 to 3 arguments, got 1"),
        ("IF", 4, "IF takes 2 to 3 arguments, got 4"),
        ("ROW", 2, "ROW takes at most 1 argument, got 2"),
        ("SUM", 0, "SUM takes at least 1 argument, got 0"),
        ("SUM", 256, "SUM takes at most 255 arguments, got 256"),
        ("SUMIFS", 2, "SUMIFS takes at least 3 arguments, got 2"),
        ("COUNTIFS", 255, "COUNTIFS takes 2 to 254 arguments, got 255"),
        ("_xlfn.XLOOKUP", 2, "XLOOKUP takes 3 to 6 arguments, got 2"),
        ("_xlfn._xlws.SORT", 5, "SORT takes 1 to 4 arguments, got 5"),
    ],
)
def test_a_wrong_number_of_arguments_is_said_in_a_sentence(name, count, sentence):
    assert sentence == wrong_count(name, count)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        *[("IF", 2), ("IF", 3), ("SUM", 1), ("SUM", 255), ("PI", 0), ("ROW", 0), ("ROW", 1)],
        *[("TEXTSPLIT", 6), ("GROUPBY", 8), ("PIVOTBY", 11), ("LET", 3), ("LAMBDA", 1)],
        *[("TRAIN_FLOPS", 9), ("XLC.TRAIN_FLOPS", 0), ("NOSUCH", 0)],
    ],
)
def test_right_numbers_and_functions_of_others_are_passed_over(name, count):
    assert wrong_count(name, count) is None


def test_the_table_lists_every_function_once_with_bounds_that_can_be():
    assert 540 == len(bounds())
    for name, (least, most) in bounds().items():
        assert name == name.upper()
        assert 0 <= least <= (255 if most is None else most) <= 255, name


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("=IFERROR(A1)", "IFERROR takes 2 arguments, got 1"),
        ("IFERROR(A1)", "IFERROR takes 2 arguments, got 1"),
        ("=INT(A1,2)", "INT takes 1 argument, got 2"),
        ("=1+PI(1)", "PI takes no arguments, got 1"),
        ("=INT()", "INT takes 1 argument, got 0"),
        ("=INT( )", "INT takes 1 argument, got 0"),
        ("=INT(,)", "INT takes 1 argument, got 2"),
        ("=SUM(1,IF(A1>0,MAX(1,2),3,4))", "IF takes 2 to 3 arguments, got 4"),
        ('=IF(A1,"""(",1,2,3)', "IF takes 2 to 3 arguments, got 5"),
        ("=ROUND('it''s (a,b)'!A1)", "ROUND takes 2 arguments, got 1"),
        ("=ROUND(Plan[[#All],[a,b]])", "ROUND takes 2 arguments, got 1"),
        ("=ROUND({1,2;3,4})", "ROUND takes 2 arguments, got 1"),
        ('=ROUND({"}",2})', "ROUND takes 2 arguments, got 1"),
        ("=ROUND((A1,B1))", "ROUND takes 2 arguments, got 1"),
        ("=ROUND([1]Sheet1!A1)", "ROUND takes 2 arguments, got 1"),
        ("=ROUND(A1\n)", "ROUND takes 2 arguments, got 1"),
        ("=_xlfn.SORT(1,2,3,4,5)", "SORT takes 1 to 4 arguments, got 5"),
        ("=XLC.F(INT(1,2))", "INT takes 1 argument, got 2"),
    ],
)
def test_the_first_wrong_call_of_a_formula_is_found(formula, sentence):
    assert sentence == wrong_call(formula)


@pytest.mark.parametrize(
    "formula",
    [
        *("=A1", "=PI()", "=PI( )", "=ROW()", "=IF(,)", "=IFERROR(,)", "=(1)", "=((A1))", ""),
        *('=INT("a,b(")', "=INT('a, (b'!A1)", "=INT(Plan[a'[,b])", "=INT(Plan[[#All],[c,d]])"),
        *("=INT({1,2;3,4})", "=INT((A1,B1))", '=INT("a"",b")', '="INT(1,2)"', "='INT(1,2)'!A1"),
        *("=NOSUCH()", "=F(,)", "=LAMBDA(x,x)(1)", "=Plan[INT(1,2)]"),
        "=_xldudf_XLCALC_TRAIN_FLOPS()",
    ],
)  # fmt: skip
def test_formulas_without_a_wrong_call_are_passed_over(formula):
    assert wrong_call(formula) is None


def test_wrong_formulas_are_found_among_many_that_look_alike():
    formulas = [f"IFERROR(A{row}/B{row},0)" for row in range(1, 100)]
    wrong = ["IFERROR(A7/B7)", "IFERROR(AB70/B8)", 'IF(A1>0,"a\nb",1,2)']
    assert {} == wrong_calls(formulas)
    assert {
        "IFERROR(A7/B7)": "IFERROR takes 2 arguments, got 1",
        "IFERROR(AB70/B8)": "IFERROR takes 2 arguments, got 1",
        'IF(A1>0,"a\nb",1,2)': "IF takes 2 to 3 arguments, got 4",
    } == wrong_calls([*formulas, *wrong, *formulas])


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("=IFERROR(B1)", "IFERROR takes 2 arguments, got 1"),
        ("=INT(B1,2)", "INT takes 1 argument, got 2"),
        ("=1+PI(B1)", "PI takes no arguments, got 1"),
        ("=IF(B1>0,SUM(),1)", "SUM takes at least 1 argument, got 0"),
    ],
)
def test_a_call_that_excel_does_not_take_is_the_same_sentence_everywhere(
    formula, sentence, tmp_path, capsys, monkeypatch
):
    book = tmp_path / "own.xlsx"
    book.write_bytes(small_workbook({"B1": 1.0, "B2": formula}, {"size": "B1", "result": "B2"}))
    (tmp_path / "runs.csv").write_text("scenario,size\na,1\nb,2\n", encoding="utf-8")
    batch = ["batch", str(book), str(tmp_path / "runs.csv"), "-o", str(tmp_path / "out")]
    for command in (["run", str(book)], ["recalc", str(book)], batch, ["eval", formula]):
        monkeypatch.setattr("sys.argv", ["xlcalc", *command])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr().err
        where = "" if command[0] == "eval" else f"Sheet!B2 in {book}: "
        assert f"xlcalc: {where}{sentence}, so Excel does not take the formula {formula}\n" == said
        assert 2 == ended.value.code
    assert not (tmp_path / "out").exists()


def test_no_formula_has_no_wrong_call():
    assert {} == wrong_calls([])
    assert {} == wrong_calls([""])
