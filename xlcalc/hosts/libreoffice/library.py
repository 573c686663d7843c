"""Which modules of xlcalc go into the add-in, so that it calculates with numpy alone?

Those of the light wheel under their own names, and the one that answers calls.
"""

from pathlib import Path

from xlcalc.files import read_file
from xlcalc.hosts.light_wheel import DATA, PACKAGE, modules

_FOLDER = Path(__file__).parents[2]
_BESIDE = ("__init__.py", "_version.py", "hosts/__init__.py", "hosts/calls.py")


def library() -> dict[str, bytes]:
    """Return the files below a folder that goes on `sys.path`, by path."""
    places = [place.removeprefix(f"{PACKAGE}/") for place in modules()]
    files = {*places, *_BESIDE, *DATA}
    return {f"{_FOLDER.name}/{file}": read_file(_FOLDER / file) for file in sorted(files)}
