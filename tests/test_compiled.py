"""Two roads to the same figures: vectors for many scenarios, and the engine for one."""

import itertools
import random

import numpy as np
import openpyxl
import pytest

from tests.built import built
from tests.marks import thorough_but
from tests.workbooks import name_cells, parts, small_workbook, to_bytes, with_calculation_chain
from xlcalc import templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised.compiled import KEEP, VectorisedWorkbook
from xlcalc.calc.vectorised.syntax import NotVectorised
from xlcalc.cells import CellError
from xlcalc.dialects import Form, convert
from xlcalc.errors import InputValueError
from xlcalc.ooxml.package import Package
from xlcalc.runs.filling import Filling, NotCopyable

# fmt: off
FORMULAS = (
    *("=a+b", "=a-b*c", "=a/b", "=-a^2", "=a^b", "=a%", "=(a+b)*(c-a)/b", "=a&b", "=-(a-b)%"),
    *("=a=b", "=a<>b", "=a<b", "=a>=c", '=word="X"', '=word<>"other"', "=flag=TRUE"),
    *("=a>1E300*a", "=IF(a>b,a,b)", '=IF(a>b,"more",c)', "=IF(a,b)", "=IF(flag,a,word)"),
    *("=IF(a>b,,c)", "=IFERROR(a/b,c)", '=IFERROR(a/b,"none")', "=IFNA(MATCH(a,list,0),0)"),
    *("=IF(ISERROR(a/b),1,2)", "=AND(a>0,b>0)", "=OR(a>b,flag)", "=NOT(a>b)", "=ISNUMBER(a)"),
    *("=IF(ISNA(MATCH(a,list,0)),b,c)", "=ISNA(a/b)", "=ISTEXT(a)", "=ISTEXT(word)"),
    *('=IF(ISTEXT(IF(a>b,"–",c)),"–",a/b)', "=ISTEXT(mistake)", "=ISBLANK(empty)"),
    *("=ISNUMBER(word)", "=MIN(a,b,c)", "=MAX(a,b,list)", "=SUM(a,b,list)", "=AVERAGE(a,list)"),
    *("=SUM(box)", "=SUMPRODUCT(row,row)", "=SUMPRODUCT(list^2*a)", "=SUMPRODUCT((row>a)*row)"),
    *("=SUMPRODUCT(MAX((row=b)*row))", "=INDEX(list,MATCH(a,list,0))", "=INDEX(list,2)"),
    *("=INDEX(row,IF(a>b,1,3))", "=MATCH(b,row,0)", '=SUMIFS(row,labels,"x")'),
    *("=SUMIFS(row,labels,word)", "=SUMIFS(list,row,b)", "=NPV(c%,row)", "=ABS(a-b)"),
    *("=SQRT(a)", "=INT(a/3)", "=EXP(b)", "=LN(a)", "=LOG10(a)", "=POWER(a,b)"),
    *("=ROUND(a/3,2)", "=ROUNDUP(a/3,0)", "=ROUNDDOWN(a/3,0)", "=MOD(a,3)", "=CEILING(a,2)"),
    *('=TEXT(a,"#,##0.0")&" of "&word', "=LEN(word)", "=CHOOSE(IF(a>b,1,2),a,word)"),
    *("=UPPER(word)", "=TRAIN_FLOPS(a,b)", "=GPU_DAYS(a*1E20,312,0.4)"),
    *("=SCALING_LOSS(a*1E9,b*1E9)", "=GPU_HOURS(a,b,c)", '=GPU_SPEC(word,"tdp_w")'),
    *("=CHINCHILLA_TOKENS(a)", "=empty+a", '=empty&"x"', "=COUNT(box)", "=IF(empty=0,a,b)"),
    *("=VLOOKUP(a,box,2,FALSE)", "=COUNTIF(row,a)", "=MEDIAN(row)", "=word&empty"),
    *("=SUMIFS(mixed,labels,word)", "=SUM(mixed)", "=MAX(mixed)", "=a*mistake"),
    *("=ROUND(a*b,c)", "=ROUND(a/7,-1)", "=ROUND(a+0.5,0)", "=ROUND(b*1.005,2)"),
    *('=TEXT(a/b,"0%")', '=TEXT(b*1.005,"0.00")', '=TEXT(-a/8,"#,##0")', '=TEXT(word,"0")'),
    *('=TEXT(a,"0.0#")', '=a&" "&b/3', '="x"&flag&empty', "=a/b&word", '=mistake&"x"'),
    *("=CHOOSE(a,b,word,c)", "=CHOOSE(a/b,1,2,3)", "=INDEX(list,MAX(1,a/b))"),
    *("=INDEX(mixed,1,ABS(b)+1)",),
    *("=EDATE(40000+a*100,b*c)", "=EDATE(a,b)", "=YEAR(45000+a*10)", "=MONTH(45000-b)"),
    *("=DATE(2020+b,c*a,b)", "=DATE(a,b,c)", '=COUNTIF(mixed,">"&b)', '=COUNTIF(row,"<="&a/3)'),
    *('=COUNTIF(box,">2")', '=COUNTIF(labels,"x")', '=COUNTIF(box,"=3")', "=COUNTIF(mixed,flag)"),
    *("=COUNT(mixed)", "=COUNT(mixed,a)", "=MEDIAN(mixed)", "=MEDIAN(row,list)", "=MEDIAN(box)"),
    *("=SUMPRODUCT((labels=word)*1)", "=SUMPRODUCT(row,mixed)", "=SUMPRODUCT(list,D1:D3)"),
    *("=SUMPRODUCT((D1:D3=word)*list)", "=MATCH(b,mixed,0)", "=MATCH(a,D1:D3,0)", "=word=a"),
    *('=a<>""', '=empty=""', "=word=empty", '=IF(a>b,a,word)=a', '=SUMIFS(list,row,">1")'),
    *('=IF(a>b,"",c)*2', "=IF(a>b,a/b,c)*2", '=word="ÜNLAUT"', '=IF(flag,empty,a)="x"'),
    *("=SUM(row,mistake)"),
    *("=ROUNDUP(a*3.5/0.7,0)", "=ROUNDDOWN(0.3*a/0.1,0)", "=SERVING_GPUS(a^2*3.5,1,0.7)"),
    *("=GPUS_TO_FIT(a^2*126.9,141)", "=MAX_SEQUENCES(a^2*0.1,1,0,1E8,1)"),
    *("=RANGE_LOW(a^2,row)", "=RANGE_HIGH(a^2,row%,0.5)", "=BLENDED_PRICE(a^2,b^2,3,0.5)"),
)
# fmt: on
NUMBERS = (0.0, 1.0, 2.0, 3.0, -4.5, 7.25, 1e9, 0.1)
WORDS = ("x", "other", "H100 SXM5 80GB", "", "Ünlaut", "12")


def analysts_workbook() -> bytes:
    """Return a workbook of all these formulas, as a person might have made it."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "It's mine"
    for row, value in enumerate((1.0, 2.0, 3.0, "x", True, None), start=1):
        sheet.cell(row, 1, value)
    for column, cells in enumerate(((1.0, 5.0, 3.0), ("one", 2.0, None), (3.0, 3.0, "three"))):
        for row, value in enumerate(cells, start=1):
            sheet.cell(row, 3 + column, value)
    for column, value in enumerate(("=a*2", "=b", 4.5, "=IF(a>b,word,c)", "=c"), start=1):
        sheet.cell(20, column, value)
        sheet.cell(21, column, ("x", "=word", "other", "y", "x")[column - 1])
    sheet.cell(22, 1, "=1/0")
    places = {
        **{name: f"$A${row}" for row, name in enumerate("abc", start=1)},
        "word": "$A$4", "flag": "$A$5", "empty": "$B$6", "list": "$C$1:$C$3", "box": "$C$1:$E$3",
        "row": "$A$20:$C$20", "labels": "$A$21:$C$21", "mixed": "$C$20:$E$20",
        "mistake": "$A$22",
    }  # fmt: skip
    for row, formula in enumerate(FORMULAS, start=30):
        sheet.cell(row, 2, formula)
        places[f"result_{row}"] = f"$B${row}"
    name_cells(workbook, places)
    return to_bytes(workbook)


def same(ours, theirs) -> bool:
    if isinstance(ours, CellError) and isinstance(theirs, CellError):
        return ours.code == theirs.code
    return type(ours) is type(theirs) and ours == theirs


def differences(model, columns, compiled=None, rows=None):
    """Yield where the vectors give another value than the engine."""
    count = len(next(iter(columns.values())))
    compiled = compiled or VectorisedWorkbook(model, columns)
    values = {place: vector.cells() for place, vector in compiled.run(columns, count).items()}
    for row in rows or range(count):
        settings = {name: column[row] for name, column in columns.items()}
        evaluation = model.evaluate({k: v for k, v in settings.items() if v is not KEEP})
        for sheet, cached in evaluation.cached.items():
            for position, theirs in cached.items():
                if (sheet, position) in values:
                    ours = values[sheet, position][row]
                    ours = 0.0 if ours is None else ours
                    if not same(ours, theirs):
                        formula = model.formula_text(sheet, position)
                        yield f"{formula} for {settings}: {ours!r}, not {theirs!r}"


@pytest.mark.slow
def test_every_function_gives_what_the_engine_gives_for_odd_values_and_errors_too():
    model = WorkbookModel(analysts_workbook(), "mine")
    rows = list(itertools.product(NUMBERS, NUMBERS, (2.0, -1.5)))
    columns = {name: [row[place] for row in rows] for place, name in enumerate("abc")}
    columns["word"] = [WORDS[number % len(WORDS)] for number in range(len(rows))]
    columns["flag"] = [number % 3 == 0 for number in range(len(rows))]
    assert [] == list(differences(model, columns))
    clean = [row for row in range(len(rows)) if rows[row][0] > 0 and rows[row][1] > 0]
    columns = {name: [column[row] for row in clean] for name, column in columns.items()}
    assert [] == list(differences(model, columns, rows=range(0, len(clean), 5)))


def random_columns(model, count, seed):
    source = random.Random(seed)  # noqa: S311  the same scenarios at every run
    columns = {}
    for name, cell in model.inputs.items():
        if not isinstance(cell.value, float):
            continue
        columns[name] = []
        for _ in range(count):
            value = KEEP
            if source.random() < 0.7:
                try:
                    value = model.read_entry(name, cell.value * source.uniform(0.5, 1.5))
                except InputValueError:
                    value = KEEP
            columns[name].append(value)
    return columns


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["udf", "lambda"])
@pytest.mark.parametrize("name", thorough_but({"training_budget"}, templates.TEMPLATES))
def test_every_template_gives_what_the_engine_gives_on_random_inputs(name, dialect):
    model = WorkbookModel(built(name, Form(dialect)), name)
    columns = random_columns(model, 8, name)
    if not columns:
        pytest.skip("it has no numbers to vary")
    assert [] == list(differences(model, columns, rows=(0, 3, 7)))


def test_choices_and_texts_vary_as_numbers_do():
    model = WorkbookModel(built("training_budget", Form("lambda")), "budget")
    columns = {
        "gpu": ["H100 SXM5 80GB", "A100 SXM 80GB", "no such card", KEEP, "V100 SXM2 32GB"],
        "run_name": ["A run", "", KEEP, "元", "=1+1"],
        "currency": ["USD", "EUR", KEEP, "CNY", "=1+"],
        "price_per_gpu_hour": [KEEP, 2.0, KEEP, 3.0, 1.0],
    }
    assert [] == list(differences(model, columns))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=RAND()*A1", "RAND"),
        ('=INDIRECT("A"&A1)', "INDIRECT"),
        ("=OFFSET(A1,A1,0)", "OFFSET"),
        ("=B1+A1", "Sheet!B1 → Sheet!B1"),
        ("=A1:A3*2", "more than one value"),
        ("=LET(x,A1,y)", "refers to y"),
        ("=SUM(Sheet:Sheet!A1)", "refers to"),
    ],
)
def test_what_vectors_cannot_do_is_said_with_its_place(formula, reason):
    data = small_workbook({"A1": 1.0, "B1": formula}, {"size": "A1"})
    with pytest.raises(NotVectorised, match=reason):
        VectorisedWorkbook(WorkbookModel(data, "w"), ["size"])


def test_a_formula_that_turns_out_to_give_several_values_is_left_to_the_engine():
    cells = {"A1": 1.0, "B1": 2.0, "C1": None, "D1": "=INDEX(A1:C1,1,A1)"}
    model = WorkbookModel(small_workbook(cells, {"size": "A1"}), "w")
    compiled = VectorisedWorkbook(model, ["size"])
    with pytest.raises(NotVectorised, match="more than one value"):
        compiled.run({"size": [1.0, 0.0]}, 2)


def filled(model, columns, form=None, *, keeps_formulas=True):
    count = len(next(iter(columns.values())))
    compiled = VectorisedWorkbook(model, columns)
    given = {
        (cell.sheet, cell.position): np.array([value is not KEEP for value in columns[name]])
        for name, cell in compiled.inputs.items()
    }
    package = model.package if form is None else Package(form, "form")
    filling = Filling(
        model.formulas, compiled.live, list(given), package, keeps_formulas=keeps_formulas
    )
    files = filling.files(compiled.run(columns, count), given, count)
    return [files.file(row) for row in range(count)]


@pytest.mark.parametrize("dialect", ["udf", "lambda", "officejs", "values"])
@pytest.mark.parametrize(
    "name", thorough_but({"training_budget"}, ["training_budget", "gpu_tco", "scaling_plan"])
)
def test_a_filled_workbook_is_part_for_part_the_one_that_is_made_alone(name, dialect):
    form = "udf" if dialect == "values" else dialect
    model = WorkbookModel(built(name, Form(form)), name)
    columns = random_columns(model, 4, "fill")
    text = next(n for n, cell in model.inputs.items() if isinstance(cell.value, str)
                and cell.validation is None)  # fmt: skip
    columns[text] = ["<a & b>", KEEP, "=1+1", "模型"]
    source = convert(model.package.to_bytes(), name, "values").data if dialect == "values" else None
    files = filled(model, columns, source, keeps_formulas=dialect != "values")
    for row, file in enumerate(files):
        settings = {n: column[row] for n, column in columns.items() if column[row] is not KEEP}
        alone = model.to_bytes(model.evaluate(settings))
        if dialect == "values":
            alone = convert(alone, name, "values").data
        assert parts(alone) == parts(file)


@pytest.mark.parametrize("name", thorough_but({"training_budget", "gpu_tco"}, templates.TEMPLATES))
def test_the_charts_of_a_filled_workbook_hold_no_stale_points(name):
    charts = {part: data for part, data in parts(built(name)).items() if "xl/charts/chart" in part}
    assert charts or name == "function_library"
    assert [] == [part for part, data in charts.items() if b"Cache>" in data]


def test_a_file_that_lists_its_formulas_is_made_alone_where_an_input_is_one():
    model = WorkbookModel(built("training_budget"), "budget")
    model = WorkbookModel(with_calculation_chain(model.package.to_bytes(), "C12"), "budget")
    with pytest.raises(NotCopyable, match="lists its formulas"):
        filled(model, {"price_per_gpu_hour": [2.0]})
    assert 1 == len(filled(model, {"params": [1e9]}))
