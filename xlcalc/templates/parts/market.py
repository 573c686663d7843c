"""What do machines, commitments and power cost on the market?

`prices_page` writes the published prices to a sheet.

Formulas look the purchase prices up by the names `purchase_names`, `purchase_medians` and
`purchase_markets`, the discounts of commitments by `discounts_1` and `discounts_3`; the other
tables are there to choose from.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.catalogue import Row, catalogues
from xlcalc.catalogue.prices import PURCHASE_MONTHS
from xlcalc.errors import NotFoundError
from xlcalc.templates.parts.catalogue_notes import shown_note
from xlcalc.templates.parts.money import rate_of
from xlcalc.templates.parts.tables import Column, Table

WIDTHS = (2, 34, 13, 13, 11, 13, 13, 11, 59, 28, 19, 14, 60)
_PRICE = "#,##0.00"
_PRINTED_COLUMNS = 10
"""The rest is for notes beside inputs, and for those who keep the catalogue."""
_COMMITMENTS = ("1-year commitment", "3-year commitment")


def prices_page(book: Book) -> None:
    """Write the catalogue's purchase prices, discounts for commitments, power and PUE."""
    page = Page(
        book,
        "Prices",
        WIDTHS,
        "Prices",
        "What machines, commitments and power cost, as published: by accelerator, and of each the "
        "newest price first. Collected on 2026-11-26.",
    )
    _purchases(page)
    _simple(page, "Power, a kilowatt-hour", "power", "0.0000")
    _simple(page, "Power usage effectiveness, a ratio", "pue", "0.00")
    _commitments(page)
    page.finish(freeze="C5", cursor="B6", repeat_row=4, last_column=_PRINTED_COLUMNS)


def _of(category: str) -> list[Row]:
    return [row for row in catalogues().rows["prices"].values() if row["category"] == category]


def _purchases(page: Page) -> None:
    names = {key: str(row["name"]) for key, row in catalogues().rows["gpus"].items()}
    own = catalogues().own["prices"]
    # A team's own before others, prices before ranges, new before old: a look-up takes the first of
    # a machine.
    rows = sorted(
        (
            row
            for row in _of("gpu_purchase")
            if row["item"] in names and row["unit"] == f"{row['currency']}/unit"
        ),
        key=lambda row: str(row["date"]),
        reverse=True,
    )
    rows.sort(
        key=lambda row: (
            names[str(row["item"])].lower(),
            row["id"] not in own,
            row["value_high"] is not None,
        )
    )
    taken = f"=IF(ISNUMBER({{high}}),AVERAGE({{low}},{{high}}),{{low}})*{rate_of('{currency}')}"
    heading = page.row
    page.row += 1
    page.section("Purchase of one accelerator")
    table = Table(
        page,
        (
            _words("name", "Name", [names[str(row["item"])] for row in rows]),
            Column("low", "Price", [row["value"] for row in rows], _PRICE, literal=True),
            Column("high", "Up to", [row["value_high"] for row in rows], _PRICE, literal=True),
            _currency(rows),
            Column("taken", '="Taken"&CHAR(10)&currency', taken, _PRICE),
            *_origin(page, rows),
            Column("median", "Median\nof all", list(map(_median, rows)), _PRICE),
            _words("market", "All prices of the accelerator", [_market(page, row) for row in rows]),
        ),
        len(rows),
        heading_row=heading,
    )
    _link(table, rows)
    table.name("name", "purchase_names")
    table.name("median", "purchase_medians")
    table.name("market", "purchase_markets")
    page.row += 1


def _commitments(page: Page) -> None:
    """Write the prices of one provider on one day: on demand, and with a commitment."""
    names = {key: str(row["name"]) for key, row in catalogues().rows["gpus"].items()}
    offers: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in _of("gpu_rental"):
        kind = str(row["unit"]).partition(" ")[2]
        place = (str(row["item"]), str(row["provider"]), str(row["date"]))
        offers.setdefault(place, {})[kind] = row
    whole = [kinds for kinds in offers.values() if {"on-demand", *_COMMITMENTS} <= set(kinds)]
    first = [kinds["on-demand"] for kinds in whole]
    page.section("Rental price of a GPU-hour, on demand and with a commitment")
    table = Table(
        page,
        (
            _words("name", "Accelerator", [names[str(row["item"])] for row in first]),
            Column("low", "On demand\nan hour", [row["value"] for row in first], _PRICE),
            *(
                Column(f"years_{years}", heading, [kinds[kind]["value"] for kinds in whole], _PRICE)
                for years, heading, kind in (
                    (1, "1 year\nan hour", _COMMITMENTS[0]),
                    (3, "3 years\nan hour", _COMMITMENTS[1]),
                )
            ),
            _currency(first),
            Column("less_1", "Discount\n1 year", "=1-{years_1}/{low}", "0.0%"),
            Column("less_3", "Discount\n3 years", "=1-{years_3}/{low}", "0.0%"),
            _words("note", "Provider and date", [_offer(row) for row in first]),
            _words("source", "Source", [str(row["source_url"]) for row in first]),
            _words("id", "Id", [str(row["id"]) for row in first]),
        ),
        len(first),
    )
    table.name("less_1", "discounts_1")
    table.name("less_3", "discounts_3")
    _link(table, first, words=3)
    page.row += 1


def _offer(row: Row) -> str:
    return f"{row['provider']}, {row['date']}"


def _simple(page: Page, heading: str, category: str, number_format: str) -> None:
    rows = _of(category)
    key = "item" if category == "power" else "provider"
    labels = [shown_note(page.book.texts, str(row[key])) for row in rows]
    page.section(heading)
    table = Table(
        page,
        (
            _words("name", "", labels),
            Column("low", "", [row["value"] for row in rows], number_format),
            Column("high", "", [None for _ in rows]),
            _currency(rows) if rows[0]["currency"] else Column("none", "", [None for _ in rows]),
            Column("taken", "", [None for _ in rows]),
            *_origin(page, rows),
        ),
        len(rows),
        headed=False,
    )
    _link(table, rows)
    page.row += 1


def _currency(rows: Iterable[Row]) -> Column:
    return _words("currency", "Currency", [str(row["currency"]) for row in rows])


def _market(page: Page, row: Row) -> str:
    """Return how many prices of an accelerator there are, their range and days, as listed."""
    try:
        price = catalogues().quoted_purchase_price(str(row["item"]))
    except NotFoundError:
        return shown_note(page.book.texts, f"no other price of the last {PURCHASE_MONTHS} months")
    return f"{shown_note(page.book.texts, price.summary)}, {price.currency}"


def _median(row: Row) -> str:
    """Return the formula of the median of an accelerator's prices, converted."""
    try:
        price = catalogues().quoted_purchase_price(str(row["item"]))
    except NotFoundError:
        return "={taken}"
    return f"={price.value!r}*{rate_of(chr(34) + price.currency + chr(34))}"


def _origin(page: Page, rows: Iterable[Row]) -> tuple[Column, ...]:
    rows, texts = list(rows), page.book.texts
    return (
        _words("date", "Date", [str(row["date"]) for row in rows]),
        _words("confidence", "Confi-\ndence", [texts(str(row["confidence"])) for row in rows]),
        _words("note", "What it is", [shown_note(texts, str(row["notes"] or "")) for row in rows]),
        _words("source", "Source", [str(row["source_url"]) for row in rows]),
        _words("id", "Id", [str(row["id"]) for row in rows]),
    )


def _words(key: str, heading: str, content: list[str]) -> Column:
    return Column(key, heading, content, words=True, literal=True)


def _link(table: Table, rows: list[Row], words: int = 5) -> None:
    """Show sources as links with the names of their hosts, and indent words beside figures."""
    for place, row in enumerate(rows):
        cell = table.cell("source", place)
        cell.value = urlsplit(str(row["source_url"])).hostname
        cell.hyperlink = str(row["source_url"])
        cell.font = styles.URL
        table.page.fit(cell.row, (2, 9, 10))
    sheet, column = table.page.sheet, table.cell("id", 0).column - words + 1
    if rows[0]["currency"]:
        table.indent("currency")
    for line in (table.heading, *range(table.top + 1, table.top + len(rows) + 1)):
        sheet.cell(line, column).alignment = styles.WRAPPED_INDENTED
