"""LibreOffice, as the program that a person without Excel opens a workbook with."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None or shutil.which("pdftotext") is None,
    reason="LibreOffice Calc or poppler-utils is not installed",
)


def convert(file: Path, kind: str, folder: Path) -> Path:
    """Convert a file to another kind with a LibreOffice profile of its own."""
    profile = (folder / "profile").as_uri()
    done = subprocess.run(
        [
            SOFFICE,
            "--headless",
            f"-env:UserInstallation={profile}",
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            str(file),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    made = folder / f"{file.stem}.{kind}"
    assert made.exists(), done.stderr
    return made


def printed_text(pdf: Path) -> str:
    """Return the text of a PDF as it is laid out."""
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    )
    return done.stdout
