"""Which published figures does a workbook carry with it: accelerators, models, prices of APIs?

Formulas look these sheets up by their names; in a portable workbook so do our functions.
"""

import contextlib
import statistics
from collections.abc import Sequence
from urllib.parse import urlsplit

from openpyxl.utils import get_column_letter

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.author.printing import columns_in_a_page
from xlcalc.catalogue import CatalogueValue, Row, catalogues
from xlcalc.errors import NotFoundError
from xlcalc.templates.parts.catalogue_notes import shown_note
from xlcalc.templates.parts.tables import Column, Table

_WORDS = (
    "id",
    "gpu_type",
    "linear_kind",
    "licence",
    "source_url",
    "confidence",
    "as_of",
    "read_in",
    "notes",
)
_MODEL_WIDTHS = {"name": 30, "org": 15, "id": 26, "source_url": 50, "notes": 60}
_MODEL_HEADINGS = {
    "org": "Organisation",
    "total_params": "Total\nparameters",
    "active_params": "Active\nparameters",
    "d_model": "Model\nwidth",
    "heads": "Attention\nheads",
    "kv_heads": "KV heads",
    "head_dim": "Head\nwidth",
    "ffn_dim": "FFN\nwidth",
    "vocab": "Vocabulary",
    "n_experts": "Experts\na layer",
    "experts_per_token": "Experts\nper token",
    "context_tokens": "Context\ntokens",
    "train_tokens": "Training\ntokens",
    "train_flops_reported": "Training FLOP\nreported",
    "gpu_hours_reported": "GPU-hours\nreported",
    "train_flops_epoch": "Training FLOP\nby Epoch AI",
    "active_params_published": "Active, as\npublished",
    "tied_embeddings": "Tied\nembeddings",
    "ffn_matrices": "FFN\nmatrices",
    "shared_experts": "Shared\nexperts",
    "dense_ffn_dim": "FFN width,\ndense layers",
    "expert_latent_dim": "Latent width\nof experts",
    "shared_ffn_dim": "FFN width,\nshared expert",
    "dense_layers": "Dense\nlayers",
    "moe_layers": "Layers with\nexperts",
    "q_rank": "Query\nrank",
    "kv_rank": "KV\nrank",
    "nope_dim": "Head width,\nno position",
    "rope_dim": "Head width,\nrotary",
    "v_dim": "Head width,\nvalues",
    "window": "Window\ntokens",
    "window_layers": "Window\nlayers",
    "linear_layers": "Linear\nlayers",
    "linear_kind": "Kind of\nlinear layers",
    "params_computed": "Parameters\nby the shape",
}
_GPU_COLUMNS = (
    ("Accelerator", "name", "General", 33),
    ("Vendor", "vendor", "General", 16),
    ("Year", "year", "0", 7),
    ("Peak, dense\n16-bit TFLOP/s", "peak_tflops", "#,##0.0", 15),
    ("Peak, sparse\n16-bit TFLOP/s", "fp16_sparse_tflops", "#,##0.0", 15),
    ("Peak, dense\nFP8 TFLOP/s", "fp8_tflops", "#,##0.0", 15),
    ("Memory\nGB", "memory_gb", "#,##0.##", 10),
    ("Bandwidth\nGB/s", "memory_bandwidth_gbs", "#,##0", 15),
    ("Power\nW", "tdp_w", "#,##0", 9),
    ("Confi-\ndence", "confidence", "General", 10),
    ("Source", "source_url", "General", 33),
    ("Rental price\nper hour, median", "value", "#,##0.00", 13),
    ("Currency", "currency", "General", 12),
    ("Providers, range and days", "offer", "General", 62),
    ("Source of the price", "price_source", "General", 24),
    ("Id", "id", "General", 18),
    ("Price as quoted", "quoted_price", "General", 90),
    ("Source as quoted", "quoted_source", "General", 90),
    ("Price in a note", "said_price", "General", 90),
    ("Rental price\nUSD per hour", "dollars", "#,##0.00", 13),
    ("Lowest\nUSD per hour", "lowest", "#,##0.00", 13),
    ("Highest\nUSD per hour", "highest", "#,##0.00", 13),
)
_LINKED = {"source_url", "price_source"}
_FIGURES = {field for _, field, _, _ in _GPU_COLUMNS[:10]} | {"id"}
HOSTS = 3
"""From so many hosts on, a model stands with the median of their prices."""
LIST_OF_HOSTS = "https://github.com/pydantic/genai-prices"
"""Where the prices of hosts were read."""
API_SUBTITLE = (
    "What vendors ask for a million tokens read (input) and written (output), by their price "
    "lists. Collected on 2026-11-26."
)
_PRINTED_COLUMNS = 15
"""The rest is for formulas: the portable form of the functions looks it up."""


def gpu_rows() -> list[Row]:
    """Return the accelerators whose dense 16-bit rate is published."""
    return [row for row in catalogues().rows["gpus"].values() if row["peak_tflops"] is not None]


def gpu_entries() -> str:
    """Return the range of the accelerators' names on the sheet Catalogue."""
    return f"Catalogue!$B$5:$B${4 + len(gpu_rows())}"


def catalogue_page(book: Book) -> None:
    """Write the accelerators with their sources."""
    page = Page(
        book,
        "Catalogue",
        (2, *(width for _, _, _, width in _GPU_COLUMNS)),
        "Catalogue",
        "Accelerators with a published dense 16-bit rate, and what renting one costs; an empty "
        "cell was published by nobody. Collected on 2026-11-26.",
    )
    for column, (_, field, _, _) in enumerate(_GPU_COLUMNS, start=2):
        # Over the prices stands nothing: they are no figures of the accelerator.
        word = field if field in _FIGURES else None
        page.put(3, column, word, styles.NAME, alignment=styles.SHRUNK, literal=True)
    page.sheet.row_dimensions[3].hidden = True  # words for formulas
    page.header(
        [heading for heading, _, _, _ in _GPU_COLUMNS],
        numbers=(*range(2, 9), 11, *range(len(_GPU_COLUMNS) - 3, len(_GPU_COLUMNS))),
        indented=(9, 12),
        height=46,
    )
    for row in gpu_rows():
        shown = {
            **row,
            **_offer(book, row),
            "quoted_source": catalogues().source("gpus", str(row["id"])),
        }
        for column, (_, field, number_format, _) in enumerate(_GPU_COLUMNS, start=2):
            _catalogue_cell(page, column, shown[field], number_format, field)
        page.row += 1
    last = page.row - 1
    page.sheet.auto_filter.ref = f"B4:P{last}"
    page.finish(freeze="C5", cursor="B5", repeat_row=4, last_column=1 + _PRINTED_COLUMNS)
    letters = {
        field: get_column_letter(column)
        for column, (_, field, _, _) in enumerate(_GPU_COLUMNS, start=2)
    }
    right = letters["quoted_source"]
    for name, box in (
        ("catalogue_gpu_figures", f"$B$5:${right}${last}"),
        ("catalogue_gpu_fields", f"$B$3:${right}$3"),
        *(
            (name, f"${letters[field]}$5:${letters[field]}${last}")
            for name, field in (
                ("catalogue_gpu_names", "name"),
                ("catalogue_gpu_ids", "id"),
                ("catalogue_gpu_prices", "dollars"),
                ("catalogue_gpu_listed", "value"),
                ("catalogue_gpu_currencies", "currency"),
                ("catalogue_gpu_offers", "said_price"),
                ("catalogue_gpu_price_sources", "quoted_price"),
                ("catalogue_gpu_sources", "quoted_source"),
            )
        ),
    ):
        page.define(name, box)
    said = (page.sheet[f"{letters['said_price']}{row}"].value for row in range(5, last + 1))
    book.quotes["catalogue_gpu_offers"] = [str(text) for text in said if text]
    for word in ("lowest", "highest"):
        column = [*letters].index(word) + 2
        ends = (page.sheet.cell(row, column) for row in (5, last))
        book.alias(f"rental_{word}", page.sheet, *ends)


def _offer(book: Book, row: Row) -> dict[str, CatalogueValue]:
    """Return the median rental price of an accelerator as it is listed, and in US dollars.

    In US dollars there are also the lowest and the highest of the same providers.
    """
    none: dict[str, CatalogueValue] = dict.fromkeys(
        (
            *("value", "currency", "offer", "price_source", "quoted_price", "said_price"),
            *("dollars", "lowest", "highest"),
        )
    )
    try:
        quoted = catalogues().quoted_rental_price(str(row["id"]))
    except NotFoundError:
        return none
    with contextlib.suppress(NotFoundError):  # no rate of exchange
        for word, basis in (("dollars", "median"), ("lowest", "low"), ("highest", "high")):
            none[word] = catalogues().rental_price(str(row["id"]), basis=basis).value
    offer = shown_note(book.texts, quoted.summary)
    providers = offer
    if quoted.row["id"] in catalogues().own["prices"]:
        providers = book.texts("{0}, {1}").format(offer, quoted.row["source_url"])
    price = f"{quoted.value:,.2f}"
    return none | {
        "said_price": book.texts("{0} {1} an hour: {2}").format(price, quoted.currency, providers),
        "quoted_price": quoted.source,
        "value": quoted.value,
        "currency": quoted.currency,
        "offer": offer,
        "price_source": quoted.row["source_url"],
    }


def _catalogue_cell(
    page: Page, column: int, value: CatalogueValue, number_format: str, field: str
) -> None:
    """Write a figure of the catalogue; the address of a page becomes a link named by its host."""
    host = urlsplit(str(value)).hostname if field in _LINKED else None
    words = styles.INDENTED if field in {"confidence", "currency"} else styles.LEFT
    cell = page.put(
        page.row,
        column,
        host or value,
        number_format=number_format,
        border=styles.HAIRLINE,
        alignment=styles.RIGHT if isinstance(value, float) else words,
        literal=True,
    )
    if host:
        cell.hyperlink = str(value)
        cell.font = styles.URL


def model_rows() -> list[Row]:
    """Return the models, in the order of the sheet Models."""
    return list(catalogues().rows["models"].values())


def model_entries() -> str:
    """Return the range of the models' names on the sheet Models."""
    return f"Models!$B$5:$B${4 + len(model_rows())}"


def models_page(book: Book, *, protect: bool = False) -> dict[str, str]:
    """Write the catalogue of models, for MODEL_SPEC to look up; return each field's column."""
    rows = model_rows()
    fields = sorted(rows[0], key=lambda field: (field != "name", field in _WORDS))
    widths = (2, *(_MODEL_WIDTHS.get(field, min(max(12, len(field) + 2), 16)) for field in fields))
    page = Page(
        book,
        "Models",
        widths,
        "Models",
        "Published figures of models, a source for each row; an empty cell was published by "
        "nobody. Collected on 2026-11-26.",
    )
    numbers = [index for index, field in enumerate(fields) if _is_figure(rows, field)]
    for column, field in enumerate(fields, start=2):
        page.put(3, column, field, styles.NAME, alignment=styles.SHRUNK, literal=True)
    page.header([_heading(field) for field in fields], numbers=numbers, height=44)
    for row in rows:
        for column, field in enumerate(fields, start=2):
            value = row[field]
            shown = "#,##0.##"
            if isinstance(value, float) and value >= 1e6:
                shown = "0.00E+00" if "flops" in field else q.COUNT_FORMAT
            page.put(
                page.row,
                column,
                value,
                number_format=shown,
                border=styles.HAIRLINE,
                alignment=styles.RIGHT if column - 2 in numbers else styles.LEFT,
                literal=True,
            )
        page.row += 1
    last, right = page.row - 1, get_column_letter(1 + len(fields))
    for column, field in enumerate(fields, start=2):
        ends = (page.sheet.cell(row, column) for row in (last - len(rows) + 1, last))
        book.alias(f"models_{field}", page.sheet, *ends)
    page.sheet.auto_filter.ref = f"B4:{right}{last}"
    printed = columns_in_a_page(page.widths)
    page.finish(freeze="C5", cursor="B5", protect=protect, repeat_row=4, last_column=printed)
    identity = get_column_letter(2 + fields.index("id"))
    for name, box in (
        ("catalogue_model_figures", f"$B$5:${right}${last}"),
        ("catalogue_model_fields", f"$B$3:${right}$3"),
        ("catalogue_model_names", f"$B$5:$B${last}"),
        ("catalogue_model_ids", f"${identity}$5:${identity}${last}"),
    ):
        page.define(name, box)
    return {field: get_column_letter(column) for column, field in enumerate(fields, start=2)}


def token_offers() -> list[Row]:
    """Return what vendors ask for a million tokens, a model with both its prices in a row.

    An open model of many hosts is one row with the median of their prices. A model that two
    vendors offer has their names after its own, so that each row can be found by its name. Prices
    of low confidence, and those whose source names no day, are left out but for a team's own.
    """
    own = catalogues().own["prices"]
    found: dict[tuple[str, str], dict[str, CatalogueValue]] = {}
    for row in catalogues().rows["prices"].values():
        if row["category"] == "api_token" and (row["id"] in own or _is_dated(row)):
            model, _, direction = str(row["item"]).rpartition(" ")
            offer = found.setdefault((model, str(row["provider"])), {**row, "model": model})
            offer[direction] = row["value"]
    whole = {key: offer for key, offer in found.items() if {"input", "output"} <= set(offer)}
    models = [model for model, _ in whole]
    offers: dict[tuple[str, str], Row] = {}
    for (model, provider), offer in whole.items():
        if models.count(model) >= HOSTS:
            hosts = [other for (name, _), other in whole.items() if name == model]
            offers.setdefault((model, ""), _median_offer(hosts))
        else:
            name = model if models.count(model) == 1 else f"{model} ({provider})"
            offers[model, provider] = {**offer, "model": name}
    return list(offers.values())


def _is_dated(row: Row) -> bool:
    return row["confidence"] != "low" and len(str(row["date"])) > len("2026")


def _median_offer(offers: Sequence[Row]) -> Row:
    """Return one row for the prices of all hosts of a model, the range in its note."""
    prices = {way: [float(str(offer[way])) for offer in offers] for way in ("input", "output")}
    spreads = (
        f"{min(found):.3g} to {max(found):.3g} {unit}"
        for found, unit in zip(prices.values(), ("in", "out"), strict=True)
    )
    return {
        **offers[0],
        **{way: float(f"{statistics.median(found):.15g}") for way, found in prices.items()},
        "provider": f"median of {len(offers)} hosts",
        "date": max(str(offer["date"]) for offer in offers),
        "source_url": LIST_OF_HOSTS,
        "notes": f"{', '.join(spreads)}: {', '.join(str(offer['provider']) for offer in offers)}",
    }


def token_price_entries() -> str:
    """Return the range of the models' names on the sheet API prices."""
    return f"API prices!$B$5:$B${4 + len(token_offers())}"


def token_prices_page(
    book: Book, computed: Sequence[tuple[Column, float]] = (), *, subtitle: str = API_SUBTITLE
) -> tuple[Page, Table]:
    """Write the list prices of APIs, and what a template computes beside each, with widths.

    Formulas of the computed columns may use `{input_price}`, `{output_price}` and `{currency}`. The
    page is returned unfinished with its table: charts may follow.
    """
    offers = token_offers()

    def words(key: str, heading: str, field: str) -> Column:
        texts = [offer[field] for offer in offers]
        return Column(key, heading, texts, words=True, literal=True)

    def price(key: str, heading: str) -> Column:
        return Column(key, heading, [offer[key.partition("_")[0]] for offer in offers], "#,##0.00")

    hosts = [urlsplit(str(offer["source_url"])).hostname for offer in offers]
    notes = [shown_note(book.texts, str(offer["notes"] or "")) for offer in offers]
    columns = (
        (words("model", "Model", "model"), 25),
        (words("provider", "Provider", "provider"), 28),
        (words("date", "Date", "date"), 10),
        (words("confidence", "Confi-\ndence", "confidence"), 8),
        (words("currency", "Currency", "currency"), 10),
        (price("input_price", "Input price\nper M tokens"), 13),
        (price("output_price", "Output price\nper M tokens"), 13),
        *computed,
        (Column("source", "Source", hosts, words=True, literal=True), 27),
        (Column("notes", "Notes", notes, words=True, literal=True), 62),
    )
    page = Page(book, "API prices", (2, *(width for _, width in columns)), "API prices", subtitle)
    table = Table(page, [column for column, _ in columns], len(offers), height=46)
    for row, offer in enumerate(offers):
        cell = table.cell("source", row)
        cell.hyperlink = str(offer["source_url"])
        cell.font, cell.alignment = styles.URL, styles.INDENTED
        table.cell("notes", row).alignment = styles.LEFT  # long ones run on to the right
        page.sheet.row_dimensions[cell.row].height = 13.5
    heading = page.sheet.cell(table.top, table.cell("source", 0).column)
    heading.alignment = styles.WRAPPED_INDENTED
    for key, name in (("model", "api_names"), ("provider", "api_providers"), ("date", "api_dates")):
        table.name(key, name)
    table.name("notes", "api_notes")
    return page, table


def _heading(field: str) -> str:
    plain = field.replace("_", " ").capitalize().replace("Gpu", "GPU")
    return _MODEL_HEADINGS.get(field, plain)


def _is_figure(rows: list[Row], field: str) -> bool:
    return any(isinstance(row[field], float) for row in rows)
