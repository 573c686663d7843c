"""Tables in plain text that are Markdown too."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1) -> str:
    """Return a table whose first `left` columns are flush left, and the others flush right."""
    texts = [[_shown(value) for value in row] for row in rows]
    widths = [max(len(row[index]) for row in [head, *texts]) for index in range(len(head))]
    rule = [
        "-" * width if index < left else "-" * (width - 1) + ":"
        for index, width in enumerate(widths)
    ]
    lines = []
    for row in (head, rule, *texts):
        cells = [
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def percent(part: int, whole: int) -> str:
    """Return a share on one digit, rounded down so that 100.0 says that nothing is missing."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "–"


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    # A bar or a line break in a formula would end the cell of a table.
    return " ".join(str(value).replace("|", "\\|").split("\n"))
