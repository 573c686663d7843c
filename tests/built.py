"""What many tests look at is made once a session, however many processes run the tests.

Whoever needs something first makes it, in a folder that all processes of the session share; the
others wait for it and read it. Nothing outlives a session, so nothing is ever stale.
"""

import functools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from xlcalc.build import build_template, default_dialect
from xlcalc.calc.model import WorkbookModel
from xlcalc.dialects import NAMESPACE, Form
from xlcalc.runs.config import load_config
from xlcalc.runs.report import run_report

_places: list[Path] = []


def share(base: Path) -> None:
    """Say which temporary folder pytest has given to this process.

    Parameters
    ----------
    base : Path
        The folder. The one of a process that pytest-xdist started lies in that of the session.
    """
    session = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    _places[:] = [session / "shared"]
    _places[0].mkdir(exist_ok=True)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that is filled once a session.

    Parameters
    ----------
    name : str
        What it is for.
    make : callable
        Takes a folder that is there and empty, and fills it.

    Returns
    -------
    Path
        The folder, to be read and not to be changed.
    """
    [place] = _places
    folder = place / name
    with FileLock(place / f"{name}.lock"):
        if not folder.exists():
            unfinished = place / f"{name}.unfinished"
            # Someone failed here: who comes next fails by himself, and not for what is missing.
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def built(name: str, form: Form = Form()) -> bytes:
    """Return a template as `xlcalc.build.build_template` makes it.

    Parameters
    ----------
    name : str
        Name of the template.
    form : Form, optional
        Dialect, namespace and language; the template's own dialect and English if left out.
    """
    full = form.over(Form(default_dialect(name), NAMESPACE, "en"))
    key = "-".join((name, full.dialect, full.namespace, full.language))

    def make(folder: Path) -> None:
        (folder / f"{name}.xlsx").write_bytes(build_template(name, full))

    return (once(key, make) / f"{name}.xlsx").read_bytes()


@functools.cache
def built_model(name: str, form: Form = Form()) -> WorkbookModel:
    """Return a template as `built` does, as a function of its named cells."""
    return WorkbookModel(built(name, form), f"{name}.xlsx")


def sample_report() -> Path:
    """Return the folder that `xlcalc report` fills: published training runs and their summaries."""
    return once("report", lambda folder: list(run_report(load_config(None, folder))))
