"""How are the look-ups in the catalogue's sheets written as INDEX and MATCH?

MATCH takes `*`, `?` and `~` for wildcards: they are escaped, so that the whole text alone is found,
without regard to case. INDEX of an error is #VALUE! in some programs, so a row or a column that is
not found is asked about first.
"""

from collections.abc import Callable, Sequence

from xlcalc.lambdas import OTHER_TERMS
from xlcalc.native.arguments import Form, Given, paired
from xlcalc.native.lines import VALUE_COLUMN, Block, Kind, Line
from xlcalc.native.texts import NOT_FOUND, VALUE, passed_on
from xlcalc.quantities import Day
from xlcalc.terms import word_literal
from xlcalc.worksheet import Argument

_MONEY, _MEDIAN, _DEMAND = "USD", "median", "on-demand"
_CATALOGUES = {
    "prices": "catalogue_gpu_price_sources",
    "gpus": "catalogue_gpu_sources",
    "accelerators": "catalogue_gpu_sources",
}
_NOT_SHOWN = (
    *("models", "token_prices", "grids", "rates", "tokenisers", "tokenisation", "assumptions"),
)


def lookup_block(
    block: Block, arguments: Sequence[Given], there: Callable[[str], str], workings: str
) -> None:
    """Fill the block of a look-up; the cell shows its result.

    Parameters are those of `traced_block`.
    """
    writer = _Lookup(block, there)
    result = LOOKUPS[block.spec.name](writer, list(arguments))
    block.shown = f"{workings}${result[0]}${result[1:]}"


class _Lookup:
    """Writes the block of one look-up."""

    def __init__(self, block: Block, there: Callable[[str], str]) -> None:
        self.block, self.there = block, there

    def texts(self, arguments: list[Given]) -> tuple[dict[str, str], str]:
        """Add a line for each argument, and return their cells and the one that they are valid."""
        first = self.block.next_row
        cells = {
            argument.name: self.text(argument, given)
            for argument, given in paired(self.block.spec, arguments)
        }
        return cells, self.block.valid(first)

    def text(self, argument: Argument, given: Given) -> str:
        """Add the line of an argument, and return its cell."""
        at = f"{VALUE_COLUMN}{self.block.next_row}"
        unit, check = argument.kind.unit, f'=IF(ISTEXT({at}),"ok",{passed_on(at)})'
        if isinstance(argument.kind, Day):
            check = f'=IF(ISLOGICAL({at}),{VALUE},"ok")'
        if given.form is Form.LEFT_OUT:
            if not argument.optional:
                value, check = f"={VALUE}", ""
            else:
                value = argument.default
                check = f'=IF(OR(ISTEXT({at}),ISBLANK({at})),"ok",{passed_on(at)})' if check else ""
            label = f"{argument.name} (left out)"
            return self.block.add(Line(Kind.LEFT_OUT, label, value, check, unit, argument.help))
        if given.form is Form.CONSTANT:
            assert given.value is not None  # noqa: S101  a constant has a value
            shown: str | float | bool = given.value
        else:
            there = self.there(given.text)
            shown = f"={there}"
            if given.form is Form.CELL and argument.optional:
                shown = f"=IF(ISBLANK({there}),{word_literal(argument.default)},{there})"
            elif given.form is Form.CELL:
                check = f'=IF(ISTEXT({there}),"ok",{passed_on(there)})'
        return self.block.add(Line(Kind.ARGUMENT, argument.name, shown, check, unit, argument.help))

    def step(self, label: str, formula: str, note: str) -> str:
        return self.block.add(Line(Kind.STEP, label, f"={formula}", "", "", note))

    def row(self, cell: str, catalogue: str) -> str:
        names, ids = (_match(cell, f"{catalogue}_{which}") for which in ("names", "ids"))
        note = "where the sheet has the name or the id"
        return self.step("row of the catalogue", f"IFERROR({names},{ids})", note)

    def result(self, valid: str, body: str, note: str, *errors: str) -> str:
        for error in reversed(errors):
            body = f"IF(ISERROR({error}),{error},{body})"
        return self.block.result(f'IF({valid}="ok",{body})', note)


def _match(cell: str, names: str) -> str:
    text = f"TRIM({cell})"
    for sign in "~*?":
        text = f'SUBSTITUTE({text},"{sign}","~{sign}")'
    return f"MATCH({text},{names},0)"


def _figure(table: str, place: str) -> str:
    """Return the formula of a cell of the catalogue; an empty one is #N/A."""
    return f'IF(INDEX({table},{place})="",{NOT_FOUND},INDEX({table},{place}))'


def _spec(catalogue: str) -> Callable[[_Lookup, list[Given]], str]:
    def write(lookup: _Lookup, arguments: list[Given]) -> str:
        cells, valid = lookup.texts(arguments)
        thing, field = cells.values()
        row = lookup.row(thing, catalogue)
        column = lookup.step(
            "column of the catalogue",
            _match(field, f"{catalogue}_fields"),
            "where the sheet has the field",
        )
        body = _figure(f"{catalogue}_figures", f"{row},{column}")
        return lookup.result(valid, body, "the figure in that row and column", row, column)

    return write


def _usual(cell: str, usual: str, others: Sequence[str]) -> str:
    """Return 1 for the usual choice, 0 for another one, and #VALUE! for what is none."""
    text = VALUE
    for other in reversed(others):
        text = f"IF(TRIM({cell})={word_literal(other)},0,{text})"
    return f"IF(TRIM({cell})={word_literal(usual)},1,{text})"


def _rental(lookup: _Lookup, arguments: list[Given]) -> str:
    cells, valid = lookup.texts(arguments)
    note = "1 for the usual choice, 0 for another one"
    basis = lookup.step(
        "median asked for?", _usual(cells["basis"], _MEDIAN, ("low", "high", "newest")), note
    )
    terms = lookup.step("on demand asked for?", _usual(cells["terms"], _DEMAND, OTHER_TERMS), note)
    asked = (
        f'AND(TRIM({cells["provider"]})="",{basis}=1,{terms}=1,'
        f'TRIM({cells["currency"]})="{_MONEY}",{cells["as_of"]}="")'
    )
    row = lookup.row(cells["gpu"], "catalogue_gpu")
    price = f"IF(ISERROR({row}),{row},{_figure('catalogue_gpu_prices', row)})"
    body = f"IF({asked},{price},{NOT_FOUND})"
    return lookup.result(
        valid, body, "the sheet has the median of prices on demand, in dollars", basis, terms
    )


def _source(lookup: _Lookup, arguments: list[Given]) -> str:
    cells, valid = lookup.texts(arguments)
    row = lookup.row(cells["id"], "catalogue_gpu")
    body = VALUE
    for catalogue in reversed(_NOT_SHOWN):
        body = f'IF(TRIM({cells["catalogue"]})="{catalogue}",{NOT_FOUND},{body})'
    for catalogue, table in reversed(_CATALOGUES.items()):
        found = f"IF(ISERROR({row}),{row},{_figure(table, row)})"
        body = f'IF(TRIM({cells["catalogue"]})="{catalogue}",{found},{body})'
    return lookup.result(valid, body, "the source of the figure in that row")


LOOKUPS: dict[str, Callable[[_Lookup, list[Given]], str]] = {
    "GPU_SPEC": _spec("catalogue_gpu"),
    "MODEL_SPEC": _spec("catalogue_model"),
    "RENTAL_PRICE": _rental,
    "CATALOGUE_SOURCE": _source,
}
"""What writes each look-up."""
