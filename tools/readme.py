"""Write the tables of functions, rules and fits into the README: `python -m tools.readme`."""

import re
from collections.abc import Iterator
from dataclasses import astuple

from tools import ROOT, write
from xlcalc.functions import FUNCTIONS
from xlcalc.functions.billing_rules import IMAGE_RULES
from xlcalc.functions.scaling import FITS
from xlcalc.worksheet import spec_of

README = ROOT / "README.md"
BLOCK = r"(<!-- {0}: .*? -->\n).*?(<!-- end of {0} -->)"


def function_table() -> str:
    lines = []
    topic = ""
    for spec in map(spec_of, FUNCTIONS):
        if spec.topic != topic:
            topic = spec.topic
            lines += [
                "",
                f"### {topic}",
                "",
                "| function | returns | what | since |",
                "|---|---|---|---|",
            ]
        since = "; ".join([spec.since, *(f"formerly `{name}`" for name, _ in spec.formerly)])
        lines.append(f"| `{spec.syntax}` | {spec.returns.unit} | {spec.summary} | {since} |")
    return "\n".join(lines) + "\n\n"


def rule_tables() -> str:
    lines = ["", "| rule | vendor | holds | source |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | {rule.vendor} | {rule.dates} | {rule.source} |"
        for name, rule in IMAGE_RULES.items()
    ]
    lines += ["", "| fit | E | A | B | α | β | source |", "|---|--:|--:|--:|--:|--:|---|"]
    for name, fit in FITS.items():
        *constants, source = astuple(fit)
        figures = " | ".join(f"{constant:.10g}" for constant in constants)
        lines.append(f"| `{name}` | {figures} | {source} |")
    return "\n".join(lines) + "\n\n"


def with_tables(text: str) -> str:
    """Return the README with its generated parts made anew."""
    for name, made in (("functions", function_table()), ("rules", rule_tables())):
        pattern = re.compile(BLOCK.format(name), re.DOTALL)
        text = pattern.sub(lambda found, made=made: found[1] + made + found[2], text)
    return text


def made() -> Iterator[tuple[str, bytes]]:
    yield README.name, with_tables(README.read_text(encoding="utf-8")).encode()


def main() -> None:
    write(made())


if __name__ == "__main__":
    main()
