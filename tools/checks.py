"""Write the pages of `xlcalc check`'s rules into docs/check: `python -m tools.checks`.

A page says what the rule finds, how it is mended, and shows the two workbooks of
`tools/check_examples.py`; `docs/check/README.md` lists all rules.
"""

from collections.abc import Iterator

from tools import write
from tools.check_examples import EXAMPLES, Variant
from xlcalc.audit import Rule, rules

FOLDER = "docs/check"
_CERTAINTY = {
    "certain": "The file alone decides it.",
    "likely": "It may be meant so.",
}


def index() -> str:
    """Return the list of all rules."""
    lines = [
        "# Rules of xlcalc check",
        "",
        "Made by `python -m tools.checks`.",
        "",
        "| Rule | Severity | Confidence | What is wrong |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| [{rule.code}]({rule.code}.md) | {rule.severity} | {rule.confidence} | {rule.title} |"
        for rule in rules().values()
    ]
    return "\n".join([*lines, ""])


def page(rule: Rule) -> str:
    """Return the page of a rule."""
    example = EXAMPLES[rule.code]
    place = f"It is found at {example.place}." if example.place else "It is found for the file."
    lines = [
        f"# {rule.title}",
        "",
        f"`{rule.code}` · {rule.severity} · {rule.confidence}",
        "",
        rule.finds,
        _CERTAINTY[rule.confidence],
        "",
        "## How to mend it",
        "",
        f"{rule.mend}.",
        "",
        "## A workbook that shows it",
        "",
        "A plan has a price in B1, six months in A3:C8 of which column C is amount times price, "
        "and totals in row 9.",
        *(["The other version is the plan as it is."] if example.against else []),
        "",
        *_shown(example.shows),
        "",
        place,
        "",
        "## One that does not",
        "",
        *_shown(example.sound),
    ]
    return "\n".join([*lines, "", "[All rules](README.md) · [Check workbooks](../check.md)", ""])


def _shown(variant: Variant) -> list[str]:
    """Return what is other in a plan than in the sound one."""
    lines = [variant.words] if variant.words else []
    if variant.cells:
        lines += [*([""] if lines else []), "| Cell | Holds |", "|---|---|"]
        lines += [f"| {cell} | `{_entry(value)}` |" for cell, value in variant.cells.items()]
    return lines


def _entry(value: object) -> str:
    """Return what a person types to enter a value."""
    if isinstance(value, float):
        return f"{value:.12g}"
    text = str(value)
    digits = text.strip().replace(".", "").replace("-", "").isdecimal()
    return f"'{text}" if isinstance(value, str) and digits else text


def made() -> Iterator[tuple[str, bytes]]:
    yield f"{FOLDER}/README.md", index().encode()
    for rule in rules().values():
        yield f"{FOLDER}/{rule.code}.md", page(rule).encode()


def main() -> None:
    write(made())


if __name__ == "__main__":
    main()
