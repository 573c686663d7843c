"""In which forms do the files of a batch come: with which pictures beside the cells that change?

All files of a form have the same parts. A form is made when the first scenario needs it, and filled
from then on; without pictures there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised.compiled import VectorisedWorkbook
from xlcalc.dialects import convert_package
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.pictures import Picture, PictureSlots
from xlcalc.runs.filling import Filling

Kinds = tuple[tuple[str, str], ...]
"""The places that get a picture, and the kind of it."""


def kinds_of(pictures: Mapping[str, Picture]) -> Kinds:
    """Return which kinds of pictures a scenario has in which places."""
    return tuple((name, picture.kind) for name, picture in pictures.items())


@dataclass(frozen=True)
class FileForm:
    """Files with the same parts: how cells are filled in, and where pictures go."""

    filling: Filling
    slots: PictureSlots


class FileForms:
    """The forms of a workbook's files.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    vectorised : VectorisedWorkbook
        Its cells that change.
    values_only : bool
        Whether the files have no formulas.

    Raises
    ------
    NotCopyable
        If a file cannot be made by filling in cells.
    """

    def __init__(
        self, model: WorkbookModel, vectorised: VectorisedWorkbook, *, values_only: bool
    ) -> None:
        self._model, self._vectorised, self._values_only = model, vectorised, values_only
        fresh = model.evaluate()
        if not values_only:
            # The cells that no scenario changes are written once, whatever the file has in them.
            live = set(vectorised.live)
            cached = {
                sheet: {p: value for p, value in cells.items() if (sheet, p) not in live}
                for sheet, cells in fresh.cached.items()
            }
            fresh = replace(fresh, cached=cached)
        self._package = in_form(model.to_package(fresh), values_only=values_only)
        self._forms: dict[Kinds, FileForm] = {}
        self.form(())

    def form(self, kinds: Kinds) -> FileForm:
        """Return the form of files with some kinds of pictures.

        Raises
        ------
        UsageError
            If a picture has no place in the workbook.
        """
        if kinds not in self._forms:
            package = self._package.copy()
            slots = PictureSlots(package, dict(kinds))
            inputs = [(cell.sheet, cell.position) for cell in self._vectorised.inputs.values()]
            filling = Filling(
                self._model.formulas,
                self._vectorised.live,
                inputs,
                package,
                keeps_formulas=not self._values_only,
                others=slots.part_names,
            )
            self._forms[kinds] = FileForm(filling, slots)
        return self._forms[kinds]


def in_form(package: Package, *, values_only: bool) -> Package:
    """Return a calculated workbook as a job wants it: with formulas, or with values alone."""
    return convert_package(package, "values").package if values_only else package


def with_pictures(package: Package, pictures: Mapping[str, Picture]) -> Package:
    """Return a workbook with pictures in its places."""
    package = package.copy()
    slots = PictureSlots(package, dict(kinds_of(pictures)))
    for part, data in slots.parts(pictures).items():
        package.replace(part, data)
    return package
