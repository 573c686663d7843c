"""Environments of their own, for packages that are installed in a test."""

import sys
import venv
from pathlib import Path

from tests.conftest import ROOT


def environment(folder: Path, **modules: str) -> Path:
    """Make an environment that has the packages of this one and xlcalc, and return its commands.

    Parameters
    ----------
    folder : Path
        Where it is made.
    **modules : str
        The module that each command runs, by the name of the command.
    """
    venv.create(folder, with_pip=True)
    [site] = folder.glob("lib/python*/site-packages")
    around = [path for path in sys.path if path.endswith("site-packages")]
    lines = [f"import site; site.addsitedir({path!r})" for path in around]
    (site / "around.pth").write_text("\n".join([*lines, str(ROOT), ""]))
    for name, module in modules.items():
        command = folder / "bin" / name
        command.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -m {module} "$@"\n')
        command.chmod(0o755)
    return folder / "bin"
