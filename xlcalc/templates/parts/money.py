"""In which currency does a template calculate, and what is a default amount of US dollars in it?

Two inputs of `lines.csv` say it: `currency`, and `currency_rate`, what a US dollar costs in it. The
rate is looked up among the team's rates on the sheet Sources, or typed in. Every default amount is
in US dollars and is multiplied by it; what a person types in is in his currency already.

    2 USD/GPU-hour, typed in the template  ->  =usd_train_price*currency_rate, and 2 in a line below
    =RENTAL_PRICE(gpu)*currency_rate       ->  the price itself where its list has this currency
"""

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.catalogue import catalogues
from xlcalc.catalogue.quotes import BASE
from xlcalc.errors import NotFoundError
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.figures import Group, Line, figures_page

RATE = Quantity("rate", above=0.0, number_format="0.0000")
"""What a unit of one currency costs in another."""
PER_GPU_HOUR = '=currency&"/GPU-hour"'
NO_RATE = (
    "No rate of exchange is known: type in currency_rate, what a US dollar costs in this currency, "
    "or this price."
)
TYPED_IN = "Typed in: the sheet Sources says where the figures come from."
_NO_RATES = (
    "By definition. The catalogue has no other rate: a team's rates.csv gives them, or "
    "currency_rate is typed in on the sheet Inputs."
)
_NO_PRICE = (
    "The catalogue has no price of this accelerator, or none in a currency with a rate of "
    "exchange: type in yours."
)
_MEDIAN = "List price on demand, looked up from the accelerator: replace it by your contract. "
_LISTED = 'MATCH(GPU_SPEC({0},"name")&"",catalogue_gpu_names,0)'
"""The row of an accelerator; without the empty text LibreOffice finds no text of an add-in."""
_OFFER = (
    f'IF(ISNA({_LISTED}),CATALOGUE_SOURCE("prices",{{0}}),INDEX(catalogue_gpu_offers,{_LISTED}))'
)
"""The price on the sheet Catalogue, or what functions know of another accelerator."""
_RATE = "INDEX(rates_per_usd,MATCH({0},rate_currencies,0))"
_RENTED = re.compile(r"RENTAL_PRICE\((\w+)\)\*currency_rate")
_UNIT = re.compile(r'=currency(?:&"([^"]*)")?')


def market_note(name: str, formula: str, before: str) -> str:
    """Return the note of an input for the price of a GPU-hour: the median of the market, converted.

    Parameters
    ----------
    name : str
        Name of the input.
    formula : str
        Its formula, in which the price stands as `RENTAL_PRICE(gpu)*currency_rate`.
    before : str
        A sentence before the note. The note says how many providers the median is of, from which
        price to which, and from when to when.
    """
    found = _RENTED.search(formula)
    if found is None:
        raise ValueError(f"{name} has no price of the market: {formula}")
    price, gpu = found[0], found[1]
    market = f'"{_MEDIAN}"&{_OFFER.format(gpu)}'
    note = (
        f'IF(OR(ISNA({name}),ISBLANK({name})),IF(ISNA(currency_rate),"{NO_RATE}","{_NO_PRICE}"),'
        f'IF(ISNA({price}),"{TYPED_IN}",IF({name}={price},{market},"{TYPED_IN}")))'
    )
    return f'="{before} "&{note}' if before else f"={note}"


def market_end(end: str, gpu: str, price: str) -> str:
    """Return what a formula writes for the lowest or highest rental price of the market.

    Parameters
    ----------
    end : str
        "lowest" or "highest".
    gpu, price : str
        Names of the accelerator, and of the price that counts where the catalogue has no other.
    """
    row = _LISTED.format(gpu)
    listed = f"INDEX(rental_{end},{row})"
    return f"IF(ISNA({row}),{price},IF({listed}>0,{listed}*currency_rate,{price}))"


def rate_of(currency: str) -> str:
    """Return what a formula writes for the rate from a listed currency to the workbook's own."""
    return f"IF({currency}=currency,1,currency_rate/{_RATE.format(currency)})"


def as_listed(formula: str) -> str:
    """Return a formula that takes a rental price in the currency of its list, where it is that.

    Only a team's own rows are in another currency; without one, nothing changes.
    """
    if not listed_in_others():
        return formula
    return _RENTED.sub(
        lambda found: (
            f"IF(INDEX(catalogue_gpu_currencies,{_LISTED})=currency,"
            f"INDEX(catalogue_gpu_listed,{_LISTED}),RENTAL_PRICE({{0}})*currency_rate)"
        ).format(found[1]),
        formula,
    )


def listed_in_others() -> bool:
    """Whether a rental price of the catalogue is not in US dollars."""
    rows = catalogues().rows["prices"].values()
    return any(row["category"] == "gpu_rental" and row["currency"] != BASE for row in rows)


def inputs_page(
    book: Book, subtitle: str, groups: Iterable[Group], amounts: Sequence[Line] = ()
) -> None:
    """Write the sheet Inputs, its default amounts of money converted from US dollars.

    The amounts themselves, and further ones, are lines of a last group.
    """
    dollars = list(amounts)
    converted = []
    for group in groups:
        lines = []
        for line in group.lines:
            lines.append(_converted(line))
            if _is_amount(line):
                dollars.append(in_dollars(line))
        converted.append(Group(group.heading, tuple(lines)))
    if dollars:
        converted.append(Group("Default amounts in US dollars", tuple(dollars)))
    figures_page(book, "Inputs", subtitle, converted, editable=True)


def _is_amount(line: Line) -> bool:
    number = isinstance(line.value, int | float) and line.value != 0
    return number and not line.fixed and _UNIT.fullmatch(line.unit) is not None


def _converted(line: Line) -> Line:
    if _is_amount(line):
        return replace(line, value=f"=usd_{line.name}*currency_rate")
    if isinstance(line.value, str) and line.value.startswith("="):
        return replace(line, value=as_listed(line.value), note=as_listed(line.note))
    return line


def in_dollars(line: Line) -> Line:
    """Return the fixed line with the amount of US dollars that an input is converted from."""
    return replace(
        line,
        name="",
        unit=_UNIT.sub(lambda unit: f"{BASE}{unit[1] or ''}", line.unit),
        note="The input of the same name above is this amount in the currency of the workbook.",
        alias=f"usd_{line.name}",
        fixed=True,
    )


def write_rates(page: Page) -> None:
    """Write what a US dollar costs in other currencies, by the catalogue's rates and their days."""
    page.section("Rates of exchange: what a US dollar costs")
    first = page.row
    rates = [(code, value, page.book.texts.if_known(source)) for code, value, source in _rates()]
    for code, value, source in rates:
        for column, content in ((2, code), (3, value), (4, source)):
            page.put(
                page.row,
                column,
                content,
                number_format=RATE.number_format if column == 3 else None,
                border=styles.HAIRLINE,
                alignment=styles.WRAPPED,
                literal=True,
            )
        page.fit(page.row, (4,))
        page.row += 1
    page.book.quotes["rate_sources"] = {code: source for code, _, source in rates}
    for name, letter in (("rate_currencies", "B"), ("rates_per_usd", "C"), ("rate_sources", "D")):
        page.define(name, f"${letter}${first}:${letter}${page.row - 1}")
    page.row += 1


def _rates() -> list[tuple[str, float, str]]:
    """Return code, rate and source of each currency whose rate the catalogue has."""
    found = catalogues()
    rows = found.rows["rates"].values()
    codes = {str(row[side]) for row in rows for side in ("from_currency", "to_currency")}
    rates = []
    for code in sorted(codes - {BASE}):
        with contextlib.suppress(NotFoundError):  # of two other currencies
            rate = found.rates.rate(BASE, code)
            rates.append((code, rate.value, rate.source))
    return [(BASE, 1.0, "By definition." if rates else _NO_RATES), *rates]
