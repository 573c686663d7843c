"""What does training at the full length cost, if nearly all sequences are short?

The sheet Length mix of the template on contexts and experts.
"""

from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.context_and_experts.lengths import chart_boxes
from xlcalc.templates.context_and_experts.lines import (
    CHART_ROWS,
    MONEY_AXIS,
)
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.figures import CURRENCY_AXIS
from xlcalc.templates.parts.tables import Table

MIX = (
    (1_024, 512, 0.90),
    (8_192, 3_000, 0.07),
    (32_768, 16_000, 0.022),
    (131_072, 64_000, 0.007),
    (1_048_576, 256_000, 0.001),
)
"""Longest sequence of a class, mean length, and share of the sequences."""


class Mix:
    """The sheet Length mix: what short sequences make of a long context."""

    def __init__(self, book: Book) -> None:
        page = Page(
            book,
            "Length mix",
            (2, 44, *(18,) * 8),
            "Length mix",
            "Most training sequences are short. What their attention costs, and what training "
            "everything at the longest length would cost.",
        )
        page.section("Sequences by length")
        self.classes = Table(
            page,
            columns(
                "context_and_experts",
                "classes",
                above=(0, *("={longest.prev}",) * (len(MIX) - 1)),
                longest=[longest for longest, _, _ in MIX],
                mean=[mean for _, mean, _ in MIX],
                share=[share for _, _, share in MIX],
            ),
            len(MIX),
            height=46,
        )
        self._totals(page)
        page.row += 1
        page.section("Three ways to train on the same text")
        self.ways = Table(
            page,
            columns(
                "context_and_experts",
                "ways",
                name=(
                    "Each sequence at its own length",
                    "Packed to the longest, attention across sequences",
                    "Padded to the longest (a limit: nobody trains so)",
                ),
                tokens=("=train_tokens", "=train_tokens", "=train_tokens*mix_longest/mix_mean"),
                scores=(
                    "=mix_scores",
                    *(
                        "=ATTENTION_FLOPS(layers,heads,score_dim,mix_longest,{tokens},"
                        "attention_mask,window,window_layers)",
                    )
                    * 2,
                ),
            ),
            3,
            height=46,
        )
        for name, row in (("mix_cost", 0), ("packed_cost", 1), ("padded_cost", 2)):
            book.define(name, page.sheet, self.ways.cell("cost", row))
        page.put(
            page.row,
            2,
            "Within a class every sequence counts at the mean length. 90 % below 1 K tokens and "
            "less than 1 % above 32 K are published; what lies between is assumed.",
            styles.NOTE,
        )
        page.row += 2
        left, right = chart_boxes(page, ("B", "E"), ("F", "J"))
        charts.columns(
            page,
            left,
            Look("Share of sequences, tokens and attention", y_format="0%"),
            self.classes.values("name"),
            [
                Curve("Sequences", self.classes.values("share")),
                Curve("Tokens", self.classes.values("tokens")),
                Curve("Attention", self.classes.values("part")),
            ],
        )
        charts.columns(
            page,
            right,
            Look(
                "Training cost of the three ways",
                y_title=CURRENCY_AXIS,
                y_format=MONEY_AXIS,
                y_log=True,
            ),
            self.ways.values("name"),
            [Curve("Training cost", self.ways.values("cost"))],
        )
        page.row += CHART_ROWS
        page.finish(cursor="D6", last_row=page.row)
        page.sheet.page_setup.fitToHeight = 1

    def _totals(self, page: Page) -> None:
        """Write the totals of the classes, and name them."""
        book, row = page.book, page.row
        page.put(row, 2, "Total", styles.BOLD, border=styles.TOTAL)
        totals = {
            "longest": ("=MAX({0})", "#,##0", "mix_longest"),
            "share": ("=SUM({0})", "0.0%", "mix_share"),
            "weight": ("=SUM({0})", "#,##0.0", "mix_mean"),
            "tokens": ("=SUM({0})", "0.0%", "mix_tokens"),
            "scores": ("=SUM({0})", "0.00E+00", "mix_scores"),
            "part": ("=SUM({0})", "0.0%", "mix_part"),
        }
        for key in ("above", "longest", "mean", "share", "weight", "tokens", "scores", "part"):
            column = self.classes.cell(key, 0).column
            formula, number_format, name = totals.get(key, (None, "General", ""))
            first, last = (self.classes.cell(key, end).coordinate for end in (0, -1))
            cell = page.put(
                row,
                column,
                formula and formula.format(f"{first}:{last}"),
                styles.BOLD,
                number_format=number_format,
                alignment=styles.RIGHT,
                border=styles.TOTAL,
            )
            if name:
                book.define(name, page.sheet, cell)
        for place in range(len(MIX)):
            for key in ("longest", "mean", "share"):
                book.define(f"mix_{key}_{place + 1}", page.sheet, self.classes.cell(key, place))
        page.row += 1
