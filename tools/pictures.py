"""Make the pictures of the README and of the pages: `python -m tools.pictures`.

LibreOffice prints the summary of each template, and what the commands of two pages write with `-o`:
the sheet of each question of docs/guides/analysis.md, and the difference of docs/diff.md.
"""

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import ROOT
from tools.libreoffice import convert, printed_text
from tools.workbooks import files

SUMMARIES = ROOT / "workbooks" / "pictures"
ANSWERS = ROOT / "docs" / "pictures"
LARGE = "training_budget"
"""The template that the README shows first, and larger."""
SUMMARY = 2
"""The summary follows the cover."""
PAGES = {"docs/guides/analysis.md": "total_cost, Calculation!", "docs/diff.md": "Before: old.xlsx"}
"""The pages whose commands are run, with a text on the sheet that is shown."""
FULL = (11.1, 7.3)
HEIGHTS = {"bridge": 6.6, "tornado": 4.3, "grid": 3.9, "goal": 5.2, "changes": 3.4}
"""Inches of the page that are shown, where that is less than the whole."""
BELOW = {"grid": ("grid_chart", 3.9)}
"""Sheets whose chart stands on the next page: the name of its picture, and its inches."""
_FILE = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


def draw(picture: Path, pdf: Path, page: int, dots: int, height: float = FULL[1]) -> None:
    """Write a page of a PDF as a picture, from its upper left corner on."""
    sizes = [str(round(inches * dots)) for inches in (0.3, FULL[0], height)]
    frame = ["-x", sizes[0], "-y", sizes[0], "-W", sizes[1], "-H", sizes[2]]
    number = ["-f", str(page), "-l", str(page), "-singlefile"]
    command = ["pdftoppm", "-png", "-r", str(dots), *frame, *number]
    subprocess.run([*command, pdf, picture.with_suffix("")], check=True)
    print(f"wrote {picture.relative_to(ROOT)}")


def written(page: Path, folder: Path) -> list[Path]:
    """Return the workbooks that the commands of a page write into a folder."""
    text = page.read_text(encoding="utf-8")
    for name, content in _FILE.findall(text):
        (folder / name).write_text(content, encoding="utf-8")
        if name.endswith(".py"):
            subprocess.run([sys.executable, name], cwd=folder, check=True)
    made = []
    for command in re.findall(r"^\$ xlcalc (.* -o \w+\.xlsx)$", text, re.MULTILINE):
        words = shlex.split(command)
        # The status of `diff` is 1 for this difference.
        subprocess.run(
            [sys.executable, "-m", "xlcalc.cli", *words],
            cwd=folder,
            check=words[0] != "diff",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        made.append(folder / words[-1])
    return made


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [ROOT / "workbooks" / f"{name}.xlsx" for name in files() if "/" not in name]
        shown = {
            workbook: text
            for page, text in PAGES.items()
            for workbook in written(ROOT / page, folder)
        }
        pdfs = convert([*sources, *shown], "pdf", folder)
        for source in sources:
            dots = 90 if source.stem == LARGE else 60
            draw(SUMMARIES / f"{source.stem}.png", pdfs[source.stem], SUMMARY, dots)
        for workbook, text in shown.items():
            name, pdf = workbook.stem, pdfs[workbook.stem]
            pages = printed_text(pdf).split("\f")
            number = next(at for at, page in enumerate(pages, 1) if text in page)
            draw(ANSWERS / f"{name}.png", pdf, number, 75, HEIGHTS.get(name, FULL[1]))
            if name in BELOW:
                chart, height = BELOW[name]
                draw(ANSWERS / f"{chart}.png", pdf, number + 1, 75, height)


if __name__ == "__main__":
    main()
