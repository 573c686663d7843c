"""How do many results look as a table in Markdown, for a CI job?"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from xlcalc.author.number_formats import shown
from xlcalc.calc.named_cells import NamedCell
from xlcalc.plain_texts import inert
from xlcalc.runs.summary import (
    ACCEPTED_COLUMNS,
    ACCEPTED_TITLE,
    ACCEPTED_WHY,
    Summary,
    plain_text,
)


def summary_markdown(summary: Summary) -> str:
    """Return the summary as a table in Markdown."""
    cells = summary.shown_cells
    remarks = summary.has_remarks
    head = [
        summary.texts("Run"),
        *map(inert, summary.labels),
        *(_heading(summary, cell) for cell in cells),
        *([summary.texts("Remark")] if remarks else []),
    ]
    numeric = [summary.is_number(cell) for cell in cells]
    rule = [
        "---",
        *(["---"] * len(summary.labels)),
        *("---:" if right else "---" for right in numeric),
        *(["---"] if remarks else []),
    ]
    lines = [
        f"## {inert(summary.texts(summary.title))}",
        "",
        f"{replace(summary, source=inert(summary.source)).verdict}.",
        "",
        _line(head),
        _line(rule),
    ]
    for result in summary.results:
        label = inert(result.scenario)
        first = f"[{label}]({quote(result.file)})" if result.file else label
        labels = [inert(result.labels.get(label, "")) for label in summary.labels]
        values = [
            inert(shown(result.values.get(cell.name), cell.number_format, cell.date1904))
            for cell in cells
        ]
        mark = "" if not result.remark else f"**{inert(result.remark)}**"
        lines.append(_line([first, *labels, *values, *([mark] if remarks else [])]))
    if summary.calculated_by:
        lines += ["", inert(" ".join(summary.calculated_by))]
    lines += _accepted(summary)
    return "\n".join(lines) + "\n"


def _accepted(summary: Summary) -> list[str]:
    """Return a table of the differences that a person accepted; nothing where there are none."""
    if not summary.accepted:
        return []
    texts = summary.texts
    rows = (
        [one.cell, plain_text(one.stored), plain_text(one.used), f"={one.formula}"]
        for one in summary.accepted
    )
    return [
        "",
        f"### {texts(ACCEPTED_TITLE)}",
        "",
        f"{texts(ACCEPTED_WHY)}",
        "",
        _line([texts(heading) for heading in ACCEPTED_COLUMNS]),
        _line(["---", "---:", "---:", "---"]),
        *(_line([inert(text) for text in row]) for row in rows),
    ]


def _heading(summary: Summary, cell: NamedCell) -> str:
    """Return the label of a named cell with its unit in brackets."""
    unit = inert(summary.unit(cell))
    return inert(summary.label(cell)) + (f" [{unit}]" if unit else "")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
