"""Which picture does a scenario put into a named cell, and may its file be read?

A column of the list has paths. They begin at the folder of the list, or at one that a person names,
and do not lead out of it; an empty cell keeps what the workbook shows there.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xlcalc.errors import InputValueError
from xlcalc.ooxml.image_headers import image_header
from xlcalc.ooxml.pictures import Picture

MOST_BYTES = 5_000_000
"""Size of a picture at most [byte]."""
_KEPT_BYTES = 50_000_000
"""Size of the pictures that are not read again [byte]."""


@dataclass
class PictureFiles:
    """The pictures that a list names.

    Parameters
    ----------
    folder : Path
        Where paths begin, and what they do not leave.
    columns : mapping of str to str
        For each place, a named cell or range, the column of the list.
    """

    folder: Path = Path()
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._kept: OrderedDict[str, Picture] = OrderedDict()

    def read(self, name: str) -> Picture:
        """Return the picture of a path.

        Raises
        ------
        InputValueError
            If there is none, it lies elsewhere, is too large, or is no picture that Excel shows.
        """
        found = self._kept.get(name)
        if found is None:
            data = self._data(name)
            digest = hashlib.blake2b(data, digest_size=16).hexdigest()
            found = self._kept[name] = Picture(*image_header(data, name), data, digest)
            while sum(len(kept.data) for kept in self._kept.values()) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return found

    def _data(self, name: str) -> bytes:
        try:
            path = (self.folder / name).resolve(strict=True)
            inside = path.is_relative_to(self.folder.resolve(strict=True))
        except FileNotFoundError:
            raise InputValueError(f"there is no picture {name} in {self._place}") from None
        except (OSError, ValueError, RuntimeError):  # no text of a path, or links in a circle
            raise InputValueError(f"{name!r} is no path of a picture") from None
        if not inside:
            raise InputValueError(f"the picture {name} is outside of {self._place}")
        if not path.is_file():
            raise InputValueError(f"the picture {name} is no file")
        try:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise InputValueError(f"cannot read the picture {name}: {error.strerror}") from None
        if len(data) > MOST_BYTES:
            raise InputValueError(f"the picture {name} has more than {MOST_BYTES:,} bytes")
        return data

    @property
    def _place(self) -> str:
        return "this folder" if self.folder == Path() else f"the folder {self.folder}"
