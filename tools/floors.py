"""Which are the oldest versions that the project allows? `python -m tools.floors FILE` writes them.

Each dependency of pyproject.toml, and of the extras that a person installs, stands in the file at
its lowest version, as `pip install -c FILE` takes it.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXTRAS = ("excel", "cloud", "dask", "mcp", "parquet", "prices", "server")
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?>=([0-9][0-9A-Za-z.]*)")


def floors() -> list[str]:
    """Return a constraint for each dependency that has a lowest version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"]]
    for extra in EXTRAS:
        listed += project["optional-dependencies"][extra]
    found = map(_REQUIREMENT.match, listed)
    return sorted(f"{one[1]}=={one[2]}" for one in found if one is not None)


def main() -> None:
    """Write the constraints to a file, or print them."""
    text = "\n".join(floors()) + "\n"
    if sys.argv[1:]:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
