"""Draw the moving picture of a terminal that the README shows: `python -m tools.terminal`.

The commands are run, and what they print appears step by step in docs/pictures/terminal.svg. The
picture needs no script; where a reader wants no movement, it shows the last step.
"""

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape

from tools import write

PLACE = "docs/pictures/terminal.svg"
COMMANDS = (
    'xlcalc eval "=GPU_DAYS(TRAIN_FLOPS(175e9,300e9),312,46.2%)"',
    "xlcalc template new training_budget",
    'xlcalc run training_budget.xlsx --set gpu="H100 SXM5 80GB" --set mfu=40% --get total_cost',
    "xlcalc sensitivity training_budget.xlsx --output total_cost --inputs mfu,params,contingency",
)
LINE, LETTER = 18, 7.9
"""Pixels of a line and of a letter."""
EDGE = 14
STEP, LAST = 3, 6
"""Seconds from one command to the next, and those for which all of them stay."""


def made() -> Iterator[tuple[str, bytes]]:
    """Yield the picture."""
    yield PLACE, picture(list(_printed())).encode()


def _printed() -> Iterator[tuple[str, list[str]]]:
    """Yield each command with the lines that it prints."""
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            _, *words = shlex.split(command)
            done = subprocess.run(
                [sys.executable, "-m", "xlcalc.cli", *words],
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=folder,
                check=True,
            )
            yield command, done.stdout.splitlines()


def picture(steps: list[tuple[str, list[str]]]) -> str:
    """Return the picture of some commands and what they print."""
    widest = max(len(text) for _, printed in steps for text in printed)
    columns = max(widest, *(len(command) + 2 for command, _ in steps))
    lines = sum(1 + len(printed) for _, printed in steps)
    width, height = round(columns * LETTER) + 2 * EDGE, lines * LINE + 2 * EDGE
    whole = STEP * len(steps) + LAST
    style = ["text{font:13px monospace;fill:#d7dde6;white-space:pre}", ".typed{fill:#7fd1c7}"]
    groups, at = [], 0
    for number, (command, printed) in enumerate(steps):
        hidden = f"0%{{opacity:0}}{100 * STEP * number / whole:.2f}%," if number else "0%,"
        style.append(f"@keyframes s{number}{{{hidden}100%{{opacity:1}}}}")
        style.append(f"#s{number}{{animation:s{number} {whole}s step-end infinite}}")
        texts = []
        for text in (f"$ {command}", *printed):
            at += 1
            kind = ' class="typed"' if text.startswith("$ ") else ""
            place = f'x="{EDGE}" y="{EDGE + LINE * at - 5}"'
            texts.append(
                f'<text {place}{kind} xml:space="preserve">{escape(text, quote=False)}</text>'
            )
        groups.append(f'<g id="s{number}">{"".join(texts)}</g>')
    style.append("@media (prefers-reduced-motion:reduce){g{animation:none!important}}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img">\n<title>xlcalc at a terminal</title>\n'
        f"<style>{''.join(style)}</style>\n"
        f'<rect width="{width}" height="{height}" rx="6" fill="#1b2430"/>\n'
        + "\n".join(groups)
        + "\n</svg>\n"
    )


def main() -> None:
    write(made())


if __name__ == "__main__":
    main()
