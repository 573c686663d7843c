"""What did reports publish of models: training sets, benchmarks, and a landscape with misprints?

Each sheet shows the published figures beside those that our functions give, and marks the
misprints.
"""

from pathlib import Path

from openpyxl.formatting.rule import FormulaRule

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.catalogue import catalogues
from xlcalc.errors import UsageError
from xlcalc.files import read_csv
from xlcalc.templates.model_landscape.models import (
    COUNT,
    DATE_FORMAT,
    MARK_FILL,
    NONE,
    RUMOUR,
)
from xlcalc.templates.model_landscape.series import Series, show_years
from xlcalc.templates.parts.catalogues import model_rows
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.tables import Column, Table

SET_GB = q.Quantity("GB", above=0.0, number_format="#,##0.0")
REFERENCE_MODEL = "GPT-3 175B"
LARGEST = ("PaLM 540B", "Llama 3.1 405B", "DeepSeek-V3", "Kimi K2")
"""Models whose size stands beside the rumour."""
MISPRINTS = (
    (
        "Mistral v0.2",
        "architecture",
        "Misprint",
        "A dense model",
        "Mistral 7B v0.2 is dense. The mixture is Mixtral 8x7B of December 2023, and 12.9 B of its "
        "46.7 B parameters are active, not 2 × 7 B.",
        "Jiang et al. 2023, arXiv:2310.06825; Jiang et al. 2024, arXiv:2401.04088.",
    ),
    (
        "Grok-1",
        "context",
        "Misprint",
        '=MODEL_SPEC("Grok-1","context_tokens")',
        "Grok-1 was released with a context of 8,192 tokens. The 128K are those of Grok-1.5, "
        "announced on 28 March 2024.",
        "https://github.com/xai-org/grok-1; xAI, Announcing Grok-1.5, 2024-03-28.",
    ),
    (
        "Kimi Chat",
        "context",
        "Doubtful",
        '=TEXT(kimi_tokens_low,"#,##0")&" – "&TEXT(kimi_tokens_high,"#,##0")',
        "3,000K tokens for 2,000K characters are 1.5 tokens a character. Tokenizers that know "
        "Chinese need 0.54 to 1.0, so 2,000K characters are fewer tokens, not more.",
        "Own measurement, 2026-11-22: OpenAI cl100k_base, DeepSeek.",
    ),
    (
        "Claude 2.1",
        "date",
        "Misprint",
        "2023-11-21",
        "Announced four days earlier than printed.",
        "Anthropic, Introducing Claude 2.1, 2023-11-21, https://www.anthropic.com/news/claude-2-1.",
    ),
    (
        "Qwen1.5",
        "date",
        "Misprint",
        "2024-02-04",
        "Announced three days earlier than printed.",
        "Qwen Team, Introducing Qwen1.5, 2024-02-04, https://qwenlm.github.io/blog/qwen1.5/.",
    ),
)
"""Model and column of a figure, what it is, what is right, why, and who says so."""


def read_data(file: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file beside the templates."""
    (_, header), *lines = read_csv(Path(__file__).parent / file, UsageError)
    return [dict(zip(header, cells, strict=True)) for _, cells in lines]


def growth_page(book: Book, training: Table, series: Series) -> None:
    """Write how training sets grew, the largest model of each year, and the rumour of GPT-4."""
    page = Page(
        book,
        "Growth",
        (2, 32, 15, 15, 15, 17, 17, 17, 15, 50),
        "Growth",
        "How training sets, models and their compute have grown. Sizes in blue may be changed.",
    )
    page.section("Training sets as published")
    sets = _training_sets(page, training)
    page.row += 1
    page.section("Largest published model of each year")
    _years(page, series)
    page.row += 1
    page.section("Parameters against those of GPT-3")
    _against_gpt_three(page, training)
    page.row += 1
    top, bottom = page.room(17)
    chart = charts.scatter(
        page,
        f"B{top}:F{bottom}",
        Look("Published training sets, GB", y_title="GB", x_format="yyyy", y_log=True),
        sets.values("released"),
        [Curve("Training set", sets.values("size"))],
    )
    show_years(chart, range(series.years.start, series.years.start + 5))
    series.draw(
        page,
        f"G{top}:J{bottom}",
        Look(
            "Training tokens by date of release",
            y_title="Tokens",
            x_format="yyyy",
            y_format=q.COUNT_AXIS,
            y_log=True,
            inset=0.4,
        ),
        (("Training tokens", "tokens"),),
        1e11,
    )
    page.finish(freeze="C4", cursor="D6", last_row=bottom)
    page.sheet.page_setup.fitToHeight = 1


def _row_of(training: Table, model: str) -> int:
    names = [row["name"] for row in model_rows()]
    return names.index(catalogues().model(model)["name"])


def _training_sets(page: Page, training: Table) -> Table:
    rows = read_data("training_sets.csv")
    places = [_row_of(training, row["model"]) for row in rows]

    def shown(key: str) -> list[str]:
        return [f"=Training!{training.cell(key, place).coordinate}" for place in places]

    first = [True, *(False,) * (len(rows) - 1)]

    def later(formula: str) -> list[str]:
        return [NONE if start else formula for start in first]

    table = Table(
        page,
        (
            Column("name", "Training set of", shown("name"), words=True),
            Column("released", "Released", shown("released"), DATE_FORMAT),
            Column(
                "size",
                "Size\nGB",
                [float(row["gigabytes"]) for row in rows],
                "#,##0.0",
                SET_GB,
                editable=True,
            ),
            Column(
                "held",
                "Tokens that\nit holds",
                "=BYTE_TOKENS({size}*bytes_per_gb,bytes_per_token,kept_fraction)",
                COUNT,
            ),
            Column("factor", "Growth over\nthe one before", later("={size}/{size.prev}"), '0.0"×"'),
            Column(
                "years",
                "Years\nbetween",
                later("=({released}-{released.prev})/days_per_year"),
                "0.00",
            ),
            Column("yearly", "Growth\na year", later("={factor}^(1/{years})"), '0.0"×"'),
            Column("seen", "Tokens seen\nin training", shown("tokens"), COUNT),
            Column("source", "Source", [row["source"] for row in rows], words=True, literal=True),
        ),
        len(rows),
        height=32,
    )
    table.indent("source")
    for place, row in enumerate(rows):
        page.book.define(row["name"], page.sheet, table.cell("size", place))
    table.name("size", "set_sizes")
    table.name("held", "set_tokens")
    table.alias("factor", "set_factors")
    table.alias("size", "first_set", 0)
    table.alias("size", "last_set", -1)
    table.alias("held", "last_set_tokens", -1)
    table.alias("seen", "last_set_seen", -1)
    table.alias("released", "first_set_date", 0)
    table.alias("released", "last_set_date", -1)
    return table


def _years(page: Page, series: Series) -> Table:
    def largest(column: str) -> str:
        found = f"SUMPRODUCT(MAX((series_year={{year}})*{column}))"
        return f'=IF({found}>0,{found},"{NONE}")'

    def of_two(first: str, second: str) -> str:
        found = ",".join(
            f"SUMPRODUCT(MAX((series_year={{year}})*{column}))" for column in (first, second)
        )
        return f'=IF(MAX({found})>0,MAX({found}),"{NONE}")'

    growth = f'=IF(OR(ISTEXT({{flops}}),ISTEXT({{flops.prev}})),"{NONE}",{{flops}}/{{flops.prev}})'
    count = len(series.years)
    table = Table(
        page,
        columns(
            "model_landscape",
            "years",
            year=list(series.years),
            params=of_two("series_dense", "series_mixture"),
            tokens=largest("series_tokens"),
            flops=of_two("series_dense_flops", "series_mixture_flops"),
            growth=[NONE, *(growth,) * (count - 1)],
            estimate=largest("series_estimate"),
        ),
        count,
    )
    table.alias("params", "yearly_params")
    table.alias("tokens", "yearly_tokens")
    table.alias("flops", "yearly_flops")
    table.alias("models", "yearly_models")
    return table


def _against_gpt_three(page: Page, training: Table) -> None:
    models = (REFERENCE_MODEL, *LARGEST)
    rumoured = next(
        place for place, row in enumerate(model_rows()) if row["id"] == "gpt-4-rumoured"
    )
    places = [*(_row_of(training, model) for model in models), rumoured]
    table = Table(
        page,
        columns(
            "model_landscape",
            "against gpt-3",
            name=[
                *(f"=Training!{training.cell('name', place).coordinate}" for place in places),
                "GPT-4, as a report has it",
            ],
            params=[
                *(f"=Training!{training.cell('params', place).coordinate}" for place in places),
                "=rumoured_params",
            ],
            flag=[*("Published",) * len(models), RUMOUR, RUMOUR],
        ),
        len(places) + 1,
    )
    table.indent("flag")
    table.alias("factor", "rumour_factor", -1)
    first, last = table.top + 1, table.top + len(places) + 1
    rumour = page.book.texts(RUMOUR)
    page.sheet.conditional_formatting.add(
        f"B{first}:E{last}", FormulaRule(formula=[f'$E{first}="{rumour}"'], fill=MARK_FILL)
    )
    note = page.put(
        first,
        6,
        "OpenAI has published no size of GPT-4. Both rows are hearsay and must not be quoted as "
        "fact.",
        styles.NOTE,
        alignment=styles.WRAPPED,
    )
    page.sheet.merge_cells(start_row=note.row, end_row=note.row + 1, start_column=6, end_column=9)


def _known(row: dict[str, str], field: str) -> bool:
    """Whether the catalogue has a figure of the model that a row names."""
    model = row["catalogue_model"]
    return bool(model) and catalogues().model(model)[field] is not None


def printed_page(book: Book) -> None:
    """Write the landscape that a report printed in 2024, and mark its misprints."""
    page = Page(
        book,
        "Printed",
        (2, 16, 12, 14, 20, 28, 28, 11, 15, 18, 13, 13, 12),
        "Landscape of 2024, as printed",
        "Left what a report printed, on the right what the catalogue has. Red: a misprint. Amber: "
        "doubtful. The reasons are below.",
    )
    rows = read_data("landscape_2024.csv")
    keys = (
        *("model", "date", "organisation", "parameters"),
        *("architecture", "context", "training_tokens", "licence"),
    )
    headings = (
        *("Model", "Date", "Organisation", "Parameters"),
        *("Architecture", "Context", "Training\ntokens", "Licence"),
    )
    page.section("As printed")
    table = Table(
        page,
        (
            *(
                Column(key, heading, [row[key] or NONE for row in rows], words=True, literal=True)
                for key, heading in zip(keys, headings, strict=True)
            ),
            Column(
                "found",
                "Row of the\ncatalogue",
                [row["catalogue_model"] or NONE for row in rows],
                words=True,
                literal=True,
            ),
            *(
                Column(
                    field,
                    heading,
                    [
                        f'=MODEL_SPEC({{found}},"{field}")' if _known(row, field) else NONE
                        for row in rows
                    ],
                    number_format,
                )
                for field, heading, number_format in (
                    ("total_params", "Parameters", COUNT),
                    ("active_params", "Active\nparameters", COUNT),
                    ("context_tokens", "Context\ntokens", "#,##0"),
                )
            ),
        ),
        len(rows),
    )
    page.put(page.row, 2, rows[0]["source"], styles.NOTE, literal=True)
    page.row += 2
    page.section("What is wrong, and what is right")
    page.header(
        ("Model", "Finding", "What", "As printed", "Right", "Why", "", "", "Source"),
        indented=(4, 8),
    )
    for column in range(11, 14):
        page.put(page.row - 1, column, None, styles.HEADING, fill=styles.HEADING_FILL)
    names = [row["model"] for row in rows]
    for model, key, finding, right, why, source in MISPRINTS:
        fill = styles.BAD_FILL if finding == "Misprint" else MARK_FILL
        printed = table.cell(key, names.index(model))
        printed.fill = fill
        words = headings[keys.index(key)]
        for column, text, literal in (
            (2, model, True),
            (3, finding, False),
            (4, words, False),
            (5, printed.value, True),
            (6, right, right[:1].isdigit()),
            (7, why, False),
            (10, source, True),
        ):
            page.put(
                page.row,
                column,
                text,
                fill=fill if column in (3, 5) else None,
                number_format="#,##0",
                border=styles.HAIRLINE,
                alignment=styles.WRAPPED_INDENTED if column in (6, 10) else styles.WRAPPED,
                literal=literal,
            )
        for column in (8, 9, 11, 12, 13):
            page.put(page.row, column, None, border=styles.HAIRLINE)
        for left, last in ((7, 9), (10, 13)):
            page.sheet.merge_cells(
                start_row=page.row, end_row=page.row, start_column=left, end_column=last
            )
        page.sheet.row_dimensions[page.row].height = 46
        page.row += 1
    page.finish(cursor="B5")
    page.sheet.page_setup.fitToHeight = 1
