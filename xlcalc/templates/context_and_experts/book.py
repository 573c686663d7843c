"""What a longer context and a mixture of experts cost: compute, memory, network, time and money.

Cover, summary and checks stand here. The module `lines` has inputs and single results, `lengths`
and `experts` have the tables.
"""

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.templates.context_and_experts import lines
from xlcalc.templates.context_and_experts.experts import Experts, Together, sensitivity
from xlcalc.templates.context_and_experts.lengths import MIX, Contexts, Mix, attention_chart
from xlcalc.templates.context_and_experts.lines import (
    FACTOR_FORMAT,
    FINE_PRICE,
    GB_FORMAT,
    SHARE_FORMAT,
)
from xlcalc.templates.parts.catalogues import catalogue_page, models_page
from xlcalc.templates.parts.checks import Check, checks_page, verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, figures_page
from xlcalc.templates.parts.front import (
    BIG_MONEY,
    cover_page,
    finish_cover,
    key_figures,
    sources_page,
    tile,
)
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.tables import Table

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
        lines.INPUTS,
    )
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells.",
        lines.RESULTS,
        editable=False,
    )
    contexts = Contexts(book)
    mix = Mix(book)
    experts = Experts(book)
    sensitivity(book)
    together = Together(book, contexts)
    checks_page(book, _checks(contexts, mix, experts))
    models_page(book, protect=True)
    catalogue_page(book)
    sources_page(book, lines.RUN_SOURCE, lines.SOURCES)
    _summary(summary, contexts, experts, together)
    book.order(TABS)
    finish_cover(cover)
    return book


def _checks(contexts: Contexts, mix: Mix, experts: Experts) -> tuple[Check, ...]:
    def ends(tab: str, table: Table, key: str) -> tuple[str, str]:
        first, last = (f"{tab}!{table.cell(key, row).coordinate}" for row in (0, -1))
        return first, last

    first_token, last_token = ends("Context", contexts.training, "token")
    first_ratio, last_ratio = ends("Context", contexts.training, "ratio")
    _, last_context = ends("Context", contexts.training, "context")
    _, last_share = ends("Context", contexts.training, "share")
    _, last_scores = ends("Context", contexts.training, "scores")
    return (
        Check(
            "The shape gives the published parameters",
            "=ABS(total_params/published_total-1)",
            "≤",
            "=published_tolerance",
            "0.00%",
            "Difference of all parameters: the shape above, the shared experts and the dense "
            "layers belong to one model.",
        ),
        Check(
            "The shape gives the published active parameters",
            "=ABS(active_params/published_active-1)",
            "≤",
            "=published_tolerance",
            "0.00%",
            "Difference of the parameters that a token uses.",
        ),
        Check(
            "MODEL_PARAMS counts as many parameters",
            "=MODEL_PARAMS(layers,d_model,(dense_layers*dense_ffn_dim+expert_layers"
            "*(experts+shared_experts)*expert_ffn_dim)/layers,heads,kv_heads,head_dim,vocab,"
            "ffn_matrices,embeddings=1)+IF(experts>1,expert_layers*d_model*experts,0)"
            "+layers*(attention_layer_params-gqa_layer_params)",
            "=",
            "=total_params",
            q.COUNT_FORMAT,
            "A dense model with the mean inner width, the routers, and what mla changes.",
        ),
        Check(
            "Active and idle parameters are all parameters",
            "=active_params+expert_layers*(experts-experts_per_token)*expert_params",
            "=",
            "=total_params",
            q.COUNT_FORMAT,
            "Idle: the experts that a token does not choose.",
        ),
        Check(
            "The parts on the sheet Experts make up the active parameters",
            "=SUM(parts_used)",
            "=",
            "=active_params",
            q.COUNT_FORMAT,
            "Sum of the table.",
        ),
        Check(
            "A token chooses no more experts than there are",
            "=experts_per_token",
            "≤",
            "=experts",
            "#,##0",
            "1 of 1 in a dense model.",
        ),
        Check(
            "Dense layers are no more than layers",
            "=dense_layers",
            "≤",
            "=layers",
            "#,##0",
            "The others have experts.",
        ),
        Check(
            "ATTENTION_SHARE is attention over all compute",
            f"={last_share}",
            "=",
            f"={last_scores}/(TRAIN_FLOPS(active_params,1)+{last_scores})",
            "0.0%",
            "Last length of the table, by TRAIN_FLOPS and ATTENTION_FLOPS.",
        ),
        Check(
            "The compute over two lengths is in the ratio of CONTEXT_COST_RATIO",
            f"={last_token}/{first_token}",
            "=",
            f"={last_ratio}/{first_ratio}",
            "#,##0.000",
            "FLOP of a token at the last length over that at the first.",
        ),
        Check(
            "The compute of the run is that of its tokens",
            "=run_flops*CONTEXT_COST_RATIO(active_params,layers,heads,score_dim,"
            f"{last_context},base_context,attention_mask,window,window_layers)",
            "=",
            f"={last_token}*train_tokens",
            "0.00E+00",
            "Brought to the last length of the table.",
        ),
        Check(
            "The steps of all GPUs take the GPU-hours",
            "=train_tokens/tokens_per_gpu*run_step_ms/ms_per_second/seconds_per_hour",
            "=",
            "=run_gpu_hours",
            "#,##0",
            "Steps × time of a step against GPU_HOURS.",
        ),
        Check(
            "Days and GPUs give the utilisation back",
            "=TRAIN_MFU(run_flops,train_gpus,run_days,train_peak)",
            "=",
            "=run_mfu",
            "0.0%",
            "TRAIN_MFU undoes TRAIN_DAYS.",
        ),
        Check(
            "The run is one of the five cases",
            '=IF(load_case="uneven",case_uneven_cost,case_even_cost)',
            "=",
            "=run_cost",
            MONEY_FORMAT,
            "Sheet Experts against sheet Calculation.",
        ),
        Check(
            "Computing and waiting make up the cost",
            "=TRAIN_COST(run_flops,train_peak,mfu,train_price)"
            "+waiting_cost_per_mtokens*train_tokens/tokens_per_million",
            "=",
            "=run_cost",
            MONEY_FORMAT,
            "TRAIN_COST at the utilisation while computing, and the waiting.",
        ),
        Check(
            "The table gives the training cost of the context in question",
            "=IF(ISNA(MATCH(long_context,context_lengths,0)),long_train_cost,"
            "INDEX(context_costs,MATCH(long_context,context_lengths,0)))",
            "=",
            "=long_train_cost",
            FINE_PRICE,
            "Its row on the sheet Context; a length that is not in the table passes.",
        ),
        Check(
            "The busiest experts get at least their share",
            "=hot_expert_share",
            "≤",
            "=hot_token_share",
            "0.0%",
            "Otherwise the other experts are the busiest.",
        ),
        Check(
            "The shares of the length mix add up",
            "=mix_share",
            "=",
            1,
            "0.0%",
            "Must be 100 %.",
        ),
        Check(
            "The classes of the length mix rise",
            0,
            "≤",
            "=MIN("
            + ",".join(
                f"mix_longest_{n}-mix_mean_{n}"
                + (f",mix_mean_{n}-mix_longest_{n - 1}" if n > 1 else "")
                for n in range(1, len(MIX) + 1)
            )
            + ",mix_mean_1)",
            "#,##0",
            "Each mean length lies between the lengths of its class; the smallest distance.",
        ),
        Check(
            "The mix needs no more attention than the longest length",
            "=mix_scores",
            "≤",
            "=ATTENTION_FLOPS(layers,heads,score_dim,mix_longest,train_tokens,attention_mask,window,window_layers)",
            "0.00E+00",
            "Sum of the classes against all tokens at the longest length.",
        ),
        Check(
            "Weights and sequences fit into the memory",
            "=WEIGHTS_GB(total_params,weight_bytes)+long_sequences*long_kv_gb",
            "≤",
            "=long_servers*gpus_per_server*serve_memory*usable",
            GB_FORMAT,
            "GB at the context in question, as MAX_SEQUENCES says.",
        ),
        Check(
            "The slower of reading and computing sets the output",
            "=long_rate*MAX((long_read_gb+long_batch*long_kv_gb)/(serve_bandwidth"
            "*bandwidth_reached),flop_per_product*long_batch*(active_params+attention_products"
            "*((layers-window_layers)*long_context+window_layers*MIN(long_context,window))/layers)"
            "/bytes_per_gb/(serve_peak*ms_per_second*serve_mfu))",
            "=",
            "=long_batch*long_servers*gpus_per_server",
            "#,##0",
            "DECODE_TOKENS_PER_SECOND × seconds of a step, by hand.",
        ),
    )


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
        "=currency",
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
            ("Output of a single sequence", "=long_single_rate", "#,##0", "tokens/s"),
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
