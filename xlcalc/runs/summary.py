"""What do many results look like side by side, whatever shows them?

A `Summary` is data: the results that are shown, the named cells that stand beside them, and how
many results there are in all. `summary_workbook` and `summary_markdown` show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlcalc.author.book import Texts
from xlcalc.author.number_formats import shown
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.origin import Accepted, Origin
from xlcalc.cells import CellValue
from xlcalc.plain_texts import in_a_line
from xlcalc.runs.results import Counts, Result

ORIGIN_TITLE, ORIGIN_WHAT = "Origin", "Where the figures come from."
ACCEPTED_TITLE = "Accepted differences"
ACCEPTED_WHY = (
    "A person accepted these cells by --accept-differences: the workbook stores other values than "
    "its formulas give, and engines alone could not decide."
)
ACCEPTED_COLUMNS = ("Cell", "Stored", "Used", "Formula")
SHOWN_RUNS = 500
"""Results that the workbook and the table show; the CSV file has all of them."""


@dataclass(frozen=True)
class Summary:
    """Results side by side.

    Parameters
    ----------
    title : str
        Heading.
    source : str
        Name of the list of scenarios.
    cells : mapping of str to NamedCell
        The named cells of the workbook that the results are made of.
    columns : sequence of str
        Those of them to show.
    charted : str
        The named result of the chart.
    results : sequence of Result
        What is shown, the first ones of many.
    counts : Counts
        How many there are in all.
    texts : Texts
        The language of its own words; the workbook brings those of its cells.
    origin : Origin, optional
        Where the values of the workbook come from.
    labels : sequence of str, optional
        Columns of the list that are no inputs.
    """

    title: str
    source: str
    cells: Mapping[str, NamedCell]
    columns: Sequence[str]
    charted: str
    results: Sequence[Result]
    counts: Counts
    texts: Texts = field(default_factory=Texts)
    origin: Origin | None = None
    labels: Sequence[str] = ()

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """The differences that a person accepted."""
        return self.origin.accepted if self.origin else ()

    @property
    def calculated_by(self) -> list[str]:
        """Who gave the figures, in a sentence, and in more where there is more to say.

        Empty where nobody knows.
        """
        origin = self.origin
        if origin is None:
            return []
        facts = {
            "program": origin.program,
            "engine": origin.engine,
            "others": ", ".join(origin.asked),
            "held": origin.held,
            "accepted": len(origin.accepted),
        }
        said = {
            "Calculated by {program} with {engine}.": True,
            "Stored values were compared with {others} too.": origin.asked,
            "Cells with a value that {engine} does not give: {held}.": origin.held,
            "Differences that a person accepted: {accepted}.": origin.accepted,
        }
        return [self.texts(text).format(**facts) for text, holds in said.items() if holds]

    @property
    def shown_cells(self) -> list[NamedCell]:
        """The named cells of the columns."""
        return [self.cells[name] for name in self.columns]

    @property
    def has_remarks(self) -> bool:
        """Whether anything is wrong with one of the results."""
        return any(result.remark for result in self.results)

    @property
    def verdict(self) -> str:
        """How many runs were made, and how many of them are not as they should be."""
        counts = {
            "written": self.counts.runs - self.counts.failed,
            "runs": self.counts.runs,
            "source": self.source,
            "failed": self.counts.failed,
            "broken": self.counts.broken,
            "shown": len(self.results),
        }
        parts = ["{written} of {runs} runs of {source} written"]
        if self.counts.failed:
            parts.append("{failed} failed")
        if self.counts.broken:
            parts.append("{broken} with a broken guard")
        if len(self.results) < self.counts.runs:
            parts.append("the first {shown} shown, summary.csv has all")
        return ", ".join(self.texts(part).format(**counts) for part in parts)

    def is_number(self, cell: NamedCell) -> bool:
        """Whether a named cell holds a number in any result."""
        return any(isinstance(result.values.get(cell.name), float) for result in self.results)

    def heading(self, cell: NamedCell, separator: str) -> str:
        """Return the label of a named cell with its unit, unless the label says it already."""
        label, unit = self.label(cell), self.unit(cell)
        said = not unit or label.lower().startswith(unit.lower())
        return label if said else f"{label}{separator}[{unit}]"

    def label(self, cell: NamedCell) -> str:
        """Return the label of a named cell."""
        return in_a_line(cell.label or cell.name)

    def unit(self, cell: NamedCell) -> str:
        """Return the unit of a named cell.

        None where runs differ, as in their currencies.
        """
        units = {result.units[cell.name] for result in self.results if cell.name in result.units}
        unit = in_a_line(units.pop()) if len(units) == 1 else ""
        return "" if unit in {"text", cell.name} else unit


def plain_text(value: CellValue) -> str:
    """Return a value of any cell as a text, without the format of its cell."""
    return shown(value, "General")
