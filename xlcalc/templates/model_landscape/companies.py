"""Which listed companies did a report of 2024 name around Kimi, and what did it say of them?

The sheet Companies restates the table, and computes the three statements that go with it from the
cells of the table. It is what a slide says of shares: nothing here is a figure of a model.
"""

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.templates.model_landscape.models import NONE
from xlcalc.templates.model_landscape.reports import read_data
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.tables import Table

BOUND = 70
"""Percent; the third statement is about changes above it."""
NAMED = ("掌阅科技", "中广天择", "福昕软件")
"""The companies that the third statement names, beside the one with the largest change."""
STATEMENTS = (
    (
        "About 23 listed companies are around Kimi.",
        "=COUNTA(company_names)",
        23,
        "Rows of the table.",
    ),
    (
        "The largest change since March is 101.46 %.",
        "=MAX(company_changes)",
        101.46,
        "That of 华策影视, in the first row.",
    ),
    (
        "掌阅科技, 中广天择 and 福昕软件 rose by more than 70 %.",
        "=SUMPRODUCT((" + "+".join(f'(company_names="{name}")' for name in NAMED) + ")"
        f"*(company_changes>{BOUND}))",
        len(NAMED),
        "Those of the three above 70 %. With the largest they are four; the fifth has 59.98 %.",
    ),
)
"""What is stated, the formula, the stated figure, and what was counted."""


def companies_page(book: Book) -> None:
    """Write the table of companies, and its statements with a verdict for each."""
    page = Page(
        book,
        "Companies",
        (2, 38, 14, 17, 16, 16, 16, 44),
        "Listed companies around Kimi, 2024",
        "What a slide of 2024 says of shares: expectations of that spring, no figure of a model, "
        "and no advice. An empty figure is a dash: the slide gives none.",
    )
    rows = read_data("companies_2024.csv")

    def read(column: str) -> list[object]:
        return [float(row[column]) if row[column] else NONE for row in rows]

    page.section("As the slide has them")
    table = Table(
        page,
        columns(
            "model_landscape",
            "companies",
            name=[row["name"] for row in rows],
            code=[row["code"] for row in rows],
            value=read("market_value_100m_cny"),
            change=read("change_since_march_pct"),
            growth=_growth(rows),
            profit=read("profit_2023_100m_cny"),
        ),
        len(rows),
    )
    table.name("name", "company_names")
    table.name("change", "company_changes")
    page.put(page.row, 2, rows[0]["source"], styles.NOTE, literal=True)
    page.row += 2
    page.section("What the slide states, computed from the table")
    found = Table(
        page,
        columns(
            "model_landscape",
            "statements",
            statement=[row[0] for row in STATEMENTS],
            computed=[row[1] for row in STATEMENTS],
            stated=[row[2] for row in STATEMENTS],
            counted=[row[3] for row in STATEMENTS],
        ),
        len(STATEMENTS),
    )
    found.indent("verdict")
    left = found.cell("counted", 0).column
    for row in range(found.top, found.top + len(STATEMENTS) + 1):
        page.sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=8)
        page.sheet.row_dimensions[row].height = 30
    page.finish(freeze="C4", cursor="B5")
    page.sheet.page_setup.fitToHeight = 1


def _growth(rows: list[dict[str, str]]) -> list[object]:
    """Return the growth of profits; "turned" is a loss that became a profit."""
    cells = [row["profit_growth_2023_pct"] for row in rows]
    return ["Back in profit" if c == "turned" else float(c) if c else NONE for c in cells]
