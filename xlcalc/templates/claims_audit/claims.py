"""What do reports claim about the cost of AI, and does it hold: a row for each figure."""

from openpyxl.utils import get_column_letter

from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.templates.claims_audit.cases import read_table, verdict_colours
from xlcalc.templates.parts.tables import Column, Table

UNKNOWN = "An industry report; which one is not recorded"
OWN = "This audit: what the printed figures imply"
HEADINGS = (
    *(("number", "No."), ("claim", "Claim"), ("computed", "Computed"), ("unit", "Unit")),
    *(("relation", ""), ("stated", "Stated"), ("difference", "Difference")),
    *(("verdict", "Verdict"), ("reason", "Why"), ("source", "Source"), ("date", "Date")),
    *(("tolerance", "Tolerance"), ("assumption", "Assumption"), ("formula", "Our formula")),
    *(("rounded_to", "Rounded to"), ("finding", "As computed"), ("figure", "In short")),
    *(("ratio", "Ratio"), ("counter", "Differing"), ("name", "Name"), ("published", "Published")),
)
"""Columns of the claims; the last ten stand beside the printed page."""
EXACT_FORMAT = '[=0]"exact";[>=1000000]0E+00;General'
PRINTED = 11
WORDS = ("claim", "source", "formula", "finding", "assumption", "verdict", "reason", "figure")
LEFT = ("number", "date", "unit", "name")
INDENTED = ("verdict", "reason", "source", "date", "assumption")
WRAPPED = ("claim", "verdict", "reason", "source", "date")
"""Columns whose texts make a row higher: those that are printed."""
RANGES = {
    "number": "claim_numbers",
    "computed": "claim_computed",
    "finding": "claim_findings",
    "verdict": "claim_verdicts",
    "figure": "claim_figures",
    "ratio": "claim_ratios",
    "counter": "claim_counter",
    "published": "claim_published",
}
"""What formulas call the columns."""


def claims_page(book: Book) -> list[str]:
    """Write the claims under their topics, and return the topics."""
    page = Page(
        book,
        "Claims",
        (2, 4.5, 37, 12, 12, 3, 12, 10, 14, 45, 33, 13, 10, 18, 60, 11, 14, 24, 9, 10, 26, 11),
        "Claims",
        "Each published figure, computed by the formula beside it. It holds where the difference "
        "is within the rounding of the stated figure.",
    )
    keys = [key for key, _ in HEADINGS]
    page.header(
        [heading for _, heading in HEADINGS],
        numbers=[n for n, key in enumerate(keys) if key not in {*WORDS, *LEFT}],
        indented=[keys.index(key) for key in ("unit", *INDENTED)],
        height=32,
    )
    claims = read_table("claims.csv")
    topics = list(dict.fromkeys(claim["topic"] for claim in claims))
    first = page.row + 1
    tables = []
    for number, topic in enumerate(topics, start=1):
        page.section(topic)
        own = [claim for claim in claims if claim["topic"] == topic]
        start = claims.index(own[0]) + 1
        tables.append(_claims_of_topic(page, own, start, first))
        tables[-1].alias("verdict", f"topic_{number}_verdicts")
        page.row += 1
    for key, word in RANGES.items():
        book.alias(word, page.sheet, tables[0].cell(key, 0), tables[-1].cell(key, -1))
    for key in ("finding", "verdict"):
        ends = tables[0].cell(key, 0), tables[-1].cell(key, -1)
        verdict_colours(page, ":".join(cell.coordinate for cell in ends))
    page.finish(freeze="D5", cursor=f"C{first}", repeat_row=4)
    corner = tables[-1].cell(keys[PRINTED - 1], -1).coordinate
    page.sheet.print_area = f"A1:{corner}"
    return topics


def _claims_of_topic(page: Page, claims: list[dict[str, str]], start: int, first: int) -> Table:
    """Write the claims of a topic, name each computed figure, and let formulas read stated ones."""
    texts = page.book.texts
    known = [bool(claim["stated"]) for claim in claims]
    letter = get_column_letter(2 + [key for key, _ in HEADINGS].index("verdict"))

    def where_stated(formula: str) -> list[str]:
        return [formula if known_ else "–" for known_ in known]

    def numbers(key: str) -> list[float | str]:
        return [float(claim[key]) if claim[key] else "–" for claim in claims]

    def read(key: str) -> list[str | None]:
        return [claim[key] or None for claim in claims]

    contents: dict[str, object] = {
        **{key: read(key) for key in ("claim", "date", "formula", "relation", "unit", "reason")},
        **{key: read(key) for key in ("assumption", "figure", "name")},
        "published": [0 if claim["source"] == OWN else 1 for claim in claims],
        "number": list(range(start, start + len(claims))),
        "source": [_source(claim, texts) for claim in claims],
        "computed": [claim["formula"] for claim in claims],
        "stated": numbers("stated"),
        "rounded_to": numbers("rounded_to"),
        "difference": where_stated(
            '=IF({relation}="≤",MAX(0,{computed}/{stated}-1),IF({relation}="≥",'
            "MIN(0,{computed}/{stated}-1),{computed}/{stated}-1))"
        ),
        "tolerance": where_stated("=MAX({rounded_to}*rounding/{stated},binary_rounding)"),
        "finding": where_stated(
            "=IF(ABS({difference})<={tolerance},verdict_holds,verdict_differs)"
        ),
        "verdict": ["=verdict_needs" if claim["assumption"] else "={finding}" for claim in claims],
        "ratio": where_stated("={computed}/{stated}"),
        "counter": f"=SUMPRODUCT((${letter}${first}:{{verdict}}=verdict_differs)*1)",
    }
    formats = {"difference": "#,##0.0%", "tolerance": "0.0%", "rounded_to": EXACT_FORMAT}
    table = Table(
        page,
        [
            Column(
                key,
                heading,
                contents[key],
                formats.get(key, "0.000" if key == "ratio" else "General"),
                words=key in WORDS,
                literal=key in {"source", "date", "formula", "relation", "assumption", "name"},
            )
            for key, heading in HEADINGS
        ],
        len(claims),
        headed=False,
    )
    for row, claim in enumerate(claims):
        cell = table.cell("computed", row)
        page.book.define(claim["name"], page.sheet, cell)
        for key in ("computed", "stated"):
            shown = texts.number_format(claim["number_format"])
            table.cell(key, row).number_format = shown
        table.cell("relation", row).alignment = styles.CENTER
        table.cell("unit", row).alignment = styles.INDENTED
        table.cell("formula", row).font = styles.NAME
        table.cell("formula", row).alignment = styles.LEFT
        table.cell("name", row).font = styles.NAME
        table.cell("reason", row).font = table.cell("source", row).font = styles.NOTE
        table.cell("verdict", row).font = styles.BOLD
        for key in INDENTED:
            table.cell(key, row).alignment = styles.WRAPPED_INDENTED
        table.cell("number", row).alignment = styles.LEFT
        if known[row]:
            table.alias("stated", f"{claim['name']}_stated", row)
        page.fit_at_end(cell.row, [table.cell(key, row).column for key in WRAPPED])
    return table


def _source(claim: dict[str, str], texts: Texts) -> str:
    source = claim["source"] if claim["source"] not in {OWN, UNKNOWN} else texts(claim["source"])
    return f"{source} ← {claim['restates']}" if claim["restates"] else source
