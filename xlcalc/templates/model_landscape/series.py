"""How have the models grown from year to year, as charts draw it?

The sheet Series has the models that charts show, by date, with a column for each kind of model: a
cell that does not belong to a curve stays empty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl.chart import Reference

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.catalogue import Row
from xlcalc.templates.model_landscape.models import is_rumoured
from xlcalc.templates.parts.catalogues import model_rows
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.tables import Table

LINES = ("optimal",)
"""Columns of the sheet Series that are drawn as a line, the others as dots."""


@dataclass(frozen=True)
class Series:
    """The sheet that charts are drawn from, and the years that it covers."""

    table: Table
    years: range

    def draw(
        self,
        page: Page,
        anchor: str,
        look: Look,
        curves: tuple[tuple[str, str], ...],
        lowest: float,
    ) -> None:
        """Draw columns of the sheet over time, as dots, on a logarithmic axis."""
        chart = charts.scatter(
            page,
            anchor,
            look,
            self.values("released"),
            [Curve(name, self.values(key)) for name, key in curves],
            lines=False,
        )
        chart.y_axis.scaling.min = lowest
        if look.y_format == q.COUNT_AXIS:
            chart.y_axis.majorUnit = 10
        for series, (_, key) in zip(chart.series, curves, strict=True):
            series.marker.size = 4
            if key in LINES:
                series.marker.symbol = "none"
                series.graphicalProperties.line.noFill = None
                series.graphicalProperties.line.solidFill = styles.NAVY
                series.graphicalProperties.line.width = 19_000
        show_years(chart, self.years)

    def values(self, key: str) -> Reference:
        """Return the cells of a column."""
        return self.table.values(key)


def show_years(chart: Any, years: range) -> None:
    """Make the horizontal axis of a chart of dates cover whole years, along the bottom.

    It begins on the second of January, so that a step of 365.25 days never falls into December.
    """
    axis = chart.x_axis
    axis.scaling.min = _serial(years.start)
    axis.scaling.max = _serial(years.stop)
    axis.majorUnit = 365.25
    axis.crosses = "min"


def _serial(year: int) -> int:
    """Return the number that Excel has for the second of January."""
    return (date(year, 1, 2) - date(1899, 12, 30)).days


def series_page(book: Book, training: Table) -> Series:
    """Write the models that charts show, by date, with a column for each curve."""
    page = Page(
        book,
        "Series",
        (2, 32, 10, 8, *(15,) * 10),
        "Series",
        "What the charts show: the models of the sheet Training by date. A cell that belongs to no "
        "curve is empty, because a chart would draw a dash as zero.",
    )
    rows = sorted(
        (
            (str(row["released"]), number, row)
            for number, row in enumerate(model_rows())
            if row["released"] and (row["total_params"] or _estimate(row))
        ),
        key=lambda entry: entry[:2],
    )

    def content(key: str, shown: Callable[[Row], object]) -> list[str | None]:
        return [
            f"=Training!{training.cell(key, number).coordinate}" if shown(row) else None
            for _, number, row in rows
        ]

    table = Table(
        page,
        columns(
            "model_landscape",
            "series",
            name=content("name", lambda row: True),
            released=content("released", lambda row: True),
            dense=content("params", lambda row: _is_plain(row) and not row["n_experts"]),
            mixture=content("params", lambda row: _is_plain(row) and row["n_experts"]),
            rumour=content("params", is_rumoured),
            tokens=content("tokens", _has_run),
            dense_flops=content("flops", lambda row: _has_run(row) and not row["n_experts"]),
            mixture_flops=content("flops", lambda row: _has_run(row) and row["n_experts"]),
            estimate=content("reported", lambda row: _estimate(row) and not _has_run(row)),
            dense_ratio=content("per_param", lambda row: _has_run(row) and not row["n_experts"]),
            mixture_ratio=content("per_param", lambda row: _has_run(row) and row["n_experts"]),
        ),
        len(rows),
        height=46,
    )
    for key in ("name", "year", "dense", "mixture", "rumour", "tokens", "estimate"):
        table.name(key, f"series_{key}")
    table.name("dense_flops", "series_dense_flops")
    table.name("mixture_flops", "series_mixture_flops")
    page.finish(freeze="C5", cursor="B5", repeat_row=4)
    return Series(table, range(int(rows[0][0][:4]), int(rows[-1][0][:4]) + 1))


def _is_plain(row: Row) -> bool:
    return bool(row["total_params"]) and not is_rumoured(row)


def _has_run(row: Row) -> bool:
    """Whether the published figures of a model are enough to compute its training."""
    return _is_plain(row) and bool(row["active_params"] and row["train_tokens"])


def _estimate(row: Row) -> bool:
    return bool(row["train_flops_reported"] or row["train_flops_epoch"])
