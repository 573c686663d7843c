"""Which inputs move the result of a template most? Each is varied, and all cases are live.

`drivers.csv` names what is varied. The sheet Cases has a row for each of its two values and a
column for each line of the model between the drivers and the result: the line's own formula, with
the driver and the lines that follow from it replaced by the cells of the row. The sheet Drivers
ranks them by their swing. An input whose default follows from another input stays as it is.

    total_cost  =SUM(compute_cost,power_cost)  ->  =SUM(F7,power_cost), in the row of a price
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.formula_text import replace_words
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.figures import Line
from xlcalc.templates.parts.lines import Model, Varied
from xlcalc.templates.parts.sums import first_summed
from xlcalc.templates.parts.tables import Column, Table
from xlcalc.templates.parts.tornado import BY_STEP, Driver, Tornado, tornado_tables, write_step


@dataclass(frozen=True)
class Link:
    """A line between the drivers and the result.

    Attributes
    ----------
    formula : str
        Its formula on names, without `=`.
    rest : str
        What a sum has of rows that a person inserted, which stay as they are; else empty.
    follows : frozenset of str
        The drivers that it follows from.
    """

    formula: str
    rest: str
    follows: frozenset[str]


def drivers_pages(
    book: Book, model: Model, result: str, *, instead: Mapping[str, str] | None = None
) -> Tornado:
    """Write the sheets Drivers and Cases, and return the tables of the drivers.

    Parameters
    ----------
    book : Book
        The workbook, its figures and tables written.
    model : Model
        Its lines, and what is varied.
    result : str
        Name of the line that is asked about.
    instead : dict of str to str, optional
        Formulas of lines that gather a table, on the inputs of the table.
    """
    lines = {line.name or line.alias: line for table in model.groups for line in model.lines(table)}
    chain = links(model, result, instead or {})
    page = Page(
        book,
        "Drivers",
        (2, 52, *(17,) * 6, 34),
        "Drivers",
        "What moves the main result most, and by how much. All cases are live.",
    )
    write_step(page)
    page.row += 1
    table = _cases(book, model.drivers, lines, chain, result)
    tab = book.texts("Cases")
    base, texts = result, '"' in str(lines[result].value)
    if texts:  # such as "out of reach", which is no change
        base = f"IF(ISTEXT({result}),0,{result})"

    def at(key: str, row: int) -> str:
        cell = f"{tab}!{table.cell(key, row).coordinate}"
        return f"=IF(ISTEXT({cell}),{base},{cell})" if texts and key == result else f"={cell}"

    page.section('="' + lines[result].label + '"&", one driver at a time"')
    tornado = tornado_tables(
        page,
        [
            Driver(
                lines[varied.name].label,
                at("value", low),
                at("value", low + 1),
                _format(lines[varied.name]),
                at(result, low),
                at(result, low + 1),
                varied.basis or BY_STEP,
            )
            for low, varied in zip(count(1, 2), model.drivers, strict=False)
        ],
        base,
        shown=_format(lines[result]),
    )
    page.finish(cursor="C4")
    page.sheet.page_setup.fitToHeight = 1
    return tornado


def links(model: Model, result: str, instead: Mapping[str, str]) -> dict[str, Link]:
    """Return the lines from the drivers to a result, in the order of the table."""
    formulas = {
        line.name or line.alias: _formula(group.lines, line, instead)
        for group in model.groups["results"]
        for line in group.lines
    }
    drivers = {varied.name for varied in model.drivers}
    follows: dict[str, frozenset[str]] = {}

    def following(name: str) -> frozenset[str]:
        if name not in follows:
            follows[name] = frozenset()  # until it is known; a line follows from itself never
            parents = words(formulas[name][0]) if name in formulas else set()
            follows[name] = frozenset(drivers & {name}).union(*map(following, parents))
        return follows[name]

    found: dict[str, Link] = {}
    waiting = [result]
    while waiting:
        name = waiting.pop()
        if name in formulas and name not in found and following(name):
            found[name] = Link(*formulas[name], following(name))
            waiting += words(formulas[name][0])
    return {name: found[name] for name in formulas if name in found}


def words(formula: str) -> set[str]:
    """Return the names in a formula."""
    found: set[str] = set()

    def note(word: str) -> str:
        found.add(word)
        return word

    replace_words(formula, note)
    return found


def _formula(lines: tuple[Line, ...], line: Line, instead: Mapping[str, str]) -> tuple[str, str]:
    """Return the formula of a line on names, and what it has beside them."""
    name, formula = line.name or line.alias, str(line.value).removeprefix("=")
    summed = first_summed(line.value)
    if not summed:
        return instead.get(name, formula), ""
    names = [one.name or one.alias for one in lines]
    parts = f"SUM({','.join(names[names.index(summed) : names.index(name)])})"
    return parts, f"+({name}-{parts})"


def _cases(
    book: Book,
    drivers: Sequence[Varied],
    lines: Mapping[str, Line],
    chain: Mapping[str, Link],
    result: str,
) -> Table:
    others = [name for name in chain if name != result]
    page = Page(
        book,
        "Cases",
        (2, 44, *(15,) * (2 + len(others))),
        "Cases",
        "Each driver at its low and its high value, and the lines of the model that follow from "
        "it. A figure in green does not follow from the driver of its row.",
    )
    rows = [(None, ""), *((one, end) for one in drivers for end in ("low", "high"))]

    def column(name: str) -> Column:
        cells = [_cell(name, chain, one.name if one else "") for one, _ in rows]
        return Column(name, lines[name].label, cells, _format(lines[name]))

    table = Table(
        page,
        (
            Column("case", "Case", [_label(lines, one, end) for one, end in rows], words=True),
            Column("value", "Driver", [_end(lines, one, end) for one, end in rows]),
            *map(column, (result, *others)),
        ),
        len(rows),
        height=46,
    )
    for row, (one, _) in enumerate(rows):
        if one is not None:
            table.cell("value", row).number_format = styles.padded(
                book.texts.number_format(_format(lines[one.name]))
            )
    table.alias(result, "driver_case", 0)
    page.finish(freeze="D5", cursor="D5", last_column=4)
    return table


def _cell(name: str, chain: Mapping[str, Link], driver: str) -> str:
    """Return the formula of a line in the row of a driver; without one, of the case itself."""
    if name == driver:
        return "={value}"
    link = chain[name]
    if driver and driver not in link.follows:
        return f"={name}"

    def word(found: str) -> str:
        if found == driver:
            return "{value}"
        here = found in chain and (not driver or driver in chain[found].follows)
        return f"{{{found}}}" if here else found

    return f"={replace_words(link.formula, word)}{link.rest}"


def _label(lines: Mapping[str, Line], one: Varied | None, end: str) -> str:
    return f'="{lines[one.name].label}"&", {end}"' if one else "This case"


def _end(lines: Mapping[str, Line], one: Varied | None, end: str) -> str | None:
    """Return the formula of a driver's low or high value."""
    if one is None:
        return None
    if one.basis:
        return f"={one.low if end == 'low' else one.high}"
    measure = lines[one.name].measure
    varied = f"{one.name}*(1{'-' if end == 'low' else '+'}driver_step)"
    if not isinstance(measure, Quantity):
        return f"={varied}"
    bounds: tuple[tuple[str, float], ...] = (("MAX", measure.at_least), ("MIN", measure.at_most))
    function, bound = bounds[end == "high"]
    return f"={function}({bound:g},{varied})" if 0.0 < bound < float("inf") else f"={varied}"


def _format(line: Line) -> str:
    measure = line.measure
    own = measure.number_format if isinstance(measure, Quantity) else "General"
    return line.number_format or own
