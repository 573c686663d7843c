"""How is a difference said in a line: where it is, what was there, what is there now, what else?"""

from typing import NamedTuple

from xlcalc.author.number_formats import shown
from xlcalc.cells import CellValue
from xlcalc.differences.changes import KINDS, Change
from xlcalc.differences.report import Report
from xlcalc.plain_texts import in_a_line

LONGEST = 160
"""Letters of a formula or a text that a line quotes."""
_LABEL = 40
"""Letters of a label or a heading that a line quotes."""
NOTHING = "(empty)"
_FORMULAS = {"formula", "formula-to-value", "value-to-formula", "name"}
_LINES = {"rows-inserted": "row", "rows-deleted": "row", "columns-inserted": "column"} | {
    "columns-deleted": "column"
}


class Line(NamedTuple):
    """A difference in words.

    Attributes
    ----------
    what, where, before, after, beside : str
        The kind, the place, both contents, and what is to be said beside them; empty for none.
    """

    what: str
    where: str
    before: str
    after: str
    beside: str


def line(change: Change, *, date1904: bool = False) -> Line:
    """Return a difference in words, every text of the workbooks in one line and not too long."""
    before, after = _both(change, date1904)
    beside = [change.note] if change.note else []
    if change.kind in {"result", "input"} and change.count == 1:
        beside.insert(0, movement(change))
    if change.kind in {"formula", "formula-to-value", "value-to-formula"}:
        beside.insert(0, _values(change, date1904))
    if change.count > 1 and change.kind not in {"sheet-added", "sheet-removed"}:
        unit = _LINES.get(change.kind, "cell")
        first = "" if change.kind in {*_LINES, "moved", "validation"} else ", the first is shown"
        beside.append(f"{change.count:,} {unit}s{first}")
    return Line(
        KINDS[change.kind].title,
        _short(_place(change)),
        _short(before),
        _short(after),
        _short("; ".join(part for part in beside if part)),
    )


def _place(change: Change) -> str:
    if change.kind == "moved":
        return f"{change.sheet}!{change.was} → {change.cells}"
    if change.kind in _LINES:
        unit = _LINES[change.kind]
        return f"{change.sheet}, {unit}{'s' * (change.count > 1)} {change.cells}"
    if change.kind == "name":
        return f"{change.name} on {change.sheet}" if change.sheet else change.name
    texts = [text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…" for text in change.words]
    known = list(dict.fromkeys([*filter(None, [change.name]), *texts]))
    words = f" ({', '.join(known)})" if known else ""
    return f"{change.place}{words}" if change.place else change.name


def _both(change: Change, date1904: bool) -> tuple[str, str]:
    one, other = change.before, change.after
    if change.kind in {"input", "result", "text"}:
        texts = tuple(
            NOTHING if value is None else shown(value, change.number_format, date1904)
            for value in (one, other)
        )
        if texts[0] == texts[1]:  # the format hides what differs
            texts = value_text(one), value_text(other)
        return texts[0], texts[1]
    if change.kind in _FORMULAS or (change.kind == "error" and change.cells):
        return value_text(one), value_text(other)
    return "" if one is None else str(one), "" if other is None else str(other)


def value_text(value: CellValue) -> str:
    """Return a value with all the digits that tell it from others."""
    if value is None:
        return NOTHING
    return f"{value:.15g}" if type(value) is float else shown(value, "General")


def movement(change: Change) -> str:
    """Return by how much a number moved, as +304.25 (+19.2 %); empty for what is none."""
    moved, share = change.movement, change.share
    if moved is None:
        return ""
    text = signed(moved)
    if share is None:
        return text
    percent = f"{100 * share:+,.3g}" if abs(share) < 9.99 else f"{100 * share:+,.0f}"
    return f"{text} ({percent} %)"


def signed(amount: float) -> str:
    """Return an amount with its sign, in six digits, or whole where it is large."""
    return f"{amount:+,.0f}" if 1e6 <= abs(amount) < 1e12 else f"{amount:+,.6g}"


def _values(change: Change, date1904: bool) -> str:
    """Return the values beside formulas, where both are there and differ."""
    values = change.value_before, change.value_after
    if None in values or values[0] == values[1]:
        return ""
    one, other = (shown(value, change.number_format, date1904) for value in values)
    return f"value {one} → {other}"


def _short(text: str) -> str:
    plain = in_a_line(text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def verdict(report: Report) -> str:
    """Return how many differences there are, and how many are refused, in a sentence."""
    if not report.changes:
        return "no difference"
    count, refused = len(report.changes), len(report.refused)
    text = f"{count:,} difference{'s' * (count > 1)}"
    return f"{text}, {refused:,} not allowed" if refused else text
