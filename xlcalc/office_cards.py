"""What does a custom function show on a card beside its cell?

A card is a data type of Excel: the cell shows a name or a number, and a click opens the fields of
the catalogue's row behind it, with their source, date and confidence. `GPU` and `MODEL` show a
name, and `PRICE` shows a number, with which formulas calculate on. A card given to another function
counts as the row or the number that it shows. Only add-ins of Office.js have cards.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from xlcalc.catalogue import CatalogueValue, catalogues
from xlcalc.cells import CellError, CellRange, CellValue, call_function, cell_error
from xlcalc.errors import XlcalcError
from xlcalc.office_values import OWN_CARD, JsonValue, formatted, to_office
from xlcalc.quantities import Choice, Day
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import Argument, spec_of

_SOURCE_FIELDS = ("source_url", "as_of", "date", "confidence", "licence", "read_in", "notes")
"""What a card shows below the figures: where they were read, and when."""
_GROUPED = 10_000.0
"""Whole numbers from here on have separators, so that years have none."""
_PROVIDER = {"description": "xlcalc, published figures with their sources"}


@dataclass(frozen=True)
class Card:
    """A function that returns cards.

    Attributes
    ----------
    name : str
        The function's name in Excel.
    summary : str
        What it returns.
    function : str
        The worksheet function whose arguments it takes.
    count : int
        How many of them it takes.
    rest : tuple of str
        What the worksheet function takes behind these.
    make : callable
        Takes the arguments and returns the card, or raises an `XlcalcError`.
    """

    name: str
    summary: str
    function: str
    count: int
    rest: tuple[str, ...]
    make: Callable[..., dict[str, JsonValue]]

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments, as the worksheet function declares them."""
        return spec_of(BY_NAME[self.function]).arguments[: self.count]


def call_card(
    card: Card, cells: Sequence[CellValue | CellRange], *, sentences: bool = False
) -> list[list[JsonValue]]:
    """Call a function that returns cards, one for each cell of its first argument.

    Parameters
    ----------
    card : Card
        The function.
    cells : sequence of CellValue or CellRange
        The arguments; those behind the first are single cells.
    sentences : bool
        Whether an error brings its sentence along.

    Returns
    -------
    list of list of JSON values
        Cards and errors, in rows.
    """
    given = [_only(cell) for cell in cells[1:]]
    first = cells[0] if cells else None
    rows = first if isinstance(first, list) else [[first]]

    def value(cell: CellValue) -> JsonValue:
        made = _made(card, [cell, *given])
        return to_office(made, sentences=sentences)[0][0] if isinstance(made, CellError) else made

    return [[value(cell) for cell in row] for row in rows]


def _only(cell: CellValue | CellRange) -> CellValue:
    if not isinstance(cell, list):
        return cell
    if len(cell) == 1 and len(cell[0]) == 1:
        return cell[0][0]
    return CellError("#VALUE!", "a card takes a range in its first argument alone")


def _made(card: Card, cells: Sequence[CellValue]) -> CellError | dict[str, JsonValue]:
    # The worksheet function checks the arguments, as it does in every cell.
    checked = call_function(BY_NAME[card.function], [*cells, *card.rest])
    if isinstance(checked, CellError):
        return checked
    values = [_plain(argument, cell) for argument, cell in zip_longest(card.arguments, cells)]
    try:
        return card.make(*values)
    except XlcalcError as failure:
        return cell_error(failure)


def _plain(argument: Argument, cell: CellValue) -> Any:
    """Return the value of an argument that the worksheet function has found good."""
    value = argument.default if cell is None else cell
    if isinstance(argument.kind, Choice):
        return str(value).strip().lower()
    return argument.kind.text(value) if isinstance(argument.kind, Day) else value


def _row_card(row: Mapping[str, CatalogueValue]) -> dict[str, JsonValue]:
    """Return the card of a catalogue's row, whose face is its name."""
    named = {**row, "source_url": row.get("source_url")}
    figures = [k for k, v in named.items() if v not in (None, "") and k not in _SOURCE_FIELDS]
    source = [key for key in _SOURCE_FIELDS if named.get(key) not in (None, "")]
    properties = {key: _property(named[key]) for key in (*figures, *source)}
    return {
        "type": "Entity",
        "text": str(row["name"]),
        "properties": properties | {OWN_CARD: _hidden(str(row["id"]))},
        "layouts": _layouts("name", [("Figures", figures), ("Source", source)]),
        "provider": _PROVIDER,
    }


def _property(value: CatalogueValue) -> dict[str, JsonValue]:
    if isinstance(value, float | int):
        number = float(value)
        if number >= _GROUPED and number == int(number):
            return formatted(number, "#,##0")
        return {"type": "Double", "basicValue": number}
    return {"type": "String", "basicValue": str(value)}


def _hidden(identity: str) -> dict[str, JsonValue]:
    """Return the property that makes a card known as ours, which nobody sees."""
    unseen = {"cardView": True, "autoComplete": True, "dotNotation": True}
    return {
        "type": "String",
        "basicValue": identity,
        "propertyMetadata": {"excludeFrom": unseen},
    }


def _layouts(title: str, parts: Sequence[tuple[str, Sequence[str]]]) -> dict[str, JsonValue]:
    sections = [
        {"layout": "List", "title": name, "properties": list(keys)} for name, keys in parts if keys
    ]
    return {
        "compact": {"icon": "Generic"},
        "card": {"title": {"property": title}, "sections": sections},
    }


def _gpu(name: str) -> dict[str, JsonValue]:
    return _row_card(catalogues().gpu(name))


def _model(name: str) -> dict[str, JsonValue]:
    return _row_card(catalogues().model(name))


def _price(
    gpu: str, provider: str, basis: str, terms: str, currency: str, as_of: str
) -> dict[str, JsonValue]:
    found = catalogues().rental_price(gpu, provider, basis, terms, currency, as_of)
    told = {
        "gpu": catalogues().gpu(gpu)["name"],
        "currency": found.currency,
        "unit": "an hour of a GPU",
        "basis": basis,
        "terms": terms,
        "summary": found.summary,
    }
    origin = {"source": found.source} | {key: found.row.get(key) for key in _SOURCE_FIELDS}
    figures = [key for key, value in told.items() if value not in (None, "")]
    source = [key for key, value in origin.items() if value not in (None, "")]
    properties = {key: _property((told | origin)[key]) for key in (*figures, *source)}
    return {
        "type": "Double",
        "basicType": "Double",
        "basicValue": found.value,
        "numberFormat": spec_of(BY_NAME["RENTAL_PRICE"]).returns.number_format,
        "properties": properties | {OWN_CARD: _hidden(str(found.row.get("id") or ""))},
        "layouts": _layouts("gpu", [("Price", figures), ("Source", source)]),
        "provider": _PROVIDER,
    }


CARDS = (
    Card(
        "GPU",
        "Returns an accelerator as a card: the cell shows its name, the card its published figures "
        "with their source.",
        "GPU_SPEC",
        1,
        ("name",),
        _gpu,
    ),
    Card(
        "MODEL",
        "Returns a model as a card: the cell shows its name, the card its published figures with "
        "their source.",
        "MODEL_SPEC",
        1,
        ("name",),
        _model,
    ),
    Card(
        "PRICE",
        "Returns what a rented GPU costs an hour as a card: the cell is the number, the card says "
        "whose prices these are and of which days.",
        "RENTAL_PRICE",
        6,
        (),
        _price,
    ),
)
"""The functions that return cards."""
