"""Make the pictures of the README: `python -m tests.pictures`."""

import subprocess
import tempfile
from pathlib import Path

from tests.conftest import ROOT
from tests.libreoffice import convert

PICTURE = ROOT / "workbooks" / "pictures" / "training_budget.png"
DOTS_PER_INCH = 90


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pdf = convert(ROOT / "workbooks" / "training_budget.xlsx", "pdf", Path(folder))
        frame = ["-x", "25", "-y", "40", "-W", "1010", "-H", "570"]
        page = ["-f", "1", "-l", "1", "-singlefile"]
        command = ["pdftoppm", "-png", "-r", str(DOTS_PER_INCH), *frame, *page]
        subprocess.run([*command, str(pdf), str(PICTURE.with_suffix(""))], check=True)


if __name__ == "__main__":
    main()
