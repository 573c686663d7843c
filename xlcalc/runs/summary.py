"""How do many runs look side by side, as a workbook and as a table for a CI job?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.chart import Reference

from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.author.number_formats import shown
from xlcalc.calc.model import NamedCell, WorkbookModel
from xlcalc.cells import CellError, CellValue
from xlcalc.ooxml.literals import MAX_TEXT_LENGTH
from xlcalc.runs.scenarios import Scenario

COLUMNS_OF_A_PAGE = 12
CHARTED_RUNS = 60
"""Runs that a chart shows: more are a list, not a picture."""
SHOWN_RUNS = 500
"""Runs that the workbook and the table show; the CSV file has all of them."""
LONG_TEXT = 40
"""Characters from which a text stands on a sheet of its own."""
LOG_SCALE_FROM = 100.0
"""Ratio of the largest to the smallest figure from which a chart has a logarithmic scale."""


@dataclass(frozen=True)
class Run:
    """What became of one scenario: its file and values, or the reason why there are none."""

    scenario: Scenario
    file: str = ""
    values: Mapping[str, CellValue] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""
    broken: tuple[str, ...] = ()
    inputs: str = ""
    content: str = ""

    @property
    def ok(self) -> bool:
        """Whether the workbook is written and no guard is broken."""
        return not self.failure and not self.broken

    @property
    def remark(self) -> str:
        """What is wrong with the run, if anything is."""
        return self.failure or "; ".join(self.broken)

    @property
    def status(self) -> str:
        """What became of it, in a few words."""
        return "failed" if self.failure else "beyond a guard" if self.broken else "written"


@dataclass
class Counts:
    """How many runs there were, and how many of them are not as they should be."""

    runs: int = 0
    failed: int = 0
    broken: int = 0

    def add(self, run: Run) -> None:
        """Count a run."""
        self.runs += 1
        self.failed += bool(run.failure)
        self.broken += bool(run.broken)


@dataclass(frozen=True)
class Summary:
    """Runs side by side.

    Parameters
    ----------
    title : str
        Heading.
    source : str
        Name of the list of scenarios.
    model : WorkbookModel
        The workbook that the runs are made of.
    columns : sequence of str
        Named cells to show.
    charted : str
        The named result of the chart.
    runs : sequence of Run
        The runs that are shown, the first ones of many.
    counts : Counts
        How many there are in all.
    texts : Texts
        The language of its own words; the workbook brings those of its cells.
    """

    title: str
    source: str
    model: WorkbookModel
    columns: Sequence[str]
    charted: str
    runs: Sequence[Run]
    counts: Counts
    texts: Texts = field(default_factory=Texts)

    @property
    def verdict(self) -> str:
        """How many runs were made, and how many of them are not as they should be."""
        counts = {
            "written": self.counts.runs - self.counts.failed,
            "runs": self.counts.runs,
            "source": self.source,
            "failed": self.counts.failed,
            "broken": self.counts.broken,
            "shown": len(self.runs),
        }
        parts = ["{written} of {runs} runs of {source} written"]
        if self.counts.failed:
            parts.append("{failed} failed")
        if self.counts.broken:
            parts.append("{broken} beyond a guard")
        if len(self.runs) < self.counts.runs:
            parts.append("the first {shown} shown, summary.csv has all")
        return ", ".join(self.texts(part).format(**counts) for part in parts)

    def markdown(self) -> str:
        """Return the summary as a table in Markdown."""
        cells = [self.model.cells[name] for name in self.columns]
        remarks = any(run.remark for run in self.runs)
        head = [
            self.texts("Run"),
            *(self._heading(cell, " ") for cell in cells),
            *([self.texts("Remark")] if remarks else []),
        ]
        numeric = [self._is_number(cell) for cell in cells]
        rule = [
            "---",
            *("---:" if right else "---" for right in numeric),
            *(["---"] if remarks else []),
        ]
        lines = [
            f"## {' '.join(self.texts(self.title).split())}",
            "",
            f"{self.verdict}.",
            "",
            _line(head),
            _line(rule),
        ]
        for run in self.runs:
            label = _escape(run.scenario.name)
            first = f"[{label}]({quote(run.file)})" if run.file else label
            values = [
                _escape(shown(run.values.get(cell.name), cell.number_format)) for cell in cells
            ]
            mark = "" if not run.remark else f"**{_escape(run.remark)}**"
            lines.append(_line([first, *values, *([mark] if remarks else [])]))
        return "\n".join(lines) + "\n"

    def workbook(self) -> bytes:
        """Return the summary as a workbook: the chosen figures with a chart, and all of them."""
        book = Book(self.title, "xlcalc report", self.texts)
        self._overview(book)
        long = [
            name
            for name in self.model.cells
            if any(len(str(run.values.get(name, ""))) > LONG_TEXT for run in self.runs)
        ]
        self._figures(book, long)
        if long:
            self._notes(book, long)
        return book.to_bytes(canonical=False)

    def _overview(self, book: Book) -> None:
        cells = [self.model.cells[name] for name in self.columns]
        remarks = any(run.remark for run in self.runs)
        texts = [
            [shown(run.values.get(c.name), c.number_format) for run in self.runs] for c in cells
        ]
        widths = [
            2.0,
            max(18.0, *(0.95 * len(run.scenario.name) + 3 for run in self.runs)),
            *(min(40.0, max(13.0, *(0.95 * len(text) + 3 for text in column))) for column in texts),
        ]
        page = Page(
            book,
            "Summary",
            [*widths, 60.0] if remarks else widths,
            self.title,
            "",
        )
        link_text = self.texts("A name opens the run's own workbook.")
        page.put(2, 2, f"{self.verdict}. {link_text}", styles.SUBTITLE, literal=True)
        numeric = [self._is_number(cell) for cell in cells]
        page.header(
            [
                self.texts("Run"),
                *(self._heading(cell, "\n") for cell in cells),
                *([self.texts("Remark")] if remarks else []),
            ],
            literal=True,
            numbers=[index for index, right in enumerate(numeric, start=1) if right],
            indented=[index for index, right in enumerate(numeric, start=1) if not right],
        )
        page.fit(page.row - 1, range(2, 3 + len(cells)), least=44)
        first = page.row
        for run in self.runs:
            link = page.put(
                page.row, 2, _text(run.scenario.name), border=styles.HAIRLINE, literal=True
            )
            if run.file:
                link.hyperlink = quote(run.file)
                link.font = styles.URL
            for column, cell in enumerate(cells, start=3):
                _figure(page, page.row, column, run.values.get(cell.name), cell)
            if remarks:
                page.put(
                    page.row,
                    3 + len(cells),
                    _text(run.remark),
                    border=styles.HAIRLINE,
                    fill=styles.BAD_FILL if run.remark else None,
                    alignment=styles.WRAPPED,
                    literal=True,
                )
                page.fit(page.row, (3 + len(cells),))
            page.row += 1
        last = page.row - 1
        drawn = self.charted in self.columns and len(self.runs) <= CHARTED_RUNS
        last_row = self._chart(page, first, last) if drawn else 0
        page.finish(
            freeze=f"C{first}",
            cursor=f"B{first}",
            protect=False,
            repeat_row=first - 1,
            last_row=last_row,
        )
        page.sheet.auto_filter.ref = (
            f"B{first - 1}:{page.sheet.cell(last, page.last_column).coordinate}"
        )

    def _chart(self, page: Page, first: int, last: int) -> int:
        """Draw the charted result of each run, and return the row below the chart."""
        column = 3 + list(self.columns).index(self.charted)
        cell = self.model.cells[self.charted]
        figures = [
            value
            for run in self.runs
            if isinstance(value := run.values.get(self.charted), float)
            and not isinstance(value, bool)
        ]
        logarithmic = (
            bool(figures) and min(figures) > 0 and (max(figures) / min(figures) >= LOG_SCALE_FROM)
        )
        height = max(6.0, 0.62 * (last - first + 1) + 2.2)
        title = self._heading(cell, " ")
        if logarithmic:
            title = self.texts("{figure}, logarithmic scale").format(figure=title)
        look = Look(
            title,
            y_format="#,##0" if max(figures, default=0) < 1e9 else "0E+00",
            y_log=logarithmic,
            y_from_zero=False,
            width=28,
            height=height,
        )
        chart = charts.columns(
            page,
            f"B{last + 3}",
            look,
            Reference(page.sheet, min_col=2, min_row=first, max_row=last),
            [Curve(title, Reference(page.sheet, min_col=column, min_row=first, max_row=last))],
            across=True,
        )
        if logarithmic:
            chart.y_axis.scaling.min = 10.0 ** math.floor(math.log10(min(figures)))
        return last + 3 + math.ceil(height / 0.5)

    def _notes(self, book: Book, long: Sequence[str]) -> None:
        """Write the texts that are too long for a column of figures."""
        page = Page(
            book,
            "Notes",
            [2.0, 24.0, 34.0, 110.0],
            "Notes",
            "The longer texts of each run: where its figures come from.",
        )
        page.header(["Run", "Figure", "Text"])
        for run in self.runs:
            for name in long:
                text = _text(run.values.get(name, ""))
                page.put(
                    page.row,
                    2,
                    _text(run.scenario.name),
                    border=styles.HAIRLINE,
                    literal=True,
                    alignment=styles.WRAPPED,
                )
                page.put(
                    page.row,
                    3,
                    name,
                    styles.NAME,
                    border=styles.HAIRLINE,
                    alignment=styles.LEFT,
                    literal=True,
                )
                page.put(
                    page.row,
                    4,
                    text,
                    border=styles.HAIRLINE,
                    literal=True,
                    alignment=styles.WRAPPED,
                )
                page.fit(page.row, (2, 4))
                page.row += 1
        page.finish(freeze="A5", cursor="B5", protect=False, repeat_row=4)

    def _figures(self, book: Book, long: Sequence[str]) -> None:
        """Write every named cell of every run: a row a run, inputs before results."""
        model = self.model
        cells = [c for c in (*model.inputs.values(), *model.outputs.values()) if c.name not in long]
        page = Page(
            book,
            "All figures",
            [2.0, 26.0, *map(self._width, cells)],
            "All figures",
            "Every named cell of every run, inputs first.",
        )
        text = [not self._is_number(cell) for cell in cells]
        for heading, show in (
            (self.texts("Run"), self._heading_lines),
            ("", lambda cell: cell.name),
        ):
            page.header(
                [heading, *(show(cell) for cell in cells)],
                numbers=[index for index, words in enumerate(text, start=1) if not words],
                indented=[index for index, words in enumerate(text, start=1) if words],
                literal=True,
            )
            page.fit(page.row - 1, range(2, 3 + len(cells)), least=46 if heading else 18)
        for run in self.runs:
            page.put(page.row, 2, _text(run.scenario.name), border=styles.HAIRLINE, literal=True)
            for column, cell in enumerate(cells, start=3):
                _figure(page, page.row, column, run.values.get(cell.name), cell)
            page.row += 1
        page.finish(freeze="C6", cursor="B6", protect=False)
        page.sheet.print_title_rows = "4:5"
        page.sheet.print_title_cols = "A:B"
        page.sheet.page_setup.fitToWidth = math.ceil(len(cells) / COLUMNS_OF_A_PAGE)

    def _width(self, cell: NamedCell) -> float:
        """Return the width of a column for a cell's name and its texts."""
        texts = (run.values.get(cell.name) for run in self.runs)
        lengths = (len(text) for text in texts if isinstance(text, str))
        return max(16.0, 1.1 * len(cell.name) + 2, *(1.05 * length + 4 for length in lengths))

    def _is_number(self, cell: NamedCell) -> bool:
        """Whether a named cell holds a number in any run."""
        return any(isinstance(run.values.get(cell.name), float) for run in self.runs)

    def _heading_lines(self, cell: NamedCell) -> str:
        return self._heading(cell, "\n")

    def _heading(self, cell: NamedCell, separator: str) -> str:
        label = cell.label if cell.label != cell.name else cell.name
        unit = self._unit(cell)
        return f"{label}{separator}[{unit}]" if unit and unit not in {"text", cell.name} else label

    def _unit(self, cell: NamedCell) -> str:
        """Return the unit of a named cell; none where runs differ, as in their currencies."""
        units = {run.units[cell.name] for run in self.runs if cell.name in run.units}
        return units.pop() if len(units) == 1 else ""


def _figure(page: Page, row: int, column: int, value: CellValue, cell: NamedCell) -> None:
    text = isinstance(value, str)
    page.put(
        row,
        column,
        value.code if isinstance(value, CellError) else _text(value) if text else value,
        number_format="General" if text else cell.number_format,
        border=styles.HAIRLINE,
        literal=True,
        alignment=styles.INDENTED if text else styles.RIGHT,
    )


def _text(value: object) -> str:
    """Return a text without the characters that a cell cannot hold."""
    text: str = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value))
    return text[:MAX_TEXT_LENGTH]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escape(text: str) -> str:
    """Return a text that stays one cell of a Markdown table, and inert."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
