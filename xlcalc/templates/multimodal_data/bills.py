"""What do vendors bill for an image, in tokens and in money?

The sheet Image bills of the template on multimodal data.
"""

from urllib.parse import urlsplit

from openpyxl.utils import get_column_letter

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.catalogue import catalogues
from xlcalc.functions.billing_rules import IMAGE_RULES
from xlcalc.templates.multimodal_data.layout import box, notes
from xlcalc.templates.parts.figures import PRICE_FORMAT
from xlcalc.templates.parts.money import rate_of
from xlcalc.templates.parts.tables import Column, Table

PRICED = {
    "openai-tile-4o": "gpt-4o",
    "openai-tile-4o-mini": "gpt-4o-mini",
    "openai-tile-o1": "o1",
    "openai-tile-5": "gpt-5",
    "openai-patch-4.1-mini": "gpt-4.1-mini",
    "openai-patch-5-mini": "gpt-5-mini",
    "openai-patch-5.4": "gpt-5.4",
    "openai-patch-6": "gpt-6-sol",
    "anthropic-area-750": "claude-3-5-sonnet",
    "anthropic-28-standard": "claude-sonnet-4-5",
    "anthropic-28-high": "claude-opus-5-5",
    "gemini-2.5": "gemini-2.5-pro",
    "gemini-3-medium": "gemini-3.5-flash",
    "gemini-3-high": "gemini-3-pro-preview",
}
"""The rules that the sheet shows, and for each a model whose input price is taken."""
SIZES = ((224, 224), (512, 512), (1024, 1024), (1080, 1920), (3000, 4000))
"""Height and width of the common images beside one's own."""


def price_name(rule: str) -> str:
    """Return the name of the cell with the price that goes with a rule."""
    return f"price_{rule.replace('-', '_').replace('.', '_')}"


def bills_page(book: Book) -> None:
    """Write what vendors bill for images of some sizes, in tokens and in money."""
    page = Page(
        book,
        "Image bills",
        (2, 24, 36, 31, *(15,) * (1 + len(SIZES)), 14, 14, 11),
        "Image bills",
        "Tokens that vendors' rules bill for one image, and what a thousand images cost.",
    )
    first, letters = 5, [get_column_letter(5 + place) for place in range(1 + len(SIZES))]
    page.section("Sizes of the images")
    heights: list[object] = ["=bill_height", *(h for h, _ in SIZES)]
    widths: list[object] = ["=bill_width", *(w for _, w in SIZES)]
    for label, values in (("Height, pixels", heights), ("Width, pixels", widths)):
        page.put(page.row, 2, label, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column in (3, 4):
            page.put(page.row, column, None, border=styles.HAIRLINE)
        for column, value in enumerate(values, start=first):
            own = isinstance(value, str)
            cell = page.put(
                page.row,
                column,
                value,
                styles.LINK if own else styles.INPUT,
                number_format="#,##0",
                fill=None if own else styles.INPUT_FILL,
                border=styles.HAIRLINE,
            )
            if not own:
                cell.protection = styles.UNLOCKED
                validate_number(page, cell, label.partition(",")[0], q.PIXELS)
        page.row += 1
    down, across = page.row - 2, page.row - 1
    notes(
        page, ("The first size is your own, on the sheet Inputs; the others may be changed here.",)
    )
    page.row += 1
    rules = list(PRICED)
    prices = [catalogues().quoted_token_price(PRICED[rule], "input") for rule in rules]
    size = '=TEXT({0}{1},"#,##0")&" × "&TEXT({0}{2},"#,##0")'
    headings = [size.format(letter, across, down) for letter in letters]

    page.section("Tokens billed for one image")
    tokens = Table(
        page,
        (
            Column("name", "Rule", rules, words=True, literal=True),
            Column("vendor", "Models", [IMAGE_RULES[r].vendor for r in rules], words=True),
            Column("dates", "In force", [IMAGE_RULES[r].dates for r in rules], words=True),
            *(
                Column(
                    f"size{place}",
                    headings[place],
                    f"=IMAGE_TOKENS_API({letter}${down},{letter}${across},{{name}})",
                    "#,##0",
                )
                for place, letter in enumerate(letters)
            ),
        ),
        len(rules),
    )
    page.row += 1
    page.section('="Cost of a thousand images, in "&currency&", at the input price"')
    inner = [
        Column(
            f"size{place}",
            headings[place],
            [
                f"={tokens.cell(f'size{place}', row).coordinate}*images_per_thousand"
                f"/tokens_per_million*{{price}}"
                for row in range(len(rules))
            ],
            "#,##0.000",
        )
        for place in range(len(letters))
    ]
    costs = Table(
        page,
        (
            Column("name", "Rule", rules, words=True, literal=True),
            Column(
                "source",
                "Source of the price",
                [f"{urlsplit(str(p.row['source_url'])).hostname}, {p.row['date']}" for p in prices],
                words=True,
                literal=True,
            ),
            Column(
                "priced",
                "Price taken of",
                [f"{p.row['vendor']} {p.row['model']}" for p in prices],
                words=True,
                literal=True,
            ),
            *inner,
            Column(
                "price",
                "Input price\nper M tokens",
                f"={{listed}}*{rate_of('{listed_in}')}",
                PRICE_FORMAT,
                q.PRICE_PER_MTOKENS,
                editable=True,
            ),
            Column("listed", "As listed\nper M tokens", [p.value for p in prices], PRICE_FORMAT),
            Column("listed_in", "Currency", [p.currency for p in prices], words=True, literal=True),
        ),
        len(rules),
    )
    costs.indent("listed_in")
    for row, rule in enumerate(rules):
        book.define(price_name(rule), page.sheet, costs.cell("price", row))
        tokens.alias("size0", f"bill_{row}_tokens", row)
        source = costs.cell("source", row)
        source.hyperlink, source.font = str(prices[row].row["source_url"]), styles.URL
    for word, table, key in (
        ("bill_rules", costs, "name"),
        ("bill_tokens", tokens, "size0"),
        ("bill_costs", costs, "size0"),
    ):
        table.alias(key, word)
    for row, rule in enumerate(rules):
        if rule.startswith("anthropic-28"):
            word = f"bill_{rule.rpartition('-')[2]}_tokens"
            book.alias(
                word, page.sheet, tokens.cell("size0", row), tokens.cell(f"size{len(SIZES)}", row)
            )
    notes(
        page,
        (
            "The rules are the vendors' own: OpenAI, Images and vision guide; Anthropic, Vision "
            "guide; Google, Gemini API: understand and count tokens; read on 2026-11-26. A vendor "
            "that changes its rule gets a new one here; IMAGE_TOKENS_API knows more of them. The "
            "price is that of one model under the rule, by the catalogue's token_prices.csv; put "
            "in that of yours. Only input is counted here: the answer comes on top.",
            "anthropic-area-750 is the plain rule. The vendor first shrinks an image whose long "
            "side is above 1,568 pixels or that has more than about 1,600 tokens, so the rule's "
            "figures for large images are upper bounds.",
        ),
    )
    page.row += 1
    for ends, title, unit, table, shown in (
        (("B", "C"), "Tokens billed for one image of your size", "Tokens", tokens, "#,##0"),
        (("D", "K"), "Cost of a thousand images of your size", "Cost", costs, "#,##0.00"),
    ):
        charts.columns(
            page,
            box(page, *ends),
            Look(title, y_title=unit, y_format=shown),
            table.values("name"),
            [Curve(unit, table.values("size0"))],
            across=True,
        )
    page.finish(cursor="E5", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1
