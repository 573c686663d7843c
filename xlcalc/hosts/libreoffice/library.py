"""Which modules of xlcalc go into the add-in, so that it calculates with numpy alone?

Those of the light wheel under their own names, the one that answers calls, and the functions of
others.
"""

from pathlib import Path

from xlcalc._version import __version__
from xlcalc.files import read_file
from xlcalc.hosts.light_wheel import DATA, PACKAGE, modules
from xlcalc.hosts.own_functions import carried, entry_points
from xlcalc.plugins import GROUP
from xlcalc.registry import PLUGINS

_FOLDER = Path(__file__).parents[2]
_BESIDE = ("__init__.py", "_version.py", "hosts/__init__.py", "hosts/calls.py")


def library() -> dict[str, bytes]:
    """Return the files below a folder that goes on `sys.path`, by path."""
    places = [place.removeprefix(f"{PACKAGE}/") for place in modules()]
    files = {*places, *_BESIDE, *DATA}
    ours = {f"{_FOLDER.name}/{file}": read_file(_FOLDER / file) for file in sorted(files)}
    return ours | _own()


def _own() -> dict[str, bytes]:
    """Return the modules with functions of others, and the file that names them; else nothing."""
    if not PLUGINS:
        return {}
    files = {
        place: read_file(path) for plugin in PLUGINS for place, path in carried(plugin).items()
    }
    told = f"Metadata-Version: 2.1\nName: xlcalc-own\nVersion: {__version__}\n"
    info = f"xlcalc_own-{__version__}.dist-info"
    points = entry_points(GROUP, {plugin.module: plugin for plugin in PLUGINS})
    return files | {f"{info}/METADATA": told.encode(), f"{info}/entry_points.txt": points}
