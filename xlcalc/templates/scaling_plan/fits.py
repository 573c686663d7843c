"""Which constants has the law of scaling, and how well do they give back what was published?

The sheet Fits of the scaling plan.
"""

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.functions.scaling import FITS
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.tables import Table
from xlcalc.templates.scaling_plan.tables import FIT_CELLS, on_one_page

_TABLE_3 = "Hoffmann et al. 2022, Table 3"
_TABLE_A3 = "Hoffmann et al. 2022, Table A3, approach 3"
_RULE = ""
PUBLISHED = (
    ("Besiroglu et al. 2024, arXiv:2404.10102", "besiroglu2024", 5.76e23, 72.35e9, 1.327e12, 0.002),
    *(
        (_TABLE_3, _RULE, flop, params, tokens, 0.1)
        for params, flop, tokens in (
            (400e6, 1.92e19, 8e9),
            (10e9, 1.23e22, 205.1e9),
            (67e9, 5.76e23, 1.5e12),
            (520e9, 3.43e25, 11e12),
            (10e12, 1.3e28, 216.2e12),
        )
    ),
    *(
        (_TABLE_A3, fit, flop, params, tokens, allowed)
        for fit, allowed in (("hoffmann2022", 0.1), ("hoffmann2022-rounded", None))
        for params, flop, tokens in (
            (400e6, 2.21e19, 9.2e9),
            (10e9, 2.46e22, 410.1e9),
            (67e9, 1.71e24, 4.1e12),
            (520e9, 1.36e26, 43.5e12),
            (10e12, 8.55e28, 1425.5e12),
        )
    ),
)
"""Source, fit, FLOP, parameters, tokens, and how far off a function may be; none if it is."""


def fits_page(book: Book) -> None:
    """Write the constants of the fits, and published results beside computed ones."""
    page = Page(
        book,
        "Fits",
        (2, 40, 22, 13, 14, 13, 14, 15, 15, 14, 22, 22, 12),
        "Fits",
        "Competing constants of one law, the loss L = E + A/N^α + B/D^β of N parameters on D "
        "tokens, and how well they give back what was published.",
    )
    page.section("The constants")
    fits = list(FITS.values())
    table = Table(
        page,
        columns(
            "scaling_plan",
            "fits",
            fit=list(FITS),
            floor=[fit.irreducible for fit in fits],
            a=[fit.params_factor for fit in fits],
            b=[fit.tokens_factor for fit in fits],
            alpha=[fit.params_exponent for fit in fits],
            beta=[fit.tokens_exponent for fit in fits],
        ),
        len(fits),
    )
    for key, word in (
        *(("fit", "fit_names"), ("floor", "fit_floors"), ("a", "fit_params_factors")),
        *(("b", "fit_tokens_factors"), ("alpha", "fit_params_exponents")),
        *(("beta", "fit_tokens_exponents"), ("balance", "fit_balances")),
        *(("excess", "fit_excesses"), ("growth", "fit_growths"), ("loss", "fit_losses")),
        ("called", "fit_function_losses"),
    ):
        table.alias(key, word)
    for place in range(len(fits)):
        table.alias("fit", f"fit_{place}", place)
    page.row += 1
    for name, fit in FITS.items():
        page.put(page.row, 2, name, literal=True, alignment=styles.LEFT)
        page.put(page.row, 3, fit.source, styles.NOTE, alignment=styles.LEFT)
        page.row += 1
    page.row += 1
    page.section("What was published, and what the functions give for the same compute")
    _published(page)
    page.row += 1
    for note in (
        "As the paper rounds them, the constants want 1.6 to 2.2 times the compute of its own "
        "Table A3 for a model of a given size; unrounded they want 1.0 to 1.2 times.",
        "20 tokens a parameter is a rounding itself: Table 3 has 20 to 22.",
        "Table A3 prints 1.26E+24 FLOP for 175 B parameters, where 6·N·D gives 1.26E+25: that row "
        "is left out.",
    ):
        page.put(page.row, 2, note, styles.NOTE, alignment=styles.LEFT)
        page.row += 1
    on_one_page(page, page.row)


def _published(page: Page) -> None:
    rows = PUBLISHED
    places = dict(zip(FITS, FIT_CELLS, strict=True))
    held = [row[5] is not None for row in rows]
    table = Table(
        page,
        columns(
            "scaling_plan",
            "published",
            source=[row[0] for row in rows],
            fit=[places.get(row[1], "the rule of 20") for row in rows],
            flop=[row[2] for row in rows],
            params=[row[3] for row in rows],
            tokens=[row[4] for row in rows],
            our_params=[
                f"={'OPTIMAL_PARAMS({flop},{fit})' if row[1] else _RULE_PARAMS}" for row in rows
            ],
            our_tokens=[
                f"={'OPTIMAL_TOKENS({flop},{fit})' if row[1] else _RULE_TOKENS}" for row in rows
            ],
            compute_off=[_SIZE_COMPUTE if row[1] else None for row in rows],
            allowed=[row[5] or "no limit" for row in rows],
            used=[_USED if hold else None for hold in held],
        ),
        len(rows),
    )
    table.alias("used", "published_uses")


_RULE_PARAMS = "CHINCHILLA_PARAMS({flop})"
_RULE_TOKENS = "CHINCHILLA_TOKENS({our_params})"
_SIZE_COMPUTE = "=({params}/{our_params})^(1/INDEX(fit_growths,MATCH({fit},fit_names,0)))"
_USED = "=MAX(ABS({params_off}),ABS({tokens_off}))/{allowed}"
