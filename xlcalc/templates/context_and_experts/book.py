"""What a longer context and a mixture of experts cost: compute, memory, network, time and money.

Cover and summary stand here, inputs and single results in `lines.csv`; `lengths` and `experts` have
the tables.
"""

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.templates.context_and_experts import lines
from xlcalc.templates.context_and_experts.experts import Experts, Together, sensitivity
from xlcalc.templates.context_and_experts.lengths import Contexts, Mix, attention_chart
from xlcalc.templates.context_and_experts.lines import (
    FACTOR_FORMAT,
    FINE_PRICE,
    GB_FORMAT,
    SHARE_FORMAT,
)
from xlcalc.templates.parts.catalogues import catalogue_page, models_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, figures_page
from xlcalc.templates.parts.front import (
    BIG_MONEY,
    cover_page,
    finish_cover,
    key_figures,
    sources_page,
    tile,
)
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page

PURPOSE = (
    "What a longer context and a mixture of experts cost, in training and in serving.",
    "What share of the compute is attention at a length of context, and what does a token cost "
    "there?",
    "How much memory does a context take, how many sequences fit beside the weights, and what do a "
    "million output tokens cost?",
    "What does training at the full length cost, if nearly all sequences are short?",
    "How many parameters does a model hold and use, and what do experts save against a dense one?",
    "What do the network between the experts and an uneven load add to time and cost?",
    "At which context does a mixture of experts lose its advantage?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Context", "Length mix", "Experts"),
    *("Sensitivity", "Together", "Checks", "Models", "Catalogue", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("context_and_experts")
    book = Book("Context and experts", "xlcalc template new context_and_experts", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 33, 17, 17, 2, 17, 17, 17, 17),
        "Context and experts",
        "What a longer context and a mixture of experts cost. Change the sheet Inputs; this sheet "
        "follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed, also in the tables on other sheets. Everything else "
        "follows from these cells.",
        model.groups["inputs"],
    )
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells.",
        model.groups["results"],
        editable=False,
    )
    contexts = Contexts(book)
    Mix(book)
    experts = Experts(book)
    sensitivity(book)
    together = Together(book, contexts)
    checks_page(book, model.checks)
    models_page(book, protect=True)
    catalogue_page(book)
    sources_page(book, lines.RUN_SOURCE, model.sources)
    _summary(summary, contexts, experts, together)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, contexts: Contexts, experts: Experts, together: Together) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=case_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    at = '="at a context of "&TEXT(long_context,"#,##0")&" tokens"'
    tile(page, (2, 2), "SHARE OF ATTENTION", "=long_share", SHARE_FORMAT, at)
    tile(
        page,
        (3, 4),
        "COMPUTE OF A TOKEN",
        "=long_ratio",
        '0.00"×"',
        '="over "&TEXT(base_context,"#,##0")&" tokens"',
    )
    tile(
        page,
        (6, 7),
        "KV CACHE OF A SEQUENCE",
        "=long_kv_gb",
        "#,##0.0",
        '="GB; "&TEXT(long_sequences,"#,##0")&" fit"',
    )
    tile(
        page,
        (8, 9),
        "MILLION OUTPUT TOKENS",
        "=long_output_price",
        "#,##0.00",
        '=currency&", with "&TEXT(long_context,"#,##0")&" tokens of context"',
    )
    page.row = 9
    tile(page, (2, 2), "ACTIVE PARAMETERS", "=active_share", SHARE_FORMAT, "of all parameters")
    tile(page, (3, 4), "TRAINING COST", "=run_cost", BIG_MONEY, "=currency")
    tile(
        page,
        (6, 7),
        "COMPUTE SAVED",
        "=1-saved_share",
        SHARE_FORMAT,
        "against a dense model as large",
    )
    tile(
        page,
        (8, 9),
        "UNEVEN LOAD",
        "=case_uneven_days/case_even_days",
        '0.00"×"',
        "training cost over that of an even load",
    )
    page.row = 13
    figures = page.row
    key_figures(
        page,
        "The run",
        (
            ("Model", "=model", "General", ""),
            ("All parameters", "=total_params", q.COUNT_FORMAT, "parameters"),
            ("Active parameters", "=active_params", q.COUNT_FORMAT, "parameters"),
            ("Training compute", "=run_flops", "0.00E+00", "FLOP"),
            ("GPU-hours", "=run_gpu_hours", "#,##0", '="on "&TEXT(train_gpus,"#,##0")&" GPUs"'),
            ("Training time", "=run_days", "#,##0.0", "days"),
            ("Cost of 1 M tokens", "=run_cost_per_mtokens", FINE_PRICE, lines.PER_MTOKENS),
        ),
    )
    key_figures(
        page,
        "What experts cost",
        (
            ("Slowdown of an uneven load", "=uneven_slowdown", FACTOR_FORMAT, "×"),
            ("Training cost, uneven load", "=uneven_cost", MONEY_FORMAT, "=currency"),
            ("Transfer over computing", "=transfer_ratio", FACTOR_FORMAT, "×"),
            ("Training cost, nothing hidden", "=open_cost", MONEY_FORMAT, "=currency"),
            ("Dense, of the active size", "=case_dense_active_cost", MONEY_FORMAT, "=currency"),
            ("Dense, as large", "=dense_total_cost", MONEY_FORMAT, "=currency"),
        ),
    )
    key_figures(
        page,
        "A long context",
        (
            ("Context in question", "=long_context", "#,##0", "tokens"),
            ("Servers", "=long_servers", "#,##0", '="of "&gpus_per_server&" GPUs"'),
            ("Time of the prefill", "=long_prefill_seconds", "#,##0.00", "s"),
            ("Output of a single sequence, at most", "=long_single_rate", "#,##0", "tokens/s"),
            ("Output of the batch", "=long_rate", "#,##0", "tokens/s"),
            ("Training cost of 1 M tokens", "=long_train_cost", FINE_PRICE, lines.PER_MTOKENS),
            ("KV cache with gqa", "=long_kv_gqa_gb", GB_FORMAT, "GB/sequence"),
            ("KV cache with mla", "=long_kv_mla_gb", GB_FORMAT, "GB/sequence"),
        ),
    )
    verdict(page)
    attention_chart(page, f"F{figures}:I{figures + 11}", contexts)
    together.training_chart(page, f"F{figures + 13}:I{page.row - 3}")
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
