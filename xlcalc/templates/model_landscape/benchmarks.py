"""How do the models score in published benchmarks?

The sheet Benchmarks of the model landscape.
"""

from collections.abc import Sequence

from openpyxl.formatting.rule import FormulaRule
from openpyxl.utils import get_column_letter

from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.model_landscape.models import (
    NONE,
)
from xlcalc.templates.model_landscape.reports import read_data
from xlcalc.templates.parts.tables import Column, Table


def benchmarks_page(book: Book) -> None:
    """Write the two published tables of benchmarks as matrices."""
    page = Page(
        book,
        "Benchmarks",
        (2, 22, *(13,) * 8, 14, 9, 16),
        "Benchmarks",
        "Scores in % as published. An empty cell: the source gives none. Green: the best of a "
        "column. Means over different benchmarks do not compare: see how many are given.",
    )
    rows = read_data("benchmarks.csv")
    page.section("Common sense and reading, without examples (0-shot)")
    first = _scores(page, [row for row in rows if row["suite"] == "reasoning"], "reasoning")
    page.section("Knowledge, mathematics and code, with the number of examples")
    second = _scores(
        page, [row for row in rows if row["suite"] == "frontier"], "frontier", settings=True
    )
    top, bottom = page.room(18)
    charts.columns(
        page,
        f"B{top}:F{bottom}",
        Look("Mean of the benchmarks that all models report, %", y_format="0"),
        first.values("model"),
        [Curve("Mean", first.values("common"))],
        across=True,
    )
    keys = _benchmarks([row for row in rows if row["suite"] == "frontier"])
    charts.columns(
        page,
        f"G{top}:M{bottom}",
        Look("Scores of 2024, %", y_format="0", inset=0.4),
        second.values("model"),
        [Curve(name, second.values(f"score_{place}")) for place, name in enumerate(keys)],
    )
    page.finish(freeze="C4", cursor="B5", last_row=bottom)
    page.sheet.page_setup.fitToHeight = 1


def _benchmarks(rows: Sequence[dict[str, str]]) -> list[str]:
    order = ("BoolQ", "PIQA", "SIQA", "HellaSwag", "WinoGrande", "ARC-e", "ARC-c", "OBQA")
    names = dict.fromkeys(row["benchmark"] for row in rows)
    return sorted(names, key=lambda name: order.index(name) if name in order else 0)


def _scores(
    page: Page, rows: Sequence[dict[str, str]], suite: str, *, settings: bool = False
) -> Table:
    """Write a matrix of models and benchmarks, with means; each score's setting beside it."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    benchmarks = _benchmarks(rows)
    found = {(row["model"], row["benchmark"]): row for row in rows}
    columns = [Column("model", "Model", models, words=True, literal=True)]
    for place, benchmark in enumerate(benchmarks):
        given = [found.get((model, benchmark)) for model in models]
        scores = [float(row["score"]) if row else None for row in given]
        columns.append(Column(f"score_{place}", "", scores, "0.0"))
        if settings:
            texts = [row["setting"] if row else None for row in given]
            columns.append(Column(f"setting_{place}", "", texts, words=True, literal=True))
    count = len(models)
    keys = [column.key for column in columns[1:]]
    own = f"{{{keys[0]}}}:{{{keys[-1]}}}"
    bottom = page.row + count + 1
    width = len(keys)
    left, right = get_column_letter(3), get_column_letter(2 + width)
    given_by = f"${left}${bottom}:${right}${bottom}"
    complete_count = f"COUNTIF({given_by},ROWS({{model.all}}))"
    complete = f"({given_by}=ROWS({{model.all}}))"
    # The settings between the scores are texts, which SUM and SUMPRODUCT with a comma leave out.
    columns += [
        Column("mean", "Mean of\nthose given", f"=AVERAGE({own})", "0.0"),
        Column("given", "Given", f"=COUNT({own})", "0"),
        Column(
            "common",
            "Mean of those\nthat all report",
            f'=IF({complete_count}=0,"{NONE}",SUMPRODUCT(--{complete},{own})/{complete_count})',
            "0.0",
        ),
    ]
    table = Table(page, columns, count)
    head = {"font": styles.HEADING, "fill": styles.HEADING_FILL, "literal": True}
    for place, benchmark in enumerate(benchmarks):
        cell = table.cell(f"score_{place}", 0)
        shown = {row["setting"] for row in rows if row["benchmark"] == benchmark}
        text = benchmark if settings else f"{benchmark}\n{shown.pop()}"
        page.put(table.top, cell.column, text, alignment=styles.WRAPPED_RIGHT, **head)
        letter, first, last = cell.column_letter, table.top + 1, table.top + count
        best = f"MAX({letter}${first}:{letter}${last})"
        page.sheet.conditional_formatting.add(
            f"{letter}{first}:{letter}{last}",
            FormulaRule(
                formula=[f'AND({letter}{first}<>"",{letter}{first}={best})'], fill=styles.GOOD_FILL
            ),
        )
        if settings:
            page.put(table.top, cell.column + 1, "Setting", styles.HEADING)
            table.indent(f"setting_{place}")
        page.put(
            bottom,
            cell.column,
            f"=COUNT({letter}{first}:{letter}{last})",
            styles.NOTE,
            number_format="0",
            alignment=styles.RIGHT,
        )
    page.put(bottom, 2, "Models that report it", styles.NOTE, alignment=styles.LEFT)
    page.put(bottom + 1, 2, rows[0]["source"], styles.NOTE, alignment=styles.LEFT, literal=True)
    page.book.define(
        f"{suite}_scores", page.sheet, table.cell(keys[0], 0), table.cell(keys[-1], -1)
    )
    table.name("mean", f"{suite}_means")
    table.name("given", f"{suite}_given")
    page.row = bottom + 3
    return table
