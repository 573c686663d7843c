"""Write the table of functions into the README: `python -m tests.readme`."""

import re

from tests.conftest import ROOT
from xlcalc.registry import specs

README = ROOT / "README.md"
TABLE = re.compile(r"(<!-- functions: .*? -->\n).*?(<!-- end of functions -->)", re.DOTALL)


def function_table() -> str:
    lines = []
    topic = ""
    for spec in specs():
        if spec.topic != topic:
            topic = spec.topic
            lines += ["", f"### {topic}", "", "| function | returns | what |", "|---|---|---|"]
        lines.append(f"| `{spec.syntax}` | {spec.returns.unit} | {spec.summary} |")
    return "\n".join(lines) + "\n\n"


def with_table(text: str) -> str:
    return TABLE.sub(lambda found: found[1] + function_table() + found[2], text)


def main() -> None:
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
