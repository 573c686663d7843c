"""Which names of a workbook stand for cells, and for one cell alone?"""

from collections.abc import Mapping

from xlcalc.ooxml.names import defined_names, named_places
from xlcalc.ooxml.package import Package


class CellNames:
    """The names that stand for cells, as each sheet knows them.

    Parameters
    ----------
    package : Package
        The workbook.

    Attributes
    ----------
    all : frozenset of str
        Every name of the workbook, in small letters.
    """

    def __init__(self, package: Package) -> None:
        names = defined_names(package, hidden=True)
        places = {name.lower() for name in named_places(names, package)}
        self.all = frozenset(name.name.lower() for name in names)
        self._by_scope: dict[str | None, dict[str, bool]] = {}
        for scope, name, text in names:
            alone = name.lower() in places or f"{scope}!{name}".lower() in places
            if alone or ":" in text.rpartition("!")[2]:
                self._by_scope.setdefault(scope, {})[name.lower()] = alone

    def of(self, sheet: str) -> Mapping[str, bool]:
        """Return the names that hold on a sheet, and whether each stands for one cell alone."""
        return {**self._by_scope.get(None, {}), **self._by_scope.get(sheet, {})}

    def local(self, sheet: str) -> frozenset[str]:
        """Return the names that hold on a sheet alone."""
        return frozenset(self._by_scope.get(sheet, {}))
