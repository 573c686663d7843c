"""Make the pictures of the README, the summary of each template: `python -m tools.pictures`."""

import subprocess
import tempfile
from pathlib import Path

from tools import ROOT
from tools.libreoffice import convert
from tools.workbooks import files

FOLDER = ROOT / "workbooks" / "pictures"
LARGE = "training_budget"
"""The template that the README shows first, and larger."""
SUMMARY_PAGE = "2"
"""The summary follows the cover."""


def draw(name: str, pdf: Path) -> None:
    dots = 90 if name == LARGE else 60
    margin, width, height = (round(inches * dots) for inches in (0.3, 11.1, 7.3))
    frame = ["-x", margin, "-y", margin, "-W", width, "-H", height]
    page = ["-f", SUMMARY_PAGE, "-l", SUMMARY_PAGE, "-singlefile"]
    command = ["pdftoppm", "-png", "-r", dots, *frame, *page, pdf, FOLDER / name]
    subprocess.run([str(word) for word in command], check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sources = [ROOT / "workbooks" / f"{name}.xlsx" for name in files() if "/" not in name]
        for name, pdf in convert(sources, "pdf", Path(folder)).items():
            draw(name, pdf)
            print(f"wrote workbooks/pictures/{name}.png")


if __name__ == "__main__":
    main()
